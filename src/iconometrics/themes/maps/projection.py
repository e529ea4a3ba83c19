"""Many columns seen on few axes: principal components, UMAP and t-SNE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics.errors import InputError, warn
from iconometrics.themes.maps import projected
from iconometrics.themes.maps.picture_map import data_for_app, picture_map
from iconometrics.themes.preparation import Prepared, prepare
from iconometrics.wording import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from iconometrics.corpus import Corpus

__all__ = ["Projection", "project"]

_METHODS = ("pca", "umap", "tsne")
_AXES = {"pca": "component", "umap": "UMAP", "tsne": "t-SNE"}
_UNIT = 64


@dataclass(frozen=True, eq=False)
class Projection:
    """Images placed on few axes, so that what is alike lies together.

    Parameters
    ----------
    points
        One row an image by id, one column an axis.
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
            image, then one column an axis.
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
        """Draw a dot an image on the first two axes.

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
        return projected.scatter(self.points, groups, axes=self._names(), ax=ax)

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
            If these are no principal components.
        """
        return projected.scree(self._of_components(self.scree), ax=ax)

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
            If these are no principal components.
        """
        return projected.loadings(self._of_components(self.loadings), top=top, ax=ax)

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
    told = {"method": method, "seed": seed, "neighbors": neighbors, "least": least}
    told |= {"rows_of_length_one": not standardize, **prepared.settings}
    return _placed(prepared, data, axes, told)


def _check_axes(method: str, axes: int, shape: tuple[int, ...]) -> None:
    images, columns = shape
    most = min(images - 1, columns) if method == "pca" else images - 2
    if not 1 <= axes <= most:
        raise InputError(
            f"axes={axes}: {images} images with {columns} columns that vary allow {most} at most. "
            "Ask for fewer axes, or give more images."
        )


def _placed(prepared: Prepared, data: pd.DataFrame, axes: int, told: dict[str, Any]) -> Projection:
    method, seed, neighbors = told["method"], told["seed"], told["neighbors"]
    matrix = prepared.matrix
    if method == "pca":
        return _components(matrix, data, prepared.ids, axes, told)
    if method == "umap":
        places = projected.umap(matrix, axes, neighbors, seed=seed, least=told["least"])
    else:
        places = projected.tsne(matrix, axes, neighbors, seed=seed)
    return Projection(_points(places, prepared.ids, data, method), told)


def _components(
    matrix: npt.NDArray[np.float64],
    data: pd.DataFrame,
    ids: pd.Index,
    axes: int,
    told: dict[str, Any],
) -> Projection:
    scores, shares, loadings = projected.components(matrix)
    names = [f"pca_{i + 1}" for i in range(len(shares))]
    scree = pd.DataFrame(
        {"component": range(1, len(shares) + 1), "variance": shares, "cumulated": shares.cumsum()}
    )
    kept = [str(c) for c in data.columns if str(c) not in told["constant"]]
    table = pd.DataFrame(loadings[:, :axes], index=kept, columns=names[:axes])
    return Projection(_points(scores[:, :axes], ids, data, "pca"), told, scree, table)


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
