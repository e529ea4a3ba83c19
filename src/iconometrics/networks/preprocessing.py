"""What is done to a picture before a network sees it: crop, size, channels, mean and scale."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iconometrics import images
from iconometrics.errors import InputError

__all__ = ["Preprocessing"]

_ORDERS = ("rgb", "bgr", "gray")
_CROPS = ("center", "whole")
_SHORT = 256 / 224


@dataclass(frozen=True)
class Preprocessing:
    """How a picture becomes a network's input: as it did when the network was trained.

    Each channel becomes (value - mean) / scale, with values from 0 to 255. The defaults are those
    of most networks trained on ImageNet in the last ten years.

    Parameters
    ----------
    order
        Of the channels: "rgb", "bgr" or "gray".
    mean, scale
        What is taken off each channel, and what it is divided by after; in the network's order.
    size
        Height and width of the input in pixels.
    crop
        "center": the short side is brought to `short`, and the middle square is cut out; "whole":
        the whole picture is brought to the square, whatever its shape.
    short
        For the crop; by default 256 for 224, and in that proportion for other sizes.

    Raises
    ------
    InputError
        If order, crop or a number is none that can be.

    Notes
    -----
    Krizhevsky, A., Sutskever, I. and Hinton, G. E. (2012). ImageNet classification with deep
    convolutional neural networks. Advances in Neural Information Processing Systems 25 (the
    crop).

    Examples
    --------
    >>> made = Preprocessing(order="bgr", mean=(104, 117, 123), scale=(1, 1, 1), size=2)
    >>> made(np.full((8, 9, 3), 123, np.uint8))[:, 0, 0].tolist()
    [19.0, 6.0, 0.0]
    """

    order: str = "rgb"
    mean: tuple[float, ...] = (123.675, 116.28, 103.53)
    scale: tuple[float, ...] = (58.395, 57.12, 57.375)
    size: int = 224
    crop: str = "center"
    short: int | None = None

    def __post_init__(self) -> None:
        if self.order not in _ORDERS or self.crop not in _CROPS:
            raise InputError(
                f"order={self.order!r}, crop={self.crop!r}: expected one of {', '.join(_ORDERS)} "
                f"and one of {', '.join(_CROPS)}, as the network was trained with."
            )
        channels = self.channels
        for name in ("mean", "scale"):
            object.__setattr__(self, name, _each(getattr(self, name), channels, name))
        if self.size < 1 or 0 in self.scale or (self.short or self.size) < self.size:
            raise InputError(
                f"size={self.size}, short={self.short}, scale={self.scale}: expected a size of at "
                "least one pixel, a short side no smaller, and a scale other than zero."
            )

    @property
    def channels(self) -> int:
        """How many channels the input has."""
        return 1 if self.order == "gray" else 3

    @property
    def least(self) -> int:
        """Pixels that the short side of a picture should have, so that nothing is enlarged."""
        if self.crop == "whole":
            return self.size
        return self.short or round(self.size * _SHORT)

    def settings(self) -> dict[str, Any]:
        """Give the settings, for keys and logs.

        Returns
        -------
        dict of str to object
        """
        return asdict(self)

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Prepare one picture."""
        square = self._square(pixels)
        if self.order == "gray":
            planes = images.gray(square).astype(np.float32)[None]
        else:
            step = 1 if self.order == "rgb" else -1
            planes = square[:, :, ::step].transpose(2, 0, 1).astype(np.float32)
        planes -= np.array(self.mean, np.float32)[:, None, None]
        planes /= np.array(self.scale, np.float32)[:, None, None]
        return planes

    def _square(self, pixels: NDArray[np.uint8]) -> NDArray[Any]:
        size = self.size
        height, width = pixels.shape[:2]
        if self.crop == "center":
            # The middle is cut out before it is scaled: the same picture, fewer pixels to work on.
            side = min(height, width) * size / self.least
            top, left = (height - side) / 2, (width - side) / 2
            pixels = pixels[
                round(top) : max(round(top + side), round(top) + 1),
                round(left) : max(round(left + side), round(left) + 1),
            ]
        return images.resize(pixels, shape=(size, size))


def _each(values: Any, channels: int, name: str) -> tuple[float, ...]:
    """Give a number for each channel; one number serves for all."""
    numbers = tuple(float(v) for v in np.atleast_1d(np.asarray(values, float)))
    if len(numbers) == 1:
        return numbers * channels
    if len(numbers) != channels:
        if channels == 1:
            return (float(np.mean(numbers)),)
        raise InputError(
            f"{name}={values}: {len(numbers)} numbers for {channels} channels; expected one for "
            "each, or one for all."
        )
    return numbers
