"""Which images stand for a theme: typical ones, any ones, doubtful ones."""

from __future__ import annotations

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import generator

__all__ = ["KINDS", "examples"]

KINDS = ("central", "random", "borderline")


def examples(
    labels: pd.Series, scores: pd.DataFrame, kind: str, *, n: int, seed: int
) -> dict[str, list[str]]:
    """Choose images for each theme; the order of the rows plays no role, "none" is no theme."""
    if kind not in KINDS:
        raise InputError(f"kind={kind!r}: expected one of {', '.join(KINDS)}.")
    keys = scores["distance"]
    if kind == "borderline":
        keys = scores["next_distance"] - scores["distance"]
    if kind == "random":
        keys = _lots(labels.index, seed)
    order = pd.DataFrame({"key": keys, "id": labels.index.astype(str)}, index=labels.index)
    order = order.sort_values(["key", "id"], kind="stable")
    ranked = labels.reindex(order.index)
    themes = sorted(set(labels.unique()) - {"none"}, key=int)
    return {theme: ranked.index[ranked == theme][:n].tolist() for theme in themes}


def _lots(ids: pd.Index, seed: int) -> pd.Series:
    """Give each image a number that depends on the seed and its place among the sorted ids."""
    ordered = ids[ids.astype(str).argsort()]
    return pd.Series(generator(seed).random(len(ids)), index=ordered).reindex(ids)
