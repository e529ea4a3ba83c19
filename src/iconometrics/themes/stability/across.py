"""Themes across representations: of several ways to see images, the one the others agree with."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics import figures
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.figures import palette
from iconometrics.themes.maps.projection import project
from iconometrics.themes.methods.k_means import kmeans
from iconometrics.themes.themes import Themes
from iconometrics.wording import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Across", "across"]

_AXES = 10
_FEWEST = 3


@dataclass(frozen=True, eq=False)
class Across:
    """The themes of several representations, and how far they agree.

    Parameters
    ----------
    themes
        Those of the representation that the others agree with most.
    chosen
        Its name.
    agreements
        Adjusted Rand index of each two representations' themes.
    candidates
        The themes of each representation.

    Examples
    --------
    >>> from iconometrics import themes
    >>> draw = np.random.default_rng(1)
    >>> place = np.repeat([0., 9], 20)
    >>> tables = {name: pd.DataFrame(place[:, None] + draw.normal(size=(40, 3))) for name in "abc"}
    >>> medoid = themes.across(tables, 2, seed=1)
    >>> bool((medoid.agreements == 1).all(axis=None))
    True
    """

    themes: Themes
    chosen: str
    agreements: pd.DataFrame
    candidates: dict[str, Themes] = field(repr=False)

    def table(self) -> pd.DataFrame:
        """List the representations.

        Returns
        -------
        pandas.DataFrame
            representation, columns, agreement (mean adjusted Rand index with the others), lowest,
            highest, chosen.
        """
        rows = []
        for name, row in self.agreements.iterrows():
            others = row.drop(name)
            made_of = self.candidates[str(name)].data
            columns = 0 if made_of is None else made_of.shape[1]
            rows.append((name, columns, others.mean(), others.min(), others.max()))
        table = pd.DataFrame(
            rows, columns=["representation", "columns", "agreement", "lowest", "highest"]
        )
        return table.assign(chosen=table["representation"] == self.chosen)

    def summary(self) -> str:
        """Say which representation was taken and why.

        Returns
        -------
        str
        """
        table = self.table().set_index("representation")
        agreement = table.loc[self.chosen, ["agreement", "lowest", "highest"]]
        mean, low, high = (float(value) for value in agreement.to_numpy(float))
        return (
            f"Of {len(table)} representations {self.chosen} was taken: its {self.themes.k} themes "
            f"agree best with those of the others (mean adjusted Rand index "
            f"{number(mean)}, from {number(low)} to {number(high)})."
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the agreement of each two representations.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        names = list(self.agreements.index)
        side = 1.6 + 0.42 * len(names)
        ax = figures.axes(ax, width=side, height=side - 0.3)
        values = self.agreements.to_numpy()
        with figures.style():
            ax.imshow(values, vmin=0, vmax=1, aspect="auto")
            for (row, column), value in np.ndenumerate(values):
                ink = "white" if value > 0.55 else palette.INK
                ax.text(column, row, number(float(value)), ha="center", va="center", color=ink,
                        fontsize=7.5)  # fmt: skip
            ax.set_xticks(range(len(names)), names, rotation=40, ha="right")
            ax.set_yticks(range(len(names)), names)
            ax.tick_params(length=0, labelsize=7.5)
            ax.get_yticklabels()[names.index(self.chosen)].set_fontweight("bold")
            ax.set_title("Adjusted Rand index", fontsize=8)
            for spine in ax.spines.values():
                spine.set_visible(False)
        return ax

    def _repr_html_(self) -> str:
        return f"<p>{self.summary()}</p>{self.table().round(3).to_html(index=False)}"


def across(tables: Mapping[str, pd.DataFrame], k: int, *, seed: int = 1) -> Across:
    """Find themes in each of several representations, and take those the others agree with most.

    Which network, layer or feature set shows a collection's themes cannot be known beforehand, and
    nobody has labels to try. But what is really there shows in several representations, and what
    only one of them sees is more likely its own. So each is brought to ten axes by UMAP, k-means
    finds themes there, and those with the highest mean adjusted Rand index with all others are
    taken. No label is used.

    Parameters
    ----------
    tables
        At least three tables of features or embeddings by name, with the same images.
    k
        The number of themes.
    seed
        Of UMAP and of the starts.

    Returns
    -------
    Across

    Raises
    ------
    InputError
        If there are fewer than three tables, their images differ, or one cannot be used.

    Notes
    -----
    Medoid of an ensemble of partitions, as in Strehl, A. and Ghosh, J. (2002). Cluster ensembles:
    A knowledge reuse framework for combining multiple partitions. Journal of Machine Learning
    Research 3, 583-617. Index: Hubert, L. and Arabie, P. (1985). Comparing partitions. Journal of
    Classification 2, 193-218.

    Examples
    --------
    >>> from iconometrics import Corpus, embed, themes
    >>> corpus = Corpus.from_folder("photos")  # doctest: +SKIP
    >>> layers = ["fire8/concat_1", "fire9/concat_1", "conv10_1"]  # doctest: +SKIP
    >>> themes.across({layer: embed(corpus, "squeezenet_fp16.onnx", layer=layer)
    ...                for layer in layers}, 6, seed=1).summary()  # doctest: +SKIP
    """
    _check(tables)
    candidates = {name: _themes(name, table, k, seed) for name, table in tables.items()}
    agreements = _agreements(candidates)
    means = {str(n): float(row.drop(n).mean()) for n, row in agreements.iterrows()}
    chosen = max(means, key=lambda name: means[name])
    return Across(candidates[chosen], chosen, agreements, candidates)


def _themes(name: str, table: pd.DataFrame, k: int, seed: int) -> Themes:
    axes = min(_AXES, len(table) - 2)
    placed = project(table, "umap", axes=axes, neighbors=15, least=0, seed=seed)
    with warnings.catch_warnings():
        # What k-means warns of are far and uneven groups: UMAP makes them so.
        warnings.simplefilter("ignore", IconometricsWarning)
        themes = kmeans(placed.points, k, seed=seed, standardize=False)
    numbers = table.select_dtypes("number")
    centers = numbers.groupby(themes.labels.to_numpy()).mean().reindex(themes.centers.index)
    seen = {"representation": name, "reduced": placed.settings, "columns": table.shape[1]}
    return replace(themes, centers=centers, data=table, settings=themes.settings | seen)


def _agreements(candidates: Mapping[str, Themes]) -> pd.DataFrame:
    from sklearn.metrics import adjusted_rand_score

    names = list(candidates)
    values: npt.NDArray[np.float64] = np.eye(len(names))
    for i, first in enumerate(names):
        for j in range(i):
            second = candidates[names[j]].labels.reindex(candidates[first].labels.index)
            values[i, j] = values[j, i] = adjusted_rand_score(candidates[first].labels, second)
    return pd.DataFrame(values, names, names)


def _check(tables: Mapping[str, pd.DataFrame]) -> None:
    if len(tables) < _FEWEST:
        raise InputError(
            f"{len(tables)} tables: expected at least {_FEWEST}, for of two neither agrees more "
            "than the other. Add a layer, a network or a set of features."
        )
    first, *others = tables.items()
    for name, table in others:
        if set(table.index) != set(first[1].index):
            raise InputError(
                f"{name!r} holds other images than {first[0]!r} ({len(table)} and "
                f"{len(first[1])}): expected the same in all. Keep those that all have."
            )
