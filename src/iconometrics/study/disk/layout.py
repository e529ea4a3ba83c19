"""Where everything lies in a study folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from iconometrics.errors import StudyError

__all__ = ["Layout", "find"]

_FILES = ("corpus.parquet", "metadata.parquet", "table.parquet", "log.jsonl")
_FOLDERS = (
    "check",
    "features",
    "embeddings",
    "themes",
    "maps",
    "samples",
    "models",
    "comparisons",
    "measures",
    "agreement",
    "estimates",
    "derived",
    "report",
)


@dataclass(frozen=True)
class Layout:
    """The names of a study's files and folders."""

    folder: Path

    @property
    def settings(self) -> Path:
        """Name, image root, columns, seeds, versions."""
        return self.folder / "study.toml"

    @property
    def lock(self) -> Path:
        """The file that a writing process locks; it stays."""
        return self.folder / ".lock"

    @property
    def log(self) -> Path:
        """What ran, when, with which inputs."""
        return self.folder / "log.jsonl"

    @property
    def corpus(self) -> Path:
        """One row per image: what is known of its file."""
        return self.folder / "corpus.parquet"

    @property
    def metadata(self) -> Path:
        """The user's own columns, one row per image."""
        return self.folder / "metadata.parquet"

    @property
    def table(self) -> Path:
        """The user's table as it was given, where it was given as a DataFrame."""
        return self.folder / "table.parquet"

    @property
    def codings(self) -> Path:
        """Samples and codings of people."""
        return self.folder / "codings.db"

    @property
    def plans(self) -> Path:
        """What was planned, when; no step ever removes it."""
        return self.folder / "plans"

    @property
    def check(self) -> Path:
        """Skipped and unmatched files, duplicates, notes; while checking, its parts."""
        return self.folder / "check"

    def step(self, name: str) -> Path:
        """Give the folder of a step's results."""
        return self.folder / name

    def is_own(self, name: str) -> bool:
        """Say whether a file's name is one that a step writes into the study folder itself."""
        return name in {*_FILES, self.settings.name}

    def results(self) -> list[Path]:
        """List what iconometrics wrote, but for settings, lock, plans and people's codings."""
        paths = [self.folder / name for name in (*_FOLDERS, *_FILES)]
        return [path for path in paths if path.exists()]

    def is_study(self) -> bool:
        """Say whether the folder is a study."""
        return self.settings.is_file()


def find(folder: Path) -> Layout:
    """Find the study that a folder is, or lies in."""
    start = folder.resolve()
    for place in (start, *start.parents):
        if Layout(place).is_study():
            return Layout(place)
    raise StudyError(
        f"{folder} is not a study and is not inside one: study.toml is missing. "
        "Make one from a folder of images with Study.create() or `ico new`."
    )
