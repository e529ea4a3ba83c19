"""The head of the page: what was found, in sentences and key figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iconometrics.report.blocks import Fact, Facts, Lead, Pictures, Shot
from iconometrics.report.chapters.badges import badge
from iconometrics.report.chapters.measures import sentence
from iconometrics.report.chapters.pictures import evenly, row_height
from iconometrics.report.chapters.themes import apart_from_others
from iconometrics.report.picture_rows import PAGE, shapes_of
from iconometrics.report.reportable import Measured, Reportable
from iconometrics.wording import count, counted, joined, percent, share_interval

if TYPE_CHECKING:
    from markupsafe import Markup

    from iconometrics.themes import Themes

__all__ = ["lead_of"]

_FRIEZE = 8
_WIDE = 5.0
_WORDS = 2
_GAPS = 1.07


def lead_of(study: Reportable, *, finding: str = "", anonymize: bool = False) -> Lead:
    """Write the head of the page."""
    version = study.versions().get("iconometrics", "")
    return Lead(
        title=study.name,
        finding=finding or _finding(study),
        eyebrow=_eyebrow(study) + (" · faces blurred" if anonymize else ""),
        footer=(
            f"Made with iconometrics {version}. Nothing in this file loads from elsewhere. "
            "Click a picture for its id."
            + (" Faces were blurred where a detector found them; it misses some." * anonymize)
        ),
        blocks=(_frieze(study), _facts(study)),
    )


def _eyebrow(study: Reportable) -> str:
    times = [str(entry["time"])[:10] for entry in study.log() if entry.get("time")]
    return f"A study of images · {max(times)}" if times else "A study of images"


def _finding(study: Reportable) -> Markup:
    from markupsafe import Markup, escape

    images = study.corpus.images
    readable = int((images["status"] != "failed").sum())
    themes = study.latest_themes()
    first = f"{counted(readable, 'picture')} of {study.name} could be read."
    if themes is not None:
        first = f"{counted(readable, 'picture')} fall into {counted(themes.k, 'theme')}."
        first += _largest(study, themes)
    return Markup(" ").join([escape(first), *(sentence(measure) for measure in study.measures())])


def _largest(study: Reportable, themes: Themes) -> str:
    """Say what the largest theme is like."""
    share = percent(float(themes.sizes()["share"].iloc[0]))
    apart = apart_from_others(study, themes)
    own = apart[(apart["theme"].astype(str) == "1") & apart["sure"].astype(bool)]
    words = list(own["words"])[:_WORDS]
    if not words:
        return f" The largest holds {share}."
    return f" The largest, {share} of them, has {joined(words)} than the rest."


def _frieze(study: Reportable) -> Pictures:
    """Show the most typical pictures of each theme, or the corpus from end to end."""
    readable = study.corpus.readable
    shapes = shapes_of(readable.images)
    themes = study.latest_themes()
    if themes is None:
        height = row_height(readable.images, 132)
        return Pictures(_across(list(readable.ids), shapes, PAGE / height), height=height)
    shots = _typical(themes, shapes)
    wide = sum(shapes.get(str(shot.image), 1.5) for shot in shots)
    lowest, highest = row_height(readable.images, 110), row_height(readable.images, 210)
    return Pictures(shots, height=int(min(max(PAGE / wide - 1, lowest), highest)))


def _across(ids: list[str], shapes: dict[str, float], full: float) -> tuple[Shot, ...]:
    """Take so many pictures, at equal distances, that they fill one row."""
    chosen: list[str] = []
    for n in range(1, min(len(ids), _FRIEZE * 5) + 1):
        chosen = evenly(ids, n)
        if sum(shapes[image] for image in chosen) * _GAPS >= full:
            break
    return tuple(Shot(image, f"Picture {image}") for image in chosen)


def _typical(themes: Themes, shapes: dict[str, float]) -> tuple[Shot, ...]:
    shares = themes.labels.value_counts(normalize=True)
    for each in range(1, _FRIEZE):
        central = themes.examples(kind="central", n=each, seed=0)
        if sum(shapes.get(image, 1.5) for ids in central.values() for image in ids) >= _WIDE:
            break
    return tuple(
        Shot(image, f"Picture {image}, typical of theme {theme}",
             caption="" if number else f"Theme {theme}, {percent(shares[theme])}",
             detail=(f"typical of theme {theme}",))
        for theme in sorted(central, key=int)
        for number, image in enumerate(central[theme])
    )  # fmt: skip


def _facts(study: Reportable) -> Facts:
    images = study.corpus.images
    failed = int((images["status"] == "failed").sum())
    facts = [
        Fact(count(len(images) - failed), "pictures read"),
        Fact(count(failed), "could not be read, listed below" if failed else "failed"),
    ]
    themes = study.latest_themes()
    if themes is not None:
        facts.append(Fact(count(themes.k), "themes"))
    facts += [_accuracy(measure) for measure in study.measures()]
    return Facts(tuple(facts))


def _accuracy(measure: Measured) -> Fact:
    if measure.accuracy is None:
        return Fact("?", f"accuracy of {measure.variable}", badge(measure))
    value, low, high = measure.accuracy.accuracy
    label = f"accuracy of {measure.variable} (95\u00a0% interval {share_interval(low, high)})"
    return Fact(percent(value), label, badge(measure))
