"""Design-based supervised learning: measured variables, corrected by the codes of people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.inference.estimates import Estimates
from iconometrics.inference.regression.crossfit import Learner, check_folds, crossfitted
from iconometrics.inference.regression.few_clusters import FewClusters
from iconometrics.inference.regression.few_codes import (
    Moves,
    few_coded,
    few_note,
    predicts_twofold,
    spread,
)
from iconometrics.inference.regression.fixed_effects import centered
from iconometrics.inference.regression.mean_noise import check_settled, without_mean_noise
from iconometrics.inference.regression.moments import (
    LINKS,
    PairedRows,
    jacobian,
    solve,
)
from iconometrics.inference.regression.prepared import Prepared, prepare
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
from iconometrics.stats.tails import Side

__all__ = ["dsl"]


def dsl(
    formula: str,
    data: pd.DataFrame,
    *,
    predicted: Sequence[str],
    prediction: Sequence[str],
    model: str = "ols",
    sample_prob: str | None = None,
    cluster: str | None = None,
    fixed_effects: str | Sequence[str] | None = None,
    features: Sequence[str] = (),
    folds: int = 5,
    repeats: int = 10,
    learner: Learner = "ridge",
    join: Sequence[str] = (),
    coder_error: float = 0.0,
    target: Target = "beyond",
    first_phase: Sequence[str] = (),
    first_phase_prob: str | None = None,
    coders: Sequence[str] = (),
    weights: str | None = None,
    level: float = 0.95,
    side: Side = "two",
    seed: int = 1,
) -> Estimates:
    """Regress on variables that a machine measured for all rows and people coded for a sample.

    However wrong the machine is, and whatever its errors depend on, the estimate is that of the
    regression on people's codes of all rows; what the machine gets right makes it more precise.

    Parameters
    ----------
    formula
        With the names of the predicted columns, such as ``likes ~ protest + followers``.
    data
        One row per unit; images or not.
    predicted
        Columns that people coded for some rows, missing elsewhere: outcome, regressors or both.
    prediction
        Columns that a machine measured for all rows.
    model
        "ols", "lpm" (linear, outcome 0 or 1), "logit" or "poisson".
    sample_prob
        Column with each row's probability of being drawn for coding; None if it was equal.
    cluster
        Column of units that belong together: errors and folds by cluster.
    fixed_effects
        One or two columns whose groups get an intercept each; linear models only.
    features
        Further columns that the learner may use beside the predictions.
    folds
        Parts that predictions are cross-fitted over.
    repeats
        Divisions into folds; the median is reported.
    learner
        What the predictions are fitted by: "ridge", or "forest", a random forest, for a measure
        whose relation to the codes bends in more ways; slower.
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
    seed
        Names the divisions.

    Returns
    -------
    Estimates
        One row per coefficient, method "DSL"; p is two-sided unless `side` says otherwise.

    Raises
    ------
    InputError
        If a column is missing or unfit, or too few rows are coded; it names the column.

    Notes
    -----
    Egami, N., Hinck, M., Stewart, B. M. and Wei, H. (2023). Using imperfect surrogates for
    downstream inference: design-based supervised learning for social science applications of
    large language models. Advances in Neural Information Processing Systems 36. The default
    learner is a ridge regression on the predictions, bends of them, and the further columns.

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> truth = random.normal(size=2000)
    >>> data = pd.DataFrame({"smile": truth, "machine": truth + random.normal(size=2000)})
    >>> data["likes"] = 2 * data["smile"] + random.normal(size=2000)
    >>> data.loc[300:, "smile"] = None
    >>> found = dsl("likes ~ smile", data, predicted=["smile"], prediction=["machine"], repeats=2)
    >>> bool(abs(found.table()["estimate"][1] - 2) < 0.2)
    True
    """
    settled(model, level, side=side, fixed_effects=fixed_effects)
    check_target(target)
    prepared = prepare(
        formula, data, predicted=predicted, prediction=prediction, sample_prob=sample_prob,
        cluster=cluster, fixed_effects=fixed_effects, features=features, join=join,
        coder_error=coder_error, target=target, first_phase=first_phase,
        first_phase_prob=first_phase_prob, coders=coders, weights=weights,
    )  # fmt: skip
    check_folds(prepared, folds=folds, repeats=repeats, learner=learner)
    random, few = generator(seed), few_coded(prepared)
    divisions = crossfitted(
        prepared, features, folds=folds, seed=random, learner=learner, repeats=repeats
    )
    fits = [_once(prepared, model, *division, few=bool(few)) for division in divisions]
    beta, cov = _combined([fit.beta for fit in fits], [fit.cov for fit in fits])
    effect = _combined([fit.effect[0] for fit in fits], [fit.effect[1] for fit in fits])
    df = np.median([fit.df for fit in fits], axis=0)
    clusters, clusters_note = by_cluster(prepared, fits[0].clusters)
    rows, effects = tabled(
        prepared, fits[0].terms, (beta, cov), effect=effect, method="DSL", model=model,
        level=level, side=side, df=df, few=clusters,
        assumes=f"{drawn_by(prepared, sample_prob)}; {independent(prepared)}",
    )  # fmt: skip
    return corrected(
        prepared, rows, effects=effects, model=model, level=level, side=side,
        rules=[*fits[0].rules, *few_note(few, bootstrapped=bool(clusters_note)), *clusters_note],
    )  # fmt: skip


class _Fit(NamedTuple):
    terms: list[str]
    beta: np.ndarray
    cov: np.ndarray
    effect: tuple[np.ndarray, np.ndarray]
    df: np.ndarray
    rules: tuple[str, ...]
    clusters: FewClusters | None


def _once(
    prepared: Prepared,
    model: str,
    terms: list[str],
    rows: PairedRows,
    rules: tuple[str, ...],
    *,
    few: bool,
) -> _Fit:
    prepared.check_outcome(model, rows)
    link = LINKS[model]
    terms, rows = centered(terms, rows, prepared.effects)
    if model in LINEAR:
        rows = without_mean_noise(prepared, rows)
    beta = solve(rows, link)
    bread = np.linalg.inv(jacobian(rows, link, beta))
    check_settled(prepared, rows, bread, terms=terms)
    expected = rows.y_hat if rows.first is None else rows.more[0].y
    moments = target_moments(prepared, rows, beta, link=link)
    slopes = slopes_by_cluster(prepared, rows, beta, link=link)
    moves = Moves(beta, bread, moments, expected, left_open(prepared), slopes)
    chance = expected if few and predicts_twofold(prepared, rows) else None
    cov, df, clusters = spread(prepared, rows, moves, model=model, few=few, chance=chance)
    effect = turned(rows.back, effects_of(rows, model, (beta, cov), share=1.0))
    return _Fit(terms, *turned(rows.back, (beta, cov)), effect, df, rules, clusters)


def _combined(
    betas: Sequence[np.ndarray], covs: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Take medians over divisions, the covariances widened by how far each lies from it."""
    beta = np.median(betas, axis=0)
    gaps = [own - beta for own in betas]
    wide = [cov + np.outer(gap, gap) for gap, cov in zip(gaps, covs, strict=True)]
    return beta, np.median(wide, axis=0)
