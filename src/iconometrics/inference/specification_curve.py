"""One coefficient over all specifications that were estimated, whichever of them is shown."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.estimates import Estimates
from iconometrics.inference.formulas.formula import parse
from iconometrics.inference.regression.tables import LINEAR
from iconometrics.validity.status import unvalidated
from iconometrics.wording import count, counted, decimals, joined, listed, number, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["SpecificationCurve", "specification_curve"]

_INTERCEPT = "intercept"
_ERROR, _SEVERAL = "coder error", ", coders err in "
_CATEGORY = re.compile(r"\[[^\]]*\]")
_FIXED = ("specification", "estimate", "low", "high", "n", "level", "shown", "planned", "assumes")
_NO_TEST = (
    "The estimates share their images: how many of their intervals leave out zero is no test of "
    "them all."
)


@dataclass(frozen=True, eq=False, repr=False)
class SpecificationCurve:
    """The estimates of one coefficient by all specifications, from the smallest to the largest.

    Parameters
    ----------
    rows
        One row per specification and method: specification, estimate, low, high, n, level, shown,
        planned, assumes, and what was chosen: method, model, covariates (names), ...
    term
        The coefficient.
    outcome
        What was explained.
    notes
        What is not in it, and why.

    Examples
    --------
    >>> from iconometrics.inference import estimate, specification_curve
    >>> data = pd.DataFrame({"likes": [1, 3, 2, 6, 4], "faces": [0, 1, 1, 2, 1],
    ...                      "night": [0, 1, 0, 0, 1]}, index=list("abcde"))
    >>> tried = [estimate(f"likes ~ {terms}", data) for terms in ("faces", "faces + night")]
    >>> curve = specification_curve(tried, "faces")
    >>> curve.table()[["covariates", "estimate"]].round(2).values.tolist()
    [['', 2.5], ['night', 2.5]]
    """

    rows: pd.DataFrame
    term: str
    outcome: str
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return self.summary()

    def table(self) -> pd.DataFrame:
        """Return one row per specification and method, the smallest estimate first.

        Returns
        -------
        pandas.DataFrame
            A copy; covariates joined by " + ".
        """
        return self.rows.assign(covariates=self.rows["covariates"].map(" + ".join))

    def summary(self) -> str:
        """Say how far the coefficient depends on what was chosen.

        Returns
        -------
        str
            Number of specifications, smallest, median and largest estimate, how many intervals
            leave out zero, and what is not in it.
        """
        values = self.rows["estimate"]
        places = decimals([float(np.ptp(values))])
        said = [number(value, places) for value in (values.min(), values.median(), values.max())]
        above, below = (self.rows["low"] > 0).sum(), (self.rows["high"] < 0).sum()
        specifications = counted(self.rows["specification"].nunique(), "specification")
        text = (
            f"{self.term}: {counted(len(values), 'estimate')} by {specifications}, from {said[0]} "
            f"to {said[2]}, median {said[1]}. Of their intervals, {count(above)} {_lies(above)} "
            f"above zero and {count(below)} below."
        )
        return " ".join([text, *self.notes, _NO_TEST])

    def plot(self) -> Figure:
        """Draw the estimates with their intervals, and below them what each specification chose.

        Returns
        -------
        matplotlib.figure.Figure
            Dark are the estimates that are shown elsewhere, diamonds those that were planned;
            hollow dots stand for measures that are not validated.
        """
        from iconometrics.figures import specification_curve as drawn

        rows = self.rows
        chosen = {str(name): list(rows[name]) for name in rows if name not in _FIXED}
        return drawn(
            rows["estimate"], chosen, low=rows["low"], high=rows["high"],
            shown=list(rows["shown"]), planned=list(rows["planned"]),
            hollow=list(unvalidated(rows["assumes"])), ylabel=f"{self.outcome}, by {self.term}",
        )  # fmt: skip


def specification_curve(
    estimates: Sequence[Estimates],
    term: str,
    *,
    outcome: str | None = None,
    choices: pd.DataFrame | None = None,
) -> SpecificationCurve:
    """Put the estimates of one coefficient side by side, from the smallest to the largest.

    Coefficients of models that are not linear stand as average marginal effects, which are in the
    unit of the outcome like those of the others. They are shown as they are; no joint test is made.

    Parameters
    ----------
    estimates
        One for each specification.
    term
        The coefficient, as the tables of estimates name it.
    outcome
        What is explained, as formulas write it; may be left out where all explain the same.
    choices
        One row for each of `estimates`: columns of what else was chosen, and, if there are such,
        specification (a number), shown and planned (True or False).

    Returns
    -------
    SpecificationCurve

    Raises
    ------
    InputError
        If no specification has the term, or those that have it explain different outcomes.

    Notes
    -----
    Simonsohn, U., Simmons, J. P. and Nelson, L. D. (2020). Specification curve analysis. Nat.
    Hum. Behav. 4, 1208-1214. Their joint test resamples the data under the null; it is not
    made here, as nobody has shown it to hold for estimates that codes correct.

    Examples
    --------
    >>> from iconometrics.inference import estimate
    >>> data = pd.DataFrame({"likes": [1, 3, 2, 6], "faces": [0, 1, 1, 2]}, index=list("abcd"))
    >>> tried = [estimate("likes ~ faces", data, errors=errors) for errors in ("HC1", "HC3")]
    >>> errors = pd.DataFrame({"errors": ["HC1", "HC3"]})
    >>> specification_curve(tried, "faces", choices=errors).table()["errors"].tolist()
    ['HC1', 'HC3']
    """
    if choices is None:
        choices = pd.DataFrame(index=range(len(estimates)))
    if len(choices) != len(estimates):
        raise InputError(
            f"choices of {counted(len(choices), 'row')} for {counted(len(estimates), 'estimate')}: "
            "expected one row for each."
        )
    outcome = _outcome(estimates, term, outcome)
    rows = [{"specification": n, **own} for n, own in enumerate(choices.to_dict("records"), 1)]
    same = [
        (own, chosen)
        for own, chosen in zip(estimates, rows, strict=True)
        if _explained(own) == outcome
    ]
    having = [(own, chosen) for own, chosen in same if term in set(own.rows["term"])]
    alike = [(own, chosen) for own, chosen in having if _is_comparable(own, term)]
    records = [row for own, chosen in alike for row in _rows(own, term, chosen)]
    table = pd.DataFrame(records, columns=None if records else ["estimate"])
    table = table.dropna(subset="estimate")
    if table.empty:
        raise InputError(
            f"term={term!r}: its specifications are not linear and have no marginal effects of it, "
            "so they have no scale in common."
        )
    table = table.sort_values("estimate", kind="stable").reset_index(drop=True)
    left = (len(same) - len(having), len(having) - len(alike))
    return SpecificationCurve(table, term, outcome, tuple(_notes(table, *left)))


def _outcome(estimates: Sequence[Estimates], term: str, outcome: str | None) -> str:
    """Find the outcome of all specifications that have the term."""
    having = [own for own in estimates if term in set(own.rows["term"]) - {_INTERCEPT}]
    outcomes = list(dict.fromkeys(_explained(own) for own in having))
    if outcome in outcomes or (outcome is None and len(outcomes) == 1):
        return outcome or outcomes[0]
    if outcomes:
        raise InputError(
            f"outcome={outcome!r}: specifications with {term!r} explain {listed(outcomes, 8)}; "
            "choose one with outcome=."
        )
    terms = dict.fromkeys(name for own in estimates for name in own.rows["term"])
    terms.pop(_INTERCEPT, None)
    raise InputError(
        f"term={term!r}: no specification has such a coefficient; there are "
        f"{listed(terms, 12) or 'none'}."
    )


def _explained(estimates: Estimates) -> str:
    return parse(estimates.formula, None).outcome.text


def _is_comparable(estimates: Estimates, term: str) -> bool:
    """Whether there is a coefficient in the unit of the outcome."""
    effects = estimates.effects
    return estimates.model in LINEAR or (effects is not None and term in set(effects["term"]))


def _rows(estimates: Estimates, term: str, chosen: Mapping[Hashable, Any]) -> list[dict[str, Any]]:
    """Take one coefficient by all methods, in the unit of the outcome."""
    rows = estimates.marginal().rows
    own = rows.loc[rows["term"] == term, ["method", "estimate", "low", "high", "n", "assumes"]]
    common = {
        "shown": False, "planned": False, _ERROR: "0.0%",
        **{str(name): value for name, value in chosen.items()},
        "model": estimates.model, "target": estimates.target, "level": estimates.level,
        "covariates": _covariates(estimates, term),
    }  # fmt: skip
    records = []
    for row in own.to_dict("records"):
        method, _, error = str(row["method"]).partition(_SEVERAL)
        plain = {str(name): value for name, value in row.items()}
        records.append({**common, **plain, "method": method, _ERROR: error or common[_ERROR]})
    return records


def _covariates(estimates: Estimates, term: str) -> tuple[str, ...]:
    """Name the terms of the formula beside the one in question, whatever categories they have."""
    terms = [":".join(own.text for own in each) for each in parse(estimates.formula, None).terms]
    return tuple(name for name in terms if name != _CATEGORY.sub("", term))


def _notes(rows: pd.DataFrame, without: int, unlike: int) -> Iterator[str]:
    levels = sorted(rows["level"].unique())
    yield f"Intervals are of {joined([percent(level) for level in levels])}."
    if not rows["model"].isin(LINEAR).all():
        yield "Of models that are not linear, average marginal effects are shown."
    if without:
        yield f"{counted(without, 'specification').capitalize()} without this term: left out."
    if unlike:
        yield (
            f"{counted(unlike, 'specification').capitalize()} of another scale, without marginal "
            "effects: left out."
        )


def _lies(n: int) -> str:
    return "lies" if n == 1 else "lie"
