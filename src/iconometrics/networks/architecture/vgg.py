"""VGG: thirteen to nineteen layers of 3 x 3 filters."""

from __future__ import annotations

from torch import Tensor, nn

from iconometrics.networks.architecture.base import ImageNetwork, kaiming, small_normal

__all__ = ["VGG", "build"]

_WIDTHS = (64, 128, 256, 512, 512)
_CONVOLUTIONS = {13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}


class VGG(ImageNetwork):
    """Five stages of 3 x 3 convolutions, each pooled to half; three fully connected layers."""

    def __init__(self, depth: int, classes: int, channels: int, *, dropout: float) -> None:
        super().__init__()
        self.features = nn.Sequential()
        blocks = []
        for stage, (width, count) in enumerate(zip(_WIDTHS, _CONVOLUTIONS[depth], strict=True), 1):
            for number in range(1, count + 1):
                first = len(self.features)
                self.features.extend([nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()])
                channels = width
                if number == count:
                    self.features.append(nn.MaxPool2d(2))
                modules = [f"features.{i}" for i in range(first, len(self.features))]
                blocks.append((f"conv{stage}_{number}", modules))
        self.avgpool = nn.AdaptiveAvgPool2d(7)
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(4096, classes),
        )
        blocks += [
            ("fc6", [f"classifier.{i}" for i in (0, 1, 2)]),
            ("fc7", [f"classifier.{i}" for i in (3, 4, 5)]),
        ]
        target = f"features.{len(self.features) - 2}"
        self.parts("classifier.6", blocks=blocks, target_layer=target)

    def forward(self, x: Tensor) -> Tensor:
        """Compute the scores of each class."""
        scores: Tensor = self.classifier(self.avgpool(self.features(x)).flatten(1))
        return scores


def build(
    *, classes: int, channels: int, size: tuple[int, int], depth: int = 16, dropout: float = 0.5
) -> VGG:
    """Build a VGG network, with the names of torchvision's weights."""
    del size
    net = VGG(depth, classes, channels, dropout=dropout)
    kaiming(net)
    small_normal(net, 0.01)
    return net
