"""Repeated views of one place on an ordinal scale: what went up, what went down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from iconometrics import figures
from iconometrics.coding import Sample
from iconometrics.errors import InputError, warn
from iconometrics.inference.places.correcting import LEAST, Coded
from iconometrics.inference.places.flows import (
    corrected_row,
    plain_row,
    transitions,
    withheld_row,
)
from iconometrics.inference.places.marking import corrected_by, reddened, tested, with_status
from iconometrics.inference.writing import in_red
from iconometrics.options import need_columns
from iconometrics.wording import (
    NOT_VALIDATED,
    as_ids,
    as_label,
    as_text,
    counted,
    listed,
    percent,
    with_ids,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Change", "change"]

_MOST_CATEGORIES = 12
_SHRUNK = (
    "Errors that are the same in both waves leave no change at 0, but shrink a change that there "
    "is."
)
_WITHHELD = (
    "How many places went up and how many down is not said, as an error of coding in one wave "
    "looks like a change: have people code both waves of a random sample of places anew, without "
    "seeing the first codes, and give theirs as recoded=."
)


@dataclass(frozen=True, eq=False)
class Change:
    """What changed between two views of the same places.

    Parameters
    ----------
    rows
        One row per area ("all" first): area, n, recoded (places coded anew), then up, same, down
        (shares), net (up minus down) and mean (mean change in steps), each with _low and _high, and
        p of there being no net change. Missing where too few places were coded anew; without any,
        net and mean are those of the codes as they are.
    transitions
        Share of all places that went from one category to another: before, after, share, low,
        high; without rows where it cannot be said.
    places
        One row per place, as first coded: before, after, step.
    before, after
        The two waves.
    level
        Of the intervals.
    status
        "not validated", or how many places were coded anew.

    Examples
    --------
    >>> codes = pd.DataFrame({"place": list("aabb"), "wave": [1, 2, 1, 2], "value": [1, 3, 2, 2]})
    >>> change(codes, before=1, after=2).rows[["n", "up", "net"]].to_numpy().tolist()
    [[2.0, nan, 0.5]]
    """

    rows: pd.DataFrame
    transitions: pd.DataFrame
    places: pd.DataFrame
    before: Any
    after: Any
    level: float
    status: str

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
            Hollow, and so named, where the codes are not validated.
        """
        unchecked = self.status == NOT_VALIDATED
        drawn = figures.intervals(
            [
                f"{area} (n = {n})"
                for area, n in zip(self.rows["area"], self.rows["n"], strict=True)
            ],
            100 * self.rows["net"],
            low=100 * self.rows["net_low"],
            high=100 * self.rows["net_high"],
            ax=ax,
            reference=0,
            hollow=[unchecked] * len(self.rows),
            xlabel=with_status(
                f"places up minus places down, {self.before} to {self.after}, percentage points",
                self.status,
            ),
        )
        return reddened(drawn)

    def summary(self) -> str:
        """Say what changed.

        Returns
        -------
        str
        """
        row = self.rows.iloc[0]
        seen = f"{counted(int(row['n']), 'place')} seen in {self.before} and {self.after}"
        if self.status == NOT_VALIDATED:
            return f"Of {seen}, as coded ({NOT_VALIDATED}), {self._net(row)}. {_SHRUNK} {_WITHHELD}"
        flows = ", ".join(
            f"{percent(row[kind])} {word} "
            f"({percent(row[f'{kind}_low'])} to {percent(row[f'{kind}_high'])})"
            for kind, word in (("up", "went up"), ("same", "stayed"), ("down", "went down"))
        )
        return f"Of {seen} ({self.status}), {flows}; {self._net(row)}."

    def _net(self, row: Any) -> str:
        net, low, high = (f"{100 * row[name]:+.1f}" for name in ("net", "net_low", "net_high"))
        return (
            f"net change {net} percentage points ({low} to {high}), {tested(row['p'])}; mean "
            f"change {row['mean']:+.2f} steps ({row['mean_low']:+.2f} to {row['mean_high']:+.2f})"
        )

    def _repr_html_(self) -> str:
        return f"<p>{in_red(self.summary())}</p>{self.rows.round(3).to_html(index=False)}"


