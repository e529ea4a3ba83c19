"""Time series of codings against viewers' reactions: the design of the televised debate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from iconometrics import figures
from iconometrics.errors import InputError
from iconometrics.options import need_columns
from iconometrics.stats.demeaning import demean
from iconometrics.stats.linear import (
    LeastSquares,
    clustered,
    coefficient_intervals,
    least_squares,
    over_time,
    standardized,
)
from iconometrics.wording import counted, listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Reactions", "reactions"]


@dataclass(frozen=True, eq=False)
class Reactions:
    """How viewers react, second by second, to what is seen.

    Parameters
    ----------
    rows
        signal, lag (seconds; missing for the sum over all lags), estimate, se, low, high, p.
    n
        Reactions used.
    viewers
        Viewers.
    errors
        "viewer" or "common".
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
    errors: str
    level: float

    def table(self) -> pd.DataFrame:
        """Return one row per signal and lag, then the sum over all lags.

        Returns
        -------
        pandas.DataFrame
            signal, lag, estimate, se, low, high, p; a copy.
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
        """Say the sum over all lags of each signal.

        Returns
        -------
        str
        """
        said = "; ".join(f"{s}: {self._said(s)}" for s in pd.unique(self.rows["signal"]))
        by = (
            "errors by viewer; what shakes all viewers in the same second is not in them, so hold "
            'them against errors="common"'
            if self.errors == "viewer"
            else "errors that viewers share and that last for a while"
        )
        return (
            f"Reactions of {self.viewers} viewers (n = {self.n:,}) to one unit more. {said}. "
            f"{by[0].upper()}{by[1:]}."
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
    errors: Literal["viewer", "common"] = "viewer",
    level: float = 0.95,
) -> Reactions:
    """Regress viewers' reactions on what was coded in the seconds before.

    Every viewer has a level of their own (fixed effects).

    Parameters
    ----------
    signals
        By second: one or more codings, such as `per_second` gives.
    seen
        One row per reaction: viewer, time (seconds), value. Reactions of a viewer in the same
        second are averaged.
    lags
        Seconds between what is seen and the reaction.
    viewer
        The column of viewers.
    errors
        "viewer": a viewer's errors may be related at all times, viewers are independent;
        "common": errors may be shared by all viewers and last for a while.
    level
        Of the intervals (Student's t).

    Returns
    -------
    Reactions
        Coefficients by lag and their sum.

    Raises
    ------
    InputError
        If columns are missing, a signal does not vary or repeats another, or there are too few
        viewers or seconds.

    Notes
    -----
    Design: Boussalis, C. and Coan, T. G. (2021). Facing the electorate. Political Communication
    38, 75-97. Signals by a machine are taken for the truth here: validate them first.

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
    _check(frame, delays, seen, viewer)
    y, X, who, when = _laid_out(frame, delays, seen, viewer)
    names = [(str(signal), lag) for signal in frame.columns for lag in delays]
    _check_fit(X, who, names)
    within = demean(np.column_stack([y, X]), [who])
    model = least_squares(within[:, 1:], within[:, 0])
    cov, df = _covariance(model, who, when if errors == "common" else None)
    sums = {(str(signal), np.nan): [n == str(signal) for n, _ in names] for signal in frame}
    sought = np.vstack([np.eye(len(names)), np.array(list(sums.values()), float)])
    rows = _rows([*names, *sums], sought @ model.coefficients, sought @ cov @ sought.T, df, level)
    return Reactions(rows, len(y), int(who.max()) + 1, errors, level)


def _check(frame: pd.DataFrame, delays: list[int], seen: pd.DataFrame, viewer: str) -> None:
    need_columns(seen, (viewer, "time", "value"), what="the reactions")
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


def _laid_out(
    frame: pd.DataFrame, delays: list[int], seen: pd.DataFrame, viewer: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Match each viewer's seconds with the signals before them."""
    first = int(frame.index.min())
    seconds = range(first, int(frame.index.max()) + 1)
    X = _lag_matrix(frame.reindex(seconds).to_numpy(float), delays)
    clean = seen.dropna(subset=[viewer, "time", "value"])
    second = np.floor(clean["time"].astype(float)).astype(int)
    means = clean["value"].astype(float).groupby([clean[viewer].astype("str"), second]).mean()
    who, _ = pd.factorize(means.index.get_level_values(0))
    at = means.index.get_level_values(1).to_numpy() - first
    inside = (at >= 0) & (at < len(X))
    inside[inside] &= np.isfinite(X[at[inside]]).all(axis=1)
    if not inside.any():
        raise InputError(
            f"no reaction has all {len(delays)} lags before it: signals run from second {first} to "
            f"{seconds[-1]}, reactions from {second.min()} to {second.max()}."
        )
    _, who = np.unique(who[inside], return_inverse=True)
    return means.to_numpy()[inside], X[at[inside]], who, at[inside]


def _lag_matrix(signals: np.ndarray, lags: list[int]) -> np.ndarray:
    """Lay each signal's past values side by side."""
    seconds, count = signals.shape
    moved = np.full((seconds, count, len(lags)), np.nan)
    for place, lag in enumerate(lags):
        moved[lag:, :, place] = signals[: max(seconds - lag, 0)]
    return moved.reshape(seconds, count * len(lags))


def _check_fit(X: np.ndarray, who: np.ndarray, names: list[tuple[str, int]]) -> None:
    viewers = int(who.max()) + 1
    if viewers < 2:
        raise InputError("reactions of one viewer: expected at least two, for errors by viewer.")
    if len(X) <= X.shape[1] + viewers:
        raise InputError(
            f"{len(X)} reactions for {X.shape[1]} coefficients and {viewers} viewers: expected "
            "more seconds or fewer lags."
        )
    columns = standardized(np.column_stack([np.ones(len(X)), X])).X[:, 1:]
    if np.linalg.matrix_rank(columns) < X.shape[1]:
        raise InputError(
            f"the lags of {listed(sorted({name for name, _ in names}))} repeat each other: signals "
            "change too seldom for so many lags; give fewer."
        )


def _covariance(
    model: LeastSquares, who: np.ndarray, when: np.ndarray | None
) -> tuple[np.ndarray, int]:
    """Covariance by viewer, or by moments shared by all; its degrees of freedom."""
    if when is not None:
        return over_time(model, when)
    cov = clustered(model.scores, model.bread, who, lost=model.X.shape[1])
    return cov, int(who.max())


def _rows(
    names: Sequence[tuple[str, float]],
    estimates: np.ndarray,
    cov: np.ndarray,
    df: int,
    level: float,
) -> pd.DataFrame:
    se = np.sqrt(np.maximum(np.diag(cov), 0.0))
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
