"""What a model goes by: permutation importance and partial dependence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import figures, options

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Importance", "PartialDependence", "columns_by_set", "dependence", "permuted"]


@dataclass(frozen=True, eq=False)
class Importance:
    """How much accuracy is lost when columns are shuffled among images.

    Parameters
    ----------
    drops
        One row per shuffle, one column per feature or set of features: the loss of accuracy.
    accuracy
        Accuracy with nothing shuffled.
    n
        The number of images.

    Examples
    --------
    >>> drops = pd.DataFrame({"a": [0.1, 0.2], "b": [0.0, 0.0]})
    >>> Importance(drops, accuracy=0.9, n=10).table()["feature"].tolist()
    ['a', 'b']
    """

    drops: pd.DataFrame
    accuracy: float
    n: int

    def table(self) -> pd.DataFrame:
        """Give one row per feature, the most important first.

        Returns
        -------
        pandas.DataFrame
            Columns feature, drop (mean loss of accuracy), low and high (the range that holds 95 %
            of the shuffles).
        """
        low, high = self.drops.quantile(0.025), self.drops.quantile(0.975)
        result = pd.DataFrame({"drop": self.drops.mean(), "low": low, "high": high})
        result = result.sort_values("drop", ascending=False, kind="stable")
        return result.rename_axis("feature").reset_index()

    def plot(self, ax: Axes | None = None, *, top: int = 15) -> Axes:
        """Draw the most important features.

        Parameters
        ----------
        ax
            Axes to draw in, or None for a figure of its own.
        top
            How many.

        Returns
        -------
        matplotlib.axes.Axes
        """
        rows = self.table().head(top)
        return figures.intervals(
            rows["feature"].tolist(),
            rows["drop"],
            low=rows["low"],
            high=rows["high"],
            ax=ax,
            reference=0,
            xlabel="loss of accuracy when shuffled",
        )


@dataclass(frozen=True, eq=False)
class PartialDependence:
    """How probable each class is on average if a column had a given value in every image.

    Parameters
    ----------
    column
        The column.
    probability
        Mean probability of each class (columns) by the value of the column (index).

    Examples
    --------
    >>> curve = pd.DataFrame({"no": [0.9, 0.4], "yes": [0.1, 0.6]}, index=[0.0, 1.0])
    >>> PartialDependence("color_warm", curve).table().shape
    (4, 3)
    """

    column: str
    probability: pd.DataFrame

    def table(self) -> pd.DataFrame:
        """Give one row per value and class.

        Returns
        -------
        pandas.DataFrame
            Columns value, category, probability.
        """
        wide = self.probability.rename_axis("value").reset_index()
        return wide.melt("value", var_name="category", value_name="probability")

    def plot(self, category: Any = None, ax: Axes | None = None) -> Axes:
        """Draw the probability of one class against the value of the column.

        Parameters
        ----------
        category
            The class; by default the last one.
        ax
            Axes to draw in, or None for a figure of its own.

        Returns
        -------
        matplotlib.axes.Axes
        """
        if category is None:
            category = self.probability.columns[-1]
        return figures.curve(
            self.probability.index,
            self.probability[category],
            ax=ax,
            xlabel=self.column,
            ylabel=f"probability of {category}",
        )


def columns_by_set(columns: Sequence[str]) -> dict[str, list[int]]:
    """Gather columns by the set that is named before their first underscore."""
    positions: dict[str, list[int]] = {}
    for position, name in enumerate(columns):
        positions.setdefault(name.split("_")[0], []).append(position)
    return positions


def permuted(
    predict: Callable[[NDArray[Any]], NDArray[Any]],
    data: NDArray[Any],
    y: NDArray[Any],
    *,
    columns: Mapping[str, Sequence[int]],
    repeats: int,
    seed: int,
) -> Importance:
    """Shuffle columns among rows, those of one name together, and see what accuracy is lost."""
    random = options.generator(seed)
    accuracy = float(np.mean(predict(data) == y))
    drops = {}
    for name, positions in columns.items():
        at = list(positions)
        losses = []
        for _ in range(repeats):
            shuffled = data.copy()
            shuffled[:, at] = data[random.permutation(len(data))][:, at]
            losses.append(accuracy - float(np.mean(predict(shuffled) == y)))
        drops[name] = losses
    return Importance(pd.DataFrame(drops), accuracy, len(data))


def dependence(
    probability: Callable[[NDArray[Any]], NDArray[np.float64]],
    data: NDArray[Any],
    position: int,
    *,
    points: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Set one column to one value in all rows, over a range of values, and average."""
    column = data[:, position]
    values = np.unique(column)
    if len(values) > points:
        low, high = np.quantile(column, [0.05, 0.95])
        values = np.unique(np.linspace(low, high, points))
    # In a column of whole numbers, values between them would be cut off.
    changed = data.astype(np.float64)
    means = []
    for value in values:
        changed[:, position] = value
        means.append(probability(changed).mean(axis=0))
    return values.astype(np.float64), np.array(means)
