"""Sequences of events: who does what to whom after what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics import stats
from iconometrics.errors import InputError, warn
from iconometrics.options import need_columns
from iconometrics.stats.holm import holm
from iconometrics.wording import listed, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Sequences", "sequences"]

_FEW = 5


@dataclass(frozen=True, eq=False)
class Sequences:
    """Which events follow which, with intervals.

    Parameters
    ----------
    rows
        given, then, count, of (events given that another follows), share, low, high, expected
        (count if what follows did not depend on what came before), residual (adjusted; beyond 2
        is more than chance gives), p (of the residual, Holm's correction for all cells).
    order
        Does the event one, and two, before matter: order, statistic, degrees, p.
    lag
        Events between the two, 1 for the next.
    units
        Videos that the events come from.
    level
        Of the intervals.

    Examples
    --------
    >>> pairs = [(video, time) for video in range(12) for time in (0, 2)]
    >>> events = pd.DataFrame(pairs, columns=["image", "start"])
    >>> events["category"] = ["push", "calm"] * 12
    >>> found = sequences(events)
    >>> found.matrix("count").loc["push", "calm"]
    np.int64(12)
    """

    rows: pd.DataFrame
    order: pd.DataFrame
    lag: int
    units: int
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

        return transitions(self.rows, ax=ax)

    def summary(self) -> str:
        """Say whether order matters, and what follows more often than chance.

        Returns
        -------
        str
        """
        first = self.order.iloc[0]
        above = self.rows[(self.rows["residual"] > 0) & (self.rows["p"] < 1 - self.level)]
        said = [
            f"after {row['given']!r} comes {row['then']!r} in {percent(row['share'])} "
            f"({percent(row['low'])} to {percent(row['high'])})"
            for _, row in above.sort_values("p", kind="stable").head(3).iterrows()
        ]
        depends = "does" if first["p"] < 1 - self.level else "was not shown to"
        return (
            f"{int(self.rows['count'].sum())} transitions in {self.units} sequences. What comes "
            f"next {depends} depend on what came before (p = {first['p']:.3g}). "
            + ("; ".join(said) + "." if said else "No single transition stands out from chance.")
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
    level: float = 0.95,
) -> Sequences:
    """Tell which events follow which: lag sequential analysis.

    Events are ordered by their start within each video. Intervals are Wilson's at the effective
    number of transitions, since those of one video resemble each other.

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
    The residuals take transitions to be independent; with few, long videos trust the intervals.

    Examples
    --------
    >>> pairs = [(video, time) for video in range(12) for time in (0, 2)]
    >>> events = pd.DataFrame(pairs, columns=["image", "start"])
    >>> events[["actor", "category"]] = [["A", "push"], ["C", "calm"]] * 12
    >>> found = sequences(events, given=["actor", "category"])
    >>> found.matrix().loc["A push", "C calm"]
    np.float64(1.0)
    """
    first = [given] if isinstance(given, str) else list(given)
    second = first if then is None else [then] if isinstance(then, str) else list(then)
    ordered = _ordered(events, unit, [*first, *second])
    before, after = _joined(ordered, first), _joined(ordered, second)
    names = sorted(pd.unique(before)), sorted(pd.unique(after))
    member = ordered[unit].to_numpy()
    pairs = stats.lagged(_split(before, names[0], member), _split(after, names[1], member), lag=lag)
    if not len(pairs.given):
        raise InputError(
            f"no event follows another at lag {lag}: expected videos with at least "
            f"{lag + 1} events."
        )
    units = int(pd.Series(member).nunique())
    if 1 < units < _FEW:
        warn(f"{units} sequences: intervals from so few are rough.")
    same = _split(before, names[0], member)
    return Sequences(_rows(pairs, names, units, level), _orders(same), lag, units, level)


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


def _split(states: np.ndarray, names: list[str], member: np.ndarray) -> list[np.ndarray]:
    codes = pd.Categorical(states, categories=names).codes.astype(int)
    ends = np.flatnonzero(member[1:] != member[:-1]) + 1
    return list(np.split(codes, ends))


def _rows(
    pairs: stats.Lagged, names: tuple[list[str], list[str]], units: int, level: float
) -> pd.DataFrame:
    counts = np.zeros((len(names[0]), len(names[1])), dtype=int)
    np.add.at(counts, (pairs.given, pairs.then), 1)
    expected, residual = stats.adjusted_residuals(counts)
    adjusted = _corrected_p(residual)
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
            rows.append((before, after, *cell, expected[i, j], residual[i, j], adjusted[i, j]))
    columns = ["given", "then", "count", "of", "share", "low", "high", "expected", "residual", "p"]
    return pd.DataFrame(rows, columns=columns)


def _corrected_p(residual: np.ndarray) -> np.ndarray:
    """Two-sided p of every cell, corrected for their number."""
    from scipy.special import ndtr

    p: np.ndarray = 2 * ndtr(-np.abs(residual.ravel()))
    return holm(p).reshape(residual.shape)


def _orders(same: list[np.ndarray]) -> pd.DataFrame:
    rows = [(order, *stats.markov_order(same, order)) for order in (1, 2)]
    return pd.DataFrame(rows, columns=["order", "statistic", "degrees", "p"])
