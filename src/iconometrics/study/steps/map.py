"""The step maps: images placed on few axes, kept with the seed that placed them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from iconometrics import themes
from iconometrics.options import key
from iconometrics.study.disk.folders import write_folder
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.result_files import keep, kept
from iconometrics.study.disk.step import step
from iconometrics.study.disk.tables import digest
from iconometrics.themes import Projection

__all__ = ["project"]


def project(
    layout: Layout,
    table: pd.DataFrame,
    method: str,
    *,
    on: str,
    images: str,
    seed: int,
    **options: Any,
) -> Projection:
    """Place images, or read the places that the same numbers and options gave before."""
    inputs = {"table": digest(table), "images": images}
    told = {"method": method, "on": on, **options}
    made = key(inputs, told, seed)
    place = layout.step("maps") / f"{method}-{made}"
    with step(layout, "maps") as under_way:
        if place.exists():
            found = kept(Projection, place)
        else:
            found = themes.project(table, method, seed=seed, **options)
            write_folder(place, lambda folder: keep(found, folder))
        under_way.done(
            method,
            made,
            inputs=inputs,
            options=told,
            seed=seed,
            result={"folder": f"maps/{place.name}", "images": len(found.points)},
        )
    return found
