"""From a network's scores to codings with calibrated confidence, and how many are right."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import stats
from iconometrics.coding import Codings
from iconometrics.errors import warn

__all__ = ["alone", "codings_of", "fitted_temperature", "judged", "probabilities"]


def codings_of(
    shares: pd.DataFrame,
    reasons: pd.Series,
    *,
    variables: Sequence[str],
    several: bool,
    **more: Any,
) -> Codings:
    """Make codings of probabilities."""
    if not several:
        return _of_one(shares, reasons, variables[0], **more)
    parts = []
    for name in variables:
        table = pd.DataFrame({"0": 1 - shares[name], "1": shares[name]})
        parts.append(_of_one(table, reasons, name, **more))
    known = [part.probabilities for part in parts if part.probabilities is not None]
    return dataclasses.replace(
        parts[0],
        data=pd.concat([part.data for part in parts], ignore_index=True),
        probabilities=pd.concat(known, ignore_index=True) if known else None,
    )


def judged(
    scores: NDArray[Any],
    targets: NDArray[Any],
    groups: NDArray[Any] | None,
    *,
    chosen: bool,
    seed: int,
) -> tuple[float | None, dict[str, Any] | None]:
    """Calibrate on the images held out, and say how many were right."""
    if not len(scores):
        return None, None
    several = targets.ndim > 1
    heat = fitted_temperature(scores, targets, several=several)
    if alone(groups):
        return heat, None
    right = (scores > 0) == targets if several else scores.argmax(axis=1) == targets
    if groups is None and not several:
        low, high = stats.wilson(int(right.sum()), len(right))
    else:
        member = np.arange(len(right)) if groups is None else groups
        member = np.repeat(member, targets.shape[1]) if several else member
        low, high = stats.bootstrap(np.mean, right.ravel(), groups=member, seed=seed)
    caution = "; the epoch was chosen on the same, so slightly optimistic" if chosen else ""
    return heat, {
        "value": float(right.mean()),
        "low": float(low),
        "high": float(high),
        "n": len(right),
        "method": f"images held out{caution}",
    }


def fitted_temperature(
    scores: NDArray[np.float64], targets: NDArray[np.int64], *, several: bool = False
) -> float:
    """Fit the temperature to a network's scores of images that it was not trained on."""
    scores = np.asarray(scores, float)
    if several:
        scores = np.column_stack([np.zeros(scores.size), scores.ravel()])
        targets = np.asarray(targets).ravel()
    order = np.sort(scores, axis=1)
    typical = int(np.argsort(order[:, -1] - order[:, -2])[len(scores) // 2])
    wrong = int(np.argsort(scores[typical])[-2])
    return stats.fit_temperature(
        np.vstack([scores, scores[typical]]), np.append(np.asarray(targets, int), wrong)
    )


def probabilities(
    scores: NDArray[np.float64], temperature: float, *, several: bool = False
) -> NDArray[np.float64]:
    """Turn a network's scores into probabilities."""
    scores = np.asarray(scores, float)
    if several:
        return np.asarray(stats.softmax(np.stack([0 * scores, scores], -1), temperature)[..., 1])
    return np.asarray(stats.softmax(scores, temperature))


def alone(groups: NDArray[Any] | None) -> bool:
    """Say whether images held out are all of one group, which no interval can be made from."""
    if groups is None or len(np.unique(groups)) > 1:
        return False
    warn(
        f"the {len(groups)} images held out are of one group, {groups[0]!s}: accuracy is not "
        "reported, because nothing shows how it differs between groups. Code more groups, or hold "
        "out more."
    )
    return True


def _of_one(shares: pd.DataFrame, reasons: pd.Series, variable: str, **more: Any) -> Codings:
    known = shares.notna().all(axis=1)
    value = pd.Series(pd.NA, index=shares.index, dtype="object")
    value[known] = np.asarray(shares.columns)[shares[known].to_numpy().argmax(axis=1)]
    return Codings.from_series(
        value,
        variable=variable,
        probabilities=shares[known] if known.any() else None,
        reason=reasons,
        **more,
    )
