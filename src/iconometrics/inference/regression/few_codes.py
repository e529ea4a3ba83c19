"""Intervals where people coded few rows, or few of a category."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from iconometrics.inference.regression.few_clusters import FewClusters, few_clusters
from iconometrics.inference.regression.fixed_effects import widened
from iconometrics.inference.regression.moments import LINKS, PairedRows
from iconometrics.inference.regression.prepared import Prepared
from iconometrics.inference.regression.tables import LINEAR
from iconometrics.stats.linear import few_degrees, sandwich, summed
from iconometrics.wording import counted, listed

__all__ = [
    "Moves",
    "Spread",
    "few_coded",
    "few_note",
    "movements",
    "predicts_twofold",
    "spread",
]

_FEW = 50
_ADDED = 4
_MOST = 0.9


class Moves(NamedTuple):
    """What the coefficients of a fit depend on.

    Parameters
    ----------
    beta, bread
        (k,) the coefficients of standardized columns and (k, k) how much a moment moves them.
    moments
        (rows, k) of each row.
    fitted
        (rows,) the outcome about which the code of a row is weighed.
    left
        (rows,) the share of each row's variance that drawing it leaves open.
    slopes
        (clusters, k, k) derivatives of the moments by cluster, where there are few clusters.
    """

    beta: np.ndarray
    bread: np.ndarray
    moments: np.ndarray
    fitted: np.ndarray
    left: np.ndarray
    slopes: np.ndarray | None = None


class Spread(NamedTuple):
    """Covariance of standardized coefficients, the degrees of freedom of each, the bootstrap."""

    cov: np.ndarray
    df: np.ndarray
    clusters: FewClusters | None = None


def few_coded(prepared: Prepared) -> tuple[str, ...]:
    """Name the categories that have fewer codes than the normal distribution needs.

    Of numbers, those count that are not the commonest. Unequal weights make fewer of them.
    """
    there = prepared.coded
    weight = prepared.weight[there]
    if prepared.stands is not None:
        weight = weight * prepared.stands[there]
    units = np.arange(len(there)) if prepared.clusters is None else prepared.clusters
    targets = prepared.targets()
    kinds = [
        kind for name in targets for kind in _kinds(str(name), targets[name].to_numpy()[there])
    ]
    worth = [_effective(weight[rows], units[there][rows]) for _, rows in kinds]
    return tuple(
        f"{kind} in {counted(int(rows.sum()), 'row')}"
        + (f", worth {worth_rows:.0f} of equal weight" if worth_rows < 0.9 * rows.sum() else "")
        for (kind, rows), worth_rows in zip(kinds, worth, strict=True)
        if worth_rows < _FEW
    )


def _kinds(name: str, codes: np.ndarray) -> list[tuple[str, np.ndarray]]:
    is_text = codes.dtype == object
    values, number = np.unique(codes.astype(str) if is_text else codes, return_counts=True)
    if is_text or len(values) == 2:
        return [
            (f"{name} = {value if is_text else f'{value:g}'}", codes == value) for value in values
        ]
    if number.max() == 1:
        return [(name, np.ones(len(codes), dtype=bool))]
    common = values[number.argmax()]
    return [(f"{name} other than {common:g}", codes != common)]


def _effective(weight: np.ndarray, units: np.ndarray) -> float:
    """Count the units that would be as good under equal weights (Kish)."""
    by_unit = np.bincount(np.unique(units, return_inverse=True)[1], weight)
    return float(by_unit.sum() ** 2 / (by_unit**2).sum())


def few_note(few: tuple[str, ...], *, bootstrapped: bool) -> list[str]:
    """Say which codes are few, and what the intervals do about it."""
    if not few:
        return []
    intervals = "" if bootstrapped else ", intervals Student's"
    return [
        f"Few codes ({listed(few, 3)}): errors are HC3{intervals}, and allow for what so few codes "
        "may have missed"
    ]


def predicts_twofold(prepared: Prepared, rows: PairedRows) -> bool:
    """Tell whether all that is predicted is an outcome of 0 and 1."""
    there = prepared.coded
    outcome_only = np.array_equal(rows.x[there], rows.x_hat[there])
    return outcome_only and not prepared.effects and bool(np.isin(rows.y[there], [0, 1]).all())


def spread(
    prepared: Prepared,
    rows: PairedRows,
    moves: Moves,
    *,
    model: str,
    few: bool,
    chance: np.ndarray | None,
) -> Spread:
    """Compute the covariance of coefficients by the sandwich, or as `few` codes need it."""
    if few:
        cov, df = _of_few(prepared, rows, moves, model=model, chance=chance)
    else:
        cov = sandwich(moves.moments, moves.bread, prepared.clusters)
        df = np.full(len(moves.beta), np.inf)
    cov = widened(cov, prepared.effects, prepared.clusters, rows=len(prepared.coded))
    return Spread(cov, df, _by_cluster(prepared, rows, moves, model=model, few=few))


def _by_cluster(
    prepared: Prepared, rows: PairedRows, moves: Moves, *, model: str, few: bool
) -> FewClusters | None:
    """Bootstrap where there are few clusters."""
    if prepared.clusters is None or moves.slopes is None:
        return None
    wide = widened(
        np.eye(len(moves.beta)), prepared.effects, prepared.clusters, rows=len(prepared.coded)
    )
    moments = moves.moments / _kept(rows, model, moves, few=few)[:, None]
    return few_clusters(
        moments, moves.slopes, prepared.clusters, contrasts=rows.back, factor=wide[0, 0]
    )


def _of_few(
    prepared: Prepared,
    rows: PairedRows,
    moves: Moves,
    *,
    model: str,
    chance: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Compute a covariance that allows for what so few codes may have missed.

    Moments of coded rows are divided by one minus their leverage (HC3), and the variance has the
    degrees of freedom of Satterthwaite. Where `chance`, the predicted probability of a one, is
    given, a variance is expected from it, too: it mixes in as four more rows would in a logit; in
    a linear model, where few ones make the variance small, the larger of the two is taken.
    """
    turn = rows.back @ moves.bread
    sums, factor = summed(movements(rows, moves, model=model, few=True), prepared.clusters)
    cov, moved = factor * sums.T @ sums, np.sqrt(factor) * sums
    df = few_degrees(np.diag(cov), moved)
    if chance is not None:
        expected = _expected(rows, moves, turn, chance)
        if model in LINEAR:
            cov = cov + np.diag(np.maximum(np.diag(expected - cov), 0))
            df = few_degrees(np.diag(cov), moved)
        else:
            part = _ADDED / (prepared.coded.sum() + _ADDED)
            cov = (1 - part) * cov + part * expected
    forth = np.linalg.inv(rows.back)
    return forth @ cov @ forth.T, df


