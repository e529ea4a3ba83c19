"""Prediction-powered inference: as much of the predictions as makes the interval narrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.estimates import Estimates
from iconometrics.inference.formulas.numbers import as_numbers
from iconometrics.inference.regression.crossfit import crossfitted
from iconometrics.inference.regression.few_clusters import FewClusters, each_of
from iconometrics.inference.regression.few_codes import (
    Moves,
    few_coded,
    few_note,
    movements,
    predicts_twofold,
    spread,
)
from iconometrics.inference.regression.fixed_effects import centered, widened
from iconometrics.inference.regression.mean_noise import (
    check_settled,
    has_mean_noise,
    without_mean_noise,
)
from iconometrics.inference.regression.moments import (
    LINKS,
    Link,
    PairedRows,
    influences,
    jacobian,
    solve,
)
from iconometrics.inference.regression.phased_ppi import (
    Shares,
    fitted_phases,
    tuned_phases,
)
from iconometrics.inference.regression.prepared import Prepared, column_names, prepare
from iconometrics.inference.regression.tables import (
    LINEAR,
    by_cluster,
    corrected,
    drawn_by,
    effects_of,
    independent,
    settled,
    tabled,
    turned,
)
from iconometrics.inference.regression.target import left_open, slopes_by_cluster, target_moments
from iconometrics.options import Target, check_target, generator
from iconometrics.stats.linear import few_degrees, summed
from iconometrics.stats.tails import Side
from iconometrics.wording import as_text, listed

__all__ = ["ppi"]


def ppi(
    formula: str,
    data: pd.DataFrame,
    *,
    predicted: Sequence[str],
    prediction: Sequence[str],
    model: str = "ols",
    sample_prob: str | None = None,
    cluster: str | None = None,
    fixed_effects: str | Sequence[str] | None = None,
    tune: float | str = "overall",
    join: Sequence[str] = (),
    coder_error: float = 0.0,
    target: Target = "beyond",
    first_phase: Sequence[str] = (),
    first_phase_prob: str | None = None,
    coders: Sequence[str] = (),
    weights: str | None = None,
    level: float = 0.95,
    side: Side = "two",
) -> Estimates:
    """Regress on predictions for all rows, rectified by the rows that people coded.

    How much of the predictions is used (lambda, 0 to 1) is tuned, so that bad predictions cost
    next to nothing against the coded rows alone.

    Parameters
    ----------
    formula
        With the names of the predicted columns; ``smile ~ 1`` is a mean.
    data
        One row per unit; images or not.
    predicted
        Columns that people coded for some rows, missing elsewhere: outcome, regressors or both.
    prediction
        Columns that a machine measured for all rows, in the order of `predicted`.
    model
        "ols", "lpm" (linear, outcome 0 or 1), "logit" or "poisson".
    sample_prob
        Column with each row's probability of being drawn for coding; None if it was equal.
    cluster
        Column of units that belong together.
    fixed_effects
        One or two columns whose groups get an intercept each; linear models only.
    tune
        "overall" for the least sum of variances (PPI++), in which coefficients count by the units
        of their columns; the name of a term for the least
        variance of its coefficient; "each" for that of every coefficient, each with a lambda of
        its own; a number for that lambda: 1 is the first PPI, 0 the coded rows alone.
    join
        Columns whose categories of which nobody coded a row join the rarest that has some, of
        categories in order the nearest; they are refused elsewhere, as how far the measure errs
        there is not known.
    coder_error
        Share of images that people code wrong, either way and whatever else the images show; of
        one predicted column with two values.
    target
        What the estimates are of: "beyond", further rows like these, or "corpus", these rows
        alone, of which those that were coded leave nothing open.
    first_phase
        Columns that hold codes of a first phase, one for each predicted column: those of many rows,
        coded by people who may err, of which the rows coded in `predicted` are a part, drawn at
        random (`iconometrics.coding.draw_second_phase`).
    first_phase_prob
        Column with each row's probability of being drawn for the first phase; None if it was
        equal. `sample_prob` is then that of both phases together.
    coders
        Columns of what each of three or more coders said, of one predicted column, which need not
        be there: every category counts by how likely it is (Dawid and Skene).
    weights
        Column of how many of a wider whole each row stands for, such as one over the probability
        with which it came into the data; None where all stand for as many.
    level
        Confidence level.
    side
        "two"; "lower" or "upper" for one bound alone, with its one-sided p.

    Returns
    -------
    Estimates
        One row per coefficient, method "PPI++" ("PPI" where lambda is 1 by choice).

    Raises
    ------
    InputError
        If a column is missing or unfit, or too few rows are coded; it names the column.

    Notes
    -----
    Angelopoulos, A. N., Bates, S., Fannjiang, C., Jordan, M. I. and Zrnic, T. (2023).
    Prediction-powered inference. Science 382, 669-674; Angelopoulos, A. N., Duchi, J. C. and
    Zrnic, T. (2023). PPI++: efficient prediction-powered inference. arXiv:2311.01453.

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> truth = random.normal(size=2000)
    >>> data = pd.DataFrame({"smile": truth, "machine": truth + random.normal(size=2000)})
    >>> data.loc[300:, "smile"] = None
    >>> found = ppi("smile ~ 1", data, predicted=["smile"], prediction=["machine"]).table()
    >>> bool(found["low"][0] < truth.mean() < found["high"][0])
    True
    """
    settled(model, level, side=side, fixed_effects=fixed_effects)
    check_target(target)
    predicted = column_names(predicted, "predicted")
    prediction = column_names(prediction, "prediction")
    if len(predicted) != len(prediction):
        raise InputError(
            f"{len(predicted)} predicted and {len(prediction)} predictions: expected one "
            "prediction for each predicted column, in the same order."
        )
    prepared = prepare(
        formula, data, predicted=predicted, prediction=prediction, sample_prob=sample_prob,
        cluster=cluster, fixed_effects=fixed_effects, join=join, coder_error=coder_error,
        target=target, coders=coders, first_phase_prob=first_phase_prob,
        first_phase=() if tune == 0 else first_phase, weights=weights,
    )  # fmt: skip
    terms, rows, rules = prepared.versions(_values(prepared), _first_values(prepared))
    prepared.check_outcome(model, rows)
    few = few_coded(prepared)
    chance = _chance(prepared) if few and predicts_twofold(prepared, rows) else None
    problem = _Problem(terms, rows, model, bool(few), chance)
    fit = _chosen(prepared, problem, tune)
    used = _used(fit)
    tuned = isinstance(tune, str)
    clusters, clusters_note = by_cluster(prepared, fit.clusters, tuned=tuned)
    table, effects = tabled(
        prepared, fit.terms, (fit.beta, fit.cov), effect=fit.effect, level=level, side=side,
        df=fit.df, few=clusters, method="PPI" if tune == 1 else "PPI++", model=model,
        assumes=f"{drawn_by(prepared, sample_prob)}; {independent(prepared)}; {used}",
    )  # fmt: skip
    table = table.assign(estimate=fit.point)
    return corrected(
        prepared, table, effects=effects, model=model, level=level, side=side,
        rules=[*rules, *few_note(few, bootstrapped=bool(clusters_note)), *clusters_note],
    )  # fmt: skip


def _chosen(prepared: Prepared, problem: _Problem, tune: float | str) -> _Tuned:
    """Fit in the way that suits the rows."""
    if tune != 0 and problem.model in LINEAR and has_mean_noise(prepared, problem.rows):
        return _blended(prepared, problem, tune)
    if problem.rows.first is not None:
        return _phased(prepared, problem, tune)
    return _each(prepared, problem) if tune == "each" else _tuned(prepared, problem, tune)


def _used(fit: _Tuned) -> str:
    """Say how much of the predictions is used."""
    first = fit.first_shares and f" of the measure, {_span(fit.first_shares)} of the first phase"
    return f"lambda {_span(fit.shares)}{first or ''}"


class _Problem(NamedTuple):
    terms: list[str]
    rows: PairedRows
    model: str
    few: bool
    chance: np.ndarray | None


class _Tuned(NamedTuple):
    terms: list[str]
    beta: np.ndarray
    cov: np.ndarray
    effect: tuple[np.ndarray, np.ndarray]
    shares: list[float]
    point: np.ndarray
    df: np.ndarray
    first_shares: tuple[float, ...] = ()
    clusters: FewClusters | None = None


def _span(shares: Sequence[float]) -> str:
    low, high = f"{min(shares):.2f}", f"{max(shares):.2f}"
    return low if low == high else f"by coefficient, {low} to {high}"


def _values(prepared: Prepared) -> dict[str, np.ndarray]:
    """Read predictions in the kind of what they predict."""
    values = {}
    for name, by in zip(prepared.predicted, prepared.prediction, strict=True):
        target = prepared.targets()[name]
        column = prepared.table[by]
        if isinstance(target.dtype, pd.CategoricalDtype):
            values[name] = as_text(column).str.strip().to_numpy()
        else:
            read = as_numbers(column)
            if not read.is_number:
                raise InputError(
                    f"prediction={by!r} is text ({listed(map(repr, read.values.cat.categories))}), "
                    f"but {name!r} is numbers: expected the same kind."
                )
            values[name] = read.values.to_numpy(float)
    return values


def _first_values(prepared: Prepared) -> dict[str, np.ndarray] | None:
    """Read the codes of a first phase in the kind of what they are a part of."""
    phase = prepared.first_phase
    if phase is None:
        return None
    table = prepared.table.assign(**{
        by: prepared.table[first].where(phase.coded, prepared.table[by])
        for by, first in zip(prepared.prediction, phase.columns, strict=True)
    })  # fmt: skip
    return _values(replace(prepared, table=table))


def _chance(prepared: Prepared) -> np.ndarray:
    """Learn the probability of a one from the measure, and from the codes of a first phase."""
    folds = int(np.clip(prepared.coded.sum() // 2, 2, 5))
    rows = next(crossfitted(prepared, (), folds=folds, seed=generator(1)))[1]
    return rows.y_hat if rows.first is None else rows.more[0].y


def _blended(prepared: Prepared, problem: _Problem, tune: float | str) -> _Tuned:
    """Weigh the fit with all predictions, less the noise of means, against that of coded rows.

    Between the two the weights of a group would depend on who was coded in it.
    """
    terms, rows = centered(problem.terms, problem.rows, prepared.effects)
    rows = without_mean_noise(prepared, rows)
    whole, bread, moved = _moved(prepared, problem, rows, share=1.0)
    check_settled(prepared, rows, bread, terms=terms)
    alone = problem.rows if rows.first is None else problem.rows._replace(more=(), first=None)
    rows = centered(problem.terms, alone, prepared.effects, share=0.0)[1]
    coded, _, moved_coded = _moved(prepared, problem, rows, share=0.0)
    shares = _shares(terms, moved, moved_coded, tune)
    moved = shares * moved + (1 - shares) * moved_coded
    beta = shares * whole + (1 - shares) * coded
    cov = widened(moved.T @ moved, prepared.effects, prepared.clusters, rows=len(prepared.coded))
    df = few_degrees(np.diag(cov), moved) if problem.few else np.full(len(beta), np.inf)
    return _Tuned(terms, beta, cov, (beta, cov), shares.tolist(), beta, df)


def _moved(
    prepared: Prepared, problem: _Problem, rows: PairedRows, *, share: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fit with all predictions or none: coefficients, bread, how far each cluster moves them."""
    link = LINKS[problem.model]
    beta = solve(rows, link, share=share)
    bread = np.linalg.inv(jacobian(rows, link, beta, share=share))
    moments = target_moments(prepared, rows, beta, link=link, share=share)
    moves = Moves(beta, bread, moments, rows.y_hat, left_open(prepared))
    moved = movements(rows, moves, model=problem.model, few=problem.few)
    sums, factor = summed(moved, prepared.clusters)
    return rows.back @ beta, bread, np.sqrt(factor) * sums


