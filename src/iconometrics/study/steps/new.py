"""Making a study folder: a new one, the same one again, or another one in its place."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from iconometrics.corpus.regions import grid_cells
from iconometrics.errors import InputError, StudyError
from iconometrics.options import generator
from iconometrics.study.disk import tables as frames
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.result_files import plain_name
from iconometrics.study.disk.settings import Settings, relative_to
from iconometrics.study.disk.step import step
from iconometrics.study.steps import check as checking

__all__ = ["derive", "make"]


def make(
    folder: str | Path,
    images: str | Path,
    options: Mapping[str, Any],
    *,
    metadata: str | Path | pd.DataFrame | None,
    replace: bool,
) -> Layout:
    """Make a study folder, or find that it is there already."""
    layout = Layout(Path(folder).resolve())
    table = metadata if isinstance(metadata, pd.DataFrame) else None
    wanted = _settings(layout, Path(images), metadata, options)
    return _made(layout, wanted, table, replace=replace)


def derive(
    parent: Layout,
    name: str,
    *,
    cells: Mapping[str, Sequence[float]] | None,
    grid: tuple[int, int] | None,
    replace: bool,
) -> Layout:
    """Make a study of the regions of another study's images, within that study."""
    if (cells is None) == (grid is None):
        raise InputError("study.cut: give either cells= or grid=.")
    boxes = grid_cells(grid) if grid is not None else cells or {}
    layout = Layout(parent.step("derived") / plain_name(name, "name"))
    above = Settings.read(parent.settings)
    wanted = dataclasses.replace(
        above,
        name=f"{above.name}: {name}",
        relative=relative_to(Path(above.root), layout.folder),
        metadata=None,
        digest=None,
        parent=relative_to(parent.folder, layout.folder),
        cells=[[part, *map(float, box)] for part, box in boxes.items()],
    )
    return _made(layout, wanted, None, replace=replace)


def _made(layout: Layout, wanted: Settings, table: pd.DataFrame | None, *, replace: bool) -> Layout:
    if _is_there(layout, wanted, replace=replace):
        return layout
    corpus = checking.listed(layout, wanted, table=table)
    layout.folder.mkdir(parents=True, exist_ok=True)
    with step(layout, "new") as under_way:
        # Another process may have made it in the meantime.
        if not _is_there(layout, wanted, replace=replace):
            _clear_others(layout, wanted)
            wanted.write(layout.settings)
            if table is not None:
                frames.save(table, layout.table)
            checking.write(layout, corpus)
            under_way.done(
                "study",
                "",
                options=wanted.stated(),
                seed=wanted.seed,
                result={"images": len(corpus)},
            )
    return layout


def _is_there(layout: Layout, wanted: Settings, *, replace: bool) -> bool:
    """Say whether this very study is there; raise if something else is that must stay."""
    if layout.is_study():
        differences = Settings.read(layout.settings).differences(wanted)
        if differences and not replace:
            raise StudyError(
                f"{layout.folder} is a study made from other inputs ({'; '.join(differences)}). "
                "Choose another folder, or replace it with replace=True (--replace)."
            )
        return not differences and layout.corpus.exists()
    if layout.folder.exists() and not layout.folder.is_dir():
        raise StudyError(f"{layout.folder} is a file: choose a folder that is new or empty.")
    if layout.folder.exists() and any(not _is_ours(path) for path in layout.folder.iterdir()):
        raise StudyError(
            f"{layout.folder} holds files and is not a study: choose a folder that is new or empty."
        )
    return False


def _settings(
    layout: Layout,
    images: Path,
    metadata: str | Path | pd.DataFrame | None,
    options: Mapping[str, Any],
) -> Settings:
    root = images.absolute()
    table = digest = None
    if isinstance(metadata, pd.DataFrame):
        table, digest = layout.table.name, frames.digest(metadata)
    elif metadata is not None:
        table = str(Path(metadata).absolute())
    for path in (str(root), table or ""):
        if not _is_text(path):
            raise InputError(f"{path!r}: rename it; its name cannot be written down as text.")
    generator(options["seed"])
    return Settings(
        **{**options, "name": options["name"] or root.name or "study"},
        root=str(root),
        relative=relative_to(root, layout.folder),
        metadata=table,
        digest=digest,
    )


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_ours(path: Path) -> bool:
    return path.name == ".lock" or (path.name.startswith(".") and path.name.endswith(".tmp"))


def _clear_others(layout: Layout, wanted: Settings) -> None:
    """Remove what was made from other inputs; people's codings and plans are set aside."""
    if not layout.is_study() or not Settings.read(layout.settings).differences(wanted):
        return
    for own in (layout.codings, layout.plans):
        for path in [own, *layout.step("derived").rglob(own.name)]:
            _set_aside(path, layout)
    # The former settings stay until the new ones take their place: an interruption in between
    # leaves a study that can be replaced again.
    for path in layout.results():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _set_aside(path: Path, layout: Layout) -> None:
    number = 1
    while path.exists():
        aside = layout.folder / f"{path.stem}-replaced-{number}{path.suffix}"
        if not aside.exists():
            path.rename(aside)
        number += 1
