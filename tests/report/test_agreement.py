"""The chapter on agreement: what it says, and what it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from iconometrics import report, validity
from iconometrics.coding import Codings, Sample


@pytest.fixture(scope="module")
def agreement(plain: report.Contents) -> validity.Agreement:
    """Three coders on all readable pictures; names and values that try to break the page."""
    ids = list(plain.corpus.readable.ids)
    random = np.random.default_rng(1)
    truth = random.choice(["<b>crowd</b>", "none & $x$"], len(ids))
    parts = []
    for coder, skill in {"anna <i>": 0.95, "ben": 0.8, "cem": 0.7}.items():
        other = random.choice(["<b>crowd</b>", "none & $x$"], len(ids))
        value = np.where(random.random(len(ids)) < skill, truth, other)
        parts.append(pd.DataFrame({"image": ids, "coder": coder, "value": value}))
    data = pd.concat(parts).assign(variable="crowd size")
    return validity.agreement(Codings(data), draws=100)


def test_the_chapter_has_finding_figures_pictures(
    plain: report.Contents, agreement: validity.Agreement, written_page: Callable[..., Any]
) -> None:
    page = written_page(replace(plain, agreed=(agreement,)))
    chapter = page.chapter("Agreement")
    row = agreement.main()
    assert f"{row['value']:.2f}".lstrip("0") in chapter.text
    assert "3 coders" in chapter.text and "<b>crowd</b>" in chapter.text
    assert len(chapter.all("svg")) == 3
    differ = agreement.disagreements()
    pictures = [one for one in chapter.all("img") if "src" in one.attributes]
    assert 0 < len(pictures) <= len(differ)
    assert "anna <i>: " in chapter.text
    methods = page.chapter("Methods").text
    assert "Krippendorff 2019" in methods and "Fleiss 1971" in methods


def test_it_says_what_the_figures_represent(
    plain: report.Contents, agreement: validity.Agreement, written_page: Callable[..., Any]
) -> None:
    page = written_page(replace(plain, agreed=(agreement,)))
    assert page.chapter("Agreement").text.count("the figures are of the images coded") >= 2
    images = agreement.items["image"].unique()
    chances = np.where(np.arange(len(images)) % 3, 0.2, 0.8)
    sample = Sample("uneven", pd.DataFrame({"image": images, "probability": chances}))
    weighted = validity.agreement(Codings(agreement.items, sample=sample), draws=20)
    page = written_page(replace(plain, agreed=(weighted,)))
    text = page.chapter("Agreement").text
    assert "the figures represent the corpus" in text and "unequal probabilities" in text
    assert "count for one over their probability" in page.chapter("Methods").text


def test_a_variable_without_variation_says_why(
    plain: report.Contents, written_page: Callable[..., Any]
) -> None:
    ids = list(plain.corpus.readable.ids)
    data = pd.concat([pd.DataFrame({"image": ids, "coder": c, "value": "none"}) for c in "xy"])
    same = validity.agreement(Codings(data.assign(variable="v")), draws=10)
    page = written_page(replace(plain, agreed=(same,)))
    text = page.chapter("Agreement").text
    assert "not defined" in text and "Nobody disagrees" in text


def test_without_comparison_there_is_no_chapter(
    plain: report.Contents, written_page: Callable[..., Any]
) -> None:
    titles = [one.text for one in written_page(plain).all("h2")]
    assert "Agreement" not in titles
