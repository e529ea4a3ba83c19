"""Plans: frozen with a hash, never overwritten, and held against what was done."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from iconometrics.coding import Codebook, Variable
from iconometrics.errors import IconometricsWarning, InputError, StudyError
from iconometrics.study import Study
from iconometrics.study.steps.planned import standing

FORMULA = "likes ~ scene + color_brightness"
pytestmark = pytest.mark.filterwarnings("ignore:.*left out")


@pytest.fixture
def study(photos: Path, posts: Path, tmp_path: Path) -> Study:
    study = Study.create(tmp_path / "study", photos, metadata=posts, group="account")
    study.features(["color"])
    return study


def statuses(study: Study) -> dict[str, str]:
    table = study.deviations()
    return dict(zip(table["part"], table["status"], strict=True))


def test_the_hash_is_that_of_the_file_and_the_text_names_it(study: Study) -> None:
    plan = study.plan(FORMULA, cluster="account", k=range(2, 4), bar=0.8, note="More on streets.")
    path = study.folder / "plans/plan-1.json"
    assert plan.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert plan.sha256 == study.log()[-1]["result"]["sha256"]
    text = path.with_suffix(".md").read_text(encoding="utf-8")
    assert text == plan.text()
    for part in (plan.sha256, FORMULA, "More on streets.", "12 images", "Not drawn yet", "2 to 3"):
        assert part in text
    assert plan.stage == "before any code, measure or estimate"


def test_the_frozen_hashes_can_be_computed_by_anybody(study: Study) -> None:
    study.add_codebook(Codebook([Variable("protest", categories=("yes", "no"))]))
    sample = study.draw(5, seed=3)
    content = study.plan(FORMULA).content
    images = pd.read_parquet(study.folder / "corpus.parquet")["sha256"].fillna("").sort_index()
    lines = "".join(f"{image}\t{value}\n" for image, value in images.items())
    assert content["frame"]["sha256"] == hashlib.sha256(lines.encode()).hexdigest()
    table = sample.table.sort_values("image").to_csv(index=False)
    (drawn,) = content["samples"]
    assert drawn["sha256"] == hashlib.sha256(table.encode()).hexdigest()
    assert (drawn["images"], drawn["seed"]) == (5, 3)
    assert study.codebook is not None
    book = hashlib.sha256(study.codebook.text().encode()).hexdigest()
    assert content["codebook"]["sha256"] == book


def test_the_same_plan_again_changes_nothing_and_another_needs_amend(study: Study) -> None:
    first = study.plan(FORMULA, bar=0.8)
    entries = len(study.log())
    assert study.plan(FORMULA, bar=0.8).sha256 == first.sha256
    assert len(study.log()) == entries
    with pytest.raises(StudyError, match="amend"):
        study.plan(FORMULA, bar=0.7)
    second = study.plan("likes ~ theme", model="poisson", amend=True)
    assert second.title == "Amendment 1"
    assert second.content["former"] == first.sha256
    formulas = [planned["formula"] for planned in second.content["regressions"]]
    assert formulas == [FORMULA, "likes ~ theme"]
    assert second.content["bar"] == 0.8
    assert [plan.sha256 for plan in study.plans()] == [first.sha256, second.sha256]


def test_done_as_planned(study: Study) -> None:
    study.plan(FORMULA, cluster="account", k=range(2, 4), features=["color"])
    assert statuses(study)["number of themes"] == "not done"
    assert statuses(study)[f"regression {FORMULA}"] == "not done"
    study.themes(range(2, 4), features=["color"])
    study.estimate("likes ~ color_brightness + scene", cluster="account")
    found = statuses(study)
    assert found[f"regression {FORMULA}"] == found["number of themes"] == "as planned"
    assert found["images"] == "as planned"
    assert study.specifications()["planned"].tolist() == ["planned"]


def test_what_differs_is_named(study: Study, photos: Path) -> None:
    study.plan(FORMULA, cluster="account", k=range(2, 4))
    study.themes(3, features=["color"])
    study.estimate(FORMULA, errors="classical")
    study.estimate("likes ~ color_brightness")
    (photos / "04.png").unlink()
    study.check()
    study.draw(4)
    study.add_codebook(Codebook([Variable("protest", categories=("yes", "no"))]))
    found = statuses(study)
    assert found["number of themes"] == found[f"regression {FORMULA}"] == "differs"
    assert found["sample “sample”"] == found["codebook"] == "after the plan"
    assert found["images"] == "differs"
    assert study.specifications()["planned"].tolist() == [
        "differs from the plan: cluster none, planned account; "
        "errors classical, planned the default",
        "not planned",
    ]


def test_a_plan_is_of_further_images_unless_it_is_done_otherwise(study: Study) -> None:
    study.plan(FORMULA)
    study.estimate(FORMULA, target="beyond")
    study.estimate(FORMULA, target="corpus")
    assert study.specifications()["planned"].tolist() == [
        "planned",
        "differs from the plan: target corpus, planned the default",
    ]


def test_whose_measure_is_compared_where_the_plan_names_it(study: Study) -> None:
    measured = {"name": f"{FORMULA} (ols)", "options": {"coders": {"scene": "svm"}}}
    plain = {"name": f"{FORMULA} (ols)", "options": {}}
    for names, entry, said in (
        ("svm", measured, "planned"),
        (("cnn", "svm"), measured, "planned"),
        ("cnn", measured, "differs from the plan: measure by svm, planned cnn"),
        ("cnn", plain, "differs from the plan: measure by none, planned cnn"),
    ):
        plan = study.plan(FORMULA, measure=names, amend=True)
        alone = replace(
            plan, content={**plan.content, "regressions": plan.content["regressions"][-1:]}
        )
        assert standing(entry, 10**6, [alone]).removesuffix(f" ({plan.title.lower()})") == said
        assert "measures by " in plan.text()
    assert study.plan(FORMULA, measure="cnn").number == plan.number


def test_what_was_seen_before_cannot_be_planned_after(study: Study) -> None:
    """Nor does reading the same estimate again make it a planned one."""
    study.estimate(FORMULA)
    study.themes(2, features=["color"])
    plan = study.plan(FORMULA, k=2)
    assert plan.stage == "before any code or measure and after 1 estimate"
    study.estimate("likes ~ color_brightness")
    study.estimate(FORMULA)
    found = statuses(study)
    assert found[f"regression {FORMULA}"] == found["number of themes"] == "before the plan"
    assert study.specifications()["planned"].tolist() == ["run before the plan", "not planned"]
    study.plan("likes ~ color_brightness", amend=True)
    assert study.specifications()["planned"].tolist() == ["run before the plan"] * 2


def test_an_amendment_says_what_it_changed(study: Study) -> None:
    study.plan(FORMULA, k=range(2, 4))
    study.draw(4)
    study.plan("likes ~ color_brightness", k=range(2, 6), amend=True)
    study.estimate("likes ~ color_brightness")
    table = study.deviations().set_index("part")
    assert table.loc["amendment 1, number of themes", "planned"].startswith("chosen from 2 to 3")
    assert "2 to 5" in table.loc["amendment 1, number of themes", "now"]
    assert table.loc["amendment 1, regression", "status"] == "amended"
    assert table.loc["amendment 1, samples", "planned"] == "not drawn yet"
    assert study.specifications()["planned"].tolist() == ["planned (amendment 1)"]


def test_a_changed_plan_counts_for_nothing(study: Study) -> None:
    study.plan("likes ~ scene", note="Streets are liked.")
    study.plan("likes ~ theme", amend=True)
    study.estimate("likes ~ scene", errors="classical")
    path = study.folder / "plans/plan-1.json"
    kept = path.read_text(encoding="utf-8")
    path.write_text(kept.replace("are liked", "are not liked"), encoding="utf-8")
    first, second = study.plans()
    assert not first.intact and not second.intact
    assert study.deviations()["status"].tolist() == ["changed", "changed"]
    assert study.specifications()["planned"].tolist() == ["not planned"]
    path.write_text(kept, encoding="utf-8")
    assert "changed" not in statuses(study).values()
    (study.folder / "plans/plan-2.json").unlink()
    assert statuses(study)["plan 2"] == "missing"
    path.write_text("{}")
    with pytest.raises(StudyError, match=r"plan-1\.json has no"):
        study.plans()


@pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")
def test_the_bar_that_was_planned(study: Study, tmp_path: Path) -> None:
    ids = study.corpus.readable.ids
    codes = pd.DataFrame({"image": ids, "crowd": ["yes", "no"] * 5 + ["no"]})
    codes.to_csv(tmp_path / "anna.csv", index=False)
    study.plan(bar=0.8)
    study.train("crowd", features=["color"], codes=tmp_path / "anna.csv", out="svm", share=0.5)
    part = "bar of accuracy, svm crowd"
    for bar, status in ((0.5, "differs"), (0.8, "as planned")):
        study.validate("svm", bar=bar)
        assert statuses(study)[part] == status
    study.plan(bar=0.5, amend=True)
    study.validate("svm", bar=0.5)
    assert statuses(study)[part] == "before the plan"


def test_what_cannot_be_planned_is_refused(study: Study) -> None:
    with pytest.raises(InputError, match="nothing is planned"):
        study.plan()
    with pytest.raises(InputError, match="expected '~'"):
        study.plan("likes")
    with pytest.raises(InputError, match="model='probit'"):
        study.plan(FORMULA, model="probit")
    with pytest.raises(InputError, match="2 models for 1 formula"):
        study.plan(FORMULA, model=["ols", "logit"])
    with pytest.raises(InputError, match="Did you mean 'account'"):
        study.plan(FORMULA, cluster="acount")
    with pytest.raises(InputError, match="bar=80"):
        study.plan(bar=80)
    with pytest.warns(IconometricsWarning, match="protest: no column"):
        study.plan("likes ~ protest")
    assert json.loads((study.folder / "plans/plan-1.json").read_text())["plan"] == 1


def test_a_study_without_a_plan_says_nothing(study: Study) -> None:
    study.estimate(FORMULA)
    assert study.plans() == []
    assert study.deviations().empty
    assert study.specifications()["planned"].tolist() == [""]
    assert not (study.folder / "plans").exists()


def test_plans_are_set_aside_when_a_study_is_replaced(
    study: Study, photos: Path, tmp_path: Path
) -> None:
    sha256 = study.plan(FORMULA).sha256
    again = Study.create(tmp_path / "study", photos, replace=True)
    assert again.plans() == []
    kept = study.folder / "plans-replaced-1/plan-1.json"
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == sha256
