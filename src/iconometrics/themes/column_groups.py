"""Which columns go together: groups of columns by their correlation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics import figures
from iconometrics.errors import InputError
from iconometrics.figures import palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ColumnGroups", "columns"]

_MOST = 12
_NAMES = 60
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class ColumnGroups:
    """Columns in groups, so that those of a group are high in the same images.

    Parameters
    ----------
    labels
        Group of each column, "1" to "k" from the largest to the smallest, by column.
    correlations
        (columns, columns), in the order in which the groups stand together.
    silhouettes
        Mean silhouette by number of groups tried; the number taken has the highest.
    data
        The table, columns in that order.

    Examples
    --------
    >>> data = pd.DataFrame({"a": [0, 1, 2.], "b": [2, 1, 0.], "c": [0, 1, 2.1]})
    >>> columns(data, k=2).labels.to_dict()
    {'a': '1', 'c': '1', 'b': '2'}
    """

    labels: pd.Series
    correlations: pd.DataFrame
    silhouettes: pd.Series
    data: pd.DataFrame = field(repr=False)

    @property
    def k(self) -> int:
        """The number of groups."""
        return int(self.labels.nunique())

    def table(self) -> pd.DataFrame:
        """List the groups.

        Returns
        -------
        pandas.DataFrame
            group, n, inside (mean correlation of its columns with each other; NaN for one
            column), outside (with all other columns), columns (their names).
        """
        return pd.DataFrame([self._row(str(name)) for name in self.labels.unique()])

    def summary(self) -> str:
        """Say what was found.

        Returns
        -------
        str
        """
        groups = "; ".join(
            f"group {row['group']}: {', '.join(row['columns'][:4])}"
            + (f" and {row['n'] - 4} more" if row["n"] > 4 else "")
            for _, row in self.table().iterrows()
        )
        listed = f"{groups[:1].upper()}{groups[1:]}"
        return f"{len(self.labels)} columns fall into {self.k} groups. {listed}."

    def plot(self, ax: Axes | None = None, *, rows: bool = True) -> Axes:
        """Draw the table as a heat map, with columns and rows ordered by likeness.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.
        rows
            Whether the images are drawn, columns standardized; if not, the correlations.

        Returns
        -------
        matplotlib.axes.Axes
        """
        shown = _ordered_rows(self.data) if rows else self.correlations
        ax = figures.axes(ax, width=5, height=min(6.0, 1.2 + 0.22 * len(shown)))
        with figures.style():
            _heat(ax, shown, self.labels, correlations=not rows)
        return ax

    def _row(self, name: str) -> dict[str, object]:
        own = [str(c) for c in self.labels.index[self.labels == name]]
        others = [c for c in self.correlations.columns if c not in own]
        block = self.correlations.loc[own, own].to_numpy()
        pairs = block[~np.eye(len(own), dtype=bool)]
        outside = self.correlations.loc[own, others].to_numpy()
        return {
            "group": name,
            "n": len(own),
            "inside": float(pairs.mean()) if len(pairs) else np.nan,
            "outside": float(outside.mean()) if outside.size else np.nan,
            "columns": own,
        }

    def _repr_html_(self) -> str:
        return f"<p>{self.summary()}</p>{self.table().round(3).to_html(index=False)}"


def columns(data: pd.DataFrame, *, k: int | None = None) -> ColumnGroups:
    """Find which columns go together.

    The distance of two columns is one minus their correlation; the groups come from average
    linkage. So two features that measure the same fall together, and two that exclude each other
    fall apart.

    Parameters
    ----------
    data
        Numbers, one row per image or other unit.
    k
        The number of groups; by default that from 2 to 12 with the highest mean silhouette.

    Returns
    -------
    ColumnGroups

    Raises
    ------
    InputError
        If there are fewer than three columns, a column is constant or no number, or k does not
        fit.

    Notes
    -----
    Hastie, T., Tibshirani, R. and Friedman, J. (2009). The elements of statistical learning. 2nd
    ed., Springer, section 14.3.

    Examples
    --------
    >>> table = pd.DataFrame([[0, 0, 1, 1], [1, 1, 0, 0], [0, 1, 1, 1.]], columns=list("wxyz"))
    >>> columns(table, k=2).labels.tolist()
    ['1', '1', '2', '2']
    """
    from scipy.cluster.hierarchy import average, leaves_list
    from scipy.spatial.distance import squareform

    correlations = _correlations(data)
    apart = squareform(np.clip(1 - correlations, 0, 2), checks=False)
    tree = average(apart)
    n = len(correlations)
    if k is not None and not 1 <= k <= n:
        raise InputError(f"k={k}: expected 1 to {n}, the number of columns.")
    tried = {
        number: _silhouette(correlations, _groups(tree, number))
        for number in range(2, min(_MOST, n - 1) + 1)
    }
    silhouettes = pd.Series(tried, name="silhouette", dtype=float).rename_axis("k")
    chosen = max(tried, key=lambda number: tried[number]) if k is None else k
    order = leaves_list(tree)
    names = pd.Index([str(name) for name in data.columns])[order]
    labels = _by_size(_groups(tree, chosen)[order], names)
    names = labels.index
    table = pd.DataFrame(correlations, data.columns.astype(str), data.columns.astype(str))
    ordered = data.set_axis(data.columns.astype(str), axis=1)[list(names)]
    return ColumnGroups(labels, table.loc[names, names], silhouettes, ordered)


def _groups(tree: npt.NDArray[np.float64], number: int) -> npt.NDArray[np.intp]:
    """Cut the tree by steps, not at a height: columns may all be equally far apart, as dummies."""
    from scipy.cluster.hierarchy import cut_tree

    member: npt.NDArray[np.intp] = cut_tree(tree, number)[:, 0].astype(np.intp)
    return member


def _correlations(data: pd.DataFrame) -> npt.NDArray[np.float64]:
    if data.shape[1] < 3 or len(data) < 3:
        raise InputError(
            f"{data.shape[1]} columns of {len(data)} rows: expected at least three of both."
        )
    wrong = [n for n, kind in data.dtypes.items() if not pd.api.types.is_numeric_dtype(kind)]
    if wrong:
        raise InputError(f"column {wrong[0]!r} holds no numbers: expected numbers only. Drop it.")
    values = data.to_numpy(np.float64, na_value=np.nan)
    unusable = np.flatnonzero(np.isnan(values).all(axis=0) | np.isinf(values).any(axis=0))
    if len(unusable):
        raise InputError(
            f"column {data.columns[int(unusable[0])]!r} has no value, or an infinite one: expected "
            "numbers. Drop it."
        )
    deviation, size = np.nanstd(values, axis=0), np.abs(np.nanmean(values, axis=0))
    constant = np.flatnonzero(deviation <= _ROUNDING * size)
    if len(constant):
        raise InputError(
            f"column {data.columns[int(constant[0])]!r} is the same in all rows: it goes together "
            "with nothing. Drop it."
        )
    if np.isnan(values).any():
        return _complete(data.corr())
    return np.asarray(np.corrcoef(values, rowvar=False))


def _complete(correlations: pd.DataFrame) -> npt.NDArray[np.float64]:
    values = correlations.to_numpy(float)
    gaps = np.argwhere(np.isnan(values))
    if len(gaps):
        first, second = (correlations.columns[place] for place in gaps[0].tolist())
        raise InputError(
            f"columns {first!r} and {second!r}: no correlation in the rows that have both; "
            "expected values that vary in several such rows. Drop the one with more gaps."
        )
    return values


def _silhouette(correlations: npt.NDArray[np.float64], member: npt.NDArray[np.intp]) -> float:
    from sklearn.metrics import silhouette_score

    apart = np.clip(1 - correlations, 0, 2)
    np.fill_diagonal(apart, 0)
    return float(silhouette_score(apart, member, metric="precomputed"))


def _by_size(member: npt.NDArray[np.intp], names: pd.Index) -> pd.Series:
    """Name groups from the largest, and put them in that order; within, as the tree has them."""
    groups = pd.Series(member).groupby(member, sort=False).size().sort_values(
        ascending=False, kind="stable")  # fmt: skip
    number = {group: place for place, group in enumerate(groups.index)}
    places = np.array([number[group] for group in member])
    order = np.argsort(places, kind="stable")
    labels = [str(place + 1) for place in places[order]]
    return pd.Series(labels, index=pd.Index(names[order], name="column"), name="group", dtype="str")


def _ordered_rows(data: pd.DataFrame) -> pd.DataFrame:
    """Standardize columns, and put rows that are alike beside each other."""
    from scipy.cluster.hierarchy import average, leaves_list

    values = data.to_numpy(np.float64, na_value=np.nan)
    scaled = np.nan_to_num((values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0))
    scaled = scaled[:: max(1, len(scaled) // 2000)]
    kept = data.index[:: max(1, len(data) // 2000)]
    order = leaves_list(average(scaled)) if len(scaled) > 2 else np.arange(len(scaled))
    return pd.DataFrame(scaled[order], kept[order], data.columns)


def _heat(ax: Axes, shown: pd.DataFrame, labels: pd.Series, *, correlations: bool) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    low, high = palette.CATEGORIES[5], palette.ACCENT
    ramp = LinearSegmentedColormap.from_list("two", [low, palette.PAPER, high])
    most = 1.0 if correlations else float(np.clip(np.abs(shown.to_numpy()).max(), 1, 2.5))
    drawn = ax.imshow(shown.to_numpy(), cmap=ramp, vmin=-most, vmax=most, aspect="auto",
                      interpolation="nearest")  # fmt: skip
    ends = np.flatnonzero(labels.to_numpy()[1:] != labels.to_numpy()[:-1]) + 0.5
    for end in ends:
        ax.axvline(end, color=palette.INK, linewidth=1)
        if correlations:
            ax.axhline(end, color=palette.INK, linewidth=1)
    many = shown.shape[1] > _NAMES
    ax.set_xticks([] if many else range(shown.shape[1]), [] if many else shown.columns)
    ax.tick_params(axis="x", rotation=90, labelsize=7, length=0)
    tall = len(shown) > _NAMES
    ax.set_yticks([] if tall else range(len(shown)), [] if tall else [str(i) for i in shown.index])
    ax.tick_params(axis="y", labelsize=7, length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    starts = np.concatenate([[-0.5], ends])
    for start, name in zip(starts, labels.unique(), strict=True):
        ax.annotate(f"group {name}", (start, 1), xycoords=("data", "axes fraction"),
                    xytext=(2, 4), textcoords="offset points", fontsize=7.5, fontweight="bold",
                    annotation_clip=False)  # fmt: skip
    bar = ax.figure.colorbar(drawn, ax=ax, shrink=0.5, aspect=14, pad=0.02)
    bar.outline.set_visible(False)
    bar.set_label("correlation" if correlations else "standard deviations from the mean",
                  fontsize=7, color=palette.SOFT)  # fmt: skip
    bar.ax.tick_params(labelsize=7, length=0)
