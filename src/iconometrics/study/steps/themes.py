"""The step themes: found in features or embeddings of the study, kept beside earlier ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from iconometrics import themes
from iconometrics.errors import InputError, StudyError
from iconometrics.options import key
from iconometrics.study.disk import log
from iconometrics.study.disk.folders import write_folder
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.result_files import plain_name
from iconometrics.study.disk.step import step
from iconometrics.study.steps import embed as embedding
from iconometrics.study.steps import features as featuring
from iconometrics.study.steps.train import units
from iconometrics.themes import Themes
from iconometrics.themes.stability.stability import FEWEST_GROUPS

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus
    from iconometrics.features import Extractor

__all__ = ["find", "name_newest", "newest", "sets_of_newest", "with_data"]


def find(
    layout: Layout,
    corpus: Corpus,
    k: int | Iterable[int],
    *,
    features: Sequence[str | Extractor],
    name: str,
    **options: Any,
) -> Themes:
    """Find themes in sets of features, or in embeddings that are there."""
    options["groups"] = _groups(corpus)
    keys = embedding.keys(layout)
    seen = [spec for spec in features if isinstance(spec, str) and spec in keys]
    if not seen:
        sets = featuring.extractors(features)
        rows = featuring.extract(layout, corpus, sets)
        data = featuring.side_by_side(table.values for table in rows.values())
        specs = [extractor.spec for extractor in sets.values()]
        inputs = featuring.inputs(sets, corpus)
        return _find(layout, data, k, inputs=inputs, sets=specs, name=name, **options)
    if len(seen) < len(features):
        raise InputError(
            f"features={list(features)}: expected sets of features, or embeddings, not both. "
            "iconometrics.themes.across compares themes of several kinds."
        )
    tables = embedding.stored(layout, corpus, seen)
    data = _unit_rows(featuring.side_by_side(tables[spec] for spec in seen))
    images = featuring.fingerprint(corpus.sources())
    inputs = {"embeddings": {spec: keys[spec] for spec in seen}, "images": images}
    options = {"standardize": False, **options}
    return _find(layout, data, k, inputs=inputs, sets=seen, name=name, **options)


def name_newest(layout: Layout, names: Mapping[str, str]) -> None:
    """Give the themes that were found last names, and keep these with them."""
    entry = _newest_entry(layout)
    if entry is None:
        raise StudyError("there are no themes to name yet; run study.themes() first.")
    folder = layout.folder / entry["result"]["folder"]
    with step(layout, "names") as under_way:
        named = themes.read(folder).named(names)
        write_folder(folder, named.write)
        inputs = {"names": named.names}
        under_way.done(entry["name"], key(inputs), inputs=inputs, result={"folder": folder.name})


def newest(layout: Layout) -> Themes | None:
    """Read the themes that were found last, without the numbers they were found in."""
    entry = _newest_entry(layout)
    return None if entry is None else themes.read(layout.folder / entry["result"]["folder"])


def with_data(known: Themes, sets: Sequence[str], tables: Mapping[str, pd.DataFrame]) -> Themes:
    """Put the numbers that themes were found in beside them, where these are still there."""
    if not all(name in tables for name in sets):
        return known
    data = featuring.side_by_side(tables[name] for name in sets)
    images = known.labels.index
    if images.equals(data.index):
        return replace(known, data=data)
    return replace(known, data=data.loc[images]) if images.isin(data.index).all() else known


def sets_of_newest(layout: Layout) -> list[str]:
    """Name the sets of features or the embeddings that the newest themes were found in."""
    entry = _newest_entry(layout)
    return [] if entry is None else list(entry["options"]["features"])


def _newest_entry(layout: Layout) -> dict[str, Any] | None:
    entries = list(log.latest(log.entries(layout.log), "themes").values())
    return entries[-1] if entries else None


def _find(
    layout: Layout,
    data: pd.DataFrame,
    k: int | Iterable[int],
    *,
    inputs: Mapping[str, Any],
    sets: Iterable[str],
    name: str,
    seed: int,
    method: str,
    stability: bool,
    groups: pd.Series | None,
    **options: Any,
) -> Themes:
    """Find themes, or read those that the same features and options gave before."""
    plain_name(name, "name")
    numbers = int(k) if isinstance(k, int) else [int(number) for number in k]
    settings = {"k": numbers, "features": list(sets), **options}
    settings |= {"method": method} if method != "kmeans" else {}
    themes_key = key(inputs, settings, seed)
    folder = layout.step("themes") / f"{name}-{themes_key}"
    with step(layout, "themes") as under_way:
        known = folder.exists()
        if known:
            result = replace(themes.read(folder), data=data)
        else:
            result = themes.find(data, numbers, method=method, seed=seed, **options)
        if stability and not _is_studied(result, groups):
            again = _studied(result, method, options, groups)
            result, known = replace(result, stability=again), False
        if not known:
            write_folder(folder, result.write)
        under_way.done(
            name,
            themes_key,
            inputs=inputs,
            options=settings,
            seed=seed,
            result={"folder": f"themes/{folder.name}", "themes": result.k},
        )
    return result


def _groups(corpus: Corpus) -> pd.Series | None:
    """Give the study's accounts or posts, where they are enough to be drawn."""
    groups = units(corpus)
    enough = groups is not None and groups.nunique() >= FEWEST_GROUPS
    return groups if enough else None


def _is_studied(known: Themes, groups: pd.Series | None) -> bool:
    """Whether stability is there, by the groups that the study has now."""
    if known.stability is None:
        return False
    return ("groups" in known.stability.settings) == (groups is not None)


def _studied(
    known: Themes, method: str, options: Mapping[str, Any], groups: pd.Series | None
) -> themes.Stability:
    """Study the stability of themes with the options they were known with."""
    assert known.data is not None
    kept = {name: value for name, value in options.items() if name != "evidence"}
    return themes.stability(
        known.data,
        known.k,
        method=method,
        seed=known.settings["seed"],
        reference=known.labels,
        groups=groups,
        **kept,
    )


def _unit_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Bring rows of an embedding to length one: their direction says what is seen."""
    lengths = np.linalg.norm(table.to_numpy(), axis=1)
    return table.div(np.where(lengths == 0, 1, lengths).astype(np.float32), axis=0)
