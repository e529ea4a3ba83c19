"""The step compare: several networks on the same folds of the codes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iconometrics.coding import Codings
from iconometrics.options import key
from iconometrics.study.disk import tables as frames
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.result_files import plain_name
from iconometrics.study.disk.step import step
from iconometrics.study.steps.train import codes_of, units

if TYPE_CHECKING:
    from iconometrics.coders import Comparison
    from iconometrics.corpus import Corpus

__all__ = ["compare"]

_TRAININGS = "trainings.jsonl"


def compare(
    layout: Layout,
    corpus: Corpus,
    networks: Sequence[str],
    *,
    variable: str,
    codes: str | Path | Codings | None,
    batches: Sequence[int] | None,
    folds: int,
    seed: int,
    **options: Any,
) -> Comparison:
    """Compare networks; trainings that were done before are not done again."""
    from iconometrics import coders

    codings, groups = codes_of(layout, corpus, variable, table=codes), units(corpus)
    name = plain_name(variable, "variable")
    folder = layout.step("comparisons") / name
    batches = None if batches is None else list(batches)
    settings = {"networks": list(networks), "batches": batches, "folds": folds, **options}
    rows = codings.data[["image", "value"]]
    with step(layout, "compare") as under_way:
        labels = codings[variable]
        labels = labels[labels.index.isin(corpus.ids)]
        comparison = coders.compare(
            networks,
            corpus.select(labels.index),
            labels,
            groups=None if groups is None else groups.reindex(labels.index),
            folds=folds,
            batches=batches,
            seed=seed,
            file=folder / _TRAININGS,
            **options,
        )
        _write(comparison, folder)
        under_way.done(
            name,
            key(variable, frames.digest(rows), settings, seed),
            inputs={"codes": frames.digest(rows)},
            options={"variable": variable, **settings},
            seed=seed,
            result={"folder": f"comparisons/{name}", "images": len(comparison.images)},
        )
    return comparison


def _write(comparison: Comparison, folder: Path) -> None:
    from iconometrics import figures

    tables = {
        "models": comparison.table(),
        "classes": comparison.by_class(),
        "tests": comparison.tests(),
        "predictions": comparison.predictions(),
    }
    for name, table in tables.items():
        frames.save(table, folder / f"{name}.parquet")
    figures.save(comparison.plot(), folder, "auroc")
    figures.save(comparison.forest(), folder, "classes")
