"""The step measure: a coder's codings of all images, and the newest of each coder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.errors import StudyError
from iconometrics.options import key
from iconometrics.study.disk import log
from iconometrics.study.disk import tables as frames
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.measured import Measured
from iconometrics.study.disk.result_files import (
    keep_codings,
    kept_codings,
    plain_name,
    read_json,
    write_json,
)
from iconometrics.study.disk.step import step
from iconometrics.study.steps import validate as validating
from iconometrics.study.steps.train import model_folder

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["card_of", "coded", "joined", "measure", "newest"]

Code = Callable[["Corpus"], Codings]

# What a card tells beyond what the model is: it changes without the model changing.
_ASIDE = ("model_hash", "versions")


def card_of(layout: Layout, name: str) -> dict[str, Any]:
    """Read the card of a model of the study."""
    path = model_folder(layout, name) / "card.json"
    if not path.exists():
        folder = layout.step("models")
        there = sorted(p.name for p in folder.iterdir()) if folder.exists() else []
        raise StudyError(
            f"there is no model {name!r} in {layout.folder}; there are "
            f"{', '.join(there) or 'none'}. Train one with study.train()."
        )
    return read_json(path)


def measure(layout: Layout, corpus: Corpus, card: Mapping[str, Any], *, code: Code) -> Codings:
    """Code the images that the coder has not coded yet, and give the codings of all."""
    name = plain_name(str(card["name"]), "name")
    made = key({k: v for k, v in card.items() if k not in _ASIDE})
    place = layout.step("measures") / f"{name}-{made}"
    with step(layout, "measure") as under_way:
        before = kept_codings(place) if (place / "codings.parquet").exists() else None
        codings, new = _extended(before, corpus, code)
        if new or before is None or len(before) != len(codings):
            place.mkdir(parents=True, exist_ok=True)
            write_json(card, place / "card.json")
            keep_codings(codings, place)
        under_way.done(
            name,
            made,
            inputs={"images": frames.digest(codings.data[["image", "sha256"]])},
            options={"variables": codings.variables},
            result={"folder": f"measures/{place.name}", "codings": len(codings)},
        )
    return codings


def joined(parts: Sequence[Codings], ids: pd.Index) -> Codings:
    """Put codings of different images by one coder together."""
    order = pd.Series(np.arange(len(ids)), index=ids)
    known = [part.probabilities for part in parts if part.probabilities is not None]
    return replace(
        parts[-1],
        data=_sorted([part.data for part in parts], order),
        probabilities=_sorted(known, order) if known else None,
    )


def coded(layout: Layout, name: str) -> Path:
    """Say where the newest codings of a coder lie."""
    found = log.latest(log.entries(layout.log), "measure")
    if name not in found:
        raise StudyError(
            f"{name!r} has measured nothing here yet; there are {', '.join(found) or 'none'}. Run "
            "study.measure() first."
        )
    return layout.folder / str(found[name]["result"]["folder"])


def newest(layout: Layout) -> list[Measured]:
    """Read the newest codings of each coder, one variable each."""
    entries = log.entries(layout.log)
    validated = log.latest(entries, "validate")
    found = []
    for name, entry in log.latest(entries, "measure").items():
        place = layout.folder / entry["result"]["folder"]
        codings, card = kept_codings(place), read_json(place / "card.json")
        for variable in codings.variables:
            told = validated.get(f"{name} {variable}")
            accuracy, gold = validating.validation(layout, place, codings, entry=told)
            one = codings if len(codings.variables) == 1 else _only(codings, variable)
            found.append(Measured(name, variable, one, card, accuracy, gold))
    return found


def _extended(before: Codings | None, corpus: Corpus, code: Code) -> tuple[Codings, int]:
    """Put the codings that hold and those that lacked into the order of the corpus."""
    images = corpus.images
    todo = corpus.ids
    parts: list[Codings] = []
    if before is not None:
        rows = before.data.drop_duplicates("image").set_index("image")["sha256"].fillna("")
        holds = rows.reindex(corpus.ids) == images["sha256"].fillna("")
        parts, todo = [before.select(corpus.ids[holds])], corpus.ids[~holds]
    if len(todo):
        parts.append(code(corpus.select(todo)))
    return joined(parts, corpus.ids), len(todo)


def _sorted(tables: list[pd.DataFrame], order: pd.Series) -> pd.DataFrame:
    table = tables[0] if len(tables) == 1 else pd.concat(tables)
    return table.iloc[np.argsort(table["image"].map(order).to_numpy(), kind="stable")]


def _only(codings: Codings, variable: str) -> Codings:
    known = codings.probabilities
    return replace(
        codings,
        data=codings.data[codings.data["variable"] == variable],
        probabilities=None if known is None else known[known["variable"] == variable],
    )
