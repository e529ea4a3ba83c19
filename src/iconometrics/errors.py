"""The exception tree: every error says what was found, what was expected, and the next step."""

from __future__ import annotations

import sys
import warnings
from types import FrameType

__all__ = [
    "IconometricsError",
    "IconometricsWarning",
    "InputError",
    "MissingPackageError",
    "ReadError",
    "StudyError",
    "warn",
]


class IconometricsError(Exception):
    """Root of every error that iconometrics raises on purpose."""


class InputError(IconometricsError, ValueError):
    """An argument, table, formula or setting that cannot be used as it is."""


class ReadError(IconometricsError):
    """One image that cannot be read; the message is the reason in a researcher's words."""


class StudyError(IconometricsError):
    """A study folder that is missing, locked, damaged or made from other inputs."""


class MissingPackageError(IconometricsError, ImportError):
    """An optional package that is needed here and not installed."""


class IconometricsWarning(UserWarning):
    """Something the user should know before trusting a number."""


def warn(message: str) -> None:
    """Warn at the line of the caller's own code that led here, however deep in the package."""
    warnings.warn(message, IconometricsWarning, stacklevel=_depth_of_caller() + 1)


def _depth_of_caller() -> int:
    """Count the frames from `warn` up to the one that called the package first."""
    frame: FrameType | None = sys._getframe(1)
    depth = deepest = 0
    while frame is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] == __package__:
            deepest = depth
        depth, frame = depth + 1, frame.f_back
    return deepest + 1
