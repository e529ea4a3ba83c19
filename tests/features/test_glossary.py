"""The page of the feature dictionary is what the registry says."""

from __future__ import annotations

import re
from pathlib import Path

from iconometrics.features import dictionary, registry
from iconometrics.features.glossary import glossary

_PAGE = Path(__file__).resolve().parents[2] / "docs/reference/feature-dictionary.md"


def test_the_page_is_the_registry_s() -> None:
    """Made by ``python -m iconometrics.features.glossary`` with the page's path."""
    assert _PAGE.read_text(encoding="utf-8") == glossary()


def test_every_set_and_every_plain_column_is_told() -> None:
    page = glossary()
    table = dictionary()
    assert set(re.findall(r"^## (\w+)$", page, flags=re.MULTILINE)) == set(registry)
    told = set(re.findall(r"^\| `(\w+)` ", page, flags=re.MULTILINE))
    assert set(table.index[table["plain"]]) <= told
    for name, n in table["set"].value_counts().items():
        shown = sum(column.startswith(f"{name}_") for column in told)
        rest = re.search(rf"^## {name}$.*?^and (\d+) more", page, re.MULTILINE | re.DOTALL)
        chapter = page.split(f"## {name}\n")[1].split("\n## ")[0]
        more = int(rest.group(1)) if rest and "more columns" in chapter else 0
        assert shown + more == n


def test_tables_are_not_torn_by_formulas() -> None:
    for line in glossary().splitlines():
        if line.startswith("| `"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 5, line


def test_methods_of_the_lectures_are_there() -> None:
    page = glossary().lower()
    for method in (
        "histogram",
        "co-occurrence",
        "entropy",
        "energy",
        "contrast",
        "homogeneity",
        "haar",
        "first-order difference",
        "canny",
        "brightness",
        "keypoints",
        "oriented gradients",
        "visual words",
    ):
        assert method in page, method
