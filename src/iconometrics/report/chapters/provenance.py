"""Provenance: what ran, when, with which inputs, seeds and versions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics.report.blocks import Chapter, Columns, Table
from iconometrics.report.reportable import Reportable
from iconometrics.wording import counted, number

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["collect"]

_COLUMNS = ("time", "step", "name", "key", "seconds", "seed", "options")


def collect(study: Reportable) -> Chapter:
    """Tell how each result came to be."""
    log = _log(study)
    finding = (
        "Every result carries a key made from its inputs and options: equal keys are equal "
        "results. Running a step again with the same key does nothing."
    )
    if log.empty:
        return Chapter("How this was made", "Nothing was logged.", (_versions(study),))
    table = Table(
        "log", log, f"The {counted(len(log), 'step')} that made what this page shows.",
        formats={"seconds": lambda value: number(value, 1), "time": _time, "seed": _whole},
        headings={name: name.capitalize() for name in _COLUMNS}, most=60,
    )  # fmt: skip
    return Chapter("How this was made", finding, (table, _versions(study)))


def _log(study: Reportable) -> pd.DataFrame:
    rows = [{name: _plain(entry.get(name)) for name in _COLUMNS} for entry in study.log()]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).dropna(axis=1, how="all")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_short(item)}" for name, item in value.items())
    return _short(value) if isinstance(value, list | tuple) else value


def _short(value: Any) -> str:
    """Write a value; of a path only the last part, for a page is shown to others."""
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, default=str)
    return PurePath(value).name if PurePath(value).is_absolute() or ".." in value else value


def _time(value: Any) -> Markup:
    from markupsafe import Markup

    return Markup("<time>{}</time>").format(str(value)[:16].replace("T", " "))


def _whole(value: Any) -> str:
    return "–" if pd.isna(value) else f"{int(value)}"


def _versions(study: Reportable) -> Columns:
    versions = pd.DataFrame(study.versions().items(), columns=["package", "version"])
    seeds = pd.DataFrame(study.seeds().items(), columns=["step", "seed"])
    return Columns(
        (
            Table("versions", versions, "Versions.",
                  headings={"package": "Package", "version": "Version"}),
            Table("seeds", seeds, "Seeds.", formats={"seed": _whole},
                  headings={"step": "Step", "seed": "Seed"}),
        )
    )  # fmt: skip
