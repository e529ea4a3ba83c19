"""Fitting the models: by statsmodels, with fixed effects, weighted by the design of a sample."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
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
from iconometrics.inference.formulas.design import DesignMatrix
from iconometrics.inference.regression.few_clusters import (
    FewClusters,
    few_clusters,
    has_few_clusters,
)
from iconometrics.inference.regression.moments import (
    LINKS,
    Link,
    PairedRows,
    begun,
    influences,
    jacobian,
    jacobians,
    solve,
)
from iconometrics.inference.regression.negative_binomial import (
    covariance,
    maximum,
    null_likelihood,
)
from iconometrics.inference.regression.tables import (
    LINEAR,
    Coefficients,
    check_correctable,
    effects_of,
    rows_of,
    turned,
)
from iconometrics.stats.demeaning import absorbed, demean, leverage
from iconometrics.stats.linear import (
    Standardized,
    classical,
    clustered,
    least_squares,
    leverage_adjusted,
    sandwich,
    standardized,
)
from iconometrics.stats.tails import Side
from iconometrics.wording import counted, listed

__all__ = ["ERRORS", "MODELS", "Fit", "fit", "fit_absorbed", "fit_weighted"]

ERRORS = ("robust", "classical", "conditional", "HC1", "HC3")
_FAR = 10.0
_SANDWICH = {"negbin": " (sandwich of the full likelihood)"}
_SPREAD = {
    ("ols", "classical"): ", errors of equal spread",
    ("lpm", "classical"): ", errors of equal spread",
    ("logit", "classical"): "",
    ("poisson", "classical"): ", variance equal to the mean",
    ("negbin", "classical"): ", variance mean + alpha mean^2 (errors of the full likelihood)",
    ("negbin", "conditional"): ", variance mean + alpha mean^2 (errors given alpha, as R's glm.nb)",
}
_NO_SPREAD = (
    "No overdispersion: the counts spread no wider than a Poisson's, so alpha is 0 (R's theta "
    "infinite), and coefficients and errors are those of model='poisson'."
)


class Fit(NamedTuple):
    """Coefficients with errors, and how well the model fits."""

    table: pd.DataFrame
    errors: str
    quality: tuple[str, float] | None
    n: int
    effects: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()


class _Fitted(NamedTuple):
    """What statsmodels made of standardized columns, and what it warned of.

    The covariance is that of the result, unless another is given.
    """

    result: Any
    columns: Standardized
    quality: tuple[str, float]
    notes: tuple[str, ...] = ()
    cov: np.ndarray | None = None
    df: float = np.inf

    def weights(self) -> np.ndarray:
        """(rows,) how much each counts in the equations, against those of its link."""
        params = np.asarray(self.result.params)
        k = self.columns.X.shape[1]
        if len(params) == k:
            return np.ones(len(self.columns.X))
        return np.asarray(1 / (1 + params[-1] * np.exp(self.columns.X @ params[:k])))

    @property
    def coefficients(self) -> tuple[np.ndarray, np.ndarray]:
        """The coefficients of the columns alone, without what else the model has."""
        cov = self.result.cov_params() if self.cov is None else self.cov
        k = self.columns.X.shape[1]
        return np.asarray(self.result.params)[:k], np.atleast_2d(cov)[:k, :k]


def fit(
    design: DesignMatrix,
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
    options, assumed = _covariance(design, model, errors, clusters)
    fitted = MODELS[model](design, options)
    if fitted is None:  # a negative binomial at its limit
        kind = "classical" if errors == "conditional" else errors
        limit = fit(design, "poisson", errors=kind, clusters=clusters, level=level, side=side)
        return limit._replace(notes=(_NO_SPREAD, *limit.notes))
    result, x, back = fitted.result, fitted.columns.X, fitted.columns.back
    linear = model in LINEAR
    df = getattr(result, "df_resid_inference", None) or result.df_resid if linear else fitted.df
    names, y = list(design.matrix.columns), design.outcome.to_numpy()
    all_rows = PairedRows(x, y, x, y, fitted.weights(), back)
    few = _few_clusters(all_rows, model, fitted.coefficients, clusters)
    interval: dict[str, Any] = {"level": level, "side": side, "df": float(df), "few": few}
    table = rows_of(names, turned(back, fitted.coefficients), **interval)
    notes = (*fitted.notes, *_clusters_note(few, clusters))
    if linear:
        return Fit(table, assumed, fitted.quality, len(y), notes=notes)
    all_rows = all_rows._replace(weight=np.ones(len(y)))
    moved = effects_of(all_rows, model, fitted.coefficients, share=1.0)
    effects = rows_of(names, turned(back, moved), **interval)
    effects = effects[effects["term"] != "intercept"].reset_index(drop=True)
    return Fit(table, assumed, fitted.quality, len(y), effects, notes)


def _few_clusters(
    rows: PairedRows, model: str, coefficients: Coefficients, clusters: pd.Series | None
) -> FewClusters | None:
    """Bootstrap a model of the rows as they are, where there are few clusters."""
    codes = None if clusters is None else pd.factorize(clusters)[0]
    if codes is None or not has_few_clusters(codes):
        return None
    (beta, cov), link = coefficients, LINKS[model]
    slopes = jacobians(rows, link, beta, clusters=codes, share=0.0)
    bread = np.linalg.inv(slopes.sum(axis=0))
    scores = influences(rows, link, beta, share=0.0)
    # The covariance at hand has a factor for few rows or none, as is usual for the model.
    factor = np.trace(cov) / np.trace(sandwich(scores, bread, codes))
    return few_clusters(scores, slopes, codes, contrasts=rows.back, factor=factor)


def _clusters_note(few: FewClusters | None, clusters: pd.Series | None) -> list[str]:
    return [] if few is None or clusters is None else [f"{few.note(str(clusters.name))}."]


def _covariance(
    design: DesignMatrix, model: str, errors: str, clusters: pd.Series | None
) -> tuple[dict[str, Any], str]:
    if clusters is not None:
        codes, names = pd.factorize(clusters)
        if len(names) < 2:
            raise InputError(
                f"one cluster only ({listed(names)}) in the rows used: errors by cluster need at "
                "least two, better thirty."
            )
        assumed = f"{counted(len(names), 'cluster')} of {clusters.name} independent of each other"
        assumed += _SANDWICH.get(model, "")
        return {"cov_type": "cluster", "cov_kwds": {"groups": codes}}, assumed
    linear = model in LINEAR
    if errors in ("classical", "conditional"):
        kind = "nonrobust" if errors == "classical" else errors
        return {"cov_type": kind}, f"rows independent{_SPREAD[model, errors]}"
    if errors == "HC3" and not linear:
        raise InputError(f"errors='HC3' with model={model!r}: it is for linear models; use 'HC1'.")
    kind = ("HC3" if linear else "HC0") if errors == "robust" else errors
    if kind == "HC3":
        check_leverage(design.matrix)
    return {"cov_type": kind}, f"rows independent{_SANDWICH.get(model, '')}"


def _ols(design: DesignMatrix, options: dict[str, Any]) -> _Fitted:
    from statsmodels.regression.linear_model import OLS

    columns = standardized(design.matrix.to_numpy())
    result = OLS(design.outcome.to_numpy(), columns.X).fit(use_t=True, **options)
    return _Fitted(result, columns, ("R2", float(result.rsquared)))


def _logit(design: DesignMatrix, options: dict[str, Any]) -> _Fitted:
    from statsmodels.discrete.discrete_model import Logit

    fitted = _iterated(Logit, design, options, LINKS["logit"])
    away = fitted is None or np.abs(fitted.columns.X @ fitted.coefficients[0]).max() > _FAR
    if fitted is None or away or fitted.notes or not fitted.result.mle_retvals["converged"]:
        _refuse_separation(design, design.outcome.to_numpy())
    return _converged(fitted, design, "logit")


def _poisson(design: DesignMatrix, options: dict[str, Any]) -> _Fitted:
    from statsmodels.discrete.discrete_model import Poisson

    return _converged(_iterated(Poisson, design, options, LINKS["poisson"]), design, "poisson")


def _negbin(design: DesignMatrix, options: dict[str, Any]) -> _Fitted | None:
    from statsmodels.discrete.discrete_model import Poisson

    poisson = _converged(_iterated(Poisson, design, {}, LINKS["poisson"]), design, "negbin")
    columns, y = poisson.columns, design.outcome.to_numpy()
    top = maximum(columns.X, y, poisson.coefficients[0])
    if top is None:
        return None
    if not _at_top(top):
        raise _unsettled(design, "negbin")
    clusters = options.get("cov_kwds", {}).get("groups")
    cov = covariance(top, options["cov_type"], clusters)
    df = np.inf if clusters is None else float(clusters.max())
    quality = ("pseudo R2 (McFadden)", 1 - top.model.loglike(top.params) / null_likelihood(y))
    note = _dispersion(top.params[-1], cov[-1, -1] ** 0.5)
    return _Fitted(top, columns, quality, (*poisson.notes, note), cov, df)


def _dispersion(alpha: float, se: float) -> str:
    return (
        f"Overdispersion alpha {alpha:.3g} (standard error {se:.2g}; R's theta, which is its "
        f"reciprocal, {1 / alpha:.3g}): the variance is mean + alpha mean^2."
    )


def _iterated(
    kind: Any, design: DesignMatrix, options: dict[str, Any], link: Link
) -> _Fitted | None:
    """Fit by Newton's method; nothing where its equations cannot be solved."""
    columns, y = standardized(design.matrix.to_numpy()), design.outcome.to_numpy()
    start = begun(columns.X, y, link)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            model = kind(y, columns.X)
            result = model.fit(disp=0, maxiter=100, start_params=start, **options)
            quality = ("pseudo R2 (McFadden)", float(result.prsquared))
    except np.linalg.LinAlgError:
        return None
    said = dict.fromkeys(f"statsmodels says: {warning.message}" for warning in warned)
    return _Fitted(result, columns, quality, tuple(said))


