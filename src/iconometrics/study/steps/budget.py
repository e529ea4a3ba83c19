"""The step budget: how many images to code, from a pilot in the study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics.coding import Codings, Store
from iconometrics.errors import InputError
from iconometrics.inference import Budget, budget_from_codings, budget_from_regression
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.result_files import kept_codings
from iconometrics.study.steps import measure as measuring

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["budget"]


def budget(
    layout: Layout,
    corpus: Corpus,
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
    """Say how many images to code, from the codings that a study has of its readable images."""
    codings = Store(layout.codings).codings()
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
        data = _data(corpus, codings, _measured(layout, variable, coder), variable)
        options["sample_prob"] = "probability" if "probability" in data else None
        return budget_from_regression(
            formula, data, term=term, model=model, predicted=[variable],
            prediction=["measured"], **options,
        )  # fmt: skip
    groups = corpus.groups
    return budget_from_codings(
        codings, what, variable=variable, category=category,
        measure=_measured(layout, variable, coder) if what == "accuracy" else None,
        groups=groups if groups.duplicated().any() else None, images=len(corpus), **options,
    )  # fmt: skip


def _measured(layout: Layout, variable: str | None, coder: str | None) -> Codings:
    coders = [
        name
        for name, variables in measuring.variables(layout).items()
        if variable in variables and coder in (None, name)
    ]
    if not coders:
        raise InputError(
            f"no model has measured {variable!r}; train one and run `ico measure` first."
        )
    codings = kept_codings(measuring.folder_of(layout, coders[-1]))
    return measuring.by_variable(codings)[str(variable)]


def _data(corpus: Corpus, codings: Codings, measured: Codings, variable: str) -> pd.DataFrame:
    data = corpus.metadata.drop(columns=[variable], errors="ignore").copy()
    answers = codings.data[codings.data["variable"] == variable]
    first = answers.dropna(subset=["value"]).drop_duplicates("image").set_index("image")["value"]
    data[variable] = first.reindex(data.index)
    data["measured"] = measured[variable].reindex(data.index)
    if codings.sample is not None and not codings.sample.equal:
        data["probability"] = codings.sample.probability.reindex(data.index)
    return data
