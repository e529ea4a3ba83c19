"""Students code many images, experts a part drawn of these; three coders count unsettled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from iconometrics import inference
from iconometrics.coding import Codings, Store, draw_second_phase
from iconometrics.errors import InputError
from iconometrics.study import Study

FORMULA = "likes ~ scene"
OPTIONS = {"methods": ["first", "gold", "ppi"]}
IMAGES = 200
pytestmark = pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")


def seen(corpus_ids: pd.Index, wrong: float, seed: int) -> pd.Series:
    """What somebody saw who errs in a share of the images."""
    shows_day = corpus_ids.str.removesuffix(".png").astype(int).to_numpy() % 2 == 1
    errs = np.random.default_rng(seed).random(len(corpus_ids)) < wrong
    return pd.Series(np.where(shows_day ^ errs, "day", "night"), corpus_ids, name="scene")


class Machine:
    """A coder from elsewhere that errs in a fifth of the images."""

    name = "machine"
    variables = ("scene",)

    def code(self, corpus, *, executor=None) -> Codings:
        values = seen(corpus.ids, 0.2, 1)
        hashes = corpus.images["sha256"]
        return Codings.from_series(values, coder=self.name, sha256=hashes, trained_on=[])

    def card(self) -> dict:
        return {"kind": "Machine", "name": self.name}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    random = np.random.default_rng(1)
    (folder / "photos").mkdir()
    for number in range(IMAGES):
        level = random.normal(150 if number % 2 else 100, 25)
        pixels = np.clip(random.normal(level, 20, (8, 8, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / "photos" / f"{number:03}.png")
    files = [f"{number:03}.png" for number in range(IMAGES)]
    likes = [5 + number % 2 + random.normal() for number in range(IMAGES)]
    pd.DataFrame({"file": files, "likes": likes}).to_csv(folder / "posts.csv", index=False)
    return folder


@pytest.fixture
def study(folder: Path, tmp_path: Path) -> Study:
    study = Study.create(tmp_path / "study", folder / "photos", metadata=folder / "posts.csv")
    study.draw(120, name="students", variables=["scene"])
    return study


@pytest.fixture
def code(tmp_path: Path) -> Callable[..., Codings]:
    """Let somebody code images and bring the sheet into the study."""

    def bring(study: Study, coder: str, images: pd.Index, wrong: float, **options) -> Codings:
        values = seen(study.corpus.ids, wrong, sum(map(ord, coder)))[images]
        path = tmp_path / f"{coder}.csv"
        values.rename_axis("image").reset_index().to_csv(path, index=False)
        return study.add_codings(path, coder=coder, **options)

    return bring


def second_phase(study: Study, code: Callable[..., Codings]) -> None:
    first = study.samples()[0]
    code(study, "ben", first.images, 0.1)
    second = study.draw(60, second_phase="students", strata="scene", allocation="equal")
    code(study, "dora", second.images, 0.0)


def test_a_study_gives_what_its_parts_give(study: Study, code: Callable[..., Codings]) -> None:
    measure = study.measure(Machine())
    second_phase(study, code)
    found = study.estimate(FORMULA, first_phase="students", **OPTIONS)

    first, second = study.samples()
    said = seen(study.corpus.ids, 0.1, sum(map(ord, "ben")))[first.images]
    drawn = draw_second_phase(
        first, 60, strata=said, allocation="equal", seed=study.seed, name="second-phase"
    )
    pd.testing.assert_frame_equal(second.table, drawn.table)
    students = Codings.from_series(said, coder="ben", sample=first)
    truth = seen(study.corpus.ids, 0, 0)[drawn.images]
    experts = Codings.from_series(truth, coder="dora", sample=drawn)
    direct = inference.estimate(
        FORMULA, study.corpus.metadata, measure=measure, gold=experts, first_phase=students,
        **OPTIONS,
    )  # fmt: skip
    numbers = ["method", "term", "estimate", "se", "low", "high", "n"]
    pd.testing.assert_frame_equal(found.table()[numbers], direct.table()[numbers])
    assert found.table()["method"].unique().tolist() == ["first phase only", "gold only", "PPI++"]
    before = len(study.log())
    study.estimate(FORMULA, first_phase="students", **OPTIONS)
    assert len(study.log()) == before


def test_codes_of_experts_do_not_mix_with_those_of_students(
    study: Study, code: Callable[..., Codings]
) -> None:
    study.measure(Machine())
    second_phase(study, code)
    assert set(study.settled().coders) == {"ben"}
    settled = study.adjudicate("scene")
    assert len(settled) == 120
    assert (
        study.settled()["scene"].eq(seen(study.corpus.ids, 0.1, sum(map(ord, "ben")))).sum() == 120
    )
    experts = study.adjudicate("scene", sample="second-phase")
    assert len(experts) == 60
    assert len(study.settled()) == 120
    stored = Store(study.folder / "codings.db")
    assert len(stored.adjudicated(sample="students")) == 120
    accuracy = study.validate("machine", seed=1)
    assert accuracy.n == 60


def test_a_plan_knows_the_first_phase(study: Study, code: Callable[..., Codings]) -> None:
    study.measure(Machine())
    second_phase(study, code)
    study.plan(FORMULA)
    study.estimate(FORMULA, first_phase="students", **OPTIONS)
    row = study.specifications().iloc[-1]
    assert "first_phase students" in row["options"]
    assert "first phase students, planned the default" in row["planned"]


def test_a_model_that_saw_a_part_keeps_the_other_for_experts(
    study: Study, code: Callable[..., Codings]
) -> None:
    first = study.samples()[0]
    code(study, "ben", first.images, 0.1)
    study.train("scene", model="logistic", features=["color"], out="light", seed=2)
    study.measure("light")
    wide = study.draw(40, second_phase="students", name="wide")
    code(study, "dora", wide.images, 0.0)
    with pytest.raises(InputError, match=r"'light' was trained on a part.*second_phase='light'"):
        study.estimate(FORMULA, first_phase="students")
    second = study.draw(40, second_phase="light", strata="scene")
    assert set(second.images).isdisjoint(study.measures()[0].codings.trained_on)
    code(study, "eva", second.images, 0.0, sample="second-phase")
    table = study.estimate(FORMULA, first_phase="light", **OPTIONS).table()
    assert table.set_index("method")["n"].to_dict()["gold only"] == 40
    study.train("scene", model="logistic", features=["color"], out="light", seed=3, replace=True)
    study.measure("light")
    with pytest.raises(InputError, match=r"images of the second phase .* are not in the first"):
        study.estimate(FORMULA, first_phase="light")


def test_what_was_not_drawn_or_coded_is_refused(study: Study, code: Callable[..., Codings]) -> None:
    study.measure(Machine())
    with pytest.raises(InputError, match=r"strata='scene': the first phase has no codes of it"):
        study.draw(40, second_phase="students", strata="scene")
    code(study, "ben", study.samples()[0].images, 0.1)
    with pytest.raises(InputError, match=r"nobody coded a second phase of it"):
        study.estimate(FORMULA, first_phase="students")
    with pytest.raises(InputError, match=r"with scene: people coded it and nothing measures it"):
        study.estimate(FORMULA, measure=[], first_phase="students")
    with pytest.raises(InputError, match=r"'pupils' is neither a sample nor a model.*students"):
        study.draw(40, second_phase="pupils")
    with pytest.raises(InputError, match="different designs"):
        study.draw(40, second_phase="students", top_up="students")


def test_a_late_sheet_belongs_to_its_own_sample(
    study: Study, code: Callable[..., Codings], tmp_path: Path
) -> None:
    """Else the codes of a student whose images all came into the second phase were an expert's."""
    second_phase(study, code)
    few = study.samples()[1].images[:5]
    values = seen(study.corpus.ids, 0, 0)[few].rename_axis("image").reset_index()
    values.to_csv(tmp_path / "students-cem.csv", index=False)
    codes = study.add_codings(tmp_path / "students-cem.csv", coder="cem")
    assert codes.sample is not None
    assert codes.sample.name == "students"


def test_three_coders_count_by_how_likely_each_category_is(
    study: Study, code: Callable[..., Codings]
) -> None:
    first = study.samples()[0]
    for coder, wrong in (("anna", 0.05), ("ben", 0.1), ("cem", 0.2)):
        code(study, coder, first.images, wrong)
    measure = study.measure(Machine())
    study.adjudicate("scene")
    study.validate("machine")
    found = study.estimate(FORMULA, posterior=True, methods=["ppi"])
    direct = inference.estimate(
        FORMULA, study.corpus.metadata, measure=measure, gold=study.codings(), posterior=True,
        methods=["ppi"],
    )  # fmt: skip
    assert found.table()["estimate"].tolist() == pytest.approx(direct.table()["estimate"].tolist())
    majority = study.estimate(FORMULA, methods=["ppi"])
    assert found.table()["estimate"].tolist() != majority.table()["estimate"].tolist()
    assert "posterior True" in study.specifications()["options"].iloc[0]
