"""Codings by area and time: shares or means with their intervals, as variables of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from iconometrics import figures, stats
from iconometrics.coding import Codings
from iconometrics.errors import InputError, warn
from iconometrics.wording import as_label, as_text, count, counted, listed, percent, with_ids

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["AreaShares", "area_shares"]

_MOST_ROWS = 40


@dataclass(frozen=True, eq=False)
class AreaShares:
    """A coding by area, and by time where it was asked for, with intervals.

    Parameters
    ----------
    rows
        area, time (where there is one), n, groups, value, se, low, high; an area without images
        has n = 0 and no value.
    name
        What the value is: "share protest = yes", or "mean age".
    share
        Whether values are shares.
    level
        Of the intervals.

    Examples
    --------
    >>> codes = pd.Series({"1": "yes", "2": "no", "3": "yes"}, name="protest")
    >>> area_shares(codes, pd.Series({"1": "a", "2": "a", "3": "b"}), value="yes").name
    'share protest = yes'
    """

    rows: pd.DataFrame
    name: str
    share: bool
    level: float

    def table(self) -> pd.DataFrame:
        """Return one row per area (and time).

        Returns
        -------
        pandas.DataFrame
            area, time, n, groups, value, se, low, high; a copy.
        """
        return self.rows.copy()

    def panel(self) -> pd.DataFrame:
        """Return the values as a panel.

        Returns
        -------
        pandas.DataFrame
            One row per area, one column per time; missing where there was no image.

        Raises
        ------
        InputError
            If no times were given.
        """
        if "time" not in self.rows:
            raise InputError("no times: a panel needs area_shares(..., times=).")
        return self.rows.pivot(index="area", columns="time", values="value")

    def plot(self, ax: Axes | None = None) -> Axes | Figure:
        """Draw the values with their intervals: one row per area, or one panel per area over time.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure. Not used where there are times.

        Returns
        -------
        matplotlib.axes.Axes or matplotlib.figure.Figure
            At most 40 areas, those with most images.
        """
        from iconometrics.inference.places.panels import small_panels

        if "time" in self.rows:
            return small_panels(self.rows, self.name, share=self.share)
        shown = self.rows.nlargest(_MOST_ROWS, "n").sort_values("value", ascending=False)
        return figures.intervals(
            shown["area"].tolist(),
            shown["value"],
            low=shown["low"],
            high=shown["high"],
            ax=ax,
            share=self.share,
            xlabel=self.name,
        )

    def map(self, boundaries: str | Path | GeoDataFrame, *, name: str | None = None) -> Figure:
        """Draw a map of the values beside one of how sure they are.

        Parameters
        ----------
        boundaries
            Areas, as `locate` takes them.
        name
            The column with the areas' names.

        Returns
        -------
        matplotlib.figure.Figure
            Areas without images are hatched.

        Raises
        ------
        InputError
            If the values are by time, or no area is in the boundaries.
        """
        from iconometrics.inference.places.mapping import area_map

        if "time" in self.rows:
            raise InputError(
                "values by area and time: draw one map per time, from its area_shares."
            )
        table = self.rows.set_index("area")
        return area_map(table, boundaries, name=name, label=self.name, share=self.share)

    def summary(self) -> str:
        """Say how many areas there are, and how far they differ.

        Returns
        -------
        str
        """
        known = self.rows.dropna(subset="value")
        first, last = (known.loc[known["value"].agg(f)] for f in ("idxmax", "idxmin"))
        empty = int((self.rows["n"] == 0).sum())
        text = (
            f"{self.name[0].upper()}{self.name[1:]}: {counted(int(known['n'].sum()), 'image')} in "
            f"{counted(known['area'].nunique(), 'area')}, from {self._said(last)} to "
            f"{self._said(first)}."
        )
        return text + (
            f" {count(empty)} of {count(len(self.rows))} cells have no image." if empty else ""
        )

    def _said(self, row: Any) -> str:
        value, low, high = row["value"], row["low"], row["high"]
        say = percent if self.share else "{:.3g}".format
        interval = f"{100 * self.level:g}% interval {say(low)} to {say(high)}"
        return f"{say(value)} ({row['area']}; {interval})"

    def _repr_html_(self) -> str:
        return f"<p>{self.summary()}</p>{self.rows.round(3).to_html(index=False)}"


def area_shares(
    codes: pd.Series | Codings,
    areas: pd.Series | Mapping[str, str],
    *,
    variable: str | None = None,
    value: str | None = None,
    times: pd.Series | None = None,
    groups: pd.Series | Mapping[str, str] | None = None,
    every: Iterable[str] | None = None,
    level: float = 0.95,
) -> AreaShares:
    """Aggregate codings by image up to areas: shares of a value, or means of numbers.

    Weights come from the codings' sample, where they have one: one over the probability of being
    drawn. The intervals say how sure the value is of all images of the area; errors of a machine
    coder come on top of that (see `iconometrics.inference.share`).

    Parameters
    ----------
    codes
        A value by image id, or codings with one value per image.
    areas
        Area by image id, as `locate` or `tiles` finds it; or any other group, such as the day.
    variable
        Of the codings, where they have several.
    value
        The category whose share is wanted; None for the mean of a variable of numbers.
    times
        Period of each image, such as the year: makes a panel.
    groups
        Account, street or video by image id: units of a group resemble each other.
    every
        All areas there are, so that those without an image are listed too.
    level
        Of the intervals.

    Returns
    -------
    AreaShares
        Areas in order of their names.

    Raises
    ------
    InputError
        If no image has both code and area, the category does not occur, or values are not numbers.

    Examples
    --------
    >>> codes = pd.Series({"1": "yes", "2": "no", "3": "yes"}, name="protest")
    >>> areas = {"1": "a", "2": "a", "3": "b"}
    >>> shares = area_shares(codes, areas, value="yes", every=["a", "b", "c"])
    >>> shares.table()[["area", "n", "value"]].to_numpy().tolist()
    [['a', 2, 0.5], ['b', 1, 1.0], ['c', 0, nan]]
    """
    series, weights = _series(codes, variable)
    data = _cells(series, areas, times, groups, weights)
    y, name = _numbers(data["code"], str(series.name or "value"), value)
    keys = ["area", "time"] if times is not None else ["area"]
    rows = []
    for key, rows_of in data.assign(y=y).groupby(keys, sort=True, observed=True):
        mean = stats.grouped_mean(
            rows_of["y"],
            weights=rows_of["weight"] if weights is not None else None,
            groups=rows_of["group"] if groups is not None else None,
            level=level,
        )
        rows.append([*key, mean.n, mean.groups, mean.value, mean.se, mean.low, mean.high])
    columns = [*keys, "n", "groups", "value", "se", "low", "high"]
    table = _with_empty(pd.DataFrame(rows, columns=columns), every, keys)
    return AreaShares(table, name, value is not None, level)


def _series(codes: pd.Series | Codings, variable: str | None) -> tuple[pd.Series, pd.Series | None]:
    if isinstance(codes, pd.Series):
        return codes, None
    if variable is None:
        if len(codes.variables) != 1:
            raise InputError(f"several variables ({listed(codes.variables)}): give variable= one.")
        variable = codes.variables[0]
    sample = codes.sample
    return codes[variable], None if sample is None or sample.equal else 1 / sample.probability


def _cells(
    series: pd.Series,
    areas: pd.Series | Mapping[str, str],
    times: pd.Series | None,
    groups: pd.Series | Mapping[str, str] | None,
    weights: pd.Series | None,
) -> pd.DataFrame:
    codes = with_ids(series)
    columns = {"code": codes, "area": with_ids(pd.Series(areas)).reindex(codes.index)}
    for name, values in (("time", times), ("group", groups), ("weight", weights)):
        if values is not None:
            columns[name] = with_ids(pd.Series(values)).reindex(codes.index)
    data = pd.DataFrame(columns)
    whole = data.notna().all(axis=1)
    if not whole.any():
        raise InputError(
            f"none of {len(series)} images has a code and all of {listed(list(columns)[1:])}: all "
            "are matched by image id."
        )
    if not whole.all():
        gaps = data.isna().sum()
        reasons = ", ".join(f"{name} of {n}" for name, n in gaps[gaps > 0].items())
        warn(f"{int((~whole).sum())} of {len(data)} images are left out; missing: {reasons}.")
    return data[whole]


def _numbers(codes: pd.Series, name: str, value: str | None) -> tuple[np.ndarray, str]:
    if value is not None:
        hits = as_text(codes).eq(as_label(value)).to_numpy(float)
        if not hits.any():
            raise InputError(
                f"value={value!r} does not occur in {name!r}; there are "
                f"{listed(codes.unique(), 8)}."
            )
        return hits, f"share {name} = {value}"
    numbers = pd.to_numeric(codes, errors="coerce")
    if numbers.isna().any():
        bad = codes[numbers.isna()].iloc[0]
        raise InputError(
            f"{bad!r} in {name!r} is not a number: give value= the category to take the share of."
        )
    return numbers.to_numpy(float), f"mean {name}"


def _with_empty(table: pd.DataFrame, every: Iterable[str] | None, keys: list[str]) -> pd.DataFrame:
    """Add the areas, and in a panel the cells, that have no image."""
    names = sorted({*table["area"], *(every or ())}, key=str)
    if len(keys) == 1:
        full = pd.DataFrame({"area": names})
    else:
        full = pd.MultiIndex.from_product(
            [names, sorted(table["time"].unique())], names=keys
        ).to_frame(index=False)
    joined = full.merge(table, on=keys, how="left")
    whole = {column: joined[column].fillna(0).astype(int) for column in ("n", "groups")}
    return joined.assign(**whole)
