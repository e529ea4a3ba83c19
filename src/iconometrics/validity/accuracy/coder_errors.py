"""Rates of a measure of two categories, were the people who coded wrong in a known share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.stats import Design, Ratio, share_interval, survey_ratio
from iconometrics.stats.tails import Side, student_tails, tails
from iconometrics.wording import counted, listed

__all__ = ["rates_by_coder_error"]


def rates_by_coder_error(
    items: pd.DataFrame,
    categories: Sequence[str],
    drawn: Design,
    *,
    errors: Sequence[float],
    level: float,
    side: Side,
) -> pd.DataFrame:
    """Estimate accuracy and the rates of the second category under each share of wrong codes.

    Where people err in a share e, ``(code - e) / (1 - 2 e)`` is right on average, whatever the
    measure says.
    """
    if len(categories) != 2:
        raise InputError(
            f"{counted(len(categories), 'category')} ({listed(categories)}): expected two, for of "
            "more it is not known which is taken for which."
        )
    bad = [error for error in errors if not 0 <= error < 0.5]
    if bad:
        raise InputError(f"error {bad[0]!r}: expected a share of images from 0 to less than 0.5.")
    code = (items["gold"] == categories[1]).to_numpy(float)
    measured = (items["measure"] == categories[1]).to_numpy(float)
    rows = []
    for error in errors:
        ratios = _ratios((code - error) / (1 - 2 * error), measured, drawn)
        ends = {name: _ends(ratio, level=level, side=side) for name, ratio in ratios.items()}
        rows.append({
            name + column: value
            for name, values in ends.items()
            for column, value in zip(("", "_low", "_high"), values, strict=True)
        })  # fmt: skip
    return pd.DataFrame(rows, index=pd.Index(np.array(errors, dtype=float), name="coder_error"))


def _ratios(truth: np.ndarray, measured: np.ndarray, drawn: Design) -> dict[str, Ratio]:
    every = np.ones(len(truth))
    right = measured * truth + (1 - measured) * (1 - truth)
    return {
        "accuracy": survey_ratio(right, every, drawn),
        "sensitivity": survey_ratio(measured * truth, truth, drawn),
        "specificity": survey_ratio((1 - measured) * (1 - truth), 1 - truth, drawn),
        "precision": survey_ratio(measured * truth, measured, drawn),
        "prevalence": survey_ratio(truth, every, drawn),
    }


def _ends(ratio: Ratio, *, level: float, side: Side) -> tuple[float, float, float]:
    if 0 < ratio.value < 1:
        return (ratio.value, *share_interval(ratio, level=level, side=side))
    low, high = ratio.value + student_tails(ratio.df, tails(level, side)) * ratio.se
    value, low, high = np.clip([ratio.value, low, high], 0, 1)
    return float(value), float(low), float(high)
