"""How many themes and why, and whether they would be found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from iconometrics.report.blocks import Block, Columns, Pictures, Plot, Section, Shot, Table, Text
from iconometrics.report.chapters.pictures import row_height
from iconometrics.wording import TO, count, counted, joined, number, percent

if TYPE_CHECKING:
    from iconometrics.themes import Stability, Themes

__all__ = ["again", "number_of_themes", "sentence", "stability_of_themes"]

_SHOWN = 40
_VARIED = {
    "seeds": "Another start",
    "bootstrap": "Another sample of the pictures",
    "k": "One or two themes more or fewer",
    "representations": "Another representation",
}


def sentence(stability: Stability | None) -> str:
    """Say in one sentence how sure one can be of the themes."""
    if stability is None:
        return "Which of them would be found again was not studied."
    kept, of = len(stability.persisting()), stability.themes["theme"].nunique()
    grouped = "groups" in stability.settings and stability.source == "bootstrap"
    varied = stability.varied if grouped else _VARIED[stability.source].lower()
    again = "all" if kept == of else "none" if not kept else count(kept)
    return (
        f"Their stability is {stability.word} (adjusted Rand index {number(stability.number)} with "
        f"{varied}): {again} of the {of} would be found again."
    )


def again(stability: Stability | None) -> dict[str, str]:
    """Say of each theme in a few words whether it is found again."""
    if stability is None:
        return {}
    own = stability.by_theme()
    return {
        str(theme): f"{word} (Jaccard index {number(jaccard)}, {number(low)}{TO}{number(high)})"
        for theme, jaccard, low, high, word in zip(
            own["theme"], own["again_jaccard"], own["again_low"], own["again_high"],
            own["again_word"], strict=True,
        )
    }  # fmt: skip


def number_of_themes(themes: Themes) -> tuple[Block, ...]:
    """Show the evidence for each number of themes."""
    tried = themes.selection["k"]
    cautions = tuple(Text(f"Caution: {text}.") for text in themes.settings.get("cautions", []))
    reason = Text(str(themes.reason).rstrip(".") + ".")
    if len(tried) < 2:
        return (Section("Why so many themes", (reason, *cautions)), *_tree(themes))
    alt = (
        f"Evidence for each number of themes from {count(tried.min())} to "
        f"{count(tried.max())}; {themes.k} were taken"
    )
    figure = Plot("theme-number", themes.elbow(), alt, _caption(themes.selection))
    blocks: tuple[Block, ...] = (reason, *cautions, figure, _criteria(themes))
    return (Section(f"Why {themes.k} themes", blocks), *_tree(themes))


def stability_of_themes(stability: Stability | None, images: pd.DataFrame) -> tuple[Block, ...]:
    """Show how far the themes would be found again, and the pictures that wander."""
    if stability is None:
        return ()
    rows = stability.table()
    pairs = zip(rows["over"], rows["ari"], strict=True)
    values = joined([f"{_VARIED[over].lower()} {number(ari)}" for over, ari in pairs])
    whole = Plot(
        "theme-stability", stability.overview(), f"Adjusted Rand index with the themes: {values}",
        "How far the partition as a whole is found again: 1 is the same partition, 0 what chance "
        "would give. Dots are means, lines hold eight of ten runs.",
    )  # fmt: skip
    own = stability.by_theme()
    pairs = zip(own["theme"], own["again_jaccard"], strict=True)
    values = joined([f"theme {theme} {number(jaccard)}" for theme, jaccard in pairs])
    each = Plot(
        "theme-persistence", stability.plot(), f"Jaccard index of each theme: {values}",
        "How far each theme is found again: pictures in both, over pictures in either. From .75 "
        "on a theme counts as stable; at .5 and less it dissolves.",
    )  # fmt: skip
    text = Text(stability.summary())
    return (Section("Would they be found again?",
                    (text, Columns((whole, each)), *_wandering(stability, images))),)  # fmt: skip


def _wandering(stability: Stability, images: pd.DataFrame) -> tuple[Block, ...]:
    shown = stability.wandering(_SHOWN)
    if not shown:
        return ()
    share = float((stability.images["kept"] < 0.5).mean())
    rows = stability.images.loc[shown]
    shots = tuple(
        Shot(image, f"Picture {image}, wanders from theme {theme}",
             detail=(f"theme {theme}, together with {percent(kept)} of it again",))
        for image, theme, kept in zip(shown, rows["theme"], rows["kept"], strict=True)
    )  # fmt: skip
    caption = (
        f"{percent(share, 0 if share >= 0.095 else 1)} of the pictures are most often parted from "
        "the rest of their theme. These are parted most; do not read much into their theme."
    )
    return (Pictures(shots, height=row_height(images, 80), lines=1, label="Pictures that wander",
                     caption=caption),)  # fmt: skip


def _criteria(themes: Themes) -> Table:
    criteria = themes.criteria()
    shown = pd.DataFrame(
        {
            "criterion": [text[:1].upper() + text[1:] for text in criteria["criterion"]],
            "k": ["–" if pd.isna(k) else str(k) for k in criteria["k"]],
            "says": criteria["says"],
        }
    )
    heads = {"criterion": "Criterion", "k": "Themes", "says": "Why"}
    return Table("theme-criteria", criteria, "What each criterion would take.",
                 headings=heads | {"value": "Value"}, shown=shown)  # fmt: skip


def _caption(selection: pd.DataFrame) -> str:
    parts = ["Sum of squares within themes (share of all); mean silhouette"]
    if "gap" in selection:
        parts.append("gap statistic with its standard errors")
    if "stability" in selection:
        parts.append("agreement of pairs of samples where they overlap, with lines that hold eight "
                     "of ten draws")  # fmt: skip
    if "bic" in selection:
        parts.append("Bayesian information criterion")
    return "; ".join(parts) + "."


def _tree(themes: Themes) -> tuple[Block, ...]:
    if themes.tree is None:
        return ()
    alt = f"Tree of the {counted(themes.k, 'theme')} and the groups of pictures in them"
    caption = (
        "Which groups of pictures lie inside which, each under its most typical picture and with "
        "its size. The dashed line is where the tree is cut into themes."
    )
    return (Plot("theme-tree", themes.dendrogram(), alt, caption),)
