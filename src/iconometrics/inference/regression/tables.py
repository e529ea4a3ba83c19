"""From coefficients and their covariance to rows of a table of estimates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.estimates import COLUMNS, Estimates
from iconometrics.inference.regression.few_clusters import FewClusters, with_codes
from iconometrics.inference.regression.moments import LINKS, PairedRows
from iconometrics.inference.regression.prepared import Prepared
from iconometrics.stats.linear import coefficient_intervals
from iconometrics.stats.tails import Side, tails
from iconometrics.wording import counted, listed

__all__ = [
    "HARD_FOR_ALL",
    "LINEAR",
    "Coefficients",
    "by_cluster",
    "check_correctable",
    "corrected",
    "drawn_by",
    "effects_of",
    "independent",
    "rows_of",
    "settled",
    "tabled",
    "turned",
]

LINEAR = ("ols", "lpm")

HARD_FOR_ALL = (
    "Where rows are hard for all coders, they err alike, and the estimate takes what they agree on "
    "for surer than it is: have an expert code a part of the rows (first_phase=)."
)

Coefficients = tuple[np.ndarray, np.ndarray]


def rows_of(
    terms: Sequence[str],
    coefficients: Coefficients,
    *,
    level: float,
    side: Side,
    df: float | np.ndarray = np.inf,
    few: FewClusters | None = None,
) -> pd.DataFrame:
    """Write coefficients with errors, intervals and p-values; by the bootstrap where it is given.

    The bootstrap of a coefficient serves its average marginal effect, too.
    """
    beta, cov = coefficients
    se = np.sqrt(np.clip(np.diag(np.atleast_2d(cov)), 0, None))
    intervals = coefficient_intervals if few is None else few.intervals
    low, high, p = intervals(beta, se, df=df, level=level, side=side)
    return pd.DataFrame(
        {"term": list(terms), "estimate": beta, "se": se, "low": low, "high": high, "p": p}
    )


def turned(back: np.ndarray, coefficients: Coefficients) -> Coefficients:
    """Bring coefficients of standardized columns back to the units of the columns."""
    beta, cov = coefficients
    return back @ beta, back @ cov @ back.T


def effects_of(
    rows: PairedRows, model: str, coefficients: Coefficients, *, share: float
) -> Coefficients:
    """Compute average marginal effects by the delta method."""
    beta, cov = coefficients
    if model in LINEAR:
        return coefficients
    slope, turn = 0.0, np.zeros(len(beta))
    for x, _, weight in rows.versions(share):
        there = weight != 0
        eta = x[there] @ beta
        mean, rise = LINKS[model].mean(eta), LINKS[model].slope(eta)
        bend = rise * (1 - 2 * mean) if model == "logit" else rise
        slope += float(weight[there] @ rise)
        turn += (weight[there] * bend) @ x[there]
    whole = sum(version.weight.sum() for version in rows.versions(share))
    change = (np.outer(beta, turn) + slope * np.eye(len(beta))) / whole
    return beta * slope / whole, change @ cov @ change.T


def check_correctable(model: str) -> None:
    """Refuse the model that is neither weighted by a sample nor corrected by its codes."""
    if model == "negbin":
        raise InputError(
            "model='negbin': the negative binomial is fitted by its likelihood, which is neither "
            "weighted by the design of a sample nor corrected by codes of people (gold only, DSL, "
            "PPI++). Use model='poisson': it has the same mean, and its robust errors allow for "
            "counts that spread wider; or methods=['naive'] for the measure as it is."
        )


def settled(model: str, level: float, *, side: Side, fixed_effects: Any) -> None:
    """Refuse options that do not go together."""
    check_correctable(model)
    if model not in LINKS:
        names = [repr(name) for name in LINKS if name != "negbin"]
        raise InputError(f"model={model!r}: expected one of {listed(names, 4)}.")
    tails(level, side)
    if fixed_effects and model not in LINEAR:
        raise InputError(
            f"fixed_effects with model={model!r}: only linear models take group means out. Use "
            "model='lpm', or put C(column) into the formula."
        )


def tabled(
    prepared: Prepared,
    terms: Sequence[str],
    coefficients: Coefficients,
    *,
    effect: Coefficients,
    method: str,
    model: str,
    level: float,
    side: Side,
    assumes: str,
    df: np.ndarray,
    few: FewClusters | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Write the rows of one method, and of its average marginal effects."""
    if prepared.clusters is not None:
        df = np.minimum(df, len(np.unique(prepared.clusters[prepared.coded])) - 1)
    tables = [
        rows_of(terms, pair, level=level, side=side, df=df, few=few).assign(
            method=method, n=len(prepared.coded), assumes=assumes
        )[list(COLUMNS)]
        for pair in (coefficients, effect)
    ]
    if model in LINEAR:
        return tables[0], None
    return tables[0], tables[1][tables[1]["term"] != "intercept"].reset_index(drop=True)


def corrected(
    prepared: Prepared,
    rows: pd.DataFrame,
    *,
    effects: pd.DataFrame | None,
    model: str,
    level: float,
    rules: Sequence[str] = (),
    side: Side = "two",
) -> Estimates:
    """Put a corrected estimate together."""
    coded = f"People coded {int(prepared.coded.sum()):,} of {len(prepared.coded):,} rows."
    hard = [HARD_FOR_ALL] if prepared.coders else []
    notes = (coded, *hard, *prepared.notes, *(f"{rule}." for rule in rules))
    return Estimates(
        rows=rows, formula=prepared.formula.text, model=model, level=level, notes=notes,
        effects=effects, side=side, target=prepared.target,
    )  # fmt: skip


def by_cluster(
    prepared: Prepared, few: FewClusters | None, *, tuned: bool = False
) -> tuple[FewClusters | None, list[str]]:
    """Settle on what few clusters mean for intervals, with a note where they are few."""
    clusters, name = prepared.clusters, prepared.cluster
    if clusters is None or name is None or prepared.target == "corpus":
        return None, []
    few = with_codes(few, clusters, prepared.coded, tuned=tuned)
    return few, [] if few is None else [few.note(name)]


def drawn_by(prepared: Prepared, sample_prob: str | None) -> str:
    """Say how the rows that people coded must have been drawn, and how often people err."""
    how = f"with the probabilities {sample_prob}" if sample_prob else "with equal probability"
    truth = "what people coded is the truth"
    if prepared.first_phase is not None:
        truth = f"of a first phase of {int(prepared.first_phase.coded.sum()):,} rows; {truth}"
    if prepared.coder_error:
        truth = f"people err in {prepared.coder_error:.3g} of rows, whatever else these show"
    if prepared.coders:
        truth = (
            f"{len(prepared.coders)} coders err independently of each other and of all else, given "
            "what is there; rates estimated (Dawid and Skene)"
        )
    return f"rows drawn for coding at random, {how}; {truth}"


def independent(prepared: Prepared) -> str:
    """Say what the errors take for granted."""
    corpus = prepared.target == "corpus"
    if prepared.clusters is None:
        return "chance only in which rows were drawn" if corpus else "rows independent"
    groups = len(np.unique(prepared.clusters))
    return f"{counted(groups, 'cluster')} of {prepared.cluster} independent of each other"
