"""A weighted linear probability model and its Wald tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from iconometrics.stats.sides import tails

__all__ = ["Fit", "fit"]


class Fit(NamedTuple):
    """A fitted model.

    Parameters
    ----------
    rows
        One row a term: term, estimate, se, low, high and p.
    model
        What statsmodels gave.
    """

    rows: pd.DataFrame
    model: Any

    def wald(self, terms: Sequence[str]) -> dict[str, float]:
        """Test whether terms are all 0.

        Parameters
        ----------
        terms
            Names of terms.

        Returns
        -------
        dict of str to float
            statistic, df, df_residual and p.
        """
        names = list(self.rows["term"])
        picked = np.zeros((len(terms), len(names) + 1))
        for row, term in enumerate(terms):
            picked[row, names.index(term) + 1] = 1
        found = self.model.f_test(picked)
        return {
            "statistic": float(np.squeeze(found.fvalue)),
            "df": float(len(terms)),
            "df_residual": float(found.df_denom),
            "p": float(np.squeeze(found.pvalue)),
        }


def fit(
    outcome: np.ndarray,
    terms: pd.DataFrame,
    *,
    weights: np.ndarray,
    clusters: np.ndarray | None,
    level: float,
) -> Fit:
    """Regress an outcome of 0 and 1 on terms.

    Parameters
    ----------
    outcome
        (n,) 0 or 1.
    terms
        (n, terms) numbers.
    weights
        (n,) one over the probability of being drawn.
    clusters
        (n,) cluster of each unit, or None.
    level
        Confidence level.

    Returns
    -------
    Fit
        Covariance HC3, or by cluster.

    Examples
    --------
    >>> x = pd.DataFrame({"x": [0.0, 0.0, 1.0, 1.0, 1.0]})
    >>> found = fit(np.array([0, 1, 1, 1, 0]), x, weights=np.ones(5), clusters=None, level=0.95)
    >>> round(found.rows["estimate"][0], 3)
    np.float64(0.167)
    """
    from statsmodels.regression.linear_model import WLS

    design = np.column_stack([np.ones(len(terms)), terms.to_numpy(dtype=float)])
    model = WLS(outcome.astype(float), design, weights=weights)
    if clusters is None:
        found = model.fit(cov_type="HC3", use_t=True)
    else:
        member = np.unique(clusters, return_inverse=True)[1]
        found = model.fit(cov_type="cluster", cov_kwds={"groups": member}, use_t=True)
    ends = found.conf_int(alpha=2 * tails(level)[0])
    rows = pd.DataFrame(
        {
            "term": list(terms.columns),
            "estimate": found.params[1:],
            "se": found.bse[1:],
            "low": ends[1:, 0],
            "high": ends[1:, 1],
            "p": found.pvalues[1:],
        }
    )
    return Fit(rows, found)
