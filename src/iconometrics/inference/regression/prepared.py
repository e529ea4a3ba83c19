"""Tables in which people coded some rows of what a machine measured in all."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from iconometrics.corpus.weights import (
    check_weighted,
    corpus_weights,
    worth_note,
)
from iconometrics.errors import InputError
from iconometrics.inference.estimates import LeftOut
from iconometrics.inference.formulas.conditions import check_outcome
from iconometrics.inference.formulas.design import DesignMatrix, design
from iconometrics.inference.formulas.expression import Call, Column
from iconometrics.inference.formulas.formula import Formula, parse
from iconometrics.inference.formulas.numbers import Coded, as_categories, as_numbers
from iconometrics.inference.formulas.variables import Variables
from iconometrics.inference.regression.fixed_effects import within
from iconometrics.inference.regression.mixture import Mixture, by_coders, by_error, check_coders
from iconometrics.inference.regression.moments import Learned, PairedRows, Version
from iconometrics.inference.regression.phases import (
    FirstPhase,
    check_apart,
    check_first_phase,
    check_nested,
)
from iconometrics.inference.regression.uncoded import check_categories, check_terms, joined
from iconometrics.options import need_columns, several
from iconometrics.stats.categories import indicators
from iconometrics.stats.demeaning import singletons
from iconometrics.stats.linear import standardized
from iconometrics.wording import as_text, counted, listed

__all__ = ["Prepared", "column_names", "prepare"]

_MANY = 20


@dataclass(frozen=True, eq=False)
class Prepared:
    """A formula's table, complete but for the codes of people."""

    formula: Formula
    table: pd.DataFrame
    predicted: tuple[str, ...]
    prediction: tuple[str, ...]
    coded: np.ndarray
    weight: np.ndarray
    equal: bool
    cluster: str | None
    clusters: np.ndarray | None
    effects: tuple[np.ndarray, ...]
    notes: tuple[str, ...]
    coder_error: float = 0.0
    target: str = "beyond"
    first_phase: FirstPhase | None = None
    mixture: Mixture | None = None
    coders: tuple[str, ...] = ()
    stands: np.ndarray | None = None

    def versions(
        self,
        values: Mapping[str, np.ndarray | pd.DataFrame],
        by_first: Mapping[str, np.ndarray | pd.DataFrame] | None = None,
    ) -> tuple[list[str], PairedRows, tuple[str, ...]]:
        """Evaluate the formula on the codes of people and on predictions.

        Of a column predicted as (rows, categories) probabilities, terms are expected values.
        `by_first` is what the codes of a first phase predict.
        """
        coded = self.weight > 0
        columns = self.table[list(self.formula.columns)]
        truth = columns.assign(**{name: _alike(self, name, own) for name, own in values.items()})
        others = [] if self.mixture is None else self._as_kinds(truth, self.mixture.kinds)
        both, first = self._design(truth, values, others), int(coded.sum())
        own, between = both.matrix.iloc[:first], both.matrix.iloc[first : -len(coded)]
        check_terms(own, both.matrix.iloc[-len(coded) :])
        terms = standardized(both.matrix.drop(between.index).to_numpy())
        outcome = both.outcome.to_numpy()
        x, y = self._at_coded(terms.X[:first], outcome[:first])
        y_hat = outcome[-len(coded) :]
        rows = PairedRows(
            x, y, terms.X[first:], y_hat, self.weight, terms.back, stands=self.stands
        )  # fmt: skip
        if self.mixture is not None:
            rows = self._mixed(rows, terms.of(between.to_numpy()), outcome[first : -len(coded)])
        if by_first is not None and self.first_phase is not None:
            guessed, whole = self._design(truth, by_first), self.first_phase.weight
            x, y = terms.of(guessed.matrix.to_numpy()[first:]), guessed.outcome.to_numpy()[first:]
            rows = rows._replace(more=(Version(x, y, whole - self.weight),), first=whole)
        return list(both.matrix.columns), rows, both.rules

    def _at_coded(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Put coded rows in their place among all."""
        wide, long = np.zeros((len(self.table), x.shape[1])), np.zeros(len(self.table))
        wide[self.weight > 0], long[self.weight > 0] = x, y
        return wide, long

    def _as_kinds(self, truth: pd.DataFrame, kinds: Sequence[Any]) -> list[pd.DataFrame]:
        """Give the coded rows every category in turn."""
        name, coded = self.predicted[0], truth[self.coded]
        own = self.table.loc[self.coded, name]
        known = [coded.loc[(own == kind).to_numpy(), name].iloc[0] for kind in kinds]
        dtype = truth[name].dtype
        return [
            coded.assign(**{name: pd.Series(value, coded.index).astype(dtype)}) for value in known
        ]

    def _mixed(self, rows: PairedRows, x: np.ndarray, y: np.ndarray) -> PairedRows:
        """Add coded rows once more with every category, as much as each counts."""
        assert self.mixture is not None
        kinds, shares, slopes, moves = self.mixture
        parts = zip(np.split(x, len(kinds)), np.split(y, len(kinds)), shares.T, strict=True)
        more = tuple(Version(*self._at_coded(*own), self.weight * part) for *own, part in parts)
        if slopes is None or moves is None:
            return rows._replace(more=more)
        by_rate = tuple(self.weight[:, None] * slopes[:, place] for place in range(len(kinds)))
        return rows._replace(more=more, learned=Learned(by_rate, moves))

    def _design(
        self,
        truth: pd.DataFrame,
        values: Mapping[str, np.ndarray | pd.DataFrame],
        others: Sequence[pd.DataFrame] = (),
    ) -> DesignMatrix:
        """Evaluate coded rows, others, and below them all rows as predicted."""
        coded, expected = pd.concat([truth[self.weight > 0], *others]), []
        kinds = {name: truth[name].dtype for name in values}
        for guess, chance in _guesses(values):
            guessed = truth.assign(**guess).astype(kinds)
            stacked = pd.concat([coded, guessed], ignore_index=True)
            both = design(self.formula, Variables(stacked, {}, (), {}))
            expected.append(both.matrix.iloc[len(coded) :].mul(chance, axis=0))
        matrix = pd.concat([both.matrix.iloc[: len(coded)], sum(expected[1:], expected[0])])
        return replace(both, matrix=matrix)

    def check_outcome(self, model: str, rows: PairedRows) -> None:
        """Refuse outcomes that a model is not made for; predictions of one may be anything."""
        outcome = self.formula.outcome
        is_coded = bool(set(outcome.columns) & set(self.predicted))
        check_outcome(model, rows.y[self.coded] if is_coded else rows.y_hat, outcome.text)

    def targets(self) -> pd.DataFrame:
        """Read the predicted columns as numbers, or as categories where they are text."""
        return pd.DataFrame({name: _read(self, name).values for name in self.predicted})

    def inputs(
        self, features: Sequence[str], *, by_first: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Read what a learner may use: the predictions, the first phase, and further columns."""
        fit = [name for name in features if _kinds(self.table[name]) <= _MANY]
        predictions = self.table.assign(
            **{
                by: _in_kind(self.table[by], _read(self, name))
                for name, by in _measures(self.predicted, self.prediction).items()
            }
        )
        names = self.prediction
        if by_first and self.first_phase is not None:
            first = list(self.first_phase.columns)
            order = as_text(self.table.index.to_series()).to_numpy(object).argsort(kind="stable")
            # Rows outside of the first phase have any of its values, and are not used.
            filled = predictions[first].iloc[order].bfill().ffill().iloc[order.argsort()]
            predictions = predictions.assign(**{name: filled[name].array for name in first})
            names = (*names, *first)
        return _stacked(predictions, names), _stacked(self.table, fit)


def _measures(predicted: Sequence[str], prediction: Sequence[str]) -> dict[str, str]:
    """Name the prediction of each predicted column, where there is one for each."""
    paired = len(predicted) == len(prediction)
    return dict(zip(predicted, prediction, strict=True)) if paired else {}


def _guesses(
    values: Mapping[str, np.ndarray | pd.DataFrame],
) -> Iterator[tuple[dict[str, Any], Any]]:
    """Give every combination of categories that have probabilities, with its own by row."""
    tables = {name: own for name, own in values.items() if isinstance(own, pd.DataFrame)}
    for kinds in product(*tables.values()):
        chances = [own[kind].to_numpy() for own, kind in zip(tables.values(), kinds, strict=True)]
        yield {**values, **dict(zip(tables, kinds, strict=True))}, math.prod(chances)


def _in_kind(prediction: pd.Series, target: Coded) -> pd.Series:
    """Make numbers categories where what they predict are categories of those names."""
    if target.is_number or not as_text(prediction).isin(target.values.cat.categories).all():
        return prediction
    return as_categories(as_text(prediction)).values


def _alike(prepared: Prepared, name: str, values: np.ndarray | pd.DataFrame) -> pd.Series:
    """Read what people coded in the kind of what predicts it; a categorical remains one."""
    column = prepared.table[name]
    if isinstance(values, pd.DataFrame) or isinstance(column.dtype, pd.CategoricalDtype):
        return _read(prepared, name).values
    if isinstance(values[0], str):
        return as_text(column)
    return as_numbers(column).values.astype("float64")


def _read(prepared: Prepared, name: str) -> Coded:
    as_category = Call("C", Column(name)) in prepared.formula.factors
    column = prepared.table[name]
    return as_categories(column) if as_category else as_numbers(column)


def _stacked(table: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    columns = [np.zeros((len(table), 0))]
    for name in names:
        values = as_numbers(table[name]).values
        if isinstance(values.dtype, pd.CategoricalDtype):
            columns.append(indicators(values, values.cat.categories[1:]))
        else:
            columns.append(values.to_numpy(float)[:, None])
    return np.hstack(columns)


def _kinds(column: pd.Series) -> int:
    """Count the categories of a column; one of numbers has none."""
    read = as_numbers(column)
    return 0 if read.is_number else len(read.values.cat.categories)


def prepare(
    formula: str,
    data: pd.DataFrame,
    *,
    predicted: Sequence[str],
    prediction: Sequence[str],
    sample_prob: str | None,
    cluster: str | None,
    fixed_effects: str | Sequence[str] | None,
    features: Sequence[str] = (),
    join: Sequence[str] = (),
    coder_error: float = 0.0,
    target: str = "beyond",
    first_phase: Sequence[str] = (),
    first_phase_prob: str | None = None,
    coders: Sequence[str] = (),
    weights: str | None = None,
) -> Prepared:
    """Check a table and leave out rows that are not complete."""
    join, effects, first_phase = several(join), several(fixed_effects), several(first_phase)
    predicted = column_names(predicted, "predicted")
    prediction = column_names(prediction, "prediction")
    coders, apart = several(coders), _apart(coder_error, join, target)
    if coders:
        data = _by_any(data, coders, predicted, apart=apart)
    if first_phase:
        apart |= {"coders=": bool(coders), "weights=": weights is not None}
        check_first_phase(data, first_phase, predicted=predicted, apart=apart)
    check_weighted(weights, target)
    needed = [*prediction, *_named(cluster, weights), *effects, *features]
    table = _table(data, [*predicted, *_named(sample_prob, first_phase_prob), *needed])
    read = parse(formula, table.columns)
    _check_names(read, predicted, prediction)
    coded = table[list(predicted)].notna().all(axis=1).to_numpy()
    probability = _probability(table, sample_prob, coded)
    needed = [name for name in read.columns if name not in predicted] + needed
    keep, notes = _complete(table, dict.fromkeys(needed), effects)
    table, coded, probability = table[keep], coded[keep], probability[keep]
    table, mixture = _by_likeliest(table, coders, predicted[0])
    _check_coded(table, coded, predicted)
    table, merged = _joined(table, coded, read, join, _measures(predicted, prediction))
    _check_finite(table, [*prediction, *features])
    account = _account(read, table, predicted=predicted, effects=effects)
    if account is not None:
        apart = {"first_phase=": bool(first_phase), "weights=": weights is not None}
        check_apart("fixed_effects= and a measured regressor", apart)
        _check_sure(effects, coder_error=coder_error, coders=coders)
    _check_error(coder_error, table.loc[coded, list(predicted)])
    mixture = by_error(table[predicted[0]], coder_error) if coder_error else mixture
    stands, worth = _stands(table, weights)
    weight = _weights(table, sample_prob, coded, probability=probability, stands=stands)
    notes += [*merged, *_too_many(table, features), *worth]
    phase = _first_phase(table, first_phase, first_phase_prob, coded=coded) if first_phase else None
    cluster = cluster or account
    return Prepared(
        formula=read, table=table, predicted=predicted, prediction=prediction, coded=coded,
        weight=weight, equal=stands is None and _is_equal(probability[coded]),
        cluster=cluster, clusters=_clusters(table, cluster, coded), stands=stands,
        effects=tuple(within(table, effects)), coders=tuple(coders), notes=tuple(notes),
        coder_error=coder_error, target=target, first_phase=phase, mixture=mixture,
    )  # fmt: skip


def _joined(
    table: pd.DataFrame,
    coded: np.ndarray,
    formula: Formula,
    join: Sequence[str],
    measures: Mapping[str, str],
) -> tuple[pd.DataFrame, list[str]]:
    """Join categories without a coded row where asked for, and refuse any others."""
    table, merged = joined(table, coded, formula, join=join, measures=measures)
    check_categories(table, coded, formula, measures=measures)
    return table, [f"{note}." for note in merged]


def _stands(table: pd.DataFrame, name: str | None) -> tuple[np.ndarray | None, list[str]]:
    """Read what each row stands for, and say what all are worth."""
    if name is None:
        return None, []
    stands = corpus_weights(table[name], name)
    return stands, [worth_note(stands, name)]


def _apart(coder_error: float, join: Sequence[str], target: str) -> dict[str, bool]:
    """Name the options that go with neither a first phase nor several coders."""
    return {
        "coder_error=": coder_error > 0, "join=": bool(join), "target='corpus'": target == "corpus",
    }  # fmt: skip


def _by_any(
    data: pd.DataFrame,
    coders: Sequence[str],
    predicted: Sequence[str],
    *,
    apart: Mapping[str, bool],
) -> pd.DataFrame:
    """Put what any coder said into the predicted column, until it is known what is likeliest."""
    check_coders(data, coders, predicted, apart=apart)
    return data.assign(**{predicted[0]: data[list(coders)].bfill(axis=1).iloc[:, 0]})


def _by_likeliest(
    table: pd.DataFrame, coders: Sequence[str], name: str
) -> tuple[pd.DataFrame, Mixture | None]:
    """Settle the codes of several coders on the likeliest, with what the others count."""
    if not coders:
        return table, None
    likeliest, mixture = by_coders(table, coders)
    return table.assign(**{name: likeliest.astype(table[name].dtype)}), mixture


def _check_sure(
    effects: Sequence[str],
    *,
    coder_error: float,
    coders: Sequence[str],
) -> None:
    """Refuse codes that may be wrong where a measured regressor is held against groups."""
    if coder_error or coders:
        asked = f"coders={list(coders)}" if coders else f"coder_error={coder_error!r}"
        raise InputError(
            f"{asked} with fixed_effects={list(effects)} and a measured "
            "regressor: how far errors of coders move the means of groups is not known here. "
            "Leave one of them out."
        )


def _first_phase(
    table: pd.DataFrame, columns: tuple[str, ...], name: str | None, *, coded: np.ndarray
) -> FirstPhase:
    first = table[list(columns)].notna().all(axis=1).to_numpy()
    check_nested(table, columns, coded=coded, first=first)
    probability = _probability(table, name, first, option="first_phase_prob")
    return FirstPhase(columns, first, _weights(table, name, first, probability=probability))


def _clusters(table: pd.DataFrame, cluster: str | None, coded: np.ndarray) -> np.ndarray | None:
    if cluster is None:
        return None
    numbers = pd.factorize(as_text(table[cluster]), sort=True)[0]
    if np.ptp(numbers[coded]) == 0:
        raise InputError(
            f"cluster={cluster!r}: the rows that people coded are of one cluster only "
            f"({listed(table.loc[coded, cluster].unique())}): errors by cluster need at least two, "
            "better thirty. Code rows of others."
        )
    return np.asarray(numbers)


def _account(
    formula: Formula, table: pd.DataFrame, *, predicted: Sequence[str], effects: Sequence[str]
) -> str | None:
    """Name the fixed effect whose rows share the chance in its means, if a regressor is measured.

    Of two it is the one with more groups: the fewer rows, the more chance in their mean.
    """
    regressors = {name for factor in formula.factors for name in factor.columns}
    if regressors.isdisjoint(predicted):
        return None
    return max(effects, key=lambda name: table[name].nunique(), default=None)


def _is_equal(probability: np.ndarray) -> bool:
    return bool(np.ptp(probability) <= 1e-9 * probability.max())


def _too_many(table: pd.DataFrame, features: Sequence[str]) -> list[str]:
    return [
        f"{name} has {_kinds(table[name])} categories, more than {_MANY}: the learner does not use "
        "it. Merge some."
        for name in features
        if _kinds(table[name]) > _MANY
    ]


def _named(*names: str | None) -> list[str]:
    return [name for name in names if name is not None]


def column_names(names: Sequence[str] | str, option: str) -> tuple[str, ...]:
    """Take one name or several."""
    columns = tuple(map(str, several(names)))
    if not columns:
        raise InputError(f"{option}=[]: expected the name of at least one column.")
    return columns


def _table(data: Any, needed: Sequence[str]) -> pd.DataFrame:
    if not isinstance(data, pd.DataFrame) or data.empty:
        raise InputError("the data has no rows or is not a table: expected one row per unit.")
    table = data.set_axis([str(name) for name in data.columns], axis=1)
    if table.columns.has_duplicates:
        twice = table.columns[table.columns.duplicated()].unique()
        raise InputError(f"the data has columns twice ({listed(twice)}); rename one of them.")
    need_columns(table, needed)
    return table


def _check_names(formula: Formula, predicted: Sequence[str], prediction: Sequence[str]) -> None:
    unused = [name for name in predicted if name not in formula.columns]
    if unused:
        raise InputError(
            f"predicted={unused[0]!r} is not in the formula {formula.text!r}: use the name of the "
            "column that people coded there."
        )
    inside = [name for name in prediction if name in formula.columns]
    if inside:
        raise InputError(
            f"prediction={inside[0]!r} is in the formula {formula.text!r}: use the name of the "
            "column that people coded; its predictions take its place."
        )


def _probability(
    table: pd.DataFrame, name: str | None, coded: np.ndarray, *, option: str = "sample_prob"
) -> np.ndarray:
    """Read the probabilities; rows that nobody coded may go without."""
    if name is None:
        return np.ones(len(table))
    values = pd.to_numeric(table[name], errors="coerce").to_numpy(float)
    bad = coded & ~((values > 0) & (values <= 1)) | (values <= 0) | (values > 1)
    if bad.any():
        met = "missing" if np.isnan(values[bad][0]) else f"{values[bad][0]:g}"
        raise InputError(
            f"{option}={name!r} is {met} in {counted(int(bad.sum()), 'row')} "
            f"({listed(table.index[bad])}): expected the probability of being drawn, above 0 and "
            "at most 1. The sample does not represent rows that could "
            "not be drawn: leave them out."
        )
    known = ~np.isnan(values)
    expected, spread = values[known].sum(), np.sqrt((values * (1 - values))[known].sum())
    if known.all() and abs(coded.sum() - expected) > 6 * spread + 0.2 * expected:
        raise InputError(
            f"{option}={name!r} adds up to {expected:,.0f} rows, but people coded "
            f"{int(coded.sum()):,}: these are not the probabilities with which they were drawn."
        )
    return np.where(known, values, 1.0)


def _weights(
    table: pd.DataFrame,
    name: str | None,
    coded: np.ndarray,
    *,
    probability: np.ndarray,
    stands: np.ndarray | None = None,
) -> np.ndarray:
    """Weight the coded rows so that the probabilities add up to as many as were coded.

    A row that was drawn with certainty stands for itself, whichever others were drawn.
    """
    stands = np.ones(len(coded)) if stands is None else stands
    weight = np.where(coded, 1 / probability, 0.0)
    certain = coded & (probability == 1)
    chance = coded & ~certain
    all_known = name is not None and bool(table[name].notna().all())
    if not chance.any() or (all_known and not certain.any()):
        return np.asarray(weight * (stands @ probability) / stands[coded].sum())
    rest = stands[~certain].sum()
    return np.where(chance, weight * rest / (weight * stands)[chance].sum(), weight)


def _complete(
    table: pd.DataFrame, needed: Any, effects: Sequence[str]
) -> tuple[np.ndarray, list[str]]:
    """Find the rows that miss nothing and are not alone in a group, and note the others."""
    keep, notes = _without_gaps(table, needed)
    keep, alone = _without_singletons(table, keep, effects)
    return keep, [*notes, *alone]


def _without_gaps(table: pd.DataFrame, needed: Any) -> tuple[np.ndarray, list[str]]:
    there = table[list(needed)].notna()
    keep = there.all(axis=1).to_numpy()
    if keep.all():
        return keep, []
    gaps = [f"{(~there[name]).sum():,} without {name}" for name in needed if not there[name].all()]
    note = LeftOut(f"{(~keep).sum():,} of {counted(len(keep), 'row')} left out: {'; '.join(gaps)}.")
    if not keep.any():
        raise InputError(f"no row is complete, so there is nothing to estimate from: {note}")
    return keep, [note]


def _without_singletons(
    table: pd.DataFrame, keep: np.ndarray, effects: Sequence[str]
) -> tuple[np.ndarray, list[str]]:
    if not effects:
        return keep, []
    alone = singletons(within(table[keep], effects))
    if not alone.any():
        return keep, []
    kept = keep.copy()
    kept[np.flatnonzero(keep)[alone]] = False
    rows = counted(int(alone.sum()), "row")
    return kept, [LeftOut(f"{rows} alone in a group of {listed(effects)} left out.")]


def _check_finite(table: pd.DataFrame, names: Sequence[str]) -> None:
    for name in names:
        read = as_numbers(table[name])
        bad = np.isinf(read.values.to_numpy()) if read.is_number else np.zeros(len(table), bool)
        if bad.any():
            raise InputError(
                f"{name!r} is infinite in {counted(int(bad.sum()), 'row')} "
                f"({listed(table.index[bad])}): expected finite numbers. Correct or leave out "
                "those rows."
            )


def _check_error(error: float, codes: pd.DataFrame) -> None:
    if not 0 <= error < 0.5:
        raise InputError(
            f"coder_error={error!r}: expected the share of images that people code wrong, from 0 "
            "to less than 0.5."
        )
    kinds = [codes[name].nunique() for name in codes]
    if error and kinds != [2]:
        raise InputError(
            f"coder_error={error!r} with codes of {listed(map(repr, codes))} "
            f"({listed(map(str, kinds))} different values): expected one variable of two values. "
            "Make it two, such as one category against the others."
        )


def _check_coded(table: pd.DataFrame, coded: np.ndarray, predicted: Sequence[str]) -> None:
    if not coded.any():
        raise InputError(
            f"no row used has a value of {listed(predicted)} that people coded: code some first, "
            "or put the codes into that column, missing where there is none."
        )
    if coded.all():
        raise InputError(
            f"people coded {listed(predicted)} in all {len(coded):,} rows used, so there is "
            "nothing to correct: regress on that column directly with estimate()."
        )
    for name in predicted:
        values = table.loc[coded, name]
        text = values.astype("str").str.strip().str.casefold()
        if values.astype("str").nunique() > text.nunique():
            pairs = values.astype("str").groupby(text).unique()
            twins = next(list(map(repr, pair)) for pair in pairs if len(pair) > 1)
            raise InputError(f"{name!r} has {' and '.join(twins)}: write each category one way.")
        if text.nunique() == 1:
            raise InputError(
                f"people coded {name!r} as {str(values.iloc[0])!r} in all {int(coded.sum())} "
                "rows used: what does not vary cannot be corrected. Code more images."
            )
