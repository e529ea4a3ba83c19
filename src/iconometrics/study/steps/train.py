"""The step train: one part of the codes trains a model, the other is kept to judge it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from iconometrics.coding import Codings
from iconometrics.errors import InputError, StudyError, warn
from iconometrics.options import key
from iconometrics.study.disk import tables as frames
from iconometrics.study.disk.folders import write_folder
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.result_files import (
    keep_codings,
    kept_codings,
    plain_name,
    read_json,
    write_json,
)
from iconometrics.study.disk.step import step

if TYPE_CHECKING:
    from iconometrics.coders import FeatureClassifier, ImageClassifier
    from iconometrics.corpus import Corpus

__all__ = ["Plan", "codes_of", "gold_of", "model_folder", "tell_copies", "train", "units"]

_TOLD = "study.json"


class Plan(NamedTuple):
    """What a model is to be made from.

    Parameters
    ----------
    variable
        What it shall code.
    codes
        The codes, one value an image.
    groups
        Account or event of each image, by image id, or None.
    share
        Share of the codes to train on.
    seed
        Names the split and whatever chance the model uses.
    model
        The kind of model.
    sets
        Sets of features, as they are asked for.
    options
        Further options of `coders.FeatureClassifier`, or of `coders.ImageClassifier`.
    network
        The architecture, where a network is trained on the pictures themselves; None where a
        model is trained on features.
    """

    variable: str
    codes: Codings
    groups: pd.Series | None
    share: float
    seed: int
    model: str
    sets: list[str]
    options: Mapping[str, Any]
    network: str | None = None

    @property
    def told(self) -> dict[str, Any]:
        """What a model is named by, beside the codes: the options that apply to it."""
        if self.network is not None:
            return {**self.options, "network": self.network, "share": self.share}
        return {**self.options, "model": self.model, "features": self.sets, "share": self.share}


def codes_of(
    variable: str, corpus: Corpus, people: Codings, *, given: str | Path | Codings | None
) -> Codings:
    """Find the codes of a variable: those given, else people's, else a column of the metadata."""
    if given is not None:
        codes = given if isinstance(given, Codings) else Codings.read(given, variables=[variable])
    elif variable in people.variables:
        codes = people
    elif variable in corpus.metadata:
        codes = Codings.from_series(
            corpus.metadata[variable],
            variable=variable,
            coder="metadata",
            sha256=corpus.images["sha256"],
        )
    else:
        known = [*people.variables, *map(str, corpus.metadata.columns)]
        raise InputError(
            f"no codes of {variable!r}: there are {', '.join(known[:12]) or 'none at all'}. Draw a "
            "sample with study.draw(), code it, and add the codes with study.add_codings()."
        )
    rows = codes.data[(codes.data["variable"] == variable) & codes.data["value"].notna()]
    there = rows["image"].isin(corpus.ids)
    if not there.any():
        raise InputError(f"none of the {len(rows)} codes of {variable!r} is of a readable image.")
    return replace(codes, data=rows[there])


def units(corpus: Corpus) -> pd.Series | None:
    """Give the group of each image; an image without one stands alone."""
    if corpus.group is None:
        return None
    groups = corpus.metadata[corpus.group].astype("str")
    return groups.fillna("image " + groups.index.to_series())


def model_folder(layout: Layout, name: str) -> Path:
    """Say where a model lies."""
    return layout.step("models") / plain_name(name, "out")


def gold_of(layout: Layout, name: str) -> Codings | None:
    """Read the codes that were kept from training."""
    folder = model_folder(layout, name) / "gold"
    return kept_codings(folder) if folder.exists() else None


def tell_copies(train: pd.Index, gold: pd.Index, duplicates: pd.DataFrame) -> None:
    """Warn of pictures that were trained on and have a copy in the gold standard."""
    groups = duplicates.set_index("image")["group"]
    trained = set(groups.reindex(train).dropna())
    leaking = groups.reindex(gold).dropna()
    leaking = leaking[leaking.isin(trained)]
    if len(leaking):
        warn(
            f"{len(leaking)} gold images ({', '.join(leaking.index[:3])}) have an exact or near "
            "copy among the images trained on: accuracy will look better than it is. Name what "
            "they have in common with group= when the study is made."
        )


