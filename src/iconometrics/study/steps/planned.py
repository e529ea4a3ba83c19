"""What was planned beside what was done: whether each part is as planned, and each estimate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from iconometrics.inference import parse
from iconometrics.options import several
from iconometrics.study.disk import log
from iconometrics.study.disk.layout import Layout
from iconometrics.study.steps.plan import Plan, frozen, plans
from iconometrics.study.steps.plan_text import choices, codebook, rule, sample
from iconometrics.wording import count, counted, number

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["deviations", "first_runs", "standing"]

_COLUMNS = ("part", "planned", "now", "status")
_DONE, _DIFFERS, _OPEN, _AMENDED = "as planned", "differs", "not done", "amended"
_CHANGED, _MISSING = "changed", "missing"
_EARLY, _LATER = "before the plan", "after the plan"
# What decides how an estimate comes out and no plan sets: planned is the default of each.
_DEFAULTS: dict[str, Any] = {
    "errors": None, "level": 0.95, "side": "two", "coder_error": 0, "join": [], "target": "beyond",
    "weights": None, "first_phase": None, "posterior": False,
}  # fmt: skip


class _Part(NamedTuple):
    part: str
    planned: str
    now: str
    status: str


def deviations(layout: Layout, corpus: Corpus) -> pd.DataFrame:
    """Compare every part of the plan with what there is now."""
    all_plans, entries = plans(layout), log.entries(layout.log)
    there = [plan for plan in all_plans if plan.intact]
    rows = [*_troubles(all_plans, entries)]
    if there:
        rows += _compared(there, entries, frozen(layout, corpus))
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _compared(
    there: Sequence[Plan], entries: Sequence[log.Entry], now: Mapping[str, Any]
) -> list[_Part]:
    newest = there[-1].content
    return [
        _codebook(newest["codebook"], now["codebook"]),
        _frame(newest["frame"], now["frame"]),
        *_samples(newest["samples"], now["samples"]),
        *_themes(newest["themes"], entries, there),
        *_bar(newest["bar"], entries, there),
        *_regressions(newest["regressions"], entries, there),
        *(row for former, plan in pairwise(there) for row in _amended(former, plan)),
    ]


def _troubles(there: Sequence[Plan], entries: Sequence[log.Entry]) -> Iterator[_Part]:
    """Name the plans that are not what they were when they were made."""
    for plan in there:
        if not plan.intact:
            name = f"plans/plan-{plan.number}.json"
            yield _Part(name, "", "it, or a plan before it, is not as it was made", _CHANGED)
    numbers = {f"plan {plan.number}" for plan in there}
    for name in log.latest(list(entries), "plan"):
        if name not in numbers:
            yield _Part(name, "", "it was made and is missing from the folder plans", _MISSING)


def first_runs(entries: Sequence[log.Entry], step: str) -> dict[str, int]:
    """Give the line in the log where each result of a step was first computed, by its key."""
    places: dict[str, int] = {}
    for place, entry in enumerate(entries):
        if entry["step"] == step:
            places.setdefault(entry["key"], place)
    return places


def standing(entry: log.Entry, place: int, there: Sequence[Plan]) -> str:
    """Say whether an estimate was planned, and before its first run, at that line of the log."""
    differs = ""
    for plan in (plan for plan in there if plan.intact):
        for planned in plan.content["regressions"]:
            differences = _differences(entry, planned)
            if differences == []:
                if place < (plan.place or 0):
                    return f"run {_EARLY}"
                return "planned" if plan.number == 1 else f"planned ({plan.title.lower()})"
            if differences and not differs:
                differs = f"differs from the plan: {'; '.join(differences)}"
    return differs or ("not planned" if there else "")


def _differences(entry: log.Entry, planned: Mapping[str, Any]) -> list[str] | None:
    """Say in which options an estimate differs; None if its formula is another."""
    options = entry["options"]
    model = str(options.get("model", "ols"))
    formula = str(entry["name"]).removesuffix(f" ({model})")
    if parse(formula, None).canonical != parse(planned["formula"], None).canonical:
        return None
    effects = sorted(several(options.get("fixed_effects")))
    pairs = [
        ("model", model, planned["model"]),
        ("cluster", options.get("cluster"), planned["cluster"]),
        ("fixed effects", ", ".join(effects), ", ".join(sorted(planned["fixed_effects"]))),
        *((name.replace("_", " "), options[name], "the default")
          for name, default in _DEFAULTS.items() if options.get(name, default) != default),
    ]  # fmt: skip
    if planned.get("measure") is not None:
        pairs.append(_measures(options.get("coders", {}), planned["measure"]))
    methods = several(options.get("methods"))
    if planned["method"] and methods and planned["method"] not in methods:
        pairs.append(("method", ", ".join(methods), planned["method"]))
    return [
        f"{name} {now or 'none'}, planned {then or 'none'}"
        for name, now, then in pairs
        if now != then
    ]


def _measures(coders: Mapping[str, str], planned: Sequence[str]) -> tuple[str, str, str]:
    """Name whose measures were used beside those that were planned, as far as these had any."""
    used = sorted(set(coders.values()))
    same = used and set(used) <= set(planned)
    return "measure by", ", ".join(planned if same else used), ", ".join(planned)


def _codebook(then: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> _Part:
    if then is None:
        status = _OPEN if now is None else _LATER
        return _Part("codebook", "not written yet", codebook(now), status)
    same = now is not None and now["sha256"] == then["sha256"]
    return _Part("codebook", codebook(then), codebook(now), _DONE if same else _DIFFERS)


def _frame(then: Mapping[str, Any], now: Mapping[str, Any]) -> _Part:
    both = [counted(frame["images"], "image") for frame in (then, now)]
    same = then["sha256"] == now["sha256"]
    if not same and then["images"] == now["images"]:
        both[1] += ", not the same ones"
    return _Part("images", both[0], both[1], _DONE if same else _DIFFERS)


def _samples(
    then: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]
) -> Iterator[_Part]:
    drawn = {own["name"]: own for own in now}
    for planned in then:
        own = drawn.pop(planned["name"], None)
        same = own is not None and own["sha256"] == planned["sha256"]
        written = "none" if own is None else sample(own)
        name = f"sample “{planned['name']}”"
        yield _Part(name, sample(planned), written, _DONE if same else _DIFFERS)
    for name, own in drawn.items():
        yield _Part(f"sample “{name}”", "not drawn yet", sample(own), _LATER)
    if not then and not now:
        yield _Part("sample", "not drawn yet", "not drawn yet", _OPEN)


def _themes(
    then: Mapping[str, Any] | None, entries: Sequence[log.Entry], there: Sequence[Plan]
) -> Iterator[_Part]:
    if then is None:
        return
    newest = list(log.latest(list(entries), "themes").values())
    if not newest:
        yield _Part("number of themes", rule(then), "no themes", _OPEN)
        return
    options = newest[-1]["options"]
    now = {
        "k": options["k"],
        "features": options["features"] if then["features"] else None,
        "method": options.get("method", "kmeans"),
        "seed": newest[-1]["seed"],
    }
    early = first_runs(entries, "themes")[newest[-1]["key"]] < _since(there, "themes")
    done = f"{rule(now)}: {count(newest[-1]['result']['themes'])}"
    status = _DIFFERS if now != then else _EARLY if early else _DONE
    yield _Part("number of themes", rule(then), done, status)


def _bar(
    then: float | None, entries: Sequence[log.Entry], there: Sequence[Plan]
) -> Iterator[_Part]:
    if then is None:
        return
    newest = log.latest(list(entries), "validate")
    first, since = first_runs(entries, "validate"), _since(there, "bar")
    if not newest:
        yield _Part("bar of accuracy", number(then), "no measure was compared", _OPEN)
    for name, entry in newest.items():
        bar = entry["options"].get("bar")
        same = bar is not None and float(bar) == then
        status = _DIFFERS if not same else _EARLY if first[entry["key"]] < since else _DONE
        now = "none" if bar is None else number(float(bar))
        yield _Part(f"bar of accuracy, {name}", number(then), now, status)


def _since(there: Sequence[Plan], name: str) -> int:
    """Give the line in the log of the plan that first said what the newest one says."""
    said = [plan for plan in there if plan.content[name] == there[-1].content[name]]
    return said[0].place or 0


def _regressions(
    planned: Iterable[Mapping[str, Any]], entries: Sequence[log.Entry], there: Sequence[Plan]
) -> Iterator[_Part]:
    first = first_runs(entries, "estimate")
    for regression in planned:
        own = [
            (_differences(entries[place], regression), standing(entries[place], place, there))
            for place in first.values()
        ]
        done = [said for differences, said in own if differences == []]
        others = ["; ".join(differences) for differences, _ in own if differences]
        on_time = [said for said in done if said.startswith("planned")]
        now = "estimated" if on_time else (done or others or ["not estimated"])[-1]
        status = _DONE if on_time else _EARLY if done else _DIFFERS if others else _OPEN
        yield _Part(f"regression {regression['formula']}", choices(regression), now, status)


def _amended(former: Plan, plan: Plan) -> Iterator[_Part]:
    """Say what an amendment changed of the plan before it."""
    then, now = former.content, plan.content
    writers = {
        "codebook": ("codebook", codebook),
        "frame": ("images", lambda frame: counted(frame["images"], "image")),
        "samples": ("samples", lambda drawn: "; ".join(map(sample, drawn)) or "not drawn yet"),
        "themes": ("number of themes", rule),
        "bar": ("bar of accuracy", lambda bar: "none" if bar is None else number(bar)),
    }
    for name, (words, write) in writers.items():
        if then[name] != now[name]:
            part = f"{plan.title.lower()}, {words}"
            yield _Part(part, write(then[name]), write(now[name]), _AMENDED)
    for added in now["regressions"][len(then["regressions"]) :]:
        part = f"{plan.title.lower()}, regression"
        yield _Part(part, "not planned", f"{added['formula']}, {choices(added)}", _AMENDED)
