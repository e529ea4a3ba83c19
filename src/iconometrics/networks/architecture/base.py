"""What every network here has besides its layers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from torch import nn

if TYPE_CHECKING:
    from iconometrics.networks.preprocessing import Preprocessing

__all__ = ["ImageNetwork", "kaiming", "small_normal"]

Block = tuple[str, list[str]]


class ImageNetwork(nn.Module):
    """A network that knows what it is made for."""

    architecture: str
    settings: dict[str, Any]
    size: tuple[int, int]
    channels: int
    classes: int
    head: str
    target_layer: str | None
    blocks: list[Block]
    preprocessing: Preprocessing | None

    def parts(self, head: str, *, blocks: Iterable[Block], target_layer: str | None = None) -> None:
        """State which layers are what."""
        self.head = head
        self.blocks = [*blocks, ("head", [head])]
        self.target_layer = target_layer


def kaiming(net: nn.Module) -> None:
    """Start convolutions with a spread that ReLU keeps, and normalizations with one and zero."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def small_normal(net: nn.Module, spread: float) -> None:
    """Start fully connected layers with small normal weights and no bias."""
    for module in net.modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0, spread)
            nn.init.zeros_(module.bias)
