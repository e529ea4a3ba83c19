"""Changes at random that leave what a picture shows as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from iconometrics.errors import InputError
from iconometrics.networks.training.plan import AUGMENTATIONS

__all__ = ["augmented", "make_augmentation"]


def make_augmentation(names: Sequence[str], size: tuple[int, int]) -> nn.Module | None:
    """Make the augmentation of a batch on the device that it is on.

    Parameters
    ----------
    names
        "flip" (left and right, half of the pictures), "rotate:15" (by up to 15 degrees),
        "zoom:.15" (by up to 15 %), "crop:.125" (moved by up to an eighth of the side), "color:.2"
        (brightness, contrast and saturation by up to 20 %, hue by a tenth of that).
    size
        Height and width of the pictures.

    Returns
    -------
    torch.nn.Module or None
        Takes and gives (n, channels, height, width), 0 to 1.

    Raises
    ------
    InputError
        If a strength cannot be used.

    Examples
    --------
    >>> made = make_augmentation(["flip", "rotate:30"], (8, 8))
    >>> made(torch.zeros(2, 3, 8, 8)).shape
    torch.Size([2, 3, 8, 8])
    """
    if not names:
        return None
    return nn.Sequential(*[_change(name, size) for name in names])


def augmented(pixels: NDArray[np.uint8], names: Sequence[str], *, seed: int) -> NDArray[np.uint8]:
    """Change pictures as training does, to be looked at.

    Parameters
    ----------
    pixels
        (n, height, width, channels), uint8.
    names
        As for `make_augmentation`.
    seed
        Names the changes.

    Returns
    -------
    numpy.ndarray
        Of the same shape.

    Examples
    --------
    >>> gray = np.full((2, 8, 8, 1), 100, np.uint8)
    >>> augmented(gray, ["flip"], seed=1)[0, 0, 0].tolist()
    [100]
    """
    change = make_augmentation(names, pixels.shape[1:3])
    if change is None:
        return pixels
    with torch.random.fork_rng(devices=[]):
        # torch.manual_seed would reset the GPUs' random state as well.
        torch.default_generator.manual_seed(int(seed))
        changed = change(torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255)
    return np.asarray((changed.permute(0, 2, 3, 1) * 255).round().clamp(0, 255).byte())


class _Tinted(nn.Module):
    """Other brightness, contrast, saturation and hue; a gray picture has the first two only."""

    def __init__(self, strength: float) -> None:
        super().__init__()
        from kornia.augmentation import ColorJitter

        self.color = ColorJitter(strength, strength, strength, strength / 10, p=1.0)
        self.gray = ColorJitter(strength, strength, 0.0, 0.0, p=1.0)

    def forward(self, pictures: Tensor) -> Tensor:
        if pictures.shape[1] == 3:
            return self.color(pictures)  # type: ignore[no-any-return]
        return self.gray(pictures.expand(-1, 3, -1, -1))[:, :1]  # type: ignore[no-any-return]


def _change(name: str, size: tuple[int, int]) -> Any:
    from kornia import augmentation as kornia

    kind, _, text = name.partition(":")
    strength = _strength(name, text, AUGMENTATIONS[kind])
    if kind == "flip":
        return kornia.RandomHorizontalFlip(p=0.5)
    if kind == "rotate":
        return kornia.RandomAffine(strength, padding_mode="reflection", p=1.0)
    if kind == "zoom":
        scale = (1 - strength, 1 + strength)
        return kornia.RandomAffine(0.0, scale=scale, padding_mode="reflection", p=1.0)
    if kind == "crop":
        # Left and right come first in kornia.
        padding = (max(1, round(strength * size[1])), max(1, round(strength * size[0])))
        return kornia.RandomCrop(size, padding=padding, padding_mode="reflect", p=1.0)
    return _Tinted(strength)


def _strength(name: str, text: str, usual: float | None) -> float:
    if not text:
        return usual or 0.0
    try:
        strength = float(text)
    except ValueError:
        strength = -1.0
    limit = 180 if name.startswith("rotate") else 0.9
    if usual is None or not 0 < strength <= limit:
        raise InputError(
            f"augment={name!r}: expected one of {', '.join(AUGMENTATIONS)}, with a strength above "
            '0 such as "rotate:15" (degrees) or "zoom:.15" (share).'
        )
    return strength
