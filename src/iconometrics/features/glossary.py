"""The feature dictionary as a page: every set, its options, and what its columns mean."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Sequence
from pathlib import Path

from iconometrics.features.column import Column
from iconometrics.features.extractor import Extractor
from iconometrics.features.registry import DEFAULT, get, registry

__all__ = ["glossary"]

# Columns of one kind, such as the cells of a histogram, are shown by their first few.
_ALIKE = 4

_OPENING = """# Feature dictionary

Every number that `ico features` computes, by set: how it is computed, its range and unit, what
pictures with high and low values look like, and where the formula was published. Ask for a set by
its name, with options after colons: `ico features study --set color,histogram:space=lab:bins=8`.
The same as a table: `iconometrics.features.dictionary()`, or `ico features --columns texture`.

All sets are measured on a picture whose longest side is `size` pixels; larger ones are reduced
first, smaller ones stay as they are. Numbers on texture, edges, sharpness and complexity depend on
that size, so compare pictures measured at one size. `size=None` measures each picture at its own
size, where such numbers of two pictures can hardly be compared. No number is ever missing for a
readable image: the formula says what a blank picture gets.
"""


def glossary(sets: Sequence[str] | None = None) -> str:
    """Write the feature dictionary as Markdown."""
    names = sorted(registry) if sets is None else list(sets)
    default = ", ".join(f"[{name}](#{name})" for name in DEFAULT)
    counts = "\n".join(_line(get(name)) for name in names)
    opening = (
        f"{_OPENING}\nMeasured by default: {default}.\n\n"
        f"| set | columns | what it measures |\n| --- | --- | --- |\n{counts}\n"
    )
    return "\n".join([opening, *(_chapter(get(name)) for name in names)])


def _line(extractor: Extractor) -> str:
    name = extractor.name
    return f"| [{name}](#{name}) | {len(extractor.columns())} | {_summary(extractor)} |"


def _chapter(extractor: Extractor) -> str:
    columns = extractor.columns()
    alike = [column for column in columns if not column.plain]
    shown = [c for c in columns if c.plain or c in alike[:_ALIKE]]
    options = ", ".join(f"`{name}={value!r}`" for name, value in extractor.get_params().items())
    rows = "\n".join(map(_row, shown))
    more = len(columns) - len(shown)
    rest = f"\nand {more} more columns of the last kind.\n" if more else ""
    return (
        f"## {extractor.name}\n\n{_summary(extractor)} Options: {options}.\n\n"
        f"![Pictures with low and high values]({_picture(extractor)})\n\n"
        "| column | how it is computed | high | low |\n| --- | --- | --- | --- |\n"
        f"{rows}\n{rest}"
    )


def _row(column: Column) -> str:
    reach = f"{column.low:g} to {column.high:g}, {column.unit}"
    cells = (
        f"`{column.name}` {column.label}",
        f"{column.formula}. {reach}. {column.source}.",
        column.means_high,
        column.means_low,
    )
    return f"| {' | '.join(_cell(text) for text in cells)} |"


def _cell(text: str) -> str:
    """Keep characters that Markdown would take for its own."""
    for mark in ("|", "*", "_"):
        text = "`".join(
            part if k % 2 else part.replace(mark, f"\\{mark}")
            for k, part in enumerate(text.split("`"))
        )
    return text.replace("..", ".")


def _summary(extractor: Extractor) -> str:
    return (inspect.getdoc(type(extractor)) or "").split("\n")[0]


def _picture(extractor: Extractor) -> str:
    return f"feature-examples/{extractor.name}.png"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(glossary(), encoding="utf-8")
