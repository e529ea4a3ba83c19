"""PPI++ in two phases: how much is used of the measure, and of the codes of the first phase."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from iconometrics.errors import InputError
from iconometrics.inference.regression.moments import (
    LINKS,
    PairedRows,
    jacobian,
    solve,
)
from iconometrics.inference.regression.prepared import Prepared
from iconometrics.stats.linear import summed

__all__ = ["PhasedFit", "Shares", "fitted_phases", "tuned_phases"]


class Shares(NamedTuple):
    """How much is used of the measure, and of the codes of the first phase: 0 none, 1 all."""

    measure: float
    first: float


class PhasedFit(NamedTuple):
    """Coefficients of standardized columns, and what they depend on.

    `rows` are those with as much of the first phase as is used; `expected`, (rows,), is the outcome
    about which the code of a row is weighed.
    """

    rows: PairedRows
    beta: np.ndarray
    bread: np.ndarray
    moments: np.ndarray
    expected: np.ndarray
    shares: Shares


def fitted_phases(rows: PairedRows, model: str, *, shares: Shares) -> PhasedFit:
    """Fit with given shares."""
    link, first = LINKS[model], rows.more[0]
    used = rows._replace(more=(first._replace(weight=shares.first * first.weight),))
    beta = solve(used, link, share=shares.measure)
    bread = np.linalg.inv(jacobian(used, link, beta, share=shares.measure))
    coded, by_first, measured = _pieces(rows, model, beta)
    moments = coded + shares.first * by_first + shares.measure * measured
    fitted = link.mean(rows.x_hat @ beta)
    expected = fitted + shares.first * (first.y - fitted)
    return PhasedFit(used, beta, bread, moments, expected, shares)


def tuned_phases(
    prepared: Prepared, rows: PairedRows, model: str, *, places: Sequence[int] | None
) -> PhasedFit:
    """Choose the shares with which coefficients (of some `places`, or all) vary least."""
    fit = _begun(rows, model)
    for _ in range(2):
        turn = rows.back @ fit.bread
        turn = turn if places is None else turn[places]
        pieces = [
            summed(piece @ turn.T, prepared.clusters)[0].ravel()
            for piece in _pieces(rows, model, fit.beta)
        ]
        shares = _least(*pieces)
        fit = fitted_phases(rows, model, shares=shares)
    return fit


def _begun(rows: PairedRows, model: str) -> PhasedFit:
    """Fit with all of both, or with neither where that settles no coefficients."""
    try:
        return fitted_phases(rows, model, shares=Shares(1.0, 1.0))
    except InputError:
        return fitted_phases(rows, model, shares=Shares(0.0, 0.0))


def _least(coded: np.ndarray, by_first: np.ndarray, measured: np.ndarray) -> Shares:
    from scipy.optimize import lsq_linear

    solution = lsq_linear(np.column_stack([measured, by_first]), -coded, bounds=(0, 1))
    measure, first = np.clip(solution.x, 0, 1)
    return Shares(float(measure), float(first))


def _pieces(
    rows: PairedRows, model: str, beta: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Part the moments: second phase, first phase, measure; each about its weighted mean.

    Weights of each phase add up to the same in every sample, so that means move no coefficient.
    """
    link = LINKS[model]
    moments = [
        x * (y - link.mean(x @ beta))[:, None]
        for x, y in ((rows.x, rows.y), (rows.more[0].x, rows.more[0].y), (rows.x_hat, rows.y_hat))
    ]
    assert rows.first is not None
    own = (rows.weight, rows.first, np.ones(len(rows.weight)))
    means = [weight @ piece / weight.sum() for weight, piece in zip(own, moments, strict=True)]
    about = [piece - mean for piece, mean in zip(moments, means, strict=True)]
    return (
        rows.weight[:, None] * about[0] + means[0],
        (rows.first - rows.weight)[:, None] * about[1],
        (1 - rows.first)[:, None] * about[2],
    )
