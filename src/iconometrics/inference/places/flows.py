"""What went up and what went down between two waves: plain, corrected, or withheld."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from iconometrics import stats
from iconometrics.inference.places.correcting import (
    LEAST,
    Calibration,
    Coded,
    Corrected,
    calibrated,
    joined_classes,
)

__all__ = ["corrected_row", "plain_row", "transitions", "withheld_row"]

_KINDS = ("up", "same", "down")


def plain_row(steps: np.ndarray, level: float) -> dict[str, Any]:
    """Describe steps that are known without error."""
    n, up, down = len(steps), int((steps > 0).sum()), int((steps < 0).sum())
    row: dict[str, Any] = {}
    for kind, hits in zip(_KINDS, (up, n - up - down, down), strict=True):
        low, high = stats.wilson(hits, n, level)
        row |= {kind: hits / n, f"{kind}_low": low, f"{kind}_high": high}
    return row | _net_row(steps, level)


def withheld_row(steps: np.ndarray, level: float) -> dict[str, Any]:
    """Describe measured steps by what errors leave of them: the net change."""
    nothing = {f"{kind}{end}": np.nan for kind in _KINDS for end in ("", "_low", "_high")}
    return nothing | _net_row(steps, level)


def _net_row(steps: np.ndarray, level: float) -> dict[str, Any]:
    from scipy.stats import binomtest

    n, up, down = len(steps), int((steps > 0).sum()), int((steps < 0).sum())
    net = _net(up, down, n, level)
    row = {"net": (up - down) / n, "net_low": net[0], "net_high": net[1]}
    mean, *ends = stats.student(steps, level)
    row |= {"mean": mean, "mean_low": ends[0], "mean_high": ends[1]}
    return row | {"p": float(binomtest(up, up + down).pvalue) if up + down else 1.0}


def _net(up: int, down: int, n: int, level: float) -> tuple[float, float]:
    from scipy.special import ndtri

    first, second = (up + 1) / (n + 2), (down + 1) / (n + 2)
    half = ndtri((1 + level) / 2) * np.sqrt((first + second - (first - second) ** 2) / (n + 2))
    middle = first - second
    return max(-1.0, middle - half), min(1.0, middle + half)


def _calibration(measured: pd.DataFrame, coded: Coded) -> Calibration:
    """Class places by what was measured: from where to where, or else up, same, down."""
    direction = np.sign(measured["step"].to_numpy()).astype(int)
    ends = measured[["before", "after"]].to_numpy()
    number = np.unique(ends, axis=0, return_inverse=True)[1].ravel()
    # A transition that few codes are to be expected of is one of its direction.
    rare = (np.bincount(number) * coded.there.mean() < LEAST)[number]
    finer = np.where(rare, -1 - direction, 1 + number)
    return calibrated(joined_classes(finer, coded.there), coded)


def corrected_row(
    true: np.ndarray, measured: pd.DataFrame, coded: Coded, *, level: float
) -> dict[str, Any]:
    """Describe true steps by those of the places coded anew, carried to all by the measure."""
    if not coded.enough:
        ends = ("", "_low", "_high")
        names = [f"{kind}{end}" for kind in (*_KINDS, "net", "mean") for end in ends]
        return dict.fromkeys([*names, "p"], np.nan)
    calibration, sign = _calibration(measured, coded), np.sign(true)
    row: dict[str, Any] = {}
    for kind, direction in zip(_KINDS, (1, 0, -1), strict=True):
        hits = (sign == direction).astype(float)
        row |= _named(kind, calibration.mean(hits, ends=(0, 1), share=True, level=level))
    net = calibration.mean(sign, ends=(-1, 1), level=level)
    usual = _usual(measured["step"].to_numpy())
    mean = calibration.mean(true, ends=(-usual, usual), level=level)
    inside = net._replace(low=max(net.low, -1.0), high=min(net.high, 1.0))
    return row | _named("net", inside) | _named("mean", mean) | {"p": net.p}


def _usual(steps: np.ndarray) -> float:
    moved = steps[steps != 0]
    return float(np.sqrt((moved**2).mean())) if len(moved) else 1.0


def _named(kind: str, mean: Corrected) -> dict[str, float]:
    return {kind: mean.value, f"{kind}_low": mean.low, f"{kind}_high": mean.high}


def transitions(
    true: np.ndarray, measured: pd.DataFrame, coded: Coded, *, names: Mapping[float, str],
    level: float,
) -> pd.DataFrame:  # fmt: skip
    """Estimate the share of places that went from each category to each; `true`: (places, 2)."""
    calibration = _calibration(measured, coded)
    exact = coded.there.all()
    rows = []
    for first, second in product(names, names):
        hits = ((true[:, 0] == first) & (true[:, 1] == second)).astype(float)
        if exact:
            low, high = stats.wilson(hits.sum(), len(hits), level)
            ends = float(hits.mean()), float(low), float(high)
        else:
            share = calibration.mean(hits, ends=(0, 1), share=True, level=level)
            ends = share.value, share.low, share.high
        rows.append([names[first], names[second], *ends])
    return pd.DataFrame(rows, columns=["before", "after", "share", "low", "high"])
