"""Time series of codings against viewers' reactions: the design of the televised debate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from iconometrics import figures
from iconometrics.errors import InputError, warn
from iconometrics.options import need_columns
from iconometrics.stats.demeaning import demean
from iconometrics.stats.linear import (
    LeastSquares,
    clustered,
    coefficient_intervals,
    jackknife,
    least_squares,
    over_time,
    standardized,
)
from iconometrics.wording import as_text, counted, listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Reactions", "reactions"]

Errors = Literal["both", "common", "viewer"]

_FEW_DEBATES = 5


@dataclass(frozen=True, eq=False)
class Reactions:
    """How viewers react, second by second, to what is seen.

    Parameters
    ----------
    rows
        signal, lag (seconds; missing for the sum over all lags), estimate, se, low, high, p,
        population (what the interval speaks for).
    n
        Reactions used.
    viewers, debates
        How many there are of them.
    errors
        "both", "common" or "viewer".
    level
        Of the intervals.

    Examples
    --------
    >>> anger = pd.Series([0, 1, 0, 1, 1, 0, 0, 1.0], name="anger")
    >>> seen = pd.DataFrame({"viewer": np.repeat(["a", "b"], 8), "time": [*range(8)] * 2})
    >>> seen["value"] = np.tile(anger, 2) + np.repeat([0, 1], 8)
    >>> reactions(anger, seen, lags=[0]).rows["estimate"].round(6).tolist()
    [1.0, 1.0]
    """

    rows: pd.DataFrame
    n: int
    viewers: int
    debates: int
    errors: str
    level: float

    def table(self) -> pd.DataFrame:
        """Return one row per signal and lag, then the sum over all lags.

        Returns
        -------
        pandas.DataFrame
            signal, lag, estimate, se, low, high, p, population; a copy.
        """
        return self.rows.copy()

    def plot(self) -> Figure:
        """Draw the coefficients of all lags with their intervals, an axes a signal.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from iconometrics.figures.look import COLUMN, new_figure

        single = self.rows.dropna(subset="lag")
        signals = list(pd.unique(single["signal"]))
        figure = new_figure(width=COLUMN, height=0.5 + 1.5 * len(signals))
        with figures.style():
            grid = figure.subplots(len(signals), 1, sharex=True, sharey=True, squeeze=False)
            for ax, signal in zip(grid[:, 0], signals, strict=True):
                _lags(ax, single[single["signal"] == signal])
                ax.set_title(f"{signal}: {self._said(signal)}")
            grid[-1, 0].set_xlabel("seconds after it is seen")
        return figure

    def summary(self) -> str:
        """Say the sum over all lags of each signal, and for what the intervals speak.

        Returns
        -------
        str
        """
        said = "; ".join(f"{s}: {self._said(s)}" for s in pd.unique(self.rows["signal"]))
        population = self.rows["population"].iloc[0]
        other = "" if population.endswith("debates like these") else ", not for other debates"
        shared = (
            " What else moved all viewers in the same seconds counts as reaction to the signal; "
            'errors="both" allows for it.'
            if self.errors == "viewer"
            else ""
        )
        where = "" if self.debates == 1 else f" in {self.debates} debates"
        return (
            f"Reactions of {counted(self.viewers, 'viewer')}{where} (n = {self.n:,}) to one unit "
            f"more. {said}. The intervals speak for {population}{other}.{shared}"
        )

    def _said(self, signal: str) -> str:
        row = self.rows[(self.rows["signal"] == signal) & self.rows["lag"].isna()].iloc[0]
        return f"{row['estimate']:+.3g} in all ({row['low']:+.3g} to {row['high']:+.3g})"

    def _repr_html_(self) -> str:
        return f"<p>{self.summary()}</p>{self.rows.round(4).to_html(index=False)}"


