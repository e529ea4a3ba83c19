"""Themes as files: Parquet and JSON that any program can read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from iconometrics.engine import write_table, write_whole
from iconometrics.errors import StudyError
from iconometrics.options import canonical
from iconometrics.themes.stability.result import Stability

__all__ = ["read", "write"]

_FURTHER = ("membership", "tree")
_STABILITY = ("runs", "themes", "images")

_STABILITY_FILES = ("stability-settings", *(f"stability-{name}" for name in _STABILITY))


def write(
    folder: Path,
    tables: Mapping[str, pd.DataFrame | None],
    notes: Mapping[str, Any],
    *,
    stability: Stability | None,
) -> list[Path]:
    """Write themes, each file whole: tables by name, and notes on them as JSON."""
    written = {name: table for name, table in tables.items() if table is not None}
    written |= {} if stability is None else _stability_tables(stability)
    # What other themes left there would be read as if it belonged to these.
    for name in {*_FURTHER, *_STABILITY_FILES} - set(written):
        (folder / f"{name}.parquet").unlink(missing_ok=True)
    paths = []
    for name, table in written.items():
        paths.append(folder / f"{name}.parquet")
        write_table(pa.Table.from_pandas(table), paths[-1])
    text = json.dumps(canonical(notes), indent=1)
    paths.append(folder / "settings.json")
    write_whole(paths[-1], lambda path: path.write_text(f"{text}\n", encoding="utf-8"))
    return paths


def read(folder: Path) -> dict[str, Any]:
    """Read what was written, by the names of the fields of `Themes`."""
    try:
        scores, centers, selection = (
            pd.read_parquet(folder / f"{name}.parquet")
            for name in ("themes", "centers", "selection")
        )
        notes = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        further = {
            name: pd.read_parquet(folder / f"{name}.parquet")
            for name in _FURTHER
            if (folder / f"{name}.parquet").exists()
        }
        stability = {"stability": _read_stability(folder)}
    except (OSError, ValueError, pa.ArrowException) as error:
        raise StudyError(
            f"{folder}: no themes can be read there ({error}); expected themes.parquet, "
            "centers.parquet, selection.parquet and settings.json. Find the themes again."
        ) from error
    labels = scores.pop("theme")
    fields = {"labels": labels, "centers": centers, "scores": scores, "selection": selection}
    fields |= {"reason": notes["reason"], "settings": notes["settings"]}
    return fields | further | stability


def _stability_tables(stability: Stability) -> dict[str, pd.DataFrame]:
    settings = json.dumps(canonical(stability.settings))
    tables = {f"stability-{name}": getattr(stability, name) for name in _STABILITY}
    return tables | {"stability-settings": pd.DataFrame({"settings": [settings]})}


def _read_stability(folder: Path) -> Stability | None:
    if not (folder / "stability-settings.parquet").exists():
        return None
    runs, themes, images = (
        pd.read_parquet(folder / f"stability-{name}.parquet") for name in _STABILITY
    )
    settings = pd.read_parquet(folder / "stability-settings.parquet")["settings"].iloc[0]
    return Stability(runs, themes, images, json.loads(settings))
