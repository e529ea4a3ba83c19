"""Images as rows of numbers: from a corpus, a table of features, or an array; and their flaws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics.corpus import Corpus
from iconometrics.errors import InputError, warn
from iconometrics.features import Extractor, extract, extract_with_reasons
from iconometrics.wording import listed

__all__ = ["check_finite", "chosen", "features_of", "warn_of_constants"]


def features_of(X: Any, sets: Sequence[str | Extractor] | None, *, strict: bool) -> Any:
    """Extract the features of a corpus; hand anything else on."""
    if isinstance(X, Corpus):
        X = _extracted(X, sets, strict=strict)
    if hasattr(X, "__len__") and len(X) == 0:
        raise InputError("there is no image: expected at least one row of features.")
    if isinstance(X, pd.DataFrame):
        wrong = [str(name) for name, kind in X.dtypes.items() if kind.kind not in "biufc"]
        if wrong:
            raise InputError(
                f"column {listed(map(repr, wrong))} is not numeric: leave it out or recode it."
            )
        return X.set_axis(X.columns.map(str), axis=1)
    return X


def chosen(X: pd.DataFrame, columns: Sequence[str] | None) -> pd.DataFrame:
    """Take the columns that were trained on, in their order; others may be there too."""
    if columns is None:
        return X
    missing = [name for name in columns if name not in X.columns]
    if missing:
        raise InputError(
            f"column {listed(map(repr, missing))} was trained on and is missing: expected the "
            "features that the model was trained on."
        )
    wanted: pd.DataFrame = X[list(columns)]
    return wanted


def check_finite(values: NDArray[Any], ids: pd.Index | None, columns: Sequence[str] | None) -> None:
    """Refuse NaN and infinity, naming columns and images."""
    if values.dtype.kind not in "fc":
        return
    bad = ~np.isfinite(values)
    if not bad.any():
        return
    at, rows = np.flatnonzero(bad.any(axis=0)), np.flatnonzero(bad.any(axis=1))
    images = rows if ids is None else ids[rows]
    raise InputError(
        f"column {listed(map(repr, _names(columns, at)))} has NaN or inf for {len(rows)} images, "
        f"such as {listed(repr(str(image)) for image in images)}: leave those images or that "
        "column out."
    )


def warn_of_constants(values: NDArray[Any], columns: Sequence[str] | None) -> None:
    """Warn of columns that are the same for all images; refuse if all are."""
    at = np.flatnonzero((values == values[:1]).all(axis=0))
    names = listed(map(repr, _names(columns, at)))
    if len(at) == values.shape[1]:
        raise InputError(
            f"column {names} is constant, and there is no other: there is nothing to tell the "
            "classes apart by. Use other features."
        )
    if len(at):
        warn(
            f"{len(at)} of {values.shape[1]} columns are constant in the training images and "
            f"carry no information: {names}."
        )


def _extracted(
    corpus: Corpus, sets: Sequence[str | Extractor] | None, *, strict: bool
) -> pd.DataFrame:
    if sets is None:
        raise InputError("features=None: expected a table or array of numbers, not a corpus.")
    if not strict:
        return extract(corpus, sets)
    table, reasons = extract_with_reasons(corpus, sets)
    if reasons:
        raise InputError(
            f"{len(reasons)} of {len(table)} images cannot be read, such as "
            f"{listed(map(repr, reasons))}: use code(), which gives them a reason, or leave them "
            "out."
        )
    return table


def _names(columns: Sequence[str] | None, at: NDArray[np.intp]) -> list[str]:
    return [str(k) if columns is None else columns[k] for k in at]
