"""The human ceiling: does a machine agree with people as well as people do with each other."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.errors import IconometricsWarning, InputError, warn
from iconometrics.stats.agreement.alpha import alpha_of
from iconometrics.stats.agreement.cohen import Cohen
from iconometrics.stats.agreement.intervals import Statistic, group_numbers, resampled
from iconometrics.stats.agreement.pairs import PairAgreement
from iconometrics.stats.agreement.units import Patterns
from iconometrics.validity.agreement.design import CODED, figures_of
from iconometrics.validity.agreement.rated import Level, Rated, rated
from iconometrics.validity.matching import common_variable
from iconometrics.wording import counted, listed, number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from iconometrics.coding import Codebook

__all__ = ["Ceiling", "ceiling"]

Coefficient = Literal["alpha", "kappa", "gwet", "percent"]
_COEFFICIENTS = ("alpha", "kappa", "gwet", "percent")
_AMONG, _WITH, _GAP = "people with people", "people with the machine", "difference"


@dataclass(frozen=True, eq=False, repr=False)
class Ceiling:
    """Agreement among people beside that of people with a machine, on the same images.

    Parameters
    ----------
    variable
        The variable.
    machine
        The machine's name.
    coefficient
        The coefficient, the same for both.
    comparison
        Three rows (people with people, people with the machine, difference): value, low, high.
    by_pair
        One row per pair: first, second, machine (whether one of them is), images, value.
    images
        Number of images, each coded by two people or more and by the machine.
    confidence
        Confidence level of the intervals.
    groups
        Number of groups that were resampled, or None for images.
    represents
        "corpus", where the images are a sample of it and count for how they were drawn; else
        "images coded".
    notes
        What a reader should know, in plain words.

    Examples
    --------
    >>> from iconometrics.coding import Codings
    >>> from iconometrics.validity import ceiling
    >>> data = pd.DataFrame({"image": list("abcdef") * 2, "variable": "v",
    ...                      "value": list("112212112222"), "coder": ["anna"] * 6 + ["ben"] * 6})
    >>> machine = pd.Series(list("111222"), index=list("abcdef"), name="v")
    >>> limit = ceiling(Codings(data), Codings.from_series(machine, coder="svm"), draws=50)
    >>> limit.images
    6
    """

    variable: str
    machine: str
    coefficient: str
    comparison: pd.DataFrame
    by_pair: pd.DataFrame
    images: int
    confidence: float
    groups: int | None = None
    represents: str = CODED
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        table = self.comparison.round(3).to_html(escape=True)
        return f"<p>{escape(self.summary())}</p>{table}<ul>{notes}</ul>"

    def table(self) -> pd.DataFrame:
        """Return three rows: people with people, people with the machine, and the difference.

        Returns
        -------
        pandas.DataFrame
            value, low and high; a copy.
        """
        return self.comparison.copy()

    def pairs(self) -> pd.DataFrame:
        """Return one row per pair of coders.

        Returns
        -------
        pandas.DataFrame
            A copy of `by_pair`.
        """
        return self.by_pair.copy()

    def summary(self) -> str:
        """Say the result in a sentence.

        Returns
        -------
        str
            Both agreements and their difference, with intervals and the number of images.
        """
        parts = {name: _with_interval(self.comparison.loc[name]) for name in (_AMONG, _WITH, _GAP)}
        by = "" if self.groups is None else f", by {counted(self.groups, 'group')}"
        return (
            f"{self.variable}: on {counted(self.images, 'image')}, people agree with each other "
            f"at {self.coefficient} {parts[_AMONG]}, with {self.machine} at {parts[_WITH]}; "
            f"difference {parts[_GAP]} ({percent(self.confidence)} intervals{by}); "
            f"{figures_of(self.represents)}."
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw both agreements with their intervals, and every person's with the machine.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from iconometrics.figures import intervals

        pairs = self.by_pair[self.by_pair["machine"]].sort_values("value", ascending=False)
        rows = pd.concat([self.comparison.loc[[_AMONG, _WITH]], pairs[["value", "low", "high"]]])
        each = [f"{name} with {self.machine}" for name in pairs["first"]]
        labels = ["People with people", f"People with {self.machine}", *each]
        gap = _with_interval(self.comparison.loc[_GAP])
        return intervals(
            labels, rows["value"], low=rows["low"], high=rows["high"], ax=ax,
            hollow=[False, False, *[True] * len(each)],
            xlabel=f"{self.coefficient}; machine less people: {gap}",
        )  # fmt: skip


def _with_interval(row: Any) -> str:
    return f"{number(row['value'])} ({number(row['low'])} to {number(row['high'])})"


def ceiling(
    people: Codings,
    measure: Codings,
    *,
    variable: str | None = None,
    coefficient: Coefficient = "alpha",
    level: Level | None = None,
    groups: pd.Series | Mapping[str, str] | None = None,
    draws: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
    codebook: Codebook | None = None,
) -> Ceiling:
    """Compare a machine's agreement with people to people's agreement with each other.

    Means over pairs of coders, on the images that two people or more and the machine coded, and
    that the machine was not trained on.

    Parameters
    ----------
    people, measure
        Codings by two people or more; codings by one machine. The people's sample says how the
        images were drawn, and what each counts for.
    variable
        May be left out where both have just one in common.
    coefficient
        "alpha" (Krippendorff), "kappa" (Cohen), "gwet" (AC1, AC2) or "percent".
    level, codebook
        Level of measurement; by default as the codebook says, else nominal.
    groups
        Account or event by image id, resampled as a whole.
    draws, confidence, seed
        Number of resamples of images, level of the intervals, and what names the resamples.

    Returns
    -------
    Ceiling

    Raises
    ------
    InputError
        If an option is not known, or no image was coded by two people and one machine.

    Notes
    -----
    Means over pairs: Light, R. J. (1971). Psychological Bulletin 76, 365-377. Percentile bootstrap.

    Examples
    --------
    >>> data = pd.DataFrame({"image": list("abcdef") * 2, "variable": "v",
    ...                      "value": list("112212112222"), "coder": ["anna"] * 6 + ["ben"] * 6})
    >>> machine = pd.Series(list("111222"), index=list("abcdef"), name="v")
    >>> values = ceiling(Codings(data), Codings.from_series(machine, coder="svm"), draws=9)
    >>> values.images
    6
    """
    _check(coefficient, draws)
    machine = _only_coder(measure)
    together = _together(people, measure, common_variable(people, measure, variable), machine)
    ready = _ready(together, level=level, groups=groups, codebook=codebook)
    return _result(ready, machine, coefficient, draws=draws, confidence=confidence, seed=seed)


def _ready(together: Codings, **options: Any) -> Rated:
    """Make the variable ready; with few images the interval says enough."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IconometricsWarning)
        return rated(together, together.variables[0], weights=None, **options)


