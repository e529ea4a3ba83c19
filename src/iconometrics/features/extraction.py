"""Measuring the images of a corpus with named sets: one decode per image, many at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor

import pandas as pd

from iconometrics.corpus import Corpus
from iconometrics.errors import InputError, warn
from iconometrics.features.extractor import Extractor, in_words, measured_corpus
from iconometrics.features.registry import DEFAULT, get

__all__ = ["extract", "extract_with_reasons"]


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
        float32, one row per readable image by its id, one column per number; `dictionary` says
        what they mean. Images that cannot be read are left out, with one warning that says why.

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
        raise InputError(f"none of the images can be measured: {in_words(reasons)}.")
    if reasons:
        warn(f"{len(reasons)} of {len(table)} images are left out: {in_words(reasons)}.")
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
        One row per image of the corpus, NaN where it cannot be read; and the reason by image id.

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
    return measured_corpus(corpus, _extractors(sets), executor)


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
