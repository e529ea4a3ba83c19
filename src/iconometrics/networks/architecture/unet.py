"""U-Net: a class for every pixel, for maps and aerial pictures."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional

from iconometrics.networks.architecture.base import Block, ImageNetwork, kaiming

__all__ = ["UNet", "build"]

_LEVELS = 4


class UNet(ImageNetwork):
    """Four levels down and four up; each level up sees the maps of the same level down."""

    def __init__(self, classes: int, channels: int, filters: int) -> None:
        super().__init__()
        widths = [filters * 2**level for level in range(_LEVELS + 1)]
        blocks: list[Block] = []
        before = channels
        for level, width in enumerate(widths[:-1], 1):
            self.add_module(f"encoder{level}", _twice(before, width, f"enc{level}"))
            self.add_module(f"pool{level}", nn.MaxPool2d(2))
            blocks.append((f"encoder{level}", [f"encoder{level}", f"pool{level}"]))
            before = width
        self.bottleneck = _twice(before, widths[-1], "bottleneck")
        blocks.append(("bottleneck", ["bottleneck"]))
        for level in range(_LEVELS, 0, -1):
            width = widths[level - 1]
            self.add_module(f"upconv{level}", nn.ConvTranspose2d(2 * width, width, 2, stride=2))
            self.add_module(f"decoder{level}", _twice(2 * width, width, f"dec{level}"))
            blocks.append((f"decoder{level}", [f"upconv{level}", f"decoder{level}"]))
        self.conv = nn.Conv2d(filters, classes, 1)
        self.parts("conv", blocks=blocks, target_layer="decoder1")

    def forward(self, x: Tensor) -> Tensor:
        """Compute the scores of each class at every pixel: (images, classes, height, width)."""
        high, wide = x.shape[-2:]
        unit = 2**_LEVELS
        maps = functional.pad(x, (0, -wide % unit, 0, -high % unit))
        kept = []
        for level in range(1, _LEVELS + 1):
            maps = self.get_submodule(f"encoder{level}")(maps)
            kept.append(maps)
            maps = self.get_submodule(f"pool{level}")(maps)
        maps = self.bottleneck(maps)
        for level in range(_LEVELS, 0, -1):
            up = self.get_submodule(f"upconv{level}")(maps)
            maps = self.get_submodule(f"decoder{level}")(torch.cat([up, kept.pop()], 1))
        scores: Tensor = self.conv(maps)[..., :high, :wide]
        return scores


def _twice(before: int, width: int, name: str) -> nn.Sequential:
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    for number in (1, 2):
        layers[f"{name}conv{number}"] = nn.Conv2d(before, width, 3, padding=1, bias=False)
        layers[f"{name}norm{number}"] = nn.BatchNorm2d(width)
        layers[f"{name}relu{number}"] = nn.ReLU()
        before = width
    return nn.Sequential(layers)


def build(*, classes: int, channels: int, size: tuple[int, int], filters: int = 32) -> UNet:
    """Build a U-Net."""
    del size
    net = UNet(classes, channels, filters)
    kaiming(net)
    return net
