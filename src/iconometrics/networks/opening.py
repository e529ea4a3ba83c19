"""Opening a network by its file, its architecture or its name on the hub."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iconometrics.errors import InputError
from iconometrics.networks.architecture.registry import architectures, create
from iconometrics.networks.catalog.weights import load_weights, read_weights
from iconometrics.networks.contract import Network, prepared_by
from iconometrics.networks.onnx_network import OnnxNetwork
from iconometrics.networks.preprocessing import Preprocessing
from iconometrics.networks.torch_network import TorchNetwork

if TYPE_CHECKING:
    from iconometrics.networks.architecture.base import ImageNetwork

__all__ = ["network", "open_network"]

_WEIGHTS = frozenset({".safetensors", ".pt", ".pth"})


def network(
    source: Any,
    *,
    layer: str | None = None,
    pool: str | None = None,
    size: int | None = None,
    preprocessing: Preprocessing | None = None,
) -> Network:
    """Take a network, or what names one, with another layer, pool or size where wanted.

    Parameters
    ----------
    source
        An ONNX file; weights that `save_weights` wrote; an architecture such as "resnet50", which
        takes its ImageNet weights; a network of the hub such as "facebook/dinov2-small", or the
        folder of one; a torch module; or a network that is ready.
    layer, pool
        As for `OnnxNetwork` and `TorchNetwork`; None for the network's own.
    size
        Of the input, in pixels; None for the network's own.
    preprocessing
        What is done to a picture first; None for what is known of the network.

    Returns
    -------
    OnnxNetwork or TorchNetwork

    Raises
    ------
    InputError
        If there is no such file or network, it has no such layer, or it is one of your own that
        prepares pictures by itself.
    MissingPackageError
        If a package that it needs is not installed.

    Examples
    --------
    >>> network("resnet50.onnx")
    Traceback (most recent call last):
    iconometrics.errors.InputError: resnet50.onnx: no such file; expected a network as an ONNX ...
    """
    net = _opened(source, preprocessing)
    return net.changed(layer=layer, pool=pool, size=size)


def open_network(path: str | Path) -> ImageNetwork:
    """Build a network again from a file that `save_weights` wrote.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    torch.nn.Module
        As `create` gives it, with its weights.

    Raises
    ------
    InputError
        If the file is missing or damaged, or does not say of which network it is.

    Examples
    --------
    >>> from iconometrics import networks
    >>> net = networks.open_network("digits.safetensors")  # doctest: +SKIP
    """
    path = Path(path).expanduser()
    _, stated = read_weights(path)
    if not stated.get("settings"):
        raise InputError(
            f"{path}: it holds weights, but does not say of which network; expected a file of "
            'networks.save_weights. Build the network: networks.create("resnet18", weights=PATH).'
        )
    net = load_weights(create(**stated["settings"]), path)
    if stated.get("preprocessing"):
        net.preprocessing = Preprocessing(**stated["preprocessing"])
    return net


def _opened(source: Any, preprocessing: Preprocessing | None) -> Network:
    if hasattr(type(source), "prepare") and hasattr(type(source), "run"):
        ready: Network = source
        return ready if preprocessing is None else prepared_by(ready, preprocessing)
    if _is_module(source):
        return TorchNetwork(source, preprocessing)
    path = Path(source).expanduser()
    if path.suffix in _WEIGHTS and path.is_file():
        return _from_weights(path, preprocessing)
    if path.is_dir() or (len(path.parts) == 2 and not path.suffix and not path.exists()):
        from iconometrics.networks.transformers_network import transformers_network

        return transformers_network(path.as_posix(), preprocessing=preprocessing)
    if len(path.parts) == 1 and not path.exists() and _is_architecture(path.name):
        return _published(str(source), preprocessing)
    return OnnxNetwork(path, preprocessing)


def _is_module(source: Any) -> bool:
    # Without torch imported there is no torch module.
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(source, torch.nn.Module)


def _from_weights(path: Path, preprocessing: Preprocessing | None) -> Network:
    return TorchNetwork(open_network(path), preprocessing, origin=str(path.absolute()))


def _is_architecture(name: str) -> bool:
    return name in set(architectures()["name"])


def _published(name: str, preprocessing: Preprocessing | None) -> Network:
    return TorchNetwork(create(name, weights="imagenet"), preprocessing, origin=name)
