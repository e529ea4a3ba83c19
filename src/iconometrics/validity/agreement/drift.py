"""Agreement over time: whether coders drift apart, or learn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.stats.agreement.alpha import alpha_of
from iconometrics.stats.agreement.pairs import PairAgreement
from iconometrics.stats.agreement.trend import trend
from iconometrics.stats.agreement.units import Patterns
from iconometrics.validity.agreement.rated import Rated
from iconometrics.validity.agreement.tables import Options, mean_share, measured_in_part

__all__ = ["drift", "when_coded"]

_BLOCK, _BLOCKS = 10, 8
_PERIODS = 60


def when_coded(codings: Codings, variable: str) -> pd.DataFrame:
    """When each image was coded: the mean time of its codings, and its place in their order."""
    rows = codings.data[codings.data["variable"] == variable]
    times = pd.to_datetime(rows["time"], errors="coerce", utc=True, format="ISO8601")
    mean = times.groupby(rows["image"]).mean()
    place = pd.Series(np.arange(len(rows), dtype=float), index=rows.index)
    order = place.groupby(rows["image"]).mean()
    return pd.DataFrame({"time": mean, "order": order})


def drift(rated: Rated, times: pd.DataFrame, options: Options) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compute agreement by week, or by order of coding, and its trend."""
    images = rated.table.index[rated.twice]
    when = times.reindex(images)
    known = bool(when["time"].notna().all())
    when = when.sort_values("time" if known else "order", kind="stable")
    weeks = _weeks(when["time"]) if known else None
    periods = _blocks(when) if weeks is None else weeks
    rows = [
        _period(rated, rated.table.index.get_indexer(part.index), str(name), options)
        for name, part in periods.groupby(periods, sort=False)
    ]
    rows_of = rated.table.index.get_indexer(when.index)
    units = rated.units.some(rows_of)
    clock = _clock(when["time"]) if known else np.arange(len(when), dtype=float)
    slope = trend(
        clock,
        _agreed(units),
        groups=None if rated.groups is None else rated.groups[rows_of],
        weights=units.mass,
        confidence=options["confidence"],
    )
    by = "week" if weeks is not None else "order of coding"
    row = {"variable": rated.variable, "by": by, "images": len(when), "change": slope.value}
    row |= {"low": slope.low, "high": slope.high, "p": slope.p}
    return pd.DataFrame(rows), pd.DataFrame([row])


def _clock(times: pd.Series) -> np.ndarray:
    return np.asarray((times - times.min()).dt.total_seconds().to_numpy(dtype=float))


def _weeks(times: pd.Series) -> pd.Series | None:
    """Name the week of each image by its Monday; None where all lie in one week."""
    days = times.dt.tz_localize(None).dt.normalize()
    monday = days - pd.to_timedelta(days.dt.weekday, unit="D")
    names = monday.dt.strftime("%Y-%m-%d")
    return names if 2 <= names.nunique() <= _PERIODS else None


def _blocks(when: pd.DataFrame) -> pd.Series:
    """Cut the order of coding into blocks of equal size."""
    n = len(when)
    number = int(np.clip(n // _BLOCK, 1, _BLOCKS))
    edges = np.linspace(0, n, number + 1).round().astype(int)
    names = [f"{low + 1}–{high}" for low, high in pairwise(edges)]
    block = np.searchsorted(edges, np.arange(n), side="right") - 1
    return pd.Series([names[place] for place in block], index=when.index, dtype="str")


def _period(rated: Rated, rows: np.ndarray, name: str, options: Options) -> dict[str, object]:
    units = rated.units.some(rows)
    groups = None if rated.member is None else rated.member[rows]
    plain = {**options, "draws": 0}
    agreement = measured_in_part(PairAgreement(units, "percent"), groups, plain)
    alpha = measured_in_part(alpha_of(units, rated.level), groups, plain)
    _, low, high = mean_share(_agreed(units), rated, rows, confidence=options["confidence"])
    return {
        "variable": rated.variable,
        "period": name,
        "images": len(rows),
        "agreement": agreement.value,
        "agreement_low": low,
        "agreement_high": high,
        "alpha": alpha.value,
        "alpha_low": alpha.low,
        "alpha_high": alpha.high,
    }


def _agreed(units: Patterns) -> np.ndarray:
    """Share of pairs of coders that agree, by image."""
    statistic = PairAgreement(units, "percent")
    return np.asarray(statistic.agreed[statistic.units.member])
