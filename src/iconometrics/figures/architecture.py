"""A network as its blocks: maps that shrink and multiply, and what each block costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from iconometrics import wording
from iconometrics.errors import InputError
from iconometrics.figures import palette
from iconometrics.figures.look import PAGE, axes, bare
from iconometrics.figures.style import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["architecture"]

_TALLEST = 1.0
_SLANT = 0.16
_NARROW, _PER_DOUBLING = 0.06, 0.055
_BARS = (-1.12, -1.62)
_FLOOR = -1.72
_BAR = 0.3
_TINY = 0.004
_ROWS = (("parameters", palette.CATEGORIES[0]), ("multiplications", palette.CATEGORIES[1]))


def architecture(shape: Sequence[int], blocks: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    r"""Draw the blocks of a network from left to right.

    A slab's height is the square root of its maps' height, its thickness grows with each doubling
    of their number; a bar stands for numbers without places. Below are each block's shares of all
    parameters and of all multiplications.

    Parameters
    ----------
    shape
        Channels, height and width of the input.
    blocks
        block, output (channels, height and width, or fewer numbers), parameters, multiplications.
    ax
        Axes to draw in; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If there is no block.

    Examples
    --------
    >>> import pandas as pd
    >>> from iconometrics import figures
    >>> blocks = pd.DataFrame(
    ...     {
    ...         "block": ["conv1", "head"],
    ...         "output": [(6, 14, 14), (10,)],
    ...         "parameters": [156, 11770],
    ...         "multiplications": [117600, 11760],
    ...     }
    ... )
    >>> ax = figures.architecture((1, 32, 32), blocks)
    >>> [text.get_text() for text in ax.texts][:2]
    ['1\n32 × 32', 'input']
    """
    if not len(blocks):
        raise InputError("a network without blocks: expected at least one to draw.")
    slots = len(blocks) + 1
    ax = axes(ax, width=PAGE, height=3.1)
    size = 7.0 if slots <= 12 else 5.8
    with style():
        bare(ax)
        outputs = [tuple(shape), *blocks["output"]]
        tallest = max([1, *(max(output[1:]) for output in outputs if len(output) == 3)])
        for slot, (name, output) in enumerate(
            zip(["input", *blocks["block"]], outputs, strict=True)
        ):
            _slab(ax, slot, _maps(output), tallest, size=size, input=not slot)
            ax.text(
                slot + 0.12,
                _FLOOR,
                name,
                rotation=45,
                ha="right",
                va="top",
                rotation_mode="anchor",
                fontsize=size,
                color=palette.INK,
            )
        for (column, color), base in zip(_ROWS, _BARS, strict=True):
            _shares(ax, blocks[column].to_numpy(float), base, label=column, color=color, size=size)
        ax.set(xlim=(-1.1 * slots / 9 - 0.4, slots - 0.3), ylim=(-2.3, 0.95))
    return ax


def _maps(output: Sequence[int]) -> tuple[int, int, int]:
    """Give channels, height and width; a row of numbers has no places."""
    if len(output) == 3:
        return output[0], output[1], output[2]
    if len(output) == 2:
        # Tokens or words, each with as many numbers.
        return output[1], 1, 1
    return output[0], 1, 1


def _slab(
    ax: Axes, slot: int, maps: tuple[int, int, int], tallest: int, *, size: float, input: bool
) -> None:
    from matplotlib.patches import Polygon

    channels, high, wide = maps
    flat = high == wide == 1
    tall = 0.07 if flat else _TALLEST * max((high / tallest) ** 0.5, 0.12)
    deep = 0 if flat else _SLANT * (wide / tallest) ** 0.5
    thick = 0.62 if flat else _NARROW + _PER_DOUBLING * np.log2(channels)
    thick = min(thick, 0.66)
    left, low = slot - thick / 2 - deep / 2, -tall / 2 - deep / 2
    ramp = palette.ramp()
    tones = (ramp[30], ramp[12], ramp[60]) if input else (ramp[120], ramp[60], ramp[170])
    front = [(0, 0), (thick, 0), (thick, tall), (0, tall)]
    top = [(0, tall), (thick, tall), (thick + deep, tall + deep), (deep, tall + deep)]
    side = [(thick, 0), (thick + deep, deep), (thick + deep, tall + deep), (thick, tall)]
    for corners, tone in zip((front, top, side), tones, strict=True):
        placed = [(left + x, low + y) for x, y in corners]
        ax.add_patch(Polygon(placed, facecolor=tone, edgecolor=palette.PAPER, linewidth=0.5))
    size_text = f"{channels:,}" if flat else f"{channels:,}\n{high} × {wide}"
    ax.text(
        slot, low + tall + deep + 0.05, size_text, ha="center", va="bottom", fontsize=size - 0.8,
        color=palette.SOFT, linespacing=1.15,
    )  # fmt: skip


def _shares(
    ax: Axes, values: np.ndarray, base: float, *, label: str, color: str, size: float
) -> None:
    total = values.sum()
    shares = values / total if total else values
    ax.text(-0.05, base + 0.02, label, ha="right", va="bottom", fontsize=size, color=palette.INK)
    ax.plot([0.6, len(values) + 0.4], [base, base], color=palette.LINE, linewidth=0.6)
    top = max(shares.max(), 0.01)
    for slot, share in enumerate(shares, 1):
        ax.bar(slot, share / top * _BAR, 0.6, bottom=base, color=color, linewidth=0)
        if share > _TINY:
            written = wording.percent(share) if share >= 0.01 else f"<{wording.percent(0.01)}"
            ax.text(
                slot, base + share / top * _BAR + 0.02, written,
                ha="center", va="bottom", fontsize=size - 1, color=palette.SOFT,
            )  # fmt: skip
