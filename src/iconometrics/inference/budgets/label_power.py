"""How the errors of a corrected regression fall as people code more, by a pilot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.budgets.budget import Budget, chosen
from iconometrics.inference.regression.crossfit import check_folds, crossfitted
from iconometrics.inference.regression.fixed_effects import centered
from iconometrics.inference.regression.moments import (
    LINKS,
    Link,
    PairedRows,
    influences,
    jacobian,
    solve,
)
from iconometrics.inference.regression.prepared import prepare
from iconometrics.options import generator
from iconometrics.stats.linear import summed

__all__ = ["LabelPower", "budget_from_regression", "label_power", "variance_parts"]


@dataclass(frozen=True, eq=False)
class LabelPower:
    """Variance of coefficients in two parts: one that falls with more codes, and the rest.

    Parameters
    ----------
    terms
        Names of the coefficients.
    coded
        Images coded so far.
    rows
        Images in all.
    falling, rest
        (repeats, terms) parts of the variance now; the first is divided by how many times as many
        images are coded.

    Examples
    --------
    >>> power = LabelPower(("x",), 100, 900, np.array([[0.03]]), np.array([[0.01]]))
    >>> power.se([100, 300])["x"].round(4).tolist()
    [0.2, 0.1414]
    """

    terms: tuple[str, ...]
    coded: int
    rows: int
    falling: np.ndarray
    rest: np.ndarray

    def se(self, sizes: Sequence[int] | np.ndarray) -> pd.DataFrame:
        """Predict the standard errors for numbers of coded images.

        Parameters
        ----------
        sizes
            How many images people have coded in all.

        Returns
        -------
        pandas.DataFrame
            One row per number, one column per coefficient.
        """
        ratio = np.asarray(sizes, float)[:, None, None] / self.coded
        variance = self.falling / ratio + self.rest
        # A small pilot may leave less than nothing; then all of the variance is taken to fall.
        variance = np.where(variance > 0, variance, (self.falling + self.rest) / ratio)
        errors = np.median(np.sqrt(variance), axis=1)
        index = pd.Index(np.asarray(sizes), name="coded")
        return pd.DataFrame(errors, index=index, columns=list(self.terms))


def label_power(
    formula: str,
    data: pd.DataFrame,
    *,
    predicted: Sequence[str],
    prediction: Sequence[str],
    model: str = "ols",
    sample_prob: str | None = None,
    cluster: str | None = None,
    folds: int = 5,
    repeats: int = 10,
    seed: int = 1,
) -> LabelPower:
    """Predict from a pilot how precise `dsl` will be when people have coded more images.

    Parameters
    ----------
    formula, data, predicted, prediction, model, sample_prob, cluster
        As for `iconometrics.inference.dsl`; what people coded so far is the pilot.
    folds
        Parts that predictions are cross-fitted over.
    repeats
        Divisions into folds; the median is reported.
    seed
        Names the divisions.

    Returns
    -------
    LabelPower

    Raises
    ------
    InputError
        As `dsl`.

    Notes
    -----
    The variance of the moments is E[d d' / p] + E[m m' + m d' + d m'], with m the moment at the
    predictions, d the difference that people's codes make, and p the probability of being coded;
    coding k times as many images divides the first part by k (Egami et al. 2023, as for `dsl`).

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> truth = random.normal(size=2000)
    >>> data = pd.DataFrame({"smile": truth, "machine": truth + random.normal(size=2000)})
    >>> data["likes"] = 2 * data["smile"] + random.normal(size=2000)
    >>> data.loc[100:, "smile"] = None
    >>> options = {"predicted": ["smile"], "prediction": ["machine"], "repeats": 2}
    >>> power = label_power("likes ~ smile", data, **options)
    >>> bool(power.se([400]).loc[400, "smile"] < 0.6 * power.se([100]).loc[100, "smile"])
    True
    """
    if model not in LINKS:
        raise InputError(f"model={model!r}: expected one of {', '.join(LINKS)}.")
    prepared = prepare(
        formula, data, predicted=predicted, prediction=prediction, sample_prob=sample_prob,
        cluster=cluster, fixed_effects=None,
    )  # fmt: skip
    check_folds(prepared, folds=folds, repeats=repeats)
    divisions = crossfitted(prepared, (), folds=folds, seed=generator(seed), repeats=repeats)
    parts = []
    for terms, rows, _ in divisions:
        terms, rows = centered(terms, rows, prepared.effects)
        link = LINKS[model]
        parts.append(variance_parts(rows, link, solve(rows, link), clusters=prepared.clusters))
    falling, rest = (np.array(part) for part in zip(*parts, strict=True))
    return LabelPower(tuple(terms), int(prepared.coded.sum()), len(prepared.coded), falling, rest)


def budget_from_regression(
    formula: str,
    data: pd.DataFrame,
    *,
    term: str,
    half_width: float,
    predicted: Sequence[str],
    prediction: Sequence[str],
    failures: float = 0.0,
    level: float = 0.95,
    **options: Any,
) -> Budget:
    """Say how many images to code for a regression coefficient, from a pilot.

    Parameters
    ----------
    formula, data, predicted, prediction
        As for `label_power`.
    term
        The coefficient, as `dsl` names it.
    half_width
        How far its interval should reach to either side.
    failures
        Share of the drawn images that will get no code.
    level
        Confidence level.
    **options
        Further options of `label_power`: model, sample_prob, cluster, folds, repeats, seed.

    Returns
    -------
    Budget
        In all, those of the pilot included.

    Raises
    ------
    InputError
        If there is no such term, or coding all images is not enough.

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> truth = random.normal(size=2000)
    >>> data = pd.DataFrame({"smile": truth, "machine": truth + random.normal(size=2000)})
    >>> data["likes"] = 2 * data["smile"] + random.normal(size=2000)
    >>> data.loc[100:, "smile"] = None
    >>> options = {"predicted": ["smile"], "prediction": ["machine"], "repeats": 2}
    >>> options |= {"term": "smile", "half_width": 0.1}
    >>> found = budget_from_regression("likes ~ smile", data, **options)
    >>> 100 < found.n < 2000
    True
    """
    from scipy.special import ndtri

    power = label_power(formula, data, predicted=predicted, prediction=prediction, **options)
    if term not in power.terms:
        raise InputError(f"no coefficient {term!r}; there are {', '.join(power.terms)}.")
    z = float(ndtri((1 + level) / 2))
    now = z * power.se([power.coded])[term].iloc[0]
    return chosen(
        f"the coefficient of {term}",
        lambda n: z * power.se(n)[term].to_numpy(),
        half_width=half_width,
        images=power.rows,
        failures=failures,
        level=level,
        assumes=(f"it goes on like the {power.coded:,} coded so far, which give {now:.3g}",),
    )


def variance_parts(
    rows: PairedRows, link: Link, beta: np.ndarray, *, clusters: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Split the variance of each coefficient into the part that more codes divide and the rest."""
    whole = influences(rows, link, beta)
    predicted = rows.x_hat * (rows.y_hat - link.mean(rows.x_hat @ beta))[:, None]
    (difference, _), (whole, factor) = (
        summed(moments, clusters) for moments in (whole - predicted, whole)
    )
    bread = rows.back @ np.linalg.inv(jacobian(rows, link, beta))
    total = factor * ((whole @ bread.T) ** 2).sum(axis=0)
    falling = factor * ((difference @ bread.T) ** 2).sum(axis=0)
    return falling, total - falling