def _shares(
    terms: list[str], moved: np.ndarray, moved_coded: np.ndarray, tune: float | str
) -> np.ndarray:
    """Find how much of one fit against another makes coefficients vary least."""
    if not isinstance(tune, str):
        return np.full(len(terms), _checked(tune))
    down = ((moved - moved_coded) ** 2).sum(axis=0)
    gain = ((moved_coded - moved) * moved_coded).sum(axis=0)
    if tune != "each":
        places = slice(None) if tune == "overall" else [_place(terms, tune)]
        down, gain = (np.full(len(terms), part[places].sum()) for part in (down, gain))
    shares = np.divide(gain, down, out=np.ones(len(terms)), where=down > 0)
    return np.asarray(np.clip(shares, 0, 1))


def _checked(tune: float) -> float:
    if not 0 <= tune <= 1:
        raise InputError(
            f"tune={tune!r}: expected a number from 0 to 1, a term, 'each' or 'overall'."
        )
    return float(tune)


def _place(terms: list[str], tune: str) -> int:
    if tune not in terms:
        raise InputError(
            f"tune={tune!r}: expected 'overall', 'each' or a term ({listed(terms, 12)})."
        )
    return terms.index(tune)


def _tuned(prepared: Prepared, problem: _Problem, tune: float | str) -> _Tuned:
    """Fit with all of the predictions, tune, fit, tune again, fit."""
    point = None
    if isinstance(tune, str):
        first = _begun(prepared, problem, tune)
        point = _fitted(prepared, problem, first)[2]
        share = _best(prepared, problem, first, tune)
    else:
        share = _checked(tune) * _most(prepared)
    terms, rows, beta, bread = _fitted(prepared, problem, share)
    model, fitted = problem.model, LINKS[problem.model].mean(rows.x_hat @ beta)
    moments = _centered(prepared, rows, model, beta, share)
    about = fitted + share * (rows.y_hat - fitted)
    whole = _whole(prepared, share)
    slopes = slopes_by_cluster(prepared, rows, beta, link=LINKS[model], share=whole)
    moves = Moves(beta, bread, moments, about, left_open(prepared), slopes)
    cov, df, clusters = spread(
        prepared, rows, moves, model=model, few=problem.few, chance=problem.chance
    )
    effect = effects_of(rows, model, (beta, cov), share=min(share, 1.0))
    point = rows.back @ (beta if point is None else point)
    (beta, cov), effect = turned(rows.back, (beta, cov)), turned(rows.back, effect)
    shares = [share / _most(prepared)]
    return _Tuned(terms, beta, cov, effect, shares, point, df, clusters=clusters)


