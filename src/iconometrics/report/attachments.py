"""What lies beside the page: every figure as PNG and PDF, every table as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from iconometrics import figures
from iconometrics.engine import write_whole
from iconometrics.figures.output import root
from iconometrics.report.blocks import Block, Plot, Table, leaves
from iconometrics.wording import slug

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["named", "settle", "write"]


def named(blocks: Sequence[Block]) -> dict[int, str]:
    """Give every plot and table a file name that no other of its kind has."""
    names: dict[int, str] = {}
    taken: dict[tuple[type, str], int] = {}
    for block in leaves(blocks):
        if isinstance(block, Plot | Table):
            name = slug(block.name)
            number = taken[type(block), name] = taken.get((type(block), name), 0) + 1
            names[id(block)] = name if number == 1 else f"{name}-{number}"
    return names


def settle(figure: Figure | Axes) -> Figure:
    """Lay a figure out once and keep that, for each of its renderings would do it again."""
    drawn = root(figure)
    engine = drawn.get_layout_engine()
    if engine is not None:
        with figures.style():
            engine.execute(drawn)
        drawn.set_layout_engine("none")
    return drawn


def write(blocks: Sequence[Block], folder: Path) -> list[Path]:
    """Write the figures to `folder`/figures and the tables to `folder`/tables."""
    written: list[Path] = []
    names = named(blocks)
    for block in leaves(blocks):
        if isinstance(block, Plot) and block.figure is not None:
            written += figures.save(settle(block.figure), folder / "figures", names[id(block)])
        elif isinstance(block, Table):
            written.append(_write_table(block, folder / "tables" / f"{names[id(block)]}.csv"))
    return written


def _write_table(table: Table, path: Path) -> Path:
    def write_csv(file: Path) -> None:
        table.frame.to_csv(file, index=False, encoding="utf-8", errors="backslashreplace")

    write_whole(path, write_csv)
    return path
