"""The most similar images: to an image, to any picture, to a crop; and groups of near copies."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics import stats
from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.themes.interpretation.sheets import contact_sheet
from iconometrics.wording import counted, number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from iconometrics.corpus import Corpus

__all__ = ["Neighbors", "neighbors", "show_neighbors"]

_EXACT = 100_000
_LINKS = 32
_SEARCHED = 96
_SAMPLE = 200
_BLOCK = 4096

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Neighbors:
    """Which images are alike, by the cosine of the angle between their rows of numbers.

    Up to 100,000 images every pair is compared; above that a graph of neighbors is searched
    (HNSW), which finds nearly all: `recall` says how many.

    Parameters
    ----------
    data
        An embedding, or features brought to one scale: one row per image by id.
    exact
        Whether every pair is compared; by default up to 100,000 images.
    seed
        Of the sample that the recall is measured on.

    Raises
    ------
    InputError
        If the table is empty, an id occurs twice, or a value is not a number.

    Notes
    -----
    Malkov, Y. A. and Yashunin, D. A. (2020). Efficient and robust approximate nearest neighbor
    search using hierarchical navigable small world graphs. IEEE Transactions on Pattern Analysis
    and Machine Intelligence 42, 824-836. Computed with faiss.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [1, 1, 0.], "y": [0, .1, 1]}, index=["a", "b", "c"])
    >>> Neighbors(data).of("a", n=1)["image"].tolist()
    ['b']
    """

    data: pd.DataFrame = field(repr=False)
    exact: bool | None = field(default=None, kw_only=True)
    seed: int = field(default=1, kw_only=True)
    _rows: Matrix = field(init=False, repr=False)

    def __post_init__(self) -> None:
        _check(self.data)
        object.__setattr__(self, "_rows", _unit(self.data.to_numpy(np.float32)))
        if self.exact is None:
            object.__setattr__(self, "exact", len(self.data) <= _EXACT)

    def of(self, what: str | npt.ArrayLike, *, n: int = 10) -> pd.DataFrame:
        """Find the images most similar to one.

        Parameters
        ----------
        what
            An image's id, or a row of numbers: what the same network or rule gave for any file,
            region or crop.
        n
            How many.

        Returns
        -------
        pandas.DataFrame
            rank, image, similarity (-1 to 1), the most similar first; never the image itself.

        Raises
        ------
        InputError
            If there is no such image, or the row has another length.
        """
        known = isinstance(what, str)
        row = self._row(what) if isinstance(what, str) else _vector(what, self._rows.shape[1])
        places, values = self._search(row[None], n + known)
        table = pd.DataFrame({"image": self.data.index[places[0]], "similarity": values[0]})
        table = table[table["image"] != what].head(n) if known else table
        table = table.reset_index(drop=True)
        table.insert(0, "rank", range(1, len(table) + 1))
        return table

    def table(self, n: int = 10) -> pd.DataFrame:
        """Find the neighbors of every image.

        Parameters
        ----------
        n
            How many of each.

        Returns
        -------
        pandas.DataFrame
            image, rank, neighbor, similarity.
        """
        own = np.arange(len(self.data))
        places, values = self._search(self._rows, n + 1)
        # Of copies any may come first: the image itself is taken out, wherever it stands.
        alone = places != own[:, None]
        alone[alone.all(axis=1), -1] = False
        each = places.shape[1] - 1
        names = self.data.index
        return pd.DataFrame(
            {
                "image": np.repeat(names.to_numpy(), each),
                "rank": np.tile(np.arange(1, each + 1), len(own)),
                "neighbor": names.to_numpy()[places[alone]],
                "similarity": values[alone],
            }
        )

    def near_duplicates(self, least: float = 0.98) -> pd.DataFrame:
        """Group images that are nearly the same, as far as these numbers show.

        An image belongs to a group if it is at least so similar to one other of it.

        Parameters
        ----------
        least
            Similarity from which two images are near copies. What is high enough depends on the
            network: look at the groups.

        Returns
        -------
        pandas.DataFrame
            image, group (1 for the largest), similarity (to the most similar of the group);
            images without a near copy are left out.
        """
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        first, second, values = self._pairs(least)
        n = len(self.data)
        links = coo_matrix((np.ones(len(first)), (first, second)), (n, n))
        _, member = connected_components(links, directed=False)
        best = np.full(n, -np.inf)
        np.maximum.at(best, first, values)
        np.maximum.at(best, second, values)
        kept = np.flatnonzero(np.isfinite(best))
        sizes = np.bincount(member, minlength=1)
        table = pd.DataFrame(
            {
                "image": self.data.index[kept],
                "group": member[kept],
                "similarity": best[kept].astype(np.float32),
                "size": sizes[member[kept]],
            }
        ).sort_values(["size", "group", "image"], ascending=[False, True, True])
        table["group"] = pd.factorize(table["group"])[0] + 1
        return table.drop(columns="size").reset_index(drop=True)

    @cached_property
    def recall(self) -> tuple[float, float, float]:
        """Share of the ten nearest that the search finds, with its 95 % interval.

        Measured on 200 images drawn at random, against a comparison with every image; 1 where
        every pair is compared anyway.
        """
        if self.exact:
            return 1.0, 1.0, 1.0
        n = len(self._rows)
        drawn = generator(self.seed).choice(n, min(_SAMPLE, n), replace=False)
        nearest, _ = self._search(self._rows[drawn], 11)
        true, _ = _exact(self._rows, self._rows[drawn], min(11, n))
        # To find an image when asked for itself is no merit.
        others = true != drawn[:, None]
        hits = np.stack([np.isin(t, f) for t, f in zip(true, nearest, strict=True)])
        shares = (hits & others).sum(axis=1) / np.maximum(others.sum(axis=1), 1)
        low, high = stats.bootstrap(np.mean, shares, seed=self.seed)
        return float(shares.mean()), float(low), float(high)

    def _row(self, image: str) -> Matrix:
        if image not in self.data.index:
            raise InputError(
                f"{image!r}: no such image; expected the id of one of {len(self.data):,}, such as "
                f"{self.data.index[0]!r}. For another picture give its row of numbers."
            )
        row: Matrix = self._rows[self.data.index.get_loc(image)]
        return row

    def _search(self, rows: Matrix, n: int) -> tuple[npt.NDArray[np.int64], Matrix]:
        n = min(n, len(self._rows))
        if self.exact:
            return _exact(self._rows, rows, n)
        values, places = self._index.search(rows, n)
        return places, values

    def _pairs(self, least: float) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Matrix]:
        """List the pairs at least so similar: all of them, or those among 50 neighbors each."""
        first, second, similar = [], [], []
        for start in range(0, len(self._rows), _BLOCK):
            some = self._rows[start : start + _BLOCK]
            if self.exact:
                values = some @ self._rows[start:].T
                row, column = np.nonzero(np.triu(values >= least, 1))
                first.append(start + row)
                second.append(start + column)
                similar.append(values[row, column])
            else:
                places, values = self._search(some, 51)
                row, column = np.nonzero(values >= least)
                apart = places[row, column] != start + row
                first.append(start + row[apart])
                second.append(places[row, column][apart])
                similar.append(values[row, column][apart])
        return np.concatenate(first), np.concatenate(second), np.concatenate(similar)

    @cached_property
    def _index(self) -> Any:
        import faiss

        index = faiss.IndexHNSWFlat(self._rows.shape[1], _LINKS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = 2 * _SEARCHED
        index.hnsw.efSearch = _SEARCHED
        index.add(self._rows)
        return index

    def _repr_html_(self) -> str:
        how = "every pair is compared" if self.exact else "a graph of neighbors is searched"
        return f"<p>Neighbors among {len(self.data):,} images; {how}.</p>"


def neighbors(
    data: pd.DataFrame, of: str | npt.ArrayLike, *, n: int = 10, exact: bool | None = None
) -> pd.DataFrame:
    """Find the images most similar to one.

    Parameters
    ----------
    data
        An embedding, or features brought to one scale: one row per image by id.
    of
        An image's id, or a row of numbers.
    n
        How many.
    exact
        As for `Neighbors`.

    Returns
    -------
    pandas.DataFrame
        rank, image, similarity.

    Raises
    ------
    InputError
        As `Neighbors`.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [1, 1, 0.], "y": [0, .1, 1]}, index=["a", "b", "c"])
    >>> neighbors(data, [0, 2], n=1)["image"].tolist()
    ['c']
    """
    return Neighbors(data, exact=exact).of(of, n=n)


def show_neighbors(corpus: Corpus, found: pd.DataFrame, *, anonymize: bool = False) -> Figure:
    """Show the images that were found, the most similar first.

    Parameters
    ----------
    corpus
        Holds the images.
    found
        What `neighbors` gave.
    anonymize
        Whether to blur faces and leave out ids.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> from iconometrics import Study, themes
    >>> study = Study.open("photos-study")  # doctest: +SKIP
    >>> themes.show_neighbors(study.corpus, study.neighbors("7.jpg"))  # doctest: +SKIP
    """
    most, least = float(found["similarity"].max()), float(found["similarity"].min())
    heading = f"Most similar: {number(most)} to {number(least)}"
    shown = {"": [str(image) for image in found["image"]]}
    return contact_sheet(corpus, shown, headings={"": heading}, anonymize=anonymize)


def _check(data: pd.DataFrame) -> None:
    if not data.shape[0] or not data.shape[1]:
        raise InputError(
            f"a table of {counted(data.shape[0], 'image')} and {counted(data.shape[1], 'column')}: "
            "expected at least one of each. Embed the images first."
        )
    twice = data.index[data.index.duplicated()]
    if len(twice):
        raise InputError(f"image {twice[0]!r} has more than one row: expected one row per image.")
    values = data.to_numpy(np.float32, na_value=np.nan)
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0].tolist()
        raise InputError(
            f"image {data.index[row]!r} has no number in column "
            f"{data.columns[column]!r}: expected a table without gaps. Leave such images out "
            "(data.dropna())."
        )


def _unit(values: Matrix) -> Matrix:
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    unit: Matrix = np.ascontiguousarray(values / np.where(lengths == 0, 1, lengths), np.float32)
    return unit


def _vector(what: npt.ArrayLike, width: int) -> Matrix:
    row = np.asarray(what, np.float32).ravel()
    if len(row) != width or not np.isfinite(row).all():
        raise InputError(
            f"a row of {len(row)} numbers: expected {width} finite ones, from the same network or "
            "rule as the table."
        )
    unit: Matrix = _unit(row[None])[0]
    return unit


def _exact(rows: Matrix, wanted: Matrix, n: int) -> tuple[npt.NDArray[np.int64], Matrix]:
    import faiss

    values, places = faiss.knn(wanted, rows, n, metric=faiss.METRIC_INNER_PRODUCT)
    return places, values
