"""From a folder and a table to the parts of a corpus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import pandas as pd

from iconometrics.corpus.file_names import escape
from iconometrics.corpus.matching import Matches, clean_paths, match
from iconometrics.corpus.metadata import Table
from iconometrics.corpus.scan import Listing, listing, look_up
from iconometrics.corpus.schema import conform, text_index
from iconometrics.corpus.tables import exact
from iconometrics.errors import InputError, warn
from iconometrics.wording import counted, listed

__all__ = ["load_folder", "load_table"]

Rebase: TypeAlias = Callable[[pd.Series], pd.Series]

_NOT_IMAGE: Final = "not an image, by its name"


def load_folder(root: Path, table: Table | None, *, links: bool) -> dict[str, Any]:
    """List a folder and match the table's rows to its files."""
    content = listing(root, links=links)
    if table is None:
        files = content.files[content.files["image"]]
        images = _images(files, files["file"])
        parts: dict[str, Any] = {"metadata": pd.DataFrame(index=images.index), "notes": ()}
        return parts | {"images": images, "unmatched": (), **_rest(content, files.index)}
    matches = match(table.file, content.files["file"], rebase=_rebase(table.folder, root))
    named = pd.Index(matches.position[matches.position >= 0].unique())
    others = content.files[content.files["image"] & ~content.files.index.isin(named)]
    parts = _joined(table, matches, content.files, others)
    return parts | _rest(content, named.union(others.index))


def load_table(root: Path, table: Table, *, links: bool) -> dict[str, Any]:
    """Look up the files that a table names; the table alone says what is in the corpus."""
    cleaned, _ = clean_paths(table.file)
    escaped = table.file[table.file.str.contains("\\", regex=False, na=False)]
    on_disk = look_up(root, pd.concat([cleaned, escaped]).dropna().unique(), links=links)
    matches = match(table.file, on_disk["file"])
    return _joined(table, matches, on_disk, on_disk.iloc[:0])


def _rebase(folder: Path | None, root: Path) -> Rebase | None:
    """Say how a path relative to the table's folder is written relative to the root."""
    if folder is None or folder == root:
        return None
    if root.is_relative_to(folder):
        inner = escape(root.relative_to(folder).as_posix()) + "/"
        return lambda files: files.str.removeprefix(inner)
    if folder.is_relative_to(root):
        outer = escape(folder.relative_to(root).as_posix()) + "/"
        return lambda files: outer + files
    return None


def _images(files: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    columns = {name: files[name].array for name in ("file", "bytes", "modified")}
    return conform(pd.DataFrame(columns, index=pd.Index(ids, name="image", dtype="str")))


def _joined(
    table: Table, matches: Matches, on_disk: pd.DataFrame, others: pd.DataFrame
) -> dict[str, Any]:
    """Put the rows of the table and the files that it does not name into one corpus."""
    at = matches.position.to_numpy()
    # Whole numbers all the way: times in nanoseconds do not fit into a float.
    known = {name: on_disk[name].astype("Int64").array for name in ("bytes", "modified")}
    files = pd.DataFrame(
        {name: column.take(at, allow_fill=True) for name, column in known.items()},
        index=matches.file.index,
    )
    files["file"] = matches.file
    row = "row " + pd.Series(table.file.index + 2, index=table.file.index).astype("str")
    ids = table.ids if table.ids is not None else matches.file.fillna(table.file).fillna(row)
    images = _images(files, ids)
    images["reason"] = matches.reason.array
    images["status"] = images["status"].mask(images["reason"].notna(), "failed")
    images = pd.concat([images, _images(others, others["file"])])
    _require_unique(images.index, len(table.data), table)
    data = exact(table.data) if len(others) else table.data
    metadata = data.set_axis(text_index(images.index[: len(data)])).reindex(images.index)
    return {
        "images": images,
        "metadata": metadata,
        "unmatched": tuple(others["file"]),
        "notes": (*table.notes, _match_note(table, matches, len(others))),
        "group": table.group,
    }


def _require_unique(ids: pd.Index, rows: int, table: Table) -> None:
    if ids.is_unique:
        return
    twice = pd.Series(range(2, len(ids) + 2), index=ids)[ids.duplicated(keep=False)]
    places = [
        f"{image!r} in " + " and ".join(f"row {n}" if n < rows + 2 else "the folder" for n in at)
        for image, at in list(twice.groupby(level=0, sort=False).agg(list).items())[:5]
    ]
    step = (
        "give each image its own id"
        if table.ids is not None
        else "remove the repeated rows, or name a column of unique ids with id="
    )
    raise InputError(
        f"{table.name}: {counted(twice.index.nunique(), 'id')} not unique: {listed(places)} "
        f"(the header is row 1); {step}."
    )


def _match_note(table: Table, matches: Matches, unmatched: int) -> str:
    rows = len(matches.position)
    matched = int((matches.position >= 0).sum())
    if matches.reason.str.startswith("missing", na=False).any() and not matched:
        warn(
            f"none of the {rows:,} rows of {table.name} names a file that is there; the column "
            f"{table.file.name!r} holds for instance {table.file.iloc[0]!r}. Name the column with "
            "file=, or give the folder that its paths are relative to."
        )
    rest = f"; {counted(unmatched, 'image')} that it does not name" if unmatched else ""
    return f"{table.name}: {matched:,} of {rows:,} rows matched to a file{rest}"


def _rest(content: Listing, taken: pd.Index) -> dict[str, Any]:
    """List what is passed over: what the walk skipped and the files that are no images."""
    others = content.files[~content.files.index.isin(taken)]
    others = pd.DataFrame({"file": others["file"], "reason": _NOT_IMAGE}, dtype="str")
    skipped = pd.concat([content.skipped, others]).sort_values("file", ignore_index=True)
    return {"skipped": skipped}