def _check(coefficient: str, draws: int) -> None:
    if coefficient not in _COEFFICIENTS:
        raise InputError(f"coefficient={coefficient!r}: one of {', '.join(_COEFFICIENTS)}.")
    if draws < 1:
        raise InputError(f"draws={draws!r}: the intervals come from resamples, such as 1000.")


def _result(
    ready: Rated,
    machine: str,
    coefficient: Coefficient,
    *,
    draws: int,
    confidence: float,
    seed: int,
) -> Ceiling:
    pairs = _pairs(ready, _statistic(ready, coefficient), machine)
    member = None if ready.member is None else group_numbers(ready.member, ready.units.units)
    weights = resampled(ready.units, member, draws, seed=seed)
    drawn = np.concatenate([_means(pairs, some) for some in weights])
    values = _means(pairs, ready.units.totals[None])[0]
    comparison, by_pair = _tables(pairs, values, drawn, confidence)
    groups = None if ready.groups is None else len(set(ready.groups))
    return Ceiling(
        ready.variable, machine, pairs[0].statistic.name, comparison, by_pair, ready.units.units,
        confidence, groups, ready.represents, ready.notes,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two coders, the coefficient of their common images, and how patterns map to it."""

    first: str
    second: str
    machine: bool
    statistic: Statistic
    fold: np.ndarray
    images: int

    def value(self, weights: np.ndarray) -> np.ndarray:
        """Give the coefficient for each draw of joint patterns."""
        from scipy.sparse import csr_array

        here = np.flatnonzero(self.fold >= 0)
        ones = np.ones(len(here))
        shape = (len(self.fold), len(self.statistic.units.rows))
        table = csr_array((ones, (here, self.fold[here])), shape=shape)
        return self.statistic.parts((table.T @ weights.T).T)[0]


def _only_coder(measure: Codings) -> str:
    if len(measure.coders) != 1:
        raise InputError(
            f"the measure has {counted(len(measure.coders), 'coder')} "
            f"({listed(measure.coders, 8)}): take one with measure.of(name)."
        )
    return measure.coders[0]


def _together(people: Codings, measure: Codings, name: str, machine: str) -> Codings:
    """Put the codings of the images that two people and the machine coded into one table."""
    human = people.data[(people.data["variable"] == name) & people.data["value"].notna()]
    if machine in people.coders:
        human = human[human["coder"] != machine]
    by_machine = measure.data[(measure.data["variable"] == name) & measure.data["value"].notna()]
    coders = human.drop_duplicates(["image", "coder"]).groupby("image").size()
    images = pd.Index(coders.index[coders >= 2])
    common = images[images.isin(by_machine["image"])]
    trained = common[common.isin(list(measure.trained_on or ()))]
    if len(trained):
        warn(f"{counted(len(trained), 'image')} that {machine} was trained on are left out.")
    used = common.difference(trained)
    if used.empty:
        raise InputError(
            f"no image has values of {name!r} by two people and by {machine}: "
            f"{counted(len(images), 'image')} were coded by two people, "
            f"{counted(by_machine['image'].nunique(), 'image')} by {machine}, "
            f"{counted(len(trained), 'image')} of both served to train it."
        )
    rows = pd.concat([human, by_machine.assign(coder=machine)])
    return Codings(rows[rows["image"].isin(used)], sample=people.sample)


def _statistic(ready: Rated, coefficient: Coefficient) -> Callable[[Patterns], Statistic]:
    makers: dict[str, Callable[[Patterns], Statistic]] = {
        "alpha": lambda units: alpha_of(units, ready.level),
        "kappa": lambda units: Cohen(units, ready.weights),
        "gwet": lambda units: PairAgreement(units, "gwet", ready.weights),
        "percent": lambda units: PairAgreement(units, "percent"),
    }
    return makers[coefficient]


def _pairs(ready: Rated, make: Callable[[Patterns], Statistic], machine: str) -> Sequence[_Pair]:
    units, names = ready.units, list(ready.table.columns)
    pairs = []
    for first, second in combinations(range(len(names)), 2):
        if names[first] == machine:
            first, second = second, first
        both = np.asarray((units.rows[:, [first, second]] >= 0).all(axis=1))[units.member]
        if not both.any():
            continue
        statistic = make(units.columns([first, second]).kept(2))
        patterns, where = np.unique(units.member[both], return_index=True)
        fold = np.full(len(units.rows), -1)
        fold[patterns] = statistic.units.member[where]
        is_machine = names[second] == machine
        pair = _Pair(names[first], names[second], is_machine, statistic, fold, int(both.sum()))
        if np.isfinite(pair.value(units.totals[None])[0]):
            pairs.append(pair)
    for wanted in (False, True):
        if not any(pair.machine == wanted for pair in pairs):
            raise InputError(
                f"{'no person and machine' if wanted else 'no two people'} have a coefficient "
                "that is defined: all gave the same category, or share no image."
            )
    return pairs


def _means(pairs: Sequence[_Pair], weights: np.ndarray) -> np.ndarray:
    """Give draws x (people, machine, difference, each pair)."""
    values = np.stack([pair.value(weights) for pair in pairs], axis=1)
    # A resample has its own number of images for each pair, as another sample would.
    images = np.stack([weights @ (pair.fold >= 0) for pair in pairs], axis=1)
    columns = []
    for wanted in (False, True):
        some = np.array([pair.machine == wanted for pair in pairs])
        known = np.isfinite(values[:, some])
        total = (np.where(known, values[:, some], 0) * images[:, some]).sum(axis=1)
        with np.errstate(invalid="ignore"):
            columns.append(total / (known * images[:, some]).sum(axis=1))
    return np.column_stack([*columns, columns[1] - columns[0], values])


def _tables(
    pairs: Sequence[_Pair], values: np.ndarray, drawn: np.ndarray, confidence: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    low, high = np.nanquantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    ends = pd.DataFrame({"value": values, "low": low, "high": high})
    comparison = ends.iloc[:3].set_axis(pd.Index([_AMONG, _WITH, _GAP], name="agreement"))
    named = pd.DataFrame(
        {
            "first": [pair.first for pair in pairs],
            "second": [pair.second for pair in pairs],
            "machine": [pair.machine for pair in pairs],
            "images": [pair.images for pair in pairs],
        }
    )
    return comparison, named.join(ends.iloc[3:].reset_index(drop=True))
