"""The wild cluster bootstrap: how far t of a coefficient strays where there are few clusters."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from iconometrics.stats.tails import Side, tails

__all__ = ["NullDistribution", "sign_draws", "wild_bootstrap"]

_DRAWS = 9_999
_FARTHEST, _HALVINGS, _TIE = 1e6, 40, 1e-9


class NullDistribution(NamedTuple):
    """t of a coefficient in every draw, for each value that it may have.

    A value lies t standard errors below the estimate. Were it the true one, the coefficient would
    be off by ``off[0] + t off[1]`` in a draw, and the square of its standard error would be
    ``square[0] + t square[1] + t^2 square[2]``.

    Parameters
    ----------
    off
        (2, draws).
    square
        (3, draws).
    exact
        Whether the draws are all there are.
    """

    off: np.ndarray
    square: np.ndarray
    exact: bool

    def p(self, t: float, side: Side = "two") -> float:
        """Test the value that lies t standard errors below the estimate.

        Parameters
        ----------
        t
            Estimate less the value, over the standard error.
        side
            "two"; "lower" against larger values, "upper" against smaller ones.

        Returns
        -------
        float
            The share of draws whose t is as far out; the draw in which nothing changes counts.
        """
        off, square = self.off[0] + t * self.off[1], np.polyval(self.square[::-1], t)
        with np.errstate(divide="ignore", invalid="ignore"):
            drawn = np.nan_to_num(off / np.sqrt(np.maximum(square, 0)), nan=0.0, posinf=np.inf)
        far = {"two": np.abs(drawn), "lower": drawn, "upper": -drawn}[side]
        least = {"two": abs(t), "lower": t, "upper": -t}[side]
        beyond = int(np.count_nonzero(far >= least - _TIE * abs(t)))
        return beyond / len(far) if self.exact else (beyond + 1) / (len(far) + 1)

    def reach(self, level: float, side: Side = "two") -> tuple[float, float]:
        """Invert the test: how many standard errors an interval reaches below and above.

        Parameters
        ----------
        level
            Confidence level.
        side
            "two"; "lower" or "upper" for one bound alone.

        Returns
        -------
        tuple of float
            Infinite where no value, however far away, is refuted.
        """
        tails(level, side)
        below = np.inf if side == "upper" else self._refuted(1 - level, side, 1.0)
        above = np.inf if side == "lower" else self._refuted(1 - level, side, -1.0)
        return below, above

    def _refuted(self, least: float, side: Side, sign: float) -> float:
        inside, outside = 0.0, 1.0
        while self.p(sign * outside, side) > least:
            inside, outside = outside, 2 * outside
            if outside > _FARTHEST:
                return np.inf
        for _ in range(_HALVINGS):
            middle = (inside + outside) / 2
            if self.p(sign * middle, side) > least:
                inside = middle
            else:
                outside = middle
        return inside


@lru_cache(maxsize=8)
def sign_draws(groups: int) -> tuple[np.ndarray, bool]:
    """Draw a sign for each cluster: all combinations where these are few.

    Parameters
    ----------
    groups
        Number of clusters.

    Returns
    -------
    tuple
        (draws, groups) of 1 and -1, the same at every call, and whether they are all there are.

    Examples
    --------
    >>> sign_draws(2)[0].tolist()
    [[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]]
    """
    if 2**groups <= _DRAWS:
        return 1.0 - 2 * (np.arange(2**groups)[:, None] >> np.arange(groups) & 1), True
    return np.random.default_rng(1).choice([-1.0, 1.0], (_DRAWS, groups)), False


def wild_bootstrap(
    scores: np.ndarray, slopes: np.ndarray, contrasts: np.ndarray, *, factor: float = 1.0
) -> tuple[NullDistribution, ...]:
    """Restricted wild cluster bootstrap of t, from what each cluster adds to the equations.

    Of least squares it is that of Cameron, Gelbach and Miller; of a model whose equations bend
    (logit, Poisson) the scores are perturbed and the equations taken for straight, as far as a
    value lies from the estimate (Kline and Santos).

    Parameters
    ----------
    scores
        (clusters, k) sums of the scores of each cluster at the estimate.
    slopes
        (clusters, k, k) sums of the derivatives of the scores, with the sign of an information
        matrix; symmetric.
    contrasts
        (terms, k) what makes the coefficients of interest.
    factor
        By which variances are widened for few clusters.

    Returns
    -------
    tuple of NullDistribution
        One for each row of `contrasts`.

    Notes
    -----
    Cameron, A. C., Gelbach, J. B. and Miller, D. L. (2008). Bootstrap-based improvements for
    inference with clustered errors. Review of Economics and Statistics 90, 414-427; Kline, P. and
    Santos, A. (2012). A score based approach to wild bootstrap inference. Journal of Econometric
    Methods 1, 23-41. That t and its square are polynomials of the tested value: MacKinnon, J. G.
    (2023). Fast cluster bootstrap methods for linear regression models. Econometrics and
    Statistics 26, 52-71.

    Examples
    --------
    A mean of four clusters: of 16 draws of signs, two are as extreme as what was seen.

    >>> values = np.array([1.0, 2.0, 3.0, 4.0])
    >>> residuals, ones = values - values.mean(), np.ones((4, 1, 1))
    >>> mean = wild_bootstrap(residuals[:, None], ones, np.ones((1, 1)))[0]
    >>> mean.p(values.mean() / np.sqrt((residuals**2).sum() / 16))
    0.125
    """
    signs, exact = sign_draws(len(scores))
    inverse = np.linalg.inv(slopes.sum(axis=0))
    nulls = []
    for contrast in contrasts:
        turn = inverse @ contrast
        error = np.sqrt(factor * ((scores @ turn) ** 2).sum())
        own = slopes @ turn
        # A value t errors below the estimate moves the scores of a cluster by t times this.
        moved = error / (contrast @ turn) * own
        parts = [_drawn(signs, by_group, turn, own @ inverse) for by_group in (scores, moved)]
        (at, left), (off, rest) = parts
        square = [(left**2).sum(axis=1), 2 * (left * rest).sum(axis=1), (rest**2).sum(axis=1)]
        nulls.append(NullDistribution(np.array([at, off]), factor * np.array(square), exact))
    return tuple(nulls)


def _drawn(
    signs: np.ndarray, scores: np.ndarray, turn: np.ndarray, own: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sum signed scores, and give what each cluster's are once the fit has followed them."""
    along = scores @ turn
    return signs @ along, signs * along - (signs @ scores) @ own.T
