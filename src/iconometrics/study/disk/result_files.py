"""Results as folders of Parquet and JSON files, and back: codings, and any frozen dataclass."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from iconometrics.coding import Codings, Sample
from iconometrics.engine import write_whole
from iconometrics.errors import InputError, StudyError
from iconometrics.options import canonical
from iconometrics.study.disk import tables as frames

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = [
    "file_name",
    "keep",
    "keep_codings",
    "kept",
    "kept_codings",
    "plain_name",
    "read_json",
    "write_json",
    "write_text",
]

_Result = TypeVar("_Result", bound="DataclassInstance")

_VALUES = "result.json"


def keep(result: DataclassInstance, folder: Path) -> None:
    """Write a result: a Parquet file for each of its tables, JSON for the rest."""
    values = {}
    for name in (field.name for field in fields(result)):
        value = getattr(result, name)
        if isinstance(value, pd.DataFrame):
            frames.save(value, folder / f"{name}.parquet")
        elif isinstance(value, pd.Series):
            frames.save(value.to_frame(str(value.name or name)), folder / f"{name}.parquet")
        else:
            values[name] = value
    write_json(values, folder / _VALUES)


def kept(
    kind: type[_Result],
    folder: Path,
    *,
    series: tuple[str, ...] = (),
    revive: Mapping[str, Callable[[Any], Any]] | None = None,
) -> _Result:
    """Read what `keep` wrote."""
    values = read_json(folder / _VALUES)
    for name, make in (revive or {}).items():
        values[name] = make(values[name])
    for path in folder.glob("*.parquet"):
        table = frames.load(path)
        values[path.stem] = table.iloc[:, 0] if path.stem in series else table
    try:
        return kind(**values)
    except TypeError as error:
        raise StudyError(
            f"{folder} is not a result of this version ({error}). Delete it and run the step again."
        ) from error


def keep_codings(codings: Codings, folder: Path) -> None:
    """Write codings with their class probabilities, sample and training images."""
    codings.write(folder / "codings.parquet")
    sample = codings.sample
    if sample is not None:
        frames.save(sample.table, folder / "sample.parquet")
    values = {"sample": sample and sample.name, "trained_on": codings.trained_on}
    write_json(values, folder / "codings.json")


def kept_codings(folder: Path) -> Codings:
    """Read what `keep_codings` wrote."""
    values = read_json(folder / "codings.json")
    known, drawn = folder / "codings-probabilities.parquet", folder / "sample.parquet"
    trained = values["trained_on"]
    return Codings(
        frames.load(folder / "codings.parquet"),
        frames.load(known) if known.exists() else None,
        Sample(values["sample"], frames.load(drawn)) if drawn.exists() else None,
        None if trained is None else tuple(trained),
    )


def write_json(values: Any, path: Path) -> None:
    """Write plain values as JSON, whole."""
    write_text(json.dumps(canonical(values), indent=1, ensure_ascii=False) + "\n", path)


def write_text(text: str, path: Path) -> None:
    """Write text as UTF-8, whole."""
    write_whole(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def read_json(path: Path) -> dict[str, Any]:
    """Read what `write_json` wrote."""
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StudyError(
            f"{path} cannot be read ({error}). Delete its folder and run the step again."
        ) from error
    return values


def plain_name(name: str, what: str) -> str:
    """Refuse a name that cannot be the name of a folder everywhere."""
    if not re.fullmatch(r"\w([\w .-]*[\w-])?", name):
        raise InputError(
            f"{what}={name!r}: expected a plain name of letters, digits, blanks, dots, hyphens "
            "and underscores, such as protest-svm."
        )
    return name


def file_name(text: str) -> str:
    """Make a file name of any text; it need not be unique."""
    return re.sub(r"[^\w-]+", "-", text)[:60]