def reactions(
    signals: pd.Series | pd.DataFrame,
    seen: pd.DataFrame,
    *,
    lags: Iterable[int] = range(11),
    viewer: str = "viewer",
    debate: str | None = None,
    errors: Errors = "both",
    level: float = 0.95,
) -> Reactions:
    """Regress viewers' reactions on what was coded in the seconds before.

    Every viewer has a level of their own in each debate (fixed effects).

    Parameters
    ----------
    signals
        By second: one or more codings, such as `per_second` gives. Of several debates: by debate
        and second, as `pandas.concat({"first": ..., "second": ...})` makes them.
    seen
        One row per reaction: viewer, time (seconds), value. Reactions of a viewer in the same
        second are averaged.
    lags
        Seconds between what is seen and the reaction.
    viewer
        The column of viewers.
    debate
        The column that says which debate, film or broadcast a reaction belongs to; None for one.
        Of fewer than five the intervals speak for these alone, and a warning says so.
    errors
        "both": viewers differ in how they react, and what moves all of them in a second, and lasts
        for a while, is no reaction to the signal. "common": the latter alone, which speaks for
        these viewers. "viewer": the former alone, as if nothing but the signal moved all viewers
        at once: too narrow where something does. Of several debates, "both" and "common" let
        the debates differ, and speak for others like them.
    level
        Of the intervals (Student's t).

    Returns
    -------
    Reactions
        Coefficients by lag and their sum.

    Raises
    ------
    InputError
        If columns are missing, a signal does not vary or repeats another, a second occurs twice
        in the signals, or there are too few viewers or seconds.

    Notes
    -----
    Design: Boussalis, C. and Coan, T. G. (2021). Facing the electorate. Political Communication
    38, 75-97. Signals by a machine are taken for the truth here: validate them first.
    What is shared in a second: sums of scores by second, their long-run variance by slow cosines
    (Lazarus, E., Lewis, D. J., Stock, J. H. and Watson, M. W. 2018. HAR inference. Journal of
    Business and Economic Statistics 36, 541-559), fewer of them where shocks last. Both at once:
    Chiang, H. D., Hansen, B. E. and Sasaki, Y. (2024). Standard errors for two-way clustering with
    serially correlated time effects. Review of Economics and Statistics; never below either alone
    (MacKinnon, J. G., Nielsen, M. O. and Webb, M. D. 2024. Jackknife inference with two-way
    clustering. arXiv 2406.08880). Debates: jackknife (CR3).

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> smile = pd.Series(random.integers(0, 2, 60).astype(float), name="smile")
    >>> seen = pd.DataFrame({"viewer": np.repeat(["a", "b", "c"], 60), "time": [*range(60)] * 3})
    >>> seen["value"] = 2 * np.tile(smile.shift(1).fillna(0), 3) + random.normal(0, .1, 180)
    >>> found = reactions(smile, seen, lags=[0, 1])
    >>> abs(found.table()["estimate"]).round(1).tolist()[:2]
    [0.0, 2.0]
    """
    delays = sorted(set(lags))
    frame = signals.to_frame() if isinstance(signals, pd.Series) else signals
    _check(frame, delays, seen, [viewer, *([debate] if debate else [])])
    _check_seconds(frame, debate)
    y, X, units = _laid_out(frame, delays, seen, (viewer, debate))
    names = [(str(signal), lag) for signal in frame.columns for lag in delays]
    _check_fit(X, units, names, errors)
    within = demean(np.column_stack([y, X]), [units.cell])
    model = least_squares(within[:, 1:], within[:, 0])
    sums = {(str(signal), np.nan): [n == str(signal) for n, _ in names] for signal in frame}
    sought = np.vstack([np.eye(len(names)), np.array(list(sums.values()), float)])
    variances, df = _variances(model, sought, units, errors)
    rows = _rows([*names, *sums], sought @ model.coefficients, np.sqrt(variances), df, level)
    rows["population"] = _population(units, errors)
    return Reactions(rows, len(y), units.viewers, units.debates, errors, level)


class _Units(NamedTuple):
    """Whose reactions, in which debate, at which second of it: (n,) numbers from 0."""

    who: np.ndarray
    debate: np.ndarray
    when: np.ndarray
    cell: np.ndarray

    @property
    def viewers(self) -> int:
        return int(self.who.max()) + 1

    @property
    def debates(self) -> int:
        return int(self.debate.max()) + 1

    @property
    def by_debate(self) -> bool:
        """Whether there are debates enough to speak for others."""
        return self.debates >= _FEW_DEBATES


