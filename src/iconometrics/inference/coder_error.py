"""Estimates under several rates of error of the people who coded, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.estimates import Estimates

__all__ = ["over_errors"]


def over_errors(
    estimated: Callable[[float], Estimates], errors: float | Sequence[float]
) -> Estimates:
    """Estimate for one rate of error, or for several, each named in the method."""
    if isinstance(errors, int | float):
        return estimated(float(errors))
    by_error = {float(error): estimated(float(error)) for error in errors}
    if not by_error:
        raise InputError("coder_error=[]: expected at least one share of images, such as 0.03.")
    effects = {error: own.effects for error, own in by_error.items() if own.effects is not None}
    return replace(
        next(iter(by_error.values())),
        rows=_stacked({error: own.rows for error, own in by_error.items()}),
        effects=_stacked(effects) if effects else None,
        notes=tuple(dict.fromkeys(note for own in by_error.values() for note in own.notes)),
    )


def _stacked(tables: dict[float, pd.DataFrame]) -> pd.DataFrame:
    """Name the error in the method; the naive estimate knows no coders and stands once."""
    named: list[pd.DataFrame] = []
    for error, table in tables.items():
        naive = table["method"] == "naive"
        method = table["method"].where(naive, table["method"] + f", coders err in {error:.1%}")
        named.append(table.assign(method=method)[~naive if named else slice(None)])
    return pd.concat(named, ignore_index=True)
