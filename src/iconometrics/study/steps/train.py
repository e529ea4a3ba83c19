"""The step train: one part of the codes trains a model, the other is kept to judge it."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Mapping, Sequence
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
from iconometrics.study.steps import features as featuring
from iconometrics.study.steps.check import duplicates
from iconometrics.study.steps.codes import settled

if TYPE_CHECKING:
    from iconometrics.coders import FeatureClassifier, ImageClassifier
    from iconometrics.corpus import Corpus
    from iconometrics.features import Extractor

__all__ = ["codes_of", "gold_of", "model_folder", "train", "units"]

_KEY = "study.json"


class _Plan(NamedTuple):
    """What a model is to be made from: on features, or a network on the pictures themselves."""

    variable: str
    codes: Codings
    groups: pd.Series | None
    share: float
    seed: int
    model: str
    sets: Mapping[str, Extractor]
    options: Mapping[str, Any]
    network: str | None

    @property
    def specs(self) -> list[str]:
        """Sets of features, as they are asked for."""
        return [extractor.spec for extractor in self.sets.values()]

    @property
    def settings(self) -> dict[str, Any]:
        """What a model is named by, beside the codes: the options that apply to it."""
        if self.network is not None:
            return {**self.options, "network": self.network, "share": self.share}
        return {**self.options, "model": self.model, "features": self.specs, "share": self.share}


def train(
    layout: Layout,
    corpus: Corpus,
    variable: str,
    *,
    model: str,
    network: str | None,
    features: Sequence[str],
    codes: str | Path | Codings | None,
    share: float,
    out: str | None,
    seed: int,
    replace: bool,
    **options: Any,
) -> FeatureClassifier | ImageClassifier:
    """Train a model, or find that the same one is there; corpus holds the readable images."""
    from iconometrics.coders import load

    plan = _Plan(
        variable=variable,
        sets=featuring.extractors([] if network is not None else features),
        codes=codes_of(layout, corpus, variable, table=codes),
        groups=units(corpus),
        share=share,
        seed=seed,
        model=model,
        options=options,
        network=network,
    )
    name = _train(layout, corpus, plan, out=out, replace=replace)
    trained: FeatureClassifier | ImageClassifier = load(model_folder(layout, name))
    return trained


def codes_of(
    layout: Layout, corpus: Corpus, variable: str, *, table: str | Path | Codings | None
) -> Codings:
    """Find the codes of a variable: those own, else people's, else a column of the metadata."""
    people = settled(layout)
    if table is not None:
        codes = table if isinstance(table, Codings) else Codings.read(table, variables=[variable])
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
    return dataclasses.replace(codes, data=rows[there])


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


def _warn_of_copies(train: pd.Index, gold: pd.Index, duplicates: pd.DataFrame) -> None:
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


def _train(layout: Layout, corpus: Corpus, plan: _Plan, *, out: str | None, replace: bool) -> str:
    settings, rows = plan.settings, plan.codes.data[["image", "value"]]
    coded = corpus.select(plan.codes.images)
    inputs = {
        **featuring.inputs(plan.sets, corpus),
        "coded": featuring.fingerprint(coded.sources()),
    }
    model_key = key(
        plan.variable, frames.digest(rows), inputs["features"], inputs["coded"], settings,
        plan.seed, *_beside(plan),
    )  # fmt: skip
    name = _name(layout, plan, model_key, out=out, replace=replace)
    folder = model_folder(layout, name)
    with step(layout, "train") as under_way:
        if not _is(folder, model_key):
            first, gold = plan.codes.split(share=plan.share, seed=plan.seed, groups=plan.groups)
            _warn_of_copies(first.images, gold.images, duplicates(layout))
            unfinished = folder.with_name(f".{name}-{model_key}")
            model = _fitted(layout, corpus, plan, first, name=name, checkpoint=unfinished)
            write_folder(folder, lambda path: _write(path, model, gold, key=model_key))
            shutil.rmtree(unfinished, ignore_errors=True)
        under_way.done(
            name,
            model_key,
            inputs={**inputs, "codes": frames.digest(rows)},
            options={"variable": plan.variable, **settings},
            seed=plan.seed,
            result={"folder": f"models/{name}", "codes": len(rows)},
        )
    return name


def _beside(plan: _Plan) -> list[str]:
    """Name what else decides which codes are kept, and with which probabilities."""
    sample, groups = plan.codes.sample, plan.groups
    digests = [] if sample is None else [frames.digest(sample.table)]
    if groups is not None:
        digests.append(frames.digest(groups.reindex(plan.codes.images).to_frame("group")))
    return digests


def _fitted(
    layout: Layout, corpus: Corpus, plan: _Plan, codes: Codings, *, name: str, checkpoint: Path
) -> FeatureClassifier | ImageClassifier:
    labels = codes[plan.variable]
    if plan.network is not None:
        return _fitted_network(plan, labels, corpus, name=name, checkpoint=checkpoint)
    rows = featuring.extract(layout, corpus, plan.sets)
    features = featuring.side_by_side(table.values for table in rows.values())
    return _fitted_model(plan, labels, features, name=name)


def _fitted_network(
    plan: _Plan, labels: pd.Series, corpus: Corpus, *, name: str, checkpoint: Path
) -> ImageClassifier:
    from iconometrics.coders import ImageClassifier

    labels = labels[labels.index.isin(corpus.ids)]
    groups = None if plan.groups is None else plan.groups.reindex(labels.index)
    network = ImageClassifier(plan.network, name=name, seed=plan.seed, **plan.options)
    return network.fit(corpus.select(labels.index), labels, groups=groups, checkpoint=checkpoint)


def _fitted_model(
    plan: _Plan, labels: pd.Series, features: pd.DataFrame, *, name: str
) -> FeatureClassifier:
    from iconometrics.coders import FeatureClassifier

    labels = labels[labels.index.isin(features.index)]
    groups = None if plan.groups is None else plan.groups.reindex(labels.index)
    model = FeatureClassifier(
        plan.model, features=plan.specs, name=name, seed=plan.seed, **plan.options
    )
    return model.fit(features.loc[labels.index], labels, groups=groups)


def _write(
    folder: Path, model: FeatureClassifier | ImageClassifier, gold: Codings, *, key: str
) -> None:
    model.save(folder)
    (folder / "gold").mkdir()
    keep_codings(gold, folder / "gold")
    write_json({"key": key}, folder / _KEY)


def _is(folder: Path, model_key: str) -> bool:
    return folder.exists() and read_json(folder / _KEY)["key"] == model_key


def _name(layout: Layout, plan: _Plan, model_key: str, *, out: str | None, replace: bool) -> str:
    """Choose a name that no other model has."""
    name = plain_name(out or f"{plan.variable}-{plan.network or plan.model}", "out")
    place = model_folder(layout, name)
    if not place.exists() or _is(place, model_key) or replace:
        return name
    if out is None:
        return f"{name}-{model_key}"
    raise StudyError(
        f"there is another model {name!r}, trained on other codes or with other options. Choose "
        "another name with out=, or replace it with replace=True."
    )
