"""How often a test set was opened: each measure held against it makes the best one look better."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow.parquet as pq

from iconometrics.study.disk import log
from iconometrics.study.disk.layout import Layout

__all__ = ["count"]

# Of the smaller test set: with so many images in common two of them are one.
_SAME = 0.5


def count(layout: Layout, variable: str, images: Iterable[str]) -> int:
    """Count the measures and settings that were held against these gold images."""
    wanted = set(images)
    keys = set()
    for entry in log.entries(layout.log):
        if entry["step"] != "validate" or entry.get("options", {}).get("variable") != variable:
            continue
        used = _used(layout, entry["result"]["folder"])
        if used is None or len(used & wanted) >= _SAME * min(len(used), len(wanted)):
            keys.add(entry["key"])
    return len(keys)


def _used(layout: Layout, folder: str) -> set[str] | None:
    path = layout.folder / folder / "items.parquet"
    if not path.exists():
        return None
    return set(pq.read_table(path, columns=["image"]).column("image").to_pylist())
