"""The methods of one regression, side by side: naive, gold only, DSL and PPI++."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.corpus.weights import corpus_weights, worth_note
from iconometrics.errors import InputError
from iconometrics.inference.estimates import COLUMNS, Estimates, LeftOut
from iconometrics.inference.formulas.conditions import check_outcome
from iconometrics.inference.formulas.design import DesignMatrix, design
from iconometrics.inference.formulas.formula import Formula
from iconometrics.inference.formulas.variables import Variables
from iconometrics.inference.regression.crossfit import Learner
from iconometrics.inference.regression.dsl import dsl
from iconometrics.inference.regression.few_codes import few_coded
from iconometrics.inference.regression.fixed_effects import within
from iconometrics.inference.regression.models import Fit, fit, fit_absorbed, fit_weighted
from iconometrics.inference.regression.ppi import ppi
from iconometrics.inference.regression.prepared import prepare
from iconometrics.inference.regression.sampled import (
    Sampled,
    clusters_of,
    sampled,
    with_coders,
    with_first_phase,
)
from iconometrics.inference.regression.tables import check_correctable
from iconometrics.inference.regression.uncoded import joined
from iconometrics.options import Target
from iconometrics.stats.demeaning import singletons
from iconometrics.stats.tails import Side
from iconometrics.wording import counted, listed

__all__ = ["METHODS", "EstimateSettings", "plain", "side_by_side"]

_NAIVE_NOTE = (
    "naive takes the measured values for the truth: errors in them can bias every coefficient, in "
    "either direction."
)


_EVERY = "every image is there, so no chance is in which were drawn"


class EstimateSettings(NamedTuple):
    """What was asked for."""

    model: str
    errors: str
    cluster: str | None
    effects: tuple[str, ...]
    join: tuple[str, ...]
    level: float
    side: Side
    folds: int
    repeats: int
    learner: Learner
    seed: int
    coder_error: float
    target: Target
    weights: str | None = None


def plain(
    formula: Formula, variables: Variables, settings: EstimateSettings, *, gold: Codings | None
) -> Estimates:
    """Regress on the columns as they are."""
    method, assumed = _method(formula, variables)
    if settings.target == "corpus" and method == "gold only":
        raise InputError(
            "target='corpus' with codes of people and no measure of the same variable: what they "
            "say of the images that nobody coded is not known. Give measure=, or target='beyond'."
        )
    complete = design(formula, variables, cluster=settings.cluster, others=_others(settings))
    weights, weighted = _drawn(complete, gold) if method == "gold only" else (None, "")
    fitted, notes = _fitted(complete, variables.table, settings, weights)
    errors = _EVERY if settings.target == "corpus" else fitted.errors
    assumed += [*([weighted] if weighted else []), errors]
    notes = [*([LeftOut(complete.left_out + ".")] if complete.left_out else []), *notes]
    notes += [f"{rule}." for rule in complete.rules]
    return _estimates(
        formula, settings, fitted, method, assumed, (*notes, *([_NAIVE_NOTE] * (method == "naive")))
    )


def _method(formula: Formula, variables: Variables) -> tuple[str, list[str]]:
    """Name the method after what is used, and say what it takes for granted."""
    measured = [name for name in formula.columns if name in variables.measured]
    coded = [name for name in formula.columns if name in variables.coded]
    assumed = [f"{name} measured without error ({variables.measured[name]})" for name in measured]
    if coded:
        assumed.append("the images that people coded stand for all")
    return ("naive" if measured else "gold only" if coded else "direct"), assumed


def _drawn(complete: DesignMatrix, gold: Codings | None) -> tuple[np.ndarray | None, str]:
    """Weight the rows that people coded by one over the probability of being drawn."""
    sample = None if gold is None else gold.sample
    if sample is None or sample.equal:
        return None, ""
    probability = sample.probability.reindex(complete.outcome.index)
    if probability.isna().any():
        raise InputError(
            f"{counted(int(probability.isna().sum()), 'coded image')} "
            f"({listed(probability.index[probability.isna()])}) are not in the sample "
            f"{sample.name!r}: their probability of being drawn is not known."
        )
    return 1 / probability.to_numpy(), "weighted by the probability of being drawn"


def _others(settings: EstimateSettings) -> tuple[str, ...]:
    """Name the columns without which a row is not complete."""
    return (*settings.effects, *([settings.weights] if settings.weights else []))


def _fitted(
    complete: DesignMatrix,
    table: pd.DataFrame,
    settings: EstimateSettings,
    weights: np.ndarray | None,
) -> tuple[Fit, list[str]]:
    """Fit the rows, with a note where they stand for unequal parts of a whole."""
    if settings.weights is None:
        return _weighted(complete, table, settings, weights)
    stands = corpus_weights(table.loc[complete.outcome.index, settings.weights], settings.weights)
    weights = stands if weights is None else weights * stands
    fitted, notes = _weighted(complete, table, settings, weights)
    return fitted, [*notes, worth_note(stands, settings.weights)]


def _weighted(
    complete: DesignMatrix,
    table: pd.DataFrame,
    settings: EstimateSettings,
    weights: np.ndarray | None,
) -> tuple[Fit, list[str]]:
    check_outcome(settings.model, complete.outcome.to_numpy(), complete.outcome.name)
    rows = table.loc[complete.outcome.index]
    clusters = None if settings.cluster is None else rows[settings.cluster]
    level, side = settings.level, settings.side
    if not settings.effects:
        if weights is None:
            fitted = fit(
                complete, settings.model, errors=settings.errors, clusters=clusters, level=level,
                side=side,
            )  # fmt: skip
            return fitted, list(fitted.notes)
        fitted = fit_weighted(
            complete, settings.model, weights, clusters=clusters, level=level, side=side
        )
        return fitted, list(fitted.notes)
    alone = singletons(within(rows, settings.effects))
    kept = complete.at(~alone)
    fitted = fit_absorbed(
        kept, within(rows[~alone], settings.effects), errors=settings.errors,
        clusters=None if clusters is None else clusters[~alone],
        weights=None if weights is None else weights[~alone], level=level, side=side,
    )  # fmt: skip
    if not alone.any():
        return fitted, list(fitted.notes)
    rows_alone = counted(int(alone.sum()), "row")
    group = f"a group of {listed(settings.effects)}"
    return fitted, [LeftOut(f"{rows_alone} alone in {group} left out."), *fitted.notes]


def _estimates(
    formula: Formula,
    settings: EstimateSettings,
    fitted: Fit,
    method: str,
    assumed: Sequence[str],
    notes: Sequence[str],
) -> Estimates:
    def labelled(table: pd.DataFrame | None) -> pd.DataFrame | None:
        if table is None:
            return None
        if settings.target == "corpus":
            table = table.assign(**dict.fromkeys(("se", "low", "high", "p"), np.nan))
        full = table.assign(method=method, n=fitted.n, assumes="; ".join(assumed))
        return full[list(COLUMNS)]

    rows = labelled(fitted.table)
    assert rows is not None
    return Estimates(
        rows=rows, formula=formula.text, model=settings.model, level=settings.level,
        notes=tuple(notes), quality=fitted.quality, effects=labelled(fitted.effects),
        side=settings.side, target=settings.target,
    )  # fmt: skip


def side_by_side(
    formula: Formula,
    variables: Variables,
    settings: EstimateSettings,
    *,
    gold: Codings,
    measure: Sequence[Codings],
    methods: Sequence[str] | None,
    names: Sequence[str],
    first_phase: Codings | None = None,
    coders: Codings | None = None,
) -> Estimates:
    """Estimate by several methods; `coders` are the codes that `gold` was settled from."""
    drawn = with_first_phase(sampled(variables, names, gold=gold, measure=measure), first_phase)
    possible = [name for name in METHODS if name != "first" or first_phase is not None]
    drawn = drawn if coders is None else with_coders(drawn, coders)
    if settings.join:
        variables, drawn = _joined(formula, variables, drawn, settings.join)
    request = _Request(formula, variables, settings, gold, drawn)
    by_method, notes = [], list(drawn.notes)
    by_cluster = clusters_of(first_phase or gold, variables.table.index) is not None
    if settings.cluster is None and by_cluster:
        notes.append("The images were drawn by cluster: give cluster= the column of the clusters.")
    for method in possible if methods is None else dict.fromkeys(methods):
        try:
            by_method.append(METHODS[method](request))
        except InputError as error:
            if methods is not None or method == "naive":
                raise
            notes.append(f"No {_NAMES[method]}: {error}")
    effects = [own.effects for own in by_method if own.effects is not None]
    said = [note for own in by_method for note in own.notes]
    return Estimates(
        rows=pd.concat([own.rows for own in by_method], ignore_index=True), formula=formula.text,
        model=settings.model, level=settings.level, target=settings.target,
        notes=tuple(dict.fromkeys([*said, *notes])), quality=None, side=settings.side,
        effects=pd.concat(effects, ignore_index=True) if effects else None,
    )  # fmt: skip


def _joined(
    formula: Formula, variables: Variables, drawn: Sampled, join: Sequence[str]
) -> tuple[Variables, Sampled]:
    """Join categories that nobody coded in what every method reads."""
    coded = drawn.table[list(drawn.predicted)].notna().all(axis=1).to_numpy()
    measures = dict(zip(drawn.predicted, drawn.prediction, strict=True))
    table, notes = joined(drawn.table, coded, formula, join=join, measures=measures)
    measured = {name: table[measures.get(name, name)] for name in join}
    return (
        replace(variables, table=variables.table.assign(**measured)),
        drawn._replace(table=table, notes=(*drawn.notes, *(f"{note}." for note in notes))),
    )


class _Request(NamedTuple):
    formula: Formula
    variables: Variables
    settings: EstimateSettings
    gold: Codings
    drawn: Sampled


def _naive(request: _Request) -> Estimates:
    return plain(request.formula, request.variables, request.settings, gold=None)


def _gold_only(request: _Request) -> Estimates:
    """Take the rows that people coded, weighted where the sample's probabilities differ."""
    drawn, settings = request.drawn, request.settings
    by_moments = settings.coder_error or drawn.coders or settings.target == "corpus"
    if by_moments or _few(request):
        return _gold_only_by_moments(request)
    coded = drawn.table[list(drawn.predicted)].notna().all(axis=1)
    rows = Variables(drawn.table[coded], {}, drawn.predicted, {})
    complete = design(request.formula, rows, cluster=settings.cluster, others=_others(settings))
    weights, drawing = None, "rows drawn for coding at random, with equal probability"
    if drawn.sample_prob is not None:
        weights = 1 / rows.table.loc[complete.outcome.index, drawn.sample_prob].to_numpy(float)
        drawing = "rows drawn for coding at random, weighted by their probabilities"
    fitted, notes = _fitted(complete, rows.table, settings, weights)
    assumed = [drawing, "what people coded is the truth", fitted.errors]
    return _estimates(request.formula, settings, fitted, "gold only", assumed, notes)