def _converged(fitted: _Fitted | None, design: DesignMatrix, model: str) -> _Fitted:
    """Refuse a fit that did not end, or not at the top of the likelihood."""
    if fitted is not None and fitted.result.mle_retvals["converged"] and _at_top(fitted.result):
        return fitted
    raise _unsettled(design, model)


def _unsettled(design: DesignMatrix, model: str) -> InputError:
    return InputError(
        f"the {model} of {design.outcome.name!r} did not converge; use fewer terms, or the "
        "logarithm of columns that a few very large numbers dominate (log1p)."
    )


def _at_top(result: Any) -> bool:
    """Tell whether a further step of Newton's would change nothing that an error can see."""
    params, cov, model = np.asarray(result.params), np.atleast_2d(result.cov_params()), result.model
    if not (np.isfinite(params).all() and np.isfinite(cov).all()):
        return False
    step = np.linalg.lstsq(-model.hessian(params), model.score(params), rcond=None)[0]
    return bool((np.abs(step) <= 1e-4 * np.sqrt(np.diag(cov)) + 1e-8).all())


def _refuse_separation(design: DesignMatrix, outcome: np.ndarray) -> None:
    columns = separated(design.matrix, outcome)
    if len(columns):
        raise InputError(
            f"{listed(columns, 6)} separates the ones of {design.outcome.name!r} from the zeros "
            "without error, for some rows or for all (separation): the logit has no finite "
            "coefficient. Leave it out, merge categories, or use model='ols'."
        )


