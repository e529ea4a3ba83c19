"""Whether a measure is right as often as it says it is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from iconometrics.stats import Design, brier, calibration_bins, expected_calibration_error
from iconometrics.stats.tails import Side
from iconometrics.validity.accuracy.rates import Rate, rate
from iconometrics.validity.drawn import design_of

__all__ = ["bins_of", "brier_of", "confident", "error_of"]


def confident(items: pd.DataFrame) -> pd.DataFrame:
    """Take the images whose confidence is known."""
    known = items.dropna(subset="confidence")
    return known.assign(right=(known["gold"] == known["measure"]).astype(float))


def error_of(items: pd.DataFrame) -> float | None:
    """Expected calibration error, weighted where images are."""
    known = confident(items)
    if known.empty:
        return None
    return expected_calibration_error(known["confidence"], known["right"], weights=_weights(known))


def brier_of(items: pd.DataFrame, *, by_group: bool, level: float, side: Side) -> Rate | None:
    """Brier score of the confidence with its interval."""
    known = confident(items)
    if known.empty:
        return None
    drawn = design_of(known, by_group=by_group)
    value = brier(known["confidence"], known["right"], weights=_weights(known))
    squares = ((known["confidence"] - known["right"]) ** 2).to_numpy()
    return rate(squares, np.ones(len(known)), drawn, level=level, side=side)._replace(value=value)


def bins_of(items: pd.DataFrame, bins: int, *, by_group: bool, level: float) -> pd.DataFrame:
    """Compare confidence and share correct bin by bin."""
    known = confident(items)
    binned = calibration_bins(known["confidence"], known["right"], bins, weights=_weights(known))
    ends = _ends(known, binned.low, design_of(known, by_group=by_group), level=level)
    table = pd.DataFrame(
        {
            "low": binned.low,
            "high": binned.high,
            "n": binned.n,
            "confidence": binned.mean_probability,
            "correct": binned.share_correct,
            "correct_low": ends[:, 0],
            "correct_high": ends[:, 1],
        }
    )
    return table[table["n"] > 0].reset_index(drop=True)


def _ends(known: pd.DataFrame, edges: np.ndarray, drawn: Design, *, level: float) -> np.ndarray:
    place = np.searchsorted(edges, known["confidence"], side="right") - 1
    right = known["right"].to_numpy()
    shares = [
        rate(right * (place == k), (place == k).astype(float), drawn, level=level)
        for k in range(len(edges))
    ]
    return np.array([share[1:] for share in shares])


def _weights(known: pd.DataFrame) -> np.ndarray | None:
    return known["weight"].to_numpy() if "weight" in known else None
