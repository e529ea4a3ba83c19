"""Networks of the hub's transformers families: ViT, CLIP, SigLIP, DINOv2 and ConvNeXt."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from iconometrics.errors import InputError, MissingPackageError
from iconometrics.networks.preprocessing import Preprocessing
from iconometrics.networks.torch_network import TorchNetwork

if TYPE_CHECKING:
    import torch

__all__ = ["FAMILIES", "transformers_network"]

# By the model type that a configuration states: the class that sees pictures, and which of the
# things it gives out describes one.
_TOWERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "clip": ("CLIPVisionModelWithProjection", "image_embeds"),
        "clip_vision_model": ("CLIPVisionModelWithProjection", "image_embeds"),
        "convnext": ("ConvNextModel", "pooler_output"),
        "convnextv2": ("ConvNextV2Model", "pooler_output"),
        "dinov2": ("Dinov2Model", "pooler_output"),
        "siglip": ("SiglipVisionModel", "pooler_output"),
        "siglip_vision_model": ("SiglipVisionModel", "pooler_output"),
        "vit": ("ViTModel", "last_hidden_state"),
    }
)
FAMILIES = tuple(_TOWERS)
"""Kinds of networks of the hub that can be opened: see `transformers_network`."""


def transformers_network(
    source: str | Path,
    *,
    layer: str | None = None,
    pool: str = "mean",
    preprocessing: Preprocessing | None = None,
    revision: str | None = None,
) -> TorchNetwork:
    """Open a network of the hub by name, or of a folder, with the preprocessing that it states.

    Parameters
    ----------
    source
        A name such as "openai/clip-vit-base-patch32", or a folder with config.json and
        model.safetensors.
    layer
        As for `TorchNetwork`; by default what its authors take: the projection that CLIP compares
        with texts, the pooled output of SigLIP, DINOv2 and ConvNeXt, the class token of ViT.
    pool
        How tokens or maps of a layer become one row.
    preprocessing
        None takes what preprocessor_config.json says.
    revision
        A commit of the hub's repository: name one, so that the network stays the same.

    Returns
    -------
    TorchNetwork

    Raises
    ------
    InputError
        If it is of no such family, cannot be had, or holds no safetensors.
    MissingPackageError
        If transformers or torch is not installed.

    Notes
    -----
    Weights are read from safetensors only, never from a pickle, and no program of the repository
    is run. The hub's cache is used; with HF_HUB_OFFLINE=1 nothing is asked for.

    Dosovitskiy, A. et al. (2021). An image is worth 16 x 16 words. Radford, A. et al. (2021).
    Learning transferable visual models from natural language supervision. Zhai, X. et al. (2023).
    Sigmoid loss for language image pre-training. Oquab, M. et al. (2024). DINOv2. Liu, Z. et al.
    (2022). A ConvNet for the 2020s.

    Examples
    --------
    >>> from iconometrics import networks
    >>> clip = networks.transformers_network("openai/clip-vit-base-patch32")  # doctest: +SKIP
    >>> vectors = networks.embed(corpus, clip)  # doctest: +SKIP
    """
    try:
        import_module("torch")  # transformers imports without it, and fails later
        transformers = import_module("transformers")
    except ImportError as error:
        raise MissingPackageError(
            "a network of the hub needs the packages torch and transformers, and one of them is "
            "not installed. Install both: pip install 'iconometrics[models]'."
        ) from error
    folder, where = str(source), {"revision": revision} if revision else {}
    with _quiet(), _explained(folder):
        kind = str(transformers.AutoConfig.from_pretrained(folder, **where).model_type)
        if kind not in _TOWERS:
            raise InputError(
                f"{folder} is a network of the kind {kind!r}: expected one of "
                f"{', '.join(FAMILIES)}. Export another as ONNX, or give the torch module itself."
            )
        name, output = _TOWERS[kind]
        options = {"add_pooling_layer": False} if kind == "vit" else {}
        tower = getattr(transformers, name).from_pretrained(
            folder, use_safetensors=True, **options, **where
        )
        prepared = preprocessing or _stated(transformers, folder, where)
    return TorchNetwork(_tower(tower, output), prepared, layer=layer, pool=pool, origin=folder)


def _tower(tower: torch.nn.Module, output: str) -> torch.nn.Module:
    """Wrap a tower so that it gives out one tensor; its modules keep their names."""
    import torch

    class Tower(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            for name, module in tower.named_children():
                self.add_module(name, module)
            self.__dict__["tower"] = tower

        def forward(self, pixels: torch.Tensor) -> Any:
            seen = self.__dict__["tower"](pixel_values=pixels)[output]
            return seen if seen.ndim == 2 else seen[:, 0]

    return Tower()


def _stated(transformers: Any, folder: str, where: dict[str, Any]) -> Preprocessing:
    """Translate what the processor of a network does to a picture."""
    processor = transformers.AutoImageProcessor.from_pretrained(folder, backend="pil", **where)
    stated = processor.to_dict()
    factor = stated["rescale_factor"] if stated.get("do_rescale", True) else 1.0
    mean, scale = stated["image_mean"], stated["image_std"]
    if not stated.get("do_normalize", True):
        mean, scale = (0.0,) * 3, (1.0,) * 3
    size, short = _sizes(stated)
    return Preprocessing(
        mean=tuple(value / factor for value in mean),
        scale=tuple(value / factor for value in scale),
        size=size,
        crop="whole" if short is None else "center",
        short=short,
    )


def _sizes(stated: Mapping[str, Any]) -> tuple[int, int | None]:
    """Find the input's size, and the short side before the crop; None where nothing is cropped."""
    size = stated["size"]
    short = size.get("shortest_edge") or size.get("height")
    if stated.get("do_center_crop"):
        return int(stated["crop_size"]["height"]), int(short)
    if stated.get("crop_pct") and short < 384:
        # ConvNeXt of less than 384 pixels is cropped, larger ones see the whole picture.
        return int(short), round(short / stated["crop_pct"])
    return int(short), None


@contextmanager
def _explained(source: str) -> Iterator[None]:
    """Say in a researcher's words what is wrong with a network that cannot be had."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        first = str(error).strip().splitlines()[0][:200].rstrip(".")
        offline = " (HF_HUB_OFFLINE is set)" if os.environ.get("HF_HUB_OFFLINE") else ""
        raise InputError(
            f"{source}: {first}{offline}. Expected the name of a network of the hub that can be "
            "reached or is in its cache, or a folder with its config.json, "
            "preprocessor_config.json and model.safetensors: download these on a machine that "
            "has the internet, and name their folder."
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library's own log and bars out of the way."""
    logging: Any = import_module("transformers.utils.logging")
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
