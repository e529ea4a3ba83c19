"""What a comparison of classifiers found: rates with intervals, paired tests, figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import combinations
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import figures, stats
from iconometrics.errors import InputError, warn
from iconometrics.figures.against import against
from iconometrics.figures.paired import paired
from iconometrics.stats.holm import holm

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Comparison", "shares_of"]

_MEASURES = {"auroc": "AUROC", "accuracy": "accuracy"}
_COSTS = {
    "depth": "layers with weights",
    "parameters": "parameters",
    "seconds": "seconds of training",
    "ms": "milliseconds per prediction",
}
_ENDS = ("", "_low", "_high")


@dataclass(frozen=True, eq=False)
class Comparison:
    """How several classifiers did on the same images, each image held out once.

    Parameters
    ----------
    models
        network, batch, depth, parameters, seconds (of one training), ms (per prediction).
    probabilities
        (models, images, classes).
    images
        Ids.
    truth
        (images,) the labels.
    groups
        (images,) numbers of groups where one has several images; None where none has.
    fold
        (images,) the fold that an image was held out in.
    repeats
        Trainings of each fold.
    seed
        Names folds, trainings and resamples.

    Examples
    --------
    >>> models = pd.DataFrame({"network": ["a"], "batch": [32], "seconds": [1.0]})
    >>> shares = np.array([[[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]])
    >>> truth = np.array(["no", "yes", "yes"])
    >>> comparison = Comparison(models, shares, pd.Index(list("xyz")), truth)
    >>> comparison.table()[["network", "accuracy", "auroc"]].round(2).values.tolist()
    [['a', 0.67, 1.0]]
    """

    models: pd.DataFrame
    probabilities: NDArray[np.float64]
    images: pd.Index
    truth: NDArray[Any]
    groups: NDArray[np.intp] | None = None
    fold: NDArray[np.intp] | None = None
    repeats: int = 1
    seed: int = 1

    @classmethod
    def of(
        cls,
        models: pd.DataFrame,
        probabilities: NDArray[np.float64],
        *,
        images: pd.Index,
        truth: NDArray[Any],
        groups: NDArray[Any] | None,
        fold: NDArray[np.intp],
        repeats: int,
        seed: int,
    ) -> Self:
        """Leave out images that a model could not read, and see whether groups repeat.

        Parameters
        ----------
        models, probabilities, images, truth, groups, fold, repeats, seed
            As for the class; probabilities are NaN where an image could not be read.

        Returns
        -------
        Comparison
        """
        whole: NDArray[np.bool_] = np.asarray(np.isfinite(probabilities).all(axis=(0, 2)))
        if not whole.all():
            warn(
                f"{(~whole).sum()} of {len(whole)} images cannot be read and are left out: "
                f"{', '.join(map(str, images[~whole][:3]))}."
            )
        kept = None if groups is None else _repeating(groups[whole])
        return cls(
            models.reset_index(drop=True),
            probabilities[:, whole],
            images[whole],
            truth[whole],
            kept,
            fold[whole],
            repeats,
            seed,
        )

    @cached_property
    def classes(self) -> NDArray[Any]:
        """The classes, sorted."""
        return np.unique(self.truth)

    @property
    def predicted(self) -> NDArray[Any]:
        """(models, images) the most probable class."""
        return np.asarray(self.classes[self._positions])

    def table(self) -> pd.DataFrame:
        """Give one row per model.

        Returns
        -------
        pandas.DataFrame
            network, batch, accuracy and auroc with their 95 % intervals (with more than two
            classes the area is the mean over each class against the others), n, depth,
            parameters, seconds, ms.
        """
        return self._table.copy()

    def by_class(self) -> pd.DataFrame:
        """Give one row per model and class.

        Returns
        -------
        pandas.DataFrame
            network, batch, class, n (images of the class), sensitivity, specificity and auroc
            (the class against the others) with their 95 % intervals.
        """
        return self._by_class.copy()

    def printed(self, places: int = 2) -> pd.DataFrame:
        """Write sensitivity and specificity as papers do, one row per model.

        Parameters
        ----------
        places
            Digits after the point.

        Returns
        -------
        pandas.DataFrame
            Text such as "0.93 (0.68-1.00)"; rows by network and batch, columns by class and
            measure.

        Notes
        -----
        The form of table 5 of Bressem et al. (2020), see `compare`.
        """
        return _printed(self._by_class, places)

    def tests(self) -> pd.DataFrame:
        """Compare each two models on the same images.

        Returns
        -------
        pandas.DataFrame
            first, second, auroc (first minus second) with low, high and p (DeLong), accuracy
            (first minus second) with low, high and p (McNemar), and both p after Holm's
            correction. Where groups repeat, both tests are by group (Obuchowski).
        """
        return _tests_of_pairs(self._names(), self)

    def predictions(self) -> pd.DataFrame:
        """Give one row per model and image: its label, fold, and the probability of each class.

        Returns
        -------
        pandas.DataFrame
            network, batch, image, value, predicted, fold, and one column per class.
        """
        n = len(self.images)
        rows = self.models.loc[np.repeat(self.models.index, n), ["network", "batch"]]
        rows = rows.reset_index(drop=True)
        count = len(self.models)
        rows["image"] = np.tile(self.images.to_numpy(), count)
        rows["value"] = np.tile(self.truth, count)
        rows["predicted"] = self.predicted.ravel()
        rows["fold"] = np.tile(np.zeros(n, int) if self.fold is None else self.fold, count)
        flat = self.probabilities.reshape(count * n, -1)
        return rows.join(pd.DataFrame(flat, columns=[str(label) for label in self.classes]))

    def summary(self) -> str:
        """Say which model is best and which are not told apart from it.

        Returns
        -------
        str
        """
        table = self._table
        best = int(table["auroc"].to_numpy(float).argmax())
        row, names = table.iloc[best], self._names()
        tests = self.tests()
        with_best = tests[(tests["first"] == names[best]) | (tests["second"] == names[best])]
        unclear = int((~(with_best["auroc_p_holm"] < 0.05)).sum())
        patients = "" if self.groups is None else f" in {self.groups.max() + 1:,} groups"
        text = (
            f"{names[best]} has the highest AUROC, {row['auroc']:.3f} ({row['auroc_low']:.3f} to "
            f"{row['auroc_high']:.3f}), of {len(names)} models on {len(self.images):,} images"
            f"{patients}, each held out once."
        )
        if len(names) == 2:
            text += f" The other {'cannot' if unclear else 'can'} be told apart from it."
        elif len(names) > 2:
            others = f"{len(names) - 1} others"
            text += (
                f" {unclear} of the {others} cannot be told apart from it."
                if unclear
                else f" All {others} can be told apart from it."
            )
        return text

    def plot(self, measure: str = "auroc", ax: Axes | None = None) -> Axes:
        """Draw a measure of each model with its interval.

        Parameters
        ----------
        measure
            "auroc" or "accuracy".
        ax
            Axes to draw in, or None for a figure of its own.

        Returns
        -------
        matplotlib.axes.Axes
        """
        if measure not in _MEASURES:
            raise InputError(f"measure={measure!r}: expected one of {', '.join(_MEASURES)}.")
        table = self._table
        return figures.intervals(
            self._names(),
            table[measure],
            low=table[f"{measure}_low"],
            high=table[f"{measure}_high"],
            ax=ax,
            xlabel=_MEASURES[measure],
        )

    def forest(self) -> Figure:
        """Draw sensitivity and specificity of each class, model under model.

        Returns
        -------
        matplotlib.figure.Figure
            One panel per class: filled dots are sensitivity, hollow ones specificity.
        """
        rows = self._by_class
        panels = {}
        for label in self.classes:
            own = rows[rows["class"] == label]
            ends = ("", "_low", "_high")
            panels[str(label)] = [
                np.column_stack([own[f"{name}{end}"] for end in ends])
                for name in ("sensitivity", "specificity")
            ]
        return paired(self._names(), panels, names=("sensitivity", "specificity"))

    def plot_against(
        self, column: str = "depth", *, measure: str = "auroc", ax: Axes | None = None
    ) -> Axes:
        """Draw a measure against what a model costs.

        Parameters
        ----------
        column
            "depth", "parameters", "seconds" or "ms".
        measure
            "auroc" or "accuracy".
        ax
            Axes to draw in, or None for a figure of its own.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        InputError
            If no model has that column.
        """
        table = self._table
        if column not in _COSTS or table[column].isna().all() or measure not in _MEASURES:
            raise InputError(
                f"column={column!r}, measure={measure!r}: expected one of {', '.join(_COSTS)} "
                f"that the models have, and one of {', '.join(_MEASURES)}."
            )
        known = table[column].notna().to_numpy()
        rows = table[known]
        return against(
            rows[column].to_numpy(float),
            rows[measure],
            low=rows[f"{measure}_low"],
            high=rows[f"{measure}_high"],
            labels=[name for name, there in zip(self._names(), known, strict=True) if there],
            ax=ax,
            xlabel=_COSTS[column],
            ylabel=_MEASURES[measure],
            logarithmic=column != "ms",
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.summary())}</p>{self.table().round(3).to_html(border=0)}"

    def _names(self) -> list[str]:
        rows = self.models
        several = rows["network"].duplicated().any()
        if not several:
            return [str(name) for name in rows["network"]]
        pairs = zip(rows["network"], rows["batch"], strict=True)
        return [
            f"{name}, batch {batch:g}" if batch == batch else str(name) for name, batch in pairs
        ]

    @property
    def _positions(self) -> NDArray[np.intp]:
        """(models, images) position of the most probable class."""
        return np.asarray(self.probabilities.argmax(axis=2))

    @property
    def _of_class(self) -> NDArray[np.bool_]:
        """(images, classes) whether an image is of a class."""
        return np.asarray(self.truth[:, None] == self.classes)

    @property
    def _right(self) -> NDArray[np.bool_]:
        """(models, images) whether the most probable class is the label."""
        return np.asarray(self.predicted == self.truth)

    @property
    def _areas(self) -> slice:
        """The classes that areas are made of: of two, which mirror each other, the second."""
        return slice(1 if len(self.classes) == 2 else 0, None)

    @cached_property
    def _table(self) -> pd.DataFrame:
        return _model_table(self)

    @cached_property
    def _by_class(self) -> pd.DataFrame:
        return _class_table(self)


def _repeating(groups: NDArray[np.generic]) -> NDArray[np.intp] | None:
    """Number groups, if one of them has more than one image."""
    names, member = np.unique(groups, return_inverse=True)
    return None if len(names) == len(groups) else member.astype(np.intp)


def _model_table(held: Comparison) -> pd.DataFrame:
    """Compute accuracy and area of each model."""
    right = held._right.T
    shares = shares_of(right, np.ones_like(right), groups=held.groups)
    positive = held._of_class[:, held._areas]
    table = held.models[["network", "batch"]].copy()
    for end, column in zip(_ENDS, shares, strict=True):
        table[f"accuracy{end}"] = column
    areas = [_area(positive, score[:, held._areas], held) for score in held.probabilities]
    for place, end in enumerate(_ENDS):
        table[f"auroc{end}"] = [area[place] for area in areas]
    table["n"] = len(held.truth)
    for name in _COSTS:
        table[name] = held.models.get(name, np.nan)
    return table


def _class_table(held: Comparison) -> pd.DataFrame:
    """Compute sensitivity, specificity and area of each model and class."""
    positive = held._of_class
    parts = []
    for place, (positions, scores) in enumerate(
        zip(held._positions, held.probabilities, strict=True)
    ):
        called = positions[:, None] == np.arange(len(held.classes))
        own = held.models.loc[[place] * len(held.classes), ["network", "batch"]].reset_index(
            drop=True
        )
        own["class"], own["n"] = held.classes, positive.sum(axis=0)
        for name, hits, among in (
            ("sensitivity", called, positive),
            ("specificity", ~called, ~positive),
        ):
            shares = shares_of(hits, among, groups=held.groups)
            for end, column in zip(_ENDS, shares, strict=True):
                own[f"{name}{end}"] = column
        columns = zip(positive.T, scores.T, strict=True)
        areas = [_area(truth[:, None], score[:, None], held) for truth, score in columns]
        for at, end in enumerate(_ENDS):
            own[f"auroc{end}"] = [area[at] for area in areas]
        parts.append(own)
    return pd.concat(parts, ignore_index=True)


def shares_of(
    hits: NDArray[np.bool_], among: NDArray[np.bool_], *, groups: NDArray[np.intp] | None
) -> NDArray[np.float64]:
    """Compute shares of the same images with their ends, in the exact form that journals print."""
    drawn = stats.survey_design(np.ones(len(hits)), clusters=groups)
    rows = []
    for column in range(hits.shape[1]):
        of = among[:, column]
        share = stats.survey_ratio(hits[:, column] & of, of, drawn)
        rows.append((share.value, *stats.share_interval(share, exact=True)))
    return np.transpose(rows)


def _printed(rows: pd.DataFrame, places: int) -> pd.DataFrame:
    """Write sensitivity and specificity with their intervals as text, one row per model."""
    cells: dict[tuple[Any, str], dict[tuple[Any, Any], str]] = {}
    for row in rows.to_dict("records"):
        for name in ("sensitivity", "specificity"):
            value, low, high = (f"{row[f'{name}{end}']:.{places}f}" for end in _ENDS)
            column = cells.setdefault((row["class"], name.capitalize()), {})
            column[row["network"], row["batch"]] = f"{value} ({low}\u2013{high})"
    index = pd.MultiIndex.from_frame(rows[["network", "batch"]].drop_duplicates())
    table = pd.DataFrame({key: list(column.values()) for key, column in cells.items()}, index=index)
    return table.droplevel("batch") if index.get_level_values("batch").isna().all() else table


def _tests_of_pairs(names: Sequence[str], held: Comparison) -> pd.DataFrame:
    """Test each two models on the same images."""
    positive, right = held._of_class[:, held._areas], held._right
    score = held.probabilities[:, :, held._areas]
    rows = []
    for i, j in combinations(range(len(names)), 2):
        area = stats.mean_area_test(positive, score[i], score[j], groups=held.groups)
        share = stats.mcnemar(right[i], right[j], groups=held.groups)
        row = [names[i], names[j], area.difference, area.low, area.high, area.p]
        rows.append([*row, share.difference, share.low, share.high, share.p])
    columns = [f"{name}{end}" for name in ("auroc", "accuracy") for end in (*_ENDS, "_p")]
    tests = pd.DataFrame(rows, columns=["first", "second", *columns])
    for name in ("auroc", "accuracy"):
        tests[f"{name}_p_holm"] = holm(tests[f"{name}_p"].to_numpy(float))
    return tests


def _area(positive: NDArray[np.bool_], score: NDArray[np.float64], held: Comparison) -> stats.Area:
    if positive.shape[1] > 1:
        return stats.mean_area(positive, score, groups=held.groups)
    return stats.auroc(positive[:, 0], score[:, 0], groups=held.groups, seed=held.seed)
