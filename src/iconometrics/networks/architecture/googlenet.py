"""GoogLeNet: filters of several sizes side by side."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from iconometrics.networks.architecture.base import Block, ImageNetwork

__all__ = ["GoogLeNet", "build", "truncated"]

# Maps: by 1 x 1; before and after the 3 x 3; before and after the second 3 x 3; after pooling.
_MODULES = {
    "inception3a": (192, 64, 96, 128, 16, 32, 32),
    "inception3b": (256, 128, 128, 192, 32, 96, 64),
    "inception4a": (480, 192, 96, 208, 16, 48, 64),
    "inception4b": (512, 160, 112, 224, 24, 64, 64),
    "inception4c": (512, 128, 128, 256, 24, 64, 64),
    "inception4d": (512, 112, 144, 288, 32, 64, 64),
    "inception4e": (528, 256, 160, 320, 32, 128, 128),
    "inception5a": (832, 256, 160, 320, 32, 128, 128),
    "inception5b": (832, 384, 192, 384, 48, 128, 128),
}
_POOLED_AFTER = {"inception3b": "maxpool3", "inception4e": "maxpool4"}
_EPSILON = 0.001


class _Conv(nn.Module):
    """Convolution, normalization, ReLU."""

    def __init__(
        self, before: int, after: int, kernel: int, *, stride: int = 1, padding: int = 0
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(before, after, kernel, stride=stride, padding=padding, bias=False)
        self.bn = nn.BatchNorm2d(after, eps=_EPSILON)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        maps: Tensor = self.relu(self.bn(self.conv(x)))
        return maps


class _Inception(nn.Module):
    """Four branches, joined."""

    def __init__(self, before: int, *maps: int) -> None:
        super().__init__()
        single, few3, many3, few5, many5, pooled = maps
        self.branch1 = _Conv(before, single, 1)
        self.branch2 = nn.Sequential(_Conv(before, few3, 1), _Conv(few3, many3, 3, padding=1))
        # 3 x 3 where the paper has 5 x 5: so are the published weights.
        self.branch3 = nn.Sequential(_Conv(before, few5, 1), _Conv(few5, many5, 3, padding=1))
        pool = nn.MaxPool2d(3, stride=1, padding=1, ceil_mode=True)
        self.branch4 = nn.Sequential(pool, _Conv(before, pooled, 1))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class _Auxiliary(nn.Module):
    """A classifier on maps half way up."""

    def __init__(self, before: int, classes: int) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(4)
        self.conv = _Conv(before, 128, 1)
        self.fc1 = nn.Linear(2048, 1024)
        self.relu = nn.ReLU()
        self.dropout = nn.Dropout(0.7)
        self.fc2 = nn.Linear(1024, classes)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.relu(self.fc1(self.conv(self.pool(x)).flatten(1)))
        scores: Tensor = self.fc2(self.dropout(hidden))
        return scores


class GoogLeNet(ImageNetwork):
    """Three convolutions, nine inception modules, the mean over places, one layer."""

    def __init__(
        self, classes: int, channels: int, *, dropout: float, auxiliary: bool = False
    ) -> None:
        super().__init__()
        self.conv1 = _Conv(channels, 64, 7, stride=2, padding=3)
        self.maxpool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.conv2 = _Conv(64, 64, 1)
        self.conv3 = _Conv(64, 192, 3, padding=1)
        self.maxpool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.maxpool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.maxpool4 = nn.MaxPool2d(2, stride=2, ceil_mode=True)
        blocks: list[Block] = [("conv1", ["conv1", "maxpool1"])]
        blocks.append(("conv2", ["conv2", "conv3", "maxpool2"]))
        for name, maps in _MODULES.items():
            self.add_module(name, _Inception(*maps))
            after = _POOLED_AFTER.get(name)
            blocks.append((name, [name, after] if after else [name]))
        if auxiliary:
            self.aux1 = _Auxiliary(512, classes)
            self.aux2 = _Auxiliary(528, classes)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(1024, classes)
        self.parts("fc", blocks=blocks, target_layer="inception5b")

    def forward(self, x: Tensor) -> Tensor:
        """Compute the scores of each class."""
        scores: Tensor = self.fc(self.dropout(self.avgpool(self._maps(x)[-1]).flatten(1)))
        return scores

    def auxiliary_scores(self, x: Tensor) -> list[Tensor]:
        """Compute the scores of the two classifiers half way up, for a loss of one's own."""
        fourth, fourth_d, _ = self._maps(x)
        return [self.aux1(fourth), self.aux2(fourth_d)]

    def _maps(self, x: Tensor) -> list[Tensor]:
        maps = self.maxpool1(self.conv1(x))
        maps = self.maxpool2(self.conv3(self.conv2(maps)))
        kept = []
        for name in _MODULES:
            maps = self.get_submodule(name)(maps)
            if name in {"inception4a", "inception4d", "inception5b"}:
                kept.append(maps)
            if name in _POOLED_AFTER:
                maps = self.get_submodule(_POOLED_AFTER[name])(maps)
        return kept


def truncated(net: nn.Module, spread: float) -> None:
    """Start convolutions and fully connected layers with normal weights, cut at two spreads."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.trunc_normal_(module.weight, 0, spread, -2 * spread, 2 * spread)


def build(
    *,
    classes: int,
    channels: int,
    size: tuple[int, int],
    dropout: float = 0.2,
    auxiliary: bool = False,
) -> GoogLeNet:
    """Build GoogLeNet (Inception v1 with normalization), named as torchvision's weights are."""
    del size
    net = GoogLeNet(classes, channels, dropout=dropout, auxiliary=auxiliary)
    truncated(net, 0.01)
    return net
