"""A trained network on disk: weights as safetensors, the card as JSON, the training images."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from iconometrics import engine
from iconometrics.coders.network.fit import Learned, training_room
from iconometrics.errors import InputError

__all__ = ["read", "write"]

_MODEL, _CARD, _TRAINING = "model.safetensors", "card.json", "training.parquet"


def write(folder: Path, coder: Any) -> Path:
    """Write a coder; the card comes last, so that a folder with a card is complete."""
    from safetensors.torch import save

    card = coder.card()
    if card["network"] is None:
        raise InputError(
            f"the network is a module of your own ({card['model']}): a saved model must be made "
            "again by name. Keep its state_dict yourself, or use one of networks.architectures()."
        )
    net = coder.learned_.net
    tensors = {name: t.detach().cpu().clone().contiguous() for name, t in _plain(net).items()}
    told = {"settings": card["network"], "preprocessing": card["preprocessing"]}
    # One entry: the order of several would differ from file to file, and so would the hash.
    data = save(tensors, {"iconometrics": json.dumps(told)})
    text = json.dumps({**card, "model_hash": _hash(data)}, indent=1, ensure_ascii=False)
    (folder / _CARD).unlink(missing_ok=True)
    engine.write_whole(folder / _MODEL, lambda path: path.write_bytes(data))
    table = pa.Table.from_pandas(coder.training_, preserve_index=False)
    engine.write_table(table, folder / _TRAINING)
    engine.write_whole(folder / _CARD, lambda path: path.write_text(text + "\n", encoding="utf-8"))
    return folder


def read(folder: Path, card: dict[str, Any]) -> tuple[Learned, pd.DataFrame]:
    """Read a network and the images it was trained on; runs no code of the files."""
    room = training_room()
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        data = (folder / _MODEL).read_bytes()
        training = pq.read_table(folder / _TRAINING).to_pandas()
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(f"{folder}: the model is damaged ({error}): train it again.") from error
    if _hash(data) != card.get("model_hash"):
        raise InputError(f"{folder / _MODEL} is not the file that its card names: train it again.")
    try:
        net = _made(card, load(data), room)
    except (SafetensorError, RuntimeError, KeyError) as error:
        raise InputError(f"{folder}: the model is damaged ({error}): train it again.") from error
    history = pd.DataFrame(card["history"]).astype("float64").astype({"epoch": "int64"})
    nothing = np.arange(0), np.empty((0, 0), np.float32)
    return Learned(net, history, card["kept_epoch"], *nothing, {}), training


def _made(card: dict[str, Any], tensors: dict[str, Any], room: Any) -> Any:
    from iconometrics import networks

    net = networks.create(**card["network"])
    if card["preprocessing"] is not None:
        net.preprocessing = networks.Preprocessing(**card["preprocessing"])
    if card.get("cutpoints") is not None:
        net = room.OrderedLogit(net, len(card["classes"]))
        tensors = {f"net.{name}": t for name, t in tensors.items()}
        tensors["cuts.steps"] = net.cuts.steps.new_tensor(card["cutpoints"])
    net.load_state_dict(tensors)
    return net.eval()


def _plain(net: Any) -> dict[str, Any]:
    """The weights under their published names; cutpoints stand in the card."""
    return dict(getattr(net, "net", net).state_dict())


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
