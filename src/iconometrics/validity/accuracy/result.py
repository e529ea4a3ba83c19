"""Agreement with the gold standard as a result: tables, figures, a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.stats import RocCurve
from iconometrics.stats.tails import Side
from iconometrics.validity.accuracy.coder_errors import rates_by_coder_error
from iconometrics.validity.accuracy.confidence import bins_of, brier_of, error_of
from iconometrics.validity.accuracy.ranking import curve_of
from iconometrics.validity.accuracy.rates import Rate
from iconometrics.validity.accuracy.subgroups import Subgroups, subgroups
from iconometrics.validity.drawn import design_of
from iconometrics.validity.gallery import gallery
from iconometrics.validity.verdict import verdict
from iconometrics.wording import as_label, counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from iconometrics.corpus import Corpus

__all__ = ["Accuracy"]

_FEW = 5
_ERRORS = (0.0, 0.01, 0.02, 0.03, 0.05)


@dataclass(frozen=True, eq=False, repr=False)
class Accuracy:
    """Agreement of a measure with the gold standard, overall and by category.

    Parameters
    ----------
    variable
        The variable compared.
    coder
        Who or what measured it.
    items
        One row per image: image, gold, measure and confidence; weight, stratum and cluster where
        figures are weighted; cluster where images belong to groups.
    accuracy
        Share of images whose measured value is the gold one: value, low and high.
    macro_f1
        Mean of the categories' F1: value, low and high.
    classes
        One row per category: n, measured, and sensitivity, specificity, precision, F1, npv (share
        of those not measured as it that are not) and prevalence (share of the gold standard), each
        with its low and high end.
    confusion
        Number of images; rows are the gold standard, columns the measure.
    level
        Confidence level of the intervals.
    groups
        Number of groups that the intervals allow for; None: images are independent.
    notes
        What was left out and what the figures do not say, in plain words.
    kappa
        Agreement beyond chance (Cohen's kappa): value, low and high.
    auroc
        One row per category: n, and the area under its ROC curve against all others with its low
        and high end; None where no probabilities are known.
    scores
        Images x categories: the probabilities behind the ROC curves.
    weighted
        Whether rates are weighted by how the images were drawn.
    side
        "two"; "lower" or "upper" where each interval is one bound alone.
    parts
        Rates by subgroup, where asked for: the rows of `Subgroups`.
    parts_by
        What the subgroups are called.
    opened
        How many measures were compared with these gold images so far; None where nobody counts.
    undecided
        Number of images that people looked at and gave no value: the intervals of rates run from
        all of them wrong to all of them right.
    bar
        The accuracy, set before, that the lower end of the interval must reach for the measure to
        be called validated; None: none was set.
    target
        What the figures are of: "corpus", the images that the sample was drawn from, or "beyond",
        further images like these.

    Examples
    --------
    >>> from iconometrics.coding import Codings
    >>> from iconometrics.validity import accuracy
    >>> truth = pd.Series(list("aabb"), index=list("1234"), name="v")
    >>> gold = Codings.from_series(truth, coder="anna")
    >>> measure = Codings.from_series(truth, coder="svm", trained_on=[])
    >>> int(accuracy(measure, gold=gold).confusion.loc["a", "a"])
    2
    """

    variable: str
    coder: str
    items: pd.DataFrame
    accuracy: Rate
    macro_f1: Rate
    classes: pd.DataFrame
    confusion: pd.DataFrame
    level: float
    groups: int | None
    notes: tuple[str, ...]
    kappa: Rate | None = None
    auroc: pd.DataFrame | None = None
    scores: pd.DataFrame | None = None
    weighted: bool = False
    side: Side = "two"
    parts: pd.DataFrame | None = None
    parts_by: str = ""
    opened: int | None = None
    undecided: int = 0
    bar: float | None = None
    target: str = "beyond"

    @property
    def n(self) -> int:
        """Number of images compared."""
        return len(self.items)

    @property
    def status(self) -> str:
        """What the comparison says of the measure, for tables and reports."""
        return verdict(self.n, self.accuracy, self.kappa, bar=self.bar)

    @property
    def calibration_error(self) -> float | None:
        """Expected calibration error of the confidence; None where no confidence is known."""
        return error_of(self.items)

    @property
    def brier(self) -> float | None:
        """Brier score of the confidence; None where no confidence is known."""
        score = self._brier()
        return None if score is None else score.value

    def _brier(self) -> Rate | None:
        return brier_of(self.items, by_group=self._by_group, level=self.level, side=self.side)

    @property
    def _by_group(self) -> bool:
        return self.groups is not None

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return f"<p>{escape(self.summary())}</p>{self.table().round(3).to_html()}<ul>{notes}</ul>"

    def summary(self) -> str:
        """Say the result in one sentence.

        Returns
        -------
        str
            Accuracy and macro F1 with their intervals, and how these were made.
        """
        right, macro = self.accuracy, self.macro_f1
        count, weights = counted(self.n, "image"), ", weighted" if self.weighted else ""
        return (
            f"{self.variable} by {self.coder}: {right.value:.1%} of {count} as in the gold "
            f"standard ({self.level:.0%} {_interval_words(right, self.side, percent=True)}"
            f"{weights}{self._by()}); macro F1 {macro.value:.3f} "
            f"({_interval_words(macro, self.side).removeprefix('interval ')})."
            f"{_opened_words(self.opened)}"
        )

    def _by(self) -> str:
        if self.target == "corpus":
            return ", for this corpus"
        if self.groups is None:
            return ""
        return f", linearized over {self.groups} groups"

    def overall(self) -> pd.DataFrame:
        """Return the figures that are one number for all categories.

        Returns
        -------
        pandas.DataFrame
            One row per measure (accuracy, macro F1, kappa, Brier score): value, low, high.
        """
        rates = {"accuracy": self.accuracy, "macro F1": self.macro_f1, "kappa": self.kappa}
        rates["Brier score"] = self._brier()
        rows = {name: tuple(rate) for name, rate in rates.items() if rate is not None}
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high"])
        return frame.rename_axis("measure")

    def table(self) -> pd.DataFrame:
        """Return one row per category.

        Returns
        -------
        pandas.DataFrame
            Indexed by category: n (gold), measured, and sensitivity, specificity, precision, f1,
            npv and prevalence, each with _low and _high; a copy.
        """
        return self.classes.copy()

    def calibration(self, bins: int = 10) -> pd.DataFrame:
        """Compare the stated confidence with the share that was right.

        Parameters
        ----------
        bins
            Number of bins of equal width from 0 to 1.

        Returns
        -------
        pandas.DataFrame
            One row per bin that holds images: low, high (edges), n, confidence (mean), correct
            (share) and its Wilson interval correct_low, correct_high.

        Raises
        ------
        InputError
            If the measure gives no confidence.
        """
        if self.items["confidence"].isna().all():
            raise InputError(
                f"{self.coder} gives no confidence for {self.variable!r}: calibration needs the "
                "probability of each value. Use a coder that gives probabilities."
            )
        return bins_of(self.items, bins, by_group=self._by_group, level=self.level)

    def subgroups(self, by: pd.Series | Mapping[str, object]) -> Subgroups:
        """Compute the rates of each subgroup and their difference to all other images.

        Parameters
        ----------
        by
            Subgroup of each image by image id, such as a column of the metadata.

        Returns
        -------
        Subgroups
            With fewer than 30 images a row is flagged as few.

        Raises
        ------
        InputError
            If no image has a subgroup, or all have the same.
        """
        name, rows = subgroups(
            self.items, by, categories=list(self.classes.index), by_group=self._by_group,
            level=self.level, side=self.side,
        )  # fmt: skip
        return Subgroups(self.variable, name, rows, self.level)

    def roc(self, category: str) -> RocCurve:
        """Compute the ROC curve of one category against all others.

        Parameters
        ----------
        category
            The category.

        Returns
        -------
        RocCurve
            Weighted where the figures are.

        Raises
        ------
        InputError
            If no probability of the category is known, or all or none of the images are of it.
        """
        category = as_label(category)
        if self.scores is None or category not in self.scores:
            raise InputError(
                f"{self.coder} gives no probability of {category!r}: a ROC curve needs one for "
                "each image. Use a coder that gives probabilities."
            )
        return curve_of(self.items, self.scores, category)

    def misclassified(self) -> pd.DataFrame:
        """List the images whose measured value is not the gold one.

        Returns
        -------
        pandas.DataFrame
            image, gold, measure and confidence; the most confident errors first.
        """
        columns = ["image", "gold", "measure", "confidence"]
        wrong = self.items.loc[self.items["gold"] != self.items["measure"], columns]
        order = wrong.sort_values(
            ["confidence", "image"], ascending=[False, True], na_position="last"
        )
        return order.reset_index(drop=True)

    def gallery(self, corpus: Corpus, n: int = 24, *, anonymize: bool = False) -> Figure:
        """Show misclassified pictures with both values and the confidence.

        Parameters
        ----------
        corpus
            The corpus that was measured.
        n
            How many pictures at most, the most confident errors first.
        anonymize
            Whether to blur faces.

        Returns
        -------
        matplotlib.figure.Figure
            A contact sheet.

        Raises
        ------
        InputError
            If nothing is misclassified, or an image is not in the corpus.
        """
        return gallery(self.misclassified().head(n), corpus, anonymize=anonymize)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw accuracy and the categories' measures with their intervals.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
            Sensitivity and precision of up to five categories, else F1.
        """
        from iconometrics.figures import intervals

        labels, values = _rate_rows(self.accuracy, self.classes)
        return intervals(
            labels, values[:, 0], low=values[:, 1], high=values[:, 2], ax=ax, share=True
        )

    def plot_confusion(self, ax: Axes | None = None) -> Axes:
        """Draw the confusion matrix.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
            Rows are the gold standard, columns the measure.
        """
        from iconometrics.figures import matrix

        return matrix(self.confusion.to_numpy(), list(self.confusion.index), ax=ax)

    def plot_roc(self, ax: Axes | None = None) -> Axes:
        """Draw the ROC curves of up to five categories, each with its area and interval.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
            Of two categories only the rarer is drawn: the other's curve is its mirror image.

        Raises
        ------
        InputError
            If no probabilities are known.
        """
        from iconometrics.figures import roc

        if self.auroc is None or self.auroc.empty:
            raise InputError(
                f"{self.coder} gives no probabilities for {self.variable!r}, or too few images "
                "are of each category: there is no ROC curve to draw."
            )
        shown = _ranked(self.auroc)
        curves = {name: self.roc(name)[1:] for name in shown.index}
        ends = shown[["auroc", "auroc_low", "auroc_high"]].itertuples(index=False, name=None)
        return roc(curves, areas=dict(zip(shown.index, ends, strict=True)), ax=ax)

    def under_coder_error(self, errors: Sequence[float] = _ERRORS) -> pd.DataFrame:
        """Estimate the rates of a measure of two categories, were its gold standard wrong at times.

        Parameters
        ----------
        errors
            Shares of images that people coded wrong, either way and whatever the measure says;
            `iconometrics.validity.coder_error` estimates one from double coding.

        Returns
        -------
        pandas.DataFrame
            One row per share: accuracy, sensitivity, specificity, precision and prevalence of the
            second category, with their ends.

        Raises
        ------
        InputError
            If there are more categories, or a share is not from 0 to less than 0.5.

        Examples
        --------
        >>> from iconometrics.coding import Codings
        >>> from iconometrics.validity import accuracy
        >>> truth = pd.Series(["yes", "no"] * 50, index=range(100), name="v").rename_axis("image")
        >>> measure = Codings.from_series(truth, coder="svm", trained_on=[])
        >>> people = truth.where(truth.index >= 4, "no")
        >>> rates = accuracy(measure, gold=Codings.from_series(people, coder="anna"))
        >>> rates.under_coder_error([0, 0.02])["accuracy"].tolist()
        [0.98, 1.0]
        """
        design = design_of(self.items, by_group=self._by_group)
        return rates_by_coder_error(
            self.items, list(self.classes.index), design, errors=errors, level=self.level,
            side=self.side,
        )  # fmt: skip

    def plot_calibration(self, ax: Axes | None = None) -> Axes:
        """Draw the share that was right against the stated confidence.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
            A reliability diagram.

        Raises
        ------
        InputError
            If the measure gives no confidence.
        """
        from iconometrics.figures import reliability

        table = self.calibration()
        shown, n = (table["confidence"], table["correct"]), table["n"]
        return reliability(*shown, low=table["correct_low"], high=table["correct_high"], n=n, ax=ax)


def _interval_words(rate: Rate, side: Side, *, percent: bool = False) -> str:
    """Write an interval, or the one bound that was asked for."""
    low, high = (f"{end:.1%}" if percent else f"{end:.3f}" for end in rate[1:])
    if side == "two":
        return f"interval {low} to {high}"
    return f"bound: at least {low}" if side == "lower" else f"bound: at most {high}"


def _opened_words(opened: int | None) -> str:
    """Say how often a test set was opened, once that is worth a word."""
    if opened is None or opened < 2:
        return ""
    times = "twice" if opened == 2 else f"{opened} times"
    return f" This test set has been opened {times}: the best of its figures is optimistic."


def _rate_rows(accuracy: Rate, classes: pd.DataFrame) -> tuple[list[str], np.ndarray]:
    """Choose the rows of a figure: accuracy, then sensitivity and precision, or F1 if many."""
    shown = {"sensitivity": "sensitivity", "precision": "precision"}
    if len(classes) > _FEW:
        shown = {"f1": "F1"}
    labels, values = ["accuracy"], [list(accuracy)]
    for category, row in classes.iterrows():
        for name, label in shown.items():
            labels.append(f"{category}: {label}")
            values.append([row[name], row[f"{name}_low"], row[f"{name}_high"]])
    return labels, np.array(values, dtype=float)


def _ranked(areas: pd.DataFrame) -> pd.DataFrame:
    """Choose the ROC curves of a figure: the rarer of two categories, else the five largest."""
    if len(areas) == 2:
        return areas.sort_values("n", kind="stable").head(1)
    most = areas.sort_values("n", ascending=False, kind="stable").head(_FEW)
    return most.sort_values("auroc", ascending=False, kind="stable")
