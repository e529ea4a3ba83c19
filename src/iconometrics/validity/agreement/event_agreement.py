"""Agreement on events in videos: are they the same events, at the same time, of the same kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.stats import match_events, time_table
from iconometrics.wording import as_ids, listed, number, percent, with_ids

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["EventAgreement", "event_agreement"]

_FACETS = ("value", "actor", "target")


@dataclass(frozen=True, eq=False, repr=False)
class EventAgreement:
    """How far coders agree on events in time.

    Parameters
    ----------
    by_pair
        One row per pair of coders: videos, events of each, matched events, and with intervals:
        agreement (matched events in all, twice over the sum of both), time-unit kappa, and of the
        matched events the share with the same value, actor and target.
    matches
        One row per matched pair of events: image, first, second, and start and end of each.
    overlap
        Least overlap of matched events.
    confidence
        Confidence level of the intervals.

    Examples
    --------
    >>> from iconometrics.validity import event_agreement
    >>> events = pd.DataFrame({"image": ["v"] * 4, "coder": ["anna", "anna", "ben", "ben"],
    ...                        "value": ["push", "hit", "push", "push"],
    ...                        "start": [0, 20, 1, 40], "end": [10, 30, 10, 50]})
    >>> event_agreement(events).by_pair["agreement"].tolist()
    [0.5]
    """

    by_pair: pd.DataFrame
    matches: pd.DataFrame
    overlap: float
    confidence: float

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return f"<p>{self.summary()}</p>{self.by_pair.round(3).to_html(escape=True, index=False)}"

    def table(self) -> pd.DataFrame:
        """Return one row per pair of coders.

        Returns
        -------
        pandas.DataFrame
            A copy of `by_pair`.
        """
        return self.by_pair.copy()

    def summary(self) -> str:
        """Say the result in a sentence for each pair.

        Returns
        -------
        str
        """
        sentences = [
            f"{row['first']} and {row['second']} agree on "
            f"{percent(row['agreement'])} of their events ({percent(self.confidence)} interval "
            f"{percent(row['agreement_low'])} to {percent(row['agreement_high'])}; "
            f"{row['matched']} matched of {row['events_first']} and {row['events_second']} in "
            f"{row['images']} videos, overlap at least {percent(self.overlap)}); time-unit kappa "
            f"{number(row['time_kappa'])} ({number(row['time_kappa_low'])} to "
            f"{number(row['time_kappa_high'])})."
            for _, row in self.by_pair.iterrows()
        ]
        return " ".join(sentences)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the agreement of each pair with its interval.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from iconometrics.figures import intervals

        rows = self.by_pair
        labels = [f"{a} – {b}" for a, b in zip(rows["first"], rows["second"], strict=True)]
        return intervals(
            labels, rows["agreement"], low=rows["agreement_low"], high=rows["agreement_high"],
            ax=ax, share=True, xlabel="events that both found",
        )  # fmt: skip


def event_agreement(
    events: Codings | pd.DataFrame,
    *,
    variable: str | None = None,
    overlap: float = 0.5,
    lengths: Mapping[str, float] | None = None,
    draws: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
) -> EventAgreement:
    """Compare the events that coders found in the same videos.

    Parameters
    ----------
    events
        Codings of an event variable, or a table: image, coder, start, end (seconds), and value,
        actor and target as far as they were coded. A coder who found nothing in a video has one
        row there without a start.
    variable
        The variable, where codings hold several.
    overlap
        Least share of common in joint duration for two events to be the same.
    lengths
        Seconds watched, by image; by default to the end of the last event anybody found.
    draws, confidence, seed
        Number of resamples of videos, level of the intervals, and what names the resamples.

    Returns
    -------
    EventAgreement

    Raises
    ------
    InputError
        If columns are missing, or no video was coded by two coders.

    Notes
    -----
    Bakeman, R., Quera, V. and Gnisci, A. (2009). Observer agreement for timed-event sequential
    data: A comparison of time-based and event-based algorithms. Behavior Research Methods 41,
    137-147. The share of events in common is Dice's (positive agreement); percentile bootstrap
    over videos, so that with few videos the intervals are rough.

    Examples
    --------
    >>> events = pd.DataFrame({"image": ["v", "v", "w", "w"], "coder": ["anna", "ben"] * 2,
    ...                        "value": "push", "start": [0, 1, 5, 5], "end": [10, 10, 9, 9]})
    >>> event_agreement(events, draws=100).table()["matched"].tolist()
    [2]
    """
    if draws < 1:
        raise InputError(f"draws={draws!r}: the intervals come from resamples, such as 1000.")
    rows = _rows(events, variable)
    ends = rows.groupby("image")["end"].max()
    known = ends
    if lengths is not None:
        seconds = with_ids(pd.Series(lengths)).reindex(as_ids(ends.index))
        known = seconds.set_axis(ends.index).fillna(ends)
    options = {"draws": draws, "confidence": confidence, "seed": seed}
    by_pair, matches = _all_pairs(rows, known.fillna(0), overlap, options)
    return EventAgreement(by_pair, matches, overlap, confidence)


def _all_pairs(
    rows: pd.DataFrame, lengths: pd.Series, overlap: float, options: dict[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows_of_pairs, matches = [], []
    for first, second in combinations(rows["coder"].unique(), 2):
        sums, matched = _compared(rows, (first, second), lengths, overlap)
        if sums is not None:
            rows_of_pairs.append(_pair(sums, (first, second), **options))
            matches += matched
    if not rows_of_pairs:
        raise InputError(
            f"no video was coded by two coders ({listed(rows['coder'].unique(), 8)}): let them "
            "code some of the same."
        )
    columns = ["image", "first", "second", "start_first", "end_first", "start_second", "end_second"]
    return pd.DataFrame(rows_of_pairs), pd.DataFrame(matches, columns=columns)


def _rows(events: Codings | pd.DataFrame, variable: str | None) -> pd.DataFrame:
    table = events.data if isinstance(events, Codings) else events
    if variable is not None and "variable" in table:
        table = table[table["variable"] == variable]
    missing = [name for name in ("image", "coder", "start", "end") if name not in table]
    if missing or table.empty:
        raise InputError(
            f"events need the column {missing[0]!r}; there are {listed(table, 12)}."
            if missing
            else f"there are no events of {variable!r}."
        )
    if "variable" in table and table["variable"].nunique() > 1:
        raise InputError(f"events of {listed(table['variable'].unique(), 8)}: say which variable.")
    facets = {name: table.get(name) for name in _FACETS}
    return table.assign(**facets).reset_index(drop=True)


def _compared(
    rows: pd.DataFrame, pair: tuple[str, str], lengths: pd.Series, overlap: float
) -> tuple[dict[str, np.ndarray] | None, list[tuple[Any, ...]]]:
    """Sum up, video by video, what two coders found."""
    parts = [
        dict(list(rows[rows["coder"] == coder].groupby("image", sort=False))) for coder in pair
    ]
    images = [image for image in parts[0] if image in parts[1]]
    if not images:
        return None, []
    labels = rows["value"].fillna("event").astype(str)
    kinds = sorted(labels[rows["start"].notna()].unique())
    sums: dict[str, list[Any]] = {"events": [], "matched": [], "time": [], "same": []}
    matches = []
    for image in images:
        events, others = (part[image].dropna(subset=["start", "end"]) for part in parts)
        spans = [frame[["start", "end"]].to_numpy(dtype=float) for frame in (events, others)]
        matched = match_events(*spans, overlap=overlap)
        codes = [[kinds.index(labels[row]) for row in frame.index] for frame in (events, others)]
        table = time_table(
            (spans[0], codes[0]), (spans[1], codes[1]),
            categories=len(kinds), span=(0.0, float(lengths[image])),
        )  # fmt: skip
        sums["events"].append([len(events), len(others)])
        sums["matched"].append(len(matched))
        sums["time"].append(table)
        sums["same"].append([_same(events, others, matched, facet) for facet in _FACETS])
        matches += [(image, *pair, *spans[0][a], *spans[1][b]) for a, b in matched]
    return {name: np.asarray(values, dtype=float) for name, values in sums.items()}, matches


def _same(
    events: pd.DataFrame, others: pd.DataFrame, matched: np.ndarray, facet: str
) -> tuple[int, int]:
    """Count matched events that both gave a facet of, and those where they gave the same."""
    first, second = (frame[facet].to_numpy(dtype=object) for frame in (events, others))
    facets = [(first[a], second[b]) for a, b in matched]
    both = [(a, b) for a, b in facets if not pd.isna(a) and not pd.isna(b)]
    return len(both), sum(a == b for a, b in both)


def _pair(
    sums: dict[str, np.ndarray],
    pair: tuple[str, str],
    *,
    draws: int,
    confidence: float,
    seed: int,
) -> dict[str, Any]:
    n = len(sums["matched"])
    drawn = generator(seed).multinomial(n, np.full(n, 1 / n), size=draws).astype(float)
    values, boot = _values(sums, np.ones((1, n))), _values(sums, drawn)
    tail = (1 - confidence) / 2
    row: dict[str, Any] = {
        "first": pair[0],
        "second": pair[1],
        "images": n,
        "events_first": int(sums["events"][:, 0].sum()),
        "events_second": int(sums["events"][:, 1].sum()),
        "matched": int(sums["matched"].sum()),
    }
    for name, value in values.items():
        known = boot[name][np.isfinite(boot[name])]
        ends = np.quantile(known, [tail, 1 - tail]) if len(known) and n > 1 else (np.nan, np.nan)
        row |= {name: float(value[0]), f"{name}_low": ends[0], f"{name}_high": ends[1]}
    return row


def _values(sums: dict[str, np.ndarray], weights: np.ndarray) -> dict[str, np.ndarray]:
    """Give every coefficient for each weighting of the videos."""
    with np.errstate(invalid="ignore", divide="ignore"):
        coefficients = {
            "agreement": 2 * weights @ sums["matched"] / (weights @ sums["events"]).sum(axis=1)
        }
        table = np.tensordot(weights, sums["time"], axes=1)
        table = table / table.sum(axis=(1, 2), keepdims=True)
        expected = (table.sum(axis=2) * table.sum(axis=1)).sum(axis=1)
        observed = np.trace(table, axis1=1, axis2=2)
        coefficients["time_kappa"] = (observed - expected) / (1 - expected)
        for place, facet in enumerate(_FACETS):
            both, same = (weights @ sums["same"][:, place, part] for part in (0, 1))
            coefficients[f"same_{facet}"] = same / both
    return coefficients
