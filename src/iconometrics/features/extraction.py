"""Measuring many images with several extractors: one decode an image, many images at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from iconometrics import engine
from iconometrics.corpus import Corpus, Source, read_source
from iconometrics.errors import InputError, ReadError, warn
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_list, as_pixels, names, open_any
from iconometrics.features.registry import DEFAULT, get

__all__ = ["extract", "extract_part", "extract_with_reasons", "failed_part", "measured"]

# Pictures are opened at this size for all extractors that work on less, so that one decode does
# for all of them and a number does not depend on which other sets were asked for.
_SHARED_SIZE = 512

Opener = Callable[[int | None], NDArray[np.uint8]]


def extract(
    corpus: Corpus,
    sets: Sequence[str | Extractor] = DEFAULT,
    *,
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Measure the images of a corpus by stated rules.

    Parameters
    ----------
    corpus
        Its images are opened once, at a reduced size.
    sets
        Names of extractors, with options where wanted (``"color:size=256"``), or extractors; by
        default `DEFAULT`.
    executor
        Where to work; None for processes on this machine.

    Returns
    -------
    pandas.DataFrame
        float32, one row a readable image by its id, one column a number; `dictionary` tells what
        they mean. Images that cannot be read are left out, with one warning that says why.

    Raises
    ------
    InputError
        If the corpus is empty, no image can be read, or two sets have the same name.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> from iconometrics import Corpus
    >>> folder = tempfile.mkdtemp()
    >>> Image.new("RGB", (8, 8), "white").save(f"{folder}/a.png")
    >>> float(extract(Corpus.from_folder(folder), ["color"]).loc["a.png", "color_brightness"])
    255.0
    """
    table, reasons = extract_with_reasons(corpus, sets, executor=executor)
    if len(reasons) == len(table):
        raise InputError(f"none of the images can be measured: {_told(reasons)}.")
    if reasons:
        warn(f"{len(reasons)} of {len(table)} images are left out: {_told(reasons)}.")
    return table.drop(index=list(reasons))


def extract_with_reasons(
    corpus: Corpus,
    sets: Sequence[str | Extractor] = DEFAULT,
    *,
    executor: Executor | None = None,
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Measure the images of a corpus and keep a row for those that cannot be read.

    Parameters
    ----------
    corpus
        Its images are opened once, at a reduced size.
    sets
        As for `extract`.
    executor
        Where to work; None for processes on this machine.

    Returns
    -------
    tuple of pandas.DataFrame and dict
        One row an image of the corpus, NaN where it cannot be read; and the reason by image id.

    Raises
    ------
    InputError
        If the corpus is empty, or two sets have the same name.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from iconometrics import Corpus
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.png").write_bytes(b"")
    >>> table, reasons = extract_with_reasons(Corpus.from_folder(folder), ["color"])
    >>> len(table), list(reasons)
    (1, ['a.png'])
    """
    return _measure_corpus(corpus, _extractors(sets), executor)


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
    """Measure whatever may be measured; unreadable images have rows of NaN and one warning."""
    if isinstance(X, Corpus):
        table, reasons = _measure_corpus(X, extractors, None)
    else:
        table, reasons = _measure_list(as_list(X), extractors)
    if reasons:
        warn(f"{len(reasons)} of {len(table)} images have no values: {_told(reasons)}.")
    return table


def _measure_corpus(
    corpus: Corpus, extractors: Sequence[Extractor], executor: Executor | None
) -> tuple[pd.DataFrame, dict[str, str]]:
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


def _extractors(sets: Sequence[str | Extractor]) -> list[Extractor]:
    if isinstance(sets, str | Extractor):
        sets = [sets]
    extractors = [get(s) if isinstance(s, str) else s for s in sets]
    counts = Counter(e.name for e in extractors)
    twice = [name for name, count in counts.items() if count > 1]
    if twice or not extractors:
        raise InputError(
            f"sets={[e.name for e in extractors]}: expected at least one set, each name once. "
            "Extract variants of one set in separate calls."
        )
    return extractors


def _told(reasons: Mapping[Any, str]) -> str:
    """Say how often each reason occurs, with an example image."""
    example = {reason: image for image, reason in reversed(list(reasons.items()))}
    counts = Counter(reasons.values()).most_common(3)
    told = [f"{n} x {reason.rstrip('.')} (such as {example[reason]})" for reason, n in counts]
    return "; ".join(told) + ("; ..." if len(set(reasons.values())) > 3 else "")
