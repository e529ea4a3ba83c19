"""Permanent random numbers: each image's own, whatever other images there are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

__all__ = ["numbers", "start"]


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
