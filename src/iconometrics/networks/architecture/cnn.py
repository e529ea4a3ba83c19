"""The small CNN of the lectures: one to three blocks of convolutions, then fully connected."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from iconometrics.errors import InputError
from iconometrics.networks.architecture.activations import activation as activation_of
from iconometrics.networks.architecture.activations import widened
from iconometrics.networks.architecture.base import ImageNetwork, kaiming
from iconometrics.networks.architecture.mlp import connected

__all__ = ["SmallCNN", "build"]


class SmallCNN(ImageNetwork):
    """Blocks of convolution, activation and pooling, then fully connected layers."""

    def __init__(
        self,
        stages: Sequence[nn.Sequential],
        connections: Sequence[tuple[int, float]],
        *,
        maps: int,
        classes: int,
        activation: str,
    ) -> None:
        super().__init__()
        self.features = nn.Sequential(*stages)
        self.classifier, fc = connected(
            maps, connections, activation=activation, prefix="classifier"
        )
        self.output = nn.Linear(connections[-1][0] if connections else maps, classes)
        conv = [(f"conv{n}", [f"features.{n - 1}"]) for n in range(1, len(stages) + 1)]
        last = len(stages) - 1
        before_pool = len(stages[last]) - 2
        self.parts("output", blocks=[*conv, *fc], target_layer=f"features.{last}.{before_pool}")

    def forward(self, x: Tensor) -> Tensor:
        """Compute the scores of each class."""
        scores: Tensor = self.output(self.classifier(self.features(x).flatten(1)))
        return scores


def build(
    *,
    classes: int,
    channels: int,
    size: tuple[int, int],
    blocks: int = 2,
    filters: int | Sequence[int] = 32,
    kernel: int = 3,
    pool: int = 2,
    convolutions: int = 1,
    batch_norm: bool = False,
    fc: Sequence[int] = (128, 50),
    dropout: float = 0.5,
    activation: str = "relu",
) -> SmallCNN:
    """Build a small CNN."""
    widths = _widths(blocks, filters)
    if kernel < 1 or kernel % 2 == 0:
        raise InputError(f"kernel={kernel}: expected an odd number of pixels, such as 3 or 5.")
    high, wide = (side // pool ** len(widths) for side in size)
    if min(high, wide) < 1:
        raise InputError(
            f"{len(widths)} blocks on {size[0]} x {size[1]} pixels: nothing would be left after "
            f"pooling by {pool} that often. Take fewer blocks or a larger size."
        )
    stages = []
    before = channels
    for width in widths:
        stages.append(_stage(before, width, kernel, pool, convolutions, batch_norm, activation))
        before = width
    connections = [(units, dropout) for units in fc]
    maps = before * high * wide
    net = SmallCNN(stages, connections, maps=maps, classes=classes, activation=activation)
    if activation == "relu":
        kaiming(net)
    return net


def _widths(blocks: int, filters: int | Sequence[int]) -> list[int]:
    if blocks < 1:
        raise InputError(f"blocks={blocks}: expected one block or more, such as 2.")
    if isinstance(filters, int):
        return [filters * 2**number for number in range(blocks)]
    if len(filters) != blocks:
        raise InputError(
            f"filters={tuple(filters)}: {len(filters)} numbers for {blocks} blocks; expected one "
            "for each, or the first block's alone, to be doubled."
        )
    return list(filters)


def _stage(
    before: int,
    width: int,
    kernel: int,
    pool: int,
    convolutions: int,
    batch_norm: bool,
    activation: str,
) -> nn.Sequential:
    stage = nn.Sequential()
    for _ in range(convolutions):
        filters = widened(width, activation)
        stage.append(nn.Conv2d(before, filters, kernel, padding=kernel // 2, bias=not batch_norm))
        if batch_norm:
            stage.append(nn.BatchNorm2d(filters))
        stage.append(activation_of(activation))
        before = width
    return stage.append(nn.MaxPool2d(pool))
