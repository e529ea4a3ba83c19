"""Agreement with the gold standard as a result: tables, figures, a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.coding.schema import counted
from iconometrics.errors import InputError
from iconometrics.stats import brier, calibration_bins, expected_calibration_error, wilson
from iconometrics.validity.gallery import gallery
from iconometrics.validity.plots import rate_rows
from iconometrics.validity.rates import Rate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from iconometrics.corpus import Corpus

__all__ = ["Accuracy"]


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
        One row an image: image, gold, measure and confidence.
    accuracy
        Share of images whose measured value is the gold one: value, low and high.
    macro_f1
        Mean of the categories' F1: value, low and high.
    classes
        One row a category: n, measured, and sensitivity, specificity, precision and F1, each with
        its low and high end.
    confusion
        Number of images; rows are the gold standard, columns the measure.
    level
        Confidence level of the intervals.
    groups
        Number of groups that the intervals were bootstrapped over; None: Wilson intervals for
        shares and a bootstrap over images for F1.
    notes
        What was left out and what the figures do not say, in plain words.

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

    @property
    def n(self) -> int:
        """Number of images compared."""
        return len(self.items)

    @property
    def status(self) -> str:
        """How far the measure is validated, for tables and reports."""
        return f"validated on {counted(self.n, 'image')}"

    @property
    def calibration_error(self) -> float | None:
        """Expected calibration error of the confidence; None where no confidence is known."""
        known = self._confident()
        return expected_calibration_error(*known) if len(known[0]) else None

    @property
    def brier(self) -> float | None:
        """Brier score of the confidence; None where no confidence is known."""
        known = self._confident()
        return brier(*known) if len(known[0]) else None

    def _confident(self) -> tuple[np.ndarray, np.ndarray]:
        known = self.items.dropna(subset="confidence")
        return known["confidence"].to_numpy(), (known["gold"] == known["measure"]).to_numpy()

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
            Accuracy and macro F1 with their intervals, the number of images, and how the
            intervals were made.
        """
        by = "" if self.groups is None else f", bootstrapped over {self.groups} groups"
        right, macro = self.accuracy, self.macro_f1
        return (
            f"{self.variable} by {self.coder}: {right.value:.1%} of "
            f"{counted(self.n, 'image')} as in the gold standard "
            f"({self.level:.0%} interval {right.low:.1%} to {right.high:.1%}{by}); "
            f"macro F1 {macro.value:.3f} ({macro.low:.3f} to {macro.high:.3f})."
        )

    def table(self) -> pd.DataFrame:
        """Return one row a category.

        Returns
        -------
        pandas.DataFrame
            Indexed by category: n (gold), measured, and sensitivity, specificity, precision and
            f1, each with _low and _high; a copy.
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
            One row a bin that holds images: low, high (edges), n, confidence (mean), correct
            (share) and its Wilson interval correct_low, correct_high.

        Raises
        ------
        InputError
            If the measure tells no confidence.
        """
        confidence, right = self._confident()
        if not len(confidence):
            raise InputError(
                f"{self.coder} tells no confidence for {self.variable!r}: calibration needs the "
                "probability of each value. Use a coder that gives probabilities."
            )
        found = calibration_bins(confidence, right, bins)
        ends = wilson(found.correct, found.n, self.level)
        table = pd.DataFrame(
            {
                "low": found.low,
                "high": found.high,
                "n": found.n,
                "confidence": found.mean_probability,
                "correct": found.share_correct,
                "correct_low": ends.low,
                "correct_high": ends.high,
            }
        )
        return table[table["n"] > 0].reset_index(drop=True)

    def misclassified(self) -> pd.DataFrame:
        """List the images whose measured value is not the gold one.

        Returns
        -------
        pandas.DataFrame
            image, gold, measure and confidence; the most confident errors first.
        """
        wrong = self.items[self.items["gold"] != self.items["measure"]]
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

        labels, values = rate_rows(self.accuracy, self.classes)
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
            If the measure tells no confidence.
        """
        from iconometrics.figures import reliability

        table = self.calibration()
        return reliability(
            table["confidence"],
            table["correct"],
            low=table["correct_low"],
            high=table["correct_high"],
            n=table["n"],
            ax=ax,
        )