def change(
    codes: pd.DataFrame,
    *,
    before: Any,
    after: Any,
    order: Sequence[str] | None = None,
    recoded: pd.DataFrame | None = None,
    sample: Sample | None = None,
    areas: pd.Series | Mapping[str, str] | None = None,
    level: float = 0.95,
) -> Change:
    """Compare two waves of views of the same places, on an ordinal scale.

    An error of coding in one wave looks like a change. So what went up and what went down is
    estimated from places whose views people coded anew, and carried to all places by the first
    codes; without such places only the net change of the codes is given. Several views of a place
    in one wave count with their mean. Places seen in one wave only are left out, with a warning.

    Parameters
    ----------
    codes
        One row per view: place, wave, value; by a machine or by people.
    before, after
        The two waves.
    order
        The categories from the lowest to the highest; None where values are numbers, or ordered
        categoricals, whose order counts.
    recoded
        The standard: codes that people gave to all views of some places in both waves, without
        seeing the first ones; place, wave, value. Codes that are the standard themselves are given
        as both.
    sample
        How the places coded anew were drawn, its images being the places; by default at random
        with equal probability.
    areas
        Area by place, to report each area's change too; those of fewer than 10 places coded anew
        have no estimate.
    level
        Of the intervals: Wilson for shares, Student for net change and mean; for the net change of
        codes that are not corrected, Bonett and Price.

    Returns
    -------
    Change
        Over all places, then by area.

    Raises
    ------
    InputError
        If a column, a wave or a category is not there, no place was seen twice, or fewer than 10
        places, or 4 clusters of them, were coded anew.

    Notes
    -----
    Design: Hwang, J. and Sampson, R. J. (2014). Divergent pathways of gentrification. American
    Sociological Review 79, 726-751. Net change: Bonett, D. G. and Price, R. M. (2012). Adjusted
    Wald confidence interval for a difference of binomial proportions based on paired data.
    Journal of Educational and Behavioral Statistics 37, 479-488. Correction: the regression
    estimator, by class of the first codes, of Sarndal, C.-E., Swensson, B. and Wretman, J. (1992).
    Model assisted survey sampling. Springer, sections 6.4 and 7.6. The mean takes steps between
    categories to be equal; the shares do not.

    Examples
    --------
    >>> codes = pd.DataFrame({
    ...     "place": ["a", "a", "b", "b"], "wave": [2007, 2017, 2007, 2017],
    ...     "value": ["decay", "mixed", "mixed", "renewed"],
    ... })
    >>> order = ["decay", "mixed", "renewed"]
    >>> change(codes, before=2007, after=2017, order=order).rows["net"].tolist()
    [1.0]
    >>> change(codes, before=2007, after=2017, order=order, recoded=codes).rows["up"].tolist()
    [1.0]
    """
    scale = _Scale(before, after, _order(codes, order))
    measured, views = _paired(codes, scale)
    true, coded, status = measured, None, NOT_VALIDATED
    if recoded is not None:
        true, coded = _coded_anew(recoded, measured, views, scale=scale, sample=sample)
        status = corrected_by(int(coded.there.sum()), "place")
    parts = {"all": np.ones(len(measured), dtype=bool)}
    if areas is not None:
        member = with_ids(pd.Series(areas)).reindex(as_ids(measured.index))
        parts |= {
            str(area): (member == area).to_numpy() for area in sorted(set(member.dropna()), key=str)
        }
    rows = [
        {"area": area, **_row(measured[part], true[part], coded and coded.part(part), level)}
        for area, part in parts.items()
    ]
    flows = _transitions(measured, true, coded, scale=scale, level=level)
    return Change(pd.DataFrame(rows), flows, measured, before, after, level, status)


class _Scale(NamedTuple):
    before: Any
    after: Any
    order: list[str] | None


def _row(
    measured: pd.DataFrame, true: pd.DataFrame, coded: Coded | None, level: float
) -> dict[str, Any]:
    steps = measured["step"].to_numpy()
    if coded is None:
        return {"n": len(steps), "recoded": 0, **withheld_row(steps, level)}
    row: dict[str, Any] = {"n": len(steps), "recoded": int(coded.there.sum())}
    if coded.there.all():
        return row | plain_row(true["step"].to_numpy(), level)
    return row | corrected_row(true["step"].to_numpy(), measured, coded, level=level)


def _transitions(
    measured: pd.DataFrame,
    true: pd.DataFrame,
    coded: Coded | None,
    *,
    scale: _Scale,
    level: float,
) -> pd.DataFrame:
    """Say from where to where places went, if each has one of few categories in each wave."""
    nothing = pd.DataFrame(columns=["before", "after", "share", "low", "high"])
    if coded is None:
        return nothing
    ends = true.loc[coded.there, ["before", "after"]].to_numpy()
    known = np.unique(ends) if scale.order is None else np.arange(len(scale.order))
    if len(known) > _MOST_CATEGORIES or not np.isin(ends, known).all():
        return nothing
    labels = scale.order or [as_label(float(value)) for value in known]
    return transitions(
        true[["before", "after"]].to_numpy(), measured, coded,
        names=dict(zip(map(float, known), labels, strict=True)), level=level,
    )  # fmt: skip


