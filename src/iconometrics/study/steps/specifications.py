"""All specifications that were ever estimated, read from the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from iconometrics import inference
from iconometrics.errors import InputError
from iconometrics.inference import Estimates, SpecificationCurve, parse
from iconometrics.options import canonical, key, several
from iconometrics.study.disk import log
from iconometrics.study.disk.layout import Layout
from iconometrics.study.steps.plan import plans
from iconometrics.study.steps.planned import first_runs, standing

__all__ = ["COLUMNS", "curve", "curves", "ran"]

Reading = Callable[[Path], Estimates]

COLUMNS = (
    "time", "specification", "formula", "model", "options", "coders", "n", "folder", "shown",
    "planned",
)  # fmt: skip
_LISTS = ("fixed_effects", "join", "methods")
# What a curve knows without being told: of the model and from the table of estimates.
_KNOWN = ("methods", "target", "level", "coder_error")
_NONE = ("cluster", "fixed effects", "join", "weights", "themes", "measure by")
_MOST = 3


def ran(layout: Layout) -> pd.DataFrame:
    """List each estimate that was computed once, the first one first."""
    return pd.DataFrame(_rows(layout), columns=list(COLUMNS))


def curve(
    layout: Layout, reading: Reading, term: str, *, outcome: str | None
) -> SpecificationCurve:
    """Put one coefficient of all specifications side by side."""
    estimates, choices = _specifications(layout, reading)
    return inference.specification_curve(estimates, term, outcome=outcome, choices=choices)


def curves(layout: Layout, reading: Reading) -> list[SpecificationCurve]:
    """Give the curves of the coefficients that most specifications of an outcome have in common."""
    estimates, choices = _specifications(layout, reading)
    terms: dict[str, Counter[str]] = {}
    for own in estimates:
        slopes = [name for name in own.rows["term"].unique() if name != "intercept"]
        terms.setdefault(parse(own.formula, None).outcome.text, Counter()).update(slopes)
    most = {
        outcome: [name for name, n in counts.items() if n == max(counts.values()) > 1][:_MOST]
        for outcome, counts in terms.items()
    }
    read_curves = []
    for outcome, names in most.items():
        for term in names:
            # Former versions kept no marginal effects: nothing to compare is nothing to draw.
            with suppress(InputError):
                read_curves.append(
                    inference.specification_curve(estimates, term, outcome=outcome, choices=choices)
                )
    return read_curves


def _specifications(layout: Layout, reading: Reading) -> tuple[list[Estimates], pd.DataFrame]:
    """Read what each specification gave: what is shown, else what it gave last."""
    newest: dict[int, dict[str, Any]] = {}
    for row in _rows(layout):
        former = newest.get(row["specification"])
        there = (layout.folder / row["folder"]).is_dir()
        if there and (former is None or row["shown"] or not former["shown"]):
            newest[row["specification"]] = row
    themes = list(dict.fromkeys(filter(None, (row["themes"] for row in newest.values()))))
    choices = [_choices(row, themes) for row in newest.values()]
    names = dict.fromkeys(name for own in choices for name in own)
    absent = {name: "none" if name in _NONE else "default" for name in names}
    table = pd.DataFrame([absent | own for own in choices])
    return [reading(layout.folder / row["folder"]) for row in newest.values()], table


def _choices(row: Mapping[str, Any], themes: Sequence[str]) -> dict[str, Any]:
    """Say what a specification chose, where that is not in its table of estimates."""
    options = {
        name.replace("_", " "): tuple(value) if isinstance(value, list) else str(value)
        for name, value in row["chosen"].items()
        if name not in _KNOWN
    }
    error = row["chosen"].get("coder_error", 0)
    coders = {"measure by": tuple(dict.fromkeys(row["measures"].values()))}
    return {
        "specification": row["specification"],
        "shown": row["shown"],
        "planned": str(row["planned"]).startswith("planned"),
        **options,
        **({} if isinstance(error, list) else {"coder error": f"{float(error):.1%}"}),
        **(coders if row["measures"] else {}),
        **({"themes": f"set {themes.index(row['themes']) + 1}"} if row["themes"] else {}),
    }


def _rows(layout: Layout) -> list[dict[str, Any]]:
    entries, there = log.entries(layout.log), plans(layout)
    shown = {entry["key"] for entry in log.latest(entries, "estimate").values()}
    numbers: dict[str, int] = {}
    return [
        {
            **_row(entries[place], numbers),
            "shown": entries[place]["key"] in shown,
            "planned": standing(entries[place], place, there),
        }
        for place in first_runs(entries, "estimate").values()
    ]


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
        "chosen": options,
        "measures": coders,
        "themes": entry["inputs"].get("themes"),
    }


def _written(values: Mapping[str, Any]) -> str:
    return "; ".join(f"{name} {_value(value)}" for name, value in canonical(values).items())


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
