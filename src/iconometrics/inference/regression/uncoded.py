"""Categories and terms that chance left without a coded row: refused by name, or joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.formulas.conditions import check_rank
from iconometrics.inference.formulas.expression import Call, Column
from iconometrics.inference.formulas.formula import Formula
from iconometrics.inference.formulas.numbers import as_categories, as_numbers
from iconometrics.options import need_columns
from iconometrics.wording import as_text, counted, listed

__all__ = ["check_categories", "check_terms", "joined"]


def joined(
    table: pd.DataFrame,
    coded: np.ndarray,
    formula: Formula,
    *,
    join: Sequence[str],
    measures: Mapping[str, str],
) -> tuple[pd.DataFrame, list[str]]:
    """Join each category without a coded row with one that has some; say which.

    That is the rarest, or of categories in order the nearest, of two the rarer.
    `measures` names the column of predictions of each column that people coded.
    """
    need_columns(table, join, what="the data", expected="columns whose categories may be joined")
    notes = []
    for name in join:
        counts = _coded_rows(table, coded, formula, name, measures)
        if counts is None:
            raise InputError(f"join={name!r}: a column of numbers has no categories to join.")
        empty = list(counts.index[counts == 0])
        if empty:
            names = _names(counts, empty, table[name])
            own = [name, *([measures[name]] if name in measures else [])]
            table = table.assign(**{each: _renamed(table[each], names) for each in own})
            whole = listed(dict.fromkeys(names.values()))
            notes.append(f"{name}: {listed(empty)}, of which nobody coded a row, joined as {whole}")
    return table, notes


def _names(counts: pd.Series, empty: Sequence[object], column: pd.Series) -> dict[str, str]:
    """Name what each empty category and its partner become."""
    has = {str(kind): n for kind, n in counts[counts > 0].items()}
    is_ordered = isinstance(column.dtype, pd.CategoricalDtype) and column.cat.ordered
    order = [str(kind) for kind in column.cat.categories] if is_ordered else []
    partners: dict[str, list[str]] = {}
    for kind in map(str, empty):
        apart = [abs(order.index(o) - order.index(kind)) if kind in order else 0 for o in has]
        _, _, partner = min(zip(apart, has.values(), has, strict=True))
        partners.setdefault(partner, []).append(kind)
    return {
        kind: " or ".join([partner, *kinds])
        for partner, kinds in partners.items()
        for kind in (partner, *kinds)
    }


def _renamed(column: pd.Series, names: Mapping[str, str]) -> pd.Series:
    values = as_categories(column).values
    order = dict.fromkeys(names.get(str(kind), str(kind)) for kind in values.cat.categories)
    text = values.astype("str").replace(names).where(values.notna())
    kept = pd.Categorical(text, list(order), ordered=values.cat.ordered)
    return pd.Series(kept, index=column.index, name=column.name)


def check_categories(
    table: pd.DataFrame, coded: np.ndarray, formula: Formula, *, measures: Mapping[str, str]
) -> None:
    """Refuse columns with a category, or a prediction of one, of which no row was coded."""
    for name in formula.columns:
        counts = _coded_rows(table, coded, formula, name, measures)
        empty = [] if counts is None else list(counts.index[counts == 0])
        if empty:
            where = measures.get(name, name)
            rows = int(as_text(table[where]).isin(list(map(str, empty))).sum())
            coders = f"no row of {name!r} so" if name in measures else "none of them"
            raise InputError(
                f"{where!r} is {listed(map(repr, empty))} in {counted(rows, 'row')}, but people "
                f"coded {coders}: how far the measure errs there is not known. Code some, leave "
                f"those rows out, or join them with another category (join=[{name!r}] takes the "
                "rarest, in order the nearest)."
            )


def _coded_rows(
    table: pd.DataFrame,
    coded: np.ndarray,
    formula: Formula,
    name: str,
    measures: Mapping[str, str],
) -> pd.Series | None:
    """Count the coded rows of each category of a column; None for a column of numbers."""
    values = _categories(formula, table[name])
    if values is None:
        return None
    counts = values[coded].value_counts(sort=False)
    measured = table[measures[name]] if name in measures else values
    if name in measures and as_numbers(measured).is_number:
        return counts[counts > 0]
    kinds = as_numbers(measured).values.cat.categories.astype("str")
    kinds = kinds.difference(counts.index.astype("str"))
    there = values.value_counts()[counts.index] > 0
    return pd.concat([counts[there], pd.Series(0, index=kinds)])


def _categories(formula: Formula, column: pd.Series) -> pd.Series | None:
    if Call("C", Column(str(column.name))) in formula.factors:
        return as_categories(column).values
    read = as_numbers(column)
    return None if read.is_number else read.values


def check_terms(coded: pd.DataFrame, every: pd.DataFrame) -> None:
    """Refuse terms that vary, or can be told apart, only in rows that nobody coded."""
    still = [
        name
        for name in coded
        if name != "intercept" and np.ptp(coded[name]) == 0 and np.ptp(every[name]) > 0
    ]
    if still:
        raise InputError(
            f"{listed(still, 6)} does not vary in the {counted(len(coded), 'row')} that people "
            "coded, so no error of the measure is known there. Code some of the other rows, or "
            "leave the term out."
        )
    try:
        check_rank(coded)
    except InputError as error:
        raise InputError(f"in the rows that people coded, {error} Or code more.") from None