def _paired(codes: pd.DataFrame, scale: _Scale) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give before, after and step of each place seen in both waves, and its number of views."""
    need_columns(codes, ("place", "wave", "value"), what="the codes")
    steps = codes.assign(value=_steps(codes["value"], scale.order))
    waves = {"before": _at(steps["wave"], scale.before), "after": _at(steps["wave"], scale.after)}
    groups = {name: steps[rows].groupby("place")["value"] for name, rows in waves.items()}
    means = pd.DataFrame({name: group.mean() for name, group in groups.items()}).dropna(how="all")
    both = means.dropna()
    if both.empty:
        raise InputError(
            f"no place was seen both in {scale.before} and in {scale.after}: expected at least one."
        )
    if len(both) < len(means):
        warn(
            f"{len(means) - len(both)} of {len(means)} places were seen in one wave only and are "
            "left out."
        )
    views = pd.DataFrame({name: group.count() for name, group in groups.items()}).loc[both.index]
    return both.assign(step=both["after"] - both["before"]), views


def _coded_anew(
    recoded: pd.DataFrame,
    measured: pd.DataFrame,
    views: pd.DataFrame,
    *,
    scale: _Scale,
    sample: Sample | None,
) -> tuple[pd.DataFrame, Coded]:
    """Put the places that were coded anew beside all places, with what each stands for."""
    ids = as_ids(measured.index)
    anew, anew_views = (with_ids(table) for table in _paired(recoded, scale))
    _check_views(anew_views, views.set_axis(ids))
    whole = anew_views.index[
        (anew_views == views.set_axis(ids).reindex(anew_views.index)).all(axis=1)
    ]
    if len(whole) < len(anew):
        warn(
            f"{len(anew) - len(whole)} of {len(anew)} places coded anew are left out: not among "
            "the codes, or not all of their views were coded anew."
        )
    weight = pd.Series(1.0, index=whole)
    if sample is not None:
        inside = whole[whole.isin(sample.images)]
        if len(inside) < len(whole):
            warn(
                f"{len(whole) - len(inside)} of {len(whole)} places coded anew are not in the "
                f"sample {sample.name!r} and are left out: how likely they were drawn is unknown."
            )
        weight = 1 / sample.answered(inside).probability.loc[inside] if len(inside) else weight[:0]
    true = anew.reindex(ids).set_axis(measured.index)
    there = weight.reindex(ids).fillna(0).to_numpy()
    coded = Coded(there, np.ones(len(ids)), _clusters(sample, ids))
    if not coded.enough and not coded.there.all():
        raise InputError(
            f"{counted(len(weight), 'place')} coded anew in both waves: expected at least {LEAST}, "
            "drawn in at least 4 clusters. Places are matched by name; have more of them coded."
        )
    return true, coded


def _check_views(anew: pd.DataFrame, first: pd.DataFrame) -> None:
    more = anew.index[(anew > first.reindex(anew.index)).any(axis=1)]
    if len(more):
        raise InputError(
            f"places with more new codes than views in a wave: {listed(more)}; where several "
            "people coded a view, settle their codes first, with coding.adjudicate()."
        )


def _clusters(sample: Sample | None, ids: pd.Index) -> np.ndarray:
    """Number the clusters that places were drawn in; others stand alone."""
    names = ids.to_series()
    if sample is not None:
        frame = sample.table if sample.frame is None else sample.frame
        own = ("cluster " + frame.set_index("image")["cluster"]).reindex(ids)
        names = own.fillna("place " + names)
    return np.asarray(np.unique(names.to_numpy(dtype=object), return_inverse=True)[1])


def _order(codes: pd.DataFrame, order: Sequence[str] | None) -> list[str] | None:
    if order is not None:
        return list(order)
    values = codes.get("value")
    if values is not None and isinstance(values.dtype, pd.CategoricalDtype) and values.cat.ordered:
        return list(values.cat.categories)
    return None


def _at(waves: pd.Series, wave: Any) -> pd.Series:
    """Find the views of a wave, which may be a number in one place and text in the other."""
    rows = waves.eq(wave)
    if not rows.any():
        rows = as_text(waves).eq(as_label(wave))
    if not rows.any():
        raise InputError(f"no view of wave {wave!r}; the waves are {listed(pd.unique(waves))}.")
    return rows


def _steps(values: pd.Series, order: Sequence[str] | None) -> pd.Series:
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
