"""What every extractor is, a stated rule from pixels to named numbers; measuring with several."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import cache, partial
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from iconometrics import engine, images
from iconometrics.corpus import Corpus, Source, read_source
from iconometrics.errors import InputError, ReadError, warn
from iconometrics.features.column import Column
from iconometrics.features.pictures import as_list, as_pixels, names, open_any
from iconometrics.images.scaling import check_size

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Extractor", "extract_part", "failed_part", "in_words", "measured", "measured_corpus"]

# Pictures are opened at this size for all extractors that work on less, so that one decode does
# for all of them and a number does not depend on which other sets were asked for.
_SHARED_SIZE = 512

Opener = Callable[[int | None], NDArray[np.uint8]]


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
            One finite number per column.
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
            One number per column.
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
            float32, one row per image in the order of ``X``, by image id, path or number; an
            image that cannot be read has a row of NaN, and one warning says how many.

        Raises
        ------
        InputError
            If ``X`` is empty or nothing of the above.
        """
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
        """Give the options, as scikit-learn asks for them.

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


def extract_part(sources: Sequence[Source], extractors: Sequence[Extractor]) -> dict[str, pa.Table]:
    """Measure some images with several extractors, opening each image once.

    Parameters
    ----------
    sources
        What `Corpus.sources` gives.
    extractors
        With different names.

    Returns
    -------
    dict of str to pyarrow.Table
        By extractor: image, sha256, reason, then its columns in float32. An image that cannot be
        read has NaN and a reason; a readable one has no reason.

    Examples
    --------
    >>> from iconometrics.features import get
    >>> extract_part((), [get("color")])["color"].num_rows
    0
    """
    results = [_measure(partial(_source_pixels, source), extractors) for source in sources]
    return _tables(sources, extractors, results)


def failed_part(source: Source, reason: str, *, extractors: Sequence[Extractor]) -> Any:
    """Give the tables of one image that could not be measured at all.

    Parameters
    ----------
    source
        The image.
    reason
        Why, in words.
    extractors
        As for `extract_part`.

    Returns
    -------
    dict of str to pyarrow.Table
        As `extract_part` gives them: one row of NaN.

    Examples
    --------
    >>> from iconometrics.corpus import Source
    >>> from iconometrics.features import get
    >>> source = Source("a.png", "a.png", None, None)
    >>> failed_part(source, "truncated", extractors=[get("color")])["color"]["reason"].to_pylist()
    ['truncated']
    """
    return _tables([source], extractors, [(_nothing(extractors), reason)])


def measured(X: Any, extractors: Sequence[Extractor]) -> pd.DataFrame:
    """Measure all that can be measured; unreadable images have rows of NaN and one warning."""
    if isinstance(X, Corpus):
        table, reasons = measured_corpus(X, extractors, None)
    else:
        table, reasons = _measure_list(as_list(X), extractors)
    if reasons:
        warn(f"{len(reasons)} of {len(table)} images have no values: {in_words(reasons)}.")
    return table


def measured_corpus(
    corpus: Corpus, extractors: Sequence[Extractor], executor: Executor | None
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Measure the images of a corpus; a row of NaN and a reason for each that cannot be read."""
    sources = corpus.sources()
    if not sources:
        raise InputError("the corpus is empty: there is no image to measure. Look at its folder.")
    tables = engine.run(
        partial(extract_part, extractors=tuple(extractors)),
        engine.parts(sources),
        executor=executor,
        label="features",
        failed=partial(failed_part, extractors=tuple(extractors)),
    )
    first = tables[extractors[0].name]
    index = pd.Index(first["image"].to_pylist(), name="image", dtype="str")
    reasons = dict(zip(index, first["reason"].to_pylist(), strict=True))
    blocks = [_block(tables[e.name], e) for e in extractors]
    return _frame(np.hstack(blocks), extractors, index), {k: r for k, r in reasons.items() if r}


