"""The card of a model: what it is, what it was made from, how well it did."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import __version__
from iconometrics.corpus import Corpus

__all__ = ["content", "data_hash", "sha256_of", "training_table", "versions"]

_PLACE = ("left", "top", "right", "bottom")
_UNREAD = ("file", "bytes", "modified")
_PACKAGES = ("numpy", "scikit-learn", "skops", "pandas", "opencv-python-headless", "pillow")


def versions() -> dict[str, str]:
    """Give the versions of what computed the model."""
    packages = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {"iconometrics": __version__, "python": platform.python_version(), **packages}


def training_table(ids: pd.Index | None, y: NDArray[Any], hashes: pd.Series | None) -> pd.DataFrame:
    """List the images that a model was trained on: image, sha256 where known, label."""
    images = pd.RangeIndex(len(y)) if ids is None else ids
    sha256 = pd.Series(pd.NA, index=images) if hashes is None else hashes.reindex(images)
    return pd.DataFrame(
        {
            "image": images.astype(str),
            "sha256": sha256.astype("str").array,
            "label": pd.Series(y).astype("str").array,
        }
    )


def data_hash(training: pd.DataFrame, data: NDArray[Any]) -> str:
    """Hash the images, labels and numbers that a model was trained on."""
    digest = hashlib.sha256()
    for row in training[["image", "label"]].itertuples(index=False):
        digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    digest.update(repr((data.shape, data.dtype.str)).encode())
    digest.update(np.ascontiguousarray(data).data)
    return digest.hexdigest()


def sha256_of(X: Any) -> pd.Series | None:
    """The hashes of a corpus's images, where it is a corpus."""
    return X.images["sha256"] if isinstance(X, Corpus) else None


def content(corpus: Corpus) -> bytes:
    """Name the images of a corpus by what they show, in their order."""
    images = corpus.images
    known = images[["sha256", *_PLACE]]
    unread = images[list(_UNREAD)].where(images["sha256"].isna())
    rows = pd.concat([known, unread], axis=1).astype("str")
    return bytes(pd.util.hash_pandas_object(rows, index=True).to_numpy().tobytes())
