"""The step check: which images there are, and what is known of each without reading it again."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from iconometrics import engine
from iconometrics.corpus import Check, Corpus, Source, checked, inspect, inspect_failed
from iconometrics.corpus.schema import BOX
from iconometrics.corpus.sources import open_file
from iconometrics.errors import IconometricsError, StudyError
from iconometrics.options import key
from iconometrics.study.disk import tables as frames
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.settings import Settings
from iconometrics.study.disk.step import step
from iconometrics.study.steps.features import fingerprint

__all__ = ["check", "duplicates", "is_new", "listed", "metadata_columns", "stored", "write"]


def listed(layout: Layout, settings: Settings, *, table: pd.DataFrame | None = None) -> Corpus:
    """List the images and read the table as they are now."""
    if settings.parent is not None:
        return _cut(Layout((layout.folder / settings.parent).resolve()), settings.cells or [])
    metadata: Path | pd.DataFrame | None = table
    if metadata is None:
        metadata = settings.table(layout.folder)
        metadata = frames.load(layout.table) if metadata == layout.table else metadata
    return Corpus.from_folder(
        settings.images(layout.folder),
        metadata=metadata,
        file=settings.file,
        id=settings.id,
        group=settings.group,
        place=settings.place,
        links=settings.links,
    )


def _cut(parent: Layout, cells: list[list[Any]]) -> Corpus:
    whole = check(parent, Settings.read(parent.settings)).corpus
    return whole.regions(cells={name: box for name, *box in cells})


def metadata_columns(layout: Layout) -> list[str]:
    """Name the columns of the metadata; the table is not read."""
    _require(layout)
    return frames.columns(layout.metadata)


def stored(layout: Layout, settings: Settings, *, columns: Sequence[str] | None = None) -> Corpus:
    """Read the corpus as the last check left it, with all metadata or some columns of it."""
    _require(layout)
    images = frames.load(layout.corpus)
    return Corpus(
        images=images,
        # The corpus is written last: an interruption between the two may leave them apart.
        metadata=frames.load(layout.metadata, columns).reindex(images.index),
        root=settings.images(layout.folder),
        skipped=_read_csv(layout.check / "skipped.csv", ("file", "reason")),
        unmatched=tuple(_read_csv(layout.check / "unmatched.csv", ("image",))["image"]),
        notes=tuple(_read_csv(layout.check / "notes.csv", ("note",))["note"]),
        group=settings.group,
        place=settings.place,
    )


def is_new(corpus: Corpus) -> bool:
    """Say whether there are images that nobody has looked at."""
    return bool((corpus.images["status"] == "new").any())


def duplicates(layout: Layout) -> pd.DataFrame:
    """Read the duplicates that the last check found."""
    table = _read_csv(layout.check / "duplicates.csv", ("image", "group", "kind"))
    return table.astype({"group": "int64"})


def write(layout: Layout, corpus: Corpus, copies: pd.DataFrame | None = None) -> None:
    """Write a corpus: what came with it first, its images last."""
    tables = {
        "skipped": corpus.skipped,
        "unmatched": pd.DataFrame({"image": list(corpus.unmatched)}, dtype="str"),
        "notes": pd.DataFrame({"note": list(corpus.notes)}, dtype="str"),
    }
    for name, table in (
        tables.items() if copies is None else {**tables, "duplicates": copies}.items()
    ):
        _write_csv(table, layout.check / f"{name}.csv")
    frames.save(corpus.metadata, layout.metadata)
    frames.save(corpus.images, layout.corpus)


def check(
    layout: Layout,
    settings: Settings,
    *,
    rehash: bool = False,
    executor: Executor | None = None,
) -> Check:
    """Look at the images that are new or changed, and bring the corpus up to date."""
    with step(layout, "check") as under_way:
        now = listed(layout, settings)
        before = stored(layout, settings) if layout.corpus.exists() else None
        corpus, todo = now, _readable(now)
        if before is not None:
            corpus, todo = _reused(now, before, rehash=rehash)
        if before is not None and not len(todo) and _same(corpus, before):
            result = Check(before, duplicates(layout))
        else:
            result = checked(corpus, _inspected(layout, corpus.select(todo), len(corpus), executor))
            write(layout, result.corpus, result.duplicates)
        shutil.rmtree(layout.check / "parts", ignore_errors=True)
        under_way.done(
            "corpus",
            key(settings.root, settings.metadata, settings.id, settings.file),
            inputs={"images": fingerprint(result.corpus.sources())},
            result=result.summary(),
        )
    return result


def _require(layout: Layout) -> None:
    if not layout.corpus.exists():
        raise StudyError(f"{layout.folder} has no corpus yet: run study.check() or `ico check`.")


def _readable(corpus: Corpus) -> pd.Index:
    """Ids of the images that have a file."""
    return corpus.ids[corpus.images["bytes"].notna()]


def _reused(now: Corpus, before: Corpus, *, rehash: bool) -> tuple[Corpus, pd.Index]:
    """Take over what is known of unchanged files; give the corpus and the images left to read."""
    images, known = now.images, before.images.reindex(now.ids)
    # Without a hash the file could not be read to its end: that is worth another try.
    same = known["sha256"].notna()
    for name in ("file", "bytes", "modified"):
        same &= (known[name] == images[name]).fillna(False).astype(bool)
    for side in BOX:
        whole = known[side].isna() & images[side].isna()
        same &= (known[side] == images[side]).fillna(False).astype(bool) | whole
    if rehash:
        images["sha256"] = known["sha256"].where(same)
    else:
        images = known.where(same, images)
    corpus = replace(now, images=images)
    todo = _readable(corpus)
    return corpus, todo if rehash else todo[~same.loc[todo].to_numpy()]


def _same(corpus: Corpus, before: Corpus) -> bool:
    return (
        corpus.images.equals(before.images)
        and frames.storable(corpus.metadata).equals(before.metadata)
        and corpus.skipped.equals(before.skipped)
        and corpus.unmatched == before.unmatched
        and corpus.notes == before.notes
    )


def _inspected(layout: Layout, corpus: Corpus, total: int, executor: Executor | None) -> pa.Table:
    sources = corpus.sources()
    if not sources:
        return inspect(())
    stamps = corpus.images[["bytes", "modified"]].itertuples()
    parts = engine.parts(
        sources,
        size=engine.part_size(total),
        names=[f"{image}\n{size}\n{modified}" for image, size, modified in stamps],
    )
    return engine.run(
        partial(inspect, place=corpus.place),
        parts,
        executor=executor,
        folder=layout.check / "parts",
        label="reading images",
        failed=_crashed,
    )


def _crashed(source: Source, reason: str) -> pa.Table:
    """Fail an image that killed its worker, with its hash, so that it is not tried each time."""
    row = inspect_failed(source, reason)
    with suppress(IconometricsError, MemoryError):
        file = open_file(source)
        known = {"sha256": file.sha256, "bytes": len(file.data), "modified": file.modified}
        for name, value in known.items():
            at = row.schema.get_field_index(name)
            row = row.set_column(
                at, row.schema.field(at), pa.array([value], row.schema.field(at).type)
            )
    return row


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    engine.write_whole(path, lambda temporary: table.to_csv(temporary, index=False))


def _read_csv(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    if not path.exists():
        return pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    return pd.read_csv(path, dtype="str", keep_default_na=False)
