"""What of a study goes into its data set, and what each column means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.features import dictionary
from iconometrics.study.dataset.dataset import Piece

if TYPE_CHECKING:
    from iconometrics.coding import Codings, Sample
    from iconometrics.corpus import Corpus
    from iconometrics.study.steps.validate import Measured
    from iconometrics.themes import Themes

__all__ = ["groups_of", "pieces"]

_FILE = {
    "file": "file, relative to the folder of images",
    "sha256": "SHA-256 of the file",
    "width": "width in pixels, upright",
    "height": "height in pixels, upright",
    "captured": "when the picture was taken, from the file",
    "latitude": "latitude, from the file",
    "longitude": "longitude, from the file",
    "parent": "the image that this one is a part of",
    "part": "which part of its parent this image is",
    "status": "ok, converted or failed",
    "reason": "why the file could not be read",
    "changes": "what was changed on reading",
    "flags": "tiny, extreme shape, blank, blurred or changed",
}
_ALWAYS = ("file", "sha256", "width", "height", "status", "reason")


def pieces(
    corpus: Corpus,
    *,
    features: Mapping[str, pd.DataFrame],
    themes: Themes | None,
    measures: Sequence[Measured],
    codings: Codings,
    samples: Sequence[Sample],
) -> list[Piece]:
    """Collect all that a study holds by image."""
    return [
        Piece(corpus.metadata, "metadata", dict.fromkeys(map(str, corpus.metadata), "as given")),
        _files(corpus),
        *(_features(spec, table) for spec, table in features.items()),
        *([] if themes is None else [_themes(themes)]),
        *map(_measure, measures),
        *_gold(codings),
        *map(_sample, samples),
    ]


def groups_of(corpus: Corpus, by: str) -> pd.Series:
    """Give the group of each image."""
    column = corpus.group if by == "group" and corpus.group is not None else by
    if column not in corpus.metadata:
        raise InputError(
            f"by={by!r}: no such column in the metadata; make the study with group=, or choose "
            f"one of {', '.join(map(str, corpus.metadata.columns[:8])) or 'none'}."
        )
    groups: pd.Series = corpus.metadata[column]
    return groups


def _files(corpus: Corpus) -> Piece:
    images = corpus.images
    there = [n for n in _FILE if n in _ALWAYS or (n in images and images[n].notna().any())]
    return Piece(images[there], "file", _FILE)


def _features(spec: str, table: pd.DataFrame) -> Piece:
    columns = dictionary([spec])
    texts = columns["label"] + ": " + columns["formula"] + " (" + columns["unit"] + ")"
    return Piece(table, f"features {spec}", {str(name): text for name, text in texts.items()})


def _themes(themes: Themes) -> Piece:
    table = pd.DataFrame({"theme": themes.labels, "theme_distance": themes.scores["distance"]})
    meanings = {
        "theme": f"theme, found by {themes.settings['method']} (k = {themes.k})",
        "theme_distance": "distance to the theme's center, standardized units",
    }
    return Piece(table, "themes", meanings, shares=True)


def _measure(measure: Measured) -> Piece:
    own = measure.name.removeprefix(measure.variable).strip("-_ .") or measure.name
    name = f"{measure.variable}_{own}"
    values = measure.codings[measure.variable]
    columns = {name: values, f"{name}_confidence": measure.codings.confidence(measure.variable)}
    meanings = {
        name: f"{measure.variable} as {measure.name} reads it",
        f"{name}_confidence": f"the probability that {measure.name} gives its value",
    }
    if measure.codings.trained_on is not None:
        trained = values.index.isin(measure.codings.trained_on)
        columns[f"{name}_trained"] = pd.Series(trained, index=values.index)
        meanings[f"{name}_trained"] = f"whether {measure.name} was trained on this image"
    source = f"measure {measure.name}"
    return Piece(pd.DataFrame(columns), source, meanings, measure.status, shares=True)


def _gold(codes: Codings) -> Iterator[Piece]:
    """Give people's codes: one column per variable where they agree, else one per coder."""
    for variable in codes.variables:
        try:
            columns = {f"{variable}_gold": codes[variable]}
        except InputError:
            columns = {
                f"{variable}_coder_{number}": codes.of(coder)[variable]
                for number, coder in enumerate(codes.coders, start=1)
                if variable in codes.of(coder).variables
            }
        meanings = dict.fromkeys(columns, f"{variable}, coded by people")
        yield Piece(pd.DataFrame(columns), "codings", meanings, shares=True)


def _sample(sample: Sample) -> Piece:
    table = sample.table.set_index("image")
    columns = {f"{sample.name}_probability": table["probability"]}
    meanings = {
        f"{sample.name}_probability": f"probability of being drawn into the sample {sample.name}"
    }
    if table["stratum"].notna().any():
        columns[f"{sample.name}_stratum"] = table["stratum"]
        meanings[f"{sample.name}_stratum"] = f"stratum in the sample {sample.name}"
    return Piece(pd.DataFrame(columns), f"sample {sample.name}", meanings)
