"""LeNet-5: two convolutions and three fully connected layers, for handwritten digits."""

from __future__ import annotations

from torch import Tensor, nn

from iconometrics.errors import InputError
from iconometrics.networks.architecture.activations import activation as activation_of
from iconometrics.networks.architecture.activations import widened
from iconometrics.networks.architecture.base import ImageNetwork

__all__ = ["LeNet5", "build"]

_POOLS = {"mean": nn.AvgPool2d, "max": nn.MaxPool2d}


class LeNet5(ImageNetwork):
    """Two convolutions, each pooled to half, then 120, 84 and as many units as classes."""

    def __init__(
        self, classes: int, channels: int, size: tuple[int, int], *, act: str, pool: str
    ) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(channels, widened(6, act), 5),
            activation_of(act),
            _POOLS[pool](2),
            nn.Conv2d(6, widened(16, act), 5),
            activation_of(act),
            _POOLS[pool](2),
        )
        high, wide = (((side - 4) // 2 - 4) // 2 for side in size)
        self.classifier = nn.Sequential(
            nn.Linear(16 * high * wide, widened(120, act)),
            activation_of(act),
            nn.Linear(120, widened(84, act)),
            activation_of(act),
            nn.Linear(84, classes),
        )
        blocks = [
            ("conv1", ["features.0", "features.1", "features.2"]),
            ("conv2", ["features.3", "features.4", "features.5"]),
            ("fc1", ["classifier.0", "classifier.1"]),
            ("fc2", ["classifier.2", "classifier.3"]),
        ]
        self.parts("classifier.4", blocks=blocks, target_layer="features.4")

    def forward(self, x: Tensor) -> Tensor:
        """Compute the scores of each class."""
        scores: Tensor = self.classifier(self.features(x).flatten(1))
        return scores


def build(
    *,
    classes: int,
    channels: int,
    size: tuple[int, int],
    activation: str = "tanh",
    pool: str = "mean",
) -> LeNet5:
    """Build LeNet-5 with its second convolution fully connected to the first."""
    if pool not in _POOLS:
        raise InputError(f"pool={pool!r}: expected one of {', '.join(_POOLS)}.")
    return LeNet5(classes, channels, size, act=activation, pool=pool)