def train(
    layout: Layout,
    plan: Plan,
    material: Callable[[], pd.DataFrame | Corpus],
    *,
    inputs: Mapping[str, Any],
    duplicates: pd.DataFrame,
    out: str | None,
    replace: bool,
) -> str:
    """Train a model, or find that the same one is there."""
    told = plan.told
    rows = plan.codes.data[["image", "value"]]
    made = key(
        plan.variable, frames.digest(rows), inputs["features"], inputs["coded"], told, plan.seed,
        *_beside(plan),
    )  # fmt: skip
    name = _name(layout, plan, made, out=out, replace=replace)
    place = model_folder(layout, name)
    with step(layout, "train") as under_way:
        if not _is(place, made):
            first, gold = plan.codes.split(share=plan.share, seed=plan.seed, groups=plan.groups)
            tell_copies(first.images, gold.images, duplicates)
            unfinished = place.with_name(f".{name}-{made}")
            model = _fitted(plan, first, material(), name=name, checkpoint=unfinished)
            write_folder(place, lambda folder: _write(folder, model, gold, key=made))
            shutil.rmtree(unfinished, ignore_errors=True)
        under_way.done(
            name,
            made,
            inputs={**inputs, "codes": frames.digest(rows)},
            options={"variable": plan.variable, **told},
            seed=plan.seed,
            result={"folder": f"models/{name}", "codes": len(rows)},
        )
    return name


def _beside(plan: Plan) -> list[str]:
    """Name what else decides which codes are kept, and with which probabilities."""
    sample, groups = plan.codes.sample, plan.groups
    told = [] if sample is None else [frames.digest(sample.table)]
    if groups is not None:
        told.append(frames.digest(groups.reindex(plan.codes.images).to_frame("group")))
    return told


def _fitted(
    plan: Plan, codes: Codings, material: Any, *, name: str, checkpoint: Path
) -> FeatureClassifier | ImageClassifier:
    labels = codes[plan.variable]
    if plan.network is not None:
        return _fitted_network(plan, labels, material, name=name, checkpoint=checkpoint)
    return _fitted_model(plan, labels, material, name=name)


def _fitted_network(
    plan: Plan, labels: pd.Series, corpus: Corpus, *, name: str, checkpoint: Path
) -> ImageClassifier:
    from iconometrics.coders import ImageClassifier

    labels = labels[labels.index.isin(corpus.ids)]
    groups = None if plan.groups is None else plan.groups.reindex(labels.index)
    network = ImageClassifier(plan.network, name=name, seed=plan.seed, **plan.options)
    return network.fit(corpus.select(labels.index), labels, groups=groups, checkpoint=checkpoint)


def _fitted_model(
    plan: Plan, labels: pd.Series, features: pd.DataFrame, *, name: str
) -> FeatureClassifier:
    from iconometrics.coders import FeatureClassifier

    labels = labels[labels.index.isin(features.index)]
    groups = None if plan.groups is None else plan.groups.reindex(labels.index)
    model = FeatureClassifier(
        plan.model, features=plan.sets, name=name, seed=plan.seed, **plan.options
    )
    return model.fit(features.loc[labels.index], labels, groups=groups)


def _write(
    folder: Path, model: FeatureClassifier | ImageClassifier, gold: Codings, *, key: str
) -> None:
    model.save(folder)
    (folder / "gold").mkdir()
    keep_codings(gold, folder / "gold")
    write_json({"key": key}, folder / _TOLD)


def _is(place: Path, made: str) -> bool:
    return place.exists() and read_json(place / _TOLD)["key"] == made


def _name(layout: Layout, plan: Plan, made: str, *, out: str | None, replace: bool) -> str:
    """Choose a name that no other model has."""
    name = plain_name(out or f"{plan.variable}-{plan.network or plan.model}", "out")
    place = model_folder(layout, name)
    if not place.exists() or _is(place, made) or replace:
        return name
    if out is None:
        return f"{name}-{made}"
    raise StudyError(
        f"there is another model {name!r}, trained on other codes or with other options. Choose "
        "another name with out=, or replace it with replace=True."
    )
