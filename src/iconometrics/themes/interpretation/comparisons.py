"""Comparisons of some images with all others, whose intervals and p-values hold together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics import stats
from iconometrics.stats.holm import holm
from iconometrics.themes.interpretation.grouped import (
    Codes,
    Flags,
    GroupedDifference,
    Numbers,
    grouped_difference,
)

__all__ = ["Comparison", "compared_means", "compared_shares", "together", "weighted_shares"]


class Comparison(NamedTuple):
    """Some images against all others, before any correction; what is compared is told by names.

    Parameters
    ----------
    n
        Images inside.
    inside, outside
        Means or shares.
    error, freedom
        Standard error of the difference and its degrees of freedom; missing for shares of images
        drawn one by one.
    p
        Missing where all images inside, or all outside, are of one group.
    counts
        Of shares: those inside that have it, all inside, those outside, all outside.
    groups
        How many groups have images inside; 0 for images drawn one by one.
    """

    n: int
    inside: float
    outside: float
    error: float
    freedom: float
    p: float
    counts: tuple[float, float, float, float] | None = None
    groups: int = 0


def compared_means(values: Numbers, *, member: Flags, codes: Codes | None) -> Comparison:
    """Compare two means: without taking their variances as equal (Welch), or by group."""
    from scipy import stats as distributions

    inside, outside = values[member], values[~member]
    if codes is not None:
        apart = grouped_difference(member, values, codes)
        return Comparison(len(inside), apart.inside, apart.outside, apart.error,
                     apart.freedom, _student(apart), groups=apart.groups)  # fmt: skip
    parts = [group.var(ddof=1) / len(group) for group in (inside, outside)]
    error = float(np.sqrt(sum(parts)))
    difference = float(inside.mean() - outside.mean())
    below = sum(p**2 / (len(g) - 1) for p, g in zip(parts, (inside, outside), strict=True))
    freedom = sum(parts) ** 2 / below if below else float(len(inside) + len(outside) - 2)
    p = 2 * distributions.t.sf(abs(difference) / error, freedom) if error else float(not difference)
    return Comparison(len(inside), float(inside.mean()), float(outside.mean()),
                 error, float(freedom), float(p))  # fmt: skip


def _student(apart: GroupedDifference) -> float:
    """P-value of a difference by group; missing where one group is all there is."""
    from scipy.special import stdtr

    difference = abs(apart.inside - apart.outside)
    if not apart.error > 0:
        return 1.0 if apart.error == 0 and not difference else np.nan
    return float(2 * stdtr(apart.freedom, -difference / apart.error))


def compared_shares(has: Flags, *, member: Flags, codes: Codes | None) -> Comparison:
    """Compare two shares: of images drawn one by one, or by group if that is less sure."""
    from scipy.stats import fisher_exact

    a, n = int((member & has).sum()), int(member.sum())
    b, m = int((~member & has).sum()), int((~member).sum())
    if codes is None:
        p = float(fisher_exact([[a, n - a], [b, m - b]])[1])
        return Comparison(n, a / n, b / m, np.nan, np.nan, p, (a, n, b, m))
    apart = grouped_difference(member, has.astype(float), codes)
    counts = (*_counted(a, n, apart.worth[0]), *_counted(b, m, apart.worth[1]))
    a, n, b, m = (int(count) for count in counts)
    alone = float(fisher_exact([[a, n - a], [b, m - b]])[1])
    p = float(np.maximum(_student(apart), alone)) if apart.error != 0 else alone
    return Comparison(int(member.sum()), apart.inside, apart.outside, apart.error,
                 apart.freedom, p, counts, apart.groups)  # fmt: skip


def weighted_shares(
    has: Flags, *, member: Flags, weights: Numbers, codes: Codes | None
) -> Comparison:
    """Compare two shares of images that stand for unequal parts of a whole."""
    from scipy.stats import fisher_exact

    design = stats.survey_design(weights, clusters=codes)
    parts = [stats.survey_ratio(has & part, part, design) for part in (member, ~member)]
    inside, outside = parts
    error = stats.linearized_se(inside.influence - outside.influence, design)
    worth = [np.floor(stats.effective_n(design, part)) for part in (member, ~member)]
    a, b = (round(part.value * n) for part, n in zip(parts, worth, strict=True))
    n, m = map(int, worth)
    alone = float(fisher_exact([[a, n - a], [b, m - b]])[1])
    groups = 0 if codes is None else len(np.unique(codes[member]))
    apart = GroupedDifference(
        inside.value, outside.value, error, min(inside.df, outside.df), groups, (n, m)
    )
    p = float(np.maximum(_student(apart), alone)) if error else alone
    return Comparison(int(member.sum()), inside.value, outside.value, error, apart.freedom, p,
                 (inside.value * n, n, outside.value * m, m), groups)  # fmt: skip


def _counted(having: int, images: int, worth: float) -> tuple[float, float]:
    """Count groups, not images, where nothing varies: if groups repeat each other is not seen."""
    if 0 < having < images:
        return having, images
    groups = max(np.floor(worth), 1.0)
    return (groups if having else 0.0), groups


def together(tests: Sequence[Comparison], level: float) -> pd.DataFrame:
    """Widen intervals (Bonferroni) and raise p-values (Holm) by the number of comparisons."""
    known = sum(not np.isnan(test.p) for test in tests)
    each = 1 - (1 - level) / max(known, 1)
    ends = np.array([_interval(test, each) for test in tests])
    table = pd.DataFrame(tests)[["n", "groups", "inside", "outside"]]
    table["difference"] = table["inside"] - table["outside"]
    table["low"], table["high"] = ends.T
    return table.assign(p=holm([test.p for test in tests]))


def _interval(test: Comparison, level: float) -> tuple[float, float]:
    """Give the interval: by Student's t, of two shares, or the wider of both."""
    if np.isnan(test.p):
        return np.nan, np.nan
    ends = [*_student_ends(test, level), *_share_ends(test, level)]
    if test.groups and test.p > 1 - level:
        # Of a handful of groups, Newcombe's interval would leave out 0 where Fisher's test cannot.
        ends.append(0.0)
    return min(ends), max(ends)


def _student_ends(test: Comparison, level: float) -> tuple[float, ...]:
    from scipy.special import stdtrit

    if np.isnan(test.error) or (test.counts is not None and test.error == 0):
        return ()
    half = test.error * stdtrit(test.freedom, (1 + level) / 2) if test.error else 0.0
    return test.inside - test.outside - half, test.inside - test.outside + half


def _share_ends(test: Comparison, level: float) -> tuple[float, ...]:
    if test.counts is None:
        return ()
    a, n, b, m = test.counts
    inside, outside = (
        [k / of, *map(float, stats.wilson(k, of, level))] for k, of in ((a, n), (b, m))
    )
    ends = stats.difference_interval(inside, outside)
    return float(ends[0]), float(ends[1])
