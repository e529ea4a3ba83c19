"""Studies of stability as files, beside the themes."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from iconometrics.options import canonical
from iconometrics.themes.stability.result import Stability

__all__ = ["FILES", "read", "tables"]

_NAMES = ("runs", "themes", "images")

FILES = ("stability-settings", *(f"stability-{name}" for name in _NAMES))
"""What the files are called, without their ending."""


def tables(stability: Stability) -> dict[str, pd.DataFrame]:
    """Name the tables as files are named."""
    told = json.dumps(canonical(stability.settings))
    found = {f"stability-{name}": getattr(stability, name) for name in _NAMES}
    return found | {"stability-settings": pd.DataFrame({"settings": [told]})}


def read(folder: Path) -> Stability | None:
    """Read a study of stability."""
    if not (folder / "stability-settings.parquet").exists():
        return None
    runs, themes, images = (pd.read_parquet(folder / f"stability-{name}.parquet")
                            for name in _NAMES)  # fmt: skip
    told = pd.read_parquet(folder / "stability-settings.parquet")["settings"].iloc[0]
    return Stability(runs, themes, images, json.loads(told))
