"""How many themes: what each criterion says, and a recommendation with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from iconometrics.themes.number.gap import one_error_rule
from iconometrics.wording import number

__all__ = ["AGAIN", "APART", "choose", "criteria", "elbow_at"]

APART = 0.5
"""Silhouette from which groups count as apart (Kaufman and Rousseeuw 1990)."""

AGAIN = 0.8
"""Adjusted Rand index from which the agreement counts as good (Steinley 2004)."""


class _Answer(NamedTuple):
    criterion: str
    k: int | None
    value: float
    says: str


def elbow_at(numbers: Sequence[int], sums: Sequence[float]) -> int | None:
    """Find the bend of a falling curve: the point farthest below the line between its ends."""
    if len(numbers) < 3 or sums[0] <= sums[-1]:
        return None
    x = (np.asarray(numbers, float) - numbers[0]) / (numbers[-1] - numbers[0])
    y = (np.asarray(sums, float) - sums[-1]) / (sums[0] - sums[-1])
    below = 1 - x - y
    return int(numbers[int(below.argmax())]) if below.max() > 0 else None


def criteria(table: pd.DataFrame) -> pd.DataFrame:
    """Tell which number each criterion would take."""
    answers = [_silhouette(table), _elbow(table)]
    answers += [make(table) for name, make in _FURTHER.items() if name in table]
    columns = ["criterion", "k", "value", "says"]
    return pd.DataFrame(answers, columns=columns).astype({"k": "Int64"})


def choose(table: pd.DataFrame) -> tuple[int, str]:
    """Recommend a number of themes, and say why."""
    answers: dict[str, Any] = {str(row.criterion): row for row in criteria(table).itertuples()}
    tried = table.loc[table["k"] > 1, "k"]
    if len(tried) == 1:
        k = int(tried.iloc[0])
        return k, f"k = {k} is the only number tried."
    k, reason, used = _decided(answers, int(tried.max()))
    rest = "; ".join(_said(name, row.k) for name, row in answers.items() if name not in used)
    return k, f"k = {k}: {reason}." + (f" {rest[:1].upper()}{rest[1:]}." if rest else "")


def _decided(answers: dict[str, Any], most: int) -> tuple[int, str, set[str]]:
    if "BIC" in answers and not pd.isna(answers["BIC"].k):
        return int(answers["BIC"].k), "the model fits best for its size (lowest BIC)", {"BIC"}
    apart = answers["silhouette"]
    if apart.value >= APART:
        reason = f"there the groups are clearly apart (mean silhouette {number(apart.value)})"
        return int(apart.k), reason, {"silhouette"}
    none = f"no number sets the groups clearly apart (mean silhouette {number(apart.value)} at most"
    none += f", at k = {apart.k})" if not pd.isna(apart.k) else ")"
    bend, again = answers["elbow"].k, answers["stability"].k if "stability" in answers else pd.NA
    if not pd.isna(again) and (pd.isna(bend) or again > bend):
        index = number(answers["stability"].value)
        reason = (
            f"{none}, and so many are found again in other samples of the images (adjusted Rand "
            f"index {index})"
        )
        end = "; more might be, none were tried" if again == most else ""
        return int(again), reason + end, {"silhouette", "stability"}
    if pd.isna(bend):
        return int(apart.k), f"{none}, and the sum of squares has no elbow", {"silhouette", "elbow"}
    reason = f"{none}; from here on another theme explains little more (the elbow)"
    return int(bend), reason, {"silhouette", "elbow"}


def _said(name: str, k: Any) -> str:
    return f"{_ARTICLES.get(name, name)} says {'no number tried' if pd.isna(k) else f'k = {k}'}"


def _silhouette(table: pd.DataFrame) -> _Answer:
    known = table[table["k"] > 1].dropna(subset="silhouette")
    if known.empty:
        return _Answer("silhouette", None, np.nan, "not defined")
    best = known.sort_values(["silhouette", "k"], ascending=[False, True]).iloc[0]
    value = float(best["silhouette"])
    words = ((0.7, "strong structure"), (APART, "reasonable structure"),
             (0.25, "weak structure"), (-1.0, "no substantial structure"))  # fmt: skip
    structure = next(text for least, text in words if value >= least)
    return _Answer("silhouette", int(best["k"]), value, f"highest mean silhouette: {structure}")


def _elbow(table: pd.DataFrame) -> _Answer:
    bend = elbow_at(table["k"].tolist(), table["within_ss"].tolist())
    if bend is None:
        return _Answer("elbow", None, np.nan, "the sum of squares has no bend")
    at = float(table.loc[table["k"] == bend, "within_ss"].iloc[0])
    share = at / float(table["within_ss"].iloc[0])
    return _Answer("elbow", bend, share, "share of the sum of squares left; then it falls slowly")


def _gap(table: pd.DataFrame) -> _Answer:
    known = table.dropna(subset="gap")
    k = one_error_rule(known["k"].tolist(), known["gap"], known["gap_se"])
    if k is None:
        last = float(known["gap"].iloc[-1])
        return _Answer("gap statistic", None, last, "rises to the last number tried")
    value = float(known.loc[known["k"] == k, "gap"].iloc[0])
    verdict = (
        "no tighter than without any groups" if k == 1 else "first peak, within a standard error"
    )
    return _Answer("gap statistic", k, value, verdict)


def _stability(table: pd.DataFrame) -> _Answer:
    known = table.dropna(subset="stability")
    good = known[known["stability"] >= AGAIN]
    if good.empty:
        best = float(known["stability"].max()) if len(known) else np.nan
        return _Answer("stability", None, best, f"nowhere an adjusted Rand index of {AGAIN}")
    last = good.iloc[-1]
    verdict = "most themes that are found again in other samples"
    return _Answer("stability", int(last["k"]), float(last["stability"]), verdict)


def _bic(table: pd.DataFrame) -> _Answer:
    known = table.dropna(subset="bic")
    best = known.sort_values(["bic", "k"]).iloc[0]
    return _Answer("BIC", int(best["k"]), float(best["bic"]), "lowest: fits best for its size")


_ARTICLES = {name: f"the {name}" for name in ("silhouette", "elbow", "gap statistic")}
_FURTHER = {"gap": _gap, "stability": _stability, "bic": _bic}
