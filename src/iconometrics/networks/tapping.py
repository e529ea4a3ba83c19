"""Taking the output of any module of a torch network, and computing nothing beyond."""

from __future__ import annotations

import difflib
import hashlib
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from iconometrics.errors import InputError
from iconometrics.networks.devices import choose_device

if TYPE_CHECKING:
    import torch

__all__ = ["BEFORE", "calls", "check", "device", "digest", "ready", "taken", "uses", "usual"]

BEFORE = "before "


class _Reached(Exception):  # noqa: N818 (no error: what was wanted is there)
    """Ends a run where the layer wanted has been computed."""


def usual(net: torch.nn.Module) -> str:
    """Name the layer whose numbers describe a picture: what the head is fed, else the output."""
    head = getattr(net, "head", None)
    return f"{BEFORE}{head}" if isinstance(head, str) else ""


def check(net: torch.nn.Module, layer: str) -> None:
    """Refuse a layer that there is not."""
    names = dict(net.named_modules())
    if layer.removeprefix(BEFORE) not in names:
        close = difflib.get_close_matches(layer, names, 3, 0) or list(names)[-3:]
        raise InputError(
            f"layer={layer!r}: the network has no module of that name; expected one of its "
            f"{len(names) - 1}, such as {', '.join(close)}. TorchNetwork(...).layers() lists them."
        )


def ready(net: torch.nn.Module) -> torch.nn.Module:
    """Set a network of one's own to work: no dropout, on the best device, the faster layout."""
    import torch

    placed = net.eval().requires_grad_(False).to(choose_device())
    return placed.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def taken(
    net: torch.nn.Module, batch: NDArray[np.float32], layer: str, *, uses: int
) -> NDArray[np.float32]:
    """Run pictures as far as a layer."""
    import torch

    values: list[Any] = []
    mine = threading.get_ident()

    def keep(value: Any) -> None:
        # Hooks hear of every thread that runs the network.
        if threading.get_ident() != mine:
            return
        values.append(value)
        if len(values) >= uses:
            raise _Reached

    module = net.get_submodule(layer.removeprefix(BEFORE))
    if layer.startswith(BEFORE):
        hook = module.register_forward_pre_hook(lambda _, inputs: keep(inputs[0]))
    else:
        hook = module.register_forward_hook(lambda _, __, out: keep(out))
    try:
        with torch.inference_mode():
            net(_tensor(net, batch))
    except _Reached:
        pass
    finally:
        hook.remove()
    if not values:
        raise InputError(
            f"layer={layer!r}: the network never uses that module; expected one of those that "
            "layers() lists."
        )
    value = _first(values[-1])
    if value is None:
        raise InputError(f"layer={layer!r} returns no tensor: choose another of layers().")
    return np.asarray(value.float().cpu().numpy(), np.float32)


def uses(net: torch.nn.Module, batch: NDArray[np.float32], layer: str) -> int:
    """Count how often a network uses a module for a picture."""
    import torch

    threads: list[int] = []
    module = net.get_submodule(layer.removeprefix(BEFORE))
    hook = module.register_forward_pre_hook(lambda *_: threads.append(threading.get_ident()))
    try:
        with torch.inference_mode():
            net(_tensor(net, batch))
    except RuntimeError:
        # Pictures of another size may go as far as the layer, and no further.
        if not threads:
            raise
    finally:
        hook.remove()
    return threads.count(threading.get_ident())


def calls(
    net: torch.nn.Module, batch: NDArray[np.float32]
) -> list[tuple[str, str, tuple[int, ...] | None]]:
    """Tell which modules a network uses for a picture, in the order in which they are done."""
    import torch

    rows: list[tuple[str, str, tuple[int, ...] | None]] = []

    def note(name: str, module: torch.nn.Module, output: Any) -> None:
        value = _first(output)
        shape = None if value is None else tuple(value.shape[1:])
        rows.append((name, type(module).__name__, shape))

    hooks = [
        module.register_forward_hook(lambda m, _, out, name=name: note(name, m, out))
        for name, module in net.named_modules()
    ]
    try:
        with torch.inference_mode():
            net(_tensor(net, batch))
    finally:
        for hook in hooks:
            hook.remove()
    return rows


def device(net: torch.nn.Module) -> str:
    """Tell what kind of device a network is on, such as "cpu"."""
    return str(_like(net).device.type)


def digest(net: torch.nn.Module) -> str:
    """Hash what a network computes: its modules, settings and weights."""
    import torch

    hashed = hashlib.sha256(f"{net}\n{getattr(net, 'settings', '')}".encode())
    for name, tensor in sorted(net.state_dict().items()):
        hashed.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        hashed.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return hashed.hexdigest()


def _first(value: Any) -> torch.Tensor | None:
    """Find the tensor in what a module gives out: itself, or the first of several."""
    import torch

    if isinstance(value, torch.Tensor):
        return value
    several = list(value.values()) if isinstance(value, dict) else value
    if isinstance(several, tuple | list) and several:
        return _first(several[0])
    return None


def _tensor(net: torch.nn.Module, batch: NDArray[np.float32]) -> torch.Tensor:
    import torch

    like = _like(net)
    tensor = torch.from_numpy(np.ascontiguousarray(batch))
    return tensor.to(like.device, like.dtype).contiguous(memory_format=torch.channels_last)


def _like(net: torch.nn.Module) -> torch.Tensor:
    import torch

    return next(net.parameters(), torch.zeros(()))
