"""From chapters to HTML: the templates, and what they may ask for."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from iconometrics import figures
from iconometrics.report.attachments import settle
from iconometrics.report.blocks import Block, Chapter, Lead, Plot, Table, leaves
from iconometrics.report.picture_rows import PictureRows
from iconometrics.report.thumbnails import Thumbnail
from iconometrics.wording import count, number, visible

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

__all__ = ["draw"]

_PIXELS_PER_INCH = 122


def draw(
    lead: Lead,
    chapters: Sequence[Chapter],
    *,
    rows: Mapping[int, PictureRows],
    thumbnails: Mapping[tuple[int, int], Thumbnail],
    names: Mapping[int, str],
) -> str:
    """Write the page."""
    from iconometrics import __version__

    blocks = [*lead.blocks, *(block for chapter in chapters for block in chapter.blocks)]
    numbers = _numbers(blocks)
    environment = _environment()
    environment.globals |= {
        "thumbnail": lambda shot, height: thumbnails[id(shot), height],
        "drawing": _drawing,
        "rows_of": lambda block: rows[id(block)],
        "cells_of": _cells,
        "signed": lambda value: f"{'+' if value > 0 else ''}{number(value, 1)}",
        "kind_of": lambda block: type(block).__name__,
        "number_of": lambda block: numbers[id(block)],
        "file_of": lambda block: names[id(block)],
    }
    script = _text("report.js")
    return environment.get_template("page.html").render(
        lead=lead,
        chapters=chapters,
        version=__version__,
        style=_trusted(_text("report.css")),
        script=_trusted(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _numbers(blocks: Sequence[Block]) -> dict[int, int]:
    """Number the figures and the tables, each from one."""
    visible = list(leaves(blocks))
    plots = [block for block in visible if isinstance(block, Plot)]
    tables = [block for block in visible if isinstance(block, Table)]
    return {id(b): n for kind in (plots, tables) for n, b in enumerate(kind, start=1)}


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("iconometrics.report", "templates"),
        autoescape=True,
        finalize=visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _text(name: str) -> str:
    folder = files("iconometrics.report") / "templates"
    return (folder / name).read_text(encoding="utf-8").strip()


def _trusted(text: str) -> Markup:
    from markupsafe import Markup

    return Markup(text)


def _drawing(plot: Plot) -> Markup:
    """Draw a figure in the page's colors, as wide as its lettering wants it."""
    from markupsafe import Markup

    if plot.figure is None:
        return Markup("")
    figure = settle(plot.figure)
    return Markup('<div class="drawing" style="--w:{:.0f}px">{}</div>').format(
        figure.get_figwidth() * _PIXELS_PER_INCH, Markup(figures.svg(figure, alt=visible(plot.alt)))
    )


def _cells(table: Table) -> dict[str, Any]:
    """Write a table's first rows as text."""
    rows = table.frame if table.shown is None else table.shown
    columns = [name for name in rows.columns if name not in table.hidden]
    frame = rows[columns].head(table.most)
    cells = [[_cell(value, table.formats.get(name)) for value in frame[name]] for name in columns]
    tones = table.tones or ("plain",) * len(frame)
    return {
        "heads": [
            {"text": table.headings.get(name, str(name)), "numeric": _is_number(table, name)}
            for name in columns
        ],
        "body": [
            {"cells": row, "tone": tone}
            for row, tone in zip(zip(*cells, strict=True), tones, strict=False)
        ],
        "total": count(len(table.frame)),
        "left_out": len(table.frame) > len(frame),
    }


def _is_number(table: Table, name: str) -> bool:
    column = table.frame[name] if name in table.frame else pd.Series(dtype=object)
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _cell(value: Any, written: Any) -> Any:
    if written is not None:
        return written(value)
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return "–"
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return count(int(value))
    return number(float(value)) if isinstance(value, float | np.floating) else value
