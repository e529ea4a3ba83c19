"""DenseNet: each layer sees the maps of all layers before it."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

from iconometrics.networks.architecture.base import Block, ImageNetwork, kaiming

__all__ = ["DenseNet", "build"]

# Growth, layers of each block, and maps of the first convolution.
_FORMS = {
    121: (32, (6, 12, 24, 16), 64),
    161: (48, (6, 12, 36, 24), 96),
    169: (32, (6, 12, 32, 32), 64),
    201: (32, (6, 12, 48, 32), 64),
}
_BOTTLENECK = 4


class _DenseLayer(nn.Module):
    """Maps that are added to those before."""

    def __init__(self, before: int, growth: int, dropout: float) -> None:
        super().__init__()
        middle = _BOTTLENECK * growth
        self.norm1 = nn.BatchNorm2d(before)
        self.relu1 = nn.ReLU()
        self.conv1 = nn.Conv2d(before, middle, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(middle)
        self.relu2 = nn.ReLU()
        self.conv2 = nn.Conv2d(middle, growth, 3, padding=1, bias=False)
        self.dropout = nn.Dropout(dropout) if dropout else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        maps = self.conv1(self.relu1(self.norm1(x)))
        maps = self.dropout(self.conv2(self.relu2(self.norm2(maps))))
        return torch.cat([x, maps], 1)


class _Transition(nn.Sequential):
    """Half as many maps of half the size."""

    def __init__(self, before: int) -> None:
        super().__init__(
            OrderedDict[str, nn.Module](
                norm=nn.BatchNorm2d(before),
                relu=nn.ReLU(),
                conv=nn.Conv2d(before, before // 2, 1, bias=False),
                pool=nn.AvgPool2d(2),
            )
        )


class DenseNet(ImageNetwork):
    """Four dense blocks with transitions between, the mean over places, one layer."""

    def __init__(self, depth: int, classes: int, channels: int, *, dropout: float) -> None:
        super().__init__()
        growth, counts, maps = _FORMS[depth]
        self.features = nn.Sequential(
            OrderedDict[str, nn.Module](
                conv0=nn.Conv2d(channels, maps, 7, stride=2, padding=3, bias=False),
                norm0=nn.BatchNorm2d(maps),
                relu0=nn.ReLU(),
                pool0=nn.MaxPool2d(3, stride=2, padding=1),
            )
        )
        blocks: list[Block] = [
            ("stem", [f"features.{part}0" for part in ("conv", "norm", "relu", "pool")])
        ]
        for number, count in enumerate(counts, 1):
            dense = nn.Sequential()
            for place in range(1, count + 1):
                dense.add_module(f"denselayer{place}", _DenseLayer(maps, growth, dropout))
                maps += growth
            self.features.add_module(f"denseblock{number}", dense)
            blocks.append((f"denseblock{number}", [f"features.denseblock{number}"]))
            if number < len(counts):
                self.features.add_module(f"transition{number}", _Transition(maps))
                blocks[-1][1].append(f"features.transition{number}")
                maps //= 2
        self.features.add_module("norm5", nn.BatchNorm2d(maps))
        blocks[-1][1].append("features.norm5")
        self.relu = nn.ReLU()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(maps, classes)
        self.parts("classifier", blocks=blocks, target_layer="features.norm5")

    def forward(self, x: Tensor) -> Tensor:
        """Compute the scores of each class."""
        maps = self.relu(self.features(x))
        scores: Tensor = self.classifier(self.avgpool(maps).flatten(1))
        return scores


def build(
    *, classes: int, channels: int, size: tuple[int, int], depth: int = 121, dropout: float = 0
) -> DenseNet:
    """Build a DenseNet, with the names of torchvision's weights."""
    del size
    net = DenseNet(depth, classes, channels, dropout=dropout)
    kaiming(net)
    nn.init.zeros_(net.classifier.bias)
    return net
