"""From a formula and a table to an outcome and a matrix, with every row accounted for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.formulas.expression import Call, Column, Expression
from iconometrics.inference.formulas.formula import Formula
from iconometrics.inference.formulas.numbers import Coded, as_categories, as_numbers
from iconometrics.inference.formulas.variables import Variables
from iconometrics.stats.categories import base_note
from iconometrics.wording import counted, listed

__all__ = ["DesignMatrix", "design"]


@dataclass(frozen=True, eq=False)
class DesignMatrix:
    """Outcome and terms of the rows that are complete.

    Parameters
    ----------
    outcome
        One number per row, indexed by image id.
    matrix
        Rows x coefficients, with the coefficients' names.
    left_out
        What was left out and why; empty if nothing was.
    rules
        How text was read as numbers, and which categories others are compared with.
    """

    outcome: pd.Series
    matrix: pd.DataFrame
    left_out: str
    rules: tuple[str, ...]

    def at(self, rows: np.ndarray) -> DesignMatrix:
        """Take some rows.

        Parameters
        ----------
        rows
            (rows,) True for those to keep.

        Returns
        -------
        DesignMatrix
        """
        return replace(self, outcome=self.outcome[rows], matrix=self.matrix[rows])


def design(
    formula: Formula,
    variables: Variables,
    *,
    cluster: str | None = None,
    others: Sequence[str] = (),
) -> DesignMatrix:
    """Evaluate a formula."""
    if any(factor.text == "intercept" for factor in formula.factors):
        raise InputError("a column 'intercept' would be taken for the constant: rename it.")
    columns = {name: _coded(formula, variables.table[name]) for name in formula.columns}
    complete = _complete(columns)
    for name in (*((cluster,) if cluster is not None else ()), *others):
        complete[name] = variables.table[name].notna()
    keep = pd.DataFrame(complete).all(axis=1).to_numpy()
    left_out = _left_out(complete, keep, variables)
    if not keep.any():
        raise InputError(f"no row is complete, so there is nothing to estimate from: {left_out}.")
    used = {name: Coded(coded.values[keep], coded.rule) for name, coded in columns.items()}
    outcome = _outcome(formula.outcome, used)
    factors = {factor: _factor(factor, used, formula) for factor in formula.factors}
    matrix, references = _matrix(formula, factors, outcome.index)
    rules = tuple(coded.rule for coded in used.values() if coded.rule)
    return DesignMatrix(outcome, matrix, left_out, (*rules, *references))


def _coded(formula: Formula, column: pd.Series) -> Coded:
    as_category = Call("C", Column(str(column.name)))
    return as_categories(column) if as_category in formula.factors else as_numbers(column)


def _complete(columns: Mapping[str, Coded]) -> dict[str, pd.Series]:
    return {name: coded.values.notna() for name, coded in columns.items()}


def _left_out(complete: dict[str, pd.Series], keep: np.ndarray, variables: Variables) -> str:
    """Count rows that are not complete, column by column, with reasons where they are known."""
    if keep.all():
        return ""
    gaps = []
    for name, there in complete.items():
        missing = there.index[~there.to_numpy()]
        if len(missing):
            known = variables.reasons.get(name, pd.Series(dtype="str")).reindex(missing).dropna()
            why = "".join(f", {count} {reason}" for reason, count in known.value_counts().items())
            gaps.append(f"{len(missing):,} without {name}{why}")
    return f"{(~keep).sum():,} of {counted(len(keep), 'row')} left out: {'; '.join(gaps)}"


def _outcome(outcome: Expression, used: Mapping[str, Coded]) -> pd.Series:
    for name in outcome.columns:
        if not used[name].is_number:
            kinds = used[name].values.cat.categories
            what, advice = "text", ""
            if pd.to_numeric(kinds.to_series(), errors="coerce").notna().all():
                what = "categories named by numbers"
                advice = " If its numbers count, let its codebook or column say so."
            raise InputError(
                f"the outcome {name!r} is {what} ({listed(map(repr, kinds))}): expected numbers, "
                f"0 and 1, or no and yes. Code it so first.{advice}"
            )
    values = _evaluated(outcome, used)
    if _is_constant(values):
        raise InputError(
            f"the outcome {outcome.text!r} is {values.iloc[0]:g} in all {len(values)} rows used: "
            "there is nothing to explain."
        )
    return values


def _evaluated(expression: Expression, used: Mapping[str, Coded]) -> pd.Series:
    first = used[expression.columns[0]].values
    for name in expression.columns:
        if not used[name].is_number:
            kinds = listed(map(repr, used[name].values.cat.categories))
            raise InputError(
                f"{expression.text!r} computes with the text of {name!r} ({kinds}); use C({name}) "
                "or a number."
            )
        _finite(used[name].values.to_numpy(), name, first.index)
    with np.errstate(all="ignore"):
        values = expression.evaluate({n: used[n].values.to_numpy() for n in expression.columns})
    _finite(values, expression.text, first.index)
    return pd.Series(values, index=first.index, name=expression.text)


def _finite(values: np.ndarray, name: str, images: pd.Index) -> None:
    bad = ~np.isfinite(values)
    if bad.any():
        raise InputError(
            f"{name!r} is {values[bad][0]:g} in {counted(int(bad.sum()), 'row')} "
            f"({listed(images[bad])}): expected finite numbers. Correct or leave out those rows"
            f"{'; log1p allows zeros.' if name.startswith('log(') else '.'}"
        )


def _factor(factor: Expression, used: Mapping[str, Coded], formula: Formula) -> pd.Series:
    name = factor.columns[0]
    is_category = isinstance(factor, Column) and not used[name].is_number
    if is_category or (isinstance(factor, Call) and factor.function == "C"):
        values = used[name].values.cat.remove_unused_categories()
        same, only = len(values.cat.categories) == 1, str(values.iloc[0])
    else:
        values = _evaluated(factor, used)
        same, only = _is_constant(values), f"{values.iloc[0]:g}"
    if same and formula.intercept:
        raise InputError(
            f"{factor.text!r} is {only} in all {len(values)} rows used: what does not vary "
            "explains nothing. Leave it out."
        )
    return values


def _is_constant(values: pd.Series) -> bool:
    """Tell whether numbers differ by no more than their rounding."""
    return bool(np.ptp(values.to_numpy()) <= 1e-14 * np.abs(values.to_numpy()).max())


def _matrix(
    formula: Formula, factors: Mapping[Expression, pd.Series], images: pd.Index
) -> tuple[pd.DataFrame, list[str]]:
    """Let formulaic code the categories; it sees only names and codes that we made up."""
    if not any(isinstance(values.dtype, pd.CategoricalDtype) for values in factors.values()):
        return _numeric(formula, factors, images), []
    from formulaic import Formula as Wilkinson

    names = {factor: f"f{number}" for number, factor in enumerate(factors)}
    categories: dict[str, list[str]] = {}
    table: dict[str, Any] = {}
    for factor, values in factors.items():
        name = names[factor]
        if isinstance(values.dtype, pd.CategoricalDtype):
            categories[name] = [str(category) for category in values.cat.categories]
            codes = values.cat.codes.to_numpy()
            table[name] = pd.Categorical(codes, range(len(categories[name])))
        else:
            table[name] = values.to_numpy()
    terms = [":".join(names[factor] for factor in term) for term in formula.terms]
    written = " + ".join(["1" if formula.intercept else "0", *terms])
    coded = Wilkinson(written).get_model_matrix(pd.DataFrame(table, index=images), context={})
    matrix = pd.DataFrame(np.asarray(coded, dtype=float), index=images)
    texts = {name: factor.text for factor, name in names.items()}
    labels = [_label(str(label), texts, categories) for label in coded.columns]
    used_as_reference = {
        texts[name]: levels[0]
        for name, levels in categories.items()
        if not any(f"{name}[0]" in label or f"{name}[T.0]" in label for label in coded.columns)
    }
    references = [base_note(text, base) for text, base in used_as_reference.items()]
    return matrix.set_axis(labels, axis=1), references


def _numeric(
    formula: Formula, factors: Mapping[Expression, pd.Series], images: pd.Index
) -> pd.DataFrame:
    """Multiply the factors of each term, where all are numbers."""
    columns = {"intercept": np.ones(len(images))} if formula.intercept else {}
    for term in formula.terms:
        product = np.prod([factors[factor].to_numpy() for factor in term], axis=0)
        columns[":".join(factor.text for factor in term)] = product
    return pd.DataFrame(columns, index=images)


def _label(label: str, texts: Mapping[str, str], categories: Mapping[str, list[str]]) -> str:
    if label == "Intercept":
        return "intercept"
    parts = []
    for piece in label.split(":"):
        match = re.fullmatch(r"(f\d+)(?:\[(?:T\.)?(\d+)\])?", piece)
        assert match is not None
        name, code = match.groups()
        parts.append(texts[name] + (f"[{categories[name][int(code)]}]" if code else ""))
    return ":".join(parts)
