"""The report holds the plan against what was done, and says nothing where there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from iconometrics import report
from iconometrics.report.chapters import trail

PLAN = SimpleNamespace(
    title="Plan", time="2026-01-02 03:04 UTC", stage="before any code", sha256="ab12cd"
)
PARTS = pd.DataFrame(
    [
        ("images", "36 images", "36 images", "as planned"),
        ("number of themes", "chosen from 2 to 9", "3 themes", "differs"),
        ("regression likes ~ warmth", "ols", "not estimated", "not done"),
    ],
    columns=["part", "planned", "now", "status"],
)


@pytest.fixture
def planned(study: report.Contents) -> report.Contents:
    (estimates,) = study.estimated
    rows = pd.DataFrame(
        {
            "specification": [1, 2],
            "formula": [estimates.formula, "likes ~ other"],
            "model": "ols",
            "shown": [True, False],
            "planned": ["planned", "not planned"],
            "n": 3,
            "folder": "estimates/x",
        }
    )
    return replace(study, specified=rows, planned=(PLAN,), held=PARTS)


def test_the_plan_is_a_chapter_and_stands_in_methods(
    planned: report.Contents, written_page: Callable[..., Any]
) -> None:
    page = written_page(planned)
    chapter = page.chapter("The plan").text
    assert "made on 2026-01-02 03:04 UTC, before any code. SHA-256 ab12cd." in chapter
    assert (
        "Of 3 parts of the plan, 1 is as planned; the others: number of themes (differs) and "
        "regression likes ~ warmth (not done). 1 specification beside the plan was estimated."
    ) in chapter
    assert "The study was planned on 2026-01-02 03:04 UTC" in page.chapter("Methods").text
    assert "Planned was: chosen from 2 to 9; done is: 3 themes" in page.chapter("Themes").text
    badges = [badge.text for badge in page.chapter("Estimates").all("span", "badge")]
    assert "planned" in badges
    assert "Of 2 specifications that were estimated, 1 is shown." in page.chapter("Estimates").text


def test_without_a_plan_nothing_is_said(
    study: report.Contents, written_page: Callable[..., Any]
) -> None:
    page = written_page(study)
    assert all(c.all("h2")[0].text != "The plan" for c in page.all("section", "chapter"))
    assert "planned" not in page.root.text


def test_what_was_looked_at_before_is_red(study: report.Contents) -> None:
    (badge,) = trail.badge("differs from the plan: cluster none, planned account")
    assert (badge.text, badge.tone) == ("differs from the plan", "bad")
    assert trail.badge("run before the plan")[0].tone == "bad"
    assert trail.badge("planned (amendment 1)")[0].tone == "plain"
    assert trail.badge("") == ()


def test_a_study_is_asked_once_for_each_of_its_results(
    planned: report.Contents, written_page: Callable[..., Any]
) -> None:
    class Asked:
        def __init__(self) -> None:
            self.times: Counter[str] = Counter()

        def __getattr__(self, name: str) -> Any:
            self.times[name] += 1
            return getattr(planned, name)

    study = Asked()
    page = written_page(study)
    assert page.chapter("The plan")
    asked = {name: study.times[name] for name in ("deviations", "specifications", "plans")}
    assert asked == dict.fromkeys(asked, 1)
