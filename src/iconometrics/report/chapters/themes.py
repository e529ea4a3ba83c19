"""Themes: how many there are and why, how large, what they look like and what sets them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from iconometrics.figures.words import count, number, percent
from iconometrics.report.blocks import Pictures, Plot, Profile, Shot, Table, Text
from iconometrics.report.chapters.features import plain_values
from iconometrics.report.chapters.pictures import row_height
from iconometrics.report.contents import Reportable
from iconometrics.report.outline import Block, Chapter, Columns, Fold, Section
from iconometrics.report.words import counted, joined, measured, shares

if TYPE_CHECKING:
    from iconometrics.themes import Themes

__all__ = ["apart_from_others", "collect"]

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
    """Show the newest themes.

    Parameters
    ----------
    study
        The study.

    Returns
    -------
    Chapter or None
        None where there are none.
    """
    themes = study.latest_themes()
    if themes is None:
        return None
    sizes = themes.sizes()
    apart = apart_from_others(study, themes)
    shots = {kind: themes.examples(kind=kind, n=_DRAWN, seed=_SEED) for kind, *_ in _KINDS}
    near = themes.scores["next_theme"]
    images = study.corpus.images
    parts = [_theme(row, apart, shots, images=images, near=near) for _, row in sizes.iterrows()]
    return Chapter(
        "Themes",
        _finding(themes, sizes),
        (*_overview(themes, sizes), *parts, *_tables(sizes, apart)),
    )


def _finding(themes: Themes, sizes: pd.DataFrame) -> str:
    first, last = sizes.iloc[0], sizes.iloc[-1]
    text = (
        f"The pictures fall into {counted(len(sizes), 'theme')}. The largest holds "
        f"{measured(first['share'], first['low'], first['high'])} of them, the smallest "
        f"{percent(last['share'], 1 if last['share'] < 0.02 else 0)}."
    )
    chosen = themes.selection.loc[themes.selection["chosen"].astype(bool), "silhouette"]
    return text if chosen.dropna().empty else f"{text} {_separation(float(chosen.iloc[0]))}"


def _separation(silhouette: float) -> str:
    words = (
        (0.5, "They are well apart"),
        (0.25, "They overlap somewhat"),
        (-1.0, "Their borders are soft: read them as regions of a continuum, not as kinds"),
    )
    said = next(text for least, text in words if silhouette >= least)
    return f"{said} (mean silhouette {number(silhouette)})."


def _overview(themes: Themes, sizes: pd.DataFrame) -> tuple[Block, ...]:
    pairs = zip(sizes["theme"], sizes["share"], strict=True)
    told = joined([f"theme {theme} {percent(share)}" for theme, share in pairs])
    shares_plot = Plot(
        "theme-sizes", themes.plot(),
        f"Shares of {counted(len(sizes), 'theme')} with intervals: {told}",
        "Share of each theme in the corpus, with 95\u00a0% Wilson intervals. They hold for the "
        "themes as they were found; how the themes themselves might change is not in them.",
    )  # fmt: skip
    tried = themes.selection["k"]
    if len(tried) < 2:
        return (Columns((shares_plot, Text(_reason(themes)))),)
    alt = (
        f"Within-theme sum of squares and mean silhouette for {count(tried.min())} to "
        f"{count(tried.max())} themes; {themes.k} were taken"
    )
    return (Columns((shares_plot, Plot("theme-number", themes.elbow(), alt, _reason(themes)))),)


def _reason(themes: Themes) -> str:
    return str(themes.reason).rstrip(".") + "."


def apart_from_others(study: Reportable, themes: Themes) -> pd.DataFrame:
    """Find what sets the themes apart, in features whose names say what they are.

    Parameters
    ----------
    study
        The study.
    themes
        Its themes.

    Returns
    -------
    pandas.DataFrame
        theme, column, label, difference, words; empty where no feature is plain.
    """
    values = plain_values(study.feature_tables())
    if values.shape[1] and themes.labels.index.isin(values.index).all():
        return themes.distinctive(values, top=_TOP, plain=True)
    return pd.DataFrame(columns=["theme", "column", "label", "difference", "words"])


def _theme(
    row: pd.Series,
    apart: pd.DataFrame,
    shots: dict[str, dict[str, list[str]]],
    *,
    images: pd.DataFrame,
    near: pd.Series,
) -> Section:
    theme = str(row["theme"])
    own = apart[apart["theme"].astype(str) == theme]
    rows = tuple(
        Pictures(
            tuple(_shot(one, theme, kind, str(near[one])) for one in shots[kind][theme]),
            height=row_height(images, height),
            lines=lines,
            label=label,
        )
        for kind, lines, height, label in _KINDS
        if shots[kind].get(theme)
    )
    note = (
        f"{counted(int(row['n']), 'picture')}, {percent(row['share'])} "
        f"({shares(row['low'], row['high'])})"
    )
    pairs = zip(own["label"], own["difference"], strict=True)
    profile = tuple((_lower(label), float(difference)) for label, difference in pairs)
    most = min(float(apart["difference"].abs().max()), _FULL)
    side = (Text(_in_words(own)), Profile(profile, "sd", most)) if profile else ()
    return Section(f"Theme {theme}", rows, note=note, side=side)


def _shot(image: str, theme: str, kind: str, near: str) -> Shot:
    detail = f"theme {theme}, {kind}" + (f": next is theme {near}" if kind == "borderline" else "")
    return Shot(image, f"Picture {image}, {kind} in theme {theme}", detail=(detail,))


def _in_words(own: pd.DataFrame) -> str:
    text = joined(list(own["words"]))
    return f"{text[:1].upper()}{text[1:]} than elsewhere."


def _lower(label: str) -> str:
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _tables(sizes: pd.DataFrame, apart: pd.DataFrame) -> tuple[Block, ...]:
    form = {"share": percent, "low": percent, "high": percent, "difference": number}
    heads = {"theme": "Theme", "n": "Pictures", "share": "Share", "low": "From", "high": "To"}
    size = Table("themes", sizes, "Sizes of the themes, with 95\u00a0% Wilson intervals.",
                 formats=form, headings=heads)  # fmt: skip
    if apart.empty:
        return (Fold("The themes as a table", (size,)),)
    heads = {"theme": "Theme", "label": "Feature", "difference": "Difference, sd"}
    hidden = tuple(name for name in apart.columns if name not in heads)
    features = Table("themes-distinctive", apart,
                     "Difference of each theme from all other pictures, in standard deviations.",
                     formats=form, headings=heads, hidden=hidden, most=60)  # fmt: skip
    return (Fold("The themes as tables", (size, features)),)
