"""Repeated views of one place on an ordinal scale: what went up, what went down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from iconometrics import figures, stats
from iconometrics.errors import InputError, warn
from iconometrics.options import need_columns
from iconometrics.wording import as_ids, as_label, as_text, listed, percent, with_ids

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Change", "change"]


@dataclass(frozen=True, eq=False)
class Change:
    """What changed between two views of the same places.

    Parameters
    ----------
    rows
        One row per area ("all" first): area, n, then up, same, down (shares), net (up minus down)
        and mean (mean change in steps), each with _low and _high, and p of the sign test.
    places
        One row per place: before, after, step.
    before, after
        The two waves.
    level
        Of the intervals.

    Examples
    --------
    >>> codes = pd.DataFrame({"place": list("aabb"), "wave": [1, 2, 1, 2], "value": [1, 3, 2, 2]})
    >>> change(codes, before=1, after=2).rows[["n", "up", "same"]].to_numpy().tolist()
    [[2.0, 0.5, 0.5]]
    """

    rows: pd.DataFrame
    places: pd.DataFrame
    before: Any
    after: Any
    level: float

    def table(self) -> pd.DataFrame:
        """Return one row per area.

        Returns
        -------
        pandas.DataFrame
            A copy; "all" first.
        """
        return self.rows.copy()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the net change (share of places up minus share down) with its interval.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        return figures.intervals(
            [
                f"{area} (n = {n})"
                for area, n in zip(self.rows["area"], self.rows["n"], strict=True)
            ],
            100 * self.rows["net"],
            low=100 * self.rows["net_low"],
            high=100 * self.rows["net_high"],
            ax=ax,
            reference=0,
            xlabel=f"places up minus places down, {self.before} to {self.after}, percentage points",
        )

    def summary(self) -> str:
        """Say what changed.

        Returns
        -------
        str
        """
        row = self.rows.iloc[0]
        said = ", ".join(
            f"{percent(row[kind])} {word} "
            f"({percent(row[f'{kind}_low'])} to {percent(row[f'{kind}_high'])})"
            for kind, word in (("up", "went up"), ("same", "stayed"), ("down", "went down"))
        )
        return (
            f"Of {row['n']} places seen in {self.before} and {self.after}, {said}; mean change "
            f"{row['mean']:+.2f} steps ({row['mean_low']:+.2f} to {row['mean_high']:+.2f}), "
            f"sign test p = {row['p']:.3f}."
        )

    def _repr_html_(self) -> str:
        return f"<p>{self.summary()}</p>{self.rows.round(3).to_html(index=False)}"


def change(
    codes: pd.DataFrame,
    *,
    before: Any,
    after: Any,
    order: Sequence[str] | None = None,
    areas: pd.Series | Mapping[str, str] | None = None,
    level: float = 0.95,
) -> Change:
    """Compare two waves of views of the same places, on an ordinal scale.

    Several views of a place in one wave count with their mean. Places seen in one wave only are
    left out, with a warning.

    Parameters
    ----------
    codes
        One row per view: place, wave, value.
    before, after
        The two waves.
    order
        The categories from the lowest to the highest; None where values are numbers, or ordered
        categoricals, whose order counts.
    areas
        Area by place, to report each area's change too.
    level
        Of the intervals: Wilson for shares, Bonett and Price for the net change, Student for the
        mean.

    Returns
    -------
    Change
        Over all places, then by area.

    Raises
    ------
    InputError
        If a column, a wave or a category is not there, or no place was seen twice.

    Notes
    -----
    Design: Hwang, J. and Sampson, R. J. (2014). Divergent pathways of gentrification. American
    Sociological Review 79, 726-751. Net change: Bonett, D. G. and Price, R. M. (2012). Adjusted
    Wald confidence interval for a difference of binomial proportions based on paired data.
    Journal of Educational and Behavioral Statistics 37, 479-488. The mean takes steps between
    categories to be equal; the shares and the sign test do not.

    Examples
    --------
    >>> codes = pd.DataFrame({
    ...     "place": ["a", "a", "b", "b"], "wave": [2007, 2017, 2007, 2017],
    ...     "value": ["decay", "mixed", "mixed", "renewed"],
    ... })
    >>> found = change(codes, before=2007, after=2017, order=["decay", "mixed", "renewed"])
    >>> found.rows["up"].tolist()
    [1.0]
    """
    paired = _paired(codes, before, after, order)
    rows = [_row("all", paired["step"].to_numpy(), level)]
    if areas is not None:
        member = with_ids(pd.Series(areas)).reindex(as_ids(paired.index))
        rows += [
            _row(str(area), own["step"].to_numpy(), level)
            for area, own in paired.groupby(member.to_numpy())
        ]
    return Change(pd.DataFrame(rows), paired, before, after, level)


def _paired(
    codes: pd.DataFrame, before: Any, after: Any, order: Sequence[str] | None
) -> pd.DataFrame:
    need_columns(codes, ("place", "wave", "value"), what="the codes")
    steps = codes.assign(value=_steps(codes["value"], order))
    waves = {"before": _at(steps["wave"], before), "after": _at(steps["wave"], after)}
    means = pd.DataFrame(
        {name: steps[rows].groupby("place")["value"].mean() for name, rows in waves.items()}
    ).dropna(how="all")
    both = means.dropna()
    if both.empty:
        raise InputError(
            f"no place was seen both in {before} and in {after}: expected at least one."
        )
    if len(both) < len(means):
        warn(
            f"{len(means) - len(both)} of {len(means)} places were seen in one wave only and are "
            "left out."
        )
    return both.assign(step=both["after"] - both["before"])


def _at(waves: pd.Series, wave: Any) -> pd.Series:
    """Find the views of a wave, which may be a number in one place and text in the other."""
    rows = waves.eq(wave)
    if not rows.any():
        rows = as_text(waves).eq(as_label(wave))
    if not rows.any():
        raise InputError(f"no view of wave {wave!r}; the waves are {listed(pd.unique(waves))}.")
    return rows


def _steps(values: pd.Series, order: Sequence[str] | None) -> pd.Series:
    if order is None and isinstance(values.dtype, pd.CategoricalDtype) and values.cat.ordered:
        order = list(values.cat.categories)
    if order is None:
        numbers = pd.to_numeric(values, errors="coerce")
        if (numbers.isna() & values.notna()).any():
            bad = values[numbers.isna() & values.notna()].iloc[0]
            raise InputError(f"{bad!r} is not a number: give order= the categories, lowest first.")
        return numbers
    rank = {as_label(category): step for step, category in enumerate(order)}
    strange = sorted(set(as_text(values.dropna())) - set(rank))
    if strange:
        raise InputError(f"{listed(strange)} not in order={list(order)}: name every category once.")
    return as_text(values).map(rank)


def _row(area: str, steps: np.ndarray, level: float) -> dict[str, Any]:
    from scipy.stats import binomtest

    n, up, down = len(steps), int((steps > 0).sum()), int((steps < 0).sum())
    row: dict[str, Any] = {"area": area, "n": n}
    for kind, hits in (("up", up), ("same", n - up - down), ("down", down)):
        low, high = stats.wilson(hits, n, level)
        row |= {kind: hits / n, f"{kind}_low": low, f"{kind}_high": high}
    net = _net(up, down, n, level)
    row |= {"net": (up - down) / n, "net_low": net[0], "net_high": net[1]}
    mean, *ends = stats.student(steps, level)
    row |= {"mean": mean, "mean_low": ends[0], "mean_high": ends[1]}
    return row | {"p": float(binomtest(up, up + down).pvalue) if up + down else 1.0}


def _net(up: int, down: int, n: int, level: float) -> tuple[float, float]:
    from scipy.special import ndtri

    first, second = (up + 1) / (n + 2), (down + 1) / (n + 2)
    half = ndtri((1 + level) / 2) * np.sqrt((first + second - (first - second) ** 2) / (n + 2))
    middle = first - second
    return max(-1.0, middle - half), min(1.0, middle + half)
