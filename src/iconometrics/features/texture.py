"""Texture in a few numbers: co-occurrence of gray levels at three scales, and local entropy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics.features.column import Column, column_maker
from iconometrics.features.cooccurrence import PROPERTIES, cooccurrence_columns
from iconometrics.features.entropy import Entropy, histogram_entropy, local_entropy
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_gray
from iconometrics.features.registry import register

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Texture"]

_DISTANCES = (1, 2, 4)
_LEVELS = 32
_RADIUS = 5
_HARALICK = "Haralick, Shanmugam & Dinstein (1973), IEEE Transactions SMC 3(6)"
_SHANNON = "Shannon (1948), Bell System Technical Journal 27; local map as in lecture 002"


@register
class Texture(Extractor):
    """Texture: contrast, homogeneity, entropy and more of neighboring gray levels.

    Seven numbers of the gray-level co-occurrence matrix (32 levels) at distances of 1, 2 and 4
    pixels, each a mean over four angles, so that they hardly change when the picture is turned;
    how much the angles differ; and the entropy of gray values, whole and local.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured.

    Notes
    -----
    Haralick, R. M., Shanmugam, K. & Dinstein, I. (1973). Textural features for image
    classification. IEEE Transactions on Systems, Man, and Cybernetics, 3(6), 610-621. All
    entropies are to base 2, in bits. The sets ``glcm`` and ``entropy`` hold more.

    Examples
    --------
    >>> import numpy as np
    >>> flat = np.full((8, 8), 90, dtype=np.uint8)
    >>> row = Texture().transform(flat).iloc[0]
    >>> float(row["texture_contrast_1"]), float(row["texture_entropy_local"])
    (0.0, 0.0)
    """

    name: ClassVar[str] = "texture"

    def columns(self) -> tuple[Column, ...]:
        return _COLUMNS

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        import cv2

        gray = as_gray(pixels)
        pairs = cooccurrence_columns(gray, _DISTANCES, _LEVELS)
        contrast = pairs[..., 0]
        mean = contrast.mean(axis=1)
        spread = np.divide(contrast.std(axis=1), mean, out=np.zeros_like(mean), where=mean > 0)
        local = local_entropy(gray, radius=_RADIUS)
        mean_entropy, deviation = (float(x[0, 0]) for x in cv2.meanStdDev(local))
        entropy = [histogram_entropy(gray), mean_entropy, deviation]
        return np.concatenate([pairs.mean(axis=1).ravel(), spread, entropy])

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        return Entropy(size=self.size, radius=_RADIUS).show(pixels, ax)


_TEXT = column_maker("texture", source=_HARALICK)


def _pair(name: str, distance: int) -> Column:
    label, formula, high, unit, means_high, means_low = PROPERTIES[name]
    ends = {"contrast": 31.0**2, "dissimilarity": 31.0, "entropy": 10.0}
    return _TEXT(
        f"{name}_{distance}",
        f"{label}, {distance} px apart",
        f"{formula}; {_LEVELS} levels, mean over pairs {distance} px apart at 0, 45, 90 and 135 "
        "degrees",
        low=-1.0 if name == "correlation" else 0.0,
        high=ends.get(name, high),
        unit=unit,
        means=(means_high, means_low),
        plain=distance == 1,
    )


def _spread(distance: int) -> Column:
    return _TEXT(
        f"direction_{distance}",
        f"Directed texture, {distance} px apart",
        "Standard deviation of the contrast over the four angles, divided by its mean; 0 without "
        "contrast",
        high=2.0,
        unit="coefficient of variation",
        means=("Stripes, rows, grain in one direction", "The same in all directions"),
        plain=distance == 1,
    )


def _entropies() -> tuple[Column, ...]:
    disk = f"entropy of gray values within {_RADIUS} pixels of a pixel"
    make = column_maker("texture", source=_SHANNON, unit="bits (logarithm to base 2)", high=8.0)
    texts: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        (
            "entropy",
            "Entropy of gray values",
            "- sum of p log2 p, p the shares of the 256 gray values",
            {"means": ("All tones from black to white", "Few tones: plain, print")},
        ),
        (
            "entropy_local",
            "Local entropy",
            f"Mean {disk}",
            {"means": ("Detail everywhere: foliage, crowds, text", "Smooth: sky, walls, blur")},
        ),
        (
            "entropy_uneven",
            "Unevenness of detail",
            f"Standard deviation of the {disk}",
            {"means": ("An object on a plain ground", "Evenly detailed or smooth"), "high": 4.0},
        ),
    )
    return tuple(make(name, label, formula, **rest) for name, label, formula, rest in texts)


_COLUMNS = (
    *(_pair(name, distance) for distance in _DISTANCES for name in PROPERTIES),
    *(_spread(distance) for distance in _DISTANCES),
    *_entropies(),
)
