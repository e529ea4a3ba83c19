"""The part of the labeled images that a network is not trained on, but watched with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics.corpus import Corpus, find_duplicates
from iconometrics.corpus.splitting import first_side
from iconometrics.errors import InputError, warn

__all__ = ["hold_out", "warn_of_copies"]

Rows = NDArray[np.intp]


def hold_out(
    strata: NDArray[Any] | None, groups: NDArray[Any], *, share: float, seed: int
) -> tuple[Rows, Rows]:
    """Split images into those to train on and those to watch training with."""
    if not 0 <= share < 1:
        raise InputError(f"validation={share!r}: expected a share from 0 to below 1, such as 0.2.")
    if share == 0:
        return np.arange(len(groups)), np.arange(0)
    try:
        first = first_side(
            pd.Series(groups).astype("str"),
            share=1 - share,
            strata=None if strata is None else pd.Series(strata),
            seed=seed,
        )
    except InputError as error:
        raise InputError(
            f"{len(groups)} labeled images in {len(np.unique(groups))} groups: too few to hold "
            f"{share:.0%} out. Code more images, or pass validation=0 (no early stopping, no "
            "calibrated confidence)."
        ) from error
    lacking = set() if strata is None else set(strata.tolist()) - set(strata[first].tolist())
    if lacking:
        raise InputError(
            f"class {str(sorted(lacking, key=str)[0])!r} has all its images among the "
            f"{share:.0%} that are held out: expected it in more groups. Code more groups, or use "
            "another seed."
        )
    return np.flatnonzero(first), np.flatnonzero(~first)


def warn_of_copies(X: Any, train: Rows, held: Rows) -> None:
    """Warn of pictures that are in both parts, as copies or nearly so."""
    if not len(held):
        return
    group = _copies_of(X)
    trained = set(group[train][group[train] >= 0].tolist())
    leaking = [int(at) for at in held if int(group[at]) in trained]
    if leaking:
        named = X.ids[leaking[:3]] if isinstance(X, Corpus) else leaking[:3]
        warn(
            f"leakage: {len(leaking)} of {len(held)} validation images (such as "
            f"{', '.join(map(str, named))}) have an exact or near copy among the images trained "
            "on: training stops too late, and the accuracy looks better than it is. Keep copies "
            "together with groups=, for instance corpus.check().groups."
        )


def _copies_of(X: Any) -> NDArray[np.int64]:
    """Number the pictures that have copies; -1 for those that have none."""
    if isinstance(X, Corpus):
        found = find_duplicates(X.images).set_index("image")["group"]
        return found.reindex(X.ids).fillna(-1).to_numpy(np.int64)
    rows = pd.Series([np.ascontiguousarray(one).tobytes() for one in np.asarray(X)])
    number = pd.factorize(rows)[0]
    return np.where(rows.duplicated(keep=False), number, -1)
