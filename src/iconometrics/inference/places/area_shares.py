"""Codings by area and time: shares or means with their intervals, as variables of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics import figures, stats
from iconometrics.coding import Codings
from iconometrics.errors import InputError, warn
from iconometrics.inference.places.coded_cells import TOO_FEW, corrected_cells
from iconometrics.inference.places.comparing import Compared, compared, sentence
from iconometrics.inference.places.marking import corrected_by, reddened, with_status
from iconometrics.inference.writing import in_red
from iconometrics.wording import (
    NOT_VALIDATED,
    as_label,
    as_text,
    counted,
    listed,
    number,
    percent,
    with_ids,
)

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["GOLD_STANDARD", "AreaShares", "area_shares"]

_MOST_ROWS = 40
GOLD_STANDARD = "gold standard"


@dataclass(frozen=True, eq=False)
class AreaShares:
    """A coding by area, and by time where it was asked for, with intervals.

    Parameters
    ----------
    rows
        area, time (where there is one), n, groups, coded (images of the gold standard), value, se,
        low, high, status; an area without images has n = 0 and no value.
    name
        What the value is: "share protest = yes", or "mean age".
    share
        Whether values are shares.
    level
        Of the intervals.
    differences
        area, time, difference (of its value from that of all others), low, high; the intervals
        hold for all areas at once.
    alike
        p of all areas being alike; missing where there is one.
    status
        "not validated", "corrected by n codes", or "gold standard", of which errors are not asked.
    notes
        What was left out, and what is assumed of how images were drawn for coding.

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
    differences: pd.DataFrame
    alike: float
    status: str
    notes: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """Return one row per area (and time).

        Returns
        -------
        pandas.DataFrame
            area, time, n, groups, coded, value, se, low, high, status; a copy.
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

        Each interval holds by itself: the largest of many areas is likely to be too large.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure. Not used where there are times.

        Returns
        -------
        matplotlib.axes.Axes or matplotlib.figure.Figure
            At most 40 areas, those with most images; hollow and so named where not validated.
        """
        from iconometrics.inference.places.panels import small_panels

        unchecked = self.status == NOT_VALIDATED
        label = with_status(self.name, self.status)
        if "time" in self.rows:
            return reddened(small_panels(self.rows, label, share=self.share))
        shown = self.rows.nlargest(_MOST_ROWS, "n").sort_values("value", ascending=False)
        drawn = figures.intervals(
            shown["area"].tolist(),
            shown["value"],
            low=shown["low"],
            high=shown["high"],
            ax=ax,
            share=self.share,
            hollow=[unchecked] * len(shown),
            xlabel=label,
        )
        return reddened(drawn)

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
            Areas without a value are hatched; "not validated" stands in the title, in red.

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
        label = with_status(self.name, self.status)
        return area_map(table, boundaries, name=name, label=label, share=self.share)

    def summary(self) -> str:
        """Say how many areas there are, whether they differ, and which of them from all others.

        Areas are named where they differ from all others by intervals that hold for all of them at
        once, after a test of whether they differ at all.

        Returns
        -------
        str
        """
        known = self.rows["value"].notna()
        images = counted(int(self.rows["n"].sum()), "image")
        start = f"{self.name[0].upper()}{self.name[1:]}: {images} in "
        start += f"{counted(int(known.sum()), self._noun())} ({self.status})."
        if known.sum() == 1:
            start = f"{start[:-1]}: {self._value(self.rows[known])}."
        names = [", ".join(map(str, key)) for key in self.differences[self._keys()].to_numpy()]
        compared = Compared(self.differences[["difference", "low", "high"]], self.alike)
        differing = sentence(
            compared, names, share=self.share, level=self.level,
            validated=self.status != NOT_VALIDATED,
        )  # fmt: skip
        return " ".join(part for part in (start, differing, self._gaps(), *self.notes) if part)

    def _keys(self) -> list[str]:
        return ["area", "time"] if "time" in self.rows else ["area"]

    def _noun(self) -> str:
        return "pair of area and time" if "time" in self.rows else "area"

    def _value(self, row: pd.DataFrame) -> str:
        value, low, high = row[["value", "low", "high"]].iloc[0]
        say = percent if self.share else number
        return f"{say(value)} ({100 * self.level:g}% interval {say(low)} to {say(high)})"

    def _gaps(self) -> str:
        empty = int((self.rows["n"] == 0).sum())
        few = self.rows[self.rows["status"].eq(TOO_FEW)]
        parts = [f"{counted(empty, 'cell')} without an image."] if empty else []
        if len(few):
            parts.append(
                f"{counted(len(few), 'cell')} with too few coded images to say "
                f"({listed(few['area'].unique())}): join them to others by naming both alike in "
                "areas=, or have more coded."
            )
        return " ".join(parts)

    def _repr_html_(self) -> str:
        table = self.rows.round(3).to_html(index=False)
        red = in_red(NOT_VALIDATED)
        marked = table.replace(f"<td>{NOT_VALIDATED}</td>", f"<td>{red}</td>")
        return f"<p>{in_red(self.summary())}</p>{marked}"


