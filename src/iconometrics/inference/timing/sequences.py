"""Sequences of events: who does what to whom after what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from iconometrics import stats
from iconometrics.errors import InputError, warn
from iconometrics.options import generator, need_columns
from iconometrics.stats.holm import holm
from iconometrics.wording import counted, joined, listed, p_value, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Sequences", "sequences"]

_FEW = 5
_SHUFFLES, _PER_PAIR, _MOST_COUNTS = 1999, 40, 20_000_000


@dataclass(frozen=True, eq=False)
class Sequences:
    """Which events follow which, with intervals.

    Parameters
    ----------
    rows
        given, then, count, of (events given that another follows), share, low, high, expected
        (count if what follows did not depend on what came before, each sequence having its own
        mix), residual (distance in standard deviations), p (of the residual, Holm's correction
        for all cells that can differ; missing for the others).
    order
        Does the event `lag` before matter, and, given the last one, the one two before: order,
        statistic, p, least (the smallest p that these sequences allow).
    lag
        Events between the two, 1 for the next.
    units
        Videos that the events come from.
    merged
        Columns whose value no event shares with the one before it: repeats count as merged.
    level
        Of the intervals.

    Examples
    --------
    >>> pairs = [(video, time) for video in range(12) for time in range(6)]
    >>> events = pd.DataFrame(pairs, columns=["image", "start"])
    >>> events["category"] = ["push", "push", "calm", "push", "calm", "calm"] * 12
    >>> found = sequences(events)
    >>> found.matrix("count").loc["push", "calm"]
    np.int64(24)
    """

    rows: pd.DataFrame
    order: pd.DataFrame
    lag: int
    units: int
    merged: tuple[str, ...]
    level: float

    def table(self) -> pd.DataFrame:
        """Return one row per pair of events.

        Returns
        -------
        pandas.DataFrame
            given, then, count, of, share, low, high, expected, residual, p; a copy.
        """
        return self.rows.copy()

    def matrix(self, column: str = "share") -> pd.DataFrame:
        """Return a transition table.

        Parameters
        ----------
        column
            What its cells hold, a column of `rows`.

        Returns
        -------
        pandas.DataFrame
            One row what came before, one column what followed.

        Raises
        ------
        InputError
            If there is no such column.
        """
        if column not in self.rows.columns[2:]:
            raise InputError(
                f"column={column!r}: expected one of {listed(self.rows.columns[2:], 9)}."
            )
        wide = self.rows.pivot(index="given", columns="then", values=column)
        return wide.reindex(index=self.rows["given"].unique(), columns=self.rows["then"].unique())

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the shares with their intervals; a star marks more than chance.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from iconometrics.inference.timing.plots import transitions

        return transitions(self.rows, level=self.level, ax=ax)

    def summary(self) -> str:
        """Say whether order matters, what follows more often than chance, what cannot be told.

        Returns
        -------
        str
        """
        above = self.rows[(self.rows["residual"] > 0) & (self.rows["p"] < 1 - self.level)]
        said = [
            f"after {row['given']!r} comes {row['then']!r} in {percent(row['share'])} "
            f"({percent(row['low'])} to {percent(row['high'])})"
            for _, row in above.sort_values("p", kind="stable").head(3).iterrows()
        ]
        single = f"; {'; '.join(said)}." if said else "; no single transition stands out."
        merged = (
            f" No event has the {joined(self.merged)} of the one before it, so repeats count as "
            "merged, and the question is which other follows."
            if self.merged
            else ""
        )
        return (
            f"{counted(int(self.rows['count'].sum()), 'transition')} in "
            f"{counted(self.units, 'sequence')}. {self._said()}"
            + ("." if self._is_too_short() else single)
            + merged
            + (" One sequence speaks for itself alone." if self.units == 1 else "")
        )

    def _is_too_short(self) -> bool:
        return bool(self.order["least"].iloc[0] >= 1 - self.level)

    def _said(self) -> str:
        if self._is_too_short():
            return (
                "Whether what comes next depends on what came before cannot be told: within each "
                "sequence its events could hardly have come in another order"
            )
        first = self.order.iloc[0]
        depends = "depends" if first["p"] < 1 - self.level else "was not shown to depend"
        p = p_value(first["p"])
        return (
            f"Within sequences, what comes next {depends} on what came before "
            f"(p {p if p.startswith('<') else f'= {p}'})"
        )

    def _repr_html_(self) -> str:
        return f"<p>{self.summary()}</p>{self.rows.round(3).to_html(index=False)}"


def sequences(
    events: pd.DataFrame,
    *,
    unit: str = "image",
    given: Sequence[str] | str = "category",
    then: Sequence[str] | str | None = None,
    lag: int = 1,
    draws: int | None = None,
    seed: int = 1,
    level: float = 0.95,
) -> Sequences:
    """Tell which events follow which: lag sequential analysis.

    Events are ordered by their start within each video. Intervals are Wilson's at the effective
    number of transitions, since those of one video resemble each other. What would come by chance
    is told by shuffling the events between the first and the last of each video, so that videos
    may differ in what they hold.

    Parameters
    ----------
    events
        One row per event: the columns `unit`, start (a time in any unit), and those of `given` and
        `then`, such as category, actor, target.
    unit
        The column with the video or place that the events belong to.
    given, then
        Columns that say what came before and what followed; several are joined ("third party
        calms perpetrator"). `then` is by default the same as `given`.
    lag
        1 for the next event, 2 for the one after it.
    draws
        Shuffles; by default 1,999, and more where there are many pairs of events.
    seed
        Names the random draws.
    level
        Of the intervals.

    Returns
    -------
    Sequences
        All pairs of what occurs.

    Raises
    ------
    InputError
        If a column is missing, a start is no time, or no event follows another.

    Notes
    -----
    Design: Levine, M., Taylor, P. J. and Best, R. (2011). Third parties, violence, and conflict
    resolution. Psychological Science 22, 406-412. Bakeman, R. and Quera, V. (2011). Sequential
    analysis and observational methods for the behavioral sciences. Cambridge University Press.

    p-values are exact if, within each video, what follows depends on nothing but a mix of the
    video's own: all orders between its first and last event are then alike. If no event has, say,
    the category of the one before it, repeats count as merged, and only orders without repeats
    are drawn (Besag, J. and Clifford, P. 1989. Generalized Monte Carlo significance tests.
    Biometrika 76, 633-642). For the second order shuffles keep each video's transitions (Altschul,
    S. F. and Erickson, B. W. 1985. Significance of nucleotide sequence alignments. Molecular
    Biology and Evolution 2, 526-538). A mix that shifts in the course of a video is order too,
    and found as such. The first call compiles the shuffles, which takes some seconds.

    Examples
    --------
    >>> pairs = [(video, time) for video in range(12) for time in range(6)]
    >>> events = pd.DataFrame(pairs, columns=["image", "start"])
    >>> events[["actor", "category"]] = [["A", "push"], ["C", "calm"], ["A", "push"]] * 24
    >>> found = sequences(events, given=["actor", "category"])
    >>> found.matrix().loc["A push", "C calm"].round(2)
    np.float64(0.67)
    """
    first = [given] if isinstance(given, str) else list(given)
    second = first if then is None else [then] if isinstance(then, str) else list(then)
    ordered = _ordered(events, unit, [*first, *second])
    before, after = _joined(ordered, first), _joined(ordered, second)
    names = sorted(pd.unique(before)), sorted(pd.unique(after))
    member = ordered[unit].to_numpy()
    coded = _Coded(_codes(before, names[0]), _codes(after, names[1]), _starts(member))
    pairs = stats.lagged(coded.split(coded.given), coded.split(coded.then), lag=lag)
    if not len(pairs.given):
        raise InputError(
            f"no event follows another at lag {lag}: expected videos with at least "
            f"{lag + 1} events."
        )
    units = len(coded.starts) - 1
    if units < _FEW:
        _warn_of_few(units)
    merged = _merged(ordered, member, (first, second))
    shuffles = _shuffled(coded, ordered, merged, lag=lag, draws=draws, seed=seed, level=level)
    rows = _rows(pairs, names, units, level).join(_residuals(shuffles))
    orders = [(1, *_order(shuffles)), (2, *_second_order(coded, len(shuffles) - 1, seed))]
    order = pd.DataFrame(orders, columns=["order", "statistic", "p", "least"])
    return Sequences(rows, order, lag, units, tuple(", ".join(c) for c in merged), level)


class _Coded(NamedTuple):
    """Codes of events one after the other, and where each sequence starts."""

    given: np.ndarray
    then: np.ndarray
    starts: np.ndarray

    def split(self, codes: np.ndarray) -> list[np.ndarray]:
        return np.split(codes, self.starts[1:-1])


def _warn_of_few(units: int) -> None:
    if units == 1:
        warn("one sequence: what is found holds for it, of others nothing can be told.")
    else:
        warn(f"{units} sequences: intervals from so few are rough.")


def _ordered(events: pd.DataFrame, unit: str, wanted: list[str]) -> pd.DataFrame:
    need_columns(events, (unit, "start", *wanted), what="the events")
    start = pd.to_numeric(events["start"], errors="coerce")
    if start.isna().any():
        bad = events["start"][start.isna()].iloc[0]
        raise InputError(f"start {bad!r} is not a time: expected a number, such as seconds.")
    kept = events.assign(start=start).dropna(subset=[unit, *wanted])
    if len(kept) < len(events):
        warn(
            f"{len(events) - len(kept)} of {len(events)} events have no {listed([unit, *wanted])} "
            "and are left out."
        )
    if kept.empty:
        raise InputError("no events: expected at least two of one video.")
    return kept.sort_values([unit, "start"], kind="stable")


def _joined(events: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """Name what occurs; where a blank would make two things one, part the columns more clearly."""
    parts = events[columns].astype("str")
    distinct = len(parts.drop_duplicates())
    for between in (" ", ", ", " | "):
        names = parts.agg(between.join, axis=1)
        if names.nunique() == distinct:
            return names.to_numpy(dtype=object)
    raise InputError(
        f"the text of {listed(columns)} joined by blank, comma or bar makes different events look "
        "the same: rename some."
    )


def _codes(states: np.ndarray, names: list[str]) -> np.ndarray:
    return pd.Categorical(states, categories=names).codes.astype(np.int64)


def _starts(member: np.ndarray) -> np.ndarray:
    return np.concatenate(([0], np.flatnonzero(member[1:] != member[:-1]) + 1, [len(member)]))


def _merged(
    ordered: pd.DataFrame, member: np.ndarray, sides: tuple[list[str], list[str]]
) -> list[list[str]]:
    """Find what no event shares with the one before it: single columns first, then several."""
    columns = list(dict.fromkeys([*sides[0], *sides[1]]))
    sets: list[list[str]] = []
    for candidate in [*([column] for column in columns), *sides, columns]:
        codes = _numbered(ordered, candidate)
        repeats = (codes[1:] == codes[:-1]) & (member[1:] == member[:-1])
        if not repeats.any() and not any(set(kept) <= set(candidate) for kept in sets):
            sets.append(candidate)
    return sets


def _numbered(ordered: pd.DataFrame, columns: list[str]) -> np.ndarray:
    return ordered[columns].astype("str").groupby(columns).ngroup().to_numpy(np.int64)


def _shuffled(
    coded: _Coded,
    ordered: pd.DataFrame,
    merged: list[list[str]],
    *,
    lag: int,
    draws: int | None,
    seed: int,
    level: float,
) -> np.ndarray:
    """Count pairs as observed, then in shuffles: (draws + 1, given, then)."""
    from iconometrics.inference.timing.shuffles import pairs_of_shuffles

    cells = int((coded.given.max() + 1) * (coded.then.max() + 1))
    if draws is None:
        draws = min(max(_SHUFFLES, _PER_PAIR * cells), max(_MOST_COUNTS // cells, _SHUFFLES))
    if draws < 1:
        raise InputError(f"draws={draws!r}: expected at least one, such as {_SHUFFLES}.")
    if cells >= (draws + 1) * (1 - level):
        warn(
            f"{draws:,} shuffles for {cells:,} pairs of events: p of a pair, corrected for their "
            "number, hardly falls below what chance gives. Give more draws=, or fewer categories."
        )
    classes = np.zeros((len(merged), len(coded.given)), np.int64)
    for row, columns in enumerate(merged):
        classes[row] = _numbered(ordered, columns)
    return pairs_of_shuffles(
        coded.given,
        coded.then,
        classes=classes,
        starts=coded.starts,
        lag=lag,
        draws=draws,
        random=generator(seed),
    )


def _order(tables: np.ndarray) -> tuple[float, float, float]:
    """Measure how far counts are from their mean over shuffles; its p, and the least p."""
    mean = tables.mean(axis=0)
    weight = np.divide(1, mean, out=np.zeros_like(mean), where=mean > 0)
    return _ranked(np.array([((table - mean) ** 2 * weight).sum() for table in tables]))


def _ranked(statistics: np.ndarray) -> tuple[float, float, float]:
    """Compare the first, as observed, with all of them."""
    near = statistics * (1 + 1e-9) + 1e-9
    p, least = (float((near >= bound).mean()) for bound in (statistics[0], statistics.max()))
    return float(statistics[0]), p, least


def _second_order(coded: _Coded, draws: int, seed: int) -> tuple[float, float, float]:
    from iconometrics.inference.timing.shuffles import second_order

    kinds, states = np.unique(
        np.column_stack([coded.given, coded.then]), axis=0, return_inverse=True
    )
    given, then = np.ascontiguousarray(kinds.T)
    start = int(generator(seed).integers(2**63))
    twins = generator(start), generator(start)
    statistics = second_order(
        states.ravel(), given, then, starts=coded.starts, draws=draws, twins=twins
    )
    return _ranked(statistics)


def _residuals(tables: np.ndarray) -> pd.DataFrame:
    """Compare each count with its shuffles: expected, residual, and p corrected for all cells."""
    flat = tables.reshape(len(tables), -1)
    expected, spread = flat.mean(axis=0), flat.std(axis=0)
    distance = flat[0] - expected
    p = np.array(
        [
            (np.abs(column - mean) >= abs(far) - 1e-9).mean()
            for column, mean, far in zip(flat.T, expected, distance, strict=True)
        ]
    )
    varies = spread > 0
    residual = np.divide(distance, spread, out=np.full(len(spread), np.nan), where=varies)
    p = holm(np.where(varies, p, np.nan))
    return pd.DataFrame({"expected": expected, "residual": residual, "p": p})


def _rows(
    pairs: stats.Lagged, names: tuple[list[str], list[str]], units: int, level: float
) -> pd.DataFrame:
    counts = np.zeros((len(names[0]), len(names[1])), dtype=int)
    np.add.at(counts, (pairs.given, pairs.then), 1)
    rows = []
    for i, before in enumerate(names[0]):
        at = pairs.given == i
        for j, after in enumerate(names[1]):
            share, low, high = np.nan, np.nan, np.nan
            if at.any():
                groups = pairs.sequence[at] if units > 1 else None
                mean = stats.grouped_mean(pairs.then[at] == j, groups=groups, level=level)
                share, low, high = mean.value, mean.low, mean.high
            cell = (int(counts[i, j]), int(at.sum()), share, low, high)
            rows.append((before, after, *cell))
    return pd.DataFrame(rows, columns=["given", "then", "count", "of", "share", "low", "high"])
