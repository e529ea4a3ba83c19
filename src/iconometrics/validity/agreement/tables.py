"""Tables of agreement on one variable: by coefficient, pair, coder and category."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from iconometrics.coding.variable import SEPARATOR
from iconometrics.stats import (
    AgreementValue,
    share_interval,
    survey_design,
    survey_ratio,
    wilson,
)
from iconometrics.stats.agreement.alpha import alpha_of
from iconometrics.stats.agreement.categories import specific_agreement
from iconometrics.stats.agreement.cohen import Cohen
from iconometrics.stats.agreement.intervals import Statistic, group_numbers, measured
from iconometrics.stats.agreement.pairs import PairAgreement
from iconometrics.stats.agreement.units import Patterns
from iconometrics.validity.agreement.rated import Rated

__all__ = [
    "Options",
    "by_category",
    "by_coder",
    "by_pair",
    "mean_share",
    "measured_in_part",
    "overall",
    "pair_statistic",
]

Options = dict[str, Any]

# Values above which agreement is not reported value by value.
_MOST_CATEGORIES = 30


def overall(rated: Rated, options: Options) -> pd.DataFrame:
    """Compute every coefficient that fits the level."""
    units, weights = rated.units, rated.weights
    statistics: list[Statistic] = [alpha_of(units, rated.level), PairAgreement(units, "percent")]
    if rated.level in ("nominal", "ordinal", "interval", "ratio") and rated.weighed:
        if units.rows.shape[1] == 2:
            statistics.insert(1, Cohen(units, weights))
        statistics[-1:] = [
            PairAgreement(units, "fleiss", weights),
            PairAgreement(units, "gwet", weights),
            statistics[-1],
        ]
    rows = [_row(_measured(statistic, rated, options)) for statistic in statistics]
    table = pd.DataFrame(rows).assign(
        variable=rated.variable,
        level=rated.level,
        coders=units.rows.shape[1],
        represents=rated.represents,
    )
    first = ["variable", "level", "coefficient", "value", "low", "high", "boot_low", "boot_high"]
    return table[[*first, "se", "observed", "expected", "images", "coders", "represents",
                  "method", "reason"]]  # fmt: skip


def by_pair(rated: Rated, options: Options) -> pd.DataFrame:
    """Compare each two coders who coded some of the same images."""
    rows = []
    names = list(rated.table.columns)
    for first, second in combinations(range(len(names)), 2):
        both = rated.table.iloc[:, [first, second]].notna().all(axis=1).to_numpy()
        if not both.any():
            continue
        units = rated.units.columns([first, second])
        chosen = _measured(pair_statistic(units, rated), rated, options, both)
        plain = _measured(PairAgreement(units.kept(2), "percent"), rated, options, both)
        low, high = np.asarray(plain.low), np.asarray(plain.high)
        if rated.groups is None and units.design is None:
            low, high = wilson(plain.value * plain.units, plain.units, options["confidence"])
        rows.append(
            {
                "variable": rated.variable,
                "first": names[first],
                "second": names[second],
                "images": int(both.sum()),
                "agreement": plain.value,
                "agreement_low": low,
                "agreement_high": high,
                "coefficient": chosen.name,
                **{part: getattr(chosen, part) for part in _PARTS},
                "reason": chosen.reason,
            }
        )
    return pd.DataFrame(rows)


def pair_statistic(units: Patterns, rated: Rated) -> Statistic:
    """Choose the coefficient for two coders: Cohen's kappa where it fits the level, else alpha."""
    if rated.level in ("jaccard", "masi") or not rated.weighed:
        return alpha_of(units, rated.level)
    return Cohen(units, rated.weights)


