"""What was there, and how well each coder sees it, from codings alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError
from iconometrics.stats.agreement.units import patterns

__all__ = ["LatentClasses", "dawid_skene"]


@dataclass(frozen=True, eq=False)
class LatentClasses:
    """The fitted model of Dawid and Skene.

    Parameters
    ----------
    categories
        The categories, in order.
    posterior
        Units x categories: probability that the unit is of the category.
    prevalence
        Probability of each category.
    confusion
        Coders x categories (what was there) x categories (what the coder said); rows sum to 1.
    log_likelihood
        Of the ratings, at the end.
    iterations
        Number of EM steps.
    converged
        Whether the last step changed the log-likelihood by less than the tolerance.

    Examples
    --------
    >>> classes = dawid_skene([["a", "a"], ["b", "b"], ["a", "b"], ["b", "b"]])
    >>> classes.categories
    ('a', 'b')
    """

    categories: tuple[Any, ...]
    posterior: np.ndarray
    prevalence: np.ndarray
    confusion: np.ndarray
    log_likelihood: float
    iterations: int
    converged: bool


def dawid_skene(
    ratings: ArrayLike,
    *,
    coders: Sequence[Any] | None = None,
    categories: Sequence[Any] | None = None,
    smoothing: float = 0.0,
    steps: int = 1000,
    tolerance: float = 1e-9,
) -> LatentClasses:
    """Estimate true categories and every coder's errors together, by EM from the majority.

    Parameters
    ----------
    ratings
        Units x columns, numbers or text; NaN or None where there is no rating.
    coders
        Who filled each column; a coder may have several. By default each column is a coder.
    categories
        All categories in order; by default those given, sorted.
    smoothing
        Added to every count of the coders' tables: 0 is maximum likelihood; 1 keeps coders with
        few ratings from being taken as perfect.
    steps
        At most so many EM steps.
    tolerance
        Of the log-likelihood, per rating.

    Returns
    -------
    LatentClasses

    Raises
    ------
    InputError
        If there is no rating, or `coders` does not fit the columns.

    Notes
    -----
    Dawid, A. P. and Skene, A. M. (1979). Maximum likelihood estimation of observer error-rates
    using the EM algorithm. Journal of the Royal Statistical Society C 28, 20-28. Coders are taken
    to err independently of each other, given the true category.

    Examples
    --------
    >>> classes = dawid_skene([["a", "a", "a"], ["b", "b", "a"], ["b", "b", "b"], ["a", "a", "b"]])
    >>> classes.posterior.argmax(axis=1).tolist()
    [0, 1, 1, 0]
    """
    units = patterns(ratings, categories)
    if smoothing < 0 or steps < 1:
        raise InputError(
            f"smoothing={smoothing!r}, steps={steps!r}: expected values such as 0 and 1000."
        )
    tables, number = _tables(units.rows, coders, len(units.labels))
    fitted = _fit(
        tables, units.count.astype(float), number,
        smoothing=smoothing, steps=steps, tolerance=tolerance * units.given @ units.count,
    )  # fmt: skip
    posterior, prevalence, confusion, likelihood, taken, converged = fitted
    return LatentClasses(
        units.labels, posterior[units.member], prevalence, confusion, likelihood, taken, converged
    )


def _tables(rows: np.ndarray, coders: Sequence[Any] | None, size: int) -> tuple[Any, int]:
    """Count what each coder said of each pattern: patterns x (coder, category), sparse."""
    from scipy.sparse import csr_array

    columns = list(range(rows.shape[1])) if coders is None else list(coders)
    if len(columns) != rows.shape[1]:
        raise InputError(f"{len(columns)} coders for {rows.shape[1]} columns: name one per column.")
    names = list(dict.fromkeys(columns))
    place = np.array([names.index(coder) for coder in columns])
    where, column = np.nonzero(rows >= 0)
    cell = place[column] * size + rows[where, column]
    shape = (len(rows), len(names) * size)
    return csr_array((np.ones(len(where)), (where, cell)), shape=shape), len(names)


def _fit(
    tables: Any, count: np.ndarray, coders: int, *, smoothing: float, steps: int, tolerance: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, int, bool]:
    size = tables.shape[1] // coders
    posterior = sum(tables[:, c * size : (c + 1) * size].toarray() for c in range(coders))
    with np.errstate(invalid="ignore"):
        posterior = posterior / posterior.sum(axis=1, keepdims=True)
    posterior = np.where(np.isnan(posterior), 1 / size, posterior)
    before = -np.inf
    for taken in range(1, steps + 1):
        weighted = posterior * count[:, None]
        prevalence = weighted.sum(axis=0) / count.sum()
        confusion = _confusion(tables.T @ weighted, coders, size, smoothing)
        log_odds = _log(prevalence) + tables @ _log(confusion.transpose(0, 2, 1).reshape(-1, size))
        most = log_odds.max(axis=1, keepdims=True)
        odds = np.exp(log_odds - most)
        posterior = odds / odds.sum(axis=1, keepdims=True)
        likelihood = float(count @ (most.ravel() + np.log(odds.sum(axis=1))))
        if likelihood - before < tolerance:
            return posterior, prevalence, confusion, likelihood, taken, True
        before = likelihood
    return posterior, prevalence, confusion, likelihood, steps, False


def _confusion(said: np.ndarray, coders: int, size: int, smoothing: float) -> np.ndarray:
    """Share of what a coder said where the category was there; even where it never was."""
    table = said.reshape(coders, size, size).transpose(0, 2, 1) + smoothing
    total = table.sum(axis=2, keepdims=True)
    even = np.full_like(table, 1 / size)
    return np.asarray(np.divide(table, total, out=even, where=total > 0))


def _log(values: np.ndarray) -> np.ndarray:
    """Take logarithms that stay finite, as zero times minus infinity is nothing."""
    return np.asarray(np.log(np.maximum(values, 1e-300)))
