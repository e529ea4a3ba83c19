"""A model on disk: what is fitted as skops, the card as JSON, the training images as Parquet."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from iconometrics import engine
from iconometrics.errors import InputError

__all__ = ["TRUSTED", "read", "read_card", "write"]

_MODEL, _CARD, _TRAINING = "model.skops", "card.json", "training.parquet"

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


def write(
    folder: Path, parts: dict[str, Any], *, card: dict[str, Any], training: pd.DataFrame
) -> Path:
    """Write a model; the card comes last, so that a folder with a card is complete."""
    import skops.io

    data = skops.io.dumps(parts)
    text = json.dumps({**card, "model_hash": _hash(data)}, indent=1, ensure_ascii=False)
    (folder / _CARD).unlink(missing_ok=True)
    engine.write_whole(folder / _MODEL, lambda path: path.write_bytes(data))
    engine.write_table(pa.Table.from_pandas(training, preserve_index=False), folder / _TRAINING)
    engine.write_whole(folder / _CARD, lambda path: path.write_text(text + "\n", encoding="utf-8"))
    return folder


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


def read(folder: Path, card: dict[str, Any]) -> tuple[dict[str, Any], pd.DataFrame]:
    """Read the fitted parts of a model and its training images; runs no code of the file."""
    import skops.io

    try:
        saved = (folder / _MODEL).read_bytes()
        data = _with_present_places(saved)
        training = pq.read_table(folder / _TRAINING).to_pandas()
        unexpected = set(skops.io.get_untrusted_types(data=data)) - set(TRUSTED)
    except (OSError, pa.ArrowInvalid, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise InputError(f"{folder}: the model is damaged ({error}): train it again.") from error
    if unexpected:
        raise InputError(
            f"{folder / _MODEL} holds types that a model of iconometrics has not: "
            f"{', '.join(sorted(unexpected))}. It is not loaded: it could run code. Get it from "
            "where it was trained, or train it again."
        )
    if _hash(saved) != card.get("model_hash"):
        raise InputError(f"{folder / _MODEL} is not the file that its card names: train it again.")
    return skops.io.loads(data, trusted=list(TRUSTED)), training


def _with_present_places(data: bytes) -> bytes:
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


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
