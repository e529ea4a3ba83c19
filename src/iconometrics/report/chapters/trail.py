"""What was planned beside what was done, and what was tried beside what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from iconometrics.report.blocks import Badge, Block, Chapter, Fold, Plot, Table, Text
from iconometrics.report.reportable import Reportable
from iconometrics.validity.status import unvalidated
from iconometrics.wording import count, counted, joined, slug

if TYPE_CHECKING:
    import pandas as pd

    from iconometrics.inference import Estimates, SpecificationCurve

__all__ = ["badge", "collect", "counts", "number_of_themes", "paragraph", "planned", "tried"]

_DONE, _THEMES = "as planned", "number of themes"
_BAD = ("differs", "before the plan", "changed", "missing")

_HEADINGS = {
    "time": "First run",
    "formula": "Formula",
    "model": "Model",
    "options": "Options",
    "coders": "Measures by",
    "n": "n",
    "shown": "Shown above",
    "planned": "Planned",
}


def counts(specifications: pd.DataFrame, *, verb: str) -> str:
    """Say how many specifications were estimated and how many of them are shown, if several."""
    if specifications.empty:
        return ""
    shown = specifications.groupby("specification")["shown"].any()
    if len(shown) < 2:
        return ""
    if shown.all():
        return f"All {count(len(shown))} specifications that were estimated are {verb}."
    few = f"{count(shown.sum())} {'is' if shown.sum() == 1 else 'are'} {verb}"
    return f"Of {count(len(shown))} specifications that were estimated, {few}."


def tried(specifications: pd.DataFrame, curves: Sequence[SpecificationCurve]) -> tuple[Block, ...]:
    """Show every specification where more were estimated than are shown."""
    said = counts(specifications, verb="shown")
    if not said or specifications["shown"].all():
        return ()
    chance = " The best of several looks better than it is: say in the paper how many there were."
    table = Table(
        "specifications", specifications.drop(columns="folder"),
        "Every estimate that was computed, the first one first.",
        formats={"time": lambda time: str(time)[:16].replace("T", " "), "n": count,
                 "shown": lambda shown: "yes" if shown else "no"},
        headings=_HEADINGS, most=60,
        hidden=("specification", *(("planned",) if not _has_plan(specifications) else ())),
    )  # fmt: skip
    plots = map(_curve, curves)
    return (Text(said + chance, tone="bad"), *plots, Fold("Every specification", (table,)))


def _curve(curve: SpecificationCurve) -> Plot:
    """Draw one coefficient over all specifications."""
    return Plot(
        f"specifications-{slug(f'{curve.outcome} {curve.term}')}", curve.plot(),
        f"Estimates of {curve.term} by all specifications, from the smallest to the largest.",
        f"{curve.summary()} {_marks(curve)}",
    )  # fmt: skip


def _marks(curve: SpecificationCurve) -> str:
    """Say what the marks of a curve mean, as far as there are such."""
    marks = {
        "Dark on a band: shown above.": curve.rows["shown"].any() and not curve.rows["shown"].all(),
        "Diamonds: planned.": curve.rows["planned"].any(),
        "Hollow: the measure is not validated.": unvalidated(curve.rows["assumes"]).any(),
    }
    return " ".join(text for text, there in marks.items() if there)


def collect(study: Reportable) -> Chapter | None:
    """Hold the plan against what was done, where there is a plan."""
    parts = study.deviations()
    if parts.empty:
        return None
    heads = [Text(f"{own.title}, made on {own.time}, {own.stage}. SHA-256 {own.sha256}.")
            for own in study.plans()]  # fmt: skip
    table = Table(
        "plan", parts, "Each part of the plan beside what was done.",
        headings={"part": "Part", "planned": "Planned", "now": "Done", "status": "Status"},
        tones=tuple("bad" if status in _BAD else "plain" for status in parts["status"]), most=100,
    )  # fmt: skip
    return Chapter("The plan", _finding(parts, study.specifications()), (*heads, table))


def paragraph(study: Reportable) -> str:
    """Say for a methods section when the plan was made, and what differs from it."""
    parts, plans = study.deviations(), list(study.plans())
    if parts.empty or not plans:
        return ""
    first, *later = plans
    text = f"The study was planned on {first.time}, {first.stage} (SHA-256 {first.sha256})"
    if later:
        text += f", with {counted(len(later), 'amendment')} ({joined([own.time for own in later])})"
    return f"{text}. {_finding(parts, study.specifications())}"


def planned(estimates: Estimates, specifications: pd.DataFrame) -> str:
    """Say whether an estimate that is shown was planned; nothing where there is no plan."""
    if not _has_plan(specifications):
        return ""
    own = specifications[
        (specifications["formula"] == estimates.formula)
        & (specifications["model"] == estimates.model)
        & specifications["shown"]
    ]
    return "" if own.empty else str(own["planned"].iloc[-1])


def badge(said: str) -> tuple[Badge, ...]:
    """Make the badge of an estimate in a study that has a plan."""
    if not said:
        return ()
    short = said.partition(":")[0]
    return (Badge(short, tone="bad" if short.startswith(("differs", "run before")) else "plain"),)


def number_of_themes(study: Reportable) -> tuple[Block, ...]:
    """Say whether the number of themes was found as planned, where there is a plan."""
    parts = study.deviations()
    if parts.empty:
        return ()
    own = parts[parts["part"] == _THEMES]
    if own.empty:
        return (Text("How many themes there are to be was not planned."),)
    row = own.iloc[0]
    if row["status"] == _DONE:
        return (Text(f"The number of themes is as planned: {row['planned']}."),)
    text = f"Planned was: {row['planned']}; done is: {row['now']} ({row['status']})."
    return (Text(text, tone="bad"),)


def _has_plan(specifications: pd.DataFrame) -> bool:
    return "planned" in specifications and bool((specifications["planned"] != "").any())


def _finding(parts: pd.DataFrame, specifications: pd.DataFrame) -> str:
    """Count what is as planned, and name the rest."""
    own = parts[parts["status"] != "amended"]
    done = int((own["status"] == _DONE).sum())
    rest = [
        f"{', '.join(names)} ({status})"
        for status, names in own[own["status"] != _DONE].groupby("status", sort=False)["part"]
    ]
    first = f"Of {counted(len(own), 'part')} of the plan, {count(done)} "
    first += f"{'is' if done == 1 else 'are'} as planned"
    text = f"{first}; the others: {joined(rest)}." if rest else f"{first}."
    if not _has_plan(specifications):
        return text
    free = int(specifications.loc[~_is_planned(specifications), "specification"].nunique())
    verb = "was" if free == 1 else "were"
    return f"{text} {counted(free, 'specification').capitalize()} beside the plan {verb} estimated."


def _is_planned(specifications: pd.DataFrame) -> pd.Series:
    return specifications["planned"].str.startswith("planned")
