"""A model on disk: what was trained, its card as JSON, the images trained on as Parquet.

What scikit-learn fitted is kept as skops, a network as safetensors: reading runs no code of either.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from iconometrics import engine, networks
from iconometrics.errors import InputError

__all__ = [
    "TRUSTED",
    "read_card",
    "read_fitted",
    "read_network",
    "write_fitted",
    "write_network",
]

_CARD, _TRAINING = "card.json", "training.parquet"
_FITTED, _NETWORK = "model.skops", "model.safetensors"

# What our models are made of beyond what skops trusts by itself.
TRUSTED: tuple[str, ...] = (
    "iconometrics.coders.classical.scores.Scores",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.calibration._TemperatureScaling",
    "sklearn.feature_selection._univariate_selection.f_classif",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.tree._tree.Tree",
)

# Where classes of ours lay when models were saved that name them, and where they lie now.
_MOVED = {"iconometrics.coders.scores": "iconometrics.coders.classical.scores"}


def write_fitted(
    folder: Path, parts: dict[str, Any], *, card: dict[str, Any], training: pd.DataFrame
) -> Path:
    """Write a model whose parts scikit-learn fitted."""
    import skops.io

    return _write(folder, _FITTED, skops.io.dumps(parts), card=card, training=training)


def write_network(folder: Path, net: Any, *, card: dict[str, Any], training: pd.DataFrame) -> Path:
    """Write a trained network, under the published names of its weights."""
    from safetensors.torch import save

    if card["network"] is None:
        raise InputError(
            f"the network is a module of your own ({card['model']}): a saved model must be made "
            "again by name. Keep its state_dict yourself, or use one of networks.architectures()."
        )
    # Cutpoints stand in the card.
    weights = getattr(net, "net", net).state_dict()
    tensors = {name: t.detach().cpu().clone().contiguous() for name, t in weights.items()}
    made_by = {"settings": card["network"], "preprocessing": card["preprocessing"]}
    # One entry: the order of several would differ from file to file, and so would the hash.
    data = save(tensors, {"iconometrics": json.dumps(made_by)})
    return _write(folder, _NETWORK, data, card=card, training=training)


def read_card(folder: Path) -> dict[str, Any]:
    """Read the card of a model."""
    try:
        card = json.loads((folder / _CARD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"{folder}: no model there (no {_CARD}): expected a folder that save() wrote."
        ) from None
    except (OSError, ValueError) as error:
        raise InputError(
            f"{folder / _CARD} is damaged ({error}): train the model again."
        ) from error
    if not isinstance(card, dict) or "kind" not in card:
        raise InputError(f"{folder / _CARD} is not the card of a model: train the model again.")
    return card


def read_fitted(folder: Path, card: dict[str, Any]) -> tuple[dict[str, Any], pd.DataFrame]:
    """Read the parts that scikit-learn fitted, and the images trained on."""
    import skops.io

    path = folder / _FITTED
    with _damage_named(folder, OSError, zipfile.BadZipFile, KeyError, ValueError):
        saved, training = path.read_bytes(), _training(folder)
        data = _with_present_modules(saved)
        unexpected = set(skops.io.get_untrusted_types(data=data)) - set(TRUSTED)
    if unexpected:
        raise InputError(
            f"{path} holds types that no model of iconometrics has: "
            f"{', '.join(sorted(unexpected))}. It is not loaded: it could run code. Get it from "
            "where it was trained, or train it again."
        )
    _check_hash(saved, path, card)
    return skops.io.loads(data, trusted=list(TRUSTED)), training


def read_network(folder: Path, card: dict[str, Any]) -> tuple[Any, pd.DataFrame]:
    """Read a network, rebuilt from its card, and the images trained on."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    path = folder / _NETWORK
    with _damage_named(folder, OSError, pa.ArrowInvalid):
        data, training = path.read_bytes(), _training(folder)
    _check_hash(data, path, card)
    with _damage_named(folder, SafetensorError, RuntimeError, KeyError):
        return _network(card, load(data)), training


def _network(card: dict[str, Any], tensors: dict[str, Any]) -> Any:
    from iconometrics.networks.training import OrderedLogit

    net: Any = networks.create(**card["network"])
    if card["preprocessing"] is not None:
        net.preprocessing = networks.Preprocessing(**card["preprocessing"])
    if card.get("cutpoints") is not None:
        net = OrderedLogit(net, len(card["classes"]))
        tensors = {f"net.{name}": t for name, t in tensors.items()}
        tensors["cuts.steps"] = net.cuts.steps.new_tensor(card["cutpoints"])
    net.load_state_dict(tensors)
    return net.eval()


def _with_present_modules(data: bytes) -> bytes:
    """Name the modules that classes have moved to, in a model that was saved before they did."""
    with zipfile.ZipFile(io.BytesIO(data)) as saved:
        parts = {name: saved.read(name) for name in saved.namelist()}
    schema = parts["schema.json"]
    for before, now in _MOVED.items():
        schema = schema.replace(f'"{before}"'.encode(), f'"{now}"'.encode())
    if schema == parts["schema.json"]:
        return data
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as present:
        for name, part in {**parts, "schema.json": schema}.items():
            present.writestr(name, part)
    return written.getvalue()


def _write(
    folder: Path, name: str, model: bytes, *, card: dict[str, Any], training: pd.DataFrame
) -> Path:
    """Write a folder; the card comes last, so that a folder with a card is complete."""
    text = json.dumps({**card, "model_hash": _hash(model)}, indent=1, ensure_ascii=False)
    (folder / _CARD).unlink(missing_ok=True)
    engine.write_whole(folder / name, lambda path: path.write_bytes(model))
    engine.write_table(pa.Table.from_pandas(training, preserve_index=False), folder / _TRAINING)
    engine.write_whole(folder / _CARD, lambda path: path.write_text(text + "\n", encoding="utf-8"))
    return folder


def _training(folder: Path) -> pd.DataFrame:
    table: pd.DataFrame = pq.read_table(folder / _TRAINING).to_pandas()
    return table


@contextmanager
def _damage_named(folder: Path, *errors: type[Exception]) -> Iterator[None]:
    """Say of files that cannot be read that they are damaged."""
    try:
        yield
    except errors as error:
        raise InputError(f"{folder}: the model is damaged ({error}): train it again.") from error


def _check_hash(model: bytes, path: Path, card: dict[str, Any]) -> None:
    if _hash(model) != card.get("model_hash"):
        raise InputError(f"{path} is not the file that its card names: train it again.")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
