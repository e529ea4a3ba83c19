"""How pieces are put together: side by side, folded away, in sections, in chapters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iconometrics.report.blocks import (
    Badge,
    Facts,
    Pictures,
    Plot,
    Profile,
    Spectrum,
    Table,
    Text,
)

__all__ = ["Block", "Chapter", "Columns", "Fold", "Section", "leaves"]


@dataclass(frozen=True, eq=False)
class Columns:
    """Blocks side by side where the page is wide enough.

    Parameters
    ----------
    blocks
        Two or three blocks.

    Examples
    --------
    >>> len(Columns((Text("left"), Text("right"))).blocks)
    2
    """

    blocks: tuple[Block, ...]


@dataclass(frozen=True, eq=False)
class Fold:
    """Blocks behind a line that opens them.

    Parameters
    ----------
    title
        The line.
    blocks
        What it opens.
    opened
        Whether it is open from the start.

    Examples
    --------
    >>> Fold("All 12 files", (Text("..."),)).opened
    False
    """

    title: str
    blocks: tuple[Block, ...]
    opened: bool = False


@dataclass(frozen=True, eq=False)
class Section:
    """A part of a chapter under its own heading.

    Parameters
    ----------
    title
        The heading.
    blocks
        What stands under it.
    note
        Soft words beside the heading ("642 pictures, 27 %").
    side
        Blocks under the heading, beside the rest.

    Examples
    --------
    >>> Section("Theme 1", (Text("Darker."),), note="642 pictures").note
    '642 pictures'
    """

    title: str
    blocks: tuple[Block, ...]
    note: str = ""
    side: tuple[Block, ...] = ()


Block = (
    Text | Badge | Facts | Pictures | Plot | Table | Spectrum | Profile | Columns | Fold | Section
)


@dataclass(frozen=True, eq=False)
class Chapter:
    """A chapter of the report.

    Parameters
    ----------
    title
        Its heading, and its line in the table of contents.
    finding
        What it found, in one or two plain sentences; stands before everything else.
    blocks
        Its content, in reading order.
    methods
        A paragraph for the methods section. Works are cited as ``(@lloyd; @macqueen)``, with the
        keys of `references.references`.

    Examples
    --------
    >>> Chapter("The pictures", "All 12 pictures were read.").blocks
    ()
    """

    title: str
    finding: str
    blocks: tuple[Block, ...] = ()
    methods: str = ""


def leaves(blocks: Sequence[Block]) -> Iterator[Block]:
    """Walk through blocks and all that they hold."""
    for block in blocks:
        if isinstance(block, Columns | Fold | Section):
            yield from leaves(getattr(block, "side", ()))
            yield from leaves(block.blocks)
        else:
            yield block
