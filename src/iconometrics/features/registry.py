"""Extractors by name, and the dictionary of all their columns."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TypeVar

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.features.extractor import Extractor
from iconometrics.features.preprocessing import Preprocessed

__all__ = ["DEFAULT", "dictionary", "get", "register", "registry"]

# What is measured when nobody says what: fast, and of interest for most questions.
DEFAULT = ("color", "texture", "edges", "hog", "lbp", "quality")
"""The sets that are measured where none are named."""

registry: dict[str, type[Extractor]] = {}

# A colon, but not one in quotes: paths on Windows have them.
_SEPARATOR = re.compile(r""":(?=(?:[^'"]|'[^']*'|"[^"]*")*$)""")

_Kind = TypeVar("_Kind", bound=type[Extractor])


def register(extractor: _Kind) -> _Kind:
    """Make an extractor known by its name; used as a class decorator.

    Parameters
    ----------
    extractor
        A subclass of `Extractor` with a ``name`` of its own, in letters and digits.

    Returns
    -------
    type
        The class as it came.

    Raises
    ------
    InputError
        If the name is taken or cannot be the start of a column name.

    Examples
    --------
    >>> from iconometrics.features import registry
    >>> sorted(registry)[:3]
    ['blobs', 'color', 'composition']
    """
    name = extractor.name
    if not name.isalnum() or name != name.lower():
        raise InputError(f"extractor name {name!r}: expected lowercase letters and digits only.")
    if name in registry:
        raise InputError(f"an extractor named {name!r} exists already: choose another name.")
    registry[name] = extractor
    return extractor


def get(name: str, **options: Any) -> Extractor:
    """Make an extractor from its name.

    Parameters
    ----------
    name
        A registered name, or one with options as text: ``"color:size=256"``.
    **options
        Options of the extractor; they win over those in the text. ``before`` names steps that
        each picture goes through first, such as ``"crop face"`` (see `preprocess`).

    Returns
    -------
    Extractor

    Raises
    ------
    InputError
        If no extractor has that name or it does not know an option.

    Examples
    --------
    >>> get("color", size=256).spec
    'color:size=256'
    >>> get("hog:size=128:cell=32").get_params()
    {'cell': 32, 'size': 128}
    >>> get("histogram:space=lab").space
    'lab'
    """
    known, *written = _SEPARATOR.split(name)
    if known not in registry:
        raise InputError(
            f"no feature set {known!r}: expected one of {', '.join(sorted(registry))}."
        )
    chosen = {**_options(name, written), **options}
    before = chosen.pop("before", None)
    extractor = registry[known]().set_params(**chosen)
    return extractor if before is None else Preprocessed(extractor, before=before)


def dictionary(sets: Sequence[str | Extractor] | None = None) -> pd.DataFrame:
    """Say what every column means.

    Parameters
    ----------
    sets
        Names or extractors; None for all that are registered, with their default options.

    Returns
    -------
    pandas.DataFrame
        One row per column, by its name: set, label, formula, low, high, unit, source, means_high,
        means_low, plain.

    Examples
    --------
    >>> dictionary(["color"]).loc["color_brightness", "unit"]
    'gray levels (0-255)'
    """
    extractors = [get(s) if isinstance(s, str) else s for s in sorted(registry) if sets is None]
    extractors += [get(s) if isinstance(s, str) else s for s in sets or ()]
    rows = [{"set": e.name, **asdict(column)} for e in extractors for column in e.columns()]
    return pd.DataFrame(rows).set_index("name")


def _options(name: str, written: Sequence[str]) -> dict[str, Any]:
    options = {}
    for text in written:
        option, _, value = text.partition("=")
        # Words need no quotes: they would have to be quoted again on a command line.
        if value.isidentifier() and value not in {"None", "True", "False"}:
            options[option.strip()] = value
            continue
        try:
            options[option.strip()] = ast.literal_eval(value)
        except (SyntaxError, ValueError) as error:
            raise InputError(
                f"{text!r} in {name!r}: expected option=value, such as size=256."
            ) from error
    return options
