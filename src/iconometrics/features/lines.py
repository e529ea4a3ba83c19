"""Straight lines: how many, how long, and which way they run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics.features import plots
from iconometrics.features.column import Column, column_maker
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_gray
from iconometrics.features.registry import register
from iconometrics.figures.palette import CATEGORIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Lines", "straight_lines"]

_SHORTEST = 0.04
_TILT = 10.0
_SOURCE = "Grompone von Gioi, Jakubowicz, Morel & Randall (2012), Image Processing On Line 2"


def straight_lines(gray: NDArray[Any], *, shortest: float = _SHORTEST) -> NDArray[np.float64]:
    """Find straight line segments.

    Parameters
    ----------
    gray
        (height, width), 0-255.
    shortest
        Segments shorter than this share of the picture's diagonal are left out.

    Returns
    -------
    numpy.ndarray
        (lines, 4): x and y of one end and of the other, in pixels, longest first.

    Notes
    -----
    Grompone von Gioi, R., Jakubowicz, J., Morel, J.-M. & Randall, G. (2012). LSD: a line segment
    detector. Image Processing On Line, 2, 35-55; by OpenCV.

    Examples
    --------
    >>> import numpy as np
    >>> gray = np.zeros((60, 60), dtype=np.uint8)
    >>> gray[:, 30:] = 200
    >>> straight_lines(gray)[0, [0, 2]].round().tolist()
    [29.0, 29.0]
    """
    import cv2

    gray = as_gray(gray)
    if min(gray.shape) < 3:
        return np.zeros((0, 4))
    segments = cv2.createLineSegmentDetector().detect(gray)[0]
    lines = (
        np.zeros((0, 4)) if segments is None else np.asarray(segments, np.float64).reshape(-1, 4)
    )
    length = _lengths(lines)
    lines = lines[np.argsort(-length, kind="stable")]
    kept: NDArray[np.float64] = lines[np.sort(length)[::-1] >= shortest * np.hypot(*gray.shape)]
    return kept


@register
class Lines(Extractor):
    """Straight lines: their number, length, and how many are horizontal or vertical.

    Segments of at least 4 % of the picture's diagonal count.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured.

    Notes
    -----
    Grompone von Gioi, R., et al. (2012). LSD: a line segment detector. Image Processing On Line,
    2, 35-55.

    Examples
    --------
    >>> import numpy as np
    >>> half = np.zeros((60, 60), dtype=np.uint8)
    >>> half[:, 30:] = 200
    >>> float(Lines().transform(half)["lines_vertical"].iloc[0])
    1.0
    """

    name: ClassVar[str] = "lines"

    def columns(self) -> tuple[Column, ...]:
        return _COLUMNS

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        lines = straight_lines(as_gray(pixels))
        if not len(lines):
            return np.zeros(6)
        length = _lengths(lines) / np.hypot(*pixels.shape[:2])
        level, upright = (length[chosen].sum() / length.sum() for chosen in _sorted(lines))
        slanted = max(0.0, 1 - level - upright)
        return np.array([len(lines), length.sum(), length.max(), level, upright, slanted])

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        from matplotlib.collections import LineCollection

        pixels = self.prepare(pixels)
        lines = straight_lines(as_gray(pixels))
        level, upright = _sorted(lines)
        ax = plots.faint(pixels, ax)
        groups = {"horizontal": level, "vertical": upright, "slanted": ~(level | upright)}
        counts = []
        for (name, chosen), paint in zip(groups.items(), _PAINTS, strict=True):
            ends = list(lines[chosen].reshape(-1, 2, 2))
            ax.add_collection(LineCollection(ends, colors=paint, linewidths=1.3))
            counts.append(f"{len(ends)} {name}")
        plots.titled(ax, f"Straight lines: {', '.join(counts)}")
        return ax


_PAINTS = (CATEGORIES[0], CATEGORIES[5], CATEGORIES[2])


def _lengths(lines: NDArray[np.float64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    return result


def _sorted(lines: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which lines are horizontal and which vertical, up to 10 degrees."""
    across, down = np.abs(lines[:, 2] - lines[:, 0]), np.abs(lines[:, 3] - lines[:, 1])
    angle = np.degrees(np.arctan2(down, across))
    return angle <= _TILT, angle >= 90 - _TILT


def _columns() -> tuple[Column, ...]:
    make = column_maker("lines", source=_SOURCE)
    shares = "divided by the length of all; 0 without lines"
    unit = "share of length"
    built = ("Buildings, furniture, print, horizon", "Nature, faces, blur")
    return (
        make(
            "count",
            "Straight lines",
            "Number of line segments of at least 4 % of the picture's diagonal",
            high=10_000.0,
            unit="lines",
            means=built,
        ),
        make(
            "length",
            "Length of straight lines",
            "Summed length of these segments, divided by the diagonal",
            high=10_000.0,
            unit="diagonals",
            means=built,
        ),
        make(
            "longest",
            "Longest straight line",
            "Length of the longest segment, divided by the diagonal; 0 without lines",
            high=1.01,
            unit="share of the diagonal",
            means=("A horizon, wall or frame through the picture", "No long straight line"),
        ),
        make(
            "horizontal",
            "Horizontal lines",
            f"Length of segments within 10 degrees of the horizontal, {shares}",
            unit=unit,
            means=("Horizons, steps, shelves", "Few horizontal lines"),
        ),
        make(
            "vertical",
            "Vertical lines",
            f"Length of segments within 10 degrees of the vertical, {shares}",
            unit=unit,
            means=("Buildings, trees, columns", "Few vertical lines"),
        ),
        make(
            "slanted",
            "Slanted lines",
            f"Length of segments that are neither, {shares}",
            unit=unit,
            means=("Perspective, roofs, motion", "Lines run parallel to the frame"),
        ),
    )


_COLUMNS = _columns()
