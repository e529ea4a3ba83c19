"""Contact sheets of themes: examples of each under its heading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from iconometrics import figures, images
from iconometrics.errors import ReadError, warn
from iconometrics.wording import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from iconometrics.corpus import Corpus

__all__ = ["contact_sheet"]

_Opened = npt.NDArray[np.uint8] | ReadError
_PIXELS = 400


def contact_sheet(
    corpus: Corpus,
    examples: Mapping[str, list[str]],
    *,
    headings: Mapping[str, str],
    anonymize: bool,
) -> Figure:
    """Show images under headings; one that cannot be opened is left out with a warning."""
    opened = {theme: _opened(corpus, ids, anonymize) for theme, ids in examples.items()}
    _warn_of({image: pixels for part in opened.values() for image, pixels in part.items()})
    shown = {
        headings[theme]: {i: p for i, p in part.items() if not isinstance(p, ReadError)}
        for theme, part in opened.items()
    }
    captions = {head: ["" if anonymize else str(i) for i in part] for head, part in shown.items()}
    pictures = {head: list(part.values()) for head, part in shown.items()}
    return figures.contact_sheet(pictures, captions=captions)


def _opened(corpus: Corpus, ids: Sequence[str], anonymize: bool) -> dict[str, _Opened]:
    opened: dict[str, _Opened] = {}
    for image in ids:
        try:
            pixels = corpus.open(image, size=_PIXELS).pixels
        except ReadError as error:
            opened[image] = error
        else:
            opened[image] = images.anonymize(pixels) if anonymize else pixels
    return opened


def _warn_of(opened: Mapping[str, _Opened]) -> None:
    failed = [
        f"{image}: {error}" for image, error in opened.items() if isinstance(error, ReadError)
    ]
    if failed:
        left_out = counted(len(failed), "image")
        warn(f"{left_out} left out of the contact sheet, the first is {failed[0]}")
