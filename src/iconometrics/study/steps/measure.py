"""The step measure: a coder's codings of all images, one table for each coder and its card."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
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
from iconometrics.study.disk.result_files import (
    keep_codings,
    kept_codings,
    plain_name,
    read_json,
    write_json,
)
from iconometrics.study.disk.step import step
from iconometrics.study.steps import features as featuring
from iconometrics.study.steps.train import model_folder

if TYPE_CHECKING:
    from iconometrics.coders import Coder
    from iconometrics.corpus import Corpus

__all__ = ["by_variable", "folder_of", "measure", "variables"]

# Images that a model codes at a time; more would need more memory and no less time.
_AT_ONCE = 8192
# What a card says beyond what the model is: it changes without the model changing.
_ASIDE = ("model_hash", "versions")


def measure(
    layout: Layout, corpus: Corpus, coder: str | Coder, *, executor: Executor | None = None
) -> Codings:
    """Code the images that a coder has not coded yet, and give the codings of all."""
    if isinstance(coder, str):
        card = {**_card_of(layout, coder), "name": coder}
        return _extend(layout, corpus, card, code=partial(_code, layout, corpus, card))
    return _extend(layout, corpus, coder.card(), code=partial(coder.code, executor=executor))


def variables(layout: Layout) -> dict[str, tuple[str, ...]]:
    """Name the coders that have measured, the newest at the end, each with its variables."""
    entries = log.latest(log.entries(layout.log), "measure")
    return {name: tuple(entry["options"]["variables"]) for name, entry in entries.items()}


def folder_of(layout: Layout, coder: str) -> Path:
    """Say where the newest codings of a coder lie."""
    entries = log.latest(log.entries(layout.log), "measure")
    if coder not in entries:
        raise StudyError(
            f"{coder!r} has measured nothing here yet; there are {', '.join(entries) or 'none'}. "
            "Run study.measure() first."
        )
    return layout.folder / str(entries[coder]["result"]["folder"])


def by_variable(codings: Codings) -> dict[str, Codings]:
    """Part the codings of a coder by their variables."""
    names = codings.variables
    return {name: codings if len(names) == 1 else _only(codings, name) for name in names}


def _card_of(layout: Layout, name: str) -> dict[str, Any]:
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


def _extend(
    layout: Layout, corpus: Corpus, card: Mapping[str, Any], *, code: Callable[[Corpus], Codings]
) -> Codings:
    name = plain_name(str(card["name"]), "name")
    card_key = key({k: v for k, v in card.items() if k not in _ASIDE})
    folder = layout.step("measures") / f"{name}-{card_key}"
    with step(layout, "measure") as under_way:
        before = kept_codings(folder) if (folder / "codings.parquet").exists() else None
        codings, new = _extended(before, corpus, code)
        if new or before is None or len(before) != len(codings):
            folder.mkdir(parents=True, exist_ok=True)
            write_json(card, folder / "card.json")
            keep_codings(codings, folder)
        under_way.done(
            name,
            card_key,
            inputs={"images": frames.digest(codings.data[["image", "sha256"]])},
            options={"variables": codings.variables},
            result={"folder": f"measures/{folder.name}", "codings": len(codings)},
        )
    return codings


def _extended(
    before: Codings | None, corpus: Corpus, code: Callable[[Corpus], Codings]
) -> tuple[Codings, int]:
    """Put the codings that hold and those that were missing into the order of the corpus."""
    images = corpus.images
    todo = corpus.ids
    parts: list[Codings] = []
    if before is not None:
        rows = before.data.drop_duplicates("image").set_index("image")["sha256"].fillna("")
        holds = rows.reindex(corpus.ids) == images["sha256"].fillna("")
        parts, todo = [before.select(corpus.ids[holds])], corpus.ids[~holds]
    if len(todo):
        parts.append(code(corpus.select(todo)))
    return _joined(parts, corpus.ids), len(todo)


def _code(layout: Layout, corpus: Corpus, card: Mapping[str, Any], images: Corpus) -> Codings:
    """Code images by a model of the study, from the study's features where it has any."""
    from iconometrics.coders import load

    folder = model_folder(layout, card["name"])
    if "features" not in card:
        codings: Codings = load(folder).code(images)
        return codings
    sets = featuring.extractors(card["features"])
    tables = featuring.extract(layout, corpus.readable, sets)
    features = featuring.side_by_side(rows.values for rows in tables.values())
    model = load(folder)
    chunks = (images.iloc[start : start + _AT_ONCE] for start in range(0, len(images), _AT_ONCE))
    codings = _joined([model.code(chunk, features=features) for chunk in chunks], images.ids)
    reasons = images.images["reason"].dropna().to_dict()
    for rows in tables.values():
        reasons.update(rows.reasons.to_dict())
    texts = codings.data["image"].map(reasons).astype("str").fillna(codings.data["reason"])
    return replace(codings, data=codings.data.assign(reason=texts))


def _joined(parts: Sequence[Codings], ids: pd.Index) -> Codings:
    """Put codings of different images by one coder together."""
    order = pd.Series(np.arange(len(ids)), index=ids)
    known = [part.probabilities for part in parts if part.probabilities is not None]
    return replace(
        parts[-1],
        data=_sorted([part.data for part in parts], order),
        probabilities=_sorted(known, order) if known else None,
    )


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
