"""Matching the rows of a table to the files of a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import Final, NamedTuple

import pandas as pd

from iconometrics.corpus.file_names import escape

__all__ = ["Matches", "clean_paths", "match"]

_ABSOLUTE: Final = r"^(?:[/\\]|[A-Za-z]:)"
_UPWARD: Final = r"(?:^|/)\.\.(?:/|$)"
_UNTIDY: Final = r"(?:^|/)(?:\.{0,2}/|\.{1,2}$)"
_PLAIN: Final = r"^[ -\[\]-~]*$"  # printable ASCII without the backslash


class Matches(NamedTuple):
    """What was found for the rows of a table."""

    position: pd.Series
    file: pd.Series
    reason: pd.Series


def clean_paths(named: pd.Series) -> tuple[pd.Series, pd.Series]:
    r"""Bring the paths of a table into one form and refuse those that lead out of the folder."""
    files = named.str.replace("\\", "/", regex=False)
    untidy = files.str.contains(_UNTIDY, regex=True, na=False)
    files = files.mask(untidy, files[untidy].map(_tidy).astype("str"))
    odd = ~files.str.match(_PLAIN, na=True)
    files = files.mask(odd, files[odd].map(escape).astype("str"))
    reasons = pd.Series(None, index=named.index, dtype="str")
    row = pd.Series(named.index + 2, index=named.index).astype("str")
    upward = files.str.contains(_UPWARD, regex=True, na=False)
    absolute = named.str.contains(_ABSOLUTE, regex=True, na=False)
    for refused, why in ((upward, "which leads out of the folder"), (absolute, _NOT_RELATIVE)):
        written = named[refused].map(repr).astype("str")
        reasons = reasons.mask(refused, "refused: row " + row + " names " + written + ", " + why)
    reasons = reasons.mask(files.isna() | (files == ""), "missing: row " + row + " names no file")
    return files.mask(reasons.notna()), reasons


def match(
    named: pd.Series, on_disk: pd.Series, *, rebase: Callable[[pd.Series], pd.Series] | None = None
) -> Matches:
    """Find the file that each row of a table names."""
    position = pd.Series(-1, index=named.index)
    position.update(_hits(named.dropna(), on_disk))
    files, reason = clean_paths(named[position < 0])
    wanted = files.dropna()
    bases = (_as_is,) if rebase is None else (_as_is, rebase)
    for form, base in product((_as_is, _alike, _name, _alike_name), bases):
        if wanted.empty:
            break
        hits = _hits(form(base(wanted)), form(on_disk))
        position.update(hits)
        wanted = wanted.drop(hits.index)
    reason = reason.mask(reason.index.isin(wanted.index), _missing(wanted, on_disk))
    here = position[position >= 0]
    files = pd.concat([files.drop(here.index, errors="ignore"), here.map(on_disk)])
    return Matches(position, files.reindex(named.index), reason.reindex(named.index))


_NOT_RELATIVE: Final = "an absolute path; give it relative to the folder of the images"


def _hits(wanted: pd.Series, on_disk: pd.Series) -> pd.Series:
    """Give the position of the one file that has the wanted key, for those that have one."""
    unique = on_disk.drop_duplicates(keep=False)
    at = pd.Index(unique).get_indexer(pd.Index(wanted))
    return pd.Series(unique.index.to_numpy()[at[at >= 0]], index=wanted.index[at >= 0], dtype=int)


def _as_is(files: pd.Series) -> pd.Series:
    return files


def _alike(files: pd.Series) -> pd.Series:
    return files.str.normalize("NFC").str.casefold()


def _name(files: pd.Series) -> pd.Series:
    return files.str.replace(r"^.*/", "", regex=True)


def _alike_name(files: pd.Series) -> pd.Series:
    return _name(_alike(files))


def _tidy(path: str) -> str:
    """Take out `.` and empty steps, and `..` where it stays inside."""
    steps: list[str] = []
    for step in path.split("/"):
        if step == ".." and steps and steps[-1] != "..":
            steps.pop()
        elif step not in {"", "."}:
            steps.append(step)
    return "/".join(steps)


def _missing(files: pd.Series, on_disk: pd.Series) -> pd.Series:
    names = _name(files)
    twins = on_disk[_name(on_disk).isin(names)]
    namesakes = {str(name): list(same) for name, same in twins.groupby(_name(twins))}

    def reason(name: str) -> str:
        if name not in namesakes:
            return "missing: no such file in the folder"
        return f"missing: {_named(namesakes[name])}; give the path"

    return names.map(reason).astype("str")


def _named(files: Iterable[str]) -> str:
    files = list(files)
    more = ", ..." if len(files) > 2 else ""
    return f"{len(files)} files have this name ({', '.join(files[:2])}{more})"
