"""The arithmetic of projections, and their drawings."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics import figures
from iconometrics.figures import palette
from iconometrics.wording import number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["components", "loadings", "scatter", "scree", "tsne", "umap"]

Matrix = npt.NDArray[np.float64]

_FIRST = 50
_MANY = 5_000
_SHOWN = 20
_COLORS = len(palette.CATEGORIES)


def components(matrix: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Find the principal components of a centered matrix."""
    left, singular, right = np.linalg.svd(matrix, full_matrices=False)
    signs = np.sign(right[np.arange(len(right)), np.abs(right).argmax(axis=1)])
    signs[signs == 0] = 1
    right, left = right * signs[:, None], left * signs
    spread = np.sqrt((matrix**2).sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        correlations = np.where(spread[:, None] > 0, (right.T * singular) / spread[:, None], 0)
    return left * singular, singular**2 / (singular**2).sum(), correlations


def umap(
    matrix: Matrix, axes: int, neighbors: int, *, seed: int, least: float
) -> npt.NDArray[np.float32]:
    """Place rows by UMAP."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from umap import UMAP

        made = UMAP(
            n_components=axes,
            n_neighbors=min(neighbors, len(matrix) - 1),
            min_dist=least,
            init=_start(matrix, axes),
            random_state=seed,
            n_jobs=1,
        )
        chosen = _reduced(matrix) if len(matrix) > _MANY else matrix
        places: npt.NDArray[np.float32] = made.fit_transform(chosen.astype(np.float32))
    return places


def tsne(matrix: Matrix, axes: int, neighbors: int, *, seed: int) -> npt.NDArray[np.float32]:
    """Place rows by t-SNE."""
    from sklearn.manifold import TSNE

    made = TSNE(
        n_components=axes,
        perplexity=min(2 * neighbors, (len(matrix) - 1) / 3),
        init="pca" if min(matrix.shape) >= axes else "random",
        method="barnes_hut" if axes < 4 else "exact",
        random_state=seed,
    )
    places: npt.NDArray[np.float32] = made.fit_transform(_reduced(matrix).astype(np.float32))
    return places


def scatter(
    points: pd.DataFrame,
    groups: pd.Series | None,
    *,
    axes: tuple[str, str],
    ax: Axes | None,
) -> Axes:
    """Draw dots, colored and named by group."""
    ax = figures.axes(ax, width=5, height=4.2)
    x, y = (points.iloc[:, i].to_numpy() for i in (0, 1))
    size = float(np.clip(2500 / len(points), 2, 18))
    with figures.style():
        if groups is None:
            ax.scatter(x, y, s=size, color=palette.ACCENT, alpha=0.7, linewidths=0)
        else:
            _by_group(ax, x, y, groups.reindex(points.index), size)
        ax.set(xlabel=axes[0], ylabel=axes[1], xticks=[], yticks=[])
        ax.set_box_aspect(0.84)
    return ax


def scree(table: pd.DataFrame, *, ax: Axes | None) -> Axes:
    """Draw shares of variance, component by component."""
    ax = figures.axes(ax)
    shown = table.iloc[:_SHOWN]
    with figures.style():
        ax.bar(shown["component"], shown["variance"], color=palette.ACCENT, width=0.72)
        ax.set_xlabel("component")
        ax.set_ylabel("share of variance")
        ax.yaxis.set_major_formatter(lambda value, _: percent(value))
        ax.set_ylim(0, float(shown["variance"].max()) * 1.18)
        last = shown.iloc[-1]
        told = f"first {len(shown)}: {percent(last['cumulated'])} of the variance"
        ax.text(0.98, 0.95, told, transform=ax.transAxes, ha="right", va="top", fontsize=7.5)
        ax.set_xticks(shown["component"][:: max(1, len(shown) // 8)])
    return ax


def loadings(table: pd.DataFrame, *, top: int, ax: Axes | None) -> Axes:
    """Draw the correlation of columns with the first two components."""
    pair = table.iloc[:, :2]
    shown = pair.loc[(pair**2).sum(axis=1).nlargest(top).index].iloc[::-1]
    ax = figures.axes(ax, width=4.4, height=0.5 + 0.25 * len(shown))
    rows = np.arange(len(shown))
    with figures.style():
        ax.axvline(0, color=palette.SOFT, linewidth=0.8)
        styles = zip(
            pair.columns, (palette.ACCENT, palette.CATEGORIES[1]), ("o", "D"), strict=False
        )
        for place, (name, color, marker) in enumerate(styles):
            ax.plot(shown[name], rows, marker, color=color, markersize=5)
            at = float(shown[name].iloc[-1])
            ax.text(at, rows[-1] + 0.4, f"component {place + 1}", ha="center", fontsize=7.5,
                    color=color)  # fmt: skip
        ax.set_yticks(rows, [str(name) for name in shown.index])
        ax.set(xlim=(-1.05, 1.05), ylim=(-0.6, len(shown) - 0.1))
        ax.set_xlabel("correlation with the component")
        ax.xaxis.set_major_formatter(lambda value, _: number(value, 1))
        ax.grid(axis="x", color=palette.LINE, linewidth=0.6)
        ax.set_axisbelow(True)
    return ax


def _start(matrix: Matrix, axes: int) -> str:
    """Start from the graph of neighbors where that is small enough, and large enough for it."""
    if len(matrix) > _MANY:
        return "pca"
    return "spectral" if len(matrix) > 4 * axes else "random"


def _reduced(matrix: Matrix) -> Matrix:
    """Keep the first components: neighbors are found sooner, and noise is left out."""
    if matrix.shape[1] <= _FIRST or len(matrix) <= _FIRST:
        return matrix
    _, vectors = np.linalg.eigh(matrix.T @ matrix)
    axes = vectors[:, ::-1][:, :_FIRST]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(_FIRST)])
    kept: Matrix = matrix @ axes
    return kept


def _by_group(ax: Axes, x: Any, y: Any, groups: pd.Series, size: float) -> None:
    from matplotlib import patheffects

    halo = [patheffects.withStroke(linewidth=2.5, foreground="white")]
    for place, (name, where) in enumerate(groups.groupby(groups, observed=True).indices.items()):
        color = palette.CATEGORIES[place % _COLORS]
        ax.scatter(x[where], y[where], s=size, color=color, alpha=0.75, linewidths=0)
        middle = np.median(x[where]), np.median(y[where])
        ax.text(*middle, str(name), ha="center", va="center", fontsize=9, fontweight="bold",
                path_effects=halo)  # fmt: skip
