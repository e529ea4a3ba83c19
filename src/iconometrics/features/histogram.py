"""Histograms of color: how often each value occurs in each channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics import figures
from iconometrics.errors import InputError
from iconometrics.features import plots
from iconometrics.features.column import Column, column_maker
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_pixels
from iconometrics.features.registry import register
from iconometrics.figures.look import dress

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Histogram", "color_histogram"]

# Channel names, and how many values each has.
_SPACES: dict[str, tuple[tuple[str, int, str], ...]] = {
    "rgb": (("red", 256, "#c4302b"), ("green", 256, "#2a8f3d"), ("blue", 256, "#1f5fc4")),
    "hsv": (("hue", 180, "#7a3fb0"), ("saturation", 256, "#c4302b"), ("value", 256, "#444444")),
    "lab": (("lightness", 256, "#444444"), ("a", 256, "#c4306b"), ("b", 256, "#b58900")),
    "gray": (("gray", 256, "#444444"),),
}
_SOURCE = "Swain & Ballard (1991), International Journal of Computer Vision 7(1); lecture 002"


def color_histogram(
    pixels: NDArray[Any], *, space: str = "rgb", bins: int = 256
) -> NDArray[np.int64]:
    """Count the values of each channel: h(r_k) = n_k.

    Parameters
    ----------
    pixels
        (height, width, 3) or (height, width), sRGB, 0-255.
    space
        "rgb", "hsv", "lab" or "gray". Values are whole numbers 0-255 as OpenCV scales them: hue
        0-179 (steps of two degrees), lightness 0-255 for 0-100, a and b shifted by 128.
    bins
        Bins per channel, 2 to 256 (180 for hue), of equal width.

    Returns
    -------
    numpy.ndarray
        (channels, bins).

    Raises
    ------
    InputError
        If there is no such space, or the number of bins is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> red = np.full((2, 3, 3), (255, 0, 0), dtype=np.uint8)
    >>> color_histogram(red, bins=2).tolist()
    [[0, 6], [6, 0], [6, 0]]
    """
    channels = _channels(space, bins)
    values = _converted(as_pixels(pixels), space)
    counts = [
        np.bincount(values[..., k].ravel(), minlength=n) for k, (_, n, _) in enumerate(channels)
    ]
    places = [np.arange(n) * bins // n for _, n, _ in channels]
    return np.stack(
        [
            np.bincount(place, weights=count[: len(place)], minlength=bins).astype(np.int64)
            for place, count in zip(places, counts, strict=True)
        ]
    )


@register
class Histogram(Extractor):
    """Color histograms by channel, in RGB, HSV, Lab or gray, with their entropy.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured.
    space
        "rgb", "hsv", "lab" or "gray".
    bins
        Bins per channel, 2 to 256 (at most 180 for "hsv").

    Notes
    -----
    Swain, M. J. & Ballard, D. H. (1991). Color indexing. International Journal of Computer Vision,
    7(1), 11-32. Entropies are to base 2, in bits, over all values of a channel (not over bins).

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics.features import get
    >>> red = np.full((4, 4, 3), (255, 0, 0), dtype=np.uint8)
    >>> float(get("histogram:bins=4").transform(red)["histogram_red_4"].iloc[0])
    1.0
    """

    name: ClassVar[str] = "histogram"

    def __init__(self, *, size: int | None = 512, space: str = "rgb", bins: int = 16) -> None:
        super().__init__(size=size)
        self.space = space
        self.bins = bins

    def columns(self) -> tuple[Column, ...]:
        channels = _channels(self.space, self.bins)
        make = column_maker("histogram", source=_SOURCE)
        entropies = [_entropy(make, name, n) for name, n, _ in channels]
        # A value v is in bin v * bins // n.
        shares = [
            _share(make, name, k, (-(n * -k // self.bins), -(n * ~k // self.bins), self.bins))
            for name, n, _ in channels
            for k in range(self.bins)
        ]
        return (*entropies, *shares)

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        channels = _channels(self.space, self.bins)
        values = _converted(pixels, self.space)
        entropies, shares = [], []
        for k, (_, n, _) in enumerate(channels):
            share = np.bincount(values[..., k].ravel(), minlength=n) / values[..., k].size
            some = share[share > 0]
            entropies.append(float(-(some * np.log2(some)).sum()) + 0.0)
            shares.append(np.bincount(np.arange(n) * self.bins // n, weights=share[:n]))
        return np.concatenate([entropies, *shares])

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        pixels = self.prepare(pixels)
        channels = _channels(self.space, self.bins)
        values = _converted(pixels, self.space)
        entropies = self.compute(pixels)[: len(channels)]
        ax = figures.axes(ax)
        peaks = []
        for k, (name, n, paint) in enumerate(channels):
            share = np.bincount(values[..., k].ravel(), minlength=n)[:n] / values[..., k].size
            at = np.arange(n)
            ax.fill_between(at, share, color=paint, alpha=0.12, linewidth=0)
            ax.plot(at, share, color=paint, linewidth=1.1)
            peaks.append((float(at @ share), name, paint))
        _name_lines(ax, peaks)
        # One value that fills half a picture would flatten all the rest.
        heights = np.sort(np.concatenate([line.get_ydata() for line in ax.lines]))
        ax.set_ylim(0, max(float(heights[int(0.995 * len(heights))]) * 1.25, 1e-6))
        ax.set_xlim(0, max(n for _, n, _ in channels) - 1)
        ax.set_xlabel("value of the channel")
        ax.set_ylabel("share of pixels")
        amounts = ", ".join(f"{entropy:.1f}" for entropy in entropies)
        plots.titled(ax, f"Histogram: entropy {amounts} bits")
        dress(ax, grid="y")
        return ax


def _name_lines(ax: Axes, peaks: list[tuple[float, str, str]]) -> None:
    """Name each line in its color, in the order in which the channels' means lie."""
    for k, (mean, name, paint) in enumerate(sorted(peaks)):
        ax.text(
            0.985,
            0.95 - 0.1 * k,
            f"{name}, mean {mean:.0f}",
            transform=ax.transAxes,
            color=paint,
            fontsize=7,
            ha="right",
            va="top",
        )


