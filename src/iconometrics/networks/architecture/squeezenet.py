"""SqueezeNet: as good as AlexNet with a fiftieth of its parameters."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from iconometrics.networks.architecture.base import ImageNetwork

__all__ = ["SqueezeNet", "build"]

# Maps after squeezing and after expanding, once for each of the two kinds of filters.
_FIRES = ((16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256))
# Maps, size and padding of the first convolution, and the fires after which maps are pooled.
_VERSIONS = {"1_0": (96, 7, (3, 7)), "1_1": (64, 3, (2, 4))}


class _Fire(nn.Module):
    """Few maps by 1 x 1 filters, then many by 1 x 1 and 3 x 3 side by side."""

    def __init__(self, before: int, squeezed: int, expanded: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(before, squeezed, 1)
        self.squeeze_activation = nn.ReLU()
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand1x1_activation = nn.ReLU()
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)
        self.expand3x3_activation = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        few = self.squeeze_activation(self.squeeze(x))
        small = self.expand1x1_activation(self.expand1x1(few))
        return torch.cat([small, self.expand3x3_activation(self.expand3x3(few))], 1)


class SqueezeNet(ImageNetwork):
    """A convolution, eight fire modules, and a 1 x 1 convolution that gives the scores."""

    def __init__(self, version: str, classes: int, channels: int, *, dropout: float) -> None:
        super().__init__()
        maps, kernel, pooled = _VERSIONS[version]
        layers: list[nn.Module] = [
            nn.Conv2d(channels, maps, kernel, stride=2),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2, ceil_mode=True),
        ]
        blocks = [("conv1", ["features.0", "features.1", "features.2"])]
        for number, (squeezed, expanded) in enumerate(_FIRES, 1):
            layers.append(_Fire(maps, squeezed, expanded))
            maps = 2 * expanded
            blocks.append((f"fire{number + 1}", [f"features.{len(layers) - 1}"]))
            if number in pooled:
                layers.append(nn.MaxPool2d(3, stride=2, ceil_mode=True))
                blocks[-1][1].append(f"features.{len(layers) - 1}")
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(
            nn.Dropout(dropout), nn.Conv2d(maps, classes, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1)
        )
        self.parts("classifier.1", blocks=blocks, target_layer=f"features.{len(layers) - 1}")
        self.blocks[-1] = ("head", ["classifier.1", "classifier.2", "classifier.3"])

    def forward(self, x: Tensor) -> Tensor:
        """Compute the scores of each class."""
        scores: Tensor = self.classifier(self.features(x)).flatten(1)
        return scores


def build(
    *,
    classes: int,
    channels: int,
    size: tuple[int, int],
    version: str = "1_1",
    dropout: float = 0.5,
) -> SqueezeNet:
    """Build a SqueezeNet, with the names of torchvision's weights."""
    del size
    net = SqueezeNet(version, classes, channels, dropout=dropout)
    for module in net.features.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_uniform_(module.weight)
            nn.init.zeros_(module.bias)  # type: ignore[arg-type]
    last = net.get_submodule(net.head)
    nn.init.normal_(last.weight, 0, 0.01)  # type: ignore[arg-type]
    nn.init.zeros_(last.bias)  # type: ignore[arg-type]
    return net
