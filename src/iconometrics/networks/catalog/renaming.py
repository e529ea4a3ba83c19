"""Parameter names of published files, brought to those of the networks here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["renamed"]

_DENSENET = ((r"(denselayer\d+\.(?:norm|conv))\.([12])\.", r"\1\2."),)
_VGG = (
    (r"^pre_logits\.fc1\.", "classifier.0."),
    (r"^pre_logits\.fc2\.", "classifier.3."),
    (r"^head\.fc\.", "classifier.6."),
)
_VIT = (
    (r"^cls_token$", "class_token"),
    (r"^pos_embed$", "encoder.pos_embedding"),
    (r"^patch_embed\.proj\.", "conv_proj."),
    (r"^blocks\.(\d+)\.", r"encoder.layers.encoder_layer_\1."),
    (r"(encoder_layer_\d+)\.norm([12])\.", r"\1.ln_\2."),
    (r"\.attn\.qkv\.(weight|bias)$", r".self_attention.in_proj_\1"),
    (r"\.attn\.proj\.", ".self_attention.out_proj."),
    (r"\.mlp\.(?:fc1|linear_1)\.", ".mlp.0."),
    (r"\.mlp\.(?:fc2|linear_2)\.", ".mlp.3."),
    (r"^norm\.", "encoder.ln."),
    (r"^head\.", "heads.head."),
)
_RULES = {"densenet": _DENSENET, "vgg": _VGG, "vit": _VIT}


def renamed(state: Mapping[str, Tensor], architecture: str) -> dict[str, Tensor]:
    """Bring the names of a file to those of a network."""
    rules = next((r for start, r in _RULES.items() if architecture.startswith(start)), ())
    return {_name(name, rules): value for name, value in state.items()}


def _name(name: str, rules: tuple[tuple[str, str], ...]) -> str:
    name = name.removeprefix("module.")
    for pattern, by in rules:
        name = re.sub(pattern, by, name)
    return name
