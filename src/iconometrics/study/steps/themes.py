"""The step themes: found in features of the study, kept beside earlier ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from iconometrics import themes
from iconometrics.errors import StudyError
from iconometrics.options import key
from iconometrics.study.disk import log
from iconometrics.study.disk.folders import write_folder
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.result_files import plain_name
from iconometrics.study.disk.step import step
from iconometrics.study.steps import features as featuring
from iconometrics.themes import Themes

__all__ = ["find", "name_newest", "newest"]


def find(
    layout: Layout,
    data: pd.DataFrame,
    *,
    inputs: Mapping[str, Any],
    sets: Iterable[str],
    k: int | Iterable[int],
    seed: int,
    name: str,
    method: str = "kmeans",
    stability: bool = False,
    **options: Any,
) -> Themes:
    """Find themes, or read those that the same features and options gave before."""
    plain_name(name, "name")
    tried = int(k) if isinstance(k, int) else [int(one) for one in k]
    told = {"k": tried, "features": list(sets), **options}
    told |= {"method": method} if method != "kmeans" else {}
    made = key(inputs, told, seed)
    place = layout.step("themes") / f"{name}-{made}"
    with step(layout, "themes") as under_way:
        there = place.exists()
        found = (
            replace(themes.read(place), data=data)
            if there
            else themes.find(data, tried, method=method, seed=seed, **options)
        )
        if stability and found.stability is None:
            found, there = replace(found, stability=_studied(found, method, options)), False
        if not there:
            write_folder(place, found.write)
        under_way.done(
            name,
            made,
            inputs=inputs,
            options=told,
            seed=seed,
            result={"folder": f"themes/{place.name}", "themes": found.k},
        )
    return found


def _studied(found: Themes, method: str, options: Mapping[str, Any]) -> themes.Stability:
    """Study the stability of themes with the options they were found with."""
    assert found.data is not None
    kept = {name: value for name, value in options.items() if name != "evidence"}
    return themes.stability(
        found.data,
        found.k,
        method=method,
        seed=found.settings["seed"],
        reference=found.labels,
        **kept,
    )


def name_newest(layout: Layout, names: Mapping[str, str]) -> None:
    """Give the themes that were found last names, and keep these with them."""
    entries = list(log.latest(log.entries(layout.log), "themes").values())
    if not entries:
        raise StudyError("there are no themes to name yet; run study.themes() first.")
    place = layout.folder / entries[-1]["result"]["folder"]
    with step(layout, "names") as under_way:
        named = themes.read(place).named(names)
        write_folder(place, named.write)
        told = {"names": named.names}
        under_way.done(entries[-1]["name"], key(told), inputs=told, result={"folder": place.name})


def newest(layout: Layout, tables: Mapping[str, pd.DataFrame]) -> Themes | None:
    """Read the themes that were found last."""
    entries = list(log.latest(log.entries(layout.log), "themes").values())
    if not entries:
        return None
    found = themes.read(layout.folder / entries[-1]["result"]["folder"])
    sets = entries[-1]["options"]["features"]
    if not all(one in tables for one in sets):
        return found
    data = featuring.side_by_side(tables[one] for one in sets)
    if found.labels.index.equals(data.index):
        return replace(found, data=data)
    if not found.labels.index.isin(data.index).all():
        return found
    return replace(found, data=data.loc[found.labels.index])
