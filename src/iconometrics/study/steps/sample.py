"""The step sample: images drawn for coding, and the sheets that people fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics import coding
from iconometrics.coding import Assignments, Codings, Sample, Store
from iconometrics.engine import write_whole
from iconometrics.errors import InputError, StudyError, warn
from iconometrics.options import key
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.result_files import kept_codings, plain_name
from iconometrics.study.disk.step import step
from iconometrics.study.steps import measure as measuring
from iconometrics.study.steps.codes import books
from iconometrics.study.steps.features import fingerprint
from iconometrics.study.steps.phases import first_phase
from iconometrics.study.steps.themes import newest
from iconometrics.wording import listed

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["draw"]


@dataclass(frozen=True, eq=False)
class _Design:
    """By which design images are drawn; at most one of strata, clusters, codings and top_up."""

    strata: pd.Series | str | None = None
    allocation: coding.Allocation = "proportional"
    spread: Mapping[str, float] | None = None
    clusters: pd.Series | str | None = None
    within: int | None = None
    codings: Codings | None = None
    top_up: str | None = None
    first: Sample | None = None

    def __post_init__(self) -> None:
        options = {
            "strata": self.strata if self.first is None else None,
            "second_phase": self.first,
            "clusters": self.clusters,
            "confidence": self.codings,
            "top_up": self.top_up,
        }
        names = [name for name, value in options.items() if value is not None]
        if len(names) > 1:
            raise InputError(f"{' and '.join(names)} are different designs; choose one.")
        if self.within is not None and self.clusters is None:
            raise InputError("within= is the number of images of each cluster: give clusters= too.")

    def sample(self, corpus: Corpus, n: int, *, seed: int, name: str) -> Sample:
        """Draw images, or whole clusters of them."""
        if self.clusters is not None:
            options: dict[str, Any] = {"clusters": self.clusters, "within": self.within}
            return coding.draw_clusters(corpus, n, seed=seed, name=name, **options)
        if self.codings is not None:
            return coding.draw_by_confidence(corpus, n, codings=self.codings, seed=seed, name=name)
        options = {"allocation": self.allocation, "spread": self.spread}
        if self.first is not None:
            own = self.strata if isinstance(self.strata, pd.Series) else None
            return coding.draw_second_phase(
                self.first, n, strata=own, seed=seed, name=name, **options
            )
        return coding.draw(corpus, n, strata=self.strata, seed=seed, name=name, **options)


def draw(
    layout: Layout,
    corpus: Corpus,
    n: int,
    *,
    strata: str | pd.Series | None,
    allocation: coding.Allocation,
    spread: Mapping[str, float] | None,
    clusters: str | pd.Series | None,
    within: int | None,
    confidence: str | None,
    top_up: str | None,
    second_phase: str | None,
    coders: Sequence[str],
    overlap: float,
    seed: int,
    name: str | None,
    variables: Sequence[str] | None,
) -> Sample:
    """Draw a sample, keep it, and write the sheets to fill in; filled-in sheets are left alone."""
    settings = {
        "strata": _named(strata),
        "allocation": None if strata is None else allocation,
        "clusters": _named(clusters),
        "within": within,
        "confidence": confidence,
        "top_up": top_up,
        "second_phase": second_phase,
    }
    first = None if second_phase is None else first_phase(layout, second_phase)
    design = _Design(
        strata=_strata(layout, corpus, strata) if first is None else _coded(first, strata),
        first=None if first is None else first.sample,
        allocation=allocation,
        spread=spread,
        clusters=_clusters(corpus, clusters),
        within=within,
        codings=None if confidence is None else _measured(layout, confidence),
        top_up=top_up,
    )
    codebooks = books(layout)
    return _draw(
        layout,
        corpus.readable,
        n,
        design=design,
        settings={option: value for option, value in settings.items() if value is not None},
        seed=seed,
        name=name or _usual_name(top_up, second_phase),
        variables=variables or (codebooks[-1].names if codebooks else ("code",)),
        coders=coders,
        overlap=overlap,
    )


def _draw(
    layout: Layout,
    corpus: Corpus,
    n: int,
    *,
    design: _Design,
    settings: Mapping[str, Any],
    seed: int,
    name: str,
    variables: Sequence[str],
    coders: Sequence[str],
    overlap: float,
) -> Sample:
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
        assigned = coding.assign(new, coders, overlap=overlap, seed=seed) if coders else None
        store.add_sample(sample)
        _keep_frame(layout, sample)
        if assigned is not None:
            store.assign(assigned)
        sheets = _write_sheets(layout, new, corpus, assigned=assigned, variables=variables)
        under_way.done(
            name,
            key(n, dict(settings), seed, list(coders), overlap if coders else None),
            inputs={"images": fingerprint(corpus.sources())},
            options={"n": n, **settings, "coders": list(coders) or None},
            seed=seed,
            result={"sheet": f"samples/{sheets[0].name}", "images": len(new)},
        )
    return sample


def _strata(
    layout: Layout, corpus: Corpus, strata: str | pd.Series | None
) -> str | pd.Series | None:
    if not isinstance(strata, str) or strata != "themes" or "themes" in corpus.metadata:
        return strata
    themes = newest(layout)
    if themes is None:
        raise StudyError('strata="themes": there are no themes yet; run study.themes() first.')
    return themes.labels


def _coded(first: Codings, strata: str | pd.Series | None) -> pd.Series | None:
    """Give the stratum of each image of a first phase: what was coded in it."""
    if not isinstance(strata, str):
        return strata
    if strata not in first.variables:
        raise InputError(
            f"strata={strata!r}: the first phase has no codes of it; it has codes of "
            f"{listed(first.variables, 8) or 'nothing'}."
        )
    assert first.sample is not None
    return first[strata].reindex(first.sample.images).fillna("not coded")


def _clusters(corpus: Corpus, clusters: str | pd.Series | None) -> str | pd.Series | None:
    if not isinstance(clusters, str) or clusters != "group" or "group" in corpus.metadata:
        return clusters
    return corpus.groups


def _measured(layout: Layout, coder: str) -> Codings:
    known = measuring.variables(layout)
    if coder not in known:
        raise StudyError(
            f"confidence={coder!r}: no such coder has measured (there are: "
            f"{', '.join(sorted(known)) or 'none'}). Train one with study.train(), then "
            "study.measure()."
        )
    codings = kept_codings(measuring.folder_of(layout, coder))
    return list(measuring.by_variable(codings).values())[-1]


def _named(groups: Any) -> Any:
    return f"series {groups.name}" if isinstance(groups, pd.Series) else groups


def _usual_name(top_up: str | None, second_phase: str | None) -> str:
    if top_up:
        return _next_name(top_up)
    return "sample" if second_phase is None else "second-phase"


def _next_name(former: str) -> str:
    stem, _, number = former.rpartition("-")
    return f"{stem}-{int(number) + 1}" if stem and number.isdecimal() else f"{former}-2"


def _sheet(layout: Layout, name: str, coder: str | None = None) -> Path:
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
    assigned: Assignments | None,
    variables: Sequence[str],
) -> list[Path]:
    images: dict[str | None, Any] = {None: sample.images}
    if assigned is not None:
        images = {coder: assigned.of(coder) for coder in assigned.coders}
    paths = []
    for coder, ids in images.items():
        path = _sheet(layout, sample.name, coder)
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
