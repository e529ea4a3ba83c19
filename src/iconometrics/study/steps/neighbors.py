"""The step neighbors: images of a study compared with each other and with any picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import images, themes
from iconometrics.errors import InputError, ReadError, StudyError
from iconometrics.networks import Network
from iconometrics.study.disk.layout import Layout
from iconometrics.study.steps.embed import network_of
from iconometrics.study.steps.features import side_by_side

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["compared", "neighbors"]


def neighbors(
    layout: Layout,
    corpus: Corpus,
    of: str | Path,
    *,
    n: int,
    on: str,
    table: pd.DataFrame,
    box: tuple[int, int, int, int] | None,
) -> pd.DataFrame:
    """Find the images most similar to one of the study, to any file, or to a part of either."""
    known = str(of) in table.index
    if known and box is None:
        return themes.neighbors(table, str(of), n=n)
    if not known and not Path(of).is_file():
        raise InputError(
            f"{of}: neither an image of the study that can be compared, nor a file; expected "
            f"one of either, such as {table.index[0]!r}."
        )
    network = network_of(layout, on)
    whole = corpus.open(str(of)).pixels if known else _read(Path(of))
    return _of_picture(table, network, whole, box=box, n=n)


def compared(
    on: str | None, embeddings: Mapping[str, pd.DataFrame], features: Mapping[str, pd.DataFrame]
) -> tuple[str, pd.DataFrame]:
    """Choose by what images are compared: the newest embedding, else all features."""
    if on is None and embeddings:
        on = list(embeddings)[-1]
    if on is None and features:
        return "features", _balanced(side_by_side(features.values()))
    if on in embeddings:
        return str(on), embeddings[str(on)]
    if on in features:
        return str(on), _balanced(features[str(on)])
    if on is None:
        raise StudyError(
            "there is nothing to compare images by: run study.embed(network) or "
            "study.features() first."
        )
    raise InputError(
        f"on={on!r}: expected an embedding or a set of features of the study, one of "
        f"{', '.join([*embeddings, *features]) or 'none yet'}."
    )


def _balanced(features: pd.DataFrame) -> pd.DataFrame:
    """Standardize features around their means, so that none outweighs the others."""
    spread = features.std()
    kept = spread.index[spread > 0]
    return (features[kept] - features[kept].mean()) / spread[kept]


def _of_picture(
    table: pd.DataFrame,
    network: Network | None,
    pixels: NDArray[np.uint8],
    *,
    box: tuple[int, int, int, int] | None,
    n: int,
) -> pd.DataFrame:
    """Find the neighbors of a picture, or of a part of it."""
    if network is None:
        raise InputError(
            "a file or a part of a picture is compared by a network: embed the study first "
            "(study.embed), or name an image of the study."
        )
    part = pixels if box is None else images.crop(pixels, box)
    return themes.neighbors(table, network.embed(np.ascontiguousarray(part)), n=n)


def _read(path: Path) -> NDArray[np.uint8]:
    """Read a picture that need not be in the study."""
    try:
        return images.read(path)
    except ReadError as error:
        raise InputError(f"{path}: {error}.") from error
