"""Composition: complexity, balance, symmetry, the rule of thirds, focus on the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics import images
from iconometrics.features import plots
from iconometrics.features.column import Column, column_maker
from iconometrics.features.edges import canny
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_gray
from iconometrics.features.registry import register

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Composition", "regions", "saliency", "symmetry"]

# Share of detail along each axis that the box holds.
_BOX = 0.98
# JPEG quality of the compressed size.
_QUALITY = 75
# Share of the picture from which an even area counts.
_SMALL = 0.001

_SIDE = 64


def saliency(gray: NDArray[Any]) -> NDArray[np.float64]:
    """Compute where a picture draws the eye, by what is unusual in its spectrum.

    Parameters
    ----------
    gray
        (height, width), 0-255.

    Returns
    -------
    numpy.ndarray
        (64, 64), summing up to 1; even where the picture is constant.

    Notes
    -----
    Hou, X. & Zhang, L. (2007). Saliency detection: a spectral residual approach. CVPR. The picture
    is brought to 64 x 64; log(1 + amplitude) less its mean over 3 x 3 frequencies, with the phase
    kept, gives the map, which is squared and blurred (Gaussian, 2.5 pixels).

    Examples
    --------
    >>> import numpy as np
    >>> gray = np.full((64, 64), 90, dtype=np.uint8)
    >>> gray[10:14, 40:44] = 200
    >>> row, column = np.unravel_index(saliency(gray).argmax(), (64, 64))
    >>> bool(8 <= row <= 15 and 38 <= column <= 45)
    True
    """
    import cv2

    gray = as_gray(gray)
    even = np.full((_SIDE, _SIDE), 1 / _SIDE**2)
    if gray.min() == gray.max():
        return even
    small = images.resize(gray, shape=(_SIDE, _SIDE)).astype(np.float64)
    spectrum = np.fft.fft2(small)
    amplitude = np.abs(spectrum)
    # Frequencies that are all but absent, as in drawings, would stand out by their logarithm.
    log = np.log1p(amplitude)
    residual = log - cv2.blur(log, (3, 3), borderType=cv2.BORDER_REFLECT_101)
    phase = np.divide(spectrum, amplitude, out=np.ones_like(spectrum), where=amplitude > 1e-9)
    attention = np.abs(np.fft.ifft2(np.exp(residual) * phase)) ** 2
    attention = cv2.GaussianBlur(attention, (0, 0), 2.5)
    total = float(attention.sum())
    return np.asarray(attention, dtype=np.float64) / total if total > 0 else even


def symmetry(gray: NDArray[Any]) -> tuple[float, float]:
    """Compare a picture with its mirror images.

    Parameters
    ----------
    gray
        (height, width), 0-255.

    Returns
    -------
    left_right
        Correlation of the gray values with those of the picture mirrored left to right, -1 to 1,
        at a longest side of 64 pixels; 1 for a constant picture.
    top_bottom
        Likewise, top to bottom.

    Examples
    --------
    >>> import numpy as np
    >>> symmetry(np.array([[0, 200, 0], [9, 90, 9]], dtype=np.uint8))[0]
    1.0
    """
    small = images.resize(as_gray(gray), _SIDE).astype(np.float64)
    small -= small.mean()
    power = float((small**2).sum())
    if power < 1e-9:
        return 1.0, 1.0
    across, down = (
        float((small * turned).sum()) / power for turned in (small[:, ::-1], small[::-1])
    )
    return float(np.clip(across, -1, 1)), float(np.clip(down, -1, 1))


@register
class Composition(Extractor):
    """Composition: visual complexity, symmetry, balance, rule of thirds, depth of field, shape.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured.

    Notes
    -----
    Datta, R., Joshi, D., Li, J. & Wang, J. Z. (2006). Studying aesthetics in photographic images
    using a computational approach. ECCV. Ke, Y., Tang, X. & Jing, F. (2006). The design of
    high-level features for photo quality assessment. CVPR.

    Examples
    --------
    >>> import numpy as np
    >>> row = Composition().transform(np.zeros((30, 60), dtype=np.uint8)).iloc[0]
    >>> float(row["composition_aspect"]), float(row["composition_symmetry"])
    (2.0, 1.0)
    """

    name: ClassVar[str] = "composition"

    def columns(self) -> tuple[Column, ...]:
        return _COLUMNS

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        gray = as_gray(pixels)
        return np.array(
            [
                pixels.shape[1] / pixels.shape[0],
                *_complexity(pixels, gray),
                *symmetry(gray),
                *_balance(saliency(gray)),
                *_focus(gray),
            ]
        )

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        pixels = self.prepare(pixels)
        gray = as_gray(pixels)
        attention = saliency(gray)
        height, width = gray.shape
        row = dict(zip((c.name for c in _COLUMNS), self.compute(pixels), strict=True))
        ax = plots.faint(gray, ax)
        edges = (-0.5, width - 0.5, height - 0.5, -0.5)
        ax.contourf(
            np.linspace(-0.5, width - 0.5, _SIDE),
            np.linspace(-0.5, height - 0.5, _SIDE),
            attention,
            levels=np.linspace(attention.max() * 0.2, attention.max() * 1.001, 6),
            cmap="Oranges",
            alpha=0.6,
        )
        for k in (1, 2):
            ax.axvline(width * k / 3 - 0.5, color="black", linewidth=0.6, linestyle=(0, (4, 3)))
            ax.axhline(height * k / 3 - 0.5, color="black", linewidth=0.6, linestyle=(0, (4, 3)))
        ax.axis(edges)
        ax.plot(
            row["composition_center_x"] * width - 0.5,
            row["composition_center_y"] * height - 0.5,
            marker="+",
            markersize=11,
            markeredgewidth=1.6,
            color="black",
        )
        plots.titled(
            ax,
            f"{row['composition_thirds']:.0%} of attention at the thirds, "
            f"symmetry {row['composition_symmetry']:.2f}",
        )
        return ax


def _complexity(pixels: NDArray[np.uint8], gray: NDArray[np.uint8]) -> tuple[float, float, float]:
    """Compute compressed size in bytes per pixel, edge density, and number of even regions."""
    import cv2

    _, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    # A file's fixed parts would make small pictures seem complex.
    _, empty = cv2.imencode(
        ".jpg", np.zeros((8, 8, 3), np.uint8), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    )
    size = max(0.0, (len(data) - len(empty)) / gray.size)
    return size, float(canny(gray).mean()), float(regions(pixels))


def regions(pixels: NDArray[np.uint8]) -> int:
    """Count areas of one color: connected pixels alike after smoothing and a cut to 64 colors."""
    import cv2

    small = images.resize(pixels, 2 * _SIDE)
    smooth = cv2.medianBlur(np.ascontiguousarray(small), 5) if min(small.shape[:2]) > 5 else small
    level = (smooth // 64).astype(np.uint8)
    codes = level[..., 0] * 16 + level[..., 1] * 4 + level[..., 2]
    count = 0
    for code in np.unique(codes):
        _, _, facts, _ = cv2.connectedComponentsWithStats((codes == code).astype(np.uint8), None)
        count += int((facts[1:, cv2.CC_STAT_AREA] >= max(1, _SMALL * codes.size)).sum())
    return max(1, count)


def _balance(attention: NDArray[np.float64]) -> tuple[float, ...]:
    """Compute where attention lies: its center and spread, share at thirds and in the middle."""
    place = (np.arange(_SIDE) + 0.5) / _SIDE
    across, down = attention.sum(axis=0), attention.sum(axis=1)
    x, y = float(across @ place), float(down @ place)
    spread = np.sqrt(across @ (place - x) ** 2 + down @ (place - y) ** 2)
    near = np.minimum(np.abs(place - 1 / 3), np.abs(place - 2 / 3)) <= 1 / 12
    middle = np.abs(place - 0.5) <= 1 / 6
    thirds, center = (float(attention[np.ix_(at, at)].sum()) for at in (near, middle))
    return x, y, float(spread), thirds, center


def _focus(gray: NDArray[np.uint8]) -> tuple[float, float, float]:
    """Compute how much of the fine detail lies in the middle, and how large a box holds most."""
    import cv2

    power = np.abs(cv2.Laplacian(gray, cv2.CV_32F))
    total = float(power.sum(dtype=np.float64))
    if total == 0:
        return 0.25, 1.0, 0.0
    height, width = gray.shape
    top, left = height // 4, width // 4
    inner = power[top : height - top, left : width - left]
    across, down = power.sum(axis=0, dtype=np.float64), power.sum(axis=1, dtype=np.float64)
    upper = float(down[: height // 2].sum()) / total
    lower = float(down[(height + 1) // 2 :].sum()) / total
    return float(inner.sum(dtype=np.float64)) / total, _width(across) * _width(down), upper - lower


def _width(amounts: NDArray[np.float64]) -> float:
    """Find the part of an axis between the outer tails, each half of what the box leaves out."""
    share = np.cumsum(amounts) / amounts.sum()
    tail = (1 - _BOX) / 2
    first, last = np.searchsorted(share, (tail, 1 - tail - 1e-12))
    return float(last - first + 1) / len(amounts)


_DATTA = "Datta, Joshi, Li & Wang (2006), ECCV"
_KE = "Ke, Tang & Jing (2006), CVPR"
_HOU = "Hou & Zhang (2007), CVPR (spectral residual)"
_make = column_maker("composition")
_ATTENTION = "attention (the spectral-residual saliency map)"

_SHAPE: tuple[Column, ...] = (
    _make(
        "aspect",
        "Width to height",
        "Width of the picture divided by its height",
        high=65535.0,
        unit="ratio (1 square, above 1 landscape)",
        source=_DATTA,
        means=("Landscape format, panoramas", "Portrait format, phone screens"),
    ),
    _make(
        "compressed",
        "Compressed size",
        f"Bytes of the picture as a JPEG of quality {_QUALITY}, less those of a blank one, divided "
        "by the number of pixels",
        high=30.0,
        unit="bytes per pixel",
        source="Tuch, Bargas-Avila, Opwis & Wilhelm (2009), Int. J. Human-Computer Studies 67(9)",
        means=("Complex: crowds, foliage, collage", "Simple: plain grounds, blur"),
    ),
    _make(
        "edges",
        "Edge density (complexity)",
        "Share of pixels that are edges after Canny, with thresholds as in edges_density",
        source="Rosenholtz, Li & Nakano (2007), Journal of Vision 7(2)",
        means=("Cluttered", "Empty, smooth"),
    ),
    _make(
        "regions",
        "Number of even areas",
        "Connected areas of at least .1 % of the picture that have one color, at a longest side of "
        "128 pixels, after a median filter of 5 x 5 and a cut to 4 levels per channel",
        low=1.0,
        high=1000.0,
        unit="areas",
        means=("Many small patches of color", "Few large areas"),
    ),
)

_SYMMETRY: tuple[Column, ...] = (
    _make(
        "symmetry",
        "Symmetry left to right",
        "Correlation of gray values with those of the picture mirrored left to right, longest side "
        "64 pixels; 1 for a blank picture",
        low=-1.0,
        unit="correlation",
        means=(
            "Portraits from the front, facades, logos",
            "Light left, dark right; or no symmetry",
        ),
    ),
    _make(
        "reflection",
        "Symmetry top to bottom",
        "Correlation of gray values with those of the picture mirrored top to bottom, longest side "
        "64 pixels; 1 for a blank picture",
        low=-1.0,
        unit="correlation",
        means=("Reflections in water, patterns", "Sky above, ground below"),
    ),
)

_BALANCE: tuple[Column, ...] = (
    _make(
        "center_x",
        "Attention, left to right",
        f"Horizontal center of {_ATTENTION}",
        unit="share of the width from the left",
        source=_HOU,
        means=("The eye is drawn to the right", "The eye is drawn to the left"),
    ),
    _make(
        "center_y",
        "Attention, top to bottom",
        f"Vertical center of {_ATTENTION}",
        unit="share of the height from the top",
        source=_HOU,
        means=("The eye is drawn to the bottom", "The eye is drawn to the top"),
    ),
    _make(
        "spread",
        "Spread of attention",
        f"Root of the summed variances, across and down, of {_ATTENTION}; width and height are 1",
        unit="share of the sides",
        source=_HOU,
        means=("Something everywhere, or at the borders", "One thing draws the eye"),
    ),
    _make(
        "thirds",
        "Rule of thirds",
        f"Share of {_ATTENTION} within a twelfth of the sides of the four points where the thirds' "
        "lines cross (an even map has 11 %)",
        unit="share of attention",
        source=_DATTA,
        means=("The subject stands at a third", "The subject stands in the middle or at a border"),
    ),
    _make(
        "middle",
        "Attention in the middle",
        f"Share of {_ATTENTION} in the central ninth (an even map has 11 %)",
        unit="share of attention",
        source=_HOU,
        means=("The subject stands in the middle", "The middle is empty"),
    ),
)

_FOCUS: tuple[Column, ...] = (
    _make(
        "depth_of_field",
        "Detail in the middle (depth of field)",
        "Sum of |Laplacian| in the central quarter divided by that of the whole; .25 in a blank "
        "picture",
        unit="share of detail",
        source=f"{_DATTA}, with the Laplacian for wavelets",
        means=("A sharp subject before a blurred or plain ground", "Detail at the borders"),
    ),
    _make(
        "detail_box",
        "Extent of detail",
        f"Area of the box that holds {_BOX:.0%} of |Laplacian| along each axis, divided by that of "
        "the picture; 1 in a blank picture",
        source=_KE,
        means=("Detail reaches all borders", "An object on an empty ground"),
    ),
    _make(
        "top_heavy",
        "Detail in the upper half",
        "Sum of |Laplacian| in the upper half less that in the lower, divided by both",
        low=-1.0,
        unit="difference of shares",
        means=("Trees, buildings against the sky's edge", "Empty sky over a detailed ground"),
    ),
)

_COLUMNS = (*_SHAPE, *_SYMMETRY, *_BALANCE, *_FOCUS)
