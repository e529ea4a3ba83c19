"""Local binary patterns: spots, edges and corners at the scale of a few pixels."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics.errors import InputError
from iconometrics.features import plots
from iconometrics.features.column import Column, column_maker
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_gray, frequencies
from iconometrics.features.registry import register

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["LBP", "local_binary_patterns"]

_SOURCE = "Ojala, Pietikainen & Maenpaa (2002), IEEE Transactions PAMI 24(7)"
_METHODS = ("uniform", "default")
# Offsets are rounded to five decimals, so that weights of corners are whole numbers.
_SCALE = 100_000
_FEW = 12
# Rows at a time, so that they stay in the processor's cache.
_BAND = 128


def local_binary_patterns(
    gray: NDArray[Any], *, points: int = 8, radius: float = 1, method: str = "uniform"
) -> NDArray[np.uint32]:
    """Compare each pixel with points on a circle around it.

    Parameters
    ----------
    gray
        (height, width), 0-255.
    points
        How many, 1 to 31, evenly spaced; the first lies to the right, the second above it.
    radius
        Of the circle in pixels, 1 to 100. Values between pixels are interpolated linearly;
        outside the picture they are 0.
    method
        "default": bit k is set if point k is at least as bright as the pixel. "uniform": the
        number of set bits if they stand side by side on the circle, else ``points`` + 1; it does
        not change when the picture is turned.

    Returns
    -------
    numpy.ndarray
        (height, width), one code per pixel.

    Raises
    ------
    InputError
        If an option is out of range.

    Notes
    -----
    Ojala, T., Pietikainen, M. & Maenpaa, T. (2002). Multiresolution gray-scale and rotation
    invariant texture classification with local binary patterns. IEEE Transactions on Pattern
    Analysis and Machine Intelligence, 24(7), 971-987. Computed in whole numbers, so that a point
    between equal pixels is equal to them; ``skimage.feature.local_binary_pattern`` takes rounding
    errors for differences there, which changes up to one in a hundred codes of a photograph.

    Examples
    --------
    >>> import numpy as np
    >>> gray = np.zeros((3, 3), dtype=np.uint8)
    >>> gray[1, 1] = 9
    >>> local_binary_patterns(gray)[1, 1]
    np.uint32(0)
    """
    from iconometrics.features.kernels.patterns import binary_patterns, rotation_classes

    if method not in _METHODS:
        raise InputError(f"method={method!r}: expected one of {', '.join(_METHODS)}.")
    corners, weights, border = _circle(points, float(radius))
    values = as_gray(gray)
    padded = np.pad(values, border)
    codes = np.empty(values.shape, dtype=np.uint32)
    for first in range(0, len(values), _BAND):
        band = padded[first : first + _BAND + 2 * border].astype(np.float64)
        codes[first : first + _BAND] = binary_patterns(band, corners, weights)
    if method == "default":
        return codes
    return _classes(points).take(codes) if points <= _FEW else rotation_classes(codes, points)


@register
class LBP(Extractor):
    """Local binary patterns: shares of spots, edges, corners and irregular places.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured.
    points
        Points on the circle, 1 to 31; at most 12 with the method "default".
    radius
        Of the circle in pixels.
    method
        "uniform" (``points`` + 2 columns, unchanged by turning) or "default" (2 ** ``points``).

    Notes
    -----
    Ojala, T., Pietikainen, M. & Maenpaa, T. (2002). IEEE Transactions on Pattern Analysis and
    Machine Intelligence, 24(7), 971-987.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics.features import get
    >>> flat = np.full((9, 9), 90, dtype=np.uint8)
    >>> float(get("lbp").transform(flat)["lbp_8"].iloc[0]) > 0.5
    True
    """

    name: ClassVar[str] = "lbp"

    def __init__(
        self,
        *,
        size: int | None = 512,
        points: int = 8,
        radius: float = 1,
        method: str = "uniform",
    ) -> None:
        super().__init__(size=size)
        self.points = points
        self.radius = radius
        self.method = method

    def columns(self) -> tuple[Column, ...]:
        self._n_codes()
        unit = "pixel" if self.radius == 1 else "pixels"
        circle = f"{self.points} points at {self.radius:g} {unit} around a pixel"
        if self.method == "uniform":
            return (*(_uniform(k, self.points, circle) for k in range(self.points + 2)),)
        return (*_edge_share(circle), *(_code(k, circle) for k in range(2**self.points)))

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        n = self._n_codes()
        if self.method == "default":
            shares = _shares(self._codes(pixels, "default"), n)
            return np.concatenate([shares[-1:], shares])
        if self.points > _FEW:
            return _shares(self._codes(pixels, "uniform"), n)
        classes = _classes(self.points)
        shares = _shares(self._codes(pixels, "default"), len(classes))
        return np.bincount(classes, weights=shares, minlength=n).astype(np.float64)

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        codes = self._codes(self.prepare(pixels), self.method)
        flat = float((codes == (self.points if self.method == "uniform" else codes.max())).mean())
        return plots.heat(
            codes,
            ax=ax,
            title=f"Local binary patterns: {flat:.0%} of pixels flat or in a dark spot",
            unit="pattern",
            limits=(0, self._n_codes() - 1),
        )

    def _codes(self, pixels: NDArray[np.uint8], method: str) -> NDArray[np.uint32]:
        return local_binary_patterns(
            as_gray(pixels), points=self.points, radius=self.radius, method=method
        )

    def _n_codes(self) -> int:
        _circle(self.points, float(self.radius))
        if self.method == "uniform":
            return self.points + 2
        if self.method != "default" or self.points > 12:
            raise InputError(
                f"lbp with method={self.method!r}, points={self.points}: expected 'uniform', or "
                "'default' with at most 12 points."
            )
        return int(2**self.points)


def _shares(codes: NDArray[np.uint32], n: int) -> NDArray[np.float64]:
    counts = frequencies(codes.astype(np.uint8)) if n == 256 else np.bincount(codes.ravel())
    return np.pad(counts, (0, n - len(counts))) / codes.size


def _uniform(k: int, points: int, circle: str) -> Column:
    make = column_maker("lbp", source=_SOURCE)
    if k == points + 1:
        return make(
            "irregular",
            "Irregular places",
            f"Share of pixels where, of {circle}, those at least as bright form more than one run",
            means=("Noise, foliage, fine texture", "Smooth areas and clean edges"),
        )
    label, high = _kind(k, points)
    return make(
        f"{k}",
        f"{label} (pattern {k} of {points})",
        f"Share of pixels where, of {circle}, exactly {k} side by side are at least as bright",
        means=(high, f"Little of that: pattern {k} is rare"),
        plain=k in {0, points // 2, points},
    )


def _kind(k: int, points: int) -> tuple[str, str]:
    if k == 0:
        return "Bright spots", "Grains, sparkles, fine bright dots, noise"
    if k == points:
        return "Flat areas and dark spots", "Even areas such as clipped sky, or fine dark dots"
    if k < points / 2:
        return "Bright corners and line ends", "Bright parts that reach into dark ones"
    if k == points / 2:
        return "Straight edges", "Contours, slopes of light, straight borders"
    return "Dark corners and line ends", "Dark parts that reach into bright ones"


def _edge_share(circle: str) -> tuple[Column, ...]:
    make = column_maker("lbp", source=_SOURCE)
    return (
        make(
            "flat",
            "Flat areas and dark spots",
            f"Share of pixels where all of {circle} are at least as bright",
            means=("Even areas such as clipped sky, or fine dark dots", "Texture everywhere"),
        ),
    )


def _code(k: int, circle: str) -> Column:
    return column_maker("lbp", source=_SOURCE, plain=False)(
        f"code_{k}",
        f"Pattern {k:b}",
        f"Share of pixels where, of {circle}, exactly those of the set bits of {k} are at least as "
        "bright (bit 0 to the right, then counterclockwise)",
        means=(f"Pattern {k:b} is frequent", f"Pattern {k:b} is rare"),
    )


@lru_cache(maxsize=16)
def _classes(points: int) -> NDArray[np.uint32]:
    """Give the class of every code: codes are fewer than pixels."""
    from iconometrics.features.kernels.patterns import rotation_classes

    every = np.arange(2**points, dtype=np.uint32)[None]
    classes: NDArray[np.uint32] = rotation_classes(every, points)[0]
    return classes


@lru_cache(maxsize=16)
def _circle(points: int, radius: float) -> tuple[NDArray[np.int64], NDArray[np.float64], int]:
    """Place the points: upper left pixels, weights of the four around, and the border needed."""
    if not (isinstance(points, int) and 1 <= points <= 31 and 1 <= radius <= 100):
        raise InputError(
            f"points={points!r}, radius={radius:g}: expected 1 to 31 points on a circle with a "
            "radius of 1 to 100 pixels."
        )
    angle = 2 * np.pi * np.arange(points) / points
    place = np.rint(_SCALE * radius * np.stack([-np.sin(angle), np.cos(angle)], axis=1))
    corner = np.floor(place / _SCALE)
    down, right = (place - corner * _SCALE).T
    up, left = _SCALE - down, _SCALE - right
    weights = np.stack([up * left, up * right, down * left, down * right], axis=1)
    border = int(np.ceil(radius))
    return corner.astype(np.int64) + border, weights, border
