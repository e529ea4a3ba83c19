"""Noise of means: what corrected regressors add to products with what they are held against.

A corrected column is the prediction plus the weighted error of the rows that people coded. Its
means by group, and its projection on other columns, carry the chance of who was coded; squared, it
makes the means differ more than they do, and leaves too little within them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iconometrics.errors import InputError
from iconometrics.inference.regression.moments import MeanNoise, PairedRows
from iconometrics.inference.regression.prepared import Prepared
from iconometrics.stats.demeaning import effect_leverage
from iconometrics.stats.linear import summed
from iconometrics.wording import counted, listed

__all__ = ["check_settled", "has_mean_noise", "without_mean_noise"]

_LEAST_CODES, _MOST_ERROR, _ROUNDING = 30, 1 / 3, 1e-9


def has_mean_noise(prepared: Prepared, rows: PairedRows) -> bool:
    """Tell whether measured regressors are held against many groups or columns, for so few codes.

    Elsewhere the noise of means is a small part of what other errors are.
    """
    measured = _measured(rows)
    known = int((~measured).sum())
    few = prepared.coded.sum() < _LEAST_CODES * known
    return bool(measured.any() and (prepared.effects or few))


def without_mean_noise(prepared: Prepared, rows: PairedRows) -> PairedRows:
    """Let a linear regression take the noise of means out of its products.

    The squared noise of a coded row is expected to be w (w - 1) times its squared error, w being
    its weight; as much of it is in the means as the row has leverage there. Where the codes are a
    second phase, with v the weight of the first, it is w (v - 1) times the squared error of the
    measure and w (w - v) times that of the first phase.
    """
    measured = _measured(rows)
    if prepared.mixture is not None or not measured.any():
        return rows
    if rows.first is None:
        parts = [_noise(prepared, rows, rows.x_hat, rows.y_hat, over=rows.weight - 1)]
    else:
        known = rows.more[0]
        parts = [
            _noise(prepared, rows, rows.x_hat, rows.y_hat, over=rows.first - 1),
            _noise(prepared, rows, known.x, known.y, over=rows.weight - rows.first),
        ]
    return rows._replace(
        noise=MeanNoise(*(np.concatenate(own) for own in zip(*parts, strict=True)))
    )


def _noise(
    prepared: Prepared, rows: PairedRows, x: np.ndarray, y: np.ndarray, *, over: np.ndarray
) -> MeanNoise:
    """Find the noise that errors of a prediction of the coded rows leave in the means."""
    there = np.flatnonzero(rows.weight > 0)
    base = _orthonormal(rows.x_hat[:, ~_measured(rows)])[there]
    errors = np.column_stack([rows.x[there] - x[there], rows.y[there] - y[there]])
    if _is_drawn_whole(prepared):
        factor, sums, first = _by_cluster(prepared, base, errors)
    else:
        factor, sums, first = (base**2).sum(axis=1), errors, np.arange(len(there))
        if prepared.effects:
            factor = factor + effect_leverage(prepared.effects, there)
    weight = factor * (rows.weight * over)[there][first]
    return MeanNoise(weight, sums[:, :-1], sums[:, -1], there[first])


def _measured(rows: PairedRows) -> np.ndarray:
    """Tell which (standardized) columns have errors; expected values are rounded."""
    there = rows.weight > 0
    return np.asarray((np.abs(rows.x[there] - rows.x_hat[there]) > _ROUNDING).any(axis=0))


def _orthonormal(known: np.ndarray) -> np.ndarray:
    """Span the columns that are known of every row."""
    base, sizes, _ = np.linalg.svd(known, full_matrices=False)
    return np.asarray(base[:, sizes > 1e-9 * max(sizes.max(initial=0.0), 1e-300)])


def _is_drawn_whole(prepared: Prepared) -> bool:
    """Tell whether clusters were coded whole or not at all: their rows share one chance."""
    if prepared.clusters is None:
        return False
    share = np.bincount(prepared.clusters, prepared.coded) / np.bincount(prepared.clusters)
    return bool(np.isin(share, [0, 1]).all() and share.sum() < prepared.coded.sum())


def _by_cluster(
    prepared: Prepared, base: np.ndarray, errors: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Add up errors by cluster along everything that they are projected on."""
    assert prepared.clusters is not None
    clusters = prepared.clusters[prepared.coded]
    parts = [_summed(clusters, errors * column[:, None]) for column in base.T]
    if len(prepared.effects) > 1:
        raise InputError(
            "a measured regressor between two fixed effects, in rows that were drawn for coding by "
            "cluster: how far chance moves its means is not known here. Use one fixed effect."
        )
    for groups in prepared.effects:
        cells = np.unique(np.stack([clusters, groups[prepared.coded]]), axis=1, return_inverse=True)
        sums, first = _summed(cells[1], errors)
        size = np.bincount(groups)[groups[prepared.coded][first]]
        parts.append((sums / np.sqrt(size)[:, None], first))
    sums, first = (np.concatenate(part) for part in zip(*parts, strict=True))
    return np.ones(len(first)), sums, first


def _summed(groups: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Add up rows by group, and give the first row of each."""
    _, first, number = np.unique(groups, return_index=True, return_inverse=True)
    return np.column_stack([np.bincount(number, column) for column in values.T]), first


def check_settled(
    prepared: Prepared, rows: PairedRows, bread: np.ndarray, *, terms: Sequence[str]
) -> None:
    """Refuse coefficients whose regressor varies, as far as the codes tell, by no sure amount."""
    if rows.noise is None:
        return
    measured = _measured(rows)
    own = np.diag(bread)[measured]
    directions = bread[:, measured] / np.sqrt(np.abs(own))
    parts = np.zeros((len(rows.weight), directions.shape[1]))
    for x, _, weight in rows.versions(1.0):
        parts += weight[:, None] * (x @ directions) ** 2
    weight, x, _, row = rows.noise
    np.add.at(parts, row, weight[:, None] * (x @ directions) ** 2)
    # Few large clusters hold much of the whole each, which says nothing of how sure the whole is.
    size = rows.standing(np.ones(len(parts)))[:, None]
    parts -= size / size.sum() * parts.sum(axis=0)
    error = np.sqrt((summed(parts, prepared.clusters)[0] ** 2).sum(axis=0))
    unsure = (own <= 0) | (error > _MOST_ERROR)
    if unsure.any():
        names = listed(np.asarray(terms)[measured][unsure])
        raise InputError(
            f"the {int(prepared.coded.sum()):,} coded rows do not tell how much {names} varies "
            f"within what else is held constant ({_held(prepared)}). Code more rows, or hold less "
            "constant."
        )


def _held(prepared: Prepared) -> str:
    if prepared.effects:
        return " and ".join(counted(len(np.unique(own)), "group") for own in prepared.effects)
    return "the other terms of the formula"
