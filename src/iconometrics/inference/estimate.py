"""Regression by formula on metadata, themes and measured variables."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import pandas as pd

from iconometrics.coding import Codings
from iconometrics.coding.schema import named
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.inference.design import Design, design
from iconometrics.inference.estimates import COLUMNS, Estimates
from iconometrics.inference.formula import Formula, parse
from iconometrics.inference.models import ERRORS, MODELS, fit
from iconometrics.inference.variables import Variables, gather

if TYPE_CHECKING:
    from iconometrics.themes import Themes

__all__ = ["estimate"]


def estimate(
    formula: str,
    data: pd.DataFrame,
    *,
    model: Literal["ols", "logit"] = "ols",
    themes: Themes | pd.Series | None = None,
    measure: Codings | Sequence[Codings] | None = None,
    gold: Codings | None = None,
    errors: Literal["robust", "classical"] | None = None,
    cluster: str | None = None,
    level: float = 0.95,
) -> Estimates:
    """Regress an outcome on columns of the metadata, themes and measured variables.

    Parameters
    ----------
    formula
        Such as ``likes ~ protest + log1p(followers)``; `parse` says what is allowed.
    data
        One row an image, indexed by image id, such as ``corpus.metadata``.
    model
        "ols" (linear), or "logit" for an outcome of 0 and 1.
    themes
        Themes by image id: the column ``theme``.
    measure
        Machine codings; a variable used makes the estimate "naive": taken for the truth.
    gold
        The gold standard; a variable that only it has makes the estimate "gold only".
    errors
        "robust" (HC3, for logit the sandwich) or "classical"; default: OLS robust, logit not.
    cluster
        Column of accounts or events whose images are alike: errors by cluster.
    level
        Confidence level.

    Returns
    -------
    Estimates
        One row a coefficient, with method and assumptions.

    Raises
    ------
    InputError
        If formula or data do not allow an estimate; it names the column.

    Examples
    --------
    >>> data = pd.DataFrame({"likes": [1, 3, 2, 6], "faces": [0, 1, 1, 2]}, index=list("abcd"))
    >>> estimate("likes ~ faces", data, errors="classical").table()["estimate"].round(3).tolist()
    [0.5, 2.5]
    """
    settings = _settled(model, errors, cluster, level)
    variables = gather(data, themes=themes, measure=measure, gold=gold)
    return _estimated(parse(formula, variables.table.columns), variables, settings, gold)


class _Settings(NamedTuple):
    model: str
    errors: str
    cluster: str | None
    level: float


def _settled(model: str, errors: str | None, cluster: str | None, level: float) -> _Settings:
    if model not in MODELS:
        raise InputError(f"model={model!r}: expected one of {named(map(repr, MODELS))}.")
    errors = errors or ("robust" if model == "ols" else "classical")
    if errors not in ERRORS:
        raise InputError(
            f"errors={errors!r}: expected one of {named(map(repr, ERRORS))}; for errors by "
            "cluster give cluster= the column."
        )
    if not 0 < level < 1:
        raise InputError(f"level={level!r}: expected a confidence level such as .95.")
    return _Settings(model, errors, cluster, level)


def _estimated(
    formula: Formula, variables: Variables, settings: _Settings, gold: Codings | None
) -> Estimates:
    cluster = settings.cluster
    if cluster is not None and cluster not in variables.table:
        raise InputError(
            f"cluster={cluster!r}: no such column; there are {named(variables.table.columns, 12)}."
        )
    made = design(formula, variables, cluster=cluster)
    clusters = None if cluster is None else variables.table.loc[made.outcome.index, cluster]
    found = fit(
        made, settings.model, errors=settings.errors, clusters=clusters, level=settings.level
    )
    if made.left_out:
        warnings.warn(made.left_out + ".", IconometricsWarning, stacklevel=3)
    method, assumed = _method(formula, variables)
    rows = found.table.assign(
        method=method, n=len(made.outcome), assumes="; ".join([*assumed, found.errors])
    )
    return Estimates(
        rows=rows[list(COLUMNS)],
        formula=formula.text,
        model=settings.model,
        level=settings.level,
        notes=_notes(method, made, gold),
        quality=found.quality,
    )


def _method(formula: Formula, variables: Variables) -> tuple[str, list[str]]:
    """Name the method after what is used, and say what it takes for granted."""
    measured = [name for name in formula.columns if name in variables.measured]
    coded = [name for name in formula.columns if name in variables.coded]
    assumed = [f"{name} measured without error ({variables.measured[name]})" for name in measured]
    if coded:
        assumed.append("the images that people coded stand for all")
    return ("naive" if measured else "gold only" if coded else "direct"), assumed


def _notes(method: str, made: Design, gold: Codings | None) -> tuple[str, ...]:
    notes = [made.left_out + "."] if made.left_out else []
    notes += [f"{rule}." for rule in made.rules]
    if method == "naive":
        notes.append(
            "naive takes the measured values for the truth: errors in them can bias every "
            "coefficient, in either direction."
        )
    drawn = None if gold is None or gold.sample is None else gold.sample
    if method == "gold only" and drawn is not None and not drawn.equal:
        notes.append("The images were drawn with unequal probabilities; the rows are not weighted.")
    return tuple(notes)