def by_coder(rated: Rated, options: Options) -> pd.DataFrame:
    """Say how often each coder agrees with the others."""
    rows = []
    values = rated.table.to_numpy(dtype=object)
    there = rated.table.notna().to_numpy()
    for place, name in enumerate(rated.table.columns):
        others = np.delete(there, place, axis=1)
        same = np.delete(values == values[:, [place]], place, axis=1) & others
        used = there[:, place] & others.any(axis=1)
        shares = same[used].sum(axis=1) / others[used].sum(axis=1)
        n = len(shares)
        value, low, high = mean_share(
            shares, rated, np.flatnonzero(used), confidence=options["confidence"]
        )
        rows.append(
            {
                "variable": rated.variable,
                "coder": name,
                "coded": int(rated.coded[name].notna().sum()),
                "images": n,
                "agreement": value,
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows)


def by_category(rated: Rated, options: Options) -> pd.DataFrame:
    """Compute agreement on each category by itself."""
    rows = []
    for category, units in _by_category(rated):
        twice = units.given[units.member] >= 2
        groups = None if rated.member is None else group_numbers(rated.member, len(twice))
        specific = specific_agreement(units, groups=groups, **options)
        alpha = _measured(alpha_of(units, "nominal"), rated, options)
        rows.append(
            {
                "variable": rated.variable,
                "category": category,
                "ratings": int(specific.ratings[1]),
                "agreement": specific.value[1],
                "agreement_low": specific.low[1],
                "agreement_high": specific.high[1],
                "alpha": alpha.value,
                "alpha_low": alpha.low,
                "alpha_high": alpha.high,
                "alpha_boot_low": alpha.boot_low,
                "alpha_boot_high": alpha.boot_high,
                "reason": alpha.reason,
            }
        )
    return pd.DataFrame(rows)


def _by_category(rated: Rated) -> list[tuple[str, Patterns]]:
    """Set each category, or each label of sets, against all others."""
    labels = [str(label) for label in rated.units.labels]
    if rated.level in ("jaccard", "masi"):
        sets = [{name.strip() for name in label.split(SEPARATOR)} - {""} for label in labels]
        names = sorted(set().union(*sets))
        holds = [np.array([name in label_set for label_set in sets]) for name in names]
    elif rated.level in ("nominal", "ordinal"):
        names, holds = labels, list(np.eye(len(labels), dtype=bool))
    else:
        return []
    if len(names) > _MOST_CATEGORIES:
        return []
    pairs = zip(names, holds, strict=True)
    return [(name, rated.units.recoded(held.astype(int), (False, True))) for name, held in pairs]


_PARTS = ("value", "low", "high", "boot_low", "boot_high", "se")


def _row(value: AgreementValue) -> dict[str, Any]:
    parts = (*_PARTS, "observed", "expected", "method", "reason")
    return {
        "coefficient": value.name,
        "images": value.units,
        **{part: getattr(value, part) for part in parts},
    }


def _measured(
    statistic: Statistic, rated: Rated, options: Options, some: np.ndarray | None = None
) -> AgreementValue:
    """Measure with the groups of the images that count."""
    groups = rated.member
    if groups is None:
        return measured(statistic, groups=None, **options)
    if some is not None:
        return measured_in_part(statistic, groups[some], options)
    all_rated = len(groups) == statistic.units.units
    groups = groups if all_rated else groups[rated.twice]
    return measured(statistic, groups=groups, **options)


def measured_in_part(
    statistic: Statistic, groups: np.ndarray | None, options: Options
) -> AgreementValue:
    """Measure a part of the images; where all are of one group, without an interval."""
    if groups is None or len(set(groups)) > 1:
        return measured(statistic, groups=groups, **options)
    whole = measured(statistic, groups=None, **{**options, "draws": 0})
    return replace(whole, low=np.nan, high=np.nan, se=np.nan)


def mean_share(
    shares: np.ndarray, rated: Rated, rows: np.ndarray, *, confidence: float
) -> tuple[float, float, float]:
    """Give the mean share of agreement of some images, and its interval by design or group."""
    if not len(shares):
        return np.nan, 0.0, 1.0
    units, ones = rated.units.some(rows), np.ones(len(shares))
    if units.design is not None:
        mean = survey_ratio(units.placed(shares), units.placed(ones), units.design)
    else:
        clusters = None if rated.groups is None else rated.groups[rows].astype(str)
        mean = survey_ratio(shares, ones, survey_design(ones, clusters=clusters))
    return mean.value, *share_interval(mean, level=confidence)