def _first_phase_only(request: _Request) -> Estimates:
    """Take the codes of the first phase for the truth."""
    drawn = request.drawn
    if not drawn.first_phase:
        raise InputError("methods=['first']: give first_phase= the codes of a first phase.")
    first = dict(zip(drawn.predicted, drawn.first_phase, strict=True))
    alone = drawn._replace(
        table=drawn.table.assign(**{name: drawn.table[own] for name, own in first.items()}),
        sample_prob=drawn.first_phase_prob, first_phase=(), first_phase_prob=None,
    )  # fmt: skip
    estimates = _gold_only(request._replace(drawn=alone))

    def named(table: pd.DataFrame) -> pd.DataFrame:
        truth = "what people coded is the truth"
        assumes = table["assumes"].str.replace(truth, "the codes of the first phase are the truth")
        return table.assign(method=_NAMES["first"], assumes=assumes)

    effects = None if estimates.effects is None else named(estimates.effects)
    return replace(estimates, rows=named(estimates.rows), effects=effects)


def _few(request: _Request) -> bool:
    """Tell whether few rows are coded; not where no measure can help to say what they missed."""
    drawn, settings = request.drawn, request.settings
    try:
        check_correctable(settings.model)
        prepared = prepare(
            request.formula.text, drawn.table, predicted=drawn.predicted,
            prediction=drawn.prediction, sample_prob=drawn.sample_prob, cluster=settings.cluster,
            fixed_effects=settings.effects or None, weights=settings.weights,
        )  # fmt: skip
    except InputError:
        return False
    return not prepared.effects and bool(few_coded(prepared))


