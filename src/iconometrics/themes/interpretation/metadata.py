"""What is known of the images beside the pictures: how it differs from theme to theme."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from iconometrics.errors import InputError, warn
from iconometrics.options import need_columns
from iconometrics.themes.interpretation.comparisons import (
    Comparison,
    compared_means,
    compared_shares,
    together,
)
from iconometrics.themes.interpretation.grouped import Codes, group_codes
from iconometrics.wording import listed

__all__ = ["metadata_differences"]

_MOST_VALUES = 30
_FEWEST = 2

_Named = tuple[tuple[str, str, str | None], Comparison]


def metadata_differences(
    labels: pd.Series,
    metadata: pd.DataFrame,
    *,
    level: float,
    made_from: Iterable[str],
    groups: pd.Series | str | None = None,
) -> pd.DataFrame:
    """Compare each theme with all other images in columns that it was not made from."""
    metadata, codes = _with_groups(labels, metadata, groups)
    used = set(made_from)
    both = [str(name) for name in metadata.columns if str(name) in used]
    if both:
        raise InputError(
            f"column {both[0]!r}: the themes were found in it, so that a difference in it proves "
            "nothing. Leave it out; Themes.distinctive describes such columns."
        )
    table = metadata.reindex(labels.index)
    tests = [test for name in table for test in _tests(labels, table[name], str(name), codes)]
    if not tests:
        raise InputError(
            f"no column of {metadata.shape[1]} can be compared: expected numbers, or "
            f"categories with 2 to {_MOST_VALUES} values. Give other columns."
        )
    names, comparisons = zip(*tests, strict=True)
    result = pd.DataFrame(names, columns=["theme", "column", "value"])
    result = result.join(together(comparisons, level)).sort_values("p", kind="stable")
    result = result.reset_index(drop=True)
    return result.drop(columns="groups") if codes is None else _told(result)


def _with_groups(
    labels: pd.Series, metadata: pd.DataFrame, groups: pd.Series | str | None
) -> tuple[pd.DataFrame, Codes | None]:
    """Set the groups apart from what is compared, where they are a column of it."""
    if isinstance(groups, str):
        need_columns(metadata, [groups], what="the metadata for groups=")
        groups = metadata[groups]
    if groups is not None and groups.name in metadata:
        metadata = metadata.drop(columns=groups.name)
    return metadata, group_codes(groups, labels.index)


def _told(table: pd.DataFrame) -> pd.DataFrame:
    """Warn of themes that no comparison by group can judge."""
    unknown = sorted(set(table.loc[table["p"].isna(), "theme"].astype(str)), key=int)
    if unknown:
        warn(
            f"theme {listed(unknown)}: its images, or all others, that have a "
            "value are of one group, so nothing can be said of a difference by group; its interval "
            "and p are missing."
        )
    return table


def _tests(
    labels: pd.Series, column: pd.Series, name: str, codes: Codes | None
) -> Iterator[_Named]:
    themes = sorted((t for t in labels.unique() if t != "none"), key=int)
    has = column.notna().to_numpy()
    of = pd.Index(themes).get_indexer(pd.Index(labels))[has]
    codes = None if codes is None else codes[has]
    numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if numeric and column.nunique() > _FEWEST:
        numbers = column[has].to_numpy(float)
        for number, theme in enumerate(themes):
            member = of == number
            if _FEWEST <= member.sum() <= len(member) - _FEWEST:
                yield (theme, name, None), compared_means(numbers, member=member, codes=codes)
        return
    known = column[has].astype(str)
    values = sorted(known.unique())
    if not 2 <= len(values) <= _MOST_VALUES or len(values) > len(known) / 2:
        return
    if len(values) == 2:
        values = values[1:]
    for number, theme in enumerate(themes):
        member = of == number
        if 0 < member.sum() < len(member):
            for value in values:
                has_value = (known == value).to_numpy()
                test = compared_shares(has_value, member=member, codes=codes)
                yield (theme, name, value), test
