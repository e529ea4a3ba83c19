"""Inception v4: deeper, with filters of 1 x 7 and 7 x 1 pixels."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from iconometrics.networks.architecture.base import ImageNetwork, kaiming

__all__ = ["InceptionV4", "build"]

_EPSILON = 0.001

Kernel = int | tuple[int, int]


class _Conv(nn.Module):
    """Convolution, normalization, ReLU."""

    def __init__(
        self, before: int, after: int, kernel: Kernel, *, stride: int = 1, same: bool = False
    ) -> None:
        super().__init__()
        high, wide = (kernel, kernel) if isinstance(kernel, int) else kernel
        padding = (high // 2, wide // 2) if same else 0
        self.conv = nn.Conv2d(
            before, after, (high, wide), stride=stride, padding=padding, bias=False
        )
        self.bn = nn.BatchNorm2d(after, eps=_EPSILON)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        maps: Tensor = self.relu(self.bn(self.conv(x)))
        return maps


class _Branches(nn.Module):
    """Branches side by side, joined; each is kept under its own name."""

    def __init__(self, **branches: nn.Module) -> None:
        super().__init__()
        for name, branch in branches.items():
            self.add_module(name, branch)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.children()], 1)


class _InceptionC(nn.Module):
    """Branches of which two fork once more."""

    def __init__(self) -> None:
        super().__init__()
        self.branch0 = _Conv(1536, 256, 1)
        self.branch1_0 = _Conv(1536, 384, 1)
        self.branch1_1a = _Conv(384, 256, (1, 3), same=True)
        self.branch1_1b = _Conv(384, 256, (3, 1), same=True)
        self.branch2_0 = _Conv(1536, 384, 1)
        self.branch2_1 = _Conv(384, 448, (3, 1), same=True)
        self.branch2_2 = _Conv(448, 512, (1, 3), same=True)
        self.branch2_3a = _Conv(512, 256, (1, 3), same=True)
        self.branch2_3b = _Conv(512, 256, (3, 1), same=True)
        self.branch3 = nn.Sequential(_averaged(), _Conv(1536, 256, 1))

    def forward(self, x: Tensor) -> Tensor:
        narrow = self.branch1_0(x)
        two = self.branch2_2(self.branch2_1(self.branch2_0(x)))
        forks = [self.branch1_1a(narrow), self.branch1_1b(narrow)]
        forks += [self.branch2_3a(two), self.branch2_3b(two)]
        return torch.cat([self.branch0(x), *forks, self.branch3(x)], 1)


class InceptionV4(ImageNetwork):
    """A stem, then modules A, B and C with reductions between, the mean, one layer."""

    def __init__(self, classes: int, channels: int, *, dropout: float) -> None:
        super().__init__()
        stages: list[tuple[str, Sequence[nn.Module]]] = [
            ("stem", _stem(channels)),
            *((f"inception_a{n}", [_inception_a()]) for n in range(1, 5)),
            ("reduction_a", [_reduction_a()]),
            *((f"inception_b{n}", [_inception_b()]) for n in range(1, 8)),
            ("reduction_b", [_reduction_b()]),
            *((f"inception_c{n}", [_InceptionC()]) for n in range(1, 4)),
        ]
        self.features = nn.Sequential()
        blocks = []
        for name, modules in stages:
            first = len(self.features)
            self.features.extend(modules)
            blocks.append((name, [f"features.{first + i}" for i in range(len(modules))]))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(dropout)
        self.last_linear = nn.Linear(1536, classes)
        target = f"features.{len(self.features) - 1}"
        self.parts("last_linear", blocks=blocks, target_layer=target)

    def forward(self, x: Tensor) -> Tensor:
        """Compute the scores of each class."""
        maps = self.avgpool(self.features(x)).flatten(1)
        scores: Tensor = self.last_linear(self.dropout(maps))
        return scores


def _averaged() -> nn.AvgPool2d:
    return nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)


def _stem(channels: int) -> list[nn.Module]:
    long = nn.Sequential(
        _Conv(160, 64, 1),
        _Conv(64, 64, (1, 7), same=True),
        _Conv(64, 64, (7, 1), same=True),
        _Conv(64, 96, 3),
    )
    return [
        _Conv(channels, 32, 3, stride=2),
        _Conv(32, 32, 3),
        _Conv(32, 64, 3, same=True),
        _Branches(maxpool=nn.MaxPool2d(3, stride=2), conv=_Conv(64, 96, 3, stride=2)),
        _Branches(branch0=nn.Sequential(_Conv(160, 64, 1), _Conv(64, 96, 3)), branch1=long),
        _Branches(conv=_Conv(192, 192, 3, stride=2), maxpool=nn.MaxPool2d(3, stride=2)),
    ]


def _inception_a() -> nn.Module:
    return _Branches(
        branch0=_Conv(384, 96, 1),
        branch1=nn.Sequential(_Conv(384, 64, 1), _Conv(64, 96, 3, same=True)),
        branch2=nn.Sequential(
            _Conv(384, 64, 1), _Conv(64, 96, 3, same=True), _Conv(96, 96, 3, same=True)
        ),
        branch3=nn.Sequential(_averaged(), _Conv(384, 96, 1)),
    )


def _reduction_a() -> nn.Module:
    return _Branches(
        branch0=_Conv(384, 384, 3, stride=2),
        branch1=nn.Sequential(
            _Conv(384, 192, 1), _Conv(192, 224, 3, same=True), _Conv(224, 256, 3, stride=2)
        ),
        branch2=nn.MaxPool2d(3, stride=2),
    )


def _inception_b() -> nn.Module:
    return _Branches(
        branch0=_Conv(1024, 384, 1),
        branch1=nn.Sequential(
            _Conv(1024, 192, 1),
            _Conv(192, 224, (1, 7), same=True),
            _Conv(224, 256, (7, 1), same=True),
        ),
        branch2=nn.Sequential(
            _Conv(1024, 192, 1),
            _Conv(192, 192, (7, 1), same=True),
            _Conv(192, 224, (1, 7), same=True),
            _Conv(224, 224, (7, 1), same=True),
            _Conv(224, 256, (1, 7), same=True),
        ),
        branch3=nn.Sequential(_averaged(), _Conv(1024, 128, 1)),
    )


def _reduction_b() -> nn.Module:
    return _Branches(
        branch0=nn.Sequential(_Conv(1024, 192, 1), _Conv(192, 192, 3, stride=2)),
        branch1=nn.Sequential(
            _Conv(1024, 256, 1),
            _Conv(256, 256, (1, 7), same=True),
            _Conv(256, 320, (7, 1), same=True),
            _Conv(320, 320, 3, stride=2),
        ),
        branch2=nn.MaxPool2d(3, stride=2),
    )


def build(
    *, classes: int, channels: int, size: tuple[int, int], dropout: float = 0.2
) -> InceptionV4:
    """Build Inception v4, with the names of the published weights."""
    del size
    net = InceptionV4(classes, channels, dropout=dropout)
    kaiming(net)
    return net
