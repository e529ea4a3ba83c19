"""The pieces of a page: words, facts, pictures, plots, tables; sections, chapters and its head.

A chapter says what it shows; the templates decide how it looks. Lessons build their own chapters
from the same pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "Badge",
    "Block",
    "Chapter",
    "Columns",
    "Fact",
    "Facts",
    "Fold",
    "Lead",
    "Pictures",
    "Plot",
    "Profile",
    "Section",
    "Shot",
    "Spectrum",
    "Table",
    "Text",
    "leaves",
]

Tone = Literal["plain", "good", "bad", "reference"]


@dataclass(frozen=True, eq=False)
class Text:
    """A paragraph.

    Parameters
    ----------
    text
        Plain text; it is escaped. A `markupsafe.Markup` is trusted and goes in as it is.
    tone
        "plain", "good", "bad" (red), or "reference" for an entry of a list of works.

    Examples
    --------
    >>> Text("All 12 pictures were read.").tone
    'plain'
    """

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, eq=False)
class Badge:
    """A short status in a frame, such as "not validated".

    Parameters
    ----------
    text
        The status.
    tone
        "good", "bad" (red) or "plain".
    label
        What the status is of; stands before it.

    Examples
    --------
    >>> Badge("not validated", tone="bad", label="scene").text
    'not validated'
    """

    text: str
    tone: Tone = "plain"
    label: str = ""


@dataclass(frozen=True, eq=False)
class Fact:
    """One number with its words.

    Parameters
    ----------
    value
        The number as it is to be read ("2,400").
    label
        What it counts, with its interval where it has one.
    badge
        A status that must stand beside the number.

    Examples
    --------
    >>> Fact("2,400", "pictures read").badge is None
    True
    """

    value: str
    label: str
    badge: Badge | None = None


@dataclass(frozen=True, eq=False)
class Facts:
    """Several facts in a row.

    Parameters
    ----------
    facts
        The facts, the most important first.

    Examples
    --------
    >>> len(Facts((Fact("3", "failed"),)).facts)
    1
    """

    facts: tuple[Fact, ...]


@dataclass(frozen=True, eq=False)
class Shot:
    """One picture as a chapter asks for it.

    Parameters
    ----------
    image
        An image id of the study's corpus, or pixels (h, w, 3) of type uint8.
    alt
        What stands where the picture cannot be seen.
    caption
        A few words that are always shown under the picture.
    detail
        Lines that are shown with the id when the picture is opened.

    Examples
    --------
    >>> Shot("a.jpg", "a.jpg, central in theme 1").caption
    ''
    """

    image: str | np.ndarray
    alt: str
    caption: str = ""
    detail: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Pictures:
    """Whole pictures in even, justified rows.

    Parameters
    ----------
    shots
        The pictures in reading order.
    height
        Height of a row, in CSS pixels; rows are stretched a little so that they are full.
    lines
        So many rows, and no pictures beyond; 0: all pictures.
    label
        A word or two before the row ("central").
    caption
        A sentence under the rows.

    Examples
    --------
    >>> Pictures((Shot("a.jpg", "a.jpg"),), height=80).height
    80
    """

    shots: tuple[Shot, ...]
    height: int = 110
    lines: int = 0
    label: str = ""
    caption: str = ""


@dataclass(frozen=True, eq=False)
class Plot:
    """A figure: inline in the page, and as PNG and PDF beside it.

    Parameters
    ----------
    name
        File name without suffix.
    figure
        A matplotlib figure, or an axes that stands for its figure; None draws nothing.
    alt
        The figure's content in words.
    caption
        A sentence under the figure.

    Examples
    --------
    >>> Plot("sizes", None, "Shares of six themes").name
    'sizes'
    """

    name: str
    figure: Figure | Axes | None
    alt: str
    caption: str = ""


@dataclass(frozen=True, eq=False)
class Table:
    """A table: the first rows in the page, all of it as CSV beside it.

    Parameters
    ----------
    name
        File name without suffix.
    frame
        The rows, without an index that matters.
    caption
        A sentence above the table.
    formats
        How a column's values are written, by column; the rest is written as it is.
    headings
        Words for a column's name, by column.
    hidden
        Columns that only the CSV file holds.
    most
        So many rows are shown at most.
    tones
        A tone for each row, such as "bad" for a naive estimate; empty: all plain.
    shown
        Rows as they stand in the page, where that is more than writing each value: an estimate
        and its interval in one cell. The CSV file holds `frame`.

    Examples
    --------
    >>> Table("failed", pd.DataFrame({"file": ["a.jpg"]})).most
    40
    """

    name: str
    frame: pd.DataFrame
    caption: str = ""
    formats: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    most: int = 40
    tones: tuple[str, ...] = ()
    shown: pd.DataFrame | None = None


@dataclass(frozen=True, eq=False)
class Spectrum:
    """One feature from low to high: pictures at its low end, its distribution, its high end.

    Parameters
    ----------
    title, text
        The feature's name, and what it measures in words.
    low, high
        Pictures with low and with high values.
    plot
        The distribution; it is drawn in the page only.
    means_low, means_high
        What a low and a high value mean.

    Examples
    --------
    >>> plot = Plot("brightness", None, "Histogram of brightness")
    >>> Spectrum("Brightness", "mean lightness", low=(), high=(), plot=plot).means_low
    ''
    """

    title: str
    text: str
    low: tuple[Shot, ...]
    high: tuple[Shot, ...]
    plot: Plot
    means_low: str = ""
    means_high: str = ""


@dataclass(frozen=True, eq=False)
class Profile:
    """A few differences as short bars to the left and right of a middle.

    Parameters
    ----------
    rows
        Names and differences, the largest first.
    unit
        Of the differences.
    most
        The difference that fills a side; larger ones do so too.

    Examples
    --------
    >>> Profile((("brightness", 1.7), ("contrast", -.4)), unit="sd", most=2).unit
    'sd'
    """

    rows: tuple[tuple[str, float], ...]
    unit: str
    most: float


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


@dataclass(frozen=True, eq=False)
class Lead:
    """The head of the page and its last line."""

    title: str
    finding: str
    eyebrow: str
    footer: str
    blocks: tuple[Block, ...] = ()


def leaves(blocks: Sequence[Block]) -> Iterator[Block]:
    """Walk through blocks and all that they hold."""
    for block in blocks:
        if isinstance(block, Columns | Fold | Section):
            yield from leaves(getattr(block, "side", ()))
            yield from leaves(block.blocks)
        else:
            yield block
