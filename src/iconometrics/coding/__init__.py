"""Codebooks, codings, samples and the store that people's codings live in."""

from iconometrics.coding.adjudication import adjudicate, coder_errors, undecided
from iconometrics.coding.apportioning import Allocation
from iconometrics.coding.assigning import Assignments, assign
from iconometrics.coding.codebook import Codebook
from iconometrics.coding.codings import Codings
from iconometrics.coding.draw import draw, draw_clusters, draw_second_phase, top_up
from iconometrics.coding.draw_by_confidence import draw_by_confidence
from iconometrics.coding.sample import Sample
from iconometrics.coding.store import Store
from iconometrics.coding.variable import Category, Variable

__all__ = [
    "Allocation",
    "Assignments",
    "Category",
    "Codebook",
    "Codings",
    "Sample",
    "Store",
    "Variable",
    "adjudicate",
    "assign",
    "coder_errors",
    "draw",
    "draw_by_confidence",
    "draw_clusters",
    "draw_second_phase",
    "top_up",
    "undecided",
]


def __dir__() -> list[str]:
    return __all__
