"""What must not stand in the repository's text."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

_TEXT = {".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".yml", ".cff", ".json", ".csv", ""}
_SKIP = {".git", ".venv", "site", "demo", "build", "dist"}


def texts(repository: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(repository.rglob("*")):
        parts = path.relative_to(repository).parts
        hidden = any(part.endswith(("_cache", "__pycache__", "-study")) for part in parts)
        if parts[0] in _SKIP or ".hypothesis" in parts or hidden:
            continue
        if path.suffix in _TEXT and path.is_file():
            yield "/".join(parts), path.read_text(encoding="utf-8")


def places(repository: Path) -> list[str]:
    """Paths that only this machine has."""
    common = {Path("/"), Path("/home"), Path(tempfile.gettempdir()), Path("/tmp")}
    here = {repository, repository.parent, Path.home()}
    return [f"{place}/" for place in here if place not in common]


def test_no_path_of_this_machine(repository: Path) -> None:
    found = [
        name for name, text in texts(repository) for place in places(repository) if place in text
    ]
    assert found == []


def test_american_spelling(repository: Path) -> None:
    """But for titles of works, which stand on the line of their year."""
    british = re.compile("colour|grey|neighbour|normalis|behaviour", re.IGNORECASE)
    own = Path(__file__).name
    found = [
        f"{name}: {line.strip()}"
        for name, text in texts(repository)
        if own not in name and british.search(text)
        for line in text.splitlines()
        if british.search(line) and not re.search(r"\(\d{4}\)", line)
    ]
    assert found == []