MODELS: dict[str, Callable[[DesignMatrix, dict[str, Any]], _Fitted | None]] = {
    "logit": _logit,
    "lpm": _ols,
    "negbin": _negbin,
    "ols": _ols,
    "poisson": _poisson,
}


def fit_absorbed(
    design: DesignMatrix,
    effects: Sequence[np.ndarray],
    *,
    errors: str,
    clusters: pd.Series | None = None,
    weights: np.ndarray | None = None,
    level: float = 0.95,
    side: Side = "two",
) -> Fit:
    """Fit a linear model with fixed effects, as one with a dummy for each group would be."""
    matrix = design.matrix.drop(columns="intercept", errors="ignore")
    check_enough(matrix)
    weight = np.ones(len(matrix)) if weights is None else weights / weights.mean()
    # The constant, which the fixed effects hold anyway, takes large means out before the groups'.
    columns = standardized(np.column_stack([np.ones(len(matrix)), matrix]))
    whole = columns.X[:, 1:]
    left = demean(np.column_stack([whole, design.outcome]), effects, weight)
    x, y = left[:, :-1], left[:, -1]
    flat = (weight @ x**2) <= 1e-16 * (weight @ whole**2)
    if flat.any():
        raise InputError(
            f"{listed(matrix.columns[flat])} does not vary within the groups of the fixed effects, "
            "which explain it fully. Leave it out."
        )
    check_rank(pd.DataFrame(x, columns=matrix.columns), least=1e-6)
    lost = absorbed(effects) + x.shape[1]
    if len(x) <= lost:
        raise InputError(
            f"{counted(len(x), 'row')} for {lost} coefficients, fixed effects included: expected "
            "more rows. Leave out a fixed effect or use more images."
        )
    model = least_squares(x, y, weight)
    members = None if clusters is None else pd.factorize(clusters)[0]
    few = absorbed(effects, members) + x.shape[1]
    cov, assumed, df = _errors(model.scores, model.bread, clusters, few)
    if errors == "classical" and clusters is None and weights is None:
        cov, assumed = classical(model, lost), "rows independent, errors of equal spread"
    elif errors == "HC3" and clusters is None:
        cov = leverage_adjusted(model, _leverage(x, effects, weight))
    explained = 1 - float(weight @ model.residuals**2) / float(weight @ y**2)
    back = columns.back[1:, 1:]
    rows = PairedRows(x, y, x, y, weight, back)
    few = _few_clusters(rows, "ols", (model.coefficients, cov), clusters)
    coefficients = turned(back, (model.coefficients, cov))
    names = list(matrix.columns)
    table = rows_of(names, coefficients, level=level, side=side, df=df, few=few)
    notes = tuple(_clusters_note(few, clusters))
    return Fit(table, assumed, ("R2 within", explained), len(x), notes=notes)