def _gold_only_by_moments(request: _Request) -> Estimates:
    """Take the coded rows, with what allows for their small number and for errors of coders."""
    estimates = _corrected(request, ppi, tune=0.0)
    drawn = request.drawn
    coded = int(drawn.table[list(drawn.predicted)].notna().all(axis=1).sum())

    def named(table: pd.DataFrame) -> pd.DataFrame:
        assumes = table["assumes"].str.removesuffix("; lambda 0.00")
        return table.assign(method="gold only", n=coded, assumes=assumes)

    effects = None if estimates.effects is None else named(estimates.effects)
    return replace(estimates, rows=named(estimates.rows), effects=effects)


def _corrected(
    request: _Request, method: Callable[..., Estimates], **options: int | float | str
) -> Estimates:
    drawn, settings = request.drawn, request.settings
    return method(
        request.formula.text, drawn.table, predicted=drawn.predicted, prediction=drawn.prediction,
        model=settings.model, sample_prob=drawn.sample_prob, cluster=settings.cluster,
        fixed_effects=settings.effects or None, coder_error=settings.coder_error,
        target=settings.target, first_phase=drawn.first_phase,
        first_phase_prob=drawn.first_phase_prob,
        coders=drawn.coders, weights=settings.weights, level=settings.level,
        side=settings.side, **options,
    )  # fmt: skip


def _dsl(request: _Request) -> Estimates:
    chosen = request.settings
    return _corrected(
        request, dsl, folds=chosen.folds, repeats=chosen.repeats, learner=chosen.learner,
        seed=chosen.seed,
    )  # fmt: skip


def _ppi(request: _Request) -> Estimates:
    return _corrected(request, ppi, tune="each")


METHODS: dict[str, Callable[[_Request], Estimates]] = {
    "naive": _naive,
    "first": _first_phase_only,
    "gold": _gold_only,
    "dsl": _dsl,
    "ppi": _ppi,
}
_NAMES = {
    "naive": "naive",
    "first": "first phase only",
    "gold": "gold only",
    "dsl": "DSL",
    "ppi": "PPI++",
}
