"""A model of a study is trained anew where a coded image, a group or a probability has changed."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from iconometrics import Codings
from iconometrics.coding import Sample
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.study import Study
from iconometrics.study.steps.estimate import Measure, gold_standard


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Forty pictures, every other one dark, and one that nobody coded."""
    folder = tmp_path / "photos"
    folder.mkdir()
    random = np.random.default_rng(1)
    for number in range(41):
        level = 30 if number % 2 else 120
        pixels = random.integers(level, level + 100, (12, 12, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    return folder


@pytest.fixture
def codes(photos: Path) -> pd.DataFrame:
    names = [f"{number:02}.png" for number in range(40)]
    return pd.DataFrame({"image": names, "dark": ["yes", "no"] * 20})


def train(study: Study, codes: Codings) -> str:
    with warnings.catch_warnings():
        # Columns that are constant in so few pictures, and copies.
        warnings.simplefilter("ignore", IconometricsWarning)
        return study.train("dark", model="lda", features=["hog:size=32"], codes=codes).name


def test_changed_pictures_make_another_model(
    photos: Path, codes: pd.DataFrame, tmp_path: Path
) -> None:
    study = Study.create(tmp_path / "study", photos)
    gold = Codings.read(codes, coder="anna")
    assert train(study, gold) == "dark-lda"
    shutil.copy(photos / "39.png", photos / "40.png")
    study.check()
    assert train(study, gold) == "dark-lda"
    shutil.copy(photos / "01.png", photos / "00.png")
    study.check()
    assert train(study, gold) != "dark-lda"


def test_probabilities_make_another_model(
    photos: Path, codes: pd.DataFrame, tmp_path: Path
) -> None:
    study = Study.create(tmp_path / "study", photos)
    names = {
        train(study, Codings.read(codes, coder="anna", sample=sample))
        for sample in (None, drawn(codes, 0.5), drawn(codes, 0.25), drawn(codes, 0.5))
    }
    assert len(names) == 3


def drawn(codes: pd.DataFrame, probability: float, name: str = "s") -> Sample:
    table = codes[["image"]].assign(probability=probability)
    table.loc[:9, "probability"] = 1.0
    return Sample(name, table)


def test_a_set_of_features_has_one_choice_of_options(photos: Path, tmp_path: Path) -> None:
    study = Study.create(tmp_path / "study", photos)
    with pytest.raises(InputError, match="each set with one choice of options"):
        study.features(["color:size=64", "color:size=128"])
    assert len(study.features(["color:size=64", "color:size=64"])) == 41


def test_codes_beside_a_measure_keep_their_probabilities(codes: pd.DataFrame) -> None:
    sample = drawn(codes, 0.5)
    people = Codings.read(codes.assign(crowd=["a", "b"] * 20), coder="anna", sample=sample)
    _, gold = people.split(share=0.5, seed=1)
    crowd = people.data[people.data["variable"] == "crowd"]
    own = Measure("net", "dark", people, gold)
    joined = gold_standard([own], crowd, sample)
    assert gold.sample is not None and joined is not None and joined.sample is not None
    pd.testing.assert_series_equal(joined.sample.probability, gold.sample.probability)
    assert set(joined.images) == set(gold.images)
    other = Measure("net", "dark", people, Codings.read(codes, coder="bob"))
    with pytest.warns(IconometricsWarning, match="several samples"):
        joined = gold_standard([other], crowd, sample)
    assert joined is not None and joined.sample is None
