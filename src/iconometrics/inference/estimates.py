"""Estimates: coefficients with interval, method and assumptions, in one kind of table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from iconometrics.inference import writing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["COLUMNS", "Estimates", "LeftOut"]

_MARGINAL = "average marginal effects"

_TARGETS = {
    "beyond": "Estimates are of further rows like these, of which the data are a random draw.",
    "corpus": "Estimates are of these rows alone: intervals hold the chance of which were coded.",
}

COLUMNS = ("method", "term", "estimate", "se", "low", "high", "p", "n", "assumes")


class LeftOut(str):
    """A note that rows were left out: `estimate` warns of it, too."""

    __slots__ = ()


@dataclass(frozen=True, eq=False, repr=False)
class Estimates:
    """Coefficients of one model, by one or more methods.

    Parameters
    ----------
    rows
        One row per coefficient: method, term, estimate, se, low, high, p, n, assumes.
    formula
        The formula.
    model
        "ols", "lpm", "logit", "poisson" or "negbin".
    level
        Confidence level of the intervals.
    notes
        What was left out, how text was read, what to beware of.
    quality
        Name and value of the goodness of fit, if there is one.
    effects
        Average marginal effects, of a model that is not linear; `marginal` shows them.
    side
        "two"; "lower" or "upper" where the intervals have one bound.
    target
        What the estimates are of: "beyond", further rows like these, or "corpus", these alone.

    Examples
    --------
    >>> from iconometrics.inference import estimate
    >>> data = pd.DataFrame({"likes": [1, 3, 2, 6], "faces": [0, 1, 1, 2]}, index=list("abcd"))
    >>> print(estimate("likes ~ faces", data, errors="classical"))
    likes ~ faces (ols, R2 .893)
    method  term       estimate    se   95% interval     p  n
    direct  intercept      0.50  0.75  -2.73 to 3.73  .574  4
    direct  faces          2.50  0.61  -0.13 to 5.13  .055  4
    Estimates are of further rows like these, of which the data are a random draw.
    direct assumes: rows independent, errors of equal spread.
    """

    rows: pd.DataFrame
    formula: str
    model: str
    level: float
    notes: tuple[str, ...]
    quality: tuple[str, float] | None = None
    effects: pd.DataFrame | None = None
    side: str = "two"
    target: str = "beyond"

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()

    def table(self) -> pd.DataFrame:
        """Return one row per coefficient.

        Returns
        -------
        pandas.DataFrame
            method, term, estimate, se, low, high, p, n and assumes; a copy.
        """
        return self.rows.copy()

    def to_text(self) -> str:
        """Write the table as plain text.

        Returns
        -------
        str
            Lines of even columns, then assumptions and notes.
        """
        return writing.to_text(self._cells(), title=self._title(), below=self._below())

    def to_html(self) -> str:
        """Write the table as HTML.

        Returns
        -------
        str
            A table with its notes, all names escaped, "not validated" in red.
        """
        return writing.to_html(self._cells(), title=self._title(), below=self._below())

    def to_latex(self) -> str:
        r"""Write the table as LaTeX.

        Returns
        -------
        str
            A tabular for the packages booktabs and xcolor, all names escaped.
        """
        return writing.to_latex(self._cells(), title=self._title(), below=self._below())

    def to_csv(self) -> str:
        """Write the table as CSV, all digits.

        Returns
        -------
        str
            One line per coefficient after the header.
        """
        return str(self.rows.to_csv(index=False, lineterminator="\n"))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the coefficients with their intervals, without the intercept.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
            Hollow dots stand for measures that are not validated.
        """
        from iconometrics.inference.coefficient_plot import forest

        shown = self.rows[self.rows["term"] != "intercept"]
        shown = self.rows if shown.empty else shown
        return forest(shown, xlabel=self._unit(), ax=ax, zero=self.model != "share")

    def marginal(self) -> Estimates:
        """Give average marginal effects: what one unit more of a term changes in the outcome.

        Each term is moved alone, with the others where they are, and the slopes of all rows are
        averaged; read the terms of an interaction or a power together.

        Returns
        -------
        Estimates
            In units of the outcome (shares for logit, counts for poisson and negbin), by the delta
            method; of a linear model its coefficients.
        """
        if self.effects is None:
            kept = self.rows[self.rows["term"] != "intercept"].reset_index(drop=True)
            return replace(self, rows=kept)
        return replace(self, rows=self.effects, effects=None, model=f"{self.model}, {_MARGINAL}")

    def summary(self) -> str:
        """Say what came out, a line for each term.

        Returns
        -------
        str
            Estimates with intervals, method by method.
        """
        shown = self.rows[self.rows["term"] != "intercept"]
        shown = self.rows if shown.empty else shown
        cells = writing.cells(shown, self.level)
        span = next(name for name in cells if str(name).endswith("interval"))
        lines = [f"{self._title()}, {span}s:"]
        for term in cells["term"].unique():
            of_term = cells[cells["term"] == term]
            values = [
                f"{method} {value} ({ends})"
                for method, value, ends in of_term[["method", "estimate", span]].to_numpy()
            ]
            lines.append(f"{term}: {', '.join(values)}.")
        return "\n".join(lines)

    def _unit(self) -> str:
        outcome = self.formula.split("~")[0].strip()
        log = {"logit": "log odds", **dict.fromkeys(("poisson", "negbin"), f"log of {outcome}")}
        return log.get(self.model, outcome)

    def _title(self) -> str:
        fit = ""
        if self.quality is not None:
            name, value = self.quality
            fit = f", {name} {value:.3f}".replace(" 0.", " .")
        return f"{self.formula} ({self.model}{fit})"

    def _cells(self) -> pd.DataFrame:
        return writing.cells(self.rows, self.level)

    def _below(self) -> list[str]:
        by_method = self.rows.drop_duplicates(["method", "assumes"])
        assumed = [f"{m} assumes: {a}." for m, a in by_method[["method", "assumes"]].to_numpy()]
        return [_TARGETS[self.target], *assumed, *self.notes]
