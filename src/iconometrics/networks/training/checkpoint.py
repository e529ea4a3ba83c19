"""Where training stands, in one file that is always whole, so that a killed one goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from iconometrics import engine, options
from iconometrics.errors import InputError

__all__ = ["State", "construction", "read_state", "write_state"]

_FILE = "checkpoint.safetensors"


class State(NamedTuple):
    """Where training stands after an epoch."""

    history: list[dict[str, Any]]
    best: dict[str, Tensor]


def construction(net: nn.Module, pictures: Any) -> str:
    """Name what a network is besides its weights, in which dropout or size leave no trace."""
    own = getattr(net, "preprocessing", None)
    prepared = None if own is None else own.settings()
    settings = str(getattr(net, "settings", None))
    return options.key(str(net), settings, prepared, pictures.size, pictures.channels)


def write_state(
    folder: Path, state: State, *, net: nn.Module, optimizer: torch.optim.Optimizer, key: str
) -> None:
    """Write where training stands."""
    from safetensors.torch import save

    stored = optimizer.state_dict()
    numbers: dict[str, Any] = {"groups": stored["param_groups"], "plain": {}}
    tensors = {f"net.{name}": value for name, value in net.state_dict().items()}
    tensors |= {f"best.{name}": value for name, value in state.best.items()}
    for number, slots in stored["state"].items():
        for name, value in slots.items():
            if isinstance(value, Tensor):
                tensors[f"optimizer.{number}.{name}"] = value
            else:
                numbers["plain"][f"{number}.{name}"] = value
    metadata = {"key": key, "history": json.dumps(state.history), "optimizer": json.dumps(numbers)}
    # Copies, for one tensor may stand under two names.
    data = save(
        {name: t.detach().cpu().clone().contiguous() for name, t in tensors.items()}, metadata
    )
    engine.write_whole(folder / _FILE, lambda path: path.write_bytes(data))


def read_state(
    folder: Path, *, net: nn.Module, optimizer: torch.optim.Optimizer, key: str
) -> State | None:
    """Bring network and optimizer to where training stood."""
    from safetensors import SafetensorError, safe_open

    path = folder / _FILE
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise InputError(
            f"{path} is damaged ({error}): delete it to train from the start."
        ) from error
    if metadata.get("key") != key:
        raise InputError(
            f"{path} belongs to another training (other pictures, codes, settings or versions). "
            "Choose another folder with checkpoint=, or delete it to train from the start."
        )
    net.load_state_dict(_under("net.", tensors))
    optimizer.load_state_dict(_optimizer_state(tensors, json.loads(metadata["optimizer"])))
    return State(json.loads(metadata["history"]), _under("best.", tensors))


def _under(start: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name[len(start) :]: t for name, t in tensors.items() if name.startswith(start)}


def _optimizer_state(tensors: dict[str, Tensor], numbers: dict[str, Any]) -> dict[str, Any]:
    """Put the optimizer's state together again."""
    state: dict[int, dict[str, Any]] = {}
    for name, value in {**_under("optimizer.", tensors), **numbers["plain"]}.items():
        number, _, slot = name.partition(".")
        state.setdefault(int(number), {})[slot] = value
    return {"state": state, "param_groups": numbers["groups"]}