def _begun(prepared: Prepared, problem: _Problem, tune: str) -> float:
    """Tune at a lambda of 1, or at 0 where so much of the predictions settles no coefficients."""
    try:
        _fitted(prepared, problem, _most(prepared))
    except InputError:
        return _best(prepared, problem, 0.0, tune)
    return _best(prepared, problem, _most(prepared), tune)


def _phased(prepared: Prepared, problem: _Problem, tune: float | str) -> _Tuned:
    """Tune how much is used of the measure and of the codes of a first phase."""
    terms, rows = centered(problem.terms, problem.rows, prepared.effects)
    if tune == "each":
        return _one_by_one([_phased(prepared, problem, term) for term in terms])
    if isinstance(tune, str):
        places = None if tune == "overall" else [_place(terms, tune)]
        fit = tuned_phases(prepared, rows, problem.model, places=places)
    else:
        share = _checked(tune)
        fit = fitted_phases(rows, problem.model, shares=Shares(share, share))
    slopes = slopes_by_cluster(
        prepared, fit.rows, fit.beta, link=LINKS[problem.model], share=fit.shares.measure
    )
    moves = Moves(fit.beta, fit.bread, fit.moments, fit.expected, left_open(prepared), slopes)
    cov, df, clusters = spread(
        prepared, fit.rows, moves, model=problem.model, few=problem.few, chance=problem.chance
    )
    effect = effects_of(fit.rows, problem.model, (fit.beta, cov), share=fit.shares.measure)
    (beta, cov), effect = turned(rows.back, (fit.beta, cov)), turned(rows.back, effect)
    share, first = fit.shares
    return _Tuned(terms, beta, cov, effect, [share], beta, df, (first,), clusters)


