"""One formula evaluated twice: on what people coded, and on what is predicted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from iconometrics.inference.formulas.design import design
from iconometrics.inference.formulas.formula import Formula
from iconometrics.inference.formulas.variables import Variables
from iconometrics.inference.regression.moments import Rows

__all__ = ["both_versions"]


def both_versions(
    formula: Formula, table: pd.DataFrame, values: dict[str, Any], *, weight: np.ndarray
) -> tuple[list[str], Rows, tuple[str, ...]]:
    """Evaluate a formula on the codes of people and on predictions."""
    coded = weight > 0
    columns = table[list(formula.columns)]
    guessed = columns.assign(**values)
    for name in values:
        if guessed[name].dtype != columns[name].dtype:
            kind = "str" if isinstance(values[name][0], str) else "float64"
            truth = _as(columns[name], kind)
            columns, guessed = columns.assign(**{name: truth}), guessed.astype({name: kind})
    stacked = pd.concat([columns[coded], guessed], ignore_index=True)
    made = design(formula, Variables(stacked, {}, (), {}))
    matrix, outcome = made.matrix.to_numpy(), made.outcome.to_numpy()
    first = int(coded.sum())
    x = np.zeros((len(table), matrix.shape[1]))
    y = np.zeros(len(table))
    x[coded], y[coded] = matrix[:first], outcome[:first]
    return (
        list(made.matrix.columns),
        Rows(x, y, matrix[first:], outcome[first:], weight),
        made.rules,
    )


def _as(column: pd.Series, kind: str) -> pd.Series:
    from iconometrics.inference.formulas.numbers import as_numbers
    from iconometrics.wording import as_text

    if kind == "str":
        return as_text(column)
    return as_numbers(column).values.astype("float64")
