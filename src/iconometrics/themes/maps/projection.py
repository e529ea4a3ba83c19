"""Many columns seen on few axes: principal components, UMAP and t-SNE."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics import figures
from iconometrics.errors import InputError, warn
from iconometrics.figures import palette
from iconometrics.themes.maps.picture_map import data_for_app, picture_map
from iconometrics.themes.preparation import Prepared, prepare
from iconometrics.wording import number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from iconometrics.corpus import Corpus

__all__ = ["Projection", "project"]

_METHODS = ("pca", "umap", "tsne")
_AXES = {"pca": "component", "umap": "UMAP", "tsne": "t-SNE"}
_UNIT = 64
_FIRST = 50
_MANY = 5_000
_SHOWN = 20
_COLORS = len(palette.CATEGORIES)

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Projection:
    """Images placed on few axes, so that what is alike lies together.

    Parameters
    ----------
    points
        One row per image by id, one column per axis.
    settings
        How they came to be: method, seed, options, and what was done to the table.
    scree
        Of principal components: component, variance (share), cumulated; None for other methods.
    loadings
        Of principal components: correlation of each column with each component, columns x
        components; None for other methods.

    Examples
    --------
    >>> from iconometrics import themes
    >>> data = pd.DataFrame({"x": [0, 1, 2.], "y": [0, 1, 2.5]}, index=list("abc"))
    >>> themes.project(data, method="pca", seed=1).scree["variance"].round(2).tolist()
    [1.0, 0.0]
    """

    points: pd.DataFrame
    settings: dict[str, Any]
    scree: pd.DataFrame | None = field(default=None, repr=False)
    loadings: pd.DataFrame | None = field(default=None, repr=False)

    @property
    def method(self) -> str:
        """How they were placed: pca, umap or tsne."""
        return str(self.settings["method"])

    def table(self) -> pd.DataFrame:
        """Give the places.

        Returns
        -------
        pandas.DataFrame
            image, then one column per axis.
        """
        return self.points.rename_axis("image").reset_index()

    def summary(self) -> str:
        """Say in a sentence what the axes hold.

        Returns
        -------
        str
        """
        images = f"{len(self.points):,} images on {self.points.shape[1]} axes"
        if self.scree is not None:
            kept = self.scree["cumulated"].iloc[self.points.shape[1] - 1]
            return f"{images}, which hold {percent(kept)} of the variance."
        return (
            f"{images} by {_AXES[self.method]}: who is next to whom can be read, distances between "
            "far groups and their sizes cannot."
        )

    def plot(self, ax: Axes | None = None, *, groups: pd.Series | None = None) -> Axes:
        """Draw a dot per image on the first two axes.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.
        groups
            A theme or any group by image id: colored, and named in its middle.

        Returns
        -------
        matplotlib.axes.Axes
        """
        return _scatter(self.points, groups, axes=self._names(), ax=ax)

    def plot_scree(self, ax: Axes | None = None) -> Axes:
        """Draw the share of variance of each component.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        InputError
            If these are not principal components.
        """
        return _scree(self._of_components(self.scree), ax=ax)

    def plot_loadings(self, ax: Axes | None = None, *, top: int = 12) -> Axes:
        """Draw the columns that go most with the first two components.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.
        top
            Columns, at most.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        InputError
            If these are not principal components.
        """
        return _loadings(self._of_components(self.loadings), top=top, ax=ax)

    def picture_map(
        self,
        corpus: Corpus,
        *,
        across: int | None = None,
        anonymize: bool = False,
        groups: pd.Series | None = None,
    ) -> Figure:
        """Show the pictures themselves in their places, none on top of another.

        The plane is cut into cells. Empty regions are narrowed first and crowds widened, without a
        change of order. Each picture goes to the free cell nearest to its place; where there is
        none nearby it is left out, and the map says how many are.

        Parameters
        ----------
        corpus
            Holds the images.
        across
            Cells across; the more, the smaller the pictures. By default as many as the pictures
            need, 40 at most.
        anonymize
            Whether to blur faces.
        groups
            A theme or any group by image id: a frame in its color around each picture.

        Returns
        -------
        matplotlib.figure.Figure
            `figures.save` writes it as PNG and PDF.
        """
        cells = int(np.clip(1.35 * len(self.points) ** 0.5, 6, 40)) if across is None else across
        return picture_map(corpus, self.points, across=cells, anonymize=anonymize, groups=groups)

    def data(self, groups: Mapping[str, pd.Series] | None = None) -> dict[str, Any]:
        """Give all that an interactive map needs, as plain values for JSON.

        Parameters
        ----------
        groups
            Further columns by image id, such as the themes.

        Returns
        -------
        dict
            method, seed, axes, images (ids), x and y (0 to 1, y upward), and each group's values.
        """
        return data_for_app(self.points, self.settings, groups or {}, axes=self._names())

    def _names(self) -> tuple[str, str]:
        name = _AXES[self.method]
        if self.points.shape[1] < 2:
            raise InputError("one axis: expected two to draw. Use project(data, axes=2).")
        if self.scree is None:
            return f"{name} 1", f"{name} 2"
        shares = [percent(share) for share in self.scree["variance"].iloc[:2]]
        first, second = (f"{name} {i + 1} ({share})" for i, share in enumerate(shares))
        return first, second

    def _of_components(self, table: pd.DataFrame | None) -> pd.DataFrame:
        if table is None:
            raise InputError(
                f"method={self.method!r}: only principal components have shares of variance and "
                'loadings. Use project(data, method="pca").'
            )
        return table

    def _repr_html_(self) -> str:
        return f"<p>{self.summary()}</p>"


def project(
    data: pd.DataFrame,
    method: str = "pca",
    *,
    axes: int = 2,
    seed: int = 1,
    neighbors: int = 15,
    least: float = 0.1,
    standardize: bool | None = None,
) -> Projection:
    """Place images on few axes.

    Parameters
    ----------
    data
        Numbers by image id, such as features or an embedding.
    method
        "pca" (directions of largest variance), "umap" or "tsne" (both keep neighbors together).
    axes
        How many axes.
    seed
        Of the start; the same seed gives the same places.
    neighbors
        For UMAP the number of neighbors that are kept together, for t-SNE twice the perplexity.
    least
        For UMAP: how close together images may be placed; 0 before clustering.
    standardize
        Whether columns are standardized, as for features, or rows brought to length one, as for
        embeddings; by default the latter with 64 or more columns of one block.

    Returns
    -------
    Projection

    Raises
    ------
    InputError
        If the method is unknown, the table holds something else than numbers, or it is too small.

    Notes
    -----
    Jolliffe (2002), Principal component analysis; McInnes, Healy and Melville (2018), UMAP,
    arXiv:1802.03426; van der Maaten and Hinton (2008), Visualizing data using t-SNE.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [0, 1, 2.], "y": [1, 0, 1.]}, index=list("abc"))
    >>> project(data).points.shape
    (3, 2)
    """
    if method not in _METHODS:
        raise InputError(f"method={method!r}: expected one of {', '.join(_METHODS)}.")
    if standardize is None:
        standardize = not _is_embedding(data)
    table = data if standardize else _unit_rows(data)
    prepared = prepare(table, standardize=standardize, components=None)
    _check_axes(method, axes, prepared.matrix.shape)
    settings = {"method": method, "seed": seed, "neighbors": neighbors, "least": least}
    settings |= {"rows_of_length_one": not standardize, **prepared.settings}
    return _placed(prepared, data, axes, settings)


def _check_axes(method: str, axes: int, shape: tuple[int, ...]) -> None:
    images, columns = shape
    most = min(images - 1, columns) if method == "pca" else images - 2
    if not 1 <= axes <= most:
        raise InputError(
            f"axes={axes}: {images} images with {columns} columns that vary allow {most} at most. "
            "Ask for fewer axes, or give more images."
        )


def _placed(
    prepared: Prepared, data: pd.DataFrame, axes: int, settings: dict[str, Any]
) -> Projection:
    method, seed, neighbors = settings["method"], settings["seed"], settings["neighbors"]
    matrix = prepared.matrix
    if method == "pca":
        return _components(matrix, data, prepared.ids, axes, settings)
    if method == "umap":
        places = _umap(matrix, axes, neighbors, seed=seed, least=settings["least"])
    else:
        places = _tsne(matrix, axes, neighbors, seed=seed)
    return Projection(_points(places, prepared.ids, data, method), settings)


def _components(
    matrix: npt.NDArray[np.float64],
    data: pd.DataFrame,
    ids: pd.Index,
    axes: int,
    settings: dict[str, Any],
) -> Projection:
    scores, shares, loadings = _principal(matrix)
    names = [f"pca_{i + 1}" for i in range(len(shares))]
    scree = pd.DataFrame(
        {"component": range(1, len(shares) + 1), "variance": shares, "cumulated": shares.cumsum()}
    )
    kept = [str(c) for c in data.columns if str(c) not in settings["constant"]]
    table = pd.DataFrame(loadings[:, :axes], index=kept, columns=names[:axes])
    return Projection(_points(scores[:, :axes], ids, data, "pca"), settings, scree, table)


def _points(
    places: npt.NDArray[np.floating[Any]], ids: pd.Index, data: pd.DataFrame, method: str
) -> pd.DataFrame:
    columns = [f"{method}_{number + 1}" for number in range(places.shape[1])]
    return pd.DataFrame(places, index=ids, columns=columns).reindex(data.index)


def _is_embedding(data: pd.DataFrame) -> bool:
    blocks = {str(name).split("_")[0] for name in data.columns}
    return len(blocks) == 1 and data.shape[1] >= _UNIT


def _unit_rows(data: pd.DataFrame) -> pd.DataFrame:
    numbers = data.to_numpy(np.float32, na_value=np.nan)
    lengths = np.linalg.norm(numbers, axis=1, keepdims=True)
    if (lengths == 0).any():
        image = data.index[int(np.argmin(lengths))]
        warn(f"{image!r} has zeros only: it has no direction")
    return pd.DataFrame(numbers / np.where(lengths == 0, 1, lengths), data.index, data.columns)


def _principal(matrix: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Find the principal components of a centered matrix."""
    left, singular, right = np.linalg.svd(matrix, full_matrices=False)
    signs = np.sign(right[np.arange(len(right)), np.abs(right).argmax(axis=1)])
    signs[signs == 0] = 1
    right, left = right * signs[:, None], left * signs
    spread = np.sqrt((matrix**2).sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        correlations = np.where(spread[:, None] > 0, (right.T * singular) / spread[:, None], 0)
    return left * singular, singular**2 / (singular**2).sum(), correlations


def _umap(
    matrix: Matrix, axes: int, neighbors: int, *, seed: int, least: float
) -> npt.NDArray[np.float32]:
    """Place rows by UMAP."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from umap import UMAP

        model = UMAP(
            n_components=axes,
            n_neighbors=min(neighbors, len(matrix) - 1),
            min_dist=least,
            init=_start(matrix, axes),
            random_state=seed,
            n_jobs=1,
        )
        reduced = _reduced(matrix) if len(matrix) > _MANY else matrix
        places: npt.NDArray[np.float32] = model.fit_transform(reduced.astype(np.float32))
    return places


def _tsne(matrix: Matrix, axes: int, neighbors: int, *, seed: int) -> npt.NDArray[np.float32]:
    """Place rows by t-SNE."""
    from sklearn.manifold import TSNE

    model = TSNE(
        n_components=axes,
        perplexity=min(2 * neighbors, (len(matrix) - 1) / 3),
        init="pca" if min(matrix.shape) >= axes else "random",
        method="barnes_hut" if axes < 4 else "exact",
        random_state=seed,
    )
    places: npt.NDArray[np.float32] = model.fit_transform(_reduced(matrix).astype(np.float32))
    return places


def _scatter(
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


def _scree(table: pd.DataFrame, *, ax: Axes | None) -> Axes:
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
        text = f"first {len(shown)}: {percent(last['cumulated'])} of the variance"
        ax.text(0.98, 0.95, text, transform=ax.transAxes, ha="right", va="top", fontsize=7.5)
        ax.set_xticks(shown["component"][:: max(1, len(shown) // 8)])
    return ax


def _loadings(table: pd.DataFrame, *, top: int, ax: Axes | None) -> Axes:
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
