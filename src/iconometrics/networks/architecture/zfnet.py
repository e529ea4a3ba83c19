"""ZFNet: AlexNet with a smaller first filter and stride, found by looking inside it."""

from __future__ import annotations

import itertools

from torch import Tensor, nn

from iconometrics.networks.architecture.base import ImageNetwork, small_normal

__all__ = ["ZFNet", "build"]


class ZFNet(ImageNetwork):
    """Five convolutions, the first of 7 x 7 pixels with stride 2; three fully connected layers."""

    def __init__(self, classes: int, channels: int, dropout: float) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(channels, 96, 7, stride=2, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2, padding=1),
            nn.LocalResponseNorm(5),
            nn.Conv2d(96, 256, 5, stride=2),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2, padding=1),
            nn.LocalResponseNorm(5),
            nn.Conv2d(256, 384, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(384, 384, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(6)
        self.classifier = nn.Sequential(
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(4096, classes),
        )
        starts = [0, 4, 8, 10, 12, 15]
        blocks = [
            (f"conv{n}", [f"features.{i}" for i in range(first, end)])
            for n, (first, end) in enumerate(itertools.pairwise(starts), 1)
        ]
        blocks += [
            ("fc6", [f"classifier.{i}" for i in (0, 1, 2)]),
            ("fc7", [f"classifier.{i}" for i in (3, 4, 5)]),
        ]
        self.parts("classifier.6", blocks=blocks, target_layer="features.13")

    def forward(self, x: Tensor) -> Tensor:
        """Compute the scores of each class."""
        scores: Tensor = self.classifier(self.avgpool(self.features(x)).flatten(1))
        return scores


def build(*, classes: int, channels: int, size: tuple[int, int], dropout: float = 0.5) -> ZFNet:
    """Build ZFNet. Its authors published no weights."""
    del size
    net = ZFNet(classes, channels, dropout)
    small_normal(net, 0.01)
    return net
