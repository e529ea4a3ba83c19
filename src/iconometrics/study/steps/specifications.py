"""All specifications that were ever estimated, read from the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from iconometrics.inference import parse
from iconometrics.options import canonical, key, several
from iconometrics.study.disk import log
from iconometrics.study.disk.layout import Layout
from iconometrics.study.steps.plan import plans
from iconometrics.study.steps.planned import first_runs, standing

__all__ = ["COLUMNS", "ran"]

COLUMNS = (
    "time", "specification", "formula", "model", "options", "coders", "n", "folder", "shown",
    "planned",
)  # fmt: skip
_LISTS = ("fixed_effects", "join", "methods")


def ran(layout: Layout) -> pd.DataFrame:
    """List each estimate that was computed once, the first one first."""
    entries, there = log.entries(layout.log), plans(layout)
    shown = {entry["key"] for entry in log.latest(entries, "estimate").values()}
    numbers: dict[str, int] = {}
    rows = [
        {
            **_row(entries[place], numbers),
            "shown": entries[place]["key"] in shown,
            "planned": standing(entries[place], place, there),
        }
        for place in first_runs(entries, "estimate").values()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(entry: Mapping[str, Any], numbers: dict[str, int]) -> dict[str, Any]:
    options = dict(entry["options"])
    model = str(options.pop("model", "ols"))
    formula = str(entry["name"]).removesuffix(f" ({model})")
    options |= {name: list(several(options[name])) for name in _LISTS if name in options}
    # Other themes are another specification, other data of the same choices are not.
    chosen = key(parse(formula, None).canonical, model, options, entry["inputs"].get("themes"))
    coders = options.pop("coders", {})
    return {
        "time": entry["time"],
        "specification": numbers.setdefault(chosen, len(numbers) + 1),
        "formula": formula,
        "model": model,
        "options": _written(options),
        "coders": _written(coders),
        "n": entry["result"]["images"],
        "folder": entry["result"]["folder"],
    }


def _written(values: Mapping[str, Any]) -> str:
    return "; ".join(f"{name} {_value(value)}" for name, value in canonical(values).items())


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
