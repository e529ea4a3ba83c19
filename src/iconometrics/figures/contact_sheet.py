"""Contact sheets: pictures whole, sharp, in even rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from iconometrics import wording
from iconometrics.errors import InputError
from iconometrics.figures import palette
from iconometrics.figures.look import PAGE, axes, bare, new_figure
from iconometrics.figures.style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["contact_sheet", "picture"]

Pixels = npt.NDArray[np.uint8]

_GAP = 0.05
_HEADING = 0.2
_CAPTION = 0.095
_MOST_IN_ROW = 60
_EMPTY = 0.2
_NARROWEST, _WIDEST = 0.3, 5.0


class _Place(NamedTuple):
    """Where a picture stands, in inches from the top left."""

    pixels: Pixels
    caption: str
    left: float
    top: float
    width: float
    height: float


def contact_sheet(
    pictures: Sequence[Pixels] | Mapping[str, Sequence[Pixels]],
    *,
    captions: Sequence[str] | Mapping[str, Sequence[str]] | None = None,
    columns: int | None = None,
) -> Figure:
    """Lay pictures out in rows of even height that fill the page; none is cropped.

    Parameters
    ----------
    pictures
        Arrays (h, w, 3) or (h, w), uint8; or such lists under their headings.
    captions
        A line for each picture, in the same arrangement.
    columns
        How many square pictures a row would hold; by default 4 to 10, by their number.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If there is no picture, or the captions are not as many.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import figures
    >>> gray = np.full((20, 30, 3), 128, np.uint8)
    >>> figure = figures.contact_sheet([gray] * 5, captions=list("abcde"))
    >>> len(figure.axes[0].images)
    5
    """
    groups = _groups(pictures, captions)
    most = max(len(shown) for _, shown, _ in groups)
    across = columns or int(np.clip(np.ceil(np.sqrt(2 * most)), 4, 10))
    each = (PAGE + _GAP) / across - _GAP
    places: list[_Place] = []
    headings: list[tuple[str, float]] = []
    top = 0.0
    for heading, shown, lines in groups:
        if heading:
            headings.append((heading, top))
            top += _HEADING
        laid, top = _rows(shown, lines, top=top, each=each)
        places += laid
        top += _GAP * 2
    return _drawn(places, headings, height=top - _GAP * 2)


def picture(pixels: Pixels, *, ax: Axes | None = None, caption: str = "") -> Axes:
    """Show one picture, whole.

    Parameters
    ----------
    pixels
        (h, w, 3) or (h, w), uint8.
    ax
        Axes to draw in; by default a new figure of the picture's shape.
    caption
        A line under the picture.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import figures
    >>> ax = figures.picture(np.zeros((20, 30, 3), np.uint8), caption="night")
    >>> ax.get_xlabel()
    'night'
    """
    height, width = pixels.shape[:2]
    ax = axes(ax, height=float(np.clip(3.5 * height / width, 0.8, 6)) + 0.1)
    with style():
        bare(ax)
        ax.imshow(_colored(pixels), interpolation="auto")
        ax.set_xlabel(caption)
    return ax


def _groups(
    pictures: Sequence[Pixels] | Mapping[str, Sequence[Pixels]],
    captions: Sequence[str] | Mapping[str, Sequence[str]] | None,
) -> list[tuple[str, Sequence[Pixels], Sequence[str]]]:
    shown = pictures if isinstance(pictures, Mapping) else {"": pictures}
    lines: Mapping[str, Sequence[str]]
    if captions is None:
        lines = {name: [""] * len(group) for name, group in shown.items()}
    else:
        lines = captions if isinstance(captions, Mapping) else {"": captions}
    groups = [(name, group, lines.get(name, ())) for name, group in shown.items() if len(group)]
    if not groups:
        raise InputError("no pictures to show: expected at least one. Choose other images.")
    for name, group, said in groups:
        if len(said) != len(group):
            raise InputError(
                f"{name or 'the sheet'}: {len(group)} pictures and {len(said)} captions; expected "
                "equally many. Give one caption per picture, or none at all."
            )
    return groups


def _rows(
    pictures: Sequence[Pixels], captions: Sequence[str], *, top: float, each: float
) -> tuple[list[_Place], float]:
    """Set row under row, each scaled to the page's width."""
    shapes = [_shape(pixels) for pixels in pictures]
    places: list[_Place] = []
    for start, stop in _breaks(shapes, each):
        height = _height(shapes[start:stop], each, last=stop == len(shapes))
        left = 0.0
        for i in range(start, stop):
            width = shapes[i] * height
            places.append(_Place(pictures[i], captions[i], left, top, width, height))
            left += width + _GAP
        lines = max(caption.count("\n") + 1 if caption else 0 for caption in captions[start:stop])
        top += height + _GAP + lines * _CAPTION
    return places, top


def _breaks(shapes: Sequence[float], each: float) -> list[tuple[int, int]]:
    """Break pictures into rows as high as wanted, with no picture left over by itself."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for stop in range(1, len(shapes) + 1):
        choices = []
        for start in range(stop - 1, max(-1, stop - _MOST_IN_ROW), -1):
            cost = _cost(shapes[start:stop], each, last=stop == len(shapes))
            choices.append((best[start][0] + cost, start))
        best.append(min(choices))
    rows = []
    stop = len(shapes)
    while stop:
        rows.append((best[stop][1], stop))
        stop = best[stop][1]
    return rows[::-1]


def _cost(shapes: Sequence[float], each: float, *, last: bool) -> float:
    height = _height(shapes, each, last=last)
    empty = 1 - height * sum(shapes) / PAGE if last else 0
    return float(np.log(height / each) ** 2 + _EMPTY * empty**2)


def _height(shapes: Sequence[float], each: float, *, last: bool) -> float:
    full = (PAGE - _GAP * (len(shapes) - 1)) / sum(shapes)
    return min(full, each) if last else full


def _shape(pixels: Pixels) -> float:
    height, width = pixels.shape[:2]
    return float(np.clip(width / height, _NARROWEST, _WIDEST))


def _drawn(
    places: Sequence[_Place], headings: Sequence[tuple[str, float]], *, height: float
) -> Figure:
    figure = new_figure(width=PAGE, height=max(height, 0.2))
    figure.set_layout_engine("none")
    with style():
        ax = figure.add_axes((0, 0, 1, 1))
        bare(ax)
        for place in places:
            _put(ax, place)
        for heading, top in headings:
            ax.text(0, top + 0.11, heading, va="center", fontsize=8.5, fontweight="bold")
        ax.set(xlim=(0, PAGE), ylim=(height, 0), aspect="auto")
    return figure


def _put(ax: Axes, place: _Place) -> None:
    height, width = place.pixels.shape[:2]
    scale = min(place.width / width, place.height / height)
    left = place.left + (place.width - scale * width) / 2
    top = place.top + (place.height - scale * height) / 2
    extent = (left, left + scale * width, top + scale * height, top)
    ax.imshow(_colored(place.pixels), extent=extent, interpolation="auto", aspect="auto")
    letters = max(4, int(place.width / 0.05))
    for number, line in enumerate(place.caption.split("\n")):
        cut = wording.shortened(line, letters)
        below = place.top + place.height + 0.055 + number * _CAPTION
        ax.text(place.left, below, cut, va="center", fontsize=5.8, color=palette.SOFT)


def _colored(pixels: Pixels) -> Pixels:
    return np.repeat(pixels[:, :, None], 3, axis=2) if pixels.ndim == 2 else pixels
