"""The step maps: images placed on few axes, kept with the seed that placed them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics import themes
from iconometrics.options import key
from iconometrics.study.disk.folders import write_folder
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.result_files import keep, kept
from iconometrics.study.disk.step import step
from iconometrics.study.disk.tables import digest
from iconometrics.study.steps.features import fingerprint
from iconometrics.themes import Projection

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["project"]


def project(
    layout: Layout,
    corpus: Corpus,
    method: str,
    *,
    on: str,
    table: pd.DataFrame,
    seed: int,
    **options: Any,
) -> Projection:
    """Place images, or read the places that the same numbers and options gave before."""
    inputs = {"table": digest(table), "images": fingerprint(corpus.sources())}
    settings = {"method": method, "on": on, **options}
    map_key = key(inputs, settings, seed)
    folder = layout.step("maps") / f"{method}-{map_key}"
    with step(layout, "maps") as under_way:
        if folder.exists():
            projection = kept(Projection, folder)
        else:
            projection = themes.project(table, method, seed=seed, **options)
            write_folder(folder, lambda path: keep(projection, path))
        under_way.done(
            method,
            map_key,
            inputs=inputs,
            options=settings,
            seed=seed,
            result={"folder": f"maps/{folder.name}", "images": len(projection.points)},
        )
    return projection
