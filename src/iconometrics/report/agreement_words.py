"""What the methods section says of agreement among coders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from iconometrics.wording import counted, joined, percent

if TYPE_CHECKING:
    from iconometrics.validity import Agreement

__all__ = ["paragraph"]

_WORKS = (
    ("Krippendorff", "Krippendorff's alpha (@krippendorff)"),
    ("Cohen", "Cohen's kappa (@cohen-kappa; @fleiss-cohen)"),
    ("Fleiss", "Fleiss' kappa (@fleiss-kappa)"),
    ("Gwet", "Gwet's coefficient (@gwet)"),
)


def paragraph(found: Sequence[Agreement]) -> str:
    """Write how agreement was computed."""
    if not found:
        return ""
    first = found[0]
    rows = pd.concat([one.coefficients for one in found])
    given = rows["coefficient"].str
    names = [text for start, text in _WORKS if given.startswith(start).any()]
    levels = ", ".join(f"“{one.variables[0]}” ({one.main()['level']})" for one in found)
    by = "images" if first.groups is None else f"{counted(first.groups, 'group')} of images"
    return (
        f"Agreement among coders on {levels} was computed as {joined(names)}, and as the share of "
        f"pairs that agree, over images that two or more coded. Intervals at "
        f"{percent(first.confidence)} are linearized by image or group (Cohen's kappa: "
        f"large-sample), and checked with {counted(first.draws, 'bootstrap resample')} of {by} "
        "(@efron)."
    )
