"""Weights from files into networks and back; what does not fit is said or refused."""

from __future__ import annotations

import dataclasses
import json
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from iconometrics.engine import write_whole
from iconometrics.errors import InputError, MissingPackageError, warn
from iconometrics.networks.catalog.published import Published, fetched, published
from iconometrics.networks.catalog.renaming import renamed

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["load_weights", "read_weights", "save_weights"]

State = dict[str, "Tensor"]
_Net = TypeVar("_Net", bound="nn.Module")

_KEY = "iconometrics"
_NAMED = 3
_AUXILIARY = ("aux1.", "aux2.")


def load_weights(net: _Net, source: str | Path) -> _Net:
    """Put weights into a network.

    Where the file has other classes or channels than the network, the last layer starts from
    scratch, or the first layer's filters are averaged over channels, and a warning says so. Where
    it states what was done to pictures (order of channels, mean, scale, crop), the network states
    the same.

    Parameters
    ----------
    net
        The network; it is changed.
    source
        "imagenet" for the published weights of this architecture, which are fetched once, or the
        path of a file: safetensors, or a state dict that torch saved.

    Returns
    -------
    torch.nn.Module
        The same network.

    Raises
    ------
    InputError
        If there are no published weights or no file, the file is of another kind or truncated, or
        holds the weights of another network.
    MissingPackageError
        If safetensors is not installed.

    Notes
    -----
    A file that torch saved is opened with ``weights_only``: it can hold numbers and nothing that
    runs. Set HF_HUB_OFFLINE=1 to use only what is on this machine.

    Examples
    --------
    >>> from iconometrics import networks
    >>> net = networks.create("resnet18", classes=2)  # doctest: +SKIP
    >>> networks.load_weights(net, "imagenet")  # doctest: +SKIP
    """
    architecture = getattr(net, "architecture", type(net).__name__)
    entry = _published(architecture) if source == "imagenet" else None
    path = fetched(entry) if entry else Path(source).expanduser()
    state, stated = read_weights(path)
    state = renamed(state, architecture)
    changes = _fitted(net, state, skip=entry.skip if entry else 0)
    mismatches = _mismatches(net, state)
    if mismatches:
        raise InputError(_misfit(path, architecture, stated, mismatches))
    net.load_state_dict(state, strict=False)
    _state_preprocessing(net, _stated(stated) if entry is None else _published_scale(entry))
    if changes:
        warn(f"{path.name}: {'; '.join(changes)}.")
    return net


def save_weights(net: nn.Module, path: str | Path) -> Path:
    """Write a network's weights as safetensors, with the settings to build it again.

    Parameters
    ----------
    net
        The network.
    path
        The file; it is replaced where it exists.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    MissingPackageError
        If safetensors is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from iconometrics import networks
    >>> net = networks.create("lenet5", classes=10, channels=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = networks.save_weights(net, Path(folder) / "net.safetensors")
    ...     networks.open_network(path).architecture
    'lenet5'
    """
    safetensors = _safetensors()
    path = Path(path).expanduser()
    settings = {"settings": getattr(net, "settings", {})}
    prepared = getattr(net, "preprocessing", None)
    if prepared is not None:
        settings["preprocessing"] = dataclasses.asdict(prepared)
    state = {name: value.detach().cpu().contiguous() for name, value in net.state_dict().items()}
    metadata = {_KEY: json.dumps(settings)}
    write_whole(path, lambda temporary: safetensors.save_file(state, temporary, metadata=metadata))
    return path


def _published(architecture: str) -> Published:
    there = published()
    if architecture not in there:
        raise InputError(
            f'weights="imagenet": there are no published weights for {architecture}; expected one '
            f"of {', '.join(there)}. Train it from scratch, or name a file."
        )
    return there[architecture]


