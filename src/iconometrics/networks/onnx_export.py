"""A torch network as an ONNX file, which any other program can run."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iconometrics.engine import write_whole
from iconometrics.errors import InputError, MissingPackageError
from iconometrics.networks.inside.layers import quiet

if TYPE_CHECKING:
    import torch

__all__ = ["export_onnx"]


def export_onnx(
    net: torch.nn.Module,
    path: str | Path,
    *,
    size: int | tuple[int, int] | None = None,
    example: torch.Tensor | None = None,
) -> Path:
    """Write a torch network to an ONNX file; any number of images can go through it together.

    Parameters
    ----------
    net
        The network.
    path
        The file to write; its weights are inside.
    size
        Height and width of the pictures it will see; by default what it was made for.
    example
        Two or more inputs as the network takes them, for one that sees no pictures, or has no
        ``channels`` and ``size``.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If what the network takes is not known, or it cannot be written as ONNX.
    MissingPackageError
        If torch, onnx or onnxscript is not installed.

    Notes
    -----
    The names of layers are those that ONNX gives: `OnnxNetwork.layers` lists them.

    Examples
    --------
    >>> import tempfile, torch
    >>> from pathlib import Path
    >>> net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 5))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = export_onnx(net, Path(folder) / "net.onnx", example=torch.zeros(2, 3, 2, 2))
    ...     path.name
    'net.onnx'
    """
    try:
        import onnxscript  # noqa: F401 (torch asks for it late, and in other words)
        import torch
    except ImportError as error:
        raise MissingPackageError(
            "writing a network as ONNX needs torch, onnx and onnxscript, and one of them is not "
            "installed. Install them: pip install 'iconometrics[networks,onnx]'."
        ) from error
    shown = _example(net, size) if example is None else example
    try:
        with quiet(net), _silent(), torch.no_grad():
            program = torch.onnx.export(
                net,
                (shown,),
                dynamo=True,
                verbose=False,
                input_names=["pixels"],
                output_names=["scores"],
                dynamic_shapes=({0: torch.export.Dim.DYNAMIC},),
            )
    except Exception as error:
        raise InputError(
            f"{type(net).__name__} cannot be written as ONNX for inputs of shape "
            f"{tuple(shown.shape)}: {str(error).strip().splitlines()[0][:200]}. Expected a network "
            "that takes one batch of that shape and does the same for every batch."
        ) from error
    assert program is not None
    file = Path(path).expanduser()
    content = program.model_proto.SerializeToString()
    write_whole(file, lambda temporary: temporary.write_bytes(content))
    return file


def _example(net: Any, size: int | tuple[int, int] | None) -> torch.Tensor:
    import torch

    wanted = getattr(net, "size", None) if size is None else size
    channels = getattr(net, "channels", None)
    if wanted is None or channels is None:
        raise InputError(
            f"{type(net).__name__} does not say what it takes (channels, size): expected a "
            "network of networks.create, or example=, such as torch.zeros(2, 3, 224, 224)."
        )
    height, width = (wanted, wanted) if isinstance(wanted, int) else wanted
    parameter = next(iter(net.parameters()))
    return torch.zeros(2, channels, height, width, device=parameter.device, dtype=parameter.dtype)


@contextmanager
def _silent() -> Iterator[None]:
    """Silence the exporter's log, which is meant for its developers."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
