"""What a check found: the corpus with everything known, copies, and counts."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow as pa

from iconometrics.corpus.duplicates import find_duplicates
from iconometrics.corpus.schema import PLACE, conform, frame
from iconometrics.wording import listed

if TYPE_CHECKING:
    from iconometrics.corpus.corpus import Corpus

__all__ = ["Check", "checked"]

_FLAGS: Final = ("tiny", "extreme shape", "blank", "blurred", "changed")
_KNOWN: Final = (
    "sha256",
    "bytes",
    "modified",
    "width",
    "height",
    "status",
    "reason",
    "changes",
    "frames",
    "captured",
    "hash",
    "sharpness",
    "spread",
    "flags",
)


@dataclass(frozen=True, eq=False)
class Check:
    """What a check of a corpus found.

    Parameters
    ----------
    corpus
        The corpus with status, size, hash, flags and so on filled in.
    duplicates
        One row an image that has a copy: image, group, kind (exact or near).

    Examples
    --------
    >>> from pathlib import Path
    >>> from iconometrics.corpus import Corpus
    >>> corpus = Corpus(Path("."), pd.DataFrame(index=["a"]), pd.DataFrame(index=["a"]))
    >>> corpus.check().summary()["failed"]
    1
    """

    corpus: Corpus
    duplicates: pd.DataFrame = frame("image", "group", "kind")  # noqa: RUF009 (a descriptor)

    @property
    def groups(self) -> pd.Series:
        """The copies' group of each image, named by its first image; `split(by=)` takes it."""
        copies = self.duplicates
        first = copies.drop_duplicates("group").set_index("group")["image"]
        named = copies.set_index("image")["group"].map(first)
        ids = self.corpus.ids.to_series()
        return ids.mask(ids.isin(named.index), named.reindex(ids.index)).rename("copies")

    def table(self) -> pd.DataFrame:
        """Give one row an image: status, reason, changes, size, flags and the copies' group.

        Returns
        -------
        pandas.DataFrame
            Indexed by image; columns that are empty for all images are left out.

        Examples
        --------
        >>> from pathlib import Path
        >>> from iconometrics.corpus import Corpus
        >>> corpus = Corpus(Path("."), pd.DataFrame(index=["a"]), pd.DataFrame(index=["a"]))
        >>> corpus.check().table()["status"].tolist()
        ['failed']
        """
        copies = self.duplicates.set_index("image")
        table = self.corpus.images.dropna(axis="columns", how="all")
        if len(copies):
            table["copies"] = copies["group"].reindex(table.index).astype("Int64")
            table["kind"] = copies["kind"].reindex(table.index)
        return table

    def summary(self) -> dict[str, int]:
        """Count what came in and what was found.

        Returns
        -------
        dict
            files (= ok + converted + failed), skipped, unmatched; tiny, extreme shape, blank,
            blurred, changed; exact and near copies (images that have one).

        Examples
        --------
        >>> from pathlib import Path
        >>> from iconometrics.corpus import Corpus
        >>> corpus = Corpus(Path("."), pd.DataFrame(index=["a"]), pd.DataFrame(index=["a"]))
        >>> corpus.check().summary()["files"]
        1
        """
        images, corpus = self.corpus.images, self.corpus
        counts = {"files": len(images)}
        for status in ("ok", "converted", "failed"):
            counts[status] = int((images["status"] == status).sum())
        counts["skipped"] = len(corpus.skipped)
        counts["unmatched"] = int(corpus.ids.isin(corpus.unmatched).sum())
        for flag in _FLAGS:
            counts[flag] = int(images["flags"].str.contains(flag, na=False).sum())
        for kind in ("exact", "near"):
            counts[kind] = int((self.duplicates["kind"] == kind).sum())
        return counts

    def __repr__(self) -> str:
        told = [f"{count:,} {name}" for name, count in self.summary().items() if count]
        return f"Check({', '.join(told)})"

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><th>{html.escape(name)}</th><td>{count:,}</td></tr>"
            for name, count in self.summary().items()
            if count
        )
        return f"<table>{cells}</table>"


def checked(corpus: Corpus, seen: pa.Table) -> Check:
    """Put what `inspect` saw into the corpus, and find the copies.

    Parameters
    ----------
    corpus
        The corpus that was inspected.
    seen
        Rows of `inspect`, in any order. Rows of images that were lost before (missing, refused)
        keep their reason; images without a row stay as they are.

    Returns
    -------
    Check
        A file that is not as it was when it was listed or last checked is flagged "changed".

    Examples
    --------
    >>> from pathlib import Path
    >>> from iconometrics.corpus import Corpus, inspect
    >>> corpus = Corpus(Path("."), pd.DataFrame(index=["a"]), pd.DataFrame(index=["a"]))
    >>> checked(corpus, inspect(corpus.sources())).corpus.images["status"].tolist()
    ['failed']
    """
    table = seen.to_pandas().drop_duplicates("image", keep="last").set_index("image")
    images = corpus.images
    lost = images["bytes"].isna() & (images["status"] == "failed")
    rows = images.index.isin(table.index) & ~lost.to_numpy()
    new = conform(table).reindex(images.index)
    changed = _changed(images, new) & rows
    columns = [*_KNOWN, *(PLACE if corpus.place else ())]
    for name in columns:
        images[name] = new[name].where(rows, images.get(name))
    flags = images["flags"]
    images["flags"] = flags.mask(changed, (flags + "; ").fillna("") + "changed")
    notes = corpus.notes
    if changed.any():
        names = listed(images.index[changed])
        notes = (*notes, f"{int(changed.sum()):,} files changed during the run: {names}")
    after = replace(corpus, images=images, notes=notes)
    return Check(after, find_duplicates(images))


def _changed(before: pd.DataFrame, after: pd.DataFrame) -> pd.Series:
    """Say whose content is not what it was; where no hash was known, size and time tell."""
    digest = before["sha256"].notna() & after["sha256"].notna()
    other = (before["sha256"] != after["sha256"]).where(digest, False)
    for column in ("bytes", "modified"):
        known = before[column].notna() & after[column].notna()
        other |= (before[column] != after[column]).fillna(False) & known & ~digest
    return other.astype(bool)