def _each(prepared: Prepared, problem: _Problem) -> _Tuned:
    """Tune for one coefficient after the other, and take each from its own lambda."""
    terms = centered(problem.terms, problem.rows, prepared.effects)[0]
    return _one_by_one([_tuned(prepared, problem, term) for term in terms])


def _one_by_one(fits: Sequence[_Tuned]) -> _Tuned:
    """Take each coefficient from its own fit."""

    def variances(covs: list[np.ndarray]) -> np.ndarray:
        return np.diag([cov[place, place] for place, cov in enumerate(covs)])

    effects = np.array([fit.effect[0][place] for place, fit in enumerate(fits)])
    return _Tuned(
        terms=fits[0].terms,
        beta=np.array([fit.beta[place] for place, fit in enumerate(fits)]),
        cov=variances([fit.cov for fit in fits]),
        effect=(effects, variances([fit.effect[1] for fit in fits])),
        shares=[fit.shares[0] for fit in fits],
        point=np.array([fit.point[place] for place, fit in enumerate(fits)]),
        df=np.array([fit.df[place] for place, fit in enumerate(fits)]),
        first_shares=tuple(share for fit in fits for share in fit.first_shares),
        clusters=each_of([fit.clusters for fit in fits]),
    )


def _most(prepared: Prepared) -> float:
    """Give the weight of predictions that is a lambda of 1 between coded and other rows."""
    equal = prepared.equal and prepared.target == "beyond"
    return float(1 / (1 - prepared.coded.mean())) if equal else 1.0


