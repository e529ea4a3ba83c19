"""Samples for coding, the sheets that people fill in, and the codes that come back."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from iconometrics import coding
from iconometrics.coding import Codings, Sample, Store
from iconometrics.coding.schema import COLUMNS
from iconometrics.corpus import read_table
from iconometrics.engine import write_whole
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.options import key
from iconometrics.study import log
from iconometrics.study.featuring import fingerprint
from iconometrics.study.keeping import plain_name
from iconometrics.study.layout import Layout
from iconometrics.study.step import step

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["add", "draw", "sheet"]

_IDS = ("image", "id", "file", "filename", "path")


def draw(
    layout: Layout,
    corpus: Corpus,
    n: int,
    *,
    strata: pd.Series | str | None,
    told: str | None,
    seed: int,
    name: str,
    variables: Sequence[str],
) -> Sample:
    """Draw a sample, keep it, and write the sheet to fill in; a filled-in sheet is left alone.

    Parameters
    ----------
    layout
        The study.
    corpus
        The images to draw from.
    n
        How many.
    strata
        As `coding.draw` takes them.
    told
        The strata in words, for the log.
    seed
        Names the draw.
    name
        The sample's name.
    variables
        Columns of the sheet.

    Returns
    -------
    Sample
    """
    plain_name(name, "name")
    with step(layout, "sample") as under_way:
        sample = coding.draw(corpus, n, strata=strata, seed=seed, name=name)
        Store(layout.codings).add_sample(sample)
        path = sheet(layout, name)
        if not path.exists():
            _write_sheet(sample, corpus, path, variables)
        under_way.done(
            name,
            key(n, told, seed),
            inputs={"images": fingerprint(corpus.sources())},
            options={"n": n, "strata": told},
            seed=seed,
            result={"sheet": f"samples/{path.name}", "images": len(sample)},
        )
    return sample


def sheet(layout: Layout, name: str) -> Path:
    """Say where the sheet of a sample lies.

    Parameters
    ----------
    layout
        The study.
    name
        The sample's name.

    Returns
    -------
    pathlib.Path
    """
    return layout.step("samples") / f"{name}.csv"


def add(
    layout: Layout,
    corpus: Corpus,
    path: Path,
    *,
    coder: str | None,
    sample: str | None,
    variables: Sequence[str] | None,
) -> Codings:
    """Read codes from a table and keep them; the same file is kept once.

    Parameters
    ----------
    layout
        The study.
    corpus
        The images that may be coded.
    path
        A sheet that was filled in, or any table of codes.
    coder
        Who coded, where the table does not say; by default the file's name.
    sample
        The sample that was coded; by default the newest that holds all the coded images.
    variables
        The columns to take; by default all but ids and file names.

    Returns
    -------
    Codings
    """
    store = Store(layout.codings)
    with step(layout, "codes") as under_way:
        table, _ = read_table(path)
        codes = Codings.read(
            table, coder=coder or path.stem, variables=variables or _variables(table)
        )
        _require_known(codes, corpus, path)
        codes = _drawn(codes, store.samples(), sample)
        codes = _with_hashes(codes, corpus)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        added = key(digest, coder or path.stem, sample, list(variables or ()))
        entries = log.entries(layout.log)
        if not any(entry["step"] == "codes" and entry["key"] == added for entry in entries):
            store.add_codings(codes)
        under_way.done(
            path.name,
            added,
            inputs={"file": digest},
            result={"codings": len(codes), "variables": codes.variables},
        )
    return codes


def _write_sheet(sample: Sample, corpus: Corpus, path: Path, variables: Sequence[str]) -> None:
    table = pd.DataFrame({"image": sample.images})
    table["file"] = corpus.images["file"].reindex(sample.images).array
    for variable in variables:
        table[variable] = ""
    write_whole(path, lambda temporary: table.to_csv(temporary, index=False))


def _variables(table: pd.DataFrame) -> list[str] | None:
    """Name the columns of codes; a file name beside the id is none."""
    if {"variable", "value"} <= set(table.columns):
        return None
    own = {*_IDS, *COLUMNS}
    return [str(name) for name in table.columns if name not in own]


def _require_known(codes: Codings, corpus: Corpus, path: Path) -> None:
    unknown = codes.images[~codes.images.isin(corpus.ids)]
    if len(unknown) == len(codes.images):
        raise InputError(
            f"{path.name}: none of its {len(unknown)} images ({', '.join(unknown[:3])}, ...) is in "
            "the study. Its column image must hold the study's ids, as the coding sheet does."
        )
    if len(unknown):
        warnings.warn(
            f"{path.name}: {len(unknown)} of {len(codes.images)} images are not in the study "
            f"({', '.join(unknown[:3])}); their codes are kept, and used nowhere.",
            IconometricsWarning,
            stacklevel=4,
        )


def _drawn(codes: Codings, samples: dict[str, Sample], name: str | None) -> Codings:
    if name is not None and name not in samples:
        raise InputError(f"there is no sample {name!r}; there are {', '.join(samples) or 'none'}.")
    fitting = [one for one in samples.values() if codes.images.isin(one.images).all()]
    sample = samples[name] if name is not None else fitting[-1] if fitting else None
    if sample is None:
        return codes
    inside = codes.select(sample.images)
    return replace(inside, data=inside.data.assign(sample=sample.name), sample=sample)


def _with_hashes(codes: Codings, corpus: Corpus) -> Codings:
    hashes = codes.data["image"].map(corpus.images["sha256"])
    return replace(codes, data=codes.data.assign(sha256=codes.data["sha256"].fillna(hashes)))
