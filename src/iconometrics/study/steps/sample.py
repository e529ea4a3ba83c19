"""Samples for coding, and the sheets that people fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics import coding
from iconometrics.coding import Assignments, Codings, Sample, Store
from iconometrics.engine import write_whole
from iconometrics.errors import InputError, warn
from iconometrics.options import key
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.result_files import plain_name
from iconometrics.study.disk.step import step
from iconometrics.study.steps.features import fingerprint

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["Design", "draw", "sheet"]


@dataclass(frozen=True, eq=False)
class Design:
    """By which design images are drawn; at most one of strata, clusters, codings and top_up.

    Parameters
    ----------
    strata, allocation, spread
        As `coding.draw` takes them.
    clusters, within
        As `coding.draw_clusters` takes them.
    codings
        A machine coder's, as `coding.draw_by_confidence` takes them.
    top_up
        The name of a sample to draw more images for.
    told
        The design in words, for the log.
    """

    strata: pd.Series | str | None = None
    allocation: coding.Allocation = "proportional"
    spread: Mapping[str, float] | None = None
    clusters: pd.Series | str | None = None
    within: int | None = None
    codings: Codings | None = None
    top_up: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given = {
            "strata": self.strata,
            "clusters": self.clusters,
            "confidence": self.codings,
            "top_up": self.top_up,
        }
        names = [name for name, value in given.items() if value is not None]
        if len(names) > 1:
            raise InputError(
                f"{' and '.join(names)} are different designs; choose one. A second phase within "
                "strata of a first sample: coding.draw_second_phase()."
            )
        if self.within is not None and self.clusters is None:
            raise InputError("within= is the number of images of each cluster: give clusters= too.")

    def sample(self, corpus: Corpus, n: int, *, seed: int, name: str) -> Sample:
        """Draw.

        Parameters
        ----------
        corpus
            The images to draw from.
        n
            How many.
        seed
            Names the draw.
        name
            The sample's name.

        Returns
        -------
        Sample
        """
        if self.clusters is not None:
            options: dict[str, Any] = {"clusters": self.clusters, "within": self.within}
            return coding.draw_clusters(corpus, n, seed=seed, name=name, **options)
        if self.codings is not None:
            return coding.draw_by_confidence(corpus, n, codings=self.codings, seed=seed, name=name)
        options = {"allocation": self.allocation, "spread": self.spread}
        return coding.draw(corpus, n, strata=self.strata, seed=seed, name=name, **options)


def draw(
    layout: Layout,
    corpus: Corpus,
    n: int,
    *,
    design: Design,
    seed: int,
    name: str,
    variables: Sequence[str],
    coders: Sequence[str] = (),
    overlap: float = 0.2,
) -> Sample:
    """Draw a sample, keep it, and write the sheets to fill in; filled-in sheets are left alone."""
    plain_name(name, "name")
    for coder in coders:
        plain_name(coder, "coders")
    with step(layout, "sample") as under_way:
        store = Store(layout.codings)
        if design.top_up is None:
            sample = new = design.sample(corpus, n, seed=seed, name=name)
        else:
            sample = _topped_up(layout, store, design.top_up, n=n, seed=seed, name=name)
            new = sample.select(sample.images[sample.table["wave"] == sample.table["wave"].max()])
        made = coding.assign(new, coders, overlap=overlap, seed=seed) if coders else None
        store.add_sample(sample)
        _keep_frame(layout, sample)
        if made is not None:
            store.assign(made)
        sheets = _write_sheets(layout, new, corpus, made=made, variables=variables)
        under_way.done(
            name,
            key(n, dict(design.told), seed, list(coders), overlap if coders else None),
            inputs={"images": fingerprint(corpus.sources())},
            options={"n": n, **design.told, "coders": list(coders) or None},
            seed=seed,
            result={"sheet": f"samples/{sheets[0].name}", "images": len(new)},
        )
    return sample


def sheet(layout: Layout, name: str, coder: str | None = None) -> Path:
    """Say where the sheet of a sample lies."""
    return layout.step("samples") / (f"{name}.csv" if coder is None else f"{name}-{coder}.csv")


def _topped_up(
    layout: Layout, store: Store, former: str, *, n: int, seed: int, name: str
) -> Sample:
    samples = store.samples()
    if former not in samples:
        raise InputError(
            f"there is no sample {former!r} to top up; there are {', '.join(samples) or 'none'}."
        )
    path = _frame(layout, former)
    frame = pd.read_parquet(path) if path.exists() else None
    return coding.top_up(replace(samples[former], frame=frame), n, seed=seed, name=name)


def _keep_frame(layout: Layout, sample: Sample) -> None:
    path, frame = _frame(layout, sample.name), sample.frame
    if frame is not None and not path.exists():
        write_whole(path, lambda temporary: frame.to_parquet(temporary, index=False))


def _frame(layout: Layout, name: str) -> Path:
    return layout.step("samples") / f"{name}-frame.parquet"


def _write_sheets(
    layout: Layout,
    sample: Sample,
    corpus: Corpus,
    *,
    made: Assignments | None,
    variables: Sequence[str],
) -> list[Path]:
    images = {None: sample.images} if made is None else {one: made.of(one) for one in made.coders}
    paths = []
    for coder, ids in images.items():
        path = sheet(layout, sample.name, coder)
        table = pd.DataFrame({"image": ids})
        table["file"] = corpus.images["file"].reindex(ids).array
        for variable in variables:
            table[variable] = ""
        if not path.exists():
            _write(path, table)
        elif not _same_rows(path, table):
            warn(
                f"samples/{path.name} is there already, for other images or variables; it was "
                "left alone. Move it away and draw again to have the new one."
            )
        paths.append(path)
    return paths


def _write(path: Path, table: pd.DataFrame) -> None:
    write_whole(path, lambda temporary: table.to_csv(temporary, index=False))


def _same_rows(path: Path, table: pd.DataFrame) -> bool:
    from iconometrics.corpus import read_table

    there, _ = read_table(path, text=True)
    known = set(table) <= set(there)
    return known and set(there["image"].dropna()) == set(table["image"])
