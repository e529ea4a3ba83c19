"""A trained network from an ONNX file, ready to embed pictures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics.errors import InputError
from iconometrics.networks import onnx_graph
from iconometrics.networks.contract import Embedder, assumed_preprocessing
from iconometrics.networks.pooling import pooled
from iconometrics.networks.preprocessing import Preprocessing

__all__ = ["OnnxNetwork"]

# Files whose preprocessing is known, by the first digits of their SHA-256: order, mean, scale.
_KNOWN = {
    "21f25e3d9254af93": {"order": "bgr", "mean": (104.0, 117.0, 123.0), "scale": (1.0, 1.0, 1.0)},
}


@dataclass(frozen=True, eq=False)
class OnnxNetwork(Embedder):
    """A network in an ONNX file, run by ONNX Runtime, with what its input must look like.

    Parameters
    ----------
    path
        The file.
    preprocessing
        What is done to a picture first. None: known for a few published files; for any other the
        common one of ImageNet, with a warning, for a wrong one makes embeddings worse silently.
    layer
        The layer whose output is taken, by name (`layers` lists them); by default what the
        classifier at the end is fed, or the network's output where there is no classifier.
    pool
        How maps become one row: see `pooled`.

    Raises
    ------
    InputError
        If the file is missing, truncated or no network of pictures, or has no such layer.
    MissingPackageError
        If onnx or onnxruntime is not installed.

    Notes
    -----
    ONNX: Open Neural Network Exchange, an open format that PyTorch, TensorFlow, MATLAB and others
    write.

    Examples
    --------
    >>> from iconometrics import networks
    >>> squeezenet = networks.OnnxNetwork(
    ...     "squeezenet.onnx",
    ...     networks.Preprocessing(order="bgr", mean=(104, 117, 123), scale=1),
    ... )  # doctest: +SKIP
    """

    path: Path
    preprocessing: Preprocessing | None = None
    layer: str | None = field(default=None, kw_only=True)
    pool: str = field(default="mean", kw_only=True)
    _model: Any = field(init=False, repr=False)
    _entry: onnx_graph.Entry = field(init=False, repr=False)

    def __post_init__(self) -> None:
        path = Path(self.path).expanduser()
        object.__setattr__(self, "path", path)
        model = onnx_graph.opened(path)
        entry = onnx_graph.entry(model, path)
        prepared = self.preprocessing or _usual(path, entry, self._digest)
        if prepared.channels != entry.channels:
            raise InputError(
                f"order={prepared.order!r} gives {prepared.channels} channels, but {path.name} "
                f'takes {entry.channels}: expected order="'
                f'{"gray" if entry.channels == 1 else "rgb"}". Change the preprocessing.'
            )
        layer = self.layer
        layer = onnx_graph.before_classes(model) if layer is None else layer
        object.__setattr__(self, "layer", onnx_graph.known_layer(model, layer, path))
        object.__setattr__(self, "preprocessing", prepared)
        pooled(np.zeros((1, 1)), self.pool)
        object.__setattr__(self, "_model", model)
        object.__setattr__(self, "_entry", entry)

    @property
    def name(self) -> str:
        """The file's name without its ending, then layer and pool where they are not the usual."""
        return self._named(self.path.stem, onnx_graph.before_classes(self._model))

    def layers(self) -> pd.DataFrame:
        """List the layers that can be taken.

        Returns
        -------
        pandas.DataFrame
            layer, kind, shape of one image's output where it is known, in order of computation.
        """
        return onnx_graph.layers(self._model)

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        session, together = self._session
        step = len(batch) if together else 1
        outputs = [
            pooled(self._fed(session, batch[i : i + step]), self.pool)
            for i in range(0, len(batch), max(step, 1))
        ]
        return np.concatenate(outputs)

    @property
    def origin(self) -> str:
        """What `network` opens it by again: the file's path."""
        return str(self.path.absolute())

    def _again(self, **wanted: Any) -> Self:
        return replace(self, **wanted)

    @cached_property
    def _digest(self) -> str:
        return _hashed(self.path)

    @cached_property
    def _last(self) -> bool:
        return onnx_graph.channels_last(self._model, str(self.layer), self._entry)

    @cached_property
    def _session(self) -> tuple[Any, bool]:
        """Start ONNX Runtime; say whether several pictures can go through at once."""
        model, layer = self._model, str(self.layer)
        size = self._prepared.size
        prepared = (self._prepared.channels, size, size)
        for together in (True, False):
            try:
                session = _started(onnx_graph.with_output(model, layer, free=together))
                self._fed(session, np.zeros((1 + together, *prepared), np.float32))
            except Exception as error:
                if not together:
                    raise InputError(
                        f"{self.path.name} cannot be run on pictures of {size} x {size} pixels: "
                        f"{_first_line(error)}; the file states {self._entry.size or 'no size'}. "
                        "Give that size, or export the network again."
                    ) from error
            else:
                break
        return session, together

    def _fed(self, session: Any, batch: NDArray[np.float32]) -> NDArray[Any]:
        entry = self._entry
        batch = batch.transpose(0, 2, 3, 1) if entry.last else batch
        output: NDArray[Any] = session.run(
            None, {entry.name: batch.astype(np.float16 if entry.half else np.float32, copy=False)}
        )[0]
        if self._last and output.ndim == 4:
            output = output.transpose(0, 3, 1, 2)
        if len(output) != len(batch):
            raise ValueError(f"{len(output)} rows for {len(batch)} pictures")
        return output


def _hashed(path: Path) -> str:
    """Hash a file, and the files beside it that hold its weights, where there are any."""
    import onnx
    from onnx.external_data_helper import ExternalDataInfo, uses_external_data

    with path.open("rb") as file:
        own = hashlib.file_digest(file, "sha256").hexdigest()
    model = onnx.load(str(path), load_external_data=False)
    tensors = [tensor for tensor in model.graph.initializer if uses_external_data(tensor)]
    beside = sorted({ExternalDataInfo(tensor).location for tensor in tensors})
    if not beside:
        return own
    digest = hashlib.sha256(own.encode())
    for name in beside:
        with (path.parent / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _usual(path: Path, entry: onnx_graph.Entry, digest: str) -> Preprocessing:
    size = entry.size[0] if entry.size else 224
    known: dict[str, Any] | None = _KNOWN.get(digest[:16])
    if known is not None:
        return Preprocessing(size=size, **known)
    return assumed_preprocessing(path.name, channels=entry.channels, size=size)


def _started(model: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    there = onnxruntime.get_available_providers()
    wanted = [name for name in ("CUDAExecutionProvider", "CPUExecutionProvider") if name in there]
    return onnxruntime.InferenceSession(model, options, providers=wanted)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:160].rstrip(".")
