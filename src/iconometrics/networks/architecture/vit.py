"""The vision transformer: a picture as a sequence of patches."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

from iconometrics.errors import InputError
from iconometrics.networks.architecture.base import ImageNetwork

__all__ = ["VisionTransformer", "build"]

_EPSILON = 1e-6
_SPREAD = 0.02


class _Block(nn.Module):
    """Attention, then two fully connected layers, each added to its input."""

    def __init__(self, width: int, heads: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(width, eps=_EPSILON)
        self.self_attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.ln_2 = nn.LayerNorm(width, eps=_EPSILON)
        self.mlp = nn.Sequential(
            nn.Linear(width, hidden),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, width),
            nn.Dropout(dropout),
        )

    def forward(self, x: Tensor) -> Tensor:
        normed = self.ln_1(x)
        attended, _ = self.self_attention(normed, normed, normed, need_weights=False)
        x = x + self.dropout(attended)
        tokens: Tensor = x + self.mlp(self.ln_2(x))
        return tokens


class _Encoder(nn.Module):
    """Positions are added, then the blocks follow."""

    def __init__(self, tokens: int, width: int, depth: int, *, dropout: float) -> None:
        super().__init__()
        self.pos_embedding = nn.Parameter(torch.empty(1, tokens, width).normal_(std=_SPREAD))
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.Sequential()
        self.ln = nn.LayerNorm(width, eps=_EPSILON)

    def forward(self, x: Tensor) -> Tensor:
        tokens: Tensor = self.ln(self.layers(self.dropout(x + self.pos_embedding)))
        return tokens


class VisionTransformer(ImageNetwork):
    """Patches and a class token go through blocks of attention; the token gives the scores."""

    def __init__(
        self,
        classes: int,
        channels: int,
        size: tuple[int, int],
        *,
        patch: int,
        width: int,
        depth: int,
        heads: int,
        dropout: float,
    ) -> None:
        super().__init__()
        tokens = 1 + (size[0] // patch) * (size[1] // patch)
        self.class_token = nn.Parameter(torch.zeros(1, 1, width))
        self.conv_proj = nn.Conv2d(channels, width, patch, stride=patch)
        self.encoder = _Encoder(tokens, width, depth, dropout=dropout)
        blocks = [("patches", ["conv_proj"])]
        for number in range(depth):
            name = f"encoder_layer_{number}"
            self.encoder.layers.add_module(name, _Block(width, heads, 4 * width, dropout))
            blocks.append((f"layer{number + 1}", [f"encoder.layers.{name}"]))
        blocks[-1][1].append("encoder.ln")
        self.heads = nn.Sequential(OrderedDict(head=nn.Linear(width, classes)))
        self.parts("heads.head", blocks=blocks)

    def forward(self, x: Tensor) -> Tensor:
        """Compute the scores of each class."""
        patches = self.conv_proj(x).flatten(2).transpose(1, 2)
        token = self.class_token.expand(x.shape[0], -1, -1)
        tokens = self.encoder(torch.cat([token, patches], 1))
        scores: Tensor = self.heads(tokens[:, 0])
        return scores


def build(
    *,
    classes: int,
    channels: int,
    size: tuple[int, int],
    patch: int = 16,
    width: int = 768,
    depth: int = 12,
    heads: int = 12,
    dropout: float = 0,
) -> VisionTransformer:
    """Build a vision transformer, with the names of torchvision's weights."""
    if any(side % patch for side in size):
        raise InputError(
            f"size={size}: patches of {patch} x {patch} pixels do not fill it; expected multiples "
            f"of {patch}, such as {max(patch, size[0] // patch * patch)}."
        )
    if width % heads:
        raise InputError(f"heads={heads}: expected a divisor of the width, {width}.")
    net = VisionTransformer(
        classes, channels, size, patch=patch, width=width, depth=depth, heads=heads, dropout=dropout
    )
    _start(net)
    return net


def _start(net: VisionTransformer) -> None:
    fan_in = net.conv_proj.weight[0].numel()
    nn.init.trunc_normal_(net.conv_proj.weight, std=fan_in**-0.5)
    nn.init.zeros_(net.conv_proj.bias)  # type: ignore[arg-type]
    for module in net.encoder.modules():
        if isinstance(module, _Block):
            for layer in (module.mlp[0], module.mlp[3]):
                nn.init.xavier_uniform_(layer.weight)  # type: ignore[arg-type]
                nn.init.normal_(layer.bias, std=1e-6)  # type: ignore[arg-type]
    nn.init.trunc_normal_(net.get_submodule(net.head).weight, std=_SPREAD)  # type: ignore[arg-type]
    nn.init.zeros_(net.get_submodule(net.head).bias)  # type: ignore[arg-type]
