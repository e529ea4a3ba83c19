"""Steps that take noise out of a picture before it is measured: light, background, place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from iconometrics import images
from iconometrics.errors import InputError
from iconometrics.features.column import Column
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_pixels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["STEPS", "Preprocessed", "preprocess"]

STEPS: Mapping[str, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = MappingProxyType(
    {
        "clahe": images.equalize,
        "gray world": images.gray_world,
        "no background": images.remove_background,
        "crop face": images.crop_face,
        "align face": images.align_face,
    }
)
# Numbers must not depend on how large a picture was opened for other sets.
_SIZE = 512
_AND = "+"


def preprocess(pixels: NDArray[np.uint8], steps: str) -> NDArray[np.uint8]:
    """Take noise out of a picture by named steps.

    Parameters
    ----------
    pixels
        (height, width, 3), uint8.
    steps
        "clahe" (even contrast), "gray world" (no tint), "no background" (background made gray),
        "crop face" (the largest face, or the whole picture where there is none), "align face"
        (that, turned until the eyes are level); several with + between, in their order:
        "crop face + clahe".

    Returns
    -------
    numpy.ndarray
        (height, width, 3), uint8; smaller after a crop.

    Raises
    ------
    InputError
        If a step has another name.

    Notes
    -----
    Lecture 0: lighting, angle and background are noise to whoever looks for a face. The steps
    are functions of `iconometrics.images`: `equalize`, `gray_world`, `remove_background`,
    `crop_face`, `align_face`.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics.features import preprocess
    >>> preprocess(np.full((2, 2, 3), (90, 60, 30), np.uint8), "gray world")[0, 0].tolist()
    [60, 60, 60]
    """
    for name in _names(steps):
        pixels = STEPS[name](pixels)
    return pixels


class Preprocessed(Extractor):
    """An extractor that measures pictures after steps that take noise out of them.

    What ``get("hog:before='crop face'")`` gives. It has the name and the columns of the extractor
    it wraps, and its options with one more, ``before``: numbers made with and without it are
    kept apart.

    Parameters
    ----------
    extractor
        What measures.
    before
        Steps as `preprocess` takes them. They see the picture at 512 pixels per side, or at the
        extractor's working size where that is larger.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics.features import get
    >>> extractor = get("color:before='gray world'")
    >>> extractor.spec
    "color:before='gray world'"
    >>> reddish = np.full((4, 4, 3), (90, 60, 60), np.uint8)
    >>> float(extractor.transform(reddish)["color_saturation"].iloc[0])
    0.0
    """

    def __init__(self, extractor: Extractor, *, before: str) -> None:
        self.extractor = extractor
        self.before = f" {_AND} ".join(_names(before))

    @property
    def name(self) -> str:  # type: ignore[override]
        """The name of what measures."""
        return self.extractor.name

    @property
    def version(self) -> int:  # type: ignore[override]
        """The version of what measures."""
        return self.extractor.version

    @property
    def size(self) -> int | None:  # type: ignore[override]
        """The working size of what measures."""
        return self.extractor.size

    def columns(self) -> tuple[Column, ...]:
        return self.extractor.columns()

    def prepare(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return self.extractor.prepare(self._cleaned(pixels))

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        return self.extractor.compute(pixels)

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        return self.extractor.show(self._cleaned(as_pixels(pixels)), ax)

    @property
    def spec(self) -> str:
        return f"{self.extractor.spec}:before={self.before!r}"

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {"before": self.before, **self.extractor.get_params()}

    def set_params(self, **params: Any) -> Self:
        if "before" in params:
            self.before = f" {_AND} ".join(_names(params.pop("before")))
        self.extractor.set_params(**params)
        return self

    def _cleaned(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        size = None if self.size is None else max(_SIZE, self.size)
        if size is not None and max(pixels.shape[:2]) > size:
            pixels = images.resize(pixels, size)
        return preprocess(pixels, self.before)

    def __sklearn_clone__(self) -> Preprocessed:
        inner = self.extractor.get_params()
        return Preprocessed(type(self.extractor)().set_params(**inner), before=self.before)


def _names(steps: Any) -> list[str]:
    names = [name.strip() for name in str(steps).split(_AND)]
    unknown = [name for name in names if name not in STEPS]
    if unknown:
        raise InputError(
            f"steps before measuring {steps!r}: expected some of {', '.join(map(repr, STEPS))}, "
            "with + between."
        )
    return names
