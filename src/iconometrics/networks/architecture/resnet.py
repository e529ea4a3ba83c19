"""ResNet: layers that learn what to add to their input."""

from __future__ import annotations

from torch import Tensor, nn

from iconometrics.networks.architecture.base import ImageNetwork, kaiming

__all__ = ["ResNet", "build"]

_WIDTHS = (64, 128, 256, 512)
_COUNTS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}
_COUNTS |= {152: (3, 8, 36, 3)}


class _Basic(nn.Module):
    """Two 3 x 3 convolutions and the input."""

    expansion = 1

    def __init__(self, before: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, width, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = _shortcut(before, width, stride)

    def forward(self, x: Tensor) -> Tensor:
        kept = x if self.downsample is None else self.downsample(x)
        summed: Tensor = self.relu(self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x))))) + kept)
        return summed


class _Bottleneck(nn.Module):
    """A 3 x 3 convolution between two of 1 x 1, and the input."""

    expansion = 4

    def __init__(self, before: int, width: int, stride: int) -> None:
        super().__init__()
        after = width * self.expansion
        self.conv1 = nn.Conv2d(before, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, after, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(after)
        self.relu = nn.ReLU()
        self.downsample = _shortcut(before, after, stride)

    def forward(self, x: Tensor) -> Tensor:
        kept = x if self.downsample is None else self.downsample(x)
        maps = self.relu(self.bn1(self.conv1(x)))
        maps = self.relu(self.bn2(self.conv2(maps)))
        summed: Tensor = self.relu(self.bn3(self.conv3(maps)) + kept)
        return summed


class ResNet(ImageNetwork):
    """A 7 x 7 convolution, four stages of residual blocks, the mean over places, one layer."""

    def __init__(self, depth: int, classes: int, channels: int) -> None:
        super().__init__()
        block = _Basic if depth < 50 else _Bottleneck
        self.conv1 = nn.Conv2d(channels, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        before = 64
        blocks = [("stem", ["conv1", "bn1", "relu", "maxpool"])]
        for number, (width, count) in enumerate(zip(_WIDTHS, _COUNTS[depth], strict=True), 1):
            stage = nn.Sequential()
            for place in range(count):
                stage.append(block(before, width, 2 if number > 1 and not place else 1))
                before = width * block.expansion
                blocks.append((f"layer{number}.{place}", [f"layer{number}.{place}"]))
            self.add_module(f"layer{number}", stage)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(before, classes)
        self.parts("fc", blocks=blocks, target_layer="layer4")

    def forward(self, x: Tensor) -> Tensor:
        """Compute the scores of each class."""
        maps = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        for number in range(1, len(_WIDTHS) + 1):
            maps = self.get_submodule(f"layer{number}")(maps)
        scores: Tensor = self.fc(self.avgpool(maps).flatten(1))
        return scores


def _shortcut(before: int, after: int, stride: int) -> nn.Sequential | None:
    if stride == 1 and before == after:
        return None
    convolution = nn.Conv2d(before, after, 1, stride=stride, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(after))


def build(*, classes: int, channels: int, size: tuple[int, int], depth: int = 50) -> ResNet:
    """Build a ResNet, with the names of torchvision's weights."""
    del size
    net = ResNet(depth, classes, channels)
    kaiming(net)
    return net
