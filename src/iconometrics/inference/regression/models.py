"""Fitting the models, by statsmodels; how their errors are made."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.formulas.conditions import (
    check_enough,
    check_leverage,
    check_rank,
    separated,
)
from iconometrics.inference.formulas.design import Design
from iconometrics.inference.regression.moments import Rows
from iconometrics.inference.regression.tables import effects_of, rows_of
from iconometrics.stats.tails import Side
from iconometrics.wording import counted, listed

__all__ = ["ERRORS", "MODELS", "Fit", "fit"]

ERRORS = ("robust", "classical", "HC1", "HC3")
_FAR = 10.0


class Fit(NamedTuple):
    """Coefficients with errors, and how well the model fits."""

    table: pd.DataFrame
    errors: str
    quality: tuple[str, float] | None
    n: int
    effects: pd.DataFrame | None = None


def fit(
    design: Design,
    model: str,
    *,
    errors: str,
    clusters: pd.Series | None = None,
    level: float = 0.95,
    side: Side = "two",
) -> Fit:
    """Fit a model."""
    check_enough(design.matrix)
    check_rank(design.matrix)
    options, told = _covariance(design, model, errors, clusters)
    result, quality = MODELS[model](design, options)
    linear = model in ("ols", "lpm")
    df = float(getattr(result, "df_resid_inference", None) or result.df_resid)
    found = np.asarray(result.params), np.atleast_2d(np.asarray(result.cov_params()))
    names = list(design.matrix.columns)
    interval: dict[str, Any] = {"level": level, "side": side, "df": df if linear else np.inf}
    table = rows_of(names, found, **interval)
    if linear:
        return Fit(table, told, quality, len(design.outcome))
    x, y = design.matrix.to_numpy(), design.outcome.to_numpy()
    all_rows = Rows(x, y, x, y, np.ones(len(y)))
    effects = rows_of(names, effects_of(all_rows, model, found, share=1.0), **interval)
    effects = effects[effects["term"] != "intercept"].reset_index(drop=True)
    return Fit(table, told, quality, len(y), effects)


def _covariance(
    design: Design, model: str, errors: str, clusters: pd.Series | None
) -> tuple[dict[str, Any], str]:
    if clusters is not None:
        codes, names = pd.factorize(clusters)
        if len(names) < 2:
            raise InputError(
                f"one cluster only ({listed(names)}) in the rows used: errors by cluster need at "
                "least two, better thirty."
            )
        told = f"{counted(len(names), 'cluster')} of {clusters.name} independent of each other"
        return {"cov_type": "cluster", "cov_kwds": {"groups": codes}}, told
    linear = model in ("ols", "lpm")
    if errors == "classical":
        spread = {"poisson": ", variance equal to the mean"}.get(model, "")
        spread = ", errors of equal spread" if linear else spread
        return {"cov_type": "nonrobust"}, f"rows independent{spread}"
    if errors == "HC3" and not linear:
        raise InputError(f"errors='HC3' with model={model!r}: it is for linear models; use 'HC1'.")
    kind = ("HC3" if linear else "HC0") if errors == "robust" else errors
    if kind == "HC3":
        check_leverage(design.matrix)
    return {"cov_type": kind}, "rows independent"


def _ols(design: Design, options: dict[str, Any]) -> tuple[Any, tuple[str, float]]:
    from statsmodels.regression.linear_model import OLS

    result = OLS(design.outcome.to_numpy(), design.matrix.to_numpy()).fit(use_t=True, **options)
    return result, ("R2", float(result.rsquared))


def _logit(design: Design, options: dict[str, Any]) -> tuple[Any, tuple[str, float]]:
    from statsmodels.discrete.discrete_model import Logit

    result, trusted = _iterated(Logit, design, options, far=_FAR)
    if not trusted:
        _refuse_separation(design, design.outcome.to_numpy())
    _check_converged(result, design, "logit")
    return result, ("pseudo R2 (McFadden)", float(result.prsquared))


def _poisson(design: Design, options: dict[str, Any]) -> tuple[Any, tuple[str, float]]:
    from statsmodels.discrete.discrete_model import Poisson

    result, _ = _iterated(Poisson, design, options, far=np.inf)
    _check_converged(result, design, "poisson")
    return result, ("pseudo R2 (McFadden)", float(result.prsquared))


def _iterated(
    kind: Any, design: Design, options: dict[str, Any], *, far: float
) -> tuple[Any, bool]:
    """Fit by Newton's method; say whether nothing looks like a coefficient without end."""
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            model = kind(design.outcome.to_numpy(), design.matrix.to_numpy())
            result = model.fit(disp=0, maxiter=100, **options)
            away = np.abs(model.exog @ result.params).max() > far
    except np.linalg.LinAlgError:
        return None, False
    return result, not (told or away or not result.mle_retvals["converged"])


def _check_converged(result: Any, design: Design, model: str) -> None:
    if result is None or not result.mle_retvals["converged"]:
        raise InputError(
            f"the {model} of {design.outcome.name!r} did not converge; use fewer terms, or bring "
            "columns of very large numbers nearer to 1 (log1p)."
        )


def _refuse_separation(design: Design, outcome: np.ndarray) -> None:
    columns = separated(design.matrix, outcome)
    if len(columns):
        raise InputError(
            f"{listed(columns, 6)} tells the ones of {design.outcome.name!r} from the zeros "
            "without error, for some rows or for all (separation): the logit has no finite "
            "coefficient. Leave it out, merge categories, or use model='ols'."
        )


MODELS: dict[str, Callable[[Design, dict[str, Any]], tuple[Any, tuple[str, float]]]] = {
    "logit": _logit,
    "lpm": _ols,
    "ols": _ols,
    "poisson": _poisson,
}
