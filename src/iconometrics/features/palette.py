"""The palette: the colors that make up a picture, and the words for them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics import figures
from iconometrics.errors import InputError
from iconometrics.features import plots
from iconometrics.features.color_names import NAMES, PAINTS, named
from iconometrics.features.column import Column, column_maker
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_pixels
from iconometrics.features.registry import register
from iconometrics.figures.look import bare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Palette", "dominant_colors", "earth_mover_colorfulness", "hue_count"]

_ROUNDS = 30
_HUE_BINS = 20
_KE = "Ke, Tang & Jing (2006), CVPR"
_DATTA = "Datta, Joshi, Li & Wang (2006), ECCV"


def dominant_colors(
    pixels: NDArray[Any], *, colors: int = 5
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find the few colors that stand for a picture best.

    Parameters
    ----------
    pixels
        (height, width, 3), sRGB, 0-255.
    colors
        How many, 1 to 16.

    Returns
    -------
    palette
        (colors, 3): sRGB, 0-255, the largest first.
    shares
        (colors,): share of pixels nearest to each. 0, with the first color repeated, where the
        picture has fewer colors.

    Raises
    ------
    InputError
        If the number of colors is out of range.

    Notes
    -----
    k-means in CIELAB over the occupied cells of a 16 x 16 x 16 RGB cube, weighted by their pixels.
    It starts from the largest cell and adds the cell with the largest share times squared distance
    to those chosen, so that the same picture always has the same palette.

    Examples
    --------
    >>> import numpy as np
    >>> flag = np.zeros((4, 8, 3), dtype=np.uint8)
    >>> flag[:, :6] = (255, 0, 0)
    >>> palette, shares = dominant_colors(flag, colors=2)
    >>> palette.round().tolist(), shares.tolist()
    ([[255.0, 0.0, 0.0], [0.0, 0.0, 0.0]], [0.75, 0.25])
    """
    if not (isinstance(colors, int) and 1 <= colors <= 16):
        raise InputError(f"colors={colors!r}: expected a whole number from 1 to 16.")
    means, weights = _cells(as_pixels(pixels))
    lab = _to_lab(means)
    group = _grouped(lab, weights, _seeds(lab, weights, colors))
    sums = np.bincount(group, weights=weights, minlength=colors)
    palette = (
        np.stack(
            [np.bincount(group, weights=weights * means[:, k], minlength=colors) for k in range(3)],
            axis=1,
        )
        / np.maximum(sums, 1)[:, None]
    )
    order = np.argsort(-sums, kind="stable")
    palette, shares = palette[order], sums[order] / sums.sum()
    palette[shares == 0] = palette[0]
    return palette, shares


