"""The step compare: several networks on the same folds of the codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from iconometrics.coding import Codings
from iconometrics.options import key
from iconometrics.study.disk import tables as frames
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.result_files import plain_name
from iconometrics.study.disk.step import step

if TYPE_CHECKING:
    from iconometrics.coders import Comparison
    from iconometrics.corpus import Corpus

__all__ = ["Contest", "compare"]

_TRAININGS = "trainings.jsonl"


class Contest(NamedTuple):
    """What is to be compared."""

    variable: str
    codes: Codings
    groups: pd.Series | None
    networks: Sequence[str]
    batches: Sequence[int] | None
    folds: int
    seed: int
    options: Mapping[str, Any]


def compare(layout: Layout, contest: Contest, corpus: Corpus) -> Comparison:
    """Compare networks; trainings that were done before are not done again."""
    from iconometrics import coders, figures

    name = plain_name(contest.variable, "variable")
    folder = layout.step("comparisons") / name
    told = {
        "networks": list(contest.networks),
        "batches": None if contest.batches is None else list(contest.batches),
        "folds": contest.folds,
        **contest.options,
    }
    rows = contest.codes.data[["image", "value"]]
    with step(layout, "compare") as under_way:
        labels = contest.codes[contest.variable]
        labels = labels[labels.index.isin(corpus.ids)]
        found = coders.compare(
            contest.networks,
            corpus.select(labels.index),
            labels,
            groups=None if contest.groups is None else contest.groups.reindex(labels.index),
            folds=contest.folds,
            batches=contest.batches,
            seed=contest.seed,
            file=folder / _TRAININGS,
            **contest.options,
        )
        tables = {"models": found.table(), "classes": found.by_class(), "tests": found.tests()}
        for file, table in {**tables, "predictions": found.predictions()}.items():
            frames.save(table, folder / f"{file}.parquet")
        figures.save(found.plot(), folder, "auroc")
        figures.save(found.forest(), folder, "classes")
        under_way.done(
            name,
            key(contest.variable, frames.digest(rows), told, contest.seed),
            inputs={"codes": frames.digest(rows)},
            options={"variable": contest.variable, **told},
            seed=contest.seed,
            result={"folder": f"comparisons/{name}", "images": len(found.images)},
        )
    return found