def _channels(space: str, bins: int) -> tuple[tuple[str, int, str], ...]:
    if space not in _SPACES:
        raise InputError(f"space={space!r}: expected one of {', '.join(_SPACES)}.")
    most = min(n for _, n, _ in _SPACES[space])
    if not (isinstance(bins, int) and 2 <= bins <= most):
        raise InputError(f"bins={bins!r}: expected a whole number from 2 to {most} for {space!r}.")
    return _SPACES[space]


def _converted(pixels: NDArray[np.uint8], space: str) -> NDArray[np.uint8]:
    import cv2

    if space == "rgb":
        return pixels
    codes = {"hsv": cv2.COLOR_RGB2HSV, "lab": cv2.COLOR_RGB2LAB, "gray": cv2.COLOR_RGB2GRAY}
    values = np.asarray(cv2.cvtColor(pixels, codes[space]), dtype=np.uint8)
    return values if values.ndim == 3 else values[:, :, None]


def _entropy(make: Any, name: str, n: int) -> Column:
    column: Column = make(
        f"entropy_{name}",
        f"Entropy of {name}",
        f"- sum of p log2 p, p the shares of the {n} values of {name}",
        high=8.0,
        unit="bits (logarithm to base 2)",
        means=(f"All values of {name} occur", f"Few values of {name} occur"),
    )
    return column


def _share(make: Any, name: str, number: int, span: tuple[int, int, int]) -> Column:
    first, beyond, bins = span
    column: Column = make(
        f"{name}_{number + 1}",
        f"Pixels with {name} in bin {number + 1} of {bins}",
        f"Share of pixels whose {name} is from {first} to {beyond - 1}",
        means=(f"Much of the picture has {name} there", f"Hardly a pixel has {name} there"),
        plain=False,
    )
    return column
