"""The step themes: found in features of the study, kept beside earlier ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from iconometrics import themes
from iconometrics.options import key
from iconometrics.study import featuring, log
from iconometrics.study.keeping import plain_name
from iconometrics.study.layout import Layout
from iconometrics.study.step import step
from iconometrics.study.whole import write_folder
from iconometrics.themes import Themes

__all__ = ["find", "newest"]


def find(
    layout: Layout,
    data: pd.DataFrame,
    *,
    inputs: Mapping[str, Any],
    sets: Iterable[str],
    k: int | Iterable[int],
    seed: int,
    name: str,
    **options: Any,
) -> Themes:
    """Find themes, or read those that the same features and options gave before.

    Parameters
    ----------
    layout
        The study.
    data
        Features, one row an image.
    inputs
        What names those features and images.
    sets
        The sets of features, as they are asked for.
    k
        The number of themes, or the numbers to try.
    seed
        Of the starts.
    name
        What the themes are called.
    **options
        Further options of `themes.kmeans`.

    Returns
    -------
    Themes
    """
    plain_name(name, "name")
    tried = int(k) if isinstance(k, int) else [int(one) for one in k]
    told = {"k": tried, "features": list(sets), **options}
    made = key(inputs, told, seed)
    place = layout.step("themes") / f"{name}-{made}"
    with step(layout, "themes") as under_way:
        if place.exists():
            found = replace(themes.read(place), data=data)
        else:
            found = themes.kmeans(data, tried, seed=seed, **options)
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


def newest(layout: Layout, tables: Mapping[str, pd.DataFrame]) -> Themes | None:
    """Read the themes that were found last.

    Parameters
    ----------
    layout
        The study.
    tables
        The study's features by set.

    Returns
    -------
    Themes or None
        With their features, where these are all there.
    """
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
