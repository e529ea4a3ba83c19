"""A measure read anew from its probabilities: one category from a threshold on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from iconometrics.coding import Codings
from iconometrics.errors import InputError
from iconometrics.validity.accuracy.ranking import scores
from iconometrics.wording import listed

__all__ = ["category_of", "reread"]


def reread(
    measure: Codings,
    variable: str,
    category: str,
    *,
    at: float,
    chosen_on: tuple[str, ...] = (),
) -> Codings:
    """Read a measure anew: the category wherever its probability reaches a threshold."""
    if not 0 <= at <= 1:
        raise InputError(f"threshold {at!r}: expected a probability, from 0 to 1.")
    rows = measure.data[measure.data["variable"] == variable].reset_index(drop=True)
    items = pd.DataFrame(
        {"image": rows["image"], "gold": rows["value"], "measure": rows["value"],
         "confidence": rows["confidence"]}
    )  # fmt: skip
    table = scores(measure, variable, items.dropna(subset="measure"))
    if table is None or category not in table or len(table.columns) < 2:
        raise InputError(
            f"{listed(measure.coders) or 'the coder'} tells no probability of {category!r}; a "
            "threshold can only be used on a coder that gives one."
        )
    table = table.reindex(rows["image"].array)
    others = table.drop(columns=category)
    known = others.notna().any(axis=1).to_numpy()
    best = pd.Series(rows["value"].to_numpy(dtype=object, copy=True))
    best[known] = others[known].idxmax(axis=1).to_numpy()
    reached = (table[category] >= at).to_numpy()
    best[reached] = category
    sure = [
        table.iloc[row][value] if is_known else told
        for row, (value, is_known, told) in enumerate(
            zip(best, known | reached, rows["confidence"], strict=True)
        )
    ]
    trained = measure.trained_on
    return replace(
        measure,
        data=rows.assign(value=best.where(rows["value"].notna()), confidence=sure),
        trained_on=None if trained is None and not chosen_on else (*(trained or ()), *chosen_on),
    )


def category_of(categories: Sequence[str], wanted: str | None, variable: str) -> str:
    """Settle which category a threshold is of."""
    if wanted is None and len(categories) == 2:
        return categories[1]
    if wanted is None or wanted not in categories:
        asked = "several categories" if wanted is None else f"no category {wanted!r}"
        raise InputError(f"{asked} of {variable!r}: choose category= of {listed(categories, 8)}.")
    return wanted
