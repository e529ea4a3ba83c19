"""Edges: how many, how strong, and which way they run."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics import figures
from iconometrics.features import plots
from iconometrics.features.column import Column, column_maker
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_gray
from iconometrics.features.registry import register

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Edges", "canny", "canny_thresholds"]

_BINS = 8
_BLUR = 5
_LOW = 0.5
_SOBEL = "Sobel & Feldman (1968); directions weighted by magnitude as in Dalal & Triggs (2005)"
_CANNY = "Canny (1986), IEEE Transactions PAMI 8(6); thresholds: Fang, Yue & Yu (2009), IITA"
_NAMES = {0: "horizontally", 90: "vertically", 45: "down to the right", 135: "up to the right"}


def canny_thresholds(gray: NDArray[Any]) -> tuple[float, float]:
    """Choose the thresholds of the Canny edge detector from the picture itself.

    Parameters
    ----------
    gray
        (height, width), 0-255.

    Returns
    -------
    low
        Half of the upper one.
    high
        Otsu's threshold between dark and bright gray values, after a Gaussian blur of 5 x 5
        pixels; 1 at least.

    Notes
    -----
    Fang, M., Yue, G. & Yu, Q. (2009). The study on an application of Otsu method in Canny
    operator. International Symposium on Information Processing, 109-112.

    Examples
    --------
    >>> import numpy as np
    >>> gray = np.zeros((20, 20), dtype=np.uint8)
    >>> gray[:, 10:] = 200
    >>> low, high = canny_thresholds(gray)
    >>> low == high / 2
    True
    """
    return _thresholds(_blurred(as_gray(gray)))


def canny(gray: NDArray[Any], *, low: float | None = None, high: float | None = None) -> Any:
    """Find edges one pixel wide.

    Parameters
    ----------
    gray
        (height, width), 0-255.
    low
        Gradient magnitude from which pixels next to an edge belong to it; None for
        `canny_thresholds`.
    high
        Gradient magnitude from which a pixel is an edge for certain; None likewise.

    Returns
    -------
    numpy.ndarray
        (height, width), bool.

    Notes
    -----
    Canny, J. (1986). A computational approach to edge detection. IEEE Transactions on Pattern
    Analysis and Machine Intelligence, 8(6), 679-698. Gaussian blur of 5 x 5 pixels, Sobel
    gradients, |gx| + |gy| as magnitude, by OpenCV.

    Examples
    --------
    >>> import numpy as np
    >>> gray = np.zeros((20, 20), dtype=np.uint8)
    >>> gray[:, 10:] = 200
    >>> int(canny(gray)[10].sum())
    1
    """
    import cv2

    blurred = _blurred(as_gray(gray))
    own = _thresholds(blurred)
    low, high = own[0] if low is None else low, own[1] if high is None else high
    return np.asarray(cv2.Canny(blurred, low, high)) > 0


@register
class Edges(Extractor):
    """Edges: their share of the picture, their strength, and the directions they run in.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured.

    Notes
    -----
    Canny, J. (1986). A computational approach to edge detection. IEEE Transactions on Pattern
    Analysis and Machine Intelligence, 8(6), 679-698. First differences as in lecture 000.

    Examples
    --------
    >>> import numpy as np
    >>> stripes = np.zeros((64, 64), dtype=np.uint8)
    >>> stripes[:, ::8] = 255
    >>> row = Edges().transform(stripes).iloc[0]
    >>> float(row["edges_run_090"]), float(row["edges_down"])
    (1.0, 0.0)
    """

    name: ClassVar[str] = "edges"

    def columns(self) -> tuple[Column, ...]:
        return _COLUMNS

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        gray = as_gray(pixels)
        strength, spread, shares = _gradients(gray)
        across, down = (_mean_difference(gray, axis) for axis in (1, 0))
        return np.concatenate(
            [
                [canny(gray).mean(), strength, spread, across, down],
                shares,
                [_evenness(shares)],
            ]
        )

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        edges = canny(as_gray(self.prepare(pixels)))
        ax = figures.picture(np.where(edges, 20, 250).astype(np.uint8), ax=ax)
        plots.titled(ax, f"Edges: {edges.mean():.1%} of all pixels")
        return ax


def _blurred(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import cv2

    return np.asarray(cv2.GaussianBlur(gray, (_BLUR, _BLUR), 0), dtype=np.uint8)


def _thresholds(blurred: NDArray[np.uint8]) -> tuple[float, float]:
    import cv2

    otsu, _ = cv2.threshold(blurred, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    high = max(1.0, float(otsu))
    return _LOW * high, high


def _gradients(gray: NDArray[np.uint8]) -> tuple[float, float, NDArray[np.float64]]:
    """Compute mean and deviation of the Sobel magnitude, and shares of directions of edges."""
    import cv2

    from iconometrics.features.kernels.directions import gradient_sums

    across, down = (np.asarray(cv2.Sobel(gray, cv2.CV_16S, *axes)) for axes in ((1, 0), (0, 1)))
    sums: NDArray[np.float64] = gradient_sums(
        across.astype(np.int16, copy=False), down.astype(np.int16, copy=False), _starts()
    )
    # A slope of one gray value per pixel has a Sobel response of 8.
    total, squares = sums[0] / 8, sums[1] / 64
    mean = total / gray.size
    deviation = np.sqrt(max(0.0, squares / gray.size - mean**2))
    shares = sums[2:] / sums[0] if sums[0] > 0 else np.zeros(_BINS)
    # An edge runs at a right angle to its gradient.
    return mean, float(deviation), np.roll(shares, _BINS // 2)


@lru_cache(maxsize=1)
def _starts() -> NDArray[np.float64]:
    """Give the ends of directions 22.5 degrees wide, up to the vertical."""
    angle = np.radians(11.25 + 22.5 * np.arange(_BINS // 2))
    return np.stack([np.cos(angle), np.sin(angle)])


def _mean_difference(gray: NDArray[np.uint8], axis: int) -> float:
    import cv2

    if gray.shape[axis] < 2:
        return 0.0
    after, before = (gray[:, 1:], gray[:, :-1]) if axis == 1 else (gray[1:], gray[:-1])
    return float(cv2.mean(cv2.absdiff(after, before))[0])


def _evenness(shares: NDArray[np.float64]) -> float:
    """Compute the entropy of directions as a share of the largest possible one."""
    some = shares[shares > 0]
    return float(-(some * np.log2(some)).sum() / np.log2(_BINS)) + 0.0


def _direction(angle: float) -> Column:
    where = _NAMES.get(int(angle), f"at {angle:g} degrees, clockwise from the horizontal")
    return column_maker("edges", source=_SOBEL)(
        f"run_{int(angle):03d}",
        f"Edges that run {where}",
        "Sum of Sobel magnitudes at edges whose direction is within 11.25 degrees of that, "
        "divided by the sum of all; 0 without edges",
        unit="share of edge strength",
        means=(f"Most edges run {where}", f"Few edges run {where}"),
        plain=angle in _NAMES,
    )


def _strengths() -> tuple[Column, ...]:
    make = column_maker("edges", source=_SOBEL)
    detail = ("Detail everywhere: foliage, crowds, text", "Smooth: sky, walls, blur")
    levels = "gray levels per pixel"
    return (
        make(
            "density",
            "Edge density",
            "Share of pixels that are edges after Canny; upper threshold by Otsu's method on the "
            "gray values blurred by 5 x 5, lower one half of it",
            source=_CANNY,
            means=detail,
        ),
        make(
            "strength",
            "Mean strength of edges",
            "Mean of sqrt(gx^2 + gy^2) / 8, g the Sobel responses",
            unit=levels,
            high=180.4,
            means=detail,
        ),
        make(
            "strength_sd",
            "Unevenness of edge strength",
            "Standard deviation of sqrt(gx^2 + gy^2) / 8",
            unit=levels,
            high=90.2,
            means=("Few hard edges on smooth ground: graphics, silhouettes", "All edges alike"),
        ),
        make(
            "across",
            "Change from left to right",
            "Mean of |f(x + 1, y) - f(x, y)|, f the gray values (first-order difference)",
            unit="gray levels",
            high=255.0,
            source="Lecture 000",
            means=("Fine vertical structure: fences, trees, text", "Smooth, or horizontal stripes"),
        ),
        make(
            "down",
            "Change from top to bottom",
            "Mean of |f(x, y + 1) - f(x, y)|, f the gray values (first-order difference)",
            unit="gray levels",
            high=255.0,
            source="Lecture 000",
            means=(
                "Fine horizontal structure: shelves, water, text",
                "Smooth, or vertical stripes",
            ),
        ),
    )


def _columns() -> tuple[Column, ...]:
    make = column_maker("edges", source=_SOBEL)
    return (
        *_strengths(),
        *(_direction(22.5 * k) for k in range(_BINS)),
        make(
            "evenness",
            "Variety of directions",
            "Entropy of the eight shares of directions, divided by 3 bits; 0 without edges",
            unit="index (0 one direction, 1 all alike)",
            source="Shannon (1948), Bell System Technical Journal 27",
            means=(
                "Edges run all ways: foliage, fur, crowds",
                "Edges run one way: stripes, streets",
            ),
        ),
    )


_COLUMNS = _columns()
