"""Whether areas differ at all, and which of them from all others, allowing for their number."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.inference.places.marking import tested
from iconometrics.stats import (
    Ratio,
    difference_interval,
    share_interval,
    survey_design,
    survey_ratio,
)
from iconometrics.stats.tails import student_tails, tails
from iconometrics.wording import counted, joined

__all__ = ["Compared", "compared", "compared_estimates", "sentence"]

_MOST = 5


class Compared(NamedTuple):
    """Areas against each other.

    Parameters
    ----------
    differences
        One row per area, in order: difference (of its value from that of all others), low, high,
        which hold for all areas at once.
    p
        Of all areas being alike.
    """

    differences: pd.DataFrame
    p: float


def compared(
    y: np.ndarray,
    cell: np.ndarray,
    *,
    weight: np.ndarray,
    cluster: np.ndarray,
    share: bool,
    level: float,
) -> Compared:
    """Compare cells, numbered from 0, by the values of their units."""
    cells = int(cell.max()) + 1
    if cells < 2:
        nothing = pd.DataFrame({name: [np.nan] for name in ("difference", "low", "high")})
        return Compared(nothing, np.nan)
    middle = float(np.average(y, weights=weight))
    sums = _Sums.of(y - middle, cell, weight, cluster)
    parts = np.split(np.argsort(cell, kind="stable"), np.cumsum(np.bincount(cell))[:-1])
    each = 1 - (1 - level) / cells
    rows = []
    for units, other, pooled in zip(
        parts, sums.others(middle, share=share), sums.variances(), strict=True
    ):
        design = survey_design(weight[units], clusters=cluster[units])
        mean = survey_ratio(y[units], np.ones(len(units)), design)
        if share:
            most = middle * (1 - middle) / pooled if pooled > 0 else np.inf
            mean = mean._replace(n=min(mean.n, most))
        else:
            mean = mean._replace(se=max(mean.se, float(np.sqrt(pooled))))
        ends = [_ends(ratio, share=share, level=each) for ratio in (mean, other)]
        low, high = difference_interval(*ends)
        rows.append([mean.value - other.value, float(low), float(high)])
    table = pd.DataFrame(rows, columns=["difference", "low", "high"])
    return Compared(table, sums.alike())


def _ends(mean: Ratio, *, share: bool, level: float) -> tuple[float, float, float]:
    # The exact interval: of areas of one or two images, Wilson's misses rare codes too often.
    if share:
        return (mean.value, *share_interval(mean, level=level, exact=True))
    low, high = mean.value + student_tails(mean.df, tails(level)) * mean.se
    return mean.value, float(low), float(high)


class _Sums(NamedTuple):
    """Sums by cluster within its cell: weights, weighted values, and the squares of both."""

    cell: np.ndarray
    cluster: np.ndarray
    x: np.ndarray
    y: np.ndarray
    squares: np.ndarray
    alone: np.ndarray

    @classmethod
    def of(cls, y: np.ndarray, cell: np.ndarray, weight: np.ndarray, cluster: np.ndarray) -> _Sums:
        key = np.unique(cell * (int(cluster.max()) + 1) + cluster, return_inverse=True)[1]
        first = np.unique(key, return_index=True)[1]
        parts = weight, weight * y, weight**2, (weight * y) ** 2
        return cls(cell[first], cluster[first], *(np.bincount(key, part) for part in parts))

    def others(self, middle: float, *, share: bool) -> list[Ratio]:
        """Average all cells but one, for each cell."""
        x, y = (np.bincount(self.cluster, part)[self.cluster] for part in (self.x, self.y))
        left_x, left_y = np.where(np.isclose(x, self.x), 0, x - self.x), y - self.y
        units = self._without(np.ones(len(x)), (left_x > 0).astype(float))
        total = self._without(x, left_x)
        mean = self._without(y, left_y) / total
        xx = self._without(x**2, left_x**2)
        squares = self._without(y**2, left_y**2) - 2 * mean * self._without(x * y, left_x * left_y)
        factor = units / np.maximum(units - 1, 1)
        se = np.sqrt(np.maximum(factor * (squares + mean**2 * xx), 0)) / total
        df = np.maximum(units - 1, 1)
        value = mean + middle
        varies = np.full(len(value), share)
        if share:
            varies = (value > 1e-12) & (value < 1 - 1e-12) & (se > 0)
            value = np.where(varies, value, np.round(np.clip(value, 0, 1)))
        n = np.where(varies, value * (1 - value) / np.where(se > 0, se, 1) ** 2, total**2 / xx)
        return [
            Ratio(float(v), float(e), float(free), x[:0], float(worth), int(m), bool(own))
            for v, e, free, worth, m, own in zip(value, se, df, n, units, varies, strict=True)
        ]

    def _without(self, parts: np.ndarray, left: np.ndarray) -> np.ndarray:
        """Sum over clusters, for each cell with what its own clusters have left outside of it."""
        first = np.unique(self.cluster, return_index=True)[1]
        return np.asarray(parts[first].sum() - np.bincount(self.cell, parts - left))

    def variances(self) -> np.ndarray:
        """Variance of the mean of each cell, were all cells alike.

        An area's own variance is small by chance where its mean is far off: the larger counts.
        """
        spread = self._spread()[0]
        x = np.bincount(self.cell, self.x)
        return np.asarray(self._scale(spread) * np.bincount(self.cell, spread) / x**2)

    def _scale(self, spread: np.ndarray) -> float:
        known = spread > 0
        return float((self.y[known] ** 2 / spread[known]).sum()) / max(len(self.y) - 1, 1)

    def alike(self) -> float:
        """Test whether all cells are alike.

        The sum of squared sums of cells over their variances, by a gamma distribution with the
        mean and the variance that the sum has when clusters are dealt to cells at random (Pitman
        1938; Box and Andersen 1955). Where clusters' images resemble each other, how much is
        estimated from few clusters: F stands for it.
        """
        from scipy.special import fdtrc, gammaincc

        spread, shared = self._spread()
        n, cells, square = len(self.y), int(self.cell.max()) + 1, self._scale(spread)
        if n <= cells or not square > 0:
            return 1.0
        u, by_cell = self.y / np.sqrt(spread), np.bincount(self.cell, spread)
        statistic = float((np.bincount(self.cell, self.y) ** 2 / by_cell).sum()) / square
        own = spread / by_cell[self.cell] - spread / spread.sum()
        free, peaked = cells - 1, float((u**4).mean() / (u**2).mean() ** 2) - 3
        variance = 2 * free * (n - cells) / (n + 1) + peaked * (float(own @ own) - free**2 / n)
        shape = free**2 / max(variance, 1e-9)
        if not shared:
            return float(gammaincc(shape, statistic * shape / free))
        worth = float(spread.sum() ** 2 / (spread @ spread)) - cells
        return float(fdtrc(2 * shape, max(worth, 1.0), statistic / free))

    def _spread(self) -> tuple[np.ndarray, bool]:
        """Expect the square of each cluster's sum, and say whether its images share anything."""
        own, pairs = self.squares, self.x**2 - self.squares
        alone = float(self.alone.sum() / own.sum())
        shared = (self.y**2 - self.alone).sum() / pairs.sum() if pairs.sum() > 1e-9 else 0.0
        shared = min(max(float(shared), 0.0), alone)
        return np.asarray(alone * own + shared * pairs), shared > 0