def _leverage(x: np.ndarray, effects: Sequence[np.ndarray], weight: np.ndarray) -> np.ndarray:
    if len(effects) > 1:
        raise InputError(
            "errors='HC3' with two fixed effects: leave errors= out for HC1, or give cluster=."
        )
    return leverage(x, effects, weight)


def _errors(
    scores: np.ndarray, bread: np.ndarray, clusters: pd.Series | None, lost: int
) -> tuple[np.ndarray, str, float]:
    """Make robust or clustered errors with the factors for few rows; say what they assume."""
    if clusters is None:
        cov = clustered(scores, bread, None, lost=lost)
        return cov, "rows independent", float(len(scores) - lost)
    codes, names = pd.factorize(clusters)
    if len(names) < 2:
        raise InputError(
            f"one cluster only ({listed(names)}): expected at least two, better thirty."
        )
    cov = clustered(scores, bread, codes, lost=lost)
    assumed = f"{counted(len(names), 'cluster')} of {clusters.name} independent of each other"
    return cov, assumed, float(len(names) - 1)


def fit_weighted(
    design: DesignMatrix,
    model: str,
    weights: np.ndarray,
    *,
    clusters: pd.Series | None = None,
    level: float = 0.95,
    side: Side = "two",
) -> Fit:
    """Fit a model on a sample, each row weighted by one over its probability of being drawn."""
    check_correctable(model)
    check_enough(design.matrix)
    check_rank(design.matrix)
    columns, y = standardized(design.matrix.to_numpy()), design.outcome.to_numpy()
    x, back = columns.X, columns.back
    rows, link = PairedRows(x, y, x, y, weights / weights.mean(), back), LINKS[model]
    beta = solve(rows, link, share=0.0)
    bread = np.linalg.inv(jacobian(rows, link, beta, share=0.0))
    scores = influences(rows, link, beta, share=0.0)
    cov, assumed, df = _errors(scores, bread, clusters, x.shape[1])
    free = df if model in LINEAR else np.inf
    names, few = list(design.matrix.columns), _few_clusters(rows, model, (beta, cov), clusters)
    interval: dict[str, Any] = {"level": level, "side": side, "df": free, "few": few}
    table = rows_of(names, turned(back, (beta, cov)), **interval)
    notes = tuple(_clusters_note(few, clusters))
    if model in LINEAR:
        return Fit(table, assumed, None, len(y), notes=notes)
    moved = turned(back, effects_of(rows, model, (beta, cov), share=0.0))
    effects = rows_of(names, moved, **interval)
    effects = effects[effects["term"] != "intercept"].reset_index(drop=True)
    return Fit(table, assumed, None, len(y), effects, notes)