def read_weights(path: Path) -> tuple[State, dict[str, Any]]:
    """Read names and numbers, and what the file says about its network."""
    if not path.is_file():
        raise InputError(
            f'{path}: no such file; expected weights as .safetensors or .pth, or "imagenet".'
        )
    with path.open("rb") as file:
        head = file.read(16)
    if head[8:9] == b"{":
        return _read_safetensors(path)
    if head[:2] in {b"PK", b"\x80\x02"}:
        return _read_torch(path), {}
    raise InputError(
        f"{path}: not a file of weights ({path.stat().st_size:,} bytes); expected .safetensors or "
        "a state dict that torch saved. It may be a web page or a pointer saved in the file's "
        "place: download the file itself."
    )


def _read_safetensors(path: Path) -> tuple[State, dict[str, Any]]:
    _safetensors()
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            settings = json.loads((file.metadata() or {}).get(_KEY, "{}"))
            return {name: file.get_tensor(name) for name in file.keys()}, settings  # noqa: SIM118
    except (SafetensorError, ValueError) as error:
        raise InputError(
            f"{path}: not a complete safetensors file ({path.stat().st_size:,} bytes; {error}). "
            "It may be truncated: download or save it again and compare its size."
        ) from error


def _read_torch(path: Path) -> State:
    import torch

    try:
        held = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise InputError(
            f"{path}: it holds more than numbers, such as a whole Python object, which could run "
            "any program; expected a state dict, as torch.save(net.state_dict()) writes it, or "
            "safetensors. Such files are never opened: ask their author for the state dict."
        ) from error
    except (RuntimeError, EOFError, OSError, ValueError) as error:
        raise InputError(
            f"{path}: not a complete file of torch ({path.stat().st_size:,} bytes). It may be "
            "truncated: download it again and compare its size."
        ) from error
    for name in ("state_dict", "model"):
        if isinstance(held, Mapping) and isinstance(held.get(name), Mapping):
            held = held[name]
    if not isinstance(held, Mapping) or not all(isinstance(v, torch.Tensor) for v in held.values()):
        raise InputError(
            f"{path}: it holds {type(held).__name__}; expected a state dict, a tensor by each name."
        )
    return dict(held)


def _fitted(net: nn.Module, state: State, *, skip: int) -> list[str]:
    """Bring a file's classes, channels and positions to those of the network, and say how."""
    wanted = net.state_dict()
    changes = []
    if not any(name.startswith(_AUXILIARY) for name in wanted):
        for name in [name for name in state if name.startswith(_AUXILIARY)]:
            del state[name]
    for name, value in wanted.items():
        stored = state.get(name)
        if stored is not None and (stored.ndim, value.ndim) == (4, 2):
            state[name] = stored.flatten(1)
    changes += _classes(net, state, wanted, skip)
    changes += _channels(net, state, wanted)
    changes += _positions(net, state, wanted)
    return changes


def _classes(net: nn.Module, state: State, wanted: State, skip: int) -> list[str]:
    heads = [str(getattr(net, "head", "")), "aux1.fc2", "aux2.fc2"]
    names = [f"{head}.{kind}" for head in heads for kind in ("weight", "bias")]
    counts = {0}
    for name in names:
        if name in state and name in wanted:
            state[name] = state[name][skip:]
            same = state[name].shape[1:] == wanted[name].shape[1:]
            if same and len(state[name]) != len(wanted[name]):
                counts.add(len(state[name]))
                state[name] = wanted[name]
    if counts == {0}:
        return []
    return [
        f"its {max(counts):,} classes are not the {len(wanted[names[0]]):,} wanted here, so the "
        "last layer starts from scratch and must be trained"
    ]


def _channels(net: nn.Module, state: State, wanted: State) -> list[str]:
    from torch import nn

    first = next((n for n, m in net.named_modules() if isinstance(m, nn.Conv2d)), "")
    name = f"{first}.weight"
    if name not in state or name not in wanted or state[name].ndim != 4:
        return []
    stored, wanted_count = state[name].shape[1], wanted[name].shape[1]
    if stored == wanted_count:
        return []
    # Scaled, so that what the layer gives for a gray picture stays the same.
    mean = state[name].mean(1, keepdim=True) * (stored / wanted_count)
    state[name] = mean.repeat(1, wanted_count, 1, 1)
    return [
        f"its {stored} channels are not the {wanted_count} here, so its first filters are averaged"
    ]


