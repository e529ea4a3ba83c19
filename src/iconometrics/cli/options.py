"""The options that several verbs share, and how their values are read."""

from __future__ import annotations

import re
import shlex
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iconometrics.cli.outcome import near

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus
    from iconometrics.study import Study

__all__ = [
    "AnonymizeOption",
    "CoderOption",
    "FolderArgument",
    "JsonOption",
    "KOption",
    "MetadataOption",
    "OnOption",
    "OutOption",
    "ReplaceOption",
    "SeedOption",
    "SetOption",
    "StudyArgument",
    "Target",
    "TargetOption",
    "failing",
    "images_failed",
    "names",
    "numbers",
    "open_study",
    "then",
]

# Up to a comma, but for those between brackets.
_LISTED = re.compile(r"(?:[^,()\[\]]|\([^()]*\)|\[[^\[\]]*\]|[()\[\]])+")


class Target(StrEnum):
    """What figures are of."""

    corpus = "corpus"
    beyond = "beyond"


StudyArgument = Annotated[
    Path | None,
    typer.Argument(metavar="STUDY", help="The study's folder; not needed inside it."),
]
FolderArgument = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="A folder of images; subfolders count too.")
]
MetadataOption = Annotated[
    Path | None,
    typer.Option(metavar="TABLE", help="One row per image: CSV, TSV, Excel, Stata or Parquet."),
]
OutOption = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Where to put the study; default: FOLDER-study."),
]
SetOption = Annotated[
    str, typer.Option("--set", metavar="NAMES", help="Feature sets, separated by commas.")
]
KOption = Annotated[
    str, typer.Option(metavar="K", help="How many themes: 6, or 2:10 to try 2, 3, ... 10.")
]
SeedOption = Annotated[
    int, typer.Option(min=0, metavar="NUMBER", help="Same seed, same random draws.")
]
CoderOption = Annotated[str, typer.Option(metavar="NAME", help="A model that `ico train` made.")]
OnOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Embedding or feature set; default: the newest embedding."),
]
TargetOption = Annotated[
    Target | None,
    typer.Option(help="What the figures are of: this corpus, or further images like its own."),
]
AnonymizeOption = Annotated[
    bool, typer.Option("--anonymize", help="Blur the faces in every picture that is shown.")
]
ReplaceOption = Annotated[
    bool, typer.Option("--replace", help="Replace what was made from other inputs.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="One JSON object on standard output and nothing else.")
]


def open_study(folder: Path | None) -> Study:
    """Open the study that a verb was given, or the one around the current folder."""
    from iconometrics.study import Study

    here = Path.cwd()
    if folder is None and not any((p / "study.toml").exists() for p in (here, *here.parents)):
        raise typer.BadParameter("which study? Name the folder that `ico new` made, or go there.")
    return Study.open(folder or here)


def then(verb: str, study: Study, options: str = "") -> str:
    """Write a command for the same study."""
    inside = Path.cwd().is_relative_to(study.folder)
    folder = "" if inside else shlex.quote(near(study.folder))
    return " ".join(part for part in ("ico", verb, folder, options) if part)


def failing(count: int, study: Study) -> str:
    """Say how many images failed."""
    images = f"{count:,} image{'s' * (count != 1)}"
    return f"; {images} failed (why: {then('check', study)})" if count else ""


def images_failed(corpus: Corpus) -> int:
    """Count the images that cannot be read."""
    return int((corpus.images["status"] == "failed").sum())


def names(text: str) -> list[str]:
    """Read names separated by commas; commas in brackets belong to a name."""
    return [name.strip() for name in _LISTED.findall(text) if name.strip()]


def numbers(text: str) -> int | range:
    """Read a number, or a range of numbers that includes both ends."""
    first, _, last = text.partition(":")
    if not first.strip().isdecimal() or (":" in text and not last.strip().isdecimal()):
        raise typer.BadParameter(
            f"--k {text}: expected a number, such as 6, or a range, such as 2:10."
        )
    return range(int(first), int(last) + 1) if last else int(first)
