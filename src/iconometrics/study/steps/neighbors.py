"""Comparing images of a study with each other and with any picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import images, themes
from iconometrics.errors import InputError, ReadError
from iconometrics.networks import Network

__all__ = ["balanced", "of_image", "of_picture", "read", "unit_rows"]


def balanced(features: pd.DataFrame) -> pd.DataFrame:
    """Standardize features around their means, so that none outweighs the others."""
    spread = features.std()
    kept = spread.index[spread > 0]
    return (features[kept] - features[kept].mean()) / spread[kept]


def unit_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Bring rows of an embedding to length one: their direction says what is seen."""
    lengths = np.linalg.norm(table.to_numpy(), axis=1)
    return table.div(np.where(lengths == 0, 1, lengths).astype(np.float32), axis=0)


def of_image(table: pd.DataFrame, image: str, *, n: int) -> pd.DataFrame:
    """Find the neighbors of an image."""
    return themes.neighbors(table, image, n=n)


def of_picture(
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


def read(path: Path) -> NDArray[np.uint8]:
    """Read a picture that need not be in the study."""
    try:
        return images.read(path)
    except ReadError as error:
        raise InputError(f"{path}: {error}.") from error
