"""The verb themes: methods, stability, and what its last line says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def study(desk: Path, ico: Callable[..., Any]) -> Path:
    """A new study in a fresh desk's folder `study`."""
    assert ico("new", "photos", "--metadata", "posts.csv", "--out", "study").status == 0
    return desk / "study"


@pytest.mark.parametrize("method", ["hierarchical", "mixture", "spherical"])
def test_a_method_is_named(study: Path, ico: Callable[..., Any], method: str) -> None:
    done = ico("themes", study, "--on", "color", "--k", 3, "--method", method, "--json")
    assert done.status == 0 and done.json["k"] == 3


def test_stability_is_told(study: Path, ico: Callable[..., Any]) -> None:
    done = ico("themes", study, "--on", "color", "--k", 2, "--stability", "--json")
    assert done.status == 0
    assert done.json["stability_word"] in {"excellent", "good", "moderate", "poor"}
    assert -0.5 < done.json["stability"] <= 1
    assert {"again_jaccard", "again_word"} <= set(done.json["table"][0])
    told = ico("themes", study, "--on", "color", "--k", 2, "--stability")
    assert "Stability is" in told.out


def test_an_unknown_method_is_told(study: Path, ico: Callable[..., Any]) -> None:
    done = ico("themes", study, "--on", "color", "--method", "magic")
    assert done.status == 1 and "expected one of kmeans, hierarchical" in done.err
