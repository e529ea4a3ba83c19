"""From which probability on an image is taken to be of a category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.coding.splitting import group_of
from iconometrics.errors import InputError
from iconometrics.stats import Design
from iconometrics.stats.tails import tails
from iconometrics.validity.accuracy.ranking import scores
from iconometrics.validity.accuracy.rates import among, rate, right
from iconometrics.validity.drawn import design_of, drawn
from iconometrics.validity.matching import match
from iconometrics.wording import as_label, counted, listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Threshold", "category_of", "reread", "threshold"]

Aim = Literal["f1", "cost", "precision", "recall"]

_MOST = 200
_RATES = {"precision": "precision", "recall": "sensitivity", "f1": "f1"}


@dataclass(frozen=True, eq=False, repr=False)
class Threshold:
    """A threshold of a category's probability, and how it was chosen.

    Parameters
    ----------
    variable
        The variable.
    category
        The category.
    value
        From this probability on, an image is taken to be of the category.
    aim
        What it was chosen for.
    rows
        One row per threshold: threshold, precision, recall and f1 with their intervals, and cost
        (mean cost per image).
    images
        The images that it was chosen on; they can no longer judge it.
    level
        Confidence level.

    Examples
    --------
    >>> truth = pd.Series(["no", "no", "yes", "yes"], index=list("abcd"), name="v")
    >>> sure = pd.DataFrame({"no": [0.9, 0.7, 0.6, 0.2], "yes": [0.1, 0.3, 0.4, 0.8]}, truth.index)
    >>> measure = Codings.from_series(sure.idxmax(axis=1).rename("v"), coder="svm",
    ...                               probabilities=sure, trained_on=[])
    >>> cut = threshold(measure, Codings.from_series(truth, coder="anna"))
    >>> cut.value
    0.35
    """

    variable: str
    category: str
    value: float
    aim: str
    rows: pd.DataFrame
    images: tuple[str, ...]
    level: float

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(self.summary())}</p>{self.table().round(3).to_html(index=False)}"

    def summary(self) -> str:
        """Say the threshold, what it does, and that it must be judged elsewhere.

        Returns
        -------
        str
        """
        row = self.rows.iloc[(self.rows["threshold"] - self.value).abs().argmin()]
        return (
            f"{self.variable}: {self.category} from a probability of {self.value:.3f} on (best "
            f"{self.aim} on {counted(len(self.images), 'image')}: precision "
            f"{row['precision']:.2f}, recall {row['recall']:.2f}, F1 {row['f1']:.2f}). These "
            "images chose the threshold, so the figures flatter it: judge it on others."
        )

    def table(self) -> pd.DataFrame:
        """Return one row per threshold.

        Returns
        -------
        pandas.DataFrame
            A copy.
        """
        return self.rows.copy()

    def apply(self, measure: Codings) -> Codings:
        """Read a measure again with this threshold.

        Parameters
        ----------
        measure
            Codings with class probabilities.

        Returns
        -------
        Codings
            The images that chose the threshold count as trained on, so that `accuracy` leaves them
            out.

        Raises
        ------
        InputError
            If the measure gives no probability of the category.
        """
        return reread(measure, self.variable, self.category, at=self.value, chosen_on=self.images)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw precision, recall and F1 against the threshold, with their bands.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from iconometrics.figures import thresholds

        bands = {
            name if name != "f1" else "F1": self.rows[[name, f"{name}_low", f"{name}_high"]]
            for name in _RATES
        }
        return thresholds(
            self.rows["threshold"], bands, chosen=self.value,
            xlabel=f"probability of {self.category} from which on it is read", ax=ax,
        )  # fmt: skip


def threshold(
    measure: Codings,
    gold: Codings,
    *,
    variable: str | None = None,
    category: str | None = None,
    aim: Aim = "f1",
    costs: tuple[float, float] = (1.0, 1.0),
    least: float | None = None,
    groups: pd.Series | Mapping[str, str] | None = None,
    level: float = 0.95,
) -> Threshold:
    """Choose the probability from which on an image is taken to be of a category.

    Choose it on coded images that are neither for training the coder nor for judging the measure:
    split the gold standard first. Images that the coder was trained on are left out.

    Parameters
    ----------
    measure
        Codings with class probabilities.
    gold
        The part of the gold standard to choose on, never the part to test on.
    variable
        The variable; may be left out where both have just one in common.
    category
        The category; of two, by default the second.
    aim
        "f1"; "cost"; "precision" or "recall": the highest of the other one at which this one is
        at least `least`.
    costs
        Of a false positive and of a false negative, for "cost".
    least
        For "precision" and "recall", such as .9.
    groups
        Account or source by image id, for the bands.
    level
        Confidence level of the bands.

    Returns
    -------
    Threshold
        Of equally good thresholds the middle one; between two probabilities that occur.

    Raises
    ------
    InputError
        If no probability of the category is known, the images are all or none of it, or `least`
        cannot be reached.

    Notes
    -----
    Lipton, Z. C., Elkan, C. and Naryanaswamy, B. (2014). Optimal thresholding of classifiers to
    maximize F1 measure. ECML PKDD, 225-239; costs: Elkan, C. (2001). The foundations of
    cost-sensitive learning. IJCAI, 973-978.

    Examples
    --------
    >>> truth = pd.Series(["no", "yes"], index=list("ab"), name="v")
    >>> sure = pd.DataFrame({"no": [0.8, 0.6], "yes": [0.2, 0.4]}, index=truth.index)
    >>> measure = Codings.from_series(pd.Series("no", truth.index, name="v"), coder="svm",
    ...                               probabilities=sure, trained_on=[])
    >>> cut = threshold(measure, Codings.from_series(truth, coder="anna"))
    >>> cut.apply(measure)["v"].tolist()
    ['no', 'yes']
    """
    tails(level)
    _check(aim, costs, least)
    matched = match(measure, gold, variable)
    chosen = category_of(matched.categories, category, matched.variable)
    member = None
    if groups is not None:
        member = group_of(pd.Index(matched.items["image"]), groups).to_numpy(dtype=object)
    items = drawn(matched.items, gold.sample, member).items
    table = scores(measure, matched.variable, items)
    if table is None or chosen not in table:
        raise InputError(
            f"{listed(measure.coders) or 'the coder'} gives no probability of {chosen!r}: a "
            "threshold needs one for each image. Use a coder that gives probabilities."
        )
    score = table[chosen].to_numpy(dtype=float)
    there = ~np.isnan(score)
    items, score = items[there].reset_index(drop=True), score[there]
    truth = (items["gold"] == chosen).to_numpy()
    if truth.all() or not truth.any():
        raise InputError(
            f"{truth.sum()} of {len(truth)} images are {chosen!r}: choosing a threshold needs "
            "images of the category and others."
        )
    design = design_of(items, by_group=member is not None)
    rows = _curve(truth, score, design, costs=costs, level=level)
    value = _best(rows, aim, least)
    images = tuple(items["image"])
    return Threshold(matched.variable, chosen, value, aim, rows, images, level)


def reread(
    measure: Codings,
    variable: str,
    category: str,
    *,
    at: float,
    chosen_on: tuple[str, ...] = (),
) -> Codings:
    """Read a measure again: the category wherever its probability reaches a threshold."""
    if not 0 <= at <= 1:
        raise InputError(f"threshold {at!r}: expected a probability, from 0 to 1.")
    rows = measure.data[measure.data["variable"] == variable].reset_index(drop=True)
    items = pd.DataFrame(
        {"image": rows["image"], "gold": rows["value"], "measure": rows["value"],
         "confidence": rows["confidence"]}
    )  # fmt: skip
    table = scores(measure, variable, items.dropna(subset="measure"))
    if table is None or category not in table or len(table.columns) < 2:
        raise InputError(
            f"{listed(measure.coders) or 'the coder'} gives no probability of {category!r}; a "
            "threshold can only be used on a coder that gives one."
        )
    table = table.reindex(rows["image"].array)
    others = table.drop(columns=category)
    known = others.notna().any(axis=1).to_numpy()
    best = pd.Series(rows["value"].to_numpy(dtype=object, copy=True))
    best[known] = others[known].idxmax(axis=1).to_numpy()
    reached = (table[category] >= at).to_numpy()
    best[reached] = category
    sure = [
        table.iloc[row][value] if is_known else stated
        for row, (value, is_known, stated) in enumerate(
            zip(best, known | reached, rows["confidence"], strict=True)
        )
    ]
    trained = measure.trained_on
    return replace(
        measure,
        data=rows.assign(value=best.where(rows["value"].notna()), confidence=sure),
        trained_on=None if trained is None and not chosen_on else (*(trained or ()), *chosen_on),
    )


def category_of(categories: Sequence[str], wanted: str | None, variable: str) -> str:
    """Settle which category a threshold is of."""
    if wanted is None and len(categories) == 2:
        return categories[1]
    if wanted is None or as_label(wanted) not in categories:
        asked = "several categories" if wanted is None else f"no category {wanted!r}"
        raise InputError(f"{asked} of {variable!r}: choose category= of {listed(categories, 8)}.")
    return as_label(wanted)


def _check(aim: str, costs: tuple[float, float], least: float | None) -> None:
    if aim not in ("f1", "cost", "precision", "recall"):
        raise InputError(f"aim={aim!r}: expected 'f1', 'cost', 'precision' or 'recall'.")
    if aim in ("precision", "recall") and (least is None or not 0 < least <= 1):
        raise InputError(f"aim={aim!r} needs least=, the {aim} to reach, such as least=.9.")
    if len(costs) != 2 or min(costs) < 0 or max(costs) == 0:
        raise InputError(
            f"costs={costs!r}: expected that of a false positive and a false negative."
        )


def _curve(
    truth: np.ndarray,
    score: np.ndarray,
    design: Design,
    *,
    costs: tuple[float, float],
    level: float,
) -> pd.DataFrame:
    rows = []
    for at in _steps(score):
        read = score >= at
        row = {"threshold": at}
        for name, measure in _RATES.items():
            hits, of = right(measure, truth, read), among(measure, truth, read)
            share = rate(hits, of, design, name=measure, level=level)
            row |= {name: share.value, f"{name}_low": share.low, f"{name}_high": share.high}
        wrong = costs[0] * (read & ~truth) + costs[1] * (~read & truth)
        row["cost"] = float(np.average(wrong, weights=design.weights))
        rows.append(row)
    return pd.DataFrame(rows)


def _steps(score: np.ndarray) -> np.ndarray:
    """Thresholds between the probabilities that occur, thinned where there are very many."""
    scores = np.unique(score)
    between = (scores[1:] + scores[:-1]) / 2
    if len(between) > _MOST:
        between = between[np.linspace(0, len(between) - 1, _MOST).astype(int)]
    return np.concatenate([[scores[0]], between])


def _best(rows: pd.DataFrame, aim: str, least: float | None) -> float:
    if aim == "cost":
        good = rows["cost"] <= rows["cost"].min() + 1e-12
    elif aim == "f1":
        good = rows["f1"] >= rows["f1"].max() - 1e-12
    else:
        other = "recall" if aim == "precision" else "precision"
        fit = rows[rows[aim] >= least]
        if fit.empty:
            raise InputError(
                f"{aim} reaches {rows[aim].max():.2f} at most on these images, not {least:g}; ask "
                "for less or improve the coder."
            )
        good = (rows[aim] >= least) & (rows[other] >= fit[other].max() - 1e-12)
    best = rows.loc[good, "threshold"].to_numpy()
    return float(best[len(best) // 2])
