"""Fitting the models, by statsmodels; how their errors are made."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from iconometrics.coding.schema import counted, named
from iconometrics.errors import InputError
from iconometrics.inference.conditions import (
    check_enough,
    check_leverage,
    check_rank,
    separated,
)
from iconometrics.inference.design import Design

__all__ = ["ERRORS", "MODELS", "Fit", "fit"]

ERRORS = ("robust", "classical")
_FAR = 10.0


class Fit(NamedTuple):
    """Coefficients with errors, and how well the model fits.

    Parameters
    ----------
    table
        One row a coefficient: term, estimate, se, low, high and p.
    errors
        What the errors assume, in plain words.
    quality
        Name and value of the model's goodness of fit.
    """

    table: pd.DataFrame
    errors: str
    quality: tuple[str, float]


def fit(
    design: Design,
    model: str,
    *,
    errors: str,
    clusters: pd.Series | None = None,
    level: float = 0.95,
) -> Fit:
    """Fit a model.

    Parameters
    ----------
    design
        Outcome and matrix.
    model
        "ols" or "logit".
    errors
        "robust" or "classical".
    clusters
        Cluster of each row, or None.
    level
        Confidence level.

    Returns
    -------
    Fit
        Two-sided p-values and intervals; Student's t for OLS, the normal for logit.

    Raises
    ------
    InputError
        If the rows do not allow it; the message names the column.
    """
    check_enough(design.matrix)
    check_rank(design.matrix)
    options, told = _covariance(design, model, errors, clusters)
    result, quality = MODELS[model](design, options)
    ends = np.asarray(result.conf_int(1 - level))
    table = pd.DataFrame(
        {
            "term": design.matrix.columns,
            "estimate": np.asarray(result.params),
            "se": np.asarray(result.bse),
            "low": ends[:, 0],
            "high": ends[:, 1],
            "p": np.asarray(result.pvalues),
        }
    )
    return Fit(table, told, quality)


def _covariance(
    design: Design, model: str, errors: str, clusters: pd.Series | None
) -> tuple[dict[str, Any], str]:
    if clusters is not None:
        codes, names = pd.factorize(clusters)
        if len(names) < 2:
            raise InputError(
                f"one cluster only ({named(names)}) in the rows used: errors by cluster need at "
                "least two, better thirty."
            )
        told = f"{counted(len(names), 'cluster')} of {clusters.name} independent of each other"
        return {"cov_type": "cluster", "cov_kwds": {"groups": codes}}, told
    if errors == "classical":
        spread = ", errors of equal spread" if model == "ols" else ""
        return {"cov_type": "nonrobust"}, f"rows independent{spread}"
    if model == "ols":
        check_leverage(design.matrix)
    return {"cov_type": "HC3" if model == "ols" else "HC0"}, "rows independent"


def _ols(design: Design, options: dict[str, Any]) -> tuple[Any, tuple[str, float]]:
    from statsmodels.regression.linear_model import OLS

    result = OLS(design.outcome.to_numpy(), design.matrix.to_numpy()).fit(use_t=True, **options)
    return result, ("R2", float(result.rsquared))


def _logit(design: Design, options: dict[str, Any]) -> tuple[Any, tuple[str, float]]:
    from statsmodels.discrete.discrete_model import Logit

    outcome = design.outcome.to_numpy()
    if not np.isin(outcome, [0, 1]).all():
        other = outcome[~np.isin(outcome, [0, 1])][0]
        raise InputError(
            f"the outcome {design.outcome.name!r} has the value {other:g}: logit needs 0 and 1. "
            "Use model='ols', or code the outcome so first."
        )
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            model = Logit(outcome, design.matrix.to_numpy())
            result = model.fit(disp=0, maxiter=100, **options)
            far = np.abs(model.exog @ result.params).max() > _FAR
    except np.linalg.LinAlgError:
        result, told, far = None, [], True
    if result is None or told or far or not result.mle_retvals["converged"]:
        _refuse_separation(design, outcome)
    if result is None or not result.mle_retvals["converged"]:
        raise InputError(
            f"the logit of {design.outcome.name!r} did not converge; use fewer terms, or bring "
            "columns of very large numbers nearer to 1 (log1p)."
        )
    return result, ("pseudo R2 (McFadden)", float(result.prsquared))


def _refuse_separation(design: Design, outcome: np.ndarray) -> None:
    columns = separated(design.matrix, outcome)
    if len(columns):
        raise InputError(
            f"{named(columns, 6)} tells the ones of {design.outcome.name!r} from the zeros "
            "without error, for some rows or for all (separation): the logit has no finite "
            "coefficient. Leave it out, merge categories, or use model='ols'."
        )


MODELS: dict[str, Callable[[Design, dict[str, Any]], tuple[Any, tuple[str, float]]]] = {
    "logit": _logit,
    "ols": _ols,
}
