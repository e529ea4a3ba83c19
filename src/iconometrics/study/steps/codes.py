"""People's codes: the codebook, in from any table and out to any, what they were settled on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from iconometrics.coding import Codebook, Codings, Sample, Store
from iconometrics.coding.codings_files import read_table
from iconometrics.coding.schema import COLUMNS
from iconometrics.errors import InputError, warn
from iconometrics.options import key
from iconometrics.study.disk import log
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.step import step
from iconometrics.wording import listed

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = [
    "add",
    "add_book",
    "books",
    "by_people",
    "export",
    "newest_book",
    "second_phases",
    "settled",
]

_IDS = ("image", "id", "file", "filename", "path")


def add(
    layout: Layout,
    corpus: Corpus,
    path: Path,
    *,
    coder: str | None,
    sample: str | None,
    variables: Sequence[str] | None,
    codebook: str | Path | Codebook | None = None,
) -> Codings:
    """Read codes from a table and keep them; the same file is kept once."""
    store = Store(layout.codings)
    with step(layout, "codes") as under_way:
        table = read_table(path)
        book = None if codebook is None else store.add_codebook(_book(codebook))
        coder = coder or _whose(path, store)
        samples = store.samples()
        columns = list(variables) if variables else _variables(table, book)
        codes = Codings.read(table, coder=coder, variables=columns)
        codes = _checked(codes, book, store, rows=_rows(table, codes))
        _require_known(codes, corpus, path)
        # A second phase is the newest sample, and may hold all of a student's few late codes.
        own = _sheet_of(path, coder, samples, codes) if second_phases(layout) else None
        codes = _drawn(codes, samples, sample or own)
        codes = _with_hashes(codes, corpus)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        added = key(digest, coder, sample, list(variables or ()), *([book.text()] if book else []))
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


def add_book(layout: Layout, codebook: str | Path | Codebook) -> Codebook:
    """Keep a codebook; one that changed after coding began gets a new version."""
    with step(layout, "codebook") as under_way:
        kept = Store(layout.codings).add_codebook(_book(codebook))
        result = {"version": kept.version, "variables": list(kept.names)}
        under_way.done(kept.name, key(kept.text()), result=result)
    return kept


def books(layout: Layout) -> list[Codebook]:
    """Read every version of the codebook, the newest at the end."""
    return list(Store(layout.codings).codebooks().values())


def newest_book(layout: Layout) -> Codebook | None:
    """Read the codebook in its newest version, if there is one."""
    codebooks = books(layout)
    return codebooks[-1] if codebooks else None


def export(layout: Layout, path: str | Path, *, wide: bool, coders: Sequence[str]) -> Path:
    """Write people's codings to a file."""
    codings = Store(layout.codings).codings()
    if not len(codings):
        raise InputError("there are no codings to export; add some with study.add_codings().")
    if coders:
        rows = pd.concat([codings.of(coder).data for coder in coders])
        codings = Codings(rows, sample=codings.sample)
    return codings.write(path, wide=wide, codebook=newest_book(layout))


def second_phases(layout: Layout) -> dict[str, str]:
    """Name what each second phase was drawn from, by the name of its sample."""
    drawn = log.latest(log.entries(layout.log), "sample").values()
    return {
        str(entry["name"]): str(entry["options"]["second_phase"])
        for entry in drawn
        if entry["options"].get("second_phase") is not None
    }


def by_people(layout: Layout, sample: str | None = None) -> Codings:
    """Read people's codings: of one sample, else all but those of second phases."""
    store, apart = Store(layout.codings), second_phases(layout)
    codings = store.codings()
    if sample is None and not apart:
        return codings
    rows = codings.data
    wanted = ~rows["sample"].isin(list(apart)) if sample is None else rows["sample"] == sample
    names = {*rows.loc[wanted, "sample"].dropna()}
    drawn = store.samples()[names.pop()] if len(names) == 1 else codings.sample
    return replace(codings, data=rows[wanted], sample=drawn)


def settled(layout: Layout, sample: str | None = None) -> Codings:
    """Read the adjudicated value where there is one, and people's codings elsewhere.

    Codes of a second phase count only where that sample is asked for.
    """
    codings = by_people(layout, sample)
    final = Store(layout.codings).adjudicated(sample=sample, apart_from=second_phases(layout)).data
    if not len(final):
        return codings
    done = pd.MultiIndex.from_frame(final[["image", "variable"]])
    rows = codings.data
    left = rows[~pd.MultiIndex.from_frame(rows[["image", "variable"]]).isin(done)]
    return replace(codings, data=pd.concat([final, left]))


