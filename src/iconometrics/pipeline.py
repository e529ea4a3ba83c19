"""The whole way at once: from a folder of images to a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from pathlib import Path

import pandas as pd

from iconometrics import __version__, report
from iconometrics.engine import write_whole
from iconometrics.options import key
from iconometrics.study import Study

__all__ = ["explore"]


def explore(
    folder: str | Path,
    *,
    metadata: str | Path | pd.DataFrame | None = None,
    out: str | Path | None = None,
    sets: Sequence[str] = ("color", "hog"),
    k: int | Iterable[int] = range(2, 11),
    seed: int = 1,
    anonymize: bool = False,
    replace: bool = False,
    executor: Executor | None = None,
) -> Path:
    """Make a study of a folder: check, measure, find themes, report; only what is new is done.

    Parameters
    ----------
    folder
        The folder of images; nothing is written there.
    metadata
        A table with one row an image: a path or a DataFrame.
    out
        The study folder; by default ``FOLDER-study`` in the current folder.
    sets
        Feature sets to measure, and to find themes in.
    k, seed
        The number of themes, or the numbers to try; what names the random draws.
    anonymize
        Blur the faces in every picture of the report.
    replace
        Whether a study of other inputs in the study folder is replaced.
    executor
        Where to read images; None for processes on this machine.

    Returns
    -------
    pathlib.Path
        The report.

    Raises
    ------
    IconometricsError
        If there is nothing to work on, or the folder holds something else.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> folder = Path(tempfile.mkdtemp())
    >>> for n in range(6):
    ...     Image.new("L", (32, 32), 40 * n).save(folder / f"{n}.png")
    >>> explore(folder, out=folder / "study", sets=["color"], k=2).name
    'index.html'
    """
    place = out or f"{Path(folder).resolve().name}-study"
    study = Study.create(place, folder, metadata=metadata, seed=seed, replace=replace)
    study.check(executor=executor)
    study.features(sets, executor=executor)
    study.themes(k, features=sets, seed=seed)
    return _report(study, anonymize=anonymize)


def _report(study: Study, *, anonymize: bool) -> Path:
    """Write the report, unless the one that is there shows all that the log knows."""
    made_from = key(__version__, anonymize, study.log())
    page, note = study.folder / "report" / "index.html", study.folder / "report" / "made-from.txt"
    if page.exists() and note.exists() and note.read_text(encoding="utf-8") == made_from:
        return page
    note.unlink(missing_ok=True)
    page = report.write(study, anonymize=anonymize)
    write_whole(note, lambda temporary: temporary.write_text(made_from, encoding="utf-8"))
    return page