def _positions(net: nn.Module, state: State, wanted: State) -> list[str]:
    from torch.nn import functional

    name = "encoder.pos_embedding"
    if name not in state or name not in wanted or state[name].shape == wanted[name].shape:
        return []
    stored = state[name]
    side = round((stored.shape[1] - 1) ** 0.5)
    size = getattr(net, "size", None)
    if size is None or side**2 + 1 != stored.shape[1] or stored.shape[2] != wanted[name].shape[2]:
        return []
    patch = state["conv_proj.weight"].shape[-1]
    grid = stored[:, 1:].transpose(1, 2).reshape(1, -1, side, side)
    target = (size[0] // patch, size[1] // patch)
    resized = functional.interpolate(grid, target, mode="bicubic", antialias=True)
    state[name] = functional.pad(resized.flatten(2).transpose(1, 2), (0, 0, 1, 0))
    state[name][:, :1] = stored[:, :1]
    return [
        f"its positions are those of {side} x {side} patches, so they are interpolated to "
        f"{target[0]} x {target[1]}"
    ]


def _mismatches(net: nn.Module, state: State) -> list[str]:
    wanted = net.state_dict()
    counted = "num_batches_tracked"
    missing = [name for name in wanted if name not in state and not name.endswith(counted)]
    extra = [name for name in state if name not in wanted]
    shapes = [
        f"{name} is {_shape(state[name])} and should be {_shape(wanted[name])}"
        for name in wanted
        if name in state and state[name].shape != wanted[name].shape
    ]
    mismatches = []
    for what, names in (("missing", missing), ("not of this network", extra), ("shape", shapes)):
        if names:
            more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
            mismatches.append(f"{what}: {', '.join(names[:_NAMED])}{more}")
    return mismatches


def _misfit(
    path: Path, architecture: str, settings: Mapping[str, Any], mismatches: list[str]
) -> str:
    own = settings.get("settings", {}).get("name")
    origin = f"those of {own}" if own else "other parameters"
    if own == architecture:
        origin = f"those of {own} with other settings ({settings['settings']})"
    return (
        f"{path}: expected the weights of {architecture}, found {origin} "
        f"({'; '.join(mismatches)}). "
        "Name the file of this network, or create the network that the file is of."
    )


def _shape(tensor: Tensor) -> str:
    return " x ".join(map(str, tensor.shape)) or "a number"


def _state_preprocessing(net: nn.Module, stated: Mapping[str, Any]) -> None:
    """Do to a picture what was done to those that the weights were trained on."""
    prepared = getattr(net, "preprocessing", None)
    if prepared is None:
        return
    order = stated.get("order", prepared.order)
    # Whether a picture is gray is the network's own affair: its filters were brought to it.
    order = prepared.order if "gray" in {order, prepared.order} else order
    net.preprocessing = dataclasses.replace(prepared, **{**stated, "order": order})


def _published_scale(entry: Published) -> dict[str, Any]:
    scale = {} if entry.mean is None else {"mean": (entry.mean,), "scale": (entry.scale,)}
    return {"crop": "center", **scale}


def _stated(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What a file says about pictures; their size is the network's own."""
    stated = settings.get("preprocessing") or {}
    return {name: stated[name] for name in ("order", "mean", "scale", "crop") if name in stated}


def _safetensors() -> Any:
    try:
        import safetensors.torch
    except ImportError as error:
        raise MissingPackageError(
            "weights are kept as safetensors, and that package is not installed. Install it: "
            "pip install 'iconometrics[networks]'."
        ) from error
    return safetensors.torch
