"""Agreement and adjudication in a study: kept, read again, used by what follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from iconometrics import validity
from iconometrics.coding import Codings, Sample, Store
from iconometrics.errors import InputError
from iconometrics.study import Study


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    random = np.random.default_rng(2)
    for number in range(60):
        pixels = np.clip(random.normal(40 + 3 * number, 30, (16, 16, 3)), 0, 255)
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{number:02}.png")
    return folder


def codes(coders: dict[str, float]) -> Codings:
    """Each coder sees what is there with a given probability."""
    random = np.random.default_rng(1)
    truth = np.where(np.arange(60) > 29, "day", "night")
    parts = []
    for coder, skill in coders.items():
        other = np.where(truth == "day", "night", "day")
        said = np.where(random.random(60) < skill, truth, other)
        images = [f"{number:02}.png" for number in range(60)]
        parts.append(pd.DataFrame({"image": images, "value": said, "coder": coder}))
    return Codings(pd.concat(parts).assign(variable="scene"))


@pytest.fixture
def study(photos: Path, tmp_path: Path) -> Study:
    study = Study.create(tmp_path / "study", photos)
    Store(study.folder / "codings.db").add_codings(codes({"anna": 0.95, "ben": 0.9, "cem": 0.8}))
    return study


def test_agreement_is_that_of_its_codings_and_kept(study: Study) -> None:
    found = study.agreement()
    direct = validity.agreement(study.codings(), seed=study.seed)
    pd.testing.assert_frame_equal(found.table(), direct.table(), check_dtype=False)
    lines = len(study.log())
    again = Study.open(study.folder).agreement("scene")
    assert again.summary() == found.summary()
    pd.testing.assert_frame_equal(again.pairs(), found.pairs())
    study.agreement()
    assert len(study.log()) == lines + 1
    (kept,) = Study.open(study.folder).agreements()
    assert kept.summary() == found.summary()
    assert kept.disagreements()["image"].tolist() == found.disagreements()["image"].tolist()


def test_the_sample_comes_along(photos: Path, tmp_path: Path) -> None:
    study, coded = Study.create(tmp_path / "study", photos), codes({"anna": 0.95, "ben": 0.8})
    table = pd.DataFrame({"image": coded.images, "probability": np.repeat([0.9, 0.3], 30)})
    sample = Sample("uneven", table)
    store = Store(study.folder / "codings.db")
    store.add_sample(sample)
    store.add_codings(Codings(coded.data.assign(sample="uneven"), sample=sample))
    found = study.agreement()
    wide = coded.data.pivot(index="image", columns="coder", values="value")
    same = np.average(wide["anna"] == wide["ben"], weights=1 / table["probability"])
    assert found.table()["value"].iloc[-1] == pytest.approx(same)
    assert set(found.table()["represents"]) == {"corpus"}
    assert Study.open(study.folder).agreements()[0].notes == found.notes != ()


def test_new_codes_make_a_new_result(study: Study) -> None:
    before = study.agreement().main()["coders"]
    Store(study.folder / "codings.db").add_codings(codes({"dora": 0.9}))
    assert study.agreement().main()["coders"] == before + 1


def test_a_machine_is_a_coder(study: Study) -> None:
    study.adjudicate()
    study.train("scene", model="logistic", features=["color"], out="light", seed=1)
    study.measure("light")
    found = study.agreement("scene", measure=["light"])
    assert set(found.coders()["coder"]) == {"anna", "ben", "cem", "light"}
    with pytest.raises(InputError, match="measured nothing"):
        study.agreement("scene", measure=["dark"])


def test_what_was_settled_is_used(study: Study) -> None:
    with pytest.raises(InputError, match="adjudicate"):
        study.train("scene", model="logistic", features=["color"])
    settled = study.adjudicate("scene", rule="dawid-skene")
    assert settled["scene"].eq(study.settled()["scene"]).all()
    stored = Store(study.folder / "codings.db").adjudicated()
    assert stored["scene"].to_dict() == settled["scene"].to_dict()
    lines = len(study.log())
    study.adjudicate("scene", rule="dawid-skene")
    assert len(study.log()) == lines
    assert len(study.codings().coders) == 3
    study.train("scene", model="logistic", features=["color"], out="light")


@pytest.mark.parametrize("rule", ["majority", "median", "coder"])
def test_every_rule_can_be_kept(study: Study, rule: Any) -> None:
    numbers = codes({"anna": 0.95, "ben": 0.9}).data
    numbers = numbers.assign(value=numbers["value"].map({"day": "1", "night": "0"}), variable="n")
    Store(study.folder / "codings.db").add_codings(Codings(numbers))
    study.adjudicate("n", rule=rule, coder="anna")
    assert set(study.settled()["n"]) == {"0", "1"} or rule == "median"


def test_nothing_coded_says_what_to_do(photos: Path, tmp_path: Path) -> None:
    study = Study.create(tmp_path / "empty", photos)
    with pytest.raises(InputError, match="add_codings"):
        study.agreement()


@pytest.mark.filterwarnings("ignore:.*their coders disagree", "ignore:.*left out")
@pytest.mark.parametrize("referee", [None, "anna"])
def test_results_of_versions_that_dropped_undecided_images_are_not_taken_for_done(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, referee: str | None
) -> None:
    from iconometrics.study.steps import estimate as estimating

    study = Study.create(tmp_path / "study", photos)
    Store(study.folder / "codings.db").add_codings(codes({"anna": 0.95, "ben": 0.7}))
    study.features(["color"])
    study.adjudicate("scene", coder=referee)
    with monkeypatch.context() as former:
        former.setattr(estimating, "undecided", lambda gold, name: gold.images[:0])
        study.estimate("color_brightness ~ scene")
    notes = study.estimate("color_brightness ~ scene").notes
    keys = {entry["key"] for entry in study.log() if entry["step"] == "estimate"}
    assert len(keys) == (2 if referee is None else 1)
    assert any("gave no value of 'scene'" in note for note in notes) == (referee is None)
