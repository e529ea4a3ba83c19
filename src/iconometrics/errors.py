"""The exception tree: every error says what was met, what was expected, and the next step."""

from __future__ import annotations

__all__ = [
    "IconometricsError",
    "IconometricsWarning",
    "InputError",
    "MissingPackageError",
    "ReadError",
    "StudyError",
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
