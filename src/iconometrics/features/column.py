"""What one column of a feature table means, in words and as a formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Column", "column_maker"]


@dataclass(frozen=True)
class Column:
    """The entry of one column in the column dictionary.

    Parameters
    ----------
    name
        The column's name in every table, with the extractor's name in front.
    label
        A short phrase for axes and tables.
    formula
        How the number comes about, symbols explained.
    low
        The smallest value that can occur.
    high
        The largest value that can occur.
    unit
        What one step means, such as "gray levels (0-255)" or "share of pixels".
    source
        The paper or standard that the formula follows.
    means_high
        What a picture with a high value looks like.
    means_low
        What a picture with a low value looks like.
    plain
        Whether the label alone shows a reader what was measured.

    Examples
    --------
    >>> from iconometrics.features import get
    >>> get("color").columns()[0].label
    'Brightness'
    """

    name: str
    label: str
    formula: str
    low: float
    high: float
    unit: str
    source: str
    means_high: str
    means_low: str
    plain: bool


def column_maker(extractor: str, **defaults: Any) -> Callable[..., Column]:
    """Give a short way to write many entries of one extractor."""
    common = {"low": 0.0, "high": 1.0, "unit": "share of pixels", "source": "iconometrics"}

    def make(name: str, label: str, formula: str, *, means: tuple[str, str], **rest: Any) -> Column:
        fields: dict[str, Any] = {**common, "plain": True, **defaults, **rest}
        high, low = means
        return Column(
            name=f"{extractor}_{name}",
            label=label,
            formula=formula,
            means_high=high,
            means_low=low,
            **fields,
        )

    return make
