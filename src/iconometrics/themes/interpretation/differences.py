"""In which features a theme differs from all other images, in numbers and in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics import stats
from iconometrics.errors import InputError
from iconometrics.themes.interpretation.comparisons import compared_means
from iconometrics.themes.interpretation.grouped import Codes, Flags, group_codes

__all__ = ["distinctive", "in_words"]

_COLUMNS = 32
_FEWEST = 2
_LEVEL = 0.05
_FIELDS = ["label", "plain", "means_high", "means_low"]


def distinctive(
    labels: pd.Series,
    features: pd.DataFrame,
    *,
    top: int,
    plain: bool,
    dictionary: pd.DataFrame | Mapping[str, Any] | None,
    groups: pd.Series | None = None,
) -> pd.DataFrame:
    """Rank the columns in which each theme differs from all other images."""
    known = _entries(dictionary)
    values = _aligned(labels, features)
    if plain:
        values = values[[name for name in values if known.get(str(name), {}).get("plain")]]
    _check_columns(values, features, plain)
    differences = {theme: _apart(values, (labels == theme).to_numpy()) for theme in _names(labels)}
    rows = [
        (theme, values.columns[i], apart[i])
        for theme, apart in differences.items()
        for i in _largest(apart, top)
    ]
    table = pd.DataFrame(rows, columns=["theme", "column", "difference"])
    table.insert(2, "label", [known.get(str(c), {}).get("label", str(c)) for c in table["column"]])
    return table.assign(
        words=[in_words(*pair) for pair in zip(table["label"], table["difference"], strict=True)],
        means=[
            _meaning(known.get(str(name), {}), difference)
            for name, difference in zip(table["column"], table["difference"], strict=True)
        ],
        sure=_sure(table, values, labels, group_codes(groups, labels.index)),
    )


def _sure(
    table: pd.DataFrame, values: pd.DataFrame, labels: pd.Series, codes: Codes | None
) -> list[bool]:
    """Say which differences chance does not make, of all columns and themes together."""
    tests = values.shape[1] * len(_names(labels))
    return [
        tests * _p(values[column], (labels == theme).to_numpy(), codes) < _LEVEL
        for theme, column in zip(table["theme"], table["column"], strict=True)
    ]


def _p(column: pd.Series, member: Flags, codes: Codes | None) -> float:
    numbers = column.to_numpy(np.float64, na_value=np.nan)
    has = np.isfinite(numbers)
    if not _FEWEST <= member[has].sum() <= has.sum() - _FEWEST:
        return np.nan
    groups = None if codes is None else codes[has]
    return compared_means(numbers[has], member=member[has], codes=groups).p


def in_words(label: str, difference: float) -> str:
    """Say a difference with the column's label."""
    first = label.split(" ")[0]
    lower = label if first.isupper() else label[:1].lower() + label[1:]
    noun = lower.split(" of ")[0]
    many = noun.endswith("s") and not noun.endswith("ss")
    return f"{'more' if difference > 0 else 'fewer' if many else 'less'} {lower}"


def _entries(dictionary: pd.DataFrame | Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    if dictionary is None:
        from iconometrics import features

        dictionary = features.dictionary()
    if isinstance(dictionary, pd.DataFrame):
        return {str(name): dict(row) for name, row in dictionary[_FIELDS].iterrows()}
    return {
        str(name): {field: getattr(entry, field) for field in _FIELDS}
        for name, entry in dictionary.items()
    }


def _aligned(labels: pd.Series, features: pd.DataFrame) -> pd.DataFrame:
    missing = labels.index.difference(features.index)
    if len(missing):
        raise InputError(
            f"{len(missing)} of {len(labels)} images of the themes have no row in the features, "
            f"the first is {missing[0]!r}; expected a row for each. Extract features of them."
        )
    numbers = features.select_dtypes(["number", "bool"])
    return numbers if numbers.index.equals(labels.index) else numbers.loc[labels.index]


def _meaning(entry: Mapping[str, Any], difference: float) -> str:
    return str(entry.get("means_high" if difference > 0 else "means_low", ""))


def _check_columns(values: pd.DataFrame, features: pd.DataFrame, plain: bool) -> None:
    if not values.shape[1]:
        kind = "number that the dictionary calls plain" if plain else "number"
        raise InputError(
            f"no column of {features.shape[1]} is a {kind}: expected at least one. Give "
            f"other features{', or plain=False' if plain else ''}."
        )


def _names(labels: pd.Series) -> list[str]:
    return sorted(set(labels.unique()) - {"none"}, key=int)


def _apart(values: pd.DataFrame, inside: Flags) -> npt.NDArray[np.float64]:
    """Compare column block by column block, for a large table has no room for copies."""
    parts = []
    for start in range(0, values.shape[1], _COLUMNS):
        block = values.iloc[:, start : start + _COLUMNS].to_numpy(np.float64, na_value=np.nan)
        parts.append(stats.standardized_difference(block[inside], block[~inside]))
    return np.concatenate(parts)


def _largest(differences: npt.NDArray[np.float64], top: int) -> list[int]:
    order = np.argsort(-np.abs(np.nan_to_num(differences, nan=0.0)), kind="stable")
    return [int(i) for i in order[:top] if differences[i] and not np.isnan(differences[i])]
