"""The negative binomial of counts (NB2): variance mean + alpha mean^2, by maximum likelihood.

statsmodels has it too, but its likelihood is nan where a mean is next to zero, as columns that
reach a million make it, and its Newton steps, once below an alpha of zero, do not return.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from iconometrics.stats.linear import clustered, sandwich

__all__ = ["Likelihood", "Maximum", "covariance", "maximum", "null_likelihood"]

# An alpha that is less of its error, or gains less likelihood, moves no coefficient visibly.
_LEAST, _LEAST_GAIN = 1e-2, 1e-4
# So near to the top, a step's rise is lost in the rounding of the likelihood, but not its way.
_STEPS, _NEAR, _THERE = 100, 1e-6, 1e-14


class Likelihood(NamedTuple):
    """The likelihood of coefficients and, as the last of the parameters, alpha.

    Parameters
    ----------
    exog, endog
        (rows, terms) columns and (rows,) counts.
    """

    exog: np.ndarray
    endog: np.ndarray

    def loglike(self, params: np.ndarray) -> float:
        """Add up the logarithms of the probabilities of all counts."""
        from scipy.special import gammaln

        y, eta, size = self.endog, self.exog @ params[:-1], 1 / params[-1]
        mean = np.exp(eta)
        ways = gammaln(y + size) - gammaln(size) - gammaln(y + 1)
        rows = ways - size * np.log1p(mean / size) + y * (eta - np.log(size + mean))
        return float(rows.sum())

    def score_obs(self, params: np.ndarray) -> np.ndarray:
        """Compute the derivatives of each row's logarithm."""
        from scipy.special import digamma

        y, mean, size = self.endog, np.exp(self.exog @ params[:-1]), 1 / params[-1]
        of_size = digamma(y + size) - digamma(size) - np.log1p(mean / size)
        of_size -= (y - mean) / (size + mean)
        of_eta = (y - mean) / (1 + params[-1] * mean)
        return np.column_stack([self.exog * of_eta[:, None], -(size**2) * of_size])

    def score(self, params: np.ndarray) -> np.ndarray:
        """Add up the derivatives of all rows."""
        return np.asarray(self.score_obs(params).sum(axis=0))

    def hessian(self, params: np.ndarray) -> np.ndarray:
        """Compute the second derivatives."""
        from scipy.special import polygamma

        x, y, alpha, size = self.exog, self.endog, params[-1], 1 / params[-1]
        mean = np.exp(x @ params[:-1])
        of_both = -(mean * (y - mean) / (1 + alpha * mean) ** 2) @ x
        twice = polygamma(1, y + size) - polygamma(1, size) + mean * alpha / (size + mean)
        twice += (y - mean) / (size + mean) ** 2
        of_alpha = size**4 * twice.sum() - 2 * size * self.score(params)[-1]
        of_beta = -(x * (mean * (1 + alpha * y) / (1 + alpha * mean) ** 2)[:, None]).T @ x
        return np.block([[of_beta, of_both[:, None]], [of_both[None, :], of_alpha]])


class Maximum(NamedTuple):
    """The top of a likelihood."""

    model: Likelihood
    params: np.ndarray

    def cov_params(self) -> np.ndarray:
        """Invert the observed information of all parameters; nan where this is no top."""
        information = -self.model.hessian(self.params)
        try:
            np.linalg.cholesky(information)
        except np.linalg.LinAlgError:
            return np.full_like(information, np.nan)
        return np.asarray(np.linalg.inv(information))


def maximum(x: np.ndarray, y: np.ndarray, start: np.ndarray) -> Maximum | None:
    """Climb from the coefficients of a Poisson; None where nothing spreads wider than that."""
    from statsmodels.discrete.discrete_model import Poisson

    model, mean = Likelihood(x, y), np.exp(x @ start)
    least = _LEAST * (2 / (mean**2).sum()) ** 0.5
    params = _climbed(model, np.append(start, _by_moments(y, mean)), least)
    if params[-1] <= least:
        return None
    gain = model.loglike(params) - Poisson(y, x).loglike(start)
    return None if gain <= _LEAST_GAIN else Maximum(model, params)


def _by_moments(y: np.ndarray, mean: np.ndarray) -> float:
    """Guess alpha from how far counts lie from their means, as the large or the small ones do."""
    excess = (y - mean) ** 2 - y
    return float(max(excess.sum() / (mean**2).sum(), (excess / mean).sum() / mean.sum()))


def _climbed(model: Likelihood, params: np.ndarray, least: float) -> np.ndarray:
    """Go up by Newton's steps in the coefficients and the logarithm of alpha, if that is above."""
    for _ in range(_STEPS):
        if params[-1] <= least:
            break
        step, rise = _step(model, params)
        params = _moved(params, step) if rise <= _NEAR else _along(model, params, step)
        if rise <= _THERE:
            break
    return params


def _moved(params: np.ndarray, step: np.ndarray) -> np.ndarray:
    return np.append(params[:-1] + step[:-1], params[-1] * np.exp(step[-1]))


def _along(model: Likelihood, params: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Halve a step until the likelihood is no lower."""
    height = model.loglike(params)
    for _ in range(40):
        with np.errstate(all="ignore"):
            tried = _moved(params, step)
            if model.loglike(tried) >= height:
                return tried
        step = step / 2
    return params


def _step(model: Likelihood, params: np.ndarray) -> tuple[np.ndarray, float]:
    """Find Newton's step, upwards where the likelihood bends the other way, and its rise."""
    unit = np.append(np.ones(len(params) - 1), params[-1])
    score = unit * model.score(params)
    information = -model.hessian(params) * np.outer(unit, unit)
    information[-1, -1] -= score[-1]
    bends, axes = np.linalg.eigh(information)
    step = axes @ ((axes.T @ score) / np.maximum(np.abs(bends), 1e-300))
    return step, float(score @ step)


def null_likelihood(y: np.ndarray) -> float:
    """Compute the logarithm of the likelihood of a constant mean, for pseudo R2."""
    from statsmodels.discrete.discrete_model import Poisson

    constant, start = np.ones((len(y), 1)), np.log([y.mean()])
    top = maximum(constant, y, start)
    if top is None:
        return float(Poisson(y, constant).loglike(start))
    return top.model.loglike(top.params)


def covariance(top: Maximum, kind: str, clusters: np.ndarray | None) -> np.ndarray:
    """Make the covariance of all parameters, by cluster or of a kind.

    "nonrobust" inverts the observed information. "conditional" takes alpha for known, as R's
    glm.nb does, and leaves its own error that of the full likelihood. All others are sandwiches
    of the full likelihood.
    """
    bread = top.cov_params()
    if clusters is None and kind == "nonrobust":
        return bread
    if clusters is None and kind == "conditional":
        return _given_alpha(top, bread)
    scores = top.model.score_obs(top.params)
    if clusters is None and kind == "HC0":
        return sandwich(scores, bread)
    return clustered(scores, bread, clusters, lost=len(top.params))


def _given_alpha(top: Maximum, bread: np.ndarray) -> np.ndarray:
    x = top.model.exog
    mean = np.exp(x @ top.params[:-1])
    information = (x * (mean / (1 + top.params[-1] * mean))[:, None]).T @ x
    whole = np.zeros_like(bread)
    whole[:-1, :-1], whole[-1, -1] = np.linalg.inv(information), bread[-1, -1]
    return whole