def _fitted(
    prepared: Prepared, problem: _Problem, share: float
) -> tuple[list[str], PairedRows, np.ndarray, np.ndarray]:
    """Solve for one lambda; the bread is that of all rows, as they are and as they are coded."""
    link = LINKS[problem.model]
    terms, rows = centered(problem.terms, problem.rows, prepared.effects, share=share)
    added = _is_added(prepared, problem)
    beta = _added(rows, share) if added else solve(rows, link, share=share)
    whole = _whole(prepared, share)
    return terms, rows, beta, np.linalg.inv(jacobian(rows, link, beta, share=whole))


def _whole(prepared: Prepared, share: float) -> float:
    """Give how much of the predictions the derivatives of the moments hold."""
    return share if prepared.effects or not share else 1.0


def _is_added(prepared: Prepared, problem: _Problem) -> bool:
    """Tell whether only the outcome of a linear model is predicted, under equal probabilities."""
    rows, there = problem.rows, prepared.coded
    linear = problem.model in ("ols", "lpm") and not prepared.effects and _plain(prepared)
    return linear and not rows.more and bool(np.array_equal(rows.x[there], rows.x_hat[there]))


def _added(rows: PairedRows, share: float) -> np.ndarray:
    """Add the regression of predictions in the other rows and that of their errors in the coded."""
    there = rows.weight > 0
    tuned = share * (1 - there.mean())
    errors = rows.y[there] - tuned * rows.y_hat[there]
    rectifier = np.linalg.lstsq(rows.x[there], errors, rcond=None)[0]
    imputed = np.linalg.lstsq(rows.x_hat[~there], tuned * rows.y_hat[~there], rcond=None)[0]
    return np.asarray(rectifier + imputed)


