"""How good a measure is for each kind of image: rates by subgroup, and against all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.stats import Design, difference_interval, linearized_se, survey_ratio
from iconometrics.stats.tails import Side
from iconometrics.validity.accuracy.rates import among, rate, right
from iconometrics.validity.drawn import design_of
from iconometrics.wording import as_text, listed, with_ids

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["FEW", "Subgroups", "subgroups"]

FEW = 30
"""With fewer images a rate says little; such rows are flagged."""

_RATES = ("sensitivity", "precision", "f1")


@dataclass(frozen=True, eq=False, repr=False)
class Subgroups:
    """Rates of a measure in each subgroup, and their difference to all other images.

    Parameters
    ----------
    variable
        The variable measured.
    by
        What the subgroups are called.
    rows
        One row per subgroup, measure and category: subgroup, measure, category (empty for
        accuracy), n (images that the rate is a share of), value, low, high, difference,
        difference_low, difference_high and few.
    level
        Confidence level.

    Examples
    --------
    >>> from iconometrics.coding import Codings
    >>> from iconometrics.validity import accuracy
    >>> truth = pd.Series(list("aabb"), index=list("1234"), name="v")
    >>> gold = Codings.from_series(truth, coder="anna")
    >>> measure = Codings.from_series(truth, coder="svm", trained_on=[])
    >>> parts = accuracy(measure, gold=gold).subgroups(pd.Series(list("xxyy"), list("1234")))
    >>> parts.table()["n"].tolist()
    [2, 2]
    """

    variable: str
    by: str
    rows: pd.DataFrame
    level: float

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(self.summary())}</p>{self.table().round(3).to_html(index=False)}"

    def table(self, measure: str = "accuracy") -> pd.DataFrame:
        """Return one row per subgroup (and category).

        Parameters
        ----------
        measure
            "accuracy", "sensitivity", "precision" or "f1"; "all" for all of them.

        Returns
        -------
        pandas.DataFrame
            A copy.

        Raises
        ------
        InputError
            If there is no such measure.
        """
        known = ("accuracy", *_RATES, "all")
        if measure not in known:
            raise InputError(f"measure={measure!r}: expected one of {', '.join(known)}.")
        rows = self.rows if measure == "all" else self.rows[self.rows["measure"] == measure]
        return rows.reset_index(drop=True)

    def summary(self) -> str:
        """Say where the measure is worst, and whether that may be chance.

        Returns
        -------
        str
        """
        rows = self.table()
        sized = rows[~rows["few"]]
        differing = sized[(sized["difference_low"] > 0) | (sized["difference_high"] < 0)]
        small = f" {int(rows['few'].sum())} with fewer than {FEW} images." * bool(rows["few"].any())
        if differing.empty:
            head = f"accuracy of {self.variable} differs in no subgroup of {self.by} beyond chance"
            return f"{head} ({self.level:.0%} intervals, one by one).{small}"
        worst = differing.iloc[int(differing["difference"].abs().argmax())]
        direction = "higher" if worst["difference"] > 0 else "lower"
        return (
            f"accuracy of {self.variable} is {abs(worst['difference']):.1%} points {direction} for "
            f"{self.by} = {worst['subgroup']} than for the rest "
            f"({worst['difference_low']:+.1%} to {worst['difference_high']:+.1%}): "
            f"{worst['value']:.1%} of {worst['n']:,} images.{small}"
        ).replace("% points", " points")

    def plot(self, ax: Axes | None = None, *, measure: str = "accuracy") -> Axes:
        """Draw a rate of each subgroup with its interval; hollow where there are few images.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.
        measure
            As for `table`, but "all".

        Returns
        -------
        matplotlib.axes.Axes
        """
        from iconometrics.figures import intervals

        rows = self.table(measure)
        labels = [
            f"{sub}{f', {cat}' if cat else ''} (n = {n:,})"
            for sub, cat, n in zip(rows["subgroup"], rows["category"], rows["n"], strict=True)
        ]
        return intervals(
            labels,
            rows["value"],
            low=rows["low"],
            high=rows["high"],
            share=True,
            hollow=list(rows["few"]),
            xlabel=measure,
            ax=ax,
        )


def subgroups(
    items: pd.DataFrame,
    by: pd.Series | Mapping[str, object],
    *,
    categories: Sequence[str],
    by_group: bool,
    level: float,
    side: Side = "two",
) -> tuple[str, pd.DataFrame]:
    """Compute the rates of each subgroup and their difference to the rest."""
    values = with_ids(pd.Series(by))
    member = _members(items, values)
    drawn = design_of(items, by_group=by_group)
    gold, measured = items["gold"].to_numpy(), items["measure"].to_numpy()
    rows = []
    for name in sorted(member.dropna().unique()):
        inside = (member == name).to_numpy(dtype=bool)
        known = member.notna().to_numpy(dtype=bool)
        for measure, category, hits, of in _wanted(gold, measured, categories):
            row = _row(hits, of, inside, known, drawn=drawn, name=measure, level=level, side=side)
            rows.append({"subgroup": name, "measure": measure, "category": category, **row})
    return str(values.name or "subgroup"), pd.DataFrame(rows)


def _wanted(
    gold: np.ndarray, measured: np.ndarray, categories: Sequence[str]
) -> list[tuple[str, str, np.ndarray, np.ndarray]]:
    shares = [("accuracy", "", gold == measured, np.ones(len(gold)))]
    for name in _RATES:
        for category in categories:
            pair = gold == category, measured == category
            shares.append((name, category, right(name, *pair), among(name, *pair)))
    return shares


def _row(
    hits: np.ndarray,
    of: np.ndarray,
    inside: np.ndarray,
    known: np.ndarray,
    *,
    drawn: Design,
    name: str,
    level: float,
    side: Side,
) -> dict[str, object]:
    others = known & ~inside
    shares = [rate(hits * part, of * part, drawn, name=name, level=level)
              for part in (inside, others)]  # fmt: skip
    shown = rate(hits * inside, of * inside, drawn, name=name, level=level, side=side)
    low, high = difference_interval(
        *shares, correlation=_correlation(hits, of, inside, others, drawn)
    )
    n = int((of * inside > 0).sum())
    return {
        "n": n,
        "value": shown.value,
        "low": shown.low,
        "high": shown.high,
        "difference": shares[0].value - shares[1].value,
        "difference_low": float(low),
        "difference_high": float(high),
        "few": n < FEW,
    }


def _correlation(
    hits: np.ndarray, of: np.ndarray, inside: np.ndarray, others: np.ndarray, drawn: Design
) -> float:
    """How far the two shares move together, where clusters hold images of both."""
    first, second = (survey_ratio(hits * part, of * part, drawn) for part in (inside, others))
    if not (first.se > 0 and second.se > 0):
        return 0.0
    both = linearized_se(first.influence - second.influence, drawn) ** 2
    moved = first.se**2 + second.se**2 - both
    return float(np.clip(moved / (2 * first.se * second.se), -1, 1))


def _members(items: pd.DataFrame, by: pd.Series) -> pd.Series:
    if by.index.has_duplicates:
        twice = by.index[by.index.duplicated()].unique()
        raise InputError(
            f"by= names images twice: {listed(twice)}; expected one subgroup per image."
        )
    member = as_text(by).reindex(items["image"]).reset_index(drop=True)
    if member.isna().all():
        raise InputError(
            f"none of the {len(items)} images has a subgroup; by= needs image ids as its index."
        )
    if member.nunique() == 1:
        raise InputError(
            f"all {int(member.notna().sum())} images are {member.dropna().iloc[0]!r}: there is "
            "nothing to compare; by= needs at least two subgroups."
        )
    return member
