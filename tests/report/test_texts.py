"""Names, counts and references as text."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iconometrics.errors import InputError
from iconometrics.report.chapters.methods import _estimates, cited
from iconometrics.report.references import listed, references
from iconometrics.wording import (
    counted,
    p_value,
    share_interval,
    share_with_interval,
    slug,
    visible,
)

anything = st.text(st.characters(codec=None, categories=None))


@given(anything)
def test_shown_names_are_one_line_of_writable_text(name: str) -> None:
    text = visible(name)
    text.encode("utf-8")
    assert len(text.splitlines()) <= 1
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", text)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert visible(name) == name


@given(anything)
def test_slugs_are_file_names_on_every_system(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", slug(name))


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(0.263, 0.312, "26–31 %"), (0.981, 0.995, "98.1–99.5 %"), (float("nan"), 1.0, "–")],
)
def test_intervals_of_shares(low: float, high: float, text: str) -> None:
    assert share_interval(low, high).replace("\u2060", "").replace("\xa0", " ") == text


def test_numbers_in_sentences() -> None:
    assert share_with_interval(0.81, 0.76, 0.86).startswith("81\xa0% (95\xa0% interval ")
    assert [counted(n, "set") for n in (0, 1, 1200)] == ["no sets", "1 set", "1,200 sets"]
    assert [p_value(p) for p in (0.2, 0.00001)] == [".200", "< .001"]


def test_every_reference_is_complete() -> None:
    for key, work in references().items():
        assert re.fullmatch("[a-z-]+", key)
        assert work.short.endswith(str(work.year)) and 1900 < work.year < 2100
        assert work.short.split()[0] in work.authors
        assert not work.doi or re.fullmatch(r"10\.\d{4,9}/\S+", work.doi)


def test_only_known_works_are_cited() -> None:
    text = "k-means (@macqueen; @lloyd), as (@somebody) and anna@lloyd say"
    assert cited(text) == ["macqueen", "lloyd"]
    assert [key for key, _ in listed(cited(text))] == ["lloyd", "macqueen"]
    with pytest.raises(InputError, match="somebody"):
        listed(["somebody"])


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("ols", "by ordinary least squares, with heteroskedasticity-consistent"),
        ("lpm", "by a linear probability model, with heteroskedasticity-consistent"),
        ("logit", "by logistic regression (@cox)."),
        ("poisson", "by Poisson regression."),
        ("negbin", "by negative binomial regression."),
    ],
)
def test_every_model_has_its_own_name(model: str, name: str) -> None:
    rows = pd.DataFrame({"method": ["direct"], "assumes": ["rows independent"]})
    estimates = SimpleNamespace(model=model, formula="y ~ x", rows=rows, target="beyond")
    study: Any = SimpleNamespace(estimates=lambda: [estimates])
    assert name in _estimates(study)
    assert "HC3" not in _estimates(study)
    estimates.target = "corpus"
    assert "standard errors" not in _estimates(study)
    assert "the chance of which images were coded" in _estimates(study)