def _best(prepared: Prepared, problem: _Problem, share: float, tune: str) -> float:
    """Find the lambda of least variance, given the coefficients at another."""
    terms, rows, beta, bread = _fitted(prepared, problem, share)
    bread = rows.back @ bread
    if tune != "overall":
        bread = bread[[_place(terms, tune)]]
    link = LINKS[problem.model]
    if prepared.target == "corpus":
        return _best_of_corpus(prepared, rows, bread, link=link, beta=beta)
    coded = influences(rows, link, beta, share=0.0)
    predicted = influences(rows, link, beta, share=1.0) - coded
    if _plain(prepared):
        return _closed_form(prepared.coded, coded, predicted, rows.weight, bread)
    coded, predicted = (summed(part, prepared.clusters)[0] for part in (coded, predicted))
    shared = float(np.trace(bread @ (coded.T @ predicted) @ bread.T))
    spread = float(np.trace(bread @ (predicted.T @ predicted) @ bread.T))
    return float(np.clip(-shared / spread, 0, 1)) if spread > 0 else 0.0


def _best_of_corpus(
    prepared: Prepared, rows: PairedRows, bread: np.ndarray, *, link: Link, beta: np.ndarray
) -> float:
    """Tune for the chance in which rows were coded, the only one there is."""
    coded, whole = (
        summed(target_moments(prepared, rows, beta, link=link, share=share), prepared.clusters)[0]
        @ bread.T
        for share in (0.0, 1.0)
    )
    down = float(((coded - whole) ** 2).sum())
    return float(np.clip(((coded - whole) * coded).sum() / down, 0, 1)) if down > 0 else 0.0


def _plain(prepared: Prepared) -> bool:
    return prepared.equal and prepared.clusters is None


def _closed_form(
    there: np.ndarray,
    coded: np.ndarray,
    predicted: np.ndarray,
    weight: np.ndarray,
    bread: np.ndarray,
) -> float:
    """Tune as PPI++ does where all rows were as likely to be coded."""
    truth = coded[there] / weight[there][:, None]
    guess = predicted / (1 - weight)[:, None]
    n, others = len(truth), len(there) - there.sum()
    shared = 2 * (truth - truth.mean(axis=0)).T @ (guess[there] - guess[there].mean(axis=0)) / n
    shared = (shared + shared.T) / 2
    ordered = np.vstack([guess[there], guess[~there]])
    spread = 2 * (1 + n / others) * np.atleast_2d(np.cov(ordered.T))
    down = float(np.trace(bread @ spread @ bread.T))
    best = float(np.trace(bread @ shared @ bread.T)) / down if down > 0 else 0.0
    return float(np.clip(best, 0, 1) * len(there) / others)


def _centered(
    prepared: Prepared, rows: PairedRows, model: str, beta: np.ndarray, share: float
) -> np.ndarray:
    """Center the moments on what the weighting settles."""
    link, there = LINKS[model], prepared.coded
    if prepared.target == "corpus":
        return target_moments(prepared, rows, beta, link=link, share=share)
    moments = influences(rows, link, beta, share=share)
    if _plain(prepared):
        few = 1 if moments.shape[1] > 1 else 0
        for part in (there, ~there):
            scale = np.sqrt(part.sum() / max(part.sum() - few, 1))
            moments[part] = (moments[part] - moments[part].mean(axis=0)) * scale
        return moments
    guess = (
        influences(rows, link, beta, share=1.0) - influences(rows, link, beta, share=0.0)
    ) * share
    guess = np.divide(guess, (1 - rows.weight)[:, None], where=(rows.weight != 1)[:, None],
                      out=np.zeros_like(guess))  # fmt: skip
    coded, others = rows.parts(1.0)
    off = (moments - guess)[there].sum(axis=0) / coded[there].sum()
    return np.asarray(moments + others[:, None] * off)
