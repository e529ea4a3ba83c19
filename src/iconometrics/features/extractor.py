"""What every extractor is: a stated rule from pixels to named numbers, and a transformer."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import images
from iconometrics.errors import InputError
from iconometrics.features.column import Column
from iconometrics.features.pictures import as_pixels
from iconometrics.images.scaling import check_size

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Extractor"]


class Extractor(ABC):
    """A rule that turns the pixels of an image into named numbers.

    A subclass sets ``name``, raises ``version`` whenever its numbers change, and writes `columns`
    and `compute`. It keeps its options under the names of its ``__init__`` parameters, as
    scikit-learn wants it; that makes it a transformer that can be cloned and put into pipelines.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured. Larger pictures
        are reduced, smaller ones are not enlarged; None measures every picture at its own size,
        where numbers of pictures of different sizes can hardly be compared.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics.features import get
    >>> table = get("color").transform([np.zeros((4, 4, 3), dtype=np.uint8)])
    >>> float(table["color_dark"].iloc[0])
    1.0
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1

    def __init__(self, *, size: int | None = 512) -> None:
        self.size = size

    @abstractmethod
    def columns(self) -> tuple[Column, ...]:
        """Describe the numbers, in the order in which `compute` gives them.

        Returns
        -------
        tuple of Column

        Raises
        ------
        InputError
            If an option has a value that cannot be used.
        """

    @abstractmethod
    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Compute the numbers of one picture that `prepare` has brought to its working size.

        Parameters
        ----------
        pixels
            (height, width, 3), sRGB, 0-255.

        Returns
        -------
        numpy.ndarray
            One finite number a column.
        """

    @abstractmethod
    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        """Draw what the extractor sees in a picture.

        Parameters
        ----------
        pixels
            (height, width, 3), sRGB, 0-255, of any size.
        ax
            Axes to draw in, or None for a figure of its own.

        Returns
        -------
        matplotlib.axes.Axes
        """

    def prepare(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Bring a picture to the working size.

        Parameters
        ----------
        pixels
            (height, width, 3), sRGB, 0-255, of any size.

        Returns
        -------
        numpy.ndarray
            (height, width, 3), longest side at most ``size``.
        """
        if self.size is None or max(pixels.shape[:2]) <= check_size(self.size):
            return pixels
        return images.resize(pixels, self.size)

    def measure(self, pixels: NDArray[Any]) -> NDArray[np.float32]:
        """Measure one picture of any size.

        Parameters
        ----------
        pixels
            (height, width) or (height, width, 3): 0-255, or floats from 0 to 1.

        Returns
        -------
        numpy.ndarray
            One number a column.
        """
        return self.compute(self.prepare(as_pixels(pixels))).astype(np.float32)

    @property
    def spec(self) -> str:
        """The text that `get` makes this extractor from: its name and what is not default."""
        default = type(self)().get_params()
        own = {k: v for k, v in self.get_params().items() if v != default[k]}
        return ":".join([self.name, *(f"{option}={value!r}" for option, value in own.items())])

    def fit(self, X: Any, y: Any = None) -> Self:
        """Do nothing: the rule learns nothing from images.

        Parameters
        ----------
        X
            Ignored.
        y
            Ignored.

        Returns
        -------
        Extractor
            Itself.
        """
        return self

    def transform(self, X: Any) -> pd.DataFrame:
        """Measure images.

        Parameters
        ----------
        X
            A corpus, a path, an array (height, width[, 3]), or a list of paths or arrays.

        Returns
        -------
        pandas.DataFrame
            float32, one row an image in the order of ``X``, by image id, path or number; an
            image that cannot be read has a row of NaN, and one warning says how many.

        Raises
        ------
        InputError
            If ``X`` is empty or nothing of the above.
        """
        from iconometrics.features.extraction import measured

        return measured(X, [self])

    def fit_transform(self, X: Any, y: Any = None) -> pd.DataFrame:
        """Measure images; the same as `transform`.

        Parameters
        ----------
        X
            As for `transform`.
        y
            Ignored.

        Returns
        -------
        pandas.DataFrame
            As for `transform`.
        """
        return self.transform(X)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Name the columns.

        Parameters
        ----------
        input_features
            Ignored; images have no columns.

        Returns
        -------
        numpy.ndarray
            Texts.
        """
        return np.array([column.name for column in self.columns()], dtype=object)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Tell the options, as scikit-learn asks for them.

        Parameters
        ----------
        deep
            Ignored; options hold no estimators.

        Returns
        -------
        dict
            Option names and values, by name.
        """
        signature = inspect.signature(type(self).__init__)
        names = sorted(name for name in signature.parameters if name != "self")
        return {name: getattr(self, name) for name in names}

    def set_params(self, **params: Any) -> Self:
        """Change options, as scikit-learn does it.

        Parameters
        ----------
        **params
            Option names and values.

        Returns
        -------
        Extractor
            Itself.

        Raises
        ------
        InputError
            If there is no such option.
        """
        known = self.get_params()
        for name, value in params.items():
            if name not in known:
                raise InputError(f"{self.name} has no option {name!r}: it has {', '.join(known)}.")
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items())
        return f"{type(self).__name__}({options})"

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        """Describe itself to scikit-learn without inheriting from it: workers need not load it."""
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        return Tags(
            estimator_type=None,
            target_tags=TargetTags(required=False),
            transformer_tags=TransformerTags(preserves_dtype=["float32"]),
            input_tags=InputTags(two_d_array=False, three_d_array=True, string=True),
            requires_fit=False,
            no_validation=True,
        )
