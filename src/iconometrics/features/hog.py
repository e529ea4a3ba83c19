"""Histograms of oriented gradients: where in a picture edges run in which direction."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from iconometrics import figures, images
from iconometrics.errors import InputError
from iconometrics.features.column import Column
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_gray
from iconometrics.features.registry import register

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["HOG", "cell_histograms", "edge_numbers", "normalized_blocks"]

_ORIENTATIONS = 9
_BLOCK = 2

_SOURCE = "Dalal & Triggs (2005), Histograms of oriented gradients for human detection, CVPR"
_CORNERS = (("ul", "ur"), ("ll", "lr"))
_PLACES = (("upper left", "upper right"), ("lower left", "lower right"))
_EPSILON = 1e-5
_CLIP = 0.2
_WIDEST = 2.5


@register
class HOG(Extractor):
    """Histograms of oriented gradients, and how much of all edges runs which way.

    The picture is brought to a gray square of ``size`` pixels, whatever its shape. Gradients are
    cut into cells; each cell has a histogram of nine directions (20 degrees each, weighted by
    magnitude); each block of 2 x 2 cells is normalized (L2, clipped at .2, L2 again). The four
    plain numbers on edges are computed without distortion, with the longest side at ``size``.

    Parameters
    ----------
    size
        The working size: side of the gray square in pixels.
    cell
        Side of a cell in pixels; ``size`` must be at least two cells, with nothing left over.

    Notes
    -----
    Dalal, N. & Triggs, B. (2005). Histograms of oriented gradients for human detection. CVPR.

    Examples
    --------
    >>> import numpy as np
    >>> stripes = np.zeros((64, 64), dtype=np.uint8)
    >>> stripes[:, ::8] = 255
    >>> row = HOG().transform(stripes).iloc[0]
    >>> len(row), float(row["hog_vertical"])
    (328, 1.0)
    """

    name: ClassVar[str] = "hog"

    size: int

    def __init__(self, *, size: int = 64, cell: int = 16) -> None:
        super().__init__(size=size)
        self.cell = cell

    def columns(self) -> tuple[Column, ...]:
        if (
            self.size is None
            or self.cell < 1
            or self.size % self.cell
            or self.size < _BLOCK * self.cell
        ):
            raise InputError(
                f"hog with size={self.size}, cell={self.cell}: expected a size of at least two "
                "cells with nothing left over, such as size=64, cell=16."
            )
        return _columns(self.size // self.cell)

    def prepare(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return pixels

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        # One channel is resized three times as fast as three.
        gray = as_gray(pixels)
        whole = images.resize(gray, self.size).astype(np.float64)
        return np.concatenate([edge_numbers(whole), normalized_blocks(self._cells(gray)).ravel()])

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        from matplotlib.collections import LineCollection

        height, width = pixels.shape[:2]
        gray = as_gray(pixels)
        strokes, strength = _strokes(self._cells(gray), width, height)
        ax = figures.axes(ax)
        ax.imshow(gray, cmap="gray", vmin=-255, vmax=255)
        ax.add_collection(LineCollection(list(strokes), colors="black", linewidths=strength))
        ax.set_axis_off()
        return ax

    def _cells(self, gray: NDArray[np.uint8]) -> NDArray[np.float64]:
        square = images.resize(gray, shape=(self.size, self.size))
        return cell_histograms(square.astype(np.float64), self.cell)


def _gradients(gray: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Take differences between the pixels on both sides, across and down; 0 at the borders."""
    across, down = np.zeros_like(gray), np.zeros_like(gray)
    across[:, 1:-1] = gray[:, 2:] - gray[:, :-2]
    down[1:-1] = gray[2:] - gray[:-2]
    return across, down


def cell_histograms(gray: NDArray[np.float64], cell: int) -> NDArray[np.float64]:
    """Sum gradient magnitudes by cell and direction."""
    from iconometrics.features.kernels.orientations import direction_sums

    sums: NDArray[np.float64] = direction_sums(np.ascontiguousarray(gray), cell, _starts())
    return sums / cell**2


@lru_cache(maxsize=1)
def _starts() -> NDArray[np.float64]:
    angle = np.radians(180 / _ORIENTATIONS * np.arange(1, _ORIENTATIONS))
    return np.stack([np.cos(angle), np.sin(angle)])