def _book(codebook: str | Path | Codebook) -> Codebook:
    return codebook if isinstance(codebook, Codebook) else Codebook.read(codebook)


def _whose(path: Path, store: Store) -> str:
    """Name the coder of a sheet samples/SAMPLE-CODER.csv, else the file's name."""
    assigned = store.assignments()[["sample", "coder"]].drop_duplicates()
    for drawn, coder in assigned.itertuples(index=False, name=None):
        if path.stem == f"{drawn}-{coder}":
            return str(coder)
    return path.stem


def _sheet_of(path: Path, coder: str, samples: dict[str, Sample], codes: Codings) -> str | None:
    """Name the sample whose sheet a file is, where all that it codes is in that sample."""
    for name, sample in samples.items():
        if path.stem in (name, f"{name}-{coder}") and codes.images.isin(sample.images).all():
            return name
    return None


def _variables(table: pd.DataFrame, book: Codebook | None) -> list[str] | None:
    """Name the columns of codes; a file name beside the id is none."""
    if {"variable", "value"} <= set(table.columns):
        return None
    own = {*_IDS, *COLUMNS}
    columns = [str(name) for name in table.columns if name not in own]
    if book is None or not any(name in book for name in columns):
        return columns
    others = [name for name in columns if name not in book]
    if others:
        warn(f"columns that are not in codebook {book.name!r} are left out: {listed(others, 5)}.")
    return [name for name in columns if name in book]


def _checked(
    codes: Codings, codebook: Codebook | None, store: Store, *, rows: list[int] | None
) -> Codings:
    if codebook is not None:
        return codebook.check(codes, rows=rows)
    books = list(store.codebooks().values())
    if books and all(name in books[-1] for name in codes.variables):
        return books[-1].check(codes, rows=rows)
    return codes


def _rows(table: pd.DataFrame, codes: Codings) -> list[int] | None:
    """Number the rows as a spreadsheet does, the header being row 1."""
    times, rest = divmod(len(codes), max(len(table), 1))
    return None if rest else list(range(2, len(table) + 2)) * times


def _require_known(codes: Codings, corpus: Corpus, path: Path) -> None:
    unknown = codes.images[~codes.images.isin(corpus.ids)]
    if len(unknown) == len(codes.images):
        raise InputError(
            f"{path.name}: none of its {len(unknown)} images ({', '.join(unknown[:3])}, ...) is in "
            "the study. Its column image must hold the study's ids, as the coding sheet does."
        )
    if len(unknown):
        warn(
            f"{path.name}: {len(unknown)} of {len(codes.images)} images are not in the study "
            f"({', '.join(unknown[:3])}); their codes are kept but not used."
        )


def _drawn(codes: Codings, samples: dict[str, Sample], name: str | None) -> Codings:
    if name is not None and name not in samples:
        raise InputError(f"there is no sample {name!r}; there are {', '.join(samples) or 'none'}.")
    coded = codes.images
    fitting = [sample for sample in samples.values() if coded.isin(sample.images).all()]
    sample = samples[name] if name is not None else fitting[-1] if fitting else None
    if sample is None:
        return _warned_outside(codes, samples)
    outside = coded[~coded.isin(sample.images)]
    if len(outside) == len(coded):
        raise InputError(
            f"none of the {len(coded)} coded images ({listed(coded)}) is in the sample "
            f"{sample.name!r}; are the ids written the same way?"
        )
    if len(outside):
        warn(
            f"{len(outside)} of {len(coded)} coded images are not in the sample {sample.name!r} "
            f"({listed(outside)}) and are left out: the probability of drawing them is unknown."
        )
    inside = codes.select(sample.images)
    return replace(inside, data=inside.data.assign(sample=sample.name), sample=sample)


def _warned_outside(codes: Codings, samples: dict[str, Sample]) -> Codings:
    """Warn that codes of no sample have no known probability, where there are samples."""
    if samples and codes.data["sample"].isna().any():
        newest = list(samples.values())[-1]
        outside = codes.images[~codes.images.isin(newest.images)]
        warn(
            f"{len(outside)} of {len(codes.images)} coded images are outside the sample "
            f"{newest.name!r} ({listed(outside)}): the codes are kept without a sample, and "
            f"without a probability. With sample={newest.name!r} only those inside it are taken."
        )
    return codes


def _with_hashes(codes: Codings, corpus: Corpus) -> Codings:
    hashes = codes.data["image"].map(corpus.images["sha256"])
    return replace(codes, data=codes.data.assign(sha256=codes.data["sha256"].fillna(hashes)))