def compared_estimates(
    values: np.ndarray, errors: np.ndarray, *, df: np.ndarray, sizes: np.ndarray, level: float
) -> Compared:
    """Compare estimates of cells with that of all others; those without one are passed over.

    All cells are taken for alike as long as no single one can be told from the others.
    """
    from scipy.special import stdtr, stdtrit

    known = np.isfinite(values)
    table = pd.DataFrame(np.nan, index=range(len(values)), columns=["difference", "low", "high"])
    if known.sum() < 2:
        return Compared(table, np.nan)
    v, se, free, size = (column[known] for column in (values, errors, df, sizes))
    rest = size.sum() - size
    difference = v - ((size * v).sum() - size * v) / rest
    spread = (size * se) ** 2
    error = np.sqrt(se**2 + (spread.sum() - spread) / rest**2)
    each = 1 - (1 - level) / known.sum()
    half = stdtrit(free, tails(each)[1]) * error
    p = 2 * stdtr(free, -np.abs(difference) / error)
    table.loc[known] = np.column_stack([difference, difference - half, difference + half])
    return Compared(table, float(min(1, known.sum() * p.min())))


def sentence(
    compared: Compared,
    names: list[str],
    *,
    share: bool,
    level: float,
    validated: bool = True,
) -> str:
    """Say whether areas differ, and name those that differ from all others."""
    table = compared.differences.set_axis(names).dropna(subset="difference")
    if not np.isfinite(compared.p):
        return ""
    test = tested(compared.p)
    if compared.p >= 1 - level:
        widest = np.abs(table[["low", "high"]].to_numpy())
        start = f"That they differ is not shown ({test})"
        if np.isnan(widest).all():
            return f"{start}: each has too few images for an interval."
        room = _amount(float(np.nanmax(widest)), share).lstrip("+")
        return f"{start}; the intervals leave room for {room} between one and all others."
    errors = "" if validated else ", or the measure errs more in some than in others"
    start = f"They differ ({test}){errors}."
    many = f"Allowing for {counted(len(table), 'comparison')}"
    higher, lower = table[table["low"] > 0], table[table["high"] < 0]
    if higher.empty and lower.empty:
        return f"{start} {many} with all others, which one does cannot be told."
    parts = [
        f"{word} than all others: {'; '.join(_named(side, share))}"
        for word, side in (("higher", higher), ("lower", lower))
        if len(side)
    ]
    rest = len(table) - len(higher) - len(lower)
    unclear = f" Of {counted(rest, 'other')} it cannot be told." if rest else ""
    return f"{start} {many}, {joined(parts)}.{unclear}"


def _named(side: pd.DataFrame, share: bool) -> list[str]:
    shown = side.reindex(side["difference"].abs().sort_values(ascending=False).index)
    named = [
        f"{name} ({_amount(row['difference'], share)}; {_signed(row['low'], share)} to "
        f"{_signed(row['high'], share)})"
        for name, row in shown.head(_MOST).iterrows()
    ]
    more = len(shown) - len(named)
    return [*named, *([f"{more} more"] if more else [])]


def _amount(value: float, share: bool) -> str:
    return _signed(value, share) + (" points" if share else "")


def _signed(value: float, share: bool) -> str:
    return f"{100 * value:+.0f}" if share else f"{value:+.3g}"
