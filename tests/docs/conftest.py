"""The code blocks of the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^( *)```(\w+)[^\n]*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    name: str
    text: str

    def blocks(self, language: str) -> list[str]:
        """The code blocks of one language, without the indentation of tabs and lists."""
        found = []
        for indent, name, body in _BLOCK.findall(self.text):
            if name == language:
                found.append("\n".join(line[len(indent) :] for line in body.splitlines()))
        return found


def _pages() -> list[Page]:
    paths = [_ROOT / "README.md", *sorted((_ROOT / "docs").rglob("*.md"))]
    return [Page(p.relative_to(_ROOT).as_posix(), p.read_text(encoding="utf-8")) for p in paths]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "page" in metafunc.fixturenames:
        pages = _pages()
        metafunc.parametrize("page", pages, ids=[page.name for page in pages])


@pytest.fixture(scope="session")
def pages() -> list[Page]:
    return _pages()
