"""Codes in two phases: many rows coded by some, a part of these coded again by those who know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import need_columns
from iconometrics.wording import counted, listed

__all__ = ["FirstPhase", "check_apart", "check_first_phase", "check_nested"]


class FirstPhase(NamedTuple):
    """The codes of a first phase.

    Parameters
    ----------
    columns
        Names of the columns that hold them, one for each predicted column.
    coded
        (rows,) whether a row was coded in it.
    weight
        (rows,) 0 for rows that were not, else one over the probability of being drawn.
    """

    columns: tuple[str, ...]
    coded: np.ndarray
    weight: np.ndarray


def check_apart(option: str, apart: Mapping[str, bool]) -> None:
    """Refuse options that do not go together."""
    for other, is_given in apart.items():
        if is_given:
            raise InputError(
                f"{option} with {other}: how the two go together is not known here. Leave one of "
                "them out."
            )


def check_first_phase(
    data: pd.DataFrame,
    columns: Sequence[str],
    *,
    predicted: Sequence[str],
    apart: Mapping[str, bool],
) -> None:
    """Refuse columns that are not there, and options that do not go with a first phase."""
    need_columns(data, columns)
    if len(columns) != len(predicted):
        raise InputError(
            f"{len(predicted)} predicted and {len(columns)} columns of the first phase: expected "
            "one for each predicted column, in the same order."
        )
    check_apart("first_phase=", apart)


def check_nested(
    table: pd.DataFrame, columns: Sequence[str], *, coded: np.ndarray, first: np.ndarray
) -> None:
    """Refuse codes of a second phase outside of the first."""
    alone = coded & ~first
    if alone.any():
        raise InputError(
            f"{counted(int(alone.sum()), 'row')} ({listed(table.index[alone])}) coded in the "
            f"second phase have no code of the first ({listed(columns)}): expected a second phase "
            "drawn from the first, as coding.draw_second_phase() draws it."
        )
