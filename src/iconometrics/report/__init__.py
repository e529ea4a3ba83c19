"""The report: one self-contained HTML file, its figures and its tables.

Chapters of one's own are made of the same pieces as the report's.
"""

from iconometrics.report.blocks import (
    Badge,
    Chapter,
    Columns,
    Fact,
    Facts,
    Fold,
    Pictures,
    Plot,
    Profile,
    Section,
    Shot,
    Spectrum,
    Table,
    Text,
)
from iconometrics.report.page import write
from iconometrics.report.reportable import Contents, Measured, Planned, Reportable

__all__ = [
    "Badge",
    "Chapter",
    "Columns",
    "Contents",
    "Fact",
    "Facts",
    "Fold",
    "Measured",
    "Pictures",
    "Planned",
    "Plot",
    "Profile",
    "Reportable",
    "Section",
    "Shot",
    "Spectrum",
    "Table",
    "Text",
    "write",
]


def __dir__() -> list[str]:
    return __all__
