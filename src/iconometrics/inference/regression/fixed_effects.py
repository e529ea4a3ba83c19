"""Fixed effects: the groups of a table, and what is left of its rows within them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.regression.moments import PairedRows, Version
from iconometrics.stats.demeaning import absorbed, demean
from iconometrics.stats.linear import few_rows
from iconometrics.wording import listed

__all__ = ["centered", "widened", "within"]


def within(table: pd.DataFrame, columns: Sequence[str]) -> list[np.ndarray]:
    """Number the groups of each fixed effect."""
    if len(columns) > 2:
        raise InputError(
            f"fixed_effects={list(columns)}: expected one or two columns; put a third into the "
            "formula as C(column)."
        )
    numbered = []
    for name in columns:
        if name not in table:
            raise InputError(
                f"fixed_effects={name!r}: no such column; there are {listed(table.columns, 12)}."
            )
        codes, groups = pd.factorize(table[name])
        if len(groups) < 2:
            raise InputError(
                f"fixed_effects={name!r}: all {len(table)} rows used are {listed(groups)}; a fixed "
                "effect needs at least two groups."
            )
        numbered.append(codes)
    return numbered


def centered(
    terms: Sequence[str], rows: PairedRows, effects: Sequence[np.ndarray], *, share: float = 1.0
) -> tuple[list[str], PairedRows]:
    """Take the fixed effects out of both versions of the rows."""
    if not effects:
        return list(terms), rows
    kept = [place for place, term in enumerate(terms) if term != "intercept"]
    names = [terms[place] for place in kept]
    weight = np.sum([version.weight for version in rows.versions(share)], axis=0)
    safe = np.where(weight > 0, weight, 1.0)
    whole = np.zeros((len(weight), len(kept) + 1))
    for x, y, own in rows.versions(share):
        whole += np.column_stack([x[:, kept], y]) * (own / safe)[:, None]
    left = demean(whole, effects, weight)
    _check_left(names, left, whole, weight)
    means = whole - left
    mean_x, mean_y = means[:, :-1], means[:, -1]
    back = rows.back[np.ix_(kept, kept)]
    x, x_hat = rows.x[:, kept] - mean_x, rows.x_hat[:, kept] - mean_x
    more = tuple(Version(x[:, kept] - mean_x, y - mean_y, own) for x, y, own in rows.more)
    return names, rows._replace(
        x=x, y=rows.y - mean_y, x_hat=x_hat, y_hat=rows.y_hat - mean_y, back=back, more=more
    )


def widened(
    cov: np.ndarray, effects: Sequence[np.ndarray], clusters: np.ndarray | None, *, rows: int
) -> np.ndarray:
    """Widen a covariance for fixed effects by the factor that holds without a measure, too."""
    if not effects:
        return cov
    lost = absorbed(effects, clusters) + len(cov)
    return cov * few_rows(rows, clusters, lost=lost)


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