def _check(frame: pd.DataFrame, delays: list[int], seen: pd.DataFrame, columns: list[str]) -> None:
    need_columns(seen, (*columns, "time", "value"), what="the reactions")
    if not delays or delays[0] < 0 or any(lag != int(lag) for lag in delays):
        raise InputError(f"lags={delays}: expected whole seconds, 0 or more.")
    for name, values in ({str(n): frame[n] for n in frame} | {"value": seen["value"]}).items():
        text = values[pd.to_numeric(values, errors="coerce").isna() & values.notna()]
        if len(text):
            raise InputError(
                f"{name} is not numbers: it has {text.iloc[0]!r} in {counted(len(text), 'row')}. "
                "Code it as numbers first, such as 0 and 1."
            )
    flat = [str(column) for column in frame if frame[column].nunique() < 2]
    if flat:
        raise InputError(f"{listed(flat)} has the same value at all times: nothing to react to.")


def _check_seconds(frame: pd.DataFrame, debate: str | None) -> None:
    levels = frame.index.nlevels
    if levels != (1 if debate is None else 2):
        raise InputError(
            f"signals by {counted(levels, 'index level')} and debate={debate!r}: expected signals "
            "by second for one debate; by debate and second, with debate= the column of the "
            "reactions that names it, for several."
        )
    twice = frame.index[frame.index.duplicated()]
    if len(twice):
        raise InputError(
            f"second {twice[0]} occurs twice in the signals: expected each once. Of several "
            "debates give signals by debate and second, and debate=."
        )


def _laid_out(
    frame: pd.DataFrame, delays: list[int], seen: pd.DataFrame, columns: tuple[str, str | None]
) -> tuple[np.ndarray, np.ndarray, _Units]:
    """Match each viewer's seconds with the signals before them, debate by debate."""
    viewer, debate = columns
    clean = seen.dropna(subset=[name for name in (*columns, "time", "value") if name])
    which = as_text(clean[debate]) if debate else pd.Series("", clean.index, dtype="str")
    second = np.floor(clean["time"].astype(float)).astype(int)
    keys = [which, clean[viewer].astype("str"), second]
    means = clean["value"].astype(float).groupby(keys).mean()
    place, person, time = (means.index.get_level_values(level).to_numpy() for level in range(3))
    X, when = np.full((len(means), len(delays) * frame.shape[1]), np.nan), np.zeros(len(means), int)
    for name, signals in _by_debate(frame, debate):
        rows = np.flatnonzero(place == name)
        X[rows], when[rows] = _before(signals, delays, time[rows])
    inside = np.isfinite(X).all(axis=1)
    if not inside.any():
        seconds = frame.index.get_level_values(-1)
        raise InputError(
            f"no reaction has all {len(delays)} lags before it: signals run from second "
            f"{seconds.min()} to {seconds.max()}, reactions from {second.min()} to "
            f"{second.max()}{'' if debate is None else f'; or no {debate} is in both'}."
        )
    who, debates = (pd.factorize(part[inside])[0] for part in (person, place))
    cell, _ = pd.factorize(who * (debates.max() + 1) + debates)
    units = _Units(who, debates, when[inside], cell)
    return means.to_numpy()[inside], X[inside], units


def _by_debate(frame: pd.DataFrame, debate: str | None) -> Iterator[tuple[str, pd.DataFrame]]:
    if debate is None:
        yield "", frame
        return
    names = as_text(frame.index.get_level_values(0).to_series()).to_numpy()
    for name in pd.unique(names):
        yield name, frame[names == name].droplevel(0)


