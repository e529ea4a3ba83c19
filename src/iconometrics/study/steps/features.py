"""The step features: one folder an extractor and its options, extended by the rows that lack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from iconometrics import engine, features
from iconometrics.errors import InputError, warn
from iconometrics.features import Extractor
from iconometrics.options import key
from iconometrics.study.disk import log
from iconometrics.study.disk import parts as rows
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.step import step

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus, Source

__all__ = [
    "extract",
    "extractors",
    "fingerprint",
    "folder_of",
    "keys",
    "known",
    "side_by_side",
    "tell",
]


def extractors(sets: Sequence[str | Extractor]) -> dict[str, Extractor]:
    """Make extractors from their names."""
    made = [features.get(one) if isinstance(one, str) else one for one in sets]
    found = {extractor.name: extractor for extractor in made}
    if len(found) < len({extractor.spec for extractor in made}):
        raise InputError(
            f"sets={[extractor.spec for extractor in made]}: expected each set with one choice of "
            "options, for columns are named after sets. Ask for variants in separate calls."
        )
    return found


def folder_of(extractor: Extractor, layout: Layout) -> Path:
    """Say where the numbers of an extractor with its options lie."""
    return layout.step("features") / f"{extractor.name}-{_key(extractor)}"


def fingerprint(sources: Sequence[Source]) -> str:
    """Name the content of a corpus: which images, made of which bytes."""
    return key([[source.image, source.sha256] for source in sources])


def extract(
    layout: Layout,
    corpus: Corpus,
    sets: Mapping[str, Extractor],
    *,
    executor: Executor | None = None,
) -> dict[str, rows.Rows]:
    """Compute the rows that are missing, opening each image once for all sets that lack it."""
    sources = corpus.sources()
    with step(layout, "features") as under_way:
        for names, parts in _wanted(layout, sources, sets).items():
            chosen = tuple(sets[name] for name in names)
            engine.run(
                partial(features.extract_part, extractors=chosen),
                parts,
                executor=executor,
                folder={e.name: folder_of(e, layout) for e in chosen},
                label=f"features {', '.join(names)}",
                failed=partial(features.failed_part, extractors=chosen),
            )
        content = fingerprint(sources)
        found = {name: rows.read(folder_of(e, layout), sources) for name, e in sets.items()}
        for name, extractor in sets.items():
            folder, n = f"features/{folder_of(extractor, layout).name}", len(found[name].values)
            under_way.done(
                name,
                _key(extractor),
                inputs={"images": content},
                options=extractor.get_params(),
                result={"folder": folder, "images": n, "failed": len(found[name].reasons)},
            )
    return found


def keys(sets: Mapping[str, Extractor]) -> dict[str, str]:
    """Name extractors with their options and versions."""
    return {name: _key(extractor) for name, extractor in sets.items()}


def known(layout: Layout) -> dict[str, Extractor]:
    """Find the newest sets that were extracted."""
    newest = log.latest(log.entries(layout.log), "features")
    return {
        name: features.get(name, **entry["options"])
        for name, entry in sorted(newest.items())
        if name in features.registry
    }


def side_by_side(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put the numbers of several extractors side by side."""
    first, *others = tables
    return pd.concat([first, *others], axis=1, join="inner") if others else first


def tell(found: Mapping[str, rows.Rows]) -> None:
    """Warn of images without numbers."""
    reasons = pd.concat([one.reasons for one in found.values()])
    reasons = reasons[~reasons.index.duplicated()]
    if reasons.empty:
        return
    total = len(next(iter(found.values())).values) + len(reasons)
    told = [
        f"{len(images)} x {reason} (such as {images[0]})"
        for reason, images in reasons.groupby(reasons, sort=False).groups.items()
    ]
    warn(f"{len(reasons)} of {total} images have no features: {'; '.join(told[:3])}.")


def _key(extractor: Extractor) -> str:
    return key(extractor.name, extractor.get_params(), extractor.version)


def _wanted(
    layout: Layout, sources: Sequence[Source], sets: Mapping[str, Extractor]
) -> dict[tuple[str, ...], list[engine.Part]]:
    """Group the missing parts by the sets that lack them."""
    parts: dict[str, engine.Part] = {}
    lacking: dict[str, list[str]] = defaultdict(list)
    for name, extractor in sets.items():
        missing = rows.missing(sources, folder_of(extractor, layout))
        for part in rows.blocks(missing, len(sources)):
            parts[part.name] = part
            lacking[part.name].append(name)
    groups: dict[tuple[str, ...], list[engine.Part]] = defaultdict(list)
    for part_name, names in lacking.items():
        groups[tuple(names)].append(parts[part_name])
    return dict(groups)
