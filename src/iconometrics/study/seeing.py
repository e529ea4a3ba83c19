"""The steps with a network: embeddings, themes in them, neighbors and maps; and names of themes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics.errors import InputError, StudyError
from iconometrics.study.exploration import SETS, Exploration
from iconometrics.study.steps import embed as embedding
from iconometrics.study.steps import features as featuring
from iconometrics.study.steps import map as placing
from iconometrics.study.steps import neighbors as similar
from iconometrics.study.steps import themes as grouping

if TYPE_CHECKING:
    from iconometrics.features import Extractor
    from iconometrics.networks import Network
    from iconometrics.themes import Projection, Themes

__all__ = ["Seeing"]


class Seeing(Exploration):
    """The steps with a network."""

    def embed(
        self,
        network: str | Path | Network,
        *,
        layer: str | None = None,
        pool: str | None = None,
        size: int | None = None,
        batch: int = 16,
    ) -> pd.DataFrame:
        """Compute what a network sees in each image; only rows that are not there yet are computed.

        Parameters
        ----------
        network
            As for `iconometrics.embed`: an ONNX file, an architecture, a name of the hub, or a
            network.
        layer, pool, size
            As for `iconometrics.embed`.
        batch
            Images that go through the network together.

        Returns
        -------
        pandas.DataFrame
            float32, one row an image that could be read.
        """
        from iconometrics import networks

        made = networks.network(network, layer=layer, pool=pool, size=size)
        found = embedding.embed(self._layout, self._checked(), made, batch=batch)
        featuring.tell({made.name: found})
        return found.values

    def themes(
        self,
        k: int | Iterable[int] = range(2, 11),
        *,
        features: Sequence[str | Extractor] = SETS,
        seed: int | None = None,
        name: str = "themes",
        **options: Any,
    ) -> Themes:
        there = self.embeddings()
        seen = [one for one in features if isinstance(one, str) and one in there]
        if not seen:
            return super().themes(k, features=features, seed=seed, name=name, **options)
        if len(seen) < len(features):
            raise InputError(
                f"features={list(features)}: expected sets of features, or embeddings, not both. "
                "iconometrics.themes.across compares themes of several kinds."
            )
        keys = {one: entry["key"] for one, entry in embedding.known(self._layout).items()}
        images = featuring.fingerprint(self.corpus.readable.sources())
        return grouping.find(
            self._layout,
            similar.unit_rows(featuring.side_by_side(there[one] for one in seen)),
            inputs={"embeddings": {one: keys[one] for one in seen}, "images": images},
            sets=seen,
            k=k,
            seed=self.seed if seed is None else seed,
            name=name,
            **{"standardize": False, **options},
        )

    def name_themes(self, names: Mapping[str, str]) -> Themes:
        """Give the newest themes names; they stay with them in the study and its report.

        Parameters
        ----------
        names
            A name by theme, such as ``{"1": "streets"}``.

        Returns
        -------
        Themes

        Raises
        ------
        StudyError
            If there are no themes.
        InputError
            If there is no such theme, or a name is empty or twice there.
        """
        grouping.name_newest(self._layout, names)
        named = self.latest_themes()
        assert named is not None
        return named

    def neighbors(
        self,
        of: str | Path,
        *,
        n: int = 10,
        on: str | None = None,
        box: tuple[int, int, int, int] | None = None,
    ) -> pd.DataFrame:
        """Find the images most similar to one of the study, to any file, or to a part of either.

        Parameters
        ----------
        of
            An image's id, or the path of a picture that need not be in the study.
        n
            How many.
        on
            The embedding, or set of features, to compare by; by default the newest embedding, else
            all features.
        box
            Left, top, right and bottom in pixels: only this part of the picture is looked for.

        Returns
        -------
        pandas.DataFrame
            rank, image, similarity (-1 to 1), the most similar first.

        Raises
        ------
        InputError
            If there is no such image or file, or a file is compared by features alone.
        """
        name, table = self._compared(on)
        known = str(of) in table.index
        if known and box is None:
            return similar.of_image(table, str(of), n=n)
        if not known and not Path(of).is_file():
            raise InputError(
                f"{of}: neither an image of the study that can be compared, nor a file; expected "
                f"one of either, such as {table.index[0]!r}."
            )
        network = embedding.network_of(self._layout, name)
        whole = self.corpus.open(str(of)).pixels if known else similar.read(Path(of))
        return similar.of_picture(table, network, whole, box=box, n=n)

    def project(
        self,
        method: str = "umap",
        *,
        on: str | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> Projection:
        """Place the images on a map, or read the one that was made before.

        Parameters
        ----------
        method
            "umap", "tsne" or "pca".
        on
            As for `neighbors`.
        seed
            Of the start; by default the study's.
        **options
            Further options of `iconometrics.themes.project`.

        Returns
        -------
        Projection
        """
        name, table = self._compared(on)
        return placing.project(
            self._layout,
            table,
            method,
            on=name,
            images=featuring.fingerprint(self.corpus.readable.sources()),
            seed=self.seed if seed is None else seed,
            **options,
        )

    def _compared(self, on: str | None) -> tuple[str, pd.DataFrame]:
        """Choose by what images are compared."""
        seen, measured = self.embeddings(), self.feature_tables()
        if on is None and seen:
            on = list(seen)[-1]
        if on is None and measured:
            return "features", similar.balanced(featuring.side_by_side(measured.values()))
        if on in seen:
            return str(on), seen[str(on)]
        if on in measured:
            return str(on), similar.balanced(measured[str(on)])
        if on is None:
            raise StudyError(
                "there is nothing to compare images by: run study.embed(network) or "
                "study.features() first."
            )
        raise InputError(
            f"on={on!r}: expected an embedding or a set of features of the study, one of "
            f"{', '.join([*seen, *measured]) or 'none yet'}."
        )
