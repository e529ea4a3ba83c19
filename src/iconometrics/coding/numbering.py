"""Permanent random numbers: each image's own, whatever other images there are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from iconometrics.errors import InputError

__all__ = ["check_whole", "numbers", "start"]


def numbers(names: Iterable[str], seed: int, purpose: str = "") -> np.ndarray:
    """Give each name a random number made from the seed and itself."""
    before = f"{purpose}\0{seed}" if purpose else str(seed)
    digests = b"".join(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        for text in (f"{before}\0{name}" for name in names)
    )
    return np.frombuffer(digests, dtype=">u8").astype(np.uint64)


def start(seed: int, purpose: str) -> float:
    """Give one random number between 0 and 1."""
    return float(numbers(["\0start"], seed, purpose)[0] >> np.uint64(11)) / 2.0**53


def check_whole(**options: int) -> None:
    """Refuse options that are no whole number, zero or more."""
    for option, value in options.items():
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
            raise InputError(f"{option}={value!r}: expected a whole number, zero or more.")
