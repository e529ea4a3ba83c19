"""The images to code, some thousand at a time, and which of them can be coded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics.corpus import Corpus
from iconometrics.errors import InputError
from iconometrics.features import Extractor, extract_with_reasons

__all__ = ["chunks", "tables", "usable"]

_SIZE = 8192


def chunks(corpus: Corpus) -> Iterator[Corpus]:
    """Take the images of a corpus some thousand at a time."""
    if len(corpus) == 0:
        raise InputError("there is no image to code: the corpus is empty.")
    for start in range(0, len(corpus), _SIZE):
        yield corpus.take(np.arange(start, min(start + _SIZE, len(corpus))))


def tables(
    corpus: Corpus | pd.DataFrame,
    sets: Sequence[str | Extractor] | None,
    *,
    table: pd.DataFrame | None,
    executor: Executor | None,
) -> Iterator[tuple[pd.DataFrame, Mapping[str, str]]]:
    """Yield features of all images with the reasons why some have none."""
    if len(corpus) == 0:
        raise InputError("there is no image to code: the corpus or table is empty.")
    if isinstance(corpus, pd.DataFrame):
        yield corpus, {}
        return
    if table is not None:
        absent = corpus.ids.difference(table.index)
        yield table.reindex(corpus.ids), dict.fromkeys(absent, "not in the table of features")
        return
    if sets is None:
        raise InputError("features=None: expected a table of features, not a corpus.")
    for chunk in chunks(corpus):
        yield extract_with_reasons(chunk, sets, executor=executor)


def usable(table: pd.DataFrame, reasons: Mapping[str, str]) -> tuple[NDArray[np.bool_], pd.Series]:
    """Find the rows that are complete, and give the others a reason."""
    finite = np.isfinite(table.to_numpy(dtype=np.float64))
    whole = finite.all(axis=1)
    column = table.columns[finite.argmin(axis=1)]
    messages = [f"no value in column {name}" for name in column]
    missing = pd.Series(messages, index=table.index, dtype="str").mask(whole)
    known = pd.Series(dict(reasons), dtype="str").reindex(table.index)
    return whole, known.mask(whole).fillna(missing)
