"""Labeled pictures for a network, looked at before any training starts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics.coders import card, labels
from iconometrics.coders.training_set import known_labels
from iconometrics.corpus import Corpus
from iconometrics.errors import InputError, warn
from iconometrics.wording import counted, listed

if TYPE_CHECKING:
    from iconometrics.networks.training import Pictures

__all__ = ["LabeledPictures", "classes_of", "labels_of", "numbers_of", "pictures_of", "size_of"]


@dataclass(frozen=True, eq=False)
class LabeledPictures:
    """Labeled pictures."""

    X: Any
    y: NDArray[Any]
    groups: NDArray[Any]
    grouped: bool
    names: tuple[str, ...]

    @property
    def ids(self) -> pd.Index:
        """Ids of the pictures; numbers where they have none."""
        return self.X.ids if isinstance(self.X, Corpus) else pd.RangeIndex(len(self.X))

    def training_table(self) -> pd.DataFrame:
        """List the images: image, sha256 where known, label."""
        y = self.y
        if y.ndim > 1:
            y = np.array([";".join(np.array(self.names)[row > 0]) for row in y], dtype=object)
        return card.training_table(self.ids, y, card.sha256_of(self.X))

    def digest(self) -> str:
        """Hash the pictures, labels and groups."""
        digest = hashlib.sha256()
        for row in self.training_table().itertuples(index=False):
            digest.update(repr(tuple(map(str, row))).encode("utf-8", "surrogatepass"))
        digest.update(repr(self.groups.tolist()).encode("utf-8", "surrogatepass"))
        if not isinstance(self.X, Corpus):
            digest.update(np.ascontiguousarray(self.X).data)
        return digest.hexdigest()


def classes_of(X: Any, y: Any, groups: Any) -> LabeledPictures:
    """Gather pictures of which each has one class."""
    X = _pictures(X)
    known = known_labels(y, groups, ids=_ids(X), n=len(X))
    chosen, used = _readable(X, known.at)
    known = known if used.all() else known.keep(used)
    own = np.arange(len(known.y))
    return LabeledPictures(
        chosen,
        known.y,
        own if known.groups is None else known.groups,
        known.groups is not None,
        (known.variable,),
    )


def labels_of(X: Any, y: Any, groups: Any) -> LabeledPictures:
    """Gather pictures of which each may have several labels."""
    X = _pictures(X)
    table = labels.aligned_columns(y, _ids(X), n=len(X))
    unnamed = [f"label{k}" for k in range(table.shape[1])]
    names = tuple(map(str, y.columns if isinstance(y, pd.DataFrame) else unnamed))
    has = labels.labeled(table.sum(axis=1))
    wrong = ~np.isin(table[has], (0, 1))
    if wrong.any():
        raise InputError(
            f"label {table[has][wrong][0]:g} in column {names[int(wrong.any(0).argmax())]!r}: "
            "expected 0 or 1, one column per label. Text such as 'flag;crowd' becomes that with "
            "y.str.get_dummies(';')."
        )
    chosen, used = _readable(X, np.flatnonzero(has))
    y_used = table[has][used]
    counts = y_used.sum(axis=0)
    for name, count in zip(names, counts, strict=True):
        if min(count, len(y_used) - count) < 2:
            raise InputError(
                f"label {name!r} occurs in {count:.0f} of {len(y_used)} images: expected at "
                "least two with it and two without. Code more images, or leave it out."
            )
    return LabeledPictures(chosen, y_used, *_grouped(groups, X, np.flatnonzero(has)[used]), names)


def numbers_of(X: Any, y: Any, groups: Any) -> LabeledPictures:
    """Gather pictures with a number each."""
    X = _pictures(X)
    values = labels.align(y, _ids(X), n=len(X), what="values")
    numbers = pd.to_numeric(pd.Series(values), errors="coerce").to_numpy(float)
    text = ~pd.isna(values) & np.isnan(numbers)
    infinite = np.isinf(numbers)
    if text.any() or infinite.any():
        at = np.flatnonzero(text | infinite)
        raise InputError(
            f"{counted(len(at), 'value')} cannot be used as a number, such as {values[at[0]]!r}: "
            "expected finite numbers. Recode them, or leave those images out."
        )
    has = labels.labeled(numbers)
    chosen, used = _readable(X, np.flatnonzero(has))
    values = numbers[has][used]
    if len(values) < 3 or np.ptp(values) == 0:
        raise InputError(
            f"{len(values)} images with {len(np.unique(values))} different values: expected at "
            "least three images that differ. There is nothing to learn from these."
        )
    name = str(getattr(y, "name", None) or "value")
    return LabeledPictures(chosen, values, *_grouped(groups, X, np.flatnonzero(has)[used]), (name,))


def pictures_of(X: Any, *, size: tuple[int, int], channels: int) -> Pictures:
    """Make pictures of one size of a corpus or an array."""
    from iconometrics.networks.training import Pictures

    X = _pictures(X)
    if isinstance(X, Corpus):
        return Pictures.of_sources(X.sources(), size=size, channels=channels)
    return Pictures.of_array(X, size=size, channels=channels)


def size_of(X: Any, size: int | tuple[int, int] | None) -> tuple[int, int] | None:
    """Say which size pictures are brought to: as asked, else an array's own; None for the usual."""
    if isinstance(size, int | np.integer):
        return int(size), int(size)
    if size is not None:
        return int(size[0]), int(size[1])
    return None if isinstance(X, Corpus) else (int(X.shape[1]), int(X.shape[2]))


def _pictures(X: Any) -> Any:
    if isinstance(X, Corpus):
        if len(X) == 0:
            raise InputError("there is no image: the corpus is empty. Look at its folder.")
        return X
    array = np.asarray(X)
    if array.ndim == 3:
        array = array[..., None]
    if array.ndim != 4:
        raise InputError(
            f"images of shape {array.shape}: expected a corpus, or an array (n, height, width, 3) "
            "or (n, height, width)."
        )
    if len(array) == 0:
        raise InputError("there is no image: expected at least one.")
    return array


def _ids(X: Any) -> pd.Index | None:
    return X.ids if isinstance(X, Corpus) else None


def _readable(X: Any, at: NDArray[np.intp]) -> tuple[Any, NDArray[np.bool_]]:
    """Take the images at positions, without those that a check found unreadable."""
    if not isinstance(X, Corpus):
        return (X if len(at) == len(X) else X[at]), np.ones(len(at), bool)
    chosen = X.take(at)
    good = (chosen.images["status"] != "failed").to_numpy(bool)
    if good.all():
        return chosen, good
    failed = [str(image) for image in chosen.ids[~good]]
    if not good.any():
        raise InputError(f"none of {len(good)} labeled images can be read, such as {failed[0]!r}.")
    warn(
        f"{counted(len(failed), 'labeled image')} left out, as they cannot be read: "
        f"{listed(map(repr, failed))}."
    )
    return chosen.take(np.flatnonzero(good)), good


def _grouped(groups: Any, X: Any, at: NDArray[np.intp]) -> tuple[NDArray[Any], bool]:
    if groups is None:
        return np.arange(len(at)), False
    return labels.groups_of(groups, _ids(X), n=len(X), at=at), True
