"""Kim's CNN for text: filters over neighboring words."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from iconometrics.errors import InputError
from iconometrics.networks.architecture.base import ImageNetwork

__all__ = ["TextCNN", "build"]


class TextCNN(ImageNetwork):
    """Word vectors, filters of several widths, the maximum over the text, one layer."""

    def __init__(
        self,
        classes: int,
        vocabulary: int,
        *,
        width: int,
        filters: int,
        kernels: Sequence[int],
        dropout: float,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width, padding_idx=0)
        self.convs = nn.ModuleList(nn.Conv1d(width, filters, kernel) for kernel in kernels)
        self.relu = nn.ReLU()
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(filters * len(kernels), classes)
        names = [f"convs.{number}" for number in range(len(kernels))]
        self.parts("fc", blocks=[("words", ["embedding"]), ("convs", [*names, "relu"])])

    def forward(self, x: Tensor) -> Tensor:
        """Compute the scores of each class from word numbers, (texts, words)."""
        words = self.embedding(x.flatten(1).long()).transpose(1, 2)
        highest = [self.relu(conv(words)).amax(2) for conv in self.convs]
        scores: Tensor = self.fc(self.dropout(torch.cat(highest, 1)))
        return scores


def build(
    *,
    classes: int,
    channels: int,
    size: tuple[int, int],
    vocabulary: int = 20_000,
    width: int = 300,
    filters: int = 100,
    kernels: Sequence[int] = (3, 4, 5),
    dropout: float = 0.5,
) -> TextCNN:
    """Build Kim's CNN for short texts, such as captions."""
    if channels != 1 or size[0] * size[1] < max(kernels):
        raise InputError(
            f"channels={channels}, size={size}: expected one channel and texts of at least "
            f"{max(kernels)} words, such as channels=1, size=(1, 50)."
        )
    return TextCNN(
        classes, vocabulary, width=width, filters=filters, kernels=kernels, dropout=dropout
    )
