"""From codings of frames or events to one value per second."""

from __future__ import annotations

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import need_columns

__all__ = ["per_second"]


def per_second(
    codes: pd.DataFrame, *, value: str | None = None, length: float | None = None
) -> pd.Series:
    """Turn codings of frames, or of events with start and end, into a value for each second.

    Parameters
    ----------
    codes
        Frames: the columns time (seconds) and value. Events: start, end (seconds) and value.
    value
        The category whose share of the second is wanted; None for the mean of numbers (frames
        only).
    length
        Seconds of the video; by default until the last frame or end.

    Returns
    -------
    pandas.Series
        By second 0, 1, 2, ...; frames: the mean of the second's frames, missing where there are
        none; events: the share of the second that an event of the category covers.

    Raises
    ------
    InputError
        If columns are missing, an event ends before it starts, or values are not numbers.

    Examples
    --------
    >>> frames = pd.DataFrame({"time": [0, .5, 1.2], "value": ["anger", "calm", "anger"]})
    >>> per_second(frames, value="anger").tolist()
    [0.5, 1.0]
    >>> events = pd.DataFrame({"start": [.5], "end": [2], "value": ["anger"]})
    >>> per_second(events, value="anger").tolist()
    [0.5, 1.0]
    """
    spans = {"start", "end"} <= set(codes.columns)
    need_columns(
        codes,
        ("value",) if spans else ("value", "time"),
        what="the codes",
        expected="time and value, or start, end and value",
    )
    return _covered(codes, value, length) if spans else _means(codes, value, length)


def _means(codes: pd.DataFrame, value: str | None, length: float | None) -> pd.Series:
    time = codes["time"].astype(float)
    if value is None:
        numbers = pd.to_numeric(codes["value"], errors="coerce")
        if (numbers.isna() & codes["value"].notna()).any():
            raise InputError(
                "values are not numbers: give value= the category to take the share of."
            )
    else:
        numbers = (
            (codes["value"].astype("str") == value).astype(float).where(codes["value"].notna())
        )
    second = np.floor(time).astype(int)
    count = int(second.max()) + 1 if length is None else int(np.ceil(length))
    means = numbers.groupby(np.asarray(second)).mean().reindex(range(count))
    return means.rename_axis("second").rename(value or "value")


def _covered(codes: pd.DataFrame, value: str | None, length: float | None) -> pd.Series:
    if value is None:
        raise InputError("events have no mean: give value= the category whose seconds are wanted.")
    own = codes[codes["value"].astype("str") == value]
    start, end = (own[column].to_numpy(float) for column in ("start", "end"))
    if (end < start).any():
        bad = int(np.flatnonzero(end < start)[0])
        raise InputError(f"an event ends at {end[bad]:g}, before it starts at {start[bad]:g}.")
    last = float(codes["end"].astype(float).max()) if length is None else length
    second = np.arange(int(np.ceil(last)))
    covered = np.zeros(len(second))
    for first, until in _merged(start, end):
        covered += np.clip(np.minimum(second + 1, until) - np.maximum(second, first), 0, 1)
    return pd.Series(covered, index=pd.Index(second, name="second"), name=value)


def _merged(start: np.ndarray, end: np.ndarray) -> list[tuple[float, float]]:
    """Join events that overlap, so that no moment counts twice."""
    joined: list[tuple[float, float]] = []
    for first, until in sorted(zip(start.tolist(), end.tolist(), strict=True)):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        else:
            joined.append((first, until))
    return joined
