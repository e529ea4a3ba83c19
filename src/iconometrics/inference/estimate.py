"""Regression by formula on metadata, themes and measured variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import pandas as pd

from iconometrics.coding import Codebook, Codings
from iconometrics.corpus.weights import check_weighted
from iconometrics.errors import InputError, warn
from iconometrics.inference.coder_error import over_errors
from iconometrics.inference.estimates import Estimates, LeftOut
from iconometrics.inference.formulas.formula import Formula, parse
from iconometrics.inference.formulas.variables import Variables, gather
from iconometrics.inference.regression.crossfit import Learner
from iconometrics.inference.regression.methods import METHODS, EstimateSettings, plain, side_by_side
from iconometrics.inference.regression.models import ERRORS, MODELS
from iconometrics.inference.regression.sampled import likeliest
from iconometrics.inference.regression.tables import LINEAR, check_correctable
from iconometrics.inference.undecided import ways_decided, widened
from iconometrics.options import Target, check_target, several
from iconometrics.stats.tails import Side, tails
from iconometrics.wording import listed

if TYPE_CHECKING:
    from iconometrics.themes import Themes

__all__ = ["estimate"]

_NO_MEASURE = (
    "{}: there is no measure that codes of people correct here. Give measure= and gold= of one "
    "variable."
)


def estimate(
    formula: str,
    data: pd.DataFrame,
    *,
    model: Literal["ols", "lpm", "logit", "poisson", "negbin"] = "ols",
    themes: Themes | pd.Series | None = None,
    measure: Codings | Sequence[Codings] | None = None,
    gold: Codings | None = None,
    first_phase: Codings | None = None,
    codebook: Codebook | None = None,
    methods: Sequence[str] | None = None,
    errors: Literal["robust", "classical", "conditional", "HC1", "HC3"] | None = None,
    cluster: str | None = None,
    fixed_effects: str | Sequence[str] | None = None,
    join: Sequence[str] = (),
    coder_error: float | Sequence[float] = 0.0,
    target: Target = "beyond",
    posterior: bool = False,
    weights: str | None = None,
    level: float = 0.95,
    side: Side = "two",
    folds: int = 5,
    repeats: int = 10,
    learner: Learner = "ridge",
    seed: int = 1,
) -> Estimates:
    """Regress an outcome on columns of the metadata, themes and measured variables.

    With a measure and a gold standard of the same variable, one table shows the methods side by
    side: "naive" (the measure taken for the truth), "gold only" (the images that people coded,
    weighted by the design of their sample), "DSL" and "PPI++" (all images, corrected).

    Images that people looked at and did not decide (`iconometrics.coding.undecided`) widen
    intervals and p-values: to the widest of all of them one way and all of them another.

    Parameters
    ----------
    formula
        Such as ``likes ~ protest + log1p(followers)``; `parse` says what is allowed.
    data
        One row per image, indexed by image id, such as ``corpus.metadata``.
    model
        "ols"; for an outcome of 0 and 1 "logit", or "lpm", the linear probability model;
        for counts "poisson", or "negbin", the negative binomial (NB2), whose counts spread wider.
    themes
        Themes by image id: the column ``theme``.
    measure
        Machine codings; each variable is a column.
    gold
        The gold standard, with its sample where it has one.
    first_phase
        Codes of a first phase, with its sample, such as students' codes of many images, where
        `gold` is what experts coded of a part of these, drawn at random
        (`iconometrics.coding.draw_second_phase`): whatever the first phase errs in is taken out.
    codebook
        Says which variables are nominal: where their codes are numbers other than 0 and 1, they
        are categories. Without it, text that can be read as numbers is, and a note says so.
    methods
        Of "naive", "first" (the codes of a first phase taken for the truth), "gold", "dsl" and
        "ppi"; by default all that can be had.
    errors
        "robust" (HC3; with fixed effects HC1; else the sandwich), "HC1", "HC3" or "classical";
        default: robust, for logit classical. The corrected methods are robust always. For negbin
        the sandwich and "classical" are of the full likelihood, with the overdispersion, and
        "conditional" takes the estimated overdispersion for known, as R's glm.nb does.
    cluster
        Column of accounts or events whose images are alike: errors by cluster.
    fixed_effects
        One or two columns whose groups get an intercept each; linear models only.
    join
        Columns whose categories of which nobody coded a row join the rarest that has some, of
        categories in order the nearest; they are refused elsewhere, as how far the measure errs
        there is not known.
    coder_error
        Share of images that people code wrong, either way and whatever else the images show
        (`iconometrics.validity.coder_error` estimates it from double coding); several make a
        table of each. For one measured variable of two values.
    target
        What the estimates are of: "beyond", further images like these, of which the data are a
        random draw; or "corpus", these images alone. Of a corpus that is there whole no interval
        is given; where people coded a part of it, intervals hold the chance of which.
    posterior
        Whether `gold` holds the codes of three people or more, unsettled, whose errors are
        estimated (Dawid and Skene): each category counts by how likely it is. For one measured
        variable.
    weights
        Column of how many images of a wider whole each image of the data stands for, such as one
        over the probability with which a platform's interface, or a draw of accounts by strata,
        gave it. Coefficients are then of that whole, and errors robust.
    level
        Confidence level.
    side
        "two"; "lower" or "upper" for one bound alone, with its one-sided p.
    folds, repeats, learner, seed
        Cross-fitting of "dsl", as in `dsl`.

    Returns
    -------
    Estimates
        One row per coefficient and method, with assumptions.

    Raises
    ------
    InputError
        If formula or data do not allow an estimate; it names the column.

    Examples
    --------
    >>> data = pd.DataFrame({"likes": [1, 3, 2, 6], "faces": [0, 1, 1, 2]}, index=list("abcd"))
    >>> estimate("likes ~ faces", data, errors="classical").table()["estimate"].round(3).tolist()
    [0.5, 2.5]
    """
    effects, joining = several(fixed_effects), several(join)
    settings = EstimateSettings(
        model, _errors(model, errors), cluster, effects, joining, level, side, folds,
        repeats, learner, seed, 0.0, target, weights,
    )  # fmt: skip
    _check(settings, methods, errors)
    measures = [measure] if isinstance(measure, Codings) else list(measure or ())
    if posterior and (gold is None or not measures):
        raise InputError(_NO_MEASURE.format("posterior=True"))

    def once(codes: Codings | None, error: float) -> tuple[Estimates, Formula]:
        coders = codes if posterior else None
        if codes is not None and posterior:
            codes = likeliest(codes, [name for own in measures for name in own.variables])
        variables = gather(data, themes=themes, measure=measures, gold=codes, codebook=codebook)
        chosen = settings._replace(coder_error=error)
        return _once(
            formula, variables, chosen, gold=codes, measure=measures, methods=methods,
            first_phase=first_phase, coders=coders,
        )  # fmt: skip

    def widest(error: float) -> Estimates:
        estimates, read = once(gold, error)
        if gold is None:
            return estimates
        coded = [name for name in read.columns if name in gold.variables]
        ways = [once(codes, error)[0] for codes in ways_decided(gold, coded)]
        return widened(estimates, ways, gold=gold, names=coded) if ways else estimates

    estimates = over_errors(widest, coder_error)
    for note in estimates.notes:
        if isinstance(note, LeftOut):
            warn(note)
    return estimates


def _once(
    formula: str,
    variables: Variables,
    settings: EstimateSettings,
    *,
    gold: Codings | None,
    measure: Sequence[Codings],
    methods: Sequence[str] | None,
    first_phase: Codings | None,
    coders: Codings | None,
) -> tuple[Estimates, Formula]:
    """Estimate with one set of codes."""
    read = parse(formula, variables.table.columns)
    _check_columns(variables, settings)
    names = _correctable(read, variables, gold, methods)
    if names and not set(methods or METHODS) <= {"naive", "gold"}:
        check_correctable(settings.model)
    if names and gold is not None:
        estimates = side_by_side(
            read, variables, settings, gold=gold, measure=measure, methods=methods, names=names,
            first_phase=first_phase, coders=coders,
        )  # fmt: skip
        return estimates, read
    if first_phase is not None or coders is not None:
        option = "posterior=True" if first_phase is None else "first_phase="
        raise InputError(_NO_MEASURE.format(option))
    if settings.coder_error:
        raise InputError(
            f"coder_error={settings.coder_error!r}: there is no measure that codes of people "
            "correct, so their errors are not taken out. Give measure= and gold= of one variable."
        )
    if settings.join:
        raise InputError(
            f"join={list(settings.join)}: no measure is corrected by codes of people here, so no "
            "category lacks them. Leave join= out."
        )
    return plain(read, variables, settings, gold=gold), read


def _errors(model: str, errors: str | None) -> str:
    return errors or ("classical" if model == "logit" else "robust")


def _check(settings: EstimateSettings, methods: Sequence[str] | None, errors: str | None) -> None:
    if settings.model not in MODELS:
        raise InputError(
            f"model={settings.model!r}: expected one of {listed(map(repr, MODELS), 5)}."
        )
    if settings.errors not in ERRORS:
        raise InputError(
            f"errors={settings.errors!r}: expected one of {listed(map(repr, ERRORS), 5)}; for "
            "errors by cluster give cluster= the column."
        )
    if settings.errors == "conditional" and settings.model != "negbin":
        raise InputError(
            f"errors='conditional' with model={settings.model!r}: it takes the overdispersion for "
            "known, which only model='negbin' estimates. Use errors='classical'."
        )
    tails(settings.level, settings.side)
    check_target(settings.target)
    _check_weights(settings.weights, settings.target, errors)
    if settings.effects and settings.model not in LINEAR:
        instead = {
            "negbin": "model='poisson' with C(column) in the formula: it has the same mean, and "
            "its robust errors allow for counts that spread wider"
        }.get(settings.model, "model='lpm', or put C(column) into the formula")
        raise InputError(
            f"fixed_effects with model={settings.model!r}: only linear models take group means "
            f"out. Use {instead}."
        )
    unknown = [name for name in methods or () if name not in METHODS]
    if unknown or (methods is not None and not len(methods)):
        raise InputError(
            f"methods={list(methods or ())}: expected some of {listed(map(repr, METHODS), 5)}."
        )


def _check_weights(weights: str | None, target: Target, errors: str | None) -> None:
    check_weighted(weights, target)
    if weights is not None and errors in ("classical", "conditional"):
        raise InputError(
            f"errors={errors!r} with weights={weights!r}: where images stand for unequal parts of "
            "the whole, errors are of unequal spread. Leave errors= out, or give cluster=."
        )


def _check_columns(variables: Variables, settings: EstimateSettings) -> None:
    wanted = [("fixed_effects", name) for name in settings.effects]
    wanted += [("cluster", settings.cluster)] if settings.cluster is not None else []
    wanted += [("weights", settings.weights)] if settings.weights is not None else []
    for option, name in wanted:
        if name not in variables.table:
            raise InputError(
                f"{option}={name!r}: no such column; there are "
                f"{listed(variables.table.columns, 12)}."
            )


def _correctable(
    formula: Formula, variables: Variables, gold: Codings | None, methods: Sequence[str] | None
) -> list[str]:
    """Name the measured columns, if people coded a part of all of them."""
    names = [name for name in formula.columns if name in variables.measured]
    missing = [name for name in names if gold is None or name not in gold.variables]
    if names and not missing:
        return names
    if methods is not None and set(methods) != {"naive"}:
        why = f"the gold standard has no {missing[0]!r}" if missing else "nothing is measured"
        raise InputError(
            f"methods={list(methods)}: {why}, so there is nothing to correct by. Give measure= and "
            "gold= codes of the same variable."
        )
    return []
