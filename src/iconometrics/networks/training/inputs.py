"""From pixels to a network's input."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from iconometrics.errors import InputError
from iconometrics.networks.preprocessing import Preprocessing

__all__ = ["Inputs"]

_MEAN = Preprocessing().mean
_SCALE = Preprocessing().scale


class Inputs:
    """Turns a batch of pixels into what a network takes, on its device."""

    def __init__(
        self,
        channels: int,
        device: torch.device,
        *,
        augment: nn.Module | None = None,
        preprocessing: Preprocessing | None = None,
    ) -> None:
        usual = ((0.0,), (255.0,)) if channels == 1 else (_MEAN, _SCALE)
        mean, scale = usual
        self.backward = False
        if preprocessing is not None and preprocessing.channels == channels:
            mean, scale = preprocessing.mean, preprocessing.scale
            self.backward = preprocessing.order == "bgr"
        # (value - mean) / scale, as one product and one sum.
        self.times = 1 / torch.tensor(scale, device=device).view(1, -1, 1, 1)
        self.plus = -torch.tensor(mean, device=device).view(1, -1, 1, 1) * self.times
        self.device = device
        self.augment = augment

    def __call__(self, pixels: NDArray[Any]) -> Tensor:
        """Prepare a batch."""
        made = torch.from_numpy(np.ascontiguousarray(pixels)).to(self.device)
        if pixels.ndim == 2:
            return made
        made = made.permute(0, 3, 1, 2)
        if pixels.dtype != np.uint8:
            if self.augment is not None:
                raise InputError(
                    f"augment= changes pictures of type uint8, and these are {pixels.dtype}, which "
                    "stay as they are: expected pictures from 0 to 255, or augment=()."
                )
            return made.contiguous()
        made = made.contiguous().float()
        if self.augment is not None:
            made = self.augment(made / 255) * 255
        if self.backward:
            made = made.flip(1)
        return made.mul_(self.times).add_(self.plus)
