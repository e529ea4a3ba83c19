"""Training on one part of the codes, measuring all images, validating on the other part."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from iconometrics import FeatureClassifier, validity
from iconometrics.coding import Codings
from iconometrics.errors import IconometricsWarning, InputError, StudyError
from iconometrics.study import Study


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty pictures, light or dark with much noise, one broken; a table that says which."""
    folder = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(1)
    (folder / "photos").mkdir()
    scenes = ["day" if number % 2 else "night" for number in range(60)]
    for number, scene in enumerate(scenes):
        level = random.normal(140 if scene == "day" else 110, 22)
        pixels = np.clip(random.normal(level, 30, (20, 20, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / "photos" / f"{number:02}.png")
    (folder / "photos" / "59.png").write_bytes(b"GIF89a")
    table = pd.DataFrame({"file": [f"{n:02}.png" for n in range(60)], "scene": scenes})
    table["account"] = [f"account {n // 3}" for n in range(60)]
    table.to_csv(folder / "posts.csv", index=False)
    return folder


@pytest.fixture
def study(folder: Path, tmp_path: Path) -> Study:
    return Study.create(tmp_path / "study", folder / "photos", metadata=folder / "posts.csv")


OPTIONS = {"model": "logistic", "features": ["color"], "seed": 3}


def test_the_chain_is_what_its_parts_give(study: Study) -> None:
    model = study.train("scene", **OPTIONS)
    measure = study.measure("scene-logistic")
    accuracy = study.validate("scene-logistic", seed=3)

    readable = study.corpus.readable
    codes = Codings.from_series(readable.metadata["scene"], coder="metadata")
    train, gold = codes.split(share=0.5, seed=3)
    table = study.features(["color"])
    direct = FeatureClassifier("logistic", features=["color"], name="scene-logistic", seed=3)
    direct.fit(table.loc[train.images], train["scene"])
    assert set(model.training_["image"]) == set(train.images)
    expected = direct.code(readable, features=table)
    pd.testing.assert_series_equal(measure["scene"].dropna(), expected["scene"], check_names=False)
    again = validity.accuracy(expected, gold=gold, seed=3)
    assert accuracy.n == again.n == len(gold)
    assert accuracy.accuracy == again.accuracy
    assert 0.6 < accuracy.accuracy.value < 1


def test_unreadable_images_have_a_reason(study: Study) -> None:
    study.train("scene", **OPTIONS)
    rows = study.measure("scene-logistic").data.set_index("image")
    assert pd.isna(rows.loc["59.png", "value"])
    assert rows.loc["59.png", "reason"] == study.corpus.images.loc["59.png", "reason"]
    assert rows["value"].notna().sum() == 59
    assert rows.index.tolist() == study.corpus.ids.tolist()


@pytest.mark.filterwarnings("ignore:1 gold image without a measured value")
def test_training_images_are_never_used_to_validate(study: Study, folder: Path) -> None:
    model = study.train("scene", **OPTIONS)
    trained = set(model.training_["image"])
    assert trained.isdisjoint(study.validate("scene-logistic").items["image"])
    everything = Codings.read(folder / "posts.csv", variables=["scene"], image="file")
    with pytest.warns(IconometricsWarning, match="used to train"):
        wide = study.validate("scene-logistic", gold=everything)
    assert trained.isdisjoint(wide.items["image"])


def test_groups_stay_on_one_side(folder: Path, tmp_path: Path) -> None:
    study = Study.create(
        tmp_path / "study", folder / "photos", metadata=folder / "posts.csv", group="account"
    )
    model = study.train("scene", **OPTIONS)
    accounts = study.corpus.metadata["account"]
    accuracy = study.validate("scene-logistic")
    trained, tested = model.training_["image"], accuracy.items["image"]
    assert set(accounts[trained]).isdisjoint(accounts[tested])
    assert accuracy.groups == accounts[tested].nunique()


def test_a_second_run_does_nothing(study: Study, content) -> None:
    for _ in range(2):
        study.train("scene", **OPTIONS)
        study.measure("scene-logistic")
        study.validate("scene-logistic")
        before, entries = locals().get("now"), locals().get("logged")
        now, logged = content(study.folder), len(study.log())
    assert now == before
    assert logged == entries


def test_results_come_back_as_they_were(study: Study) -> None:
    study.train("scene", **OPTIONS)
    measure = study.measure("scene-logistic")
    (found,) = Study.open(study.folder).measures()
    assert found.status == "not validated"
    accuracy = study.validate("scene-logistic")
    (found,) = Study.open(study.folder).measures()
    assert (found.name, found.variable) == ("scene-logistic", "scene")
    assert found.status == accuracy.status
    pd.testing.assert_frame_equal(found.codings.data, measure.data)
    pd.testing.assert_frame_equal(found.codings.probabilities, measure.probabilities)
    assert found.codings.trained_on == measure.trained_on
    pd.testing.assert_frame_equal(found.accuracy.table(), accuracy.table())
    pd.testing.assert_frame_equal(found.accuracy.confusion, accuracy.confusion)
    assert found.accuracy.summary() == accuracy.summary()
    assert found.card["classes"] == ["day", "night"]


def test_other_options_need_another_name(study: Study) -> None:
    study.train("scene", **OPTIONS, out="mine")
    with pytest.raises(StudyError, match="another model 'mine'"):
        study.train("scene", **{**OPTIONS, "seed": 4}, out="mine")
    study.train("scene", **{**OPTIONS, "seed": 4}, out="mine", replace=True)
    for seed in (3, 4, 3):
        study.train("scene", **{**OPTIONS, "seed": seed})
    assert len(list((study.folder / "models").glob("scene-logistic*"))) == 2
    with pytest.raises(StudyError, match=r"no model 'yours'.*mine"):
        study.measure("yours")
    with pytest.raises(InputError, match=r"out='../x'"):
        study.train("scene", **OPTIONS, out="../x")


def test_new_images_are_measured_alone(folder: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for path in (folder / "photos").iterdir():
        (photos / path.name).write_bytes(path.read_bytes())
    study = Study.create(tmp_path / "study", photos, metadata=folder / "posts.csv")
    study.train("scene", **OPTIONS)
    before = study.measure("scene-logistic")
    accuracy = study.validate("scene-logistic")
    Image.new("RGB", (20, 20), (250, 250, 250)).save(photos / "00-new.png")
    study.check()
    after = study.measure("scene-logistic")
    assert after["scene"]["00-new.png"] in {"day", "night"}
    pd.testing.assert_frame_equal(after.select(before.images).data, before.data)
    assert len(list((study.folder / "measures").iterdir())) == 1
    (found,) = study.measures()
    assert found.accuracy is not None
    assert found.accuracy.summary() == accuracy.summary()


def test_codes_of_people_come_first(study: Study, tmp_path: Path) -> None:
    sample = study.draw(30, variables=["scene"])
    truth = study.corpus.metadata["scene"][sample.images]
    swapped = truth.map({"day": "Tag", "night": "Nacht"})
    swapped.rename_axis("image").reset_index().to_csv(tmp_path / "anna.csv", index=False)
    study.add_codings(tmp_path / "anna.csv")
    model = study.train("scene", **OPTIONS)
    assert model.classes_.tolist() == ["Nacht", "Tag"]
    study.measure("scene-logistic")
    accuracy = study.validate("scene-logistic")
    assert len(model.training_) + accuracy.n == 30
    (found,) = study.measures()
    assert found.gold.sample.probability.unique().tolist() == [30 / 59 / 2]
    with pytest.raises(InputError, match="no codes of 'crowd'"):
        study.train("crowd", **OPTIONS)


def test_copies_on_both_sides_are_told(folder: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    files, scenes = [], []
    for number in range(20):
        for copy in "ab":
            files.append(f"{number:02}{copy}.png")
            scenes.append("day" if number % 2 else "night")
            source = folder / "photos" / f"{number:02}.png"
            (photos / files[-1]).write_bytes(source.read_bytes())
    table = pd.DataFrame({"file": files, "scene": scenes, "picture": [f[:2] for f in files]})
    study = Study.create(tmp_path / "study", photos, metadata=table)
    with pytest.warns(IconometricsWarning, match=r"gold images .* have an exact or near copy"):
        study.train("scene", **OPTIONS)
    grouped = Study.create(tmp_path / "grouped", photos, metadata=table, group="picture")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        grouped.train("scene", **OPTIONS)
    assert not any("copy" in str(one.message) for one in told)


class Reader:
    """A coder of the test's own: it reads the brightness of the first pixel."""

    name = "reader"
    variables = ("bright",)

    def __init__(self) -> None:
        self.seen: list[str] = []

    def code(self, corpus, *, executor=None) -> Codings:
        self.seen += list(corpus.ids)
        values = pd.Series("no", index=corpus.ids, name="bright")
        return Codings.from_series(values, coder=self.name, sha256=corpus.images["sha256"])

    def card(self) -> dict:
        return {"kind": "Reader", "name": self.name}


def test_any_coder_measures_and_codes_an_image_once(study: Study) -> None:
    reader = Reader()
    study.measure(reader)
    study.measure(reader)
    assert sorted(reader.seen) == sorted(study.corpus.ids)
    with pytest.raises(InputError, match="no gold standard to compare 'reader' with"):
        study.validate("reader")
    with pytest.raises(StudyError, match="'writer' has measured nothing"):
        study.validate(
            "writer", gold=Codings.from_series(pd.Series({"00.png": "1"}, name="x"), coder="a")
        )


def test_measures_stand_in_the_table_and_may_be_estimated(study: Study) -> None:
    study.train("scene", **OPTIONS)
    study.measure("scene-logistic")
    columns = study.columns().set_index("column")["validated"]
    assert columns["scene_logistic"] == "not validated"
    accuracy = study.validate("scene-logistic")
    columns = study.columns().set_index("column")["validated"]
    assert columns["scene_logistic"] == columns["scene_logistic_confidence"] == accuracy.status
    table = study.table()
    assert table["scene_logistic_trained"].sum() == len(study.measures()[0].codings.trained_on)
    with pytest.warns(IconometricsWarning) as told:
        naive = study.estimate("color_brightness ~ scene").table()
    assert any("taken from the measure 'scene-logistic'" in str(one.message) for one in told)
    assert list(naive["method"].unique()) == ["naive", "gold only", "DSL", "PPI++"]
    assert accuracy.status in naive["assumes"].iloc[0]
    with pytest.warns(IconometricsWarning, match="left out"):
        direct = study.estimate("color_brightness ~ scene", measure=[]).table()
    assert set(direct["method"]) == {"direct"}
    with pytest.raises(InputError, match="no such measure; there are scene-logistic"):
        study.estimate("color_brightness ~ scene", measure=["svm"])
