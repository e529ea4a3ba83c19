"""One picture, read: its pixels and what is known about it."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from iconometrics.images.encoding import data_uri

__all__ = ["Picture"]


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture that was read, and what was changed on the way.

    Parameters
    ----------
    pixels
        Red, green and blue in sRGB, 0 to 255, shape (height, width, 3); upright.
    width, height
        Size in pixels of the whole picture, upright, before any reduction.
    changes
        What was converted, one phrase each; empty if the pixels are as in the file.
    frames
        Frames or pages in the file; `pixels` holds the first.
    captured
        When it was taken, in ISO 8601, as the camera's clock had it; None if not recorded.
    place
        Latitude and longitude in degrees, north and east positive; None if not recorded.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> images.Picture(np.zeros((2, 3, 3), np.uint8), width=3, height=2).pixels.shape
    (2, 3, 3)
    """

    pixels: NDArray[np.uint8] = field(repr=False)
    width: int
    height: int
    changes: tuple[str, ...] = ()
    frames: int = 1
    captured: str | None = None
    place: tuple[float, float] | None = None

    def _repr_html_(self) -> str:
        caption = html.escape(repr(self), quote=True)
        return f'<img src="{data_uri(self.pixels)}" alt="{caption}" title="{caption}">'
