"""Findings in time: what follows what, and what people answer to it."""

from iconometrics.inference.timing.reactions import Reactions, reactions
from iconometrics.inference.timing.seconds import per_second
from iconometrics.inference.timing.sequences import Sequences, sequences

__all__ = ["Reactions", "Sequences", "per_second", "reactions", "sequences"]


def __dir__() -> list[str]:
    return __all__
