"""The step features: one folder per extractor and options, extended by the missing rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics import engine, features
from iconometrics.errors import InputError, warn
from iconometrics.features import Extractor
from iconometrics.options import key
from iconometrics.study.disk import log, parts
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.step import step

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus, Source

__all__ = [
    "SETS",
    "columns",
    "extract",
    "extract_table",
    "extractors",
    "fingerprint",
    "inputs",
    "side_by_side",
    "stored",
    "warn_of_missing",
]

SETS = ("color", "hog")


def extractors(sets: Sequence[str | Extractor]) -> dict[str, Extractor]:
    """Make extractors from their names."""
    chosen = [features.get(name) if isinstance(name, str) else name for name in sets]
    by_name = {extractor.name: extractor for extractor in chosen}
    specs = [extractor.spec for extractor in chosen]
    if len(by_name) < len(set(specs)):
        raise InputError(
            f"sets={specs}: expected each set with one choice of "
            "options, because columns are named after sets. Ask for variants in separate calls."
        )
    return by_name


def fingerprint(sources: Sequence[Source]) -> str:
    """Name the content of a corpus: which images, made of which bytes."""
    return key([[source.image, source.sha256] for source in sources])


def extract_table(
    layout: Layout,
    corpus: Corpus,
    sets: Sequence[str | Extractor],
    *,
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Compute the rows that are missing, and give all sets side by side."""
    tables = extract(layout, corpus, extractors(sets), executor=executor)
    warn_of_missing(tables)
    return side_by_side(rows.values for rows in tables.values())


def extract(
    layout: Layout,
    corpus: Corpus,
    sets: Mapping[str, Extractor],
    *,
    executor: Executor | None = None,
) -> dict[str, parts.Rows]:
    """Compute the rows that are missing, opening each image once for all sets."""
    sources = corpus.sources()
    with step(layout, "features") as under_way:
        for names, todo in _wanted(layout, sources, sets).items():
            chosen = tuple(sets[name] for name in names)
            engine.run(
                partial(features.extract_part, extractors=chosen),
                todo,
                executor=executor,
                folder={e.name: _folder_of(e, layout) for e in chosen},
                label=f"features {', '.join(names)}",
                failed=partial(features.failed_part, extractors=chosen),
            )
        content = fingerprint(sources)
        tables = {name: parts.read(_folder_of(e, layout), sources) for name, e in sets.items()}
        for name, extractor in sets.items():
            folder, n = f"features/{_folder_of(extractor, layout).name}", len(tables[name].values)
            under_way.done(
                name,
                _key(extractor),
                inputs={"images": content},
                options=extractor.get_params(),
                result={"folder": folder, "images": n, "failed": len(tables[name].reasons)},
            )
    return tables


def inputs(sets: Mapping[str, Extractor], corpus: Corpus) -> dict[str, Any]:
    """Name extractors with their options and versions, and images, for keys and the log."""
    names = {name: _key(extractor) for name, extractor in sets.items()}
    return {"features": names, "images": fingerprint(corpus.sources())}


def columns(layout: Layout) -> dict[str, list[str]]:
    """Name the columns of the newest table of each set; no table is read."""
    return {e.spec: parts.columns(_folder_of(e, layout)) for e in _newest(layout)}


def stored(
    layout: Layout, corpus: Corpus, specs: Collection[str] | None = None
) -> dict[str, pd.DataFrame]:
    """Read the newest table of each set, or of some, that has rows of these images."""
    sources = corpus.sources()
    tables = {
        extractor.spec: parts.read(_folder_of(extractor, layout), sources).values
        for extractor in _newest(layout)
        if specs is None or extractor.spec in specs
    }
    return {spec: table for spec, table in tables.items() if len(table)}


def _newest(layout: Layout) -> list[Extractor]:
    entries = log.latest(log.entries(layout.log), "features")
    return [
        features.get(name, **entry["options"])
        for name, entry in sorted(entries.items())
        if name in features.registry
    ]


def side_by_side(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put the numbers of several extractors side by side."""
    first, *others = tables
    return pd.concat([first, *others], axis=1, join="inner") if others else first


def warn_of_missing(tables: Mapping[str, parts.Rows]) -> None:
    """Warn of images without numbers."""
    reasons = pd.concat([rows.reasons for rows in tables.values()])
    reasons = reasons[~reasons.index.duplicated()]
    if reasons.empty:
        return
    total = len(next(iter(tables.values())).values) + len(reasons)
    counts = [
        f"{len(images)} x {reason} (such as {images[0]})"
        for reason, images in reasons.groupby(reasons, sort=False).groups.items()
    ]
    warn(f"{len(reasons)} of {total} images have no features: {'; '.join(counts[:3])}.")


def _folder_of(extractor: Extractor, layout: Layout) -> Path:
    """Say where the numbers of an extractor with its options lie."""
    return layout.step("features") / f"{extractor.name}-{_key(extractor)}"


def _key(extractor: Extractor) -> str:
    return key(extractor.name, extractor.get_params(), extractor.version)


def _wanted(
    layout: Layout, sources: Sequence[Source], sets: Mapping[str, Extractor]
) -> dict[tuple[str, ...], list[engine.Part]]:
    """Group the missing parts by the sets that miss them."""
    by_name: dict[str, engine.Part] = {}
    sets_of: dict[str, list[str]] = defaultdict(list)
    for name, extractor in sets.items():
        missing = parts.missing(sources, _folder_of(extractor, layout))
        for part in parts.blocks(missing, len(sources)):
            by_name[part.name] = part
            sets_of[part.name].append(name)
    groups: dict[tuple[str, ...], list[engine.Part]] = defaultdict(list)
    for part_name, names in sets_of.items():
        groups[tuple(names)].append(by_name[part_name])
    return dict(groups)