def normalized_blocks(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Normalize every block of 2 x 2 cells: L2, clipped at .2, L2 again."""
    windows = sliding_window_view(cells, (_BLOCK, _BLOCK), axis=(0, 1))
    blocks: NDArray[np.float64] = np.moveaxis(windows, 2, 4)
    return _unit(np.minimum(_unit(blocks), _CLIP))


def edge_numbers(gray: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the strength of edges and the shares of horizontal, vertical and diagonal ones."""
    across, down = _gradients(gray)
    magnitude = np.hypot(across, down)
    total = magnitude.sum()
    if total == 0:
        return np.zeros(4)
    # An edge runs at a right angle to its gradient; 22.5 degrees on either side count.
    steep = np.tan(np.radians(67.5))
    horizontal = magnitude[np.abs(down) > steep * np.abs(across)].sum() / total
    vertical = magnitude[np.abs(across) > steep * np.abs(down)].sum() / total
    diagonal = max(0.0, 1 - horizontal - vertical)
    return np.array([magnitude.mean() / 2, horizontal, vertical, diagonal])


def _unit(blocks: NDArray[np.float64]) -> NDArray[np.float64]:
    squares = (blocks**2).sum(axis=(2, 3, 4), keepdims=True)
    result: NDArray[np.float64] = blocks / np.sqrt(squares + _EPSILON**2)
    return result


def _strokes(
    cells: NDArray[np.float64], width: int, height: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Place one stroke per cell and direction, along the edge: at a right angle to the gradient."""
    rows, columns, _ = cells.shape
    angle = np.radians((np.arange(_ORIENTATIONS) + 0.5) * 180 / _ORIENTATIONS)
    reach = 0.45 * np.array([width / columns, height / rows])
    half = np.stack([-np.sin(angle), np.cos(angle)], axis=1) * reach
    x = (np.arange(columns) + 0.5) * width / columns
    y = (np.arange(rows) + 0.5) * height / rows
    center = np.stack(np.meshgrid(x, y), axis=2)[:, :, None, :]
    strokes = np.stack([center - half, center + half], axis=3).reshape(-1, 2, 2)
    return strokes, _WIDEST * cells.ravel() / max(cells.max(), _EPSILON)


@lru_cache(maxsize=16)
def _columns(side: int) -> tuple[Column, ...]:
    places = np.ndindex(side - 1, side - 1, _BLOCK, _BLOCK, _ORIENTATIONS)
    return (*_edges(), *(_direction(*place) for place in places))


def _direction(row: int, column: int, down: int, right: int, k: int) -> Column:
    cell = f"row {row + down + 1}, column {column + right + 1}"
    low, high = 20 * k, 20 * (k + 1)
    return Column(
        name=f"hog_r{row + 1}c{column + 1}_{_CORNERS[down][right]}_{low:03d}",
        label=f"Gradients of {low}-{high} degrees in the cell at {cell}",
        formula=f"Sum of gradient magnitudes with directions from {low} to below {high} degrees in "
        f"the cell at {cell}, divided by the L2 norm of its block of 2 x 2 cells (of which it is "
        f"the {_PLACES[down][right]} one), clipped at .2, divided by the norm again",
        low=0.0,
        high=1.0,
        unit="share of the block's norm",
        source=_SOURCE,
        means_high=f"Edges at about {(low + 100) % 180} degrees, clockwise from the horizontal, "
        "stand out there",
        means_low="No such edges there, or others are far stronger",
        plain=False,
    )


def _edges() -> tuple[Column, ...]:
    strength: dict[str, Any] = {
        "formula": "Mean of sqrt(gx^2 + gy^2) / 2, g the difference between the gray values of "
        "the two pixels on either side; longest side of the picture reduced to the working size",
        "high": 180.4,
        "unit": "gray levels per pixel",
        "means_high": "Detail everywhere: foliage, crowds, text",
        "means_low": "Smooth: sky, walls, blur",
    }
    return (
        _edge("strength", "Strength of edges", **strength),
        _edge("horizontal", "Horizontal edges", **_share("within 22.5 degrees of horizontal")),
        _edge("vertical", "Vertical edges", **_share("within 22.5 degrees of vertical")),
        _edge("diagonal", "Diagonal edges", **_share("neither horizontal nor vertical")),
    )


def _share(which: str) -> dict[str, Any]:
    return {
        "formula": f"Sum of gradient magnitudes at edges that are {which}, divided by the sum of "
        "all; 0 in a picture without edges",
        "high": 1.0,
        "unit": "share of edge strength",
        "means_high": f"Most edges are {which}",
        "means_low": f"Few edges are {which}",
    }


def _edge(name: str, label: str, **rest: Any) -> Column:
    return Column(name=f"hog_{name}", label=label, low=0.0, source=_SOURCE, plain=True, **rest)