def in_words(reasons: Mapping[Any, str]) -> str:
    """Say how often each reason occurs, with an example image."""
    example = {reason: image for image, reason in reversed(list(reasons.items()))}
    counts = Counter(reasons.values()).most_common(3)
    words = [f"{n} x {reason.rstrip('.')} (such as {example[reason]})" for reason, n in counts]
    return "; ".join(words) + ("; ..." if len(set(reasons.values())) > 3 else "")


def _measure_list(
    X: Sequence[Any], extractors: Sequence[Extractor]
) -> tuple[pd.DataFrame, dict[Any, str]]:
    if not X:
        raise InputError("an empty list: there is no image to measure.")
    results = [_measure(partial(open_any, item), extractors) for item in X]
    index = names(X)
    reasons = {name: r for name, (_, r) in zip(index, results, strict=True) if r is not None}
    values = np.stack([np.concatenate(list(v.values())) for v, _ in results])
    return _frame(values, extractors, index), reasons


def _measure(
    pixels: Opener, extractors: Sequence[Extractor]
) -> tuple[Mapping[str, NDArray[np.float32]], str | None]:
    """Measure one image that is opened, and reduced, once for each size that is needed."""
    values: dict[str, NDArray[np.float32]] = {}
    opened, reduced = cache(pixels), dict[tuple[int | None, int | None], NDArray[np.uint8]]()
    try:
        for extractor in extractors:
            opening = _opening_size(extractor)
            picture = opened(opening)
            if type(extractor).prepare is Extractor.prepare:
                place = opening, extractor.size
                if place not in reduced:
                    reduced[place] = extractor.prepare(as_pixels(picture))
                picture = reduced[place]
            values[extractor.name] = extractor.measure(picture)
    except ReadError as error:
        return _nothing(extractors), str(error)
    return values, None


def _opening_size(extractor: Extractor) -> int | None:
    wanted = getattr(extractor, "size", _SHARED_SIZE)
    return None if wanted is None else max(_SHARED_SIZE, wanted)


def _source_pixels(source: Source, size: int | None) -> NDArray[np.uint8]:
    return read_source(source, size).pixels


def _nothing(extractors: Sequence[Extractor]) -> dict[str, NDArray[np.float32]]:
    return {e.name: np.full(len(e.columns()), np.nan, dtype=np.float32) for e in extractors}


def _tables(
    sources: Sequence[Source],
    extractors: Sequence[Extractor],
    results: Sequence[tuple[Mapping[str, NDArray[np.float32]], str | None]],
) -> dict[str, pa.Table]:
    known = {
        "image": pa.array([source.image for source in sources], pa.string()),
        "sha256": pa.array([source.sha256 for source in sources], pa.string()),
        "reason": pa.array([reason for _, reason in results], pa.string()),
    }
    return {e.name: pa.table({**known, **_columns(e, results)}) for e in extractors}


def _columns(
    extractor: Extractor, results: Sequence[tuple[Mapping[str, NDArray[np.float32]], str | None]]
) -> dict[str, pa.Array]:
    column_names = [column.name for column in extractor.columns()]
    rows = [values[extractor.name] for values, _ in results]
    matrix = np.array(rows, dtype=np.float32).reshape(len(rows), len(column_names))
    by_column = np.ascontiguousarray(matrix.T)
    return {name: pa.array(by_column[i]) for i, name in enumerate(column_names)}


def _block(table: pa.Table, extractor: Extractor) -> NDArray[np.float32]:
    columns = [table[column.name].to_numpy() for column in extractor.columns()]
    return np.stack(columns, axis=1).astype(np.float32, copy=False)


def _frame(
    values: NDArray[np.float32], extractors: Sequence[Extractor], index: pd.Index
) -> pd.DataFrame:
    columns = [column.name for e in extractors for column in e.columns()]
    return pd.DataFrame(values, index=index, columns=columns)
