"""Many images: folders, tables, checks, copies, splits, regions, and sums over parents."""

from iconometrics.corpus.aggregate import aggregate
from iconometrics.corpus.corpus import Check, Corpus, checked
from iconometrics.corpus.duplicates import find_duplicates
from iconometrics.corpus.inspection import inspect, inspect_failed
from iconometrics.corpus.sources import Source, read_source
from iconometrics.corpus.tables import read_table

__all__ = [
    "Check",
    "Corpus",
    "Source",
    "aggregate",
    "checked",
    "find_duplicates",
    "inspect",
    "inspect_failed",
    "read_source",
    "read_table",
]


def __dir__() -> list[str]:
    return __all__
