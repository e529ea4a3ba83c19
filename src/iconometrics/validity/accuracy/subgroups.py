"""How good a measure is for each kind of image: rates by subgroup, and against all others."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.stats import Design, difference_interval, linearized_se, survey_ratio
from iconometrics.stats.equal_shares import LEAST, EqualShares, equal_shares
from iconometrics.stats.tails import Side
from iconometrics.validity.accuracy.rates import among, rate, right
from iconometrics.validity.drawn import design_of
from iconometrics.wording import as_text, counted, listed, p_value, with_ids

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["FEW", "Subgroups", "subgroups"]

FEW = 30
"""With fewer images a rate says little; such rows are flagged."""

_NAMED = 3
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
        difference_low, difference_high (one by one), few; p of the test whether the rate is the
        same in all subgroups, p_adjusted of each against the rest (Holm), simultaneous_low and
        simultaneous_high (the difference, for all subgroups at once) and detectable (the difference
        that would show in four samples of five).
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
        """Say whether accuracy differs by subgroup, and only then where.

        Returns
        -------
        str
            A subgroup is named where the test of all at once, and its own against the rest by
            Holm's method, say that it differs; else what difference could have been seen.
        """
        rows, of = self.table(), f"accuracy of {self.variable}"
        small = f" {int(rows['few'].sum())} with fewer than {FEW} images." * bool(rows["few"].any())
        if "p" not in rows:
            return (
                f"{of} is {rows['value'].min():.1%} to {rows['value'].max():.1%} by {self.by}; a "
                "former version computed this without a test of all subgroups at once, so no "
                f"difference is claimed: compare again with subgroups().{small}"
            )
        return f"{self._difference(rows, of)}{small}"

    def _difference(self, rows: pd.DataFrame, of: str) -> str:
        """Say what the test of all subgroups, and then of each, lets be said."""
        p, compared = float(rows["p"].iloc[0]), rows[rows["p_adjusted"].notna()]
        if np.isnan(p):
            return (
                f"whether {of} differs by {self.by} cannot be told: fewer than two subgroups have "
                f"{LEAST} images (weighted and clustered ones count for less)."
            )
        number = f"the {counted(len(compared), 'subgroup')} of {self.by} compared (p {p_value(p)})"
        if not p < 1 - self.level:
            return f"{of}: no difference between {number} is shown.{_detectable(compared)}"
        named = compared[
            (compared["p_adjusted"] < 1 - self.level)
            & ((compared["simultaneous_low"] > 0) | (compared["simultaneous_high"] < 0))
        ].sort_values(["p_adjusted", "difference"], kind="stable")
        if named.empty:
            return (
                f"{of} differs between {number}, but which of them differ cannot be told: allowing "
                "for their number, none stands out from the rest."
            )
        shown = named.head(1 if len(compared) == 2 else _NAMED)
        sentences = [_named(row, self.by) for row in shown.to_dict("records")]
        return f"{of} differs between {number}: {'; '.join(sentences)}."

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


def _named(row: Mapping[Hashable, Any], by: str) -> str:
    direction = "higher" if row["difference"] > 0 else "lower"
    low, high = (f"{100 * row[f'simultaneous_{end}']:+.1f}" for end in ("low", "high"))
    apart = f"{100 * abs(row['difference']):.1f} points {direction}"
    return (
        f"{apart} for {by} = {row['subgroup']} than for the rest ({low} to {high}, for all at "
        f"once): {row['value']:.1%} of {row['n']:,} images"
    )


def _detectable(rows: pd.DataFrame) -> str:
    """Say which difference to the rest four samples in five would have shown."""
    known = rows[rows["detectable"].notna()].sort_values("detectable", kind="stable")
    if known.empty:
        return ""
    points = [f"{100 * value:.0f} points" for value in known["detectable"].iloc[[0, -1]]]
    names = list(known["subgroup"].iloc[[0, -1]])
    span = " to ".join(f"{value} ({name})" for value, name in zip(points, names, strict=True))
    if points[0] == points[1]:
        span = points[0]
    return (
        f" A difference to the rest of {span} would have been seen in four samples of five; "
        "smaller ones can be there unseen."
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
    # Whether subgroups differ is asked of further images: in one corpus any two shares do.
    further = design_of(items.drop(columns="probability", errors="ignore"), by_group=by_group)
    gold, measured = items["gold"].to_numpy(), items["measure"].to_numpy()
    names = sorted(member.dropna().unique())
    number = np.asarray(pd.Categorical(member, names).codes)
    rows = []
    for measure, category, hits, of in _wanted(gold, measured, categories):
        test = equal_shares(hits, of, number, drawn=further, level=level)
        for place, name in enumerate(names):
            head = {"subgroup": name, "measure": measure, "category": category}
            row = _row(
                hits, of, number == place, number >= 0, at_once=max(test.comparisons, 1),
                drawn=drawn, further=further, name=measure, level=level, side=side,
            )  # fmt: skip
            rows.append(head | row | _tested(test, place, measure, row["value"]))
    order = {name: place for place, name in enumerate(names)}
    table = pd.DataFrame(rows)
    table = table.sort_values("subgroup", key=lambda column: column.map(order), kind="stable")
    return str(values.name or "subgroup"), table.reset_index(drop=True)


def _wanted(
    gold: np.ndarray, measured: np.ndarray, categories: Sequence[str]
) -> list[tuple[str, str, np.ndarray, np.ndarray]]:
    shares = [("accuracy", "", gold == measured, np.ones(len(gold)))]
    for name in _RATES:
        for category in categories:
            pair = gold == category, measured == category
            shares.append((name, category, right(name, *pair), among(name, *pair)))
    return shares


def _tested(test: EqualShares, place: int, measure: str, value: Any) -> dict[str, Any]:
    """What the test of all subgroups says of one; of F1 by how it changes with its share."""
    scale = (2 - value) ** 2 / 2 if measure == "f1" else 1.0
    return {
        "p": test.p,
        "p_adjusted": test.adjusted[place],
        "detectable": scale * test.detectable[place],
    }


def _row(
    hits: np.ndarray,
    of: np.ndarray,
    inside: np.ndarray,
    known: np.ndarray,
    *,
    at_once: int,
    drawn: Design,
    further: Design,
    name: str,
    level: float,
    side: Side,
) -> dict[str, Any]:
    others = known & ~inside
    shown = rate(hits * inside, of * inside, drawn, name=name, level=level, side=side)
    correlation = _correlation(hits, of, inside, others, further)
    # Bonferroni's: all of them hold the truth together.
    together = 1 - (1 - level) / at_once
    ends: dict[str, float] = {}
    for part, at in (("difference", level), ("simultaneous", together)):
        shares = [rate(hits * side_of, of * side_of, further, name=name, level=at)
                  for side_of in (inside, others)]  # fmt: skip
        low, high = difference_interval(*shares, correlation=correlation)
        ends |= {f"{part}_low": float(low), f"{part}_high": float(high)}
    n = int((of * inside > 0).sum())
    return {
        "n": n,
        "value": shown.value,
        "low": shown.low,
        "high": shown.high,
        "difference": shares[0].value - shares[1].value,
        **ends,
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
