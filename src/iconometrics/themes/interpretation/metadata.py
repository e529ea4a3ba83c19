"""What is known of the images beside the pictures: how it differs from theme to theme."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics import stats
from iconometrics.errors import InputError, warn
from iconometrics.options import need_columns
from iconometrics.stats.holm import holm
from iconometrics.themes.interpretation.grouped import (
    Codes,
    Flags,
    GroupedDifference,
    Numbers,
    group_codes,
    grouped_difference,
)
from iconometrics.wording import listed

__all__ = ["metadata_differences"]

_MOST_VALUES = 30
_FEWEST = 2


class _Test(NamedTuple):
    """A theme against all other images in one column, before any correction."""

    theme: str
    column: str
    value: str | None
    n: int
    inside: float
    outside: float
    error: float
    freedom: float
    p: float
    counts: tuple[float, float, float, float] | None = None
    groups: int = 0


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
    result = _corrected(tests, level)
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


def _tests(labels: pd.Series, column: pd.Series, name: str, codes: Codes | None) -> Iterator[_Test]:
    themes = sorted((t for t in labels.unique() if t != "none"), key=int)
    has = column.notna().to_numpy()
    codes = None if codes is None else codes[has]
    number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if number and column.nunique() > _FEWEST:
        numbers = column[has].to_numpy(float)
        for theme in themes:
            member = (labels[has] == theme).to_numpy()
            if _FEWEST <= member.sum() <= len(member) - _FEWEST:
                yield _means(theme, name, numbers, member=member, codes=codes)
        return
    known = column[has].astype(str)
    values = sorted(known.unique())
    if not 2 <= len(values) <= _MOST_VALUES or len(values) > len(known) / 2:
        return
    if len(values) == 2:
        values = values[1:]
    for theme in themes:
        member = (labels[has] == theme).to_numpy()
        if 0 < member.sum() < len(member):
            for value in values:
                is_value = (known == value).to_numpy()
                yield _shares(theme, name, value, member=member, has=is_value, codes=codes)


def _means(theme: str, name: str, values: Numbers, *, member: Flags, codes: Codes | None) -> _Test:
    """Compare two means: without taking their variances as equal (Welch), or by group."""
    from scipy import stats as distributions

    inside, outside = values[member], values[~member]
    if codes is not None:
        apart = grouped_difference(member, values, codes)
        return _Test(theme, name, None, len(inside), apart.inside, apart.outside, apart.error,
                     apart.freedom, _student(apart), groups=apart.groups)  # fmt: skip
    parts = [group.var(ddof=1) / len(group) for group in (inside, outside)]
    error = float(np.sqrt(sum(parts)))
    difference = float(inside.mean() - outside.mean())
    below = sum(p**2 / (len(g) - 1) for p, g in zip(parts, (inside, outside), strict=True))
    freedom = sum(parts) ** 2 / below if below else float(len(inside) + len(outside) - 2)
    p = 2 * distributions.t.sf(abs(difference) / error, freedom) if error else float(not difference)
    return _Test(theme, name, None, len(inside), float(inside.mean()), float(outside.mean()),
                 error, float(freedom), float(p))  # fmt: skip


def _student(apart: GroupedDifference) -> float:
    """P-value of a difference by group; missing where one group is all there is."""
    from scipy.special import stdtr

    difference = abs(apart.inside - apart.outside)
    if not apart.error > 0:
        return 1.0 if apart.error == 0 and not difference else np.nan
    return float(2 * stdtr(apart.freedom, -difference / apart.error))


def _shares(
    theme: str, name: str, value: str, *, member: Flags, has: Flags, codes: Codes | None
) -> _Test:
    """Compare two shares: of images drawn one by one, or by group if that is less sure."""
    from scipy.stats import fisher_exact

    a, n = int((member & has).sum()), int(member.sum())
    b, m = int((~member & has).sum()), int((~member).sum())
    if codes is None:
        p = float(fisher_exact([[a, n - a], [b, m - b]])[1])
        return _Test(theme, name, value, n, a / n, b / m, np.nan, np.nan, p, (a, n, b, m))
    apart = grouped_difference(member, has.astype(float), codes)
    counts = (*_counted(a, n, apart.worth[0]), *_counted(b, m, apart.worth[1]))
    a, n, b, m = (int(count) for count in counts)
    alone = float(fisher_exact([[a, n - a], [b, m - b]])[1])
    p = float(np.maximum(_student(apart), alone)) if apart.error != 0 else alone
    return _Test(theme, name, value, int(member.sum()), apart.inside, apart.outside, apart.error,
                 apart.freedom, p, counts, apart.groups)  # fmt: skip


def _counted(having: int, images: int, worth: float) -> tuple[float, float]:
    """Count groups, not images, where nothing varies: if groups repeat each other is not seen."""
    if 0 < having < images:
        return having, images
    groups = max(np.floor(worth), 1.0)
    return (groups if having else 0.0), groups


def _corrected(tests: list[_Test], level: float) -> pd.DataFrame:
    """Widen intervals (Bonferroni) and raise p-values (Holm) by the number of comparisons."""
    known = sum(not np.isnan(test.p) for test in tests)
    each = 1 - (1 - level) / max(known, 1)
    ends = np.array([_interval(test, each) for test in tests])
    table = pd.DataFrame(tests)
    table = table[["theme", "column", "value", "n", "groups", "inside", "outside"]]
    table["difference"] = table["inside"] - table["outside"]
    table["low"], table["high"] = ends.T
    table["p"] = holm([test.p for test in tests])
    order = table["p"].to_numpy().argsort(kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _interval(test: _Test, level: float) -> tuple[float, float]:
    """Give the interval: by Student's t, of two shares, or the wider of both."""
    if np.isnan(test.p):
        return np.nan, np.nan
    ends = [*_student_ends(test, level), *_share_ends(test, level)]
    if test.groups and test.p > 1 - level:
        # Of a handful of groups, Newcombe's interval would leave out 0 where Fisher's test cannot.
        ends.append(0.0)
    return min(ends), max(ends)


def _student_ends(test: _Test, level: float) -> tuple[float, ...]:
    from scipy.special import stdtrit

    if np.isnan(test.error) or (test.counts is not None and test.error == 0):
        return ()
    half = test.error * stdtrit(test.freedom, (1 + level) / 2) if test.error else 0.0
    return test.inside - test.outside - half, test.inside - test.outside + half


def _share_ends(test: _Test, level: float) -> tuple[float, ...]:
    if test.counts is None:
        return ()
    a, n, b, m = test.counts
    inside, outside = (
        [k / of, *map(float, stats.wilson(k, of, level))] for k, of in ((a, n), (b, m))
    )
    ends = stats.difference_interval(inside, outside)
    return float(ends[0]), float(ends[1])
