"""Intracoder reliability: how far coders agree with themselves when they code images again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.coding.side_by_side import ADJUDICATED, UNNAMED
from iconometrics.errors import InputError, warn
from iconometrics.stats.agreement.pairs import Weights
from iconometrics.validity.agreement.agreement import agreement
from iconometrics.validity.agreement.rated import Level
from iconometrics.validity.agreement.result import Agreement
from iconometrics.wording import counted, listed, number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from iconometrics.coding import Codebook

__all__ = ["Intracoder", "intracoder"]

_FIRST, _SECOND = "first round", "second round"
_KEYS = ["variable", "coder", "image"]
_SOON = 14
_ALPHA = "Krippendorff's alpha"


@dataclass(frozen=True, eq=False, repr=False)
class Intracoder:
    """How far each coder agrees with herself over two rounds of coding.

    Parameters
    ----------
    coefficients
        One row per variable, coder and coefficient: value, analytic interval (low, high),
        bootstrap interval (boot_low, boot_high), se, observed and expected agreement, images coded
        twice, median number of days between (missing where codings have no time), what the figures
        represent, method, and the reason where a coefficient is not defined.
    items
        One row per variable, coder and image: the values of the first and the second round.
    confidence
        Confidence level of the intervals.
    notes
        What a reader should know, in plain words.

    Examples
    --------
    >>> first = pd.Series(list("ab" * 20), index=[str(n) for n in range(40)], name="v")
    >>> rounds = (first, first.mask(first.index == "7", "a"))
    >>> twice = intracoder(*(Codings.from_series(own, coder="anna") for own in rounds), draws=50)
    >>> twice.disagreements()[["coder", "image", "first", "second"]].values.tolist()
    [['anna', '7', 'b', 'a']]
    """

    coefficients: pd.DataFrame
    items: pd.DataFrame
    confidence: float
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        shown = self.table().drop(columns=["method"]).round(3).to_html(escape=True, index=False)
        return f"<p>{escape(self.summary())}</p>{shown}<ul>{notes}</ul>"

    def table(self) -> pd.DataFrame:
        """Return one row per variable, coder and coefficient.

        Returns
        -------
        pandas.DataFrame
            A copy of `coefficients`.
        """
        return self.coefficients.copy()

    def disagreements(self) -> pd.DataFrame:
        """List what coders coded otherwise the second time.

        Returns
        -------
        pandas.DataFrame
            variable, coder, image, first, second.
        """
        differ = self.items["first"] != self.items["second"]
        return self.items[differ].reset_index(drop=True)

    def summary(self) -> str:
        """Say the result in a sentence for each variable and coder.

        Returns
        -------
        str
            Alpha with its interval, and percent agreement; not better than intercoder agreement
            where a coder keeps to a mistake.
        """
        by = self.coefficients.groupby(["variable", "coder"], sort=False)
        lines = [_sentence(str(name), str(coder), rows) for (name, coder), rows in by]
        level = percent(self.confidence)
        return " ".join([*lines, f"Intracoder reliability, {level} intervals."])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the alpha of each coder with its interval.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from iconometrics.figures import intervals

        rows = _alphas(self.coefficients)
        several = rows["variable"].nunique() > 1
        labels = rows["coder"] + (" (" + rows["variable"] + ")" if several else "")
        return intervals(
            list(labels), rows["value"], low=rows["low"], high=rows["high"], ax=ax,
            xlabel=f"{_ALPHA}, {_FIRST} against {_SECOND}",
        )  # fmt: skip


def _alphas(coefficients: pd.DataFrame) -> pd.DataFrame:
    return coefficients[coefficients["coefficient"].str.startswith(_ALPHA)]


def _sentence(variable: str, coder: str, rows: pd.DataFrame) -> str:
    alpha = _alphas(rows).iloc[0]
    same = rows.loc[rows["coefficient"] == "percent agreement", "value"].iloc[0]
    value = "not defined" if np.isnan(alpha["value"]) else number(alpha["value"])
    ends = f"{number(alpha['low'])} to {number(alpha['high'])}"
    between = "" if np.isnan(alpha["days"]) else f", {counted(round(alpha['days']), 'day')} apart"
    interval = "" if np.isnan(alpha["value"]) else f" ({ends})"
    return (
        f"{variable}: {coder} coded {counted(int(alpha['images']), 'image')} twice{between}: "
        f"alpha {value}{interval}, the same value on {percent(same)}."
    )


def intracoder(
    first: Codings,
    second: Codings,
    *,
    variable: str | None = None,
    level: Level | None = None,
    weights: Weights = None,
    groups: pd.Series | Mapping[str, str] | None = None,
    draws: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
    codebook: Codebook | None = None,
) -> Intracoder:
    """Compare what each coder said of an image with what she said of it some weeks later.

    Known as intracoder reliability, or stability (Krippendorff): the weakest demand on a coder,
    and no substitute for agreement between coders. One who keeps to a mistake is stable.

    Parameters
    ----------
    first, second
        Codings of both rounds, by coders of the same names. Where the images of the second round
        are a sample that was drawn with unequal probabilities or in clusters, all figures are
        weighted by one over the probability; without a sample there, that of the first counts.
    variable
        The variable; by default every one of both rounds.
    level, weights, groups, draws, confidence, seed, codebook
        As for `agreement`.

    Returns
    -------
    Intracoder
        By variable and coder.

    Raises
    ------
    InputError
        If no coder coded an image in both rounds.

    Notes
    -----
    Krippendorff, K. (2019). Content analysis, 4th ed., chapter 12 (stability, test-retest).

    Examples
    --------
    >>> first = pd.Series(list("ab" * 20), index=[str(n) for n in range(40)], name="v")
    >>> rounds = (first, first.mask(first.index == "7", "a"))
    >>> twice = intracoder(*(Codings.from_series(own, coder="anna") for own in rounds), draws=50)
    >>> twice.table().set_index("coefficient")["value"].round(3)["percent agreement"]
    np.float64(0.975)
    """
    items, notes = _items(first, second, variable)
    options: dict[str, Any] = {
        "level": level, "weights": weights, "groups": groups, "draws": draws,
        "confidence": confidence, "seed": seed, "codebook": codebook,
    }  # fmt: skip
    sample = first.sample if second.sample is None else second.sample
    tables, by_coder = [], {}
    for (name, coder), rows in items.groupby(["variable", "coder"], sort=False):
        compared = agreement(_rounds(rows, sample), variable=str(name), **options)
        tables.append(_named(compared, str(coder), days=rows["days"].median()))
        by_coder[f"{name}, {coder}"] = compared.notes
    notes += _shared(by_coder)
    table = pd.concat(tables, ignore_index=True)
    soon = table.loc[table["days"] < _SOON, "coder"].unique()
    if len(soon):
        notes.append(
            f"less than {_SOON} days between the rounds of {listed(soon)}: what is remembered is "
            "not coded anew, and agreement too high"
        )
    shown = items.drop(columns="days").reset_index(drop=True)
    return Intracoder(table, shown, confidence, tuple(notes))


def _shared(notes: Mapping[str, Sequence[str]]) -> list[str]:
    """Give notes once that hold of all coders, the others with whom they are about."""
    every = [note for own in notes.values() for note in own]
    common = [note for note in dict.fromkeys(every) if every.count(note) == len(notes)]
    return common + [
        f"{who}: {note}" for who, own in notes.items() for note in own if note not in common
    ]


def _items(first: Codings, second: Codings, variable: str | None) -> tuple[pd.DataFrame, list[str]]:
    """Put both values of each image beside each other."""
    rounds = [_values(codings, variable) for codings in (first, second)]
    both = rounds[0].merge(rounds[1], on=_KEYS, suffixes=("", "_again"))
    once = (both["time"] == both["time_again"]) & both["time"].notna()
    notes = []
    if once.any():
        which = f"{counted(int(once.sum()), 'coding')} of the second round"
        notes.append(
            f"{which} ({listed(both['image'][once])}) with the very time of the first left out: "
            "it is the same coding"
        )
        warn(notes[0])
    both = both[~once]
    if both.empty:
        who = [f"{listed(own['coder'].unique(), 4) or 'nobody'}" for own in rounds]
        raise InputError(
            f"no coder coded an image in both rounds (first: {who[0]}; second: {who[1]}). Let "
            "coders code some images of the first round again, under the same name, and write ids "
            "the same way."
        )
    times = [pd.to_datetime(both[name], errors="coerce", utc=True, format="ISO8601")
             for name in ("time", "time_again")]  # fmt: skip
    days = (times[1] - times[0]).dt.total_seconds().abs() / 86_400
    items = both.rename(columns={"value": "first", "value_again": "second"}).assign(days=days)
    return items[[*_KEYS, "first", "second", "days"]].sort_values(_KEYS[:2], kind="stable"), notes


def _values(codings: Codings, variable: str | None) -> pd.DataFrame:
    """Give everybody's last word on each image."""
    rows = codings.data
    rows = rows[rows["value"].notna() & (rows["coder"] != ADJUDICATED)]
    rows = rows if variable is None else rows[rows["variable"] == variable]
    rows = rows.assign(coder=rows["coder"].fillna(UNNAMED))
    return rows.drop_duplicates(_KEYS, keep="last")[[*_KEYS, "value", "time"]]


def _rounds(items: pd.DataFrame, sample: Any) -> Codings:
    """Take the rounds for two coders."""
    parts = [
        items[["variable", "image"]].assign(coder=name, value=items[column])
        for name, column in ((_FIRST, "first"), (_SECOND, "second"))
    ]
    return Codings(pd.concat(parts, ignore_index=True), sample=sample)


def _named(compared: Agreement, coder: str, *, days: float) -> pd.DataFrame:
    table = compared.table().drop(columns="coders")
    table.insert(1, "coder", coder)
    table.insert(list(table).index("images") + 1, "days", days)
    return table
