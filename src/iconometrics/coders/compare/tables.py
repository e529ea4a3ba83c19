"""The tables of a comparison: of models, of classes, of pairs of models."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import stats

__all__ = [
    "COSTS",
    "Held",
    "class_table",
    "model_table",
    "printed",
    "shares_of",
    "tests_of_pairs",
]

COSTS = {
    "depth": "layers with weights",
    "parameters": "parameters",
    "seconds": "seconds of training",
    "ms": "milliseconds per prediction",
}
_ENDS = ("", "_low", "_high")


class Held(NamedTuple):
    """Predictions of held-out images."""

    probabilities: NDArray[np.float64]
    truth: NDArray[Any]
    classes: NDArray[Any]
    groups: NDArray[np.intp] | None
    seed: int

    @property
    def measured(self) -> NDArray[np.intp]:
        """(models, images) position of the most probable class."""
        return np.asarray(self.probabilities.argmax(axis=2))

    @property
    def positive(self) -> NDArray[np.bool_]:
        """(images, classes) whether an image is of a class."""
        return np.asarray(self.truth[:, None] == self.classes)

    @property
    def right(self) -> NDArray[np.bool_]:
        """(models, images) whether the most probable class is the label."""
        return np.asarray(self.classes[self.measured] == self.truth)

    @property
    def told(self) -> slice:
        """The classes that areas are made of: of two, which mirror each other, the second."""
        return slice(1 if len(self.classes) == 2 else 0, None)


def model_table(models: pd.DataFrame, held: Held) -> pd.DataFrame:
    """Compute accuracy and area of each model."""
    right = held.right.T
    shares = shares_of(right, np.ones_like(right), groups=held.groups)
    positive = held.positive[:, held.told]
    made = models[["network", "batch"]].copy()
    for end, column in zip(_ENDS, shares, strict=True):
        made[f"accuracy{end}"] = column
    areas = [_area(positive, score[:, held.told], held) for score in held.probabilities]
    for place, end in enumerate(_ENDS):
        made[f"auroc{end}"] = [area[place] for area in areas]
    made["n"] = len(held.truth)
    for name in COSTS:
        made[name] = models.get(name, np.nan)
    return made


def class_table(models: pd.DataFrame, held: Held) -> pd.DataFrame:
    """Compute sensitivity, specificity and area of each model and class."""
    positive = held.positive
    parts = []
    for place, (measured, scores) in enumerate(zip(held.measured, held.probabilities, strict=True)):
        given = measured[:, None] == np.arange(len(held.classes))
        own = models.loc[[place] * len(held.classes), ["network", "batch"]].reset_index(drop=True)
        own["class"], own["n"] = held.classes, positive.sum(axis=0)
        for name, hits, among in (
            ("sensitivity", given, positive),
            ("specificity", ~given, ~positive),
        ):
            shares = shares_of(hits, among, groups=held.groups)
            for end, column in zip(_ENDS, shares, strict=True):
                own[f"{name}{end}"] = column
        columns = zip(positive.T, scores.T, strict=True)
        areas = [_area(truth[:, None], score[:, None], held) for truth, score in columns]
        for at, end in enumerate(_ENDS):
            own[f"auroc{end}"] = [area[at] for area in areas]
        parts.append(own)
    return pd.concat(parts, ignore_index=True)


def shares_of(
    hits: NDArray[np.bool_], among: NDArray[np.bool_], *, groups: NDArray[np.intp] | None
) -> NDArray[np.float64]:
    """Compute shares of the same images with their ends, in the exact form that journals print."""
    drawn = stats.survey_design(np.ones(len(hits)), clusters=groups)
    rows = []
    for column in range(hits.shape[1]):
        of = among[:, column]
        share = stats.survey_ratio(hits[:, column] & of, of, drawn)
        rows.append((share.value, *stats.share_interval(share, exact=True)))
    return np.transpose(rows)


def printed(rows: pd.DataFrame, places: int) -> pd.DataFrame:
    """Write sensitivity and specificity with their intervals as text, one row per model."""
    cells: dict[tuple[Any, str], dict[tuple[Any, Any], str]] = {}
    for row in rows.to_dict("records"):
        for name in ("sensitivity", "specificity"):
            value, low, high = (f"{row[f'{name}{end}']:.{places}f}" for end in _ENDS)
            column = cells.setdefault((row["class"], name.capitalize()), {})
            column[row["network"], row["batch"]] = f"{value} ({low}\u2013{high})"
    index = pd.MultiIndex.from_frame(rows[["network", "batch"]].drop_duplicates())
    made = pd.DataFrame({key: list(column.values()) for key, column in cells.items()}, index=index)
    return made.droplevel("batch") if index.get_level_values("batch").isna().all() else made


def tests_of_pairs(names: Sequence[str], held: Held) -> pd.DataFrame:
    """Test each two models on the same images."""
    positive, right = held.positive[:, held.told], held.right
    score = held.probabilities[:, :, held.told]
    rows = []
    for i, j in combinations(range(len(names)), 2):
        area = stats.mean_area_test(positive, score[i], score[j], groups=held.groups)
        share = stats.mcnemar(right[i], right[j], groups=held.groups)
        row = [names[i], names[j], area.difference, area.low, area.high, area.p]
        rows.append([*row, share.difference, share.low, share.high, share.p])
    columns = [f"{name}{end}" for name in ("auroc", "accuracy") for end in (*_ENDS, "_p")]
    made = pd.DataFrame(rows, columns=["first", "second", *columns])
    for name in ("auroc", "accuracy"):
        made[f"{name}_p_holm"] = _holm(made[f"{name}_p"].to_numpy(float))
    return made


def _area(positive: NDArray[np.bool_], score: NDArray[np.float64], held: Held) -> stats.Area:
    if positive.shape[1] > 1:
        return stats.mean_area(positive, score, groups=held.groups)
    return stats.auroc(positive[:, 0], score[:, 0], groups=held.groups, seed=held.seed)


def _holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correct p-values for their number, step by step."""
    made = np.full(len(p), np.nan)
    at = np.flatnonzero(np.isfinite(p))
    order = at[np.argsort(p[at], kind="stable")]
    steps = (len(order) - np.arange(len(order))) * p[order]
    made[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(order) else []
    return made
