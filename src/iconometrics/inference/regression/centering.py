"""Taking fixed effects out of rows that are there twice, as coded and as predicted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iconometrics.errors import InputError
from iconometrics.inference.regression.fixed_effects import demean
from iconometrics.inference.regression.moments import Rows

__all__ = ["centered"]


def centered(
    terms: Sequence[str], rows: Rows, effects: Sequence[np.ndarray], *, share: float = 1.0
) -> tuple[list[str], Rows]:
    """Take the fixed effects out of both versions of the rows."""
    if not effects:
        return list(terms), rows
    kept = [place for place, term in enumerate(terms) if term != "intercept"]
    names = [terms[place] for place in kept]
    coded, predicted = rows.parts(share)
    weight = coded + predicted
    safe = np.where(weight > 0, weight, 1.0)
    x, x_hat = rows.x[:, kept], rows.x_hat[:, kept]
    whole = np.column_stack([x, rows.y]) * (coded / safe)[:, None]
    whole += np.column_stack([x_hat, rows.y_hat]) * (predicted / safe)[:, None]
    left = demean(whole, effects, weight)
    _check_left(names, left, whole, weight)
    means = whole - left
    mean_x, mean_y = means[:, :-1], means[:, -1]
    return names, Rows(
        x - mean_x, rows.y - mean_y, x_hat - mean_x, rows.y_hat - mean_y, rows.weight
    )


def _check_left(
    names: Sequence[str], left: np.ndarray, whole: np.ndarray, weight: np.ndarray
) -> None:
    spread, before = weight @ left**2, weight @ whole**2
    for name, now, then in zip(names, spread, before, strict=False):
        if now <= 1e-16 * then:
            raise InputError(
                f"{name!r} does not vary within the groups of the fixed effects, which explain it "
                "fully. Leave it out."
            )
