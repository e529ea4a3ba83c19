"""Codings, samples and the store that people's codings live in."""

from iconometrics.coding.codings import Codings
from iconometrics.coding.drawing import draw
from iconometrics.coding.sample import Sample
from iconometrics.coding.store import Store

__all__ = ["Codings", "Sample", "Store", "draw"]
