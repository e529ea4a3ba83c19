"""How many images to code, from a pilot in the study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference import Budget, budget_from_codings, budget_from_regression

if TYPE_CHECKING:
    from iconometrics.study.study import Study

__all__ = ["budget_of"]


def budget_of(
    study: Study,
    what: str,
    *,
    half_width: float,
    variable: str | None = None,
    category: str | None = None,
    coder: str | None = None,
    formula: str | None = None,
    term: str | None = None,
    model: str = "ols",
    level: float = 0.95,
) -> Budget:
    """Say how many images to code, from the codings that a study has."""
    codings, corpus = study.codings(), study.corpus.readable
    if not len(codings):
        raise InputError(
            "the study has no codings to learn from. Say what you expect with --value, or code a "
            "pilot first: `ico sample`, then `ico codes import`."
        )
    variable = variable or (codings.variables[0] if len(codings.variables) == 1 else None)
    options: dict[str, Any] = {"half_width": half_width, "level": level}
    if what == "coefficient":
        if not formula or not term or not variable:
            raise InputError(
                "a coefficient needs --formula, --term (which coefficient) and --variable (what "
                "people coded and a model measured)."
            )
        data = _frame(study, variable, coder)
        options["sample_prob"] = "probability" if "probability" in data else None
        return budget_from_regression(
            formula, data, term=term, model=model, predicted=[variable],
            prediction=["measured"], **options,
        )  # fmt: skip
    measure = _measure(study, variable, coder) if what == "accuracy" else None
    groups = corpus.groups
    return budget_from_codings(
        codings, what, variable=variable, category=category, measure=measure,
        groups=groups if groups.duplicated().any() else None, images=len(corpus), **options,
    )  # fmt: skip


def _measure(study: Study, variable: str | None, coder: str | None) -> Any:
    found = [
        one for one in study.measures() if one.variable == variable and coder in (None, one.name)
    ]
    if not found:
        raise InputError(
            f"no model has measured {variable!r}; train one and run `ico measure` first."
        )
    return found[-1].codings


def _frame(study: Study, variable: str, coder: str | None) -> pd.DataFrame:
    codings = study.codings()
    data = study.corpus.readable.metadata.drop(columns=[variable], errors="ignore").copy()
    answers = codings.data[codings.data["variable"] == variable]
    first = answers.dropna(subset=["value"]).drop_duplicates("image").set_index("image")["value"]
    data[variable] = first.reindex(data.index)
    data["measured"] = _measure(study, variable, coder)[variable].reindex(data.index)
    if codings.sample is not None and not codings.sample.equal:
        data["probability"] = codings.sample.probability.reindex(data.index)
    return data
