"""One variable made ready for comparison: who said what, on which scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.coding.side_by_side import side_by_side
from iconometrics.errors import InputError, warn
from iconometrics.stats import agreement_weights
from iconometrics.stats.agreement.pairs import Weights, weighting
from iconometrics.stats.agreement.units import Patterns, in_order, numbers_of, patterns
from iconometrics.validity.agreement.design import drawn_images
from iconometrics.wording import counted, listed

if TYPE_CHECKING:
    from iconometrics.coding import Codebook

__all__ = ["FEW", "Level", "Rated", "rated"]

Level = Literal["nominal", "ordinal", "interval", "ratio", "jaccard", "masi"]

# Images with two codings below which an interval should be read with caution.
FEW = 30
# Values above which the coefficients that weigh every pair of values are left out.
_MOST_WEIGHED = 200
_LEVELS: Mapping[str, Level] = {
    "nominal": "nominal",
    "text": "nominal",
    "ordinal": "ordinal",
    "interval": "interval",
    "count": "ratio",
    "multi-label": "masi",
}


@dataclass(frozen=True, eq=False)
class Rated:
    """The codings of one variable side by side: all, and those of the images that count."""

    variable: str
    level: Level
    coded: pd.DataFrame
    table: pd.DataFrame
    units: Patterns
    weights: np.ndarray | None
    groups: np.ndarray | None
    represents: str
    notes: tuple[str, ...]

    @property
    def weighed(self) -> bool:
        """Whether coefficients that weigh every pair of values can be computed."""
        return self.level in ("nominal", "jaccard", "masi") or self.weights is not None

    @property
    def member(self) -> np.ndarray | None:
        """The group of each image, unless the design has it."""
        return None if self.units.design is not None else self.groups

    @property
    def twice(self) -> np.ndarray:
        """Which images have two values or more."""
        return np.asarray(self.table.notna().sum(axis=1) >= 2)


def rated(
    codings: Codings,
    variable: str,
    *,
    level: Level | None,
    weights: Weights,
    groups: pd.Series | Mapping[str, str] | None,
    codebook: Codebook | None,
) -> Rated:
    """Make one variable ready."""
    known = codebook[variable] if codebook is not None and variable in codebook else None
    if known is not None and known.type in ("region", "event"):
        raise InputError(
            f"{variable!r} is a {known.type}: compare events with event_agreement(), which "
            "matches them by overlap; places of regions are not compared."
        )
    coded = side_by_side(codings, variable)
    coded = coded.loc[coded.notna().any(axis=1), coded.notna().any()]
    _require_overlap(coded, variable)
    images = drawn_images(coded, codings.sample, groups)
    table = coded.loc[images.images]
    chosen = level or (_LEVELS[known.type] if known is not None else "nominal")
    order = known.values if known is not None and chosen in ("nominal", "ordinal") else ()
    labels = _ordered(coded, chosen, order, variable)
    units = patterns(table.to_numpy(dtype=object), labels, drawn=images.design)
    notes = [*_few(table, variable), *_twins(labels, variable), *_alike(units, variable)]
    return Rated(
        variable, chosen, coded, table, units, _weights(weights, labels, chosen, order),
        images.groups, images.represents, (*notes, *images.notes),
    )  # fmt: skip


def _require_overlap(table: pd.DataFrame, variable: str) -> None:
    if (table.notna().sum(axis=1) >= 2).any():
        return
    if table.empty:
        raise InputError(f"there is no value of {variable!r} at all: nothing was coded.")
    said = "; ".join(
        f"{coder} coded {counted(int(table[coder].notna().sum()), 'image')} "
        f"({listed(table.index[table[coder].notna()], 2)})"
        for coder in list(table)[:4]
    )
    raise InputError(
        f"no image has values of {variable!r} by two coders: {said}. Agreement needs images that "
        "several coders coded: let them code some of the same, and write ids the same way."
    )


def _ordered(table: pd.DataFrame, level: Level, order: tuple[str, ...], variable: str) -> list[str]:
    """Put the values in order: as the codebook has them, by number, or by letter."""
    there, _ = in_order(list(set(table.to_numpy(dtype=object)[table.notna().to_numpy()])))
    if order:
        strange = [value for value in there if value not in order]
        if strange and level == "ordinal":
            raise InputError(
                f"{variable!r} has {listed(map(repr, strange))}, which the codebook does not place "
                f"in its order ({listed(order, 8)}): codebook.check(codings) says where they are. "
                "Correct them, leave them out, or give level='nominal'."
            )
        return [*order, *strange]
    if level in ("ordinal", "interval", "ratio"):
        values = numbers_of(there, level)
        return [there[place] for place in values.argsort(kind="stable")]
    return there


def _weights(
    weights: Weights, labels: list[str], level: Level, order: tuple[str, ...]
) -> np.ndarray | None:
    if weights is not None:
        is_ordered = in_order(labels)[1] or (bool(order) and set(labels) == set(order))
        return weighting(weights, labels, is_ordered=is_ordered)
    if level in ("nominal", "jaccard", "masi") or len(labels) > _MOST_WEIGHED:
        return None
    places = range(len(labels)) if level == "ordinal" else numbers_of(labels, level)
    return agreement_weights("quadratic", np.asarray(places, dtype=float))


def _few(table: pd.DataFrame, variable: str) -> list[str]:
    n = int((table.notna().sum(axis=1) >= 2).sum())
    if n >= FEW:
        return []
    note = (
        f"{variable!r} was coded by two coders on {counted(n, 'image')} only: the intervals are "
        f"rough below {FEW}."
    )
    warn(note)
    return [note]


def _alike(units: Patterns, variable: str) -> list[str]:
    """Note where nobody disagrees: a resample can show no disagreement either."""
    paired = units.given >= 2
    lowest = np.where(units.rows < 0, len(units.labels), units.rows).min(axis=1)
    if (lowest < units.rows.max(axis=1))[paired].any():
        return []
    n = int(units.count[paired].sum())
    return [
        f"nobody disagrees on {variable!r} in {counted(n, 'image')}, so the bootstrap's "
        f"intervals have no width; up to {min(3 / n, 1):.1%} of images could still differ (3/n, "
        "the rule of three)"
    ]


def _twins(labels: list[str], variable: str) -> list[str]:
    """Note values that blanks or upper and lower case alone keep apart."""
    plain = pd.Series(labels, dtype="str").str.strip().str.casefold()
    twins = list(np.asarray(labels, dtype=object)[plain.duplicated(keep=False)])
    if not twins:
        return []
    note = (
        f"{variable!r} has values that differ only in blanks or in upper and lower case: "
        f"{listed(map(repr, twins), 6)}; they count as disagreement. Write them alike if they mean "
        "the same."
    )
    warn(note)
    return [note]
