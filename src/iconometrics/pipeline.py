"""The whole way at once: from a folder of images to a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from hashlib import sha256
from pathlib import Path
from typing import Literal

import pandas as pd

from iconometrics import __version__, report, themes
from iconometrics.engine import write_whole
from iconometrics.inference import Estimates, over_partitions
from iconometrics.networks import Network
from iconometrics.options import key
from iconometrics.study import Study

__all__ = ["explore", "peng2021", "write_report"]


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
        A table with one row per image: a path or a DataFrame.
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
    return write_report(study, anonymize=anonymize)


def peng2021(
    study: Study,
    formula: str,
    *,
    k: int,
    network: str | Path | Network | None = None,
    sets: Sequence[str] = ("color", "hog"),
    partitions: int = 20,
    model: Literal["ols", "lpm", "logit", "poisson", "negbin"] = "ols",
    cluster: str | None = None,
    seed: int = 1,
) -> Estimates:
    """Regress an outcome on what pictures show: embedding, k-means, regression on the themes."""
    first = _first(study, k, network, sets=sets, seed=seed)
    metadata = study.corpus.metadata
    accounts = None if cluster is None else metadata[cluster]
    return over_partitions(
        formula,
        metadata,
        themes.redrawn(first, partitions, groups=accounts, seed=seed),
        model=model,
        cluster=cluster,
    )


def _first(
    study: Study,
    k: int,
    network: str | Path | Network | None,
    *,
    sets: Sequence[str],
    seed: int,
) -> themes.Themes:
    if network is None:
        return study.themes(k, features=list(sets), seed=seed)
    study.embed(network)
    return study.themes(k, features=[list(study.embeddings())[-1]], seed=seed)


def write_report(study: Study, *, out: str | Path | None = None, anonymize: bool = False) -> Path:
    """Write a study's report, unless the one that is there shows all that there is."""
    folder = study.folder / "report" if out is None else Path(out)
    page, note = folder / "index.html", folder / "made-from.txt"
    made_from = key(__version__, anonymize, study.log(), _content(study))
    if page.exists() and note.exists() and note.read_text(encoding="utf-8") == made_from:
        return page
    note.unlink(missing_ok=True)
    page = report.write(study, out=out, anonymize=anonymize)
    write_whole(note, lambda temporary: temporary.write_text(made_from, encoding="utf-8"))
    return page


def _content(study: Study) -> list[str]:
    """Name the corpus and its table; the log lists every result, but not these."""
    tables = [study.folder / name for name in ("corpus.parquet", "metadata.parquet")]
    return [sha256(path.read_bytes()).hexdigest() for path in tables if path.exists()]
