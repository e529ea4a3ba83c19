"""How well a measure's probabilities rank the images of each category."""

from __future__ import annotations

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.stats import RocCurve, auroc, roc_curve
from iconometrics.stats.tails import Side

__all__ = ["areas", "curve_of", "scores"]

_FEWEST = 2


def scores(measure: Codings, variable: str, items: pd.DataFrame) -> pd.DataFrame | None:
    """Find the probability of each category for the compared images."""
    known = measure.probabilities
    if known is not None:
        rows = known[(known["variable"] == variable) & known["image"].isin(items["image"])]
        if len(rows):
            table = rows.pivot_table(index="image", columns="category", values="probability")
            table = table.reindex(items["image"].array)
            table.columns.name = None
            return table.rename_axis("image")
    pair = sorted(set(items["gold"]) | set(items["measure"]))
    if len(pair) != 2 or items["confidence"].isna().all():
        return None
    sure = items["confidence"].to_numpy()
    columns = {name: np.where(items["measure"] == name, sure, 1 - sure) for name in pair}
    return pd.DataFrame(columns, index=pd.Index(items["image"].array, name="image"))


def areas(
    items: pd.DataFrame, table: pd.DataFrame, *, level: float, side: Side, seed: int
) -> pd.DataFrame:
    """Compute the area under each category's ROC curve, against all others."""
    grouped = "cluster" in items and items["cluster"].duplicated().any()
    rows = {}
    for category in table.columns:
        score = table[category].to_numpy(dtype=float)
        there = ~np.isnan(score)
        truth = (items["gold"] == category).to_numpy()[there]
        if min(truth.sum(), (~truth).sum()) < _FEWEST:
            continue
        known = items[there]
        area = auroc(
            truth,
            score[there],
            weights=known["weight"] if "weight" in items else None,
            groups=known["cluster"] if grouped else None,
            level=level,
            side=side,
            scale="logit",
            seed=seed,
        )
        rows[category] = (int(truth.sum()), area.value, area.low, area.high)
    columns = ["n", "auroc", "auroc_low", "auroc_high"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return frame.rename_axis("category")


def curve_of(items: pd.DataFrame, table: pd.DataFrame, category: str) -> RocCurve:
    """Compute the ROC curve of one category against all others."""
    score = table[category].to_numpy(dtype=float)
    there = ~np.isnan(score)
    return roc_curve(
        (items["gold"] == category).to_numpy()[there],
        score[there],
        weights=items["weight"].to_numpy()[there] if "weight" in items else None,
    )
