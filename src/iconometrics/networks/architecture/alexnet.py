"""AlexNet: five convolutions, three fully connected layers."""

from __future__ import annotations

import itertools

from torch import Tensor, nn

from iconometrics.networks.architecture.base import ImageNetwork

__all__ = ["AlexNet", "build"]


class AlexNet(ImageNetwork):
    """The network that won ImageNet's competition of 2012, in the form with one column."""

    def __init__(self, classes: int, channels: int, dropout: float) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(channels, 64, 11, stride=4, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(64, 192, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(192, 384, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(6)
        self.classifier = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Linear(4096, classes),
        )
        starts = [0, 3, 6, 8, 10, 13]
        blocks = [
            (f"conv{n}", [f"features.{i}" for i in range(first, end)])
            for n, (first, end) in enumerate(itertools.pairwise(starts), 1)
        ]
        blocks += [
            ("fc6", [f"classifier.{i}" for i in (0, 1, 2)]),
            ("fc7", [f"classifier.{i}" for i in (3, 4, 5)]),
        ]
        self.parts("classifier.6", blocks=blocks, target_layer="features.11")

    def forward(self, x: Tensor) -> Tensor:
        """Compute the scores of each class."""
        scores: Tensor = self.classifier(self.avgpool(self.features(x)).flatten(1))
        return scores


def build(*, classes: int, channels: int, size: tuple[int, int], dropout: float = 0.5) -> AlexNet:
    """Build AlexNet, with the names of torchvision's weights."""
    del size
    return AlexNet(classes, channels, dropout)