def _before(
    signals: pd.DataFrame, delays: list[int], time: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Look up the signals before each time; missing where there are none."""
    first, last = int(signals.index.min()), int(signals.index.max())
    past = _lag_matrix(signals.reindex(range(first, last + 1)).to_numpy(float), delays)
    at = time - first
    known = (at >= 0) & (at < len(past))
    X = np.full((len(time), past.shape[1]), np.nan)
    X[known] = past[at[known]]
    return X, at


def _lag_matrix(signals: np.ndarray, lags: list[int]) -> np.ndarray:
    """Lay each signal's past values side by side."""
    seconds, count = signals.shape
    moved = np.full((seconds, count, len(lags)), np.nan)
    for place, lag in enumerate(lags):
        moved[lag:, :, place] = signals[: max(seconds - lag, 0)]
    return moved.reshape(seconds, count * len(lags))


def _check_fit(X: np.ndarray, units: _Units, names: list[tuple[str, int]], errors: Errors) -> None:
    if units.viewers < 2 and errors != "common":
        raise InputError(
            "reactions of one viewer: expected at least two, for errors by viewer; "
            'errors="common" speaks for this viewer alone.'
        )
    levels = int(units.cell.max()) + 1
    if len(X) <= X.shape[1] + levels:
        raise InputError(
            f"{len(X)} reactions for {X.shape[1]} coefficients and {levels} viewers: expected "
            "more seconds or fewer lags."
        )
    columns = standardized(np.column_stack([np.ones(len(X)), X])).X[:, 1:]
    if np.linalg.matrix_rank(columns) < X.shape[1]:
        raise InputError(
            f"the lags of {listed(sorted({name for name, _ in names}))} repeat each other: signals "
            "change too seldom for so many lags; give fewer."
        )
    if errors != "viewer" and 1 < units.debates < _FEW_DEBATES:
        warn(
            f"{units.debates} debates are too few to speak for others: the intervals speak for "
            f"these alone. Expected at least {_FEW_DEBATES}."
        )


def _variances(
    model: LeastSquares, sought: np.ndarray, units: _Units, errors: Errors
) -> tuple[np.ndarray, np.ndarray]:
    """Variances of what is sought, and their degrees of freedom."""
    moves = model.scores @ (sought @ model.bread).T
    by_viewer = _by_group(moves, units.who, lost=model.X.shape[1])
    free = np.full(len(sought), units.viewers - 1)
    if errors == "viewer":
        return by_viewer, free
    if units.by_debate:
        cov = jackknife(model, units.debate)
        shared, twice = np.diag(sought @ cov @ sought.T), np.zeros(len(sought))
        if errors == "both":
            twice = _by_group(moves, units.cell, lost=model.X.shape[1])
        own = np.full(len(sought), units.debates - 1)
    else:
        shared, twice, own = _by_second(moves, units, model.X.shape[1])
    if errors == "common":
        return shared, own
    widest = np.max([by_viewer + shared - twice, by_viewer, shared], axis=0)
    return widest, np.minimum(free, own)


def _by_group(moves: np.ndarray, groups: np.ndarray, *, lost: int) -> np.ndarray:
    if int(groups.max()) == 0:
        return np.zeros(moves.shape[1])
    return np.diag(clustered(moves, np.eye(moves.shape[1]), groups, lost=lost))


def _by_second(
    moves: np.ndarray, units: _Units, lost: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Variances from seconds shared by all; the viewers' own part of them; degrees of freedom."""
    shared, own, free = np.zeros((3, moves.shape[1]))
    moments = 0
    for debate in range(units.debates):
        rows = units.debate == debate
        part, when, who = moves[rows], units.when[rows] - units.when[rows].min(), units.who[rows]
        variances, waves = over_time(part, when)
        shared, free = shared + variances, free + waves
        own = own + over_time(part, when, waves=waves, units=who)[0]
        moments += len(np.unique(when))
    # What viewers share counts once a second: the degrees of freedom are seconds, not rows.
    factor = moments / max(moments - lost, 1)
    return factor * shared, factor * own, free


def _population(units: _Units, errors: Errors) -> str:
    """Name what the intervals speak for."""
    if errors == "viewer":
        return "viewers like these, the very seconds they saw"
    if units.by_debate:
        where = "debates like these"
    else:
        where = "this debate" if units.debates == 1 else f"these {units.debates} debates"
    return f"{'viewers like these' if errors == 'both' else 'these viewers'}, {where}"


def _rows(
    names: Sequence[tuple[str, float]],
    estimates: np.ndarray,
    se: np.ndarray,
    df: np.ndarray,
    level: float,
) -> pd.DataFrame:
    low, high, p = coefficient_intervals(estimates, se, df=df, level=level)
    signals, lags = zip(*names, strict=True)
    return pd.DataFrame(
        {
            "signal": signals,
            "lag": lags,
            "estimate": estimates,
            "se": se,
            "low": low,
            "high": high,
            "p": np.where(se > 0, p, np.nan),
        }
    )


def _lags(ax: Axes, rows: pd.DataFrame) -> None:
    from iconometrics.figures import palette
    from iconometrics.figures.look import dress, numbered

    dress(ax, grid="y")
    ax.axhline(0, color=palette.SOFT, linewidth=0.8)
    ax.vlines(
        rows["lag"], rows["low"], rows["high"], color=palette.ACCENT, linewidth=1.6, alpha=0.5
    )
    ax.plot(rows["lag"], rows["estimate"], "o", color=palette.ACCENT, markersize=4.2)
    numbered(ax.xaxis, whole=True, most=10)
    numbered(ax.yaxis, most=4)