def movements(rows: PairedRows, moves: Moves, *, model: str, few: bool) -> np.ndarray:
    """Give how far each row moves each coefficient, in the units of the terms: (rows, k)."""
    kept = _kept(rows, model, moves, few=few)
    return np.asarray((moves.moments / kept[:, None]) @ (rows.back @ moves.bread).T)


def _kept(rows: PairedRows, model: str, moves: Moves, *, few: bool) -> np.ndarray:
    """Give one minus the leverage of each row; ones where that is not looked at."""
    return 1 - _leverage(rows, model, moves) if few else np.ones(len(moves.moments))


def _leverage(rows: PairedRows, model: str, moves: Moves) -> np.ndarray:
    """Measure how much each coded row's own outcome moves its fitted value."""
    slope = rows.parts(0.0)[0] * LINKS[model].slope(rows.x @ moves.beta)
    leverage = slope * np.einsum("ij,jk,ik->i", rows.x, moves.bread, rows.x)
    return np.asarray(np.clip(leverage, 0, _MOST))


def _expected(rows: PairedRows, moves: Moves, turn: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Expect the covariance from predicted probabilities of the codes."""
    least = 0.5 / (rows.weight > 0).sum()
    chance = np.clip(chance, least, 1 - least)
    square = chance * (1 - moves.fitted) ** 2 + (1 - chance) * moves.fitted**2
    moved = (rows.x_hat * (rows.parts(0.0)[0] * np.sqrt(square * moves.left))[:, None]) @ turn.T
    return np.asarray(moved.T @ moved)
