"""Every estimator's page says what it estimates, and one page what each interval holds."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest

_PAGES = sorted((Path(__file__).parents[2] / "docs/explanation/estimators").glob("*.md"))
_ROOMS = ("validity", "inference", "themes")
_ENDS = re.compile(r"\bintervals?\b", re.IGNORECASE)


@pytest.mark.parametrize("name", [path.stem for path in _PAGES if path.stem != "index"])
def test_an_estimators_page_says_what_it_holds(name: str) -> None:
    text = (_PAGES[0].parent / f"{name}.md").read_text(encoding="utf-8").lower()
    text = " ".join(text.split())
    for word in ("estimand", "assumes", "carried", "not carried"):
        assert re.search(rf"\*\*[^*]*\b{word}\b", text), word


@pytest.mark.parametrize("room", _ROOMS)
def test_every_function_whose_result_has_intervals_is_on_the_page(
    room: str, repository: Path
) -> None:
    text = (repository / "docs/explanation/intervals.md").read_text(encoding="utf-8")
    module = importlib.import_module(f"iconometrics.{room}")
    functions = {
        name
        for name in module.__all__
        if inspect.isfunction(getattr(module, name))
        and _ENDS.search(inspect.getdoc(getattr(module, name)) or "")
    }
    assert functions - set(re.findall(r"`(\w+)", text)) == set()