def area_shares(
    codes: pd.Series | Codings,
    areas: pd.Series | Mapping[str, str],
    *,
    variable: str | None = None,
    value: str | None = None,
    gold: pd.Series | Codings | None = None,
    times: pd.Series | None = None,
    groups: pd.Series | Mapping[str, str] | None = None,
    every: Iterable[str] | None = None,
    level: float = 0.95,
) -> AreaShares:
    """Aggregate codings by image up to areas: shares of a value, or means of numbers.

    With a gold standard each area is corrected by the images that people coded in it; areas with
    fewer than 10 of them, or of fewer than 4 groups, have no value, as a measure may err more in
    one area than in another. Without it, values are those of the codes as they are, marked as not
    validated. Weights come from the sample, where there is one: one over the probability of being
    drawn.

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
    gold
        Codes of people for a sample of the images, with the sample. Codes that are the standard
        themselves are given as both.
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
        If no image has both code and area, the category does not occur, values are not numbers, or
        no area has enough images that people coded.

    Notes
    -----
    Correction: the regression estimator within areas, by the category or the number measured, of
    Sarndal, C.-E., Swensson, B. and Wretman, J. (1992). Model assisted survey sampling. Springer,
    sections 6.4 and 7.6.

    Examples
    --------
    >>> codes = pd.Series({"1": "yes", "2": "no", "3": "yes"}, name="protest")
    >>> areas = {"1": "a", "2": "a", "3": "b"}
    >>> shares = area_shares(codes, areas, value="yes", every=["a", "b", "c"])
    >>> shares.table()[["area", "n", "value", "status"]].to_numpy().tolist()
    [['a', 2, 0.5, 'not validated'], ['b', 1, 1.0, 'not validated'], ['c', 0, nan, 'no images']]
    """
    series, weights = _series(codes, variable)
    data = _cells(series, areas, times, groups, weights)
    y, name = _numbers(data["code"], str(series.name or "value"), value)
    keys = ["area", "time"] if times is not None else ["area"]
    cells = data.groupby(keys, sort=True, observed=True)
    cell, share = cells.ngroup().to_numpy(), value is not None
    weight = np.ones(len(y)) if weights is None else data["weight"].to_numpy(float)
    notes: tuple[str, ...] = ()
    if gold is None or _same(gold, codes):
        status = NOT_VALIDATED if gold is None else GOLD_STANDARD
        rows = _plain(data.assign(y=y, cell=cell), status, level)
        against = compared(
            y, cell, weight=weight, cluster=_clusters(data), share=share, level=level
        )
    else:
        variable = str(series.name or "value")
        rows, against, notes = corrected_cells(
            data.assign(y=y, cell=cell), _codings(codes, variable, "the measure"),
            _codings(gold, variable, "people"), variable=variable, share=share, level=level,
            read=lambda truth: _read(truth, variable, value),
        )  # fmt: skip
        status = corrected_by(int(rows["coded"].sum()))
    names = cells.size().reset_index()[keys]
    table = _with_empty(pd.concat([names, rows], axis=1), every, keys)
    differences = pd.concat([names, against.differences], axis=1)
    return AreaShares(table, name, share, level, differences, against.p, status, notes)


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


def _same(gold: pd.Series | Codings, codes: pd.Series | Codings) -> bool:
    """Tell whether codes are given as their own standard."""
    if isinstance(gold, Codings) and isinstance(codes, Codings):
        return gold is codes or gold.data.equals(codes.data)
    return isinstance(gold, pd.Series) and isinstance(codes, pd.Series) and gold.equals(codes)


def _codings(codes: pd.Series | Codings, variable: str, coder: str) -> Codings:
    if isinstance(codes, Codings):
        return codes
    return Codings.from_series(with_ids(codes), variable=variable, coder=coder)


def _plain(data: pd.DataFrame, status: str, level: float) -> pd.DataFrame:
    """Average the codes of every cell as they are."""
    rows = []
    for _, own in data.groupby("cell"):
        mean = stats.grouped_mean(
            own["y"], weights=own.get("weight"), groups=own.get("group"), level=level
        )
        coded = mean.n if status == GOLD_STANDARD else 0
        rows.append([mean.n, mean.groups, coded, mean.value, mean.se, mean.low, mean.high, status])
    return pd.DataFrame(
        rows, columns=["n", "groups", "coded", "value", "se", "low", "high", "status"]
    )


def _clusters(data: pd.DataFrame) -> np.ndarray:
    if "group" not in data:
        return np.arange(len(data))
    return np.asarray(np.unique(data["group"].astype(str), return_inverse=True)[1])


def _numbers(codes: pd.Series, name: str, value: str | None) -> tuple[np.ndarray, str]:
    y = _read(codes, name, value)
    if value is not None and not y.any():
        raise InputError(
            f"value={value!r} does not occur in {name!r}; there are {listed(codes.unique(), 8)}."
        )
    return y, f"mean {name}" if value is None else f"share {name} = {value}"


def _read(codes: pd.Series, name: str, value: str | None) -> np.ndarray:
    if value is not None:
        return as_text(codes).eq(as_label(value)).to_numpy(float)
    numbers = pd.to_numeric(codes, errors="coerce")
    if numbers.isna().any():
        bad = codes[numbers.isna()].iloc[0]
        raise InputError(
            f"{bad!r} in {name!r} is not a number: give value= the category to take the share of."
        )
    return numbers.to_numpy(float)


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
    whole = {name: joined[name].fillna(0).astype(int) for name in ("n", "groups", "coded")}
    return joined.assign(**whole, status=joined["status"].fillna("no images"))