def hue_count(pixels: NDArray[Any]) -> int:
    """Count the distinct hues of a picture.

    Parameters
    ----------
    pixels
        (height, width, 3), sRGB, 0-255.

    Returns
    -------
    int
        Of 20 hue bins, those with more than 5 % of the fullest bin's pixels; pixels count if
        their HSV saturation is at least .2 and their value from .15 to .95.

    Notes
    -----
    Ke, Y., Tang, X. & Jing, F. (2006). The design of high-level features for photo quality
    assessment. CVPR.

    Examples
    --------
    >>> import numpy as np
    >>> hue_count(np.full((4, 4, 3), (200, 30, 30), dtype=np.uint8))
    1
    """
    import cv2

    hsv = cv2.cvtColor(as_pixels(pixels), cv2.COLOR_RGB2HSV)
    seen = (hsv[..., 1] >= 51) & (hsv[..., 2] >= 38.25) & (hsv[..., 2] <= 242.25)
    counts = np.bincount(hsv[..., 0][seen].astype(np.intp) * _HUE_BINS // 180, minlength=_HUE_BINS)
    return int((counts > 0.05 * counts.max()).sum())


def earth_mover_colorfulness(pixels: NDArray[Any]) -> float:
    """Compare a picture's colors with an even spread over all colors.

    Parameters
    ----------
    pixels
        (height, width, 3), sRGB, 0-255.

    Returns
    -------
    float
        Minus the earth mover's distance between the shares of 4 x 4 x 4 cubes of RGB and even
        shares, in units of CIELUV between the cubes' middles: 0 if all are alike, far below for
        one color only.

    Notes
    -----
    Datta, R., Joshi, D., Li, J. & Wang, J. Z. (2006). Studying aesthetics in photographic images
    using a computational approach. ECCV. The sign is turned, so that more is more colorful.

    Examples
    --------
    >>> import numpy as np
    >>> gray = np.full((4, 4, 3), 128, dtype=np.uint8)
    >>> earth_mover_colorfulness(gray) < -60
    True
    """
    import cv2

    cube = (as_pixels(pixels) >> 6).astype(np.intp)
    counts = np.bincount((cube @ np.array([16, 4, 1])).ravel(), minlength=64)
    some = np.flatnonzero(counts)
    supply = (counts[some] / counts.sum()).astype(np.float32)[:, None]
    even = np.full((64, 1), 1 / 64, dtype=np.float32)
    cost = np.ascontiguousarray(_cube_distances()[some])
    distance, _, _ = cv2.EMD(supply, even, cv2.DIST_USER, cost)
    return -float(distance)


@register
class Palette(Extractor):
    """The palette: color words, distinct hues, variety of colors, and the dominant colors.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured.
    colors
        How many dominant colors, 1 to 16.

    Notes
    -----
    Berlin, B. & Kay, P. (1969). Basic Color Terms: the eleven words. The rule by which a pixel gets
    its word is that of `iconometrics.features.color_names.named`.

    Examples
    --------
    >>> import numpy as np
    >>> red = np.full((4, 4, 3), (200, 20, 20), dtype=np.uint8)
    >>> row = Palette().transform(red).iloc[0]
    >>> float(row["palette_red"]), float(row["palette_share_1"]), float(row["palette_hues"])
    (1.0, 1.0, 1.0)
    """

    name: ClassVar[str] = "palette"

    def __init__(self, *, size: int | None = 512, colors: int = 5) -> None:
        super().__init__(size=size)
        self.colors = colors

    def columns(self) -> tuple[Column, ...]:
        make = column_maker("palette")
        dominant = [
            column for k in range(1, self.colors + 1) for column in _dominant(make, k, self.colors)
        ]
        return (*(_word(make, name) for name in NAMES), *_variety(make), *dominant)

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        words = np.bincount(named(pixels).ravel(), minlength=len(NAMES))
        palette, shares = dominant_colors(pixels, colors=self.colors)
        return np.concatenate(
            [
                words / words.sum(),
                [hue_count(pixels), earth_mover_colorfulness(pixels)],
                np.column_stack([shares, palette]).ravel(),
            ]
        )

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        pixels = self.prepare(pixels)
        palette, shares = dominant_colors(pixels, colors=self.colors)
        words = named(np.rint(palette).astype(np.uint8)[None])[0]
        ax = figures.axes(ax, height=1.2)
        left = 0.0
        for rgb, share, word in zip(palette, shares, words, strict=True):
            ax.barh(0, share, left=left, color=rgb / 255, height=1)
            if share > 0.07:
                ink = "white" if rgb @ (0.299, 0.587, 0.114) < 128 else "black"
                text = f"{list(NAMES)[word]}\n{share:.0%}"
                ax.text(left + share / 2, 0, text, ha="center", va="center", color=ink, fontsize=7)
            left += share
        ax.set(xlim=(0, 1), ylim=(-0.5, 0.5))
        bare(ax)
        plots.titled(ax, f"Palette: {_told(named(pixels))}; {hue_count(pixels)} distinct hues")
        return ax


def _told(words: NDArray[np.uint8]) -> str:
    shares = np.bincount(words.ravel(), minlength=len(NAMES)) / words.size
    first = np.argsort(-shares, kind="stable")[:3]
    return ", ".join(f"{list(NAMES)[k]} {shares[k]:.0%}" for k in first if shares[k] > 0)


def _cells(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Reduce a picture to the mean colors and numbers of pixels of cells of the RGB cube."""
    rgb = pixels.reshape(-1, 3)
    place = (rgb[:, 0] >> 4).astype(np.uint16) << 8
    place |= (rgb[:, 1] & 0xF0).astype(np.uint16)
    place |= rgb[:, 2] >> 4
    counts = np.bincount(place, minlength=4096)
    some = counts > 0
    sums = [np.bincount(place, weights=rgb[:, k], minlength=4096)[some] for k in range(3)]
    weights = counts[some].astype(np.float64)
    return np.stack(sums, axis=1) / weights[:, None], weights


def _to_lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    import cv2

    values = (rgb / 255).astype(np.float32)[None]
    return np.asarray(cv2.cvtColor(values, cv2.COLOR_RGB2LAB)[0], dtype=np.float64)


def _seeds(lab: NDArray[np.float64], weights: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    chosen = [lab[weights.argmax()]]
    far = ((lab - chosen[0]) ** 2).sum(axis=1)
    for _ in range(min(k, len(lab)) - 1):
        chosen.append(lab[(weights * far).argmax()])
        far = np.minimum(far, ((lab - chosen[-1]) ** 2).sum(axis=1))
    return np.stack(chosen)


def _grouped(
    lab: NDArray[np.float64], weights: NDArray[np.float64], centers: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Assign cells to centers and move the centers to their means, until nothing moves."""
    group = np.full(len(lab), -1)
    for _ in range(_ROUNDS):
        distance = (centers**2).sum(axis=1) - 2 * lab @ centers.T
        nearest = distance.argmin(axis=1)
        if np.array_equal(nearest, group):
            break
        group = nearest
        member = np.zeros((len(centers), len(lab)))
        member[group, np.arange(len(lab))] = weights
        sums = member.sum(axis=1, keepdims=True)
        centers = np.where(sums > 0, member @ lab / np.maximum(sums, 1), centers)
    return group


@cache
def _cube_distances() -> NDArray[np.float32]:
    """Compute distances in CIELUV between the middles of 4 x 4 x 4 cubes of RGB."""
    import cv2

    middles = (np.moveaxis(np.indices((4, 4, 4)), 0, -1).reshape(1, -1, 3) * 64 + 32) / 256
    luv = np.asarray(cv2.cvtColor(middles.astype(np.float32), cv2.COLOR_RGB2LUV)[0], np.float64)
    apart = np.sqrt(((luv[:, None] - luv) ** 2).sum(axis=2))
    return np.asarray(apart, dtype=np.float32)


def _word(make: Any, name: str) -> Column:
    column: Column = make(
        name,
        f"{name.capitalize()} (color word)",
        f"Share of pixels called {name}: {PAINTS[name].rule}",
        source="the eleven words of Berlin & Kay (1969), Basic Color Terms; own rule in CIELAB",
        means=(f"Much {name}", f"No {name}"),
    )
    return column


def _variety(make: Any) -> tuple[Column, ...]:
    return (
        make(
            "hues",
            "Number of distinct hues",
            "Of 20 bins of hue, those with more than 5 % of the fullest one's pixels; pixels with "
            "saturation from .2 and value from .15 to .95",
            high=20.0,
            unit="hues",
            source=_KE,
            means=("Many colors: markets, collages, toys", "One or two hues, or black and white"),
        ),
        make(
            "variety",
            "Variety of colors (earth mover)",
            "Minus the earth mover's distance, in CIELUV, between the shares of 64 cubes of RGB "
            "and even shares",
            low=-250.0,
            high=0.0,
            unit="negative units of CIELUV",
            source=_DATTA,
            means=("Colors of all kinds", "One color, or black and white"),
        ),
    )


def _dominant(make: Any, k: int, colors: int) -> tuple[Column, ...]:
    which = f"dominant color {k} of {colors}, ordered by share (k-means in CIELAB)"
    share = make(
        f"share_{k}",
        f"Share of dominant color {k}",
        f"Share of pixels nearest to {which}",
        means=("Large areas of one color", "Colors are mixed"),
        plain=k == 1,
    )
    channels = [
        make(
            f"color_{k}_{channel}",
            f"{channel.capitalize()} of dominant color {k}",
            f"Mean {channel} channel of the pixels nearest to {which}",
            high=255.0,
            unit="sRGB value (0-255)",
            means=(f"Much {channel} in it", f"No {channel} in it"),
            plain=False,
        )
        for channel in ("red", "green", "blue")
    ]
    return (share, *channels)
