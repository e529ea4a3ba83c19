"""Figures as files: PNG for slides, PDF for papers, byte for byte the same on every run."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iconometrics.engine import write_whole
from iconometrics.figures.look import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["quiet_fonts", "root", "save"]

_FORMATS: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def save(figure: Figure | Axes, folder: Path | str, name: str) -> list[Path]:
    """Write a figure as PNG (300 dpi) and as PDF (vector, fonts embedded).

    Parameters
    ----------
    figure
        A figure, or an axes that stands for its figure.
    folder
        Where the files go; made if missing.
    name
        The files' name without suffix.

    Returns
    -------
    list of Path
        The PNG and the PDF. Neither holds a date, so equal figures give equal files.

    Raises
    ------
    StudyError
        If the folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from iconometrics import figures
    >>> paths = figures.save(figures.histogram([1, 2, 2, 3]), tempfile.mkdtemp(), "ages")
    >>> [path.name for path in paths]
    ['ages.png', 'ages.pdf']
    """
    drawn = root(figure)
    paths = []
    for suffix, metadata in _FORMATS.items():
        path = Path(folder) / f"{name}.{suffix}"
        write = partial(drawn.savefig, format=suffix, metadata=metadata, dpi=300)
        with style(), quiet_fonts():
            write_whole(path, write)
        paths.append(path)
    return paths


def root(figure: Figure | Axes) -> Figure:
    """Find the figure that an axes belongs to."""
    found = figure.get_figure(root=True)
    assert found is not None
    return found


@contextmanager
def quiet_fonts() -> Iterator[None]:
    """Keep matplotlib from warning of letters that no font of this machine has."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        yield
