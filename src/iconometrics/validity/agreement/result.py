"""Agreement among coders as a result: tables, figures, a sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.validity.agreement.design import CODED, figures_of
from iconometrics.validity.agreement.disagreements import disagreements, gallery
from iconometrics.wording import counted, listed, number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from iconometrics.corpus import Corpus

__all__ = ["Agreement"]

_ALPHA = "Krippendorff's alpha"
_MOST_PAIRS = 30
_TABLES = ("coefficients", "by_pair", "by_coder", "by_category", "periods", "trends", "items")


@dataclass(frozen=True, eq=False, repr=False)
class Agreement:
    """How far coders agree, by variable.

    Parameters
    ----------
    coefficients
        One row per variable and coefficient: value, analytic interval (low, high), bootstrap
        interval (boot_low, boot_high), se, observed and expected agreement, images, coders, what
        the figures represent ("corpus" or "images coded"; results of former versions do not say,
        theirs are of the images coded), method of the analytic interval, and the reason where a
        coefficient is not defined.
    by_pair
        One row per pair of coders: images, percent agreement, and the coefficient that fits the
        level, each with its interval.
    by_coder
        One row per coder: images coded, those of them that count (images), and the share of
        agreement with the others.
    by_category
        One row per category: specific agreement, and alpha of the category against all others.
    periods
        One row per week or block of the coding: agreement and alpha.
    trends
        One row per variable: change of agreement from the first image to the last.
    items
        One row per coding: variable, image, coder, value.
    confidence
        Confidence level of the intervals.
    draws
        Number of bootstrap resamples.
    groups
        Number of groups that the intervals are by, or None: by image.
    notes
        What a reader should know, in plain words.

    Examples
    --------
    >>> import warnings
    >>> from iconometrics.coding import Codings
    >>> from iconometrics.validity import agreement
    >>> data = pd.DataFrame({"image": ["1", "1", "2", "2"], "variable": "flags",
    ...                      "value": ["a", "b", "b", "b"], "coder": ["anna", "ben"] * 2})
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")  # two images are few
    ...     agreement(Codings(data)).disagreements()[["image", "anna", "ben"]].values.tolist()
    [['1', 'a', 'b']]
    """

    coefficients: pd.DataFrame
    by_pair: pd.DataFrame
    by_coder: pd.DataFrame
    by_category: pd.DataFrame
    periods: pd.DataFrame
    trends: pd.DataFrame
    items: pd.DataFrame
    confidence: float
    draws: int
    groups: int | None
    notes: tuple[str, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables compared."""
        return tuple(self.coefficients["variable"].unique())

    @property
    def represents(self) -> str:
        """What the figures represent, as a clause; of variables that differ, what each does."""
        by_variable = {name: self._represented(name) for name in self.variables}
        clauses = {figures_of(kind) for kind in by_variable.values()}
        if len(clauses) == 1:
            return clauses.pop()
        return listed((f"of {name} {figures_of(kind)}" for name, kind in by_variable.items()), 8)

    def _represented(self, variable: str) -> str:
        return str(self.main(variable).get("represents", CODED))

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        shown = self.table().drop(columns=["method"]).round(3).to_html(escape=True, index=False)
        return f"<p>{escape(self.summary())}</p>{shown}<ul>{notes}</ul>"

    def of(self, variable: str) -> Agreement:
        """Take one variable.

        Parameters
        ----------
        variable
            Its name.

        Returns
        -------
        Agreement

        Raises
        ------
        InputError
            If it was not compared.
        """
        if variable not in self.variables:
            raise InputError(
                f"no agreement on {variable!r}; there is one on {listed(self.variables, 8)}."
            )
        tables = {name: getattr(self, name) for name in _TABLES}
        parts = {
            name: table[table["variable"] == variable].reset_index(drop=True)
            if "variable" in table
            else table
            for name, table in tables.items()
        }
        return replace(self, **parts)

    def main(self, variable: str | None = None) -> pd.Series:
        """Give Krippendorff's alpha, the coefficient that fits every level and gap.

        Parameters
        ----------
        variable
            The variable; may be left out where there is only one.

        Returns
        -------
        pandas.Series
            The row of `table`.

        Raises
        ------
        InputError
            If it was not compared, or there are several to choose from.
        """
        rows = self.coefficients[self.coefficients["coefficient"].str.startswith(_ALPHA)]
        rows = rows[rows["variable"] == self._one(variable)]
        return rows.iloc[0]

    def _one(self, variable: str | None) -> str:
        if variable is None and len(self.variables) > 1:
            raise InputError(f"agreement on {listed(self.variables, 8)}: say which with variable=.")
        return self.of(variable or self.variables[0]).variables[0]

    def summary(self) -> str:
        """Say the result in a sentence for each variable.

        Returns
        -------
        str
            Alpha with its interval, numbers of images and coders, percent agreement, and what
            Krippendorff asks for, with the source.
        """
        sentences = [_sentence(self.of(name)) for name in self.variables]
        source = "Krippendorff (2019) asks for .800, and for .667 where conclusions are tentative."
        return " ".join([*sentences, source])

    def table(self) -> pd.DataFrame:
        """Return one row per variable and coefficient.

        Returns
        -------
        pandas.DataFrame
            A copy of `coefficients`.
        """
        return self.coefficients.copy()

    def pairs(self) -> pd.DataFrame:
        """Return one row per variable and pair of coders.

        Returns
        -------
        pandas.DataFrame
            A copy of `by_pair`, the least agreeing first.
        """
        return self.by_pair.sort_values(["variable", "agreement"]).reset_index(drop=True)

    def coders(self) -> pd.DataFrame:
        """Return one row per variable and coder.

        Returns
        -------
        pandas.DataFrame
            A copy of `by_coder`, the one who agrees least with the others first.
        """
        return self.by_coder.sort_values(["variable", "agreement"]).reset_index(drop=True)

    def categories(self) -> pd.DataFrame:
        """Return one row per variable and category.

        Returns
        -------
        pandas.DataFrame
            A copy of `by_category`.
        """
        return self.by_category.copy()

    def over_time(self) -> pd.DataFrame:
        """Return one row per variable and week, or block of images in the order of coding.

        Returns
        -------
        pandas.DataFrame
            A copy of `periods`; the test of a trend is in `trends`.
        """
        return self.periods.copy()

    def disagreements(self, variable: str | None = None) -> pd.DataFrame:
        """List the images on which coders disagree, and who said what.

        Parameters
        ----------
        variable
            The variable; by default all.

        Returns
        -------
        pandas.DataFrame
            variable, image, disagreement (share of pairs of coders who differ), said, and a
            column for each coder; most disagreement first.
        """
        items = self.items if variable is None else self.of(variable).items
        return disagreements(items)

    def gallery(
        self,
        corpus: Corpus,
        n: int = 24,
        *,
        variable: str | None = None,
        anonymize: bool = False,
    ) -> Figure:
        """Show the pictures that coders disagree on, with who said what.

        Parameters
        ----------
        corpus
            The corpus that was coded.
        n
            How many pictures at most, those with most disagreement first.
        variable
            The variable; may be left out where there is only one.
        anonymize
            Whether to blur faces.

        Returns
        -------
        matplotlib.figure.Figure
            A contact sheet.

        Raises
        ------
        InputError
            If nobody disagrees, or an image is not in the corpus.
        """
        shown = self.disagreements(self._one(variable)).head(n)
        return gallery(shown, corpus, anonymize=anonymize)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw every coefficient with its interval.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
            All coefficients of one variable; alpha of several.
        """
        return _plot_coefficients(self, ax)

    def plot_pairs(self, ax: Axes | None = None, *, variable: str | None = None) -> Axes:
        """Draw the agreement of each pair of coders with its interval.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.
        variable
            The variable; may be left out where there is only one.

        Returns
        -------
        matplotlib.axes.Axes
        """
        return _plot_pairs(self.of(self._one(variable)), ax)

    def plot_over_time(self, ax: Axes | None = None, *, variable: str | None = None) -> Axes:
        """Draw agreement by week or block, with its intervals.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.
        variable
            The variable; may be left out where there is only one.

        Returns
        -------
        matplotlib.axes.Axes
        """
        return _plot_over_time(self.of(self._one(variable)), ax)


def _sentence(agreement: Agreement) -> str:
    """Say the agreement on one variable."""
    row = agreement.main()
    plain = float(agreement.coefficients["value"].iloc[-1])
    who = f"{counted(int(row['coders']), 'coder')} on {counted(int(row['images']), 'image')}"
    by = "" if agreement.groups is None else f", by {counted(agreement.groups, 'group')}"
    if row["reason"]:
        return (
            f"{row['variable']}: {who} agree in {percent(plain)} of pairs; "
            f"{row['coefficient']} is not defined: {row['reason']}; {agreement.represents}."
        )
    return (
        f"{row['variable']}: {row['coefficient']} {number(row['value'], 3)} "
        f"({percent(agreement.confidence)} interval {number(row['low'], 3)} to "
        f"{number(row['high'], 3)}{by}) between {who} coded by two or more, who agree in "
        f"{percent(plain)} of pairs; {agreement.represents}."
    )


def _plot_coefficients(agreement: Agreement, ax: Axes | None) -> Axes:
    """Draw the coefficients of one variable, or alpha of several."""
    from iconometrics.figures import intervals

    if len(agreement.variables) == 1:
        rows = agreement.coefficients
        labels = [_named(name) for name in rows["coefficient"]]
    else:
        rows = pd.DataFrame([agreement.main(name) for name in agreement.variables])
        labels = list(rows["variable"])
    xlabel = "agreement: 1 is perfect"
    if len(agreement.variables) > 1:
        xlabel = "Krippendorff's alpha: 0 is chance, 1 perfect"
    return intervals(labels, rows["value"], low=rows["low"], high=rows["high"], ax=ax,
                     xlabel=xlabel)  # fmt: skip


def _named(coefficient: str) -> str:
    return (coefficient[:1].upper() + coefficient[1:]).replace("'s alpha", "'s α")


def _plot_pairs(agreement: Agreement, ax: Axes | None) -> Axes:
    """Draw the agreement of each pair of coders, the least first."""
    from iconometrics.figures import intervals

    rows = agreement.by_pair.sort_values("value").head(_MOST_PAIRS)
    labels = [f"{first} – {second}" for first, second in zip(rows["first"], rows["second"],
                                                              strict=True)]  # fmt: skip
    return intervals(labels, rows["value"], low=rows["low"], high=rows["high"], ax=ax,
                     xlabel=str(rows["coefficient"].iloc[0]))  # fmt: skip


def _plot_over_time(agreement: Agreement, ax: Axes | None) -> Axes:
    """Draw agreement by period, as dots on their intervals."""
    from iconometrics.figures import axes, palette, style
    from iconometrics.figures.look import dress, numbered

    rows = agreement.periods
    weekly = agreement.trends["by"].iloc[0] == "week"
    ax = axes(ax, height=2.1)
    places = range(len(rows))
    with style():
        dress(ax, grid="y")
        ax.vlines(places, rows["agreement_low"], rows["agreement_high"], color=palette.ACCENT)
        ax.plot(places, rows["agreement"], "o", color=palette.ACCENT, markersize=4.5)
        step = -(-len(rows) // 8)
        names = [_day(name) if weekly else name for name in rows["period"]]
        ax.set_xticks(list(places)[::step], names[::step])
        ax.set(
            ylabel="pairs of coders who agree",
            xlabel="week of" if weekly else "images in the order of coding",
            xlim=(-0.5, len(rows) - 0.5),
            ylim=(min(0.5, float(rows["agreement_low"].min(skipna=True))), 1.02),
        )
        ax.tick_params(axis="x", labelcolor=palette.SOFT, labelsize=7)
        numbered(ax.yaxis, share=True)
    return ax


def _day(monday: str) -> str:
    return pd.Timestamp(monday).strftime("%-d %b")
