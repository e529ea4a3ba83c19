"""What is known of the images beside the pictures: how it differs from theme to theme."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics import stats
from iconometrics.errors import InputError
from iconometrics.stats.holm import holm

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
    counts: tuple[int, int, int, int] | None = None


def metadata_differences(
    labels: pd.Series, metadata: pd.DataFrame, *, level: float, made_from: Iterable[str]
) -> pd.DataFrame:
    """Compare each theme with all other images in columns that it was not made from."""
    used = set(made_from)
    both = [str(name) for name in metadata.columns if str(name) in used]
    if both:
        raise InputError(
            f"column {both[0]!r}: the themes were found in it, so that a difference in it proves "
            "nothing. Leave it out; Themes.distinctive describes such columns."
        )
    table = metadata.reindex(labels.index)
    tests = [test for name in table for test in _tests(labels, table[name], str(name))]
    if not tests:
        raise InputError(
            f"no column of {metadata.shape[1]} can be compared: expected numbers, or "
            f"categories with 2 to {_MOST_VALUES} values. Give other columns."
        )
    return _corrected(tests, level)


def _tests(labels: pd.Series, column: pd.Series, name: str) -> Iterator[_Test]:
    themes = sorted((t for t in labels.unique() if t != "none"), key=int)
    number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if number and column.nunique() > _FEWEST:
        for theme in themes:
            inside = column[labels == theme].dropna().to_numpy(float)
            outside = column[labels != theme].dropna().to_numpy(float)
            if min(len(inside), len(outside)) >= _FEWEST:
                yield _means(theme, name, inside, outside)
        return
    known = column.dropna().astype(str)
    values = sorted(known.unique())
    if not 2 <= len(values) <= _MOST_VALUES or len(values) > len(known) / 2:
        return
    if len(values) == 2:
        values = values[1:]
    for theme in themes:
        member = (labels[known.index] == theme).to_numpy()
        if 0 < member.sum() < len(member):
            for value in values:
                yield _shares(theme, name, value, member, (known == value).to_numpy())


def _means(
    theme: str, name: str, inside: npt.NDArray[np.float64], outside: npt.NDArray[np.float64]
) -> _Test:
    """Compare two means without taking their variances as equal (Welch)."""
    from scipy import stats as distributions

    parts = [group.var(ddof=1) / len(group) for group in (inside, outside)]
    error = float(np.sqrt(sum(parts)))
    difference = float(inside.mean() - outside.mean())
    below = sum(p**2 / (len(g) - 1) for p, g in zip(parts, (inside, outside), strict=True))
    freedom = sum(parts) ** 2 / below if below else float(len(inside) + len(outside) - 2)
    p = 2 * distributions.t.sf(abs(difference) / error, freedom) if error else float(not difference)
    return _Test(theme, name, None, len(inside), float(inside.mean()), float(outside.mean()),
                 error, float(freedom), float(p))  # fmt: skip


def _shares(
    theme: str,
    name: str,
    value: str,
    member: npt.NDArray[np.bool_],
    has: npt.NDArray[np.bool_],
) -> _Test:
    from scipy.stats import fisher_exact

    a, n = int((member & has).sum()), int(member.sum())
    b, m = int((~member & has).sum()), int((~member).sum())
    p = float(fisher_exact([[a, n - a], [b, m - b]])[1])
    return _Test(theme, name, value, n, a / n, b / m, np.nan, np.nan, p, (a, n, b, m))


def _corrected(tests: list[_Test], level: float) -> pd.DataFrame:
    """Widen intervals (Bonferroni) and raise p-values (Holm) by the number of comparisons."""
    each = 1 - (1 - level) / len(tests)
    ends = np.array([_interval(test, each) for test in tests])
    table = pd.DataFrame(tests)[["theme", "column", "value", "n", "inside", "outside"]]
    table["difference"] = table["inside"] - table["outside"]
    table["low"], table["high"] = ends.T
    table["p"] = holm([test.p for test in tests])
    order = table["p"].to_numpy().argsort(kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _interval(test: _Test, level: float) -> tuple[float, float]:
    from scipy import stats as distributions

    if test.counts is None:
        half = test.error * distributions.t.isf((1 - level) / 2, test.freedom)
        difference = test.inside - test.outside
        return difference - half, difference + half
    a, n, b, m = test.counts
    inside, outside = (
        [k / of, *map(float, stats.wilson(k, of, level))] for k, of in ((a, n), (b, m))
    )
    ends = stats.difference_interval(inside, outside)
    return float(ends[0]), float(ends[1])
