"""Where a network runs: a GPU where there is one."""

from __future__ import annotations

import torch

from iconometrics.errors import InputError

__all__ = ["choose_device", "mixed_precision"]


def choose_device(name: str = "auto") -> torch.device:
    """Choose the device.

    Parameters
    ----------
    name
        "auto", "cpu", "cuda" (or "cuda:1"), or "mps".

    Returns
    -------
    torch.device

    Raises
    ------
    InputError
        If there is no such device on this machine.

    Examples
    --------
    >>> choose_device("cpu").type
    'cpu'
    """
    there = [name for name, found in (("cuda", _cuda()), ("mps", _mps())) if found]
    if name == "auto":
        return torch.device([*there, "cpu"][0])
    if name.split(":")[0] not in {*there, "cpu"}:
        raise InputError(
            f"device={name!r}: this machine has {', '.join([*there, 'cpu'])}. Choose one of them, "
            'or "auto".'
        )
    return torch.device(name)


def mixed_precision(device: torch.device) -> bool:
    """Whether a device computes with 16 bits where that is precise enough; a CPU does not."""
    return device.type == "cuda" and torch.cuda.is_bf16_supported()


def _cuda() -> bool:
    return torch.cuda.is_available()


def _mps() -> bool:
    return torch.backends.mps.is_available()
