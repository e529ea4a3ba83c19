"""Themes: how many there are and why, how large, what they look like and what sets them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from iconometrics.options import generator
from iconometrics.report.blocks import (
    Block,
    Chapter,
    Fold,
    Pictures,
    Plot,
    Profile,
    Section,
    Shot,
    Table,
    Text,
)
from iconometrics.report.chapters.certainty import (
    again,
    number_of_themes,
    sentence,
    stability_of_themes,
)
from iconometrics.report.chapters.features import plain_values
from iconometrics.report.chapters.pictures import row_height
from iconometrics.report.chapters.trail import number_of_themes as planned_number
from iconometrics.report.reportable import Reportable
from iconometrics.wording import (
    count,
    counted,
    joined,
    number,
    percent,
    share_interval,
    share_with_interval,
)

if TYPE_CHECKING:
    from iconometrics.themes import Themes

__all__ = ["apart_from_others", "collect", "groups_of"]

_KINDS = (
    ("central", 2, 112, "Most typical"),
    ("random", 1, 80, "Drawn at random"),
    ("borderline", 1, 80, "On the border to another theme"),
)
_DRAWN = 40
_FULL = 3.0
_TOP = 5
_SEED = 0


def collect(study: Reportable) -> Chapter | None:
    """Show the newest themes."""
    themes = study.latest_themes()
    if themes is None:
        return None
    groups = groups_of(study, themes)
    sizes = themes.sizes(groups=groups)
    apart = apart_from_others(study, themes)
    shots = {kind: themes.examples(kind=kind, n=_DRAWN, seed=_SEED) for kind, *_ in _KINDS}
    near = themes.scores["next_theme"]
    images = study.corpus.images
    kept = again(themes.stability)
    parts = [
        _theme(
            row,
            apart,
            shots,
            images=images,
            near=near,
            heading=themes.heading(str(row["theme"])),
            again=kept.get(str(row["theme"]), ""),
        )
        for _, row in sizes[: themes.k].iterrows()
    ]
    sure = stability_of_themes(themes.stability, images)
    return Chapter(
        "Themes",
        _finding(themes, sizes),
        (
            *_overview(themes, sizes, groups),
            *number_of_themes(themes),
            *planned_number(study),
            *sure,
            *parts,
            *_unplaced(themes, images),
            *_tables(sizes, apart, _by(groups)),
        ),
    )


def groups_of(study: Reportable, themes: Themes) -> pd.Series | None:
    """Give the accounts or posts of the pictures, where the corpus knows several."""
    corpus = study.corpus
    if corpus.group is None:
        return None
    groups = corpus.groups.reindex(themes.labels.index).rename(corpus.group)
    return groups if groups.notna().all() and groups.nunique() > 1 else None


def _by(groups: pd.Series | None) -> str:
    return "" if groups is None else f" by {groups.name} ({count(groups.nunique())})"


def _finding(themes: Themes, sizes: pd.DataFrame) -> str:
    first, last = sizes.iloc[0], sizes.iloc[themes.k - 1]
    text = (
        f"The pictures fall into {counted(themes.k, 'theme')}. The largest holds "
        f"{share_with_interval(first['share'], first['low'], first['high'])} of them, the smallest "
        f"{percent(last['share'], 1 if last['share'] < 0.02 else 0)}."
    )
    if len(sizes) > themes.k:
        text += f" {percent(sizes['share'].iloc[-1])} are in no theme."
    chosen = themes.selection.loc[themes.selection["chosen"].astype(bool), "silhouette"]
    if not chosen.dropna().empty:
        text += f" {_separation(float(chosen.iloc[0]))}"
    return f"{text} {sentence(themes.stability)}"


def _separation(silhouette: float) -> str:
    words = (
        (0.5, "They are well apart"),
        (0.25, "They overlap somewhat"),
        (-1.0, "Their borders are soft: read them as regions of a continuum, not as kinds"),
    )
    borders = next(text for least, text in words if silhouette >= least)
    return f"{borders} (mean silhouette {number(silhouette)})."


def _overview(themes: Themes, sizes: pd.DataFrame, groups: pd.Series | None) -> tuple[Block, ...]:
    pairs = zip(sizes["theme"], sizes["share"], strict=True)
    shares = joined([f"theme {theme} {percent(share)}" for theme, share in pairs])
    return (
        Plot(
            "theme-sizes", themes.plot(groups=groups),
            f"Shares of {counted(len(sizes), 'theme')} with intervals: {shares}",
            f"Share of each theme in the corpus, with 95\u00a0% Wilson intervals{_by(groups)}. "
            "They hold for the themes as they were found; how the themes themselves might change "
            "is not in them.",
        ),
    )  # fmt: skip


def _unplaced(themes: Themes, images: pd.DataFrame) -> tuple[Block, ...]:
    """Show pictures that are in no theme, where there are any."""
    none = themes.labels.index[themes.labels == "none"]
    if none.empty:
        return ()
    lots = generator(_SEED).permutation(len(none))[:_DRAWN]
    near = themes.scores["next_theme"]
    shots = tuple(
        Shot(
            image,
            f"Picture {image}, in no theme",
            detail=(f"in no theme; nearest is {near[image]}",),
        )
        for image in none[lots]
    )
    row = Pictures(shots, height=row_height(images, 80), lines=2, label="Drawn at random")
    note = f"{counted(len(none), 'picture')}, {percent(len(none) / len(themes.labels))}"
    return (Section("In no theme", (row,), note=note),)


def apart_from_others(study: Reportable, themes: Themes) -> pd.DataFrame:
    """Find what sets the themes apart, in features whose names say what they are."""
    values = plain_values(study.feature_tables())
    if values.shape[1] and themes.labels.index.isin(values.index).all():
        # Where themes were made from these features, accounts are not what could be otherwise.
        own = themes.data is not None and values.columns.isin(themes.data.columns).any()
        groups = None if own else groups_of(study, themes)
        return themes.distinctive(values, top=_TOP, plain=True, groups=groups)
    return pd.DataFrame(columns=["theme", "column", "label", "difference", "words", "sure"])


def _theme(
    row: pd.Series,
    apart: pd.DataFrame,
    shots: dict[str, dict[str, list[str]]],
    *,
    images: pd.DataFrame,
    near: pd.Series,
    heading: str,
    again: str = "",
) -> Section:
    theme = str(row["theme"])
    own = apart[apart["theme"].astype(str) == theme]
    rows = tuple(
        Pictures(
            tuple(_shot(image, theme, kind, str(near[image])) for image in shots[kind][theme]),
            height=row_height(images, height),
            lines=lines,
            label=label,
        )
        for kind, lines, height, label in _KINDS
        if shots[kind].get(theme)
    )
    note = (
        f"{counted(int(row['n']), 'picture')}, {percent(row['share'])} "
        f"({share_interval(row['low'], row['high'])}){f'; {again}' if again else ''}"
    )
    pairs = zip(own["label"], own["difference"], strict=True)
    profile = tuple((_lower(label), float(difference)) for label, difference in pairs)
    most = min(float(apart["difference"].abs().max()), _FULL)
    side = (Text(_in_words(own)), Profile(profile, "sd", most)) if profile else ()
    return Section(heading, rows, note=note, side=side)


def _shot(image: str, theme: str, kind: str, near: str) -> Shot:
    detail = f"theme {theme}, {kind}" + (f": next is theme {near}" if kind == "borderline" else "")
    return Shot(image, f"Picture {image}, {kind} in theme {theme}", detail=(detail,))


def _in_words(own: pd.DataFrame) -> str:
    sure = own.loc[own["sure"].astype(bool), "words"].tolist()
    if not sure:
        return "No feature is shown to differ from elsewhere."
    text = joined(sure)
    return f"{text[:1].upper()}{text[1:]} than elsewhere."


def _lower(label: str) -> str:
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _tables(sizes: pd.DataFrame, apart: pd.DataFrame, by: str) -> tuple[Block, ...]:
    form = {"share": percent, "low": percent, "high": percent, "difference": number}
    heads = {"theme": "Theme", "n": "Pictures", "share": "Share", "low": "From", "high": "To"}
    size = Table("themes", sizes, f"Sizes of the themes, with 95\u00a0% Wilson intervals{by}.",
                 formats=form, headings=heads)  # fmt: skip
    if apart.empty:
        return (Fold("The themes as a table", (size,)),)
    heads = {"theme": "Theme", "label": "Feature", "difference": "Difference, sd"}
    hidden = tuple(name for name in apart.columns if name not in heads)
    features = Table("themes-distinctive", apart,
                     "Difference of each theme from all other pictures, in standard deviations.",
                     formats=form, headings=heads, hidden=hidden, most=60)  # fmt: skip
    return (Fold("The themes as tables", (size, features)),)
