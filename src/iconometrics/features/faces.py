"""Faces: whether there are any, how many, how large."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics import figures, images
from iconometrics.features.column import Column
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_pixels
from iconometrics.features.registry import register
from iconometrics.figures.palette import CATEGORIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Faces"]

_SOURCE = "Viola & Jones (2001), Rapid object detection using a boosted cascade, CVPR"


@register
class Faces(Extractor):
    """Whether there are faces, how many, and how much of the picture they fill.

    Faces that look at the camera, as the cascade that OpenCV ships finds them: turned, covered
    and small ones are often missed. Compare the count with a gold standard before use.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is searched; the smallest
        face found there is 20 pixels wide.

    Notes
    -----
    Viola, P. & Jones, M. (2001). Rapid object detection using a boosted cascade of simple
    features. CVPR.

    Examples
    --------
    >>> import numpy as np
    >>> row = Faces().transform(np.zeros((64, 64), dtype=np.uint8)).iloc[0]
    >>> float(row["faces_count"]), float(row["faces_share"])
    (0.0, 0.0)
    """

    name: ClassVar[str] = "faces"

    def columns(self) -> tuple[Column, ...]:
        return _COLUMNS

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        height, width = pixels.shape[:2]
        faces = images.find_faces(pixels, thorough=False)
        covered = np.zeros((height, width), bool)
        for left, top, right, bottom in faces:
            covered[max(0, top) : bottom, max(0, left) : right] = True
        if not faces:
            return np.zeros(len(_COLUMNS))
        area = [(right - left) * (bottom - top) for left, top, right, bottom in faces]
        left, top, right, bottom = faces[int(np.argmax(area))]
        place = ((left + right) / 2 / width, (top + bottom) / 2 / height)
        largest = min(1.0, max(area) / (height * width))
        return np.array([1, len(faces), covered.mean(), largest, *place])

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        from matplotlib.patches import Rectangle

        prepared = self.prepare(as_pixels(pixels))
        faces = images.find_faces(prepared, thorough=False)
        ax = figures.axes(ax)
        ax.imshow(prepared)
        for left, top, right, bottom in faces:
            box = Rectangle((left, top), right - left, bottom - top, fill=False)
            box.set(edgecolor=CATEGORIES[1], linewidth=2)
            ax.add_patch(box)
        ax.set_axis_off()
        share = self.compute(prepared)[2]
        ax.set_title(
            f"{len(faces)} face{'s' * (len(faces) != 1)}, {share:.0%} of the picture",
            loc="left",
            fontsize=8,
        )
        return ax


def _column(name: str, label: str, formula: str, high: float, **rest: str) -> Column:
    fields = {"unit": "share", "means_high": "", "means_low": "", **rest}
    return Column(
        name=f"faces_{name}",
        label=label,
        formula=formula,
        low=0.0,
        high=high,
        source=_SOURCE,
        plain=True,
        **fields,
    )


_COLUMNS = (
    _column(
        "present",
        "A face",
        "1 where the cascade finds a face, 0 where it finds none",
        1.0,
        unit="0 or 1",
        means_high="Somebody looks at the camera",
        means_low="Nobody does, or the face was missed",
    ),
    _column(
        "count",
        "Faces",
        "Number of faces that the cascade finds",
        1000.0,
        unit="faces",
        means_high="Groups, audiences, class photographs",
        means_low="Things, places, people from behind",
    ),
    _column(
        "share",
        "Share of the picture that is faces",
        "Number of pixels in any face's box, divided by all",
        1.0,
        unit="share of pixels",
        means_high="Portraits, close-ups, selfies",
        means_low="Distant people, or none",
    ),
    _column(
        "largest",
        "Size of the largest face",
        "Number of pixels in the largest face's box, divided by all; 0 without a face",
        1.0,
        unit="share of pixels",
        means_high="Close-up of one face",
        means_low="Distant people, or none",
    ),
    _column(
        "x",
        "Place of the largest face from left to right",
        "Column of the middle of the largest face's box, divided by the width; 0 without a face",
        1.0,
        unit="share of the width",
        means_high="At the right edge",
        means_low="At the left edge, or no face",
    ),
    _column(
        "y",
        "Place of the largest face from top to bottom",
        "Row of the middle of the largest face's box, divided by the height; 0 without a face",
        1.0,
        unit="share of the height",
        means_high="At the bottom",
        means_low="At the top, or no face",
    ),
)
