"""The step validate: weights, subgroups, thresholds, leakage; how often a test set was opened."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from iconometrics.coding import Codings, Sample
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.study import Study


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ninety pictures, light or dark with much noise; two accounts; the last is a copy."""
    folder = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(1)
    (folder / "photos").mkdir()
    scenes = ["day" if number % 2 else "night" for number in range(90)]
    for number, scene in enumerate(scenes):
        level = random.normal(140 if scene == "day" else 110, 25)
        pixels = np.clip(random.normal(level, 30, (20, 20, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / "photos" / f"{number:02}.png")
    first = (folder / "photos" / "00.png").read_bytes()
    (folder / "photos" / "88.png").write_bytes(first)
    table = pd.DataFrame({"file": [f"{n:02}.png" for n in range(90)], "scene": scenes})
    table["camera"] = ["old" if n % 3 else "new" for n in range(90)]
    table.to_csv(folder / "posts.csv", index=False)
    return folder


@pytest.fixture
def study(folder: Path, tmp_path: Path) -> Study:
    made = Study.create(tmp_path / "study", folder / "photos", metadata=folder / "posts.csv")
    made.check()
    return made


@pytest.fixture
def gold(study: Study) -> Codings:
    """Sixty images that no model was trained on, drawn unequally."""
    scene = study.corpus.metadata["scene"].iloc[30:]
    told = {"image": scene.index, "probability": np.where(scene == "day", 0.2, 0.4)}
    sample = Sample("codes", pd.DataFrame(told | {"stratum": scene.to_numpy()}))
    return Codings.from_series(scene, coder="anna", sample=sample)


def trained(study: Study, *, model: str = "logistic", rows: slice = slice(0, 30)) -> str:
    scene = study.corpus.metadata["scene"].iloc[rows]
    codes = Codings.from_series(scene, coder="anna", sha256=study.corpus.images["sha256"])
    name = f"first-{model}"
    study.train("scene", model=model, features=["color"], codes=codes, share=0.9, out=name)
    study.measure(name)
    return name


def test_weights_subgroups_and_probabilities_come_back(study: Study, gold: Codings) -> None:
    name = trained(study)
    with pytest.warns(IconometricsWarning):
        found = study.validate(name, gold=gold, by="camera")
    assert found.weighted and found.parts_by == "camera"
    assert set(found.parts["subgroup"]) == {"new", "old"}
    (measured,) = Study.open(study.folder).measures()
    again = measured.accuracy
    assert again is not None
    pd.testing.assert_frame_equal(found.table(), again.table())
    pd.testing.assert_frame_equal(found.parts, again.parts)
    pd.testing.assert_frame_equal(found.auroc, again.auroc)
    pd.testing.assert_frame_equal(found.overall(), again.overall())
    np.testing.assert_array_equal(found.roc("day"), again.roc("day"))
    assert found.kappa == again.kappa and again.opened == 1
    with pytest.raises(InputError, match="no such column"):
        study.validate(name, gold=gold, by="party")


@pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")
def test_each_measure_on_the_same_images_is_an_opening(study: Study, gold: Codings) -> None:
    first, second = trained(study), trained(study, model="tree")
    assert study.validate(first, gold=gold).opened == 1
    assert study.validate(first, gold=gold).opened == 1
    assert study.validate(second, gold=gold).opened == 2
    half = gold.select(gold.images[:40])
    assert study.validate(first, gold=half).opened == 3
    fresh = Codings.from_series(study.corpus.metadata["scene"].iloc[:30], coder="anna")
    fresh = fresh.select([image for image in fresh.images if image not in known(study, second)])
    assert study.validate(second, gold=fresh).opened == 1
    again = {one.name: one.accuracy for one in Study.open(study.folder).measures()}
    assert again[first].opened == 3
    told = study.validate(first, gold=gold)
    assert told.opened == 3 and "opened 3 times" in told.summary()


def known(study: Study, name: str) -> set[str]:
    return set(next(one for one in study.measures() if one.name == name).codings.trained_on)


@pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")
def test_a_threshold_is_another_opening_and_no_measure(study: Study, gold: Codings) -> None:
    name = trained(study)
    plain = study.validate(name, gold=gold)
    at = study.validate(name, gold=gold, threshold=0.8, category="day")
    assert at.opened == 2 and "at a probability of 0.8 or more" in " ".join(at.notes)
    assert at.classes.loc["day", "measured"] < plain.classes.loc["day", "measured"]
    chosen = study.validate(name, gold=gold, threshold="choose")
    assert chosen.n == 30 and "judge it on others" in " ".join(chosen.notes)
    (measured,) = study.measures()
    assert measured.accuracy.accuracy == plain.accuracy


@pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")
def test_copies_of_training_images_are_left_out_or_told(study: Study, gold: Codings) -> None:
    name = trained(study, rows=slice(0, 30))
    assert "00.png" in known(study, name)
    found = study.validate(name, gold=gold)
    assert "88.png" not in set(found.items["image"])
    table = study.duplicates()
    more = pd.DataFrame({"image": ["01.png", "45.png"], "group": [99, 99], "kind": "near"})
    pd.concat([table, more]).to_csv(study.folder / "check" / "duplicates.csv", index=False)
    told = " ".join(study.validate(name, gold=gold, seed=2).notes)
    assert "1 gold image is too like" in told and "without, on 58 images" in told
