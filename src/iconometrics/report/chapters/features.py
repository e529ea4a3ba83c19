"""Features: the distributions a person can check, with pictures at both ends."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from iconometrics import features, figures
from iconometrics.report.blocks import Chapter, Fold, Plot, Shot, Spectrum, Table
from iconometrics.report.reportable import Reportable
from iconometrics.wording import count, counted, joined, number

__all__ = ["collect", "dictionary", "plain_values"]

_ENDS = 4
_OPEN = 8


def collect(study: Reportable) -> Chapter | None:
    """Show each plain feature from its low to its high end."""
    tables = study.feature_tables()
    if not tables:
        return None
    known = dictionary(tables)
    plain = known[known["plain"].astype(bool)]
    values = plain_values(tables)
    entries = known.to_dict("index")
    spectra = {name: _spectrum(entries[name], values[name]) for name in _in_turn(plain)}
    shown = {name: spectrum for name, spectrum in spectra.items() if spectrum is not None}
    blocks = list(shown.values())
    more = (Fold(f"{counted(len(blocks) - _OPEN, 'further feature')}", tuple(blocks[_OPEN:])),)
    finding = (
        f"{counted(len(known), 'feature')} of {counted(len(values), 'picture')}. Shown "
        f"are the {count(len(blocks))} that vary here and that an eye can check, each from the "
        "pictures with the lowest values to those with the highest."
    )
    labels = {str(name): str(entries[name]["label"]) for name in shown}
    together = _together(values, labels)
    return Chapter(
        "Features",
        finding,
        (*blocks[:_OPEN], *(more if len(blocks) > _OPEN else ()), *together, _explained(known)),
    )


def dictionary(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Look up the columns of feature tables."""
    known = features.dictionary(list(tables))
    columns = [name for table in tables.values() for name in table.columns]
    return known.loc[[name for name in columns if name in known.index]]


def plain_values(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Take the columns whose names say what they are."""
    if not tables:
        return pd.DataFrame()
    known = dictionary(tables)
    plain = set(known.index[known["plain"].astype(bool)])
    parts = [table[[name for name in table if name in plain]] for table in tables.values()]
    return pd.concat(parts, axis=1)


def _in_turn(plain: pd.DataFrame) -> list[str]:
    """Order columns so that those shown first come from every set."""
    sets = [list(rows.index) for _, rows in plain.groupby("set", sort=False)]
    each = -(-_OPEN // max(1, len(sets)))
    first = [name for names in sets for name in names[:each]]
    return [*first, *(name for names in sets for name in names[each:])]


def _spectrum(row: Mapping[Hashable, Any], values: pd.Series) -> Spectrum | None:
    ordered = values.dropna().sort_values(kind="stable")
    if len(ordered) < 2 or ordered.iloc[0] == ordered.iloc[-1]:
        return None
    ends = min(_ENDS, len(ordered) // 2)
    label, unit = str(row["label"]), str(row["unit"] or "")
    low = _shots(ordered.head(ends), label, "low")
    high = _shots(ordered.tail(ends), label, "high")
    return Spectrum(
        label[:1].upper() + label[1:],
        unit,
        low=low,
        high=high,
        plot=_plot(str(values.name), label, ordered),
        means_low=f"← {row['means_low'] or 'low'}",
        means_high=f"{row['means_high'] or 'high'} →",
    )


def _shots(values: pd.Series, label: str, end: str) -> tuple[Shot, ...]:
    return tuple(
        Shot(
            str(image), f"Picture {image}, {end} in {label}", detail=(f"{label}: {number(value)}",)
        )
        for image, value in values.items()
    )


def _plot(name: str, label: str, values: pd.Series) -> Plot:
    ax = figures.histogram(values.to_numpy(), ax=figures.axes(width=2.1, height=0.85))
    ax.set(ylabel="", yticks=[])
    middle, low, high = values.quantile([0.5, 0.25, 0.75])
    alt = (
        f"Histogram of {label} over {counted(len(values), 'picture')}: median {number(middle)}, "
        f"middle half {number(low)} to {number(high)}"
    )
    return Plot(f"feature-{name}", ax, alt)


def _together(values: pd.DataFrame, labels: Mapping[str, str]) -> tuple[Fold, ...]:
    """Draw all distributions in one figure, for papers and slides."""
    if not labels:
        return ()
    panels = {name: values[name] for name in labels}
    plot = Plot(
        "features", figures.small_multiples(panels, labels=labels),
        f"Histograms of {counted(len(panels), 'feature')}: {joined(list(labels.values()))}",
        f"Distributions of the plain features over {counted(len(values), 'picture')}; the mark is "
        "the median.",
    )  # fmt: skip
    return (Fold("All distributions in one figure", (plot,)),)


def _explained(known: pd.DataFrame) -> Fold:
    columns: Mapping[str, str] = {
        "label": "Feature", "formula": "How it is computed", "unit": "Unit", "source": "Source",
    }  # fmt: skip
    frame = known.reset_index()
    hidden = tuple(name for name in frame.columns if name not in columns)
    table = Table("features", frame, "Every feature: what it is and how it is computed.",
                  headings=columns, hidden=hidden, most=60)  # fmt: skip
    return Fold("How each feature is computed", (table,))
