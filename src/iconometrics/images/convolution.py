"""Convolution: a kernel laid on every patch of a picture; and kernels by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from iconometrics.errors import InputError
from iconometrics.images.scaling import check_size

__all__ = ["convolve", "kernels", "output_size", "padded"]

_BORDERS: dict[str, Any] = {"zero": "constant", "reflect": "symmetric"}

_ROW = np.array([1, 4, 6, 4, 1], np.float64)
_BELL = np.outer(_ROW, _ROW)
_CENTER = np.zeros((5, 5))
_CENTER[2, 2] = 1


def _fixed(values: Any) -> NDArray[np.float64]:
    kernel = np.array(values, np.float64)
    kernel.setflags(write=False)
    return kernel


kernels: Mapping[str, NDArray[np.float64]] = MappingProxyType(
    {
        "identity": _fixed([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        "ridge 4": _fixed([[0, -1, 0], [-1, 4, -1], [0, -1, 0]]),
        "ridge 8": _fixed([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
        "sharpen": _fixed([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        "box blur": _fixed(np.ones((3, 3)) / 9),
        "gaussian 3": _fixed(np.outer([1, 2, 1], [1, 2, 1]) / 16),
        "gaussian 5": _fixed(_BELL / 256),
        # Twice the picture less its blur.
        "unsharp mask": _fixed((_BELL - 512 * _CENTER) / -256),
        "sobel x": _fixed([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        "sobel y": _fixed([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
    }
)


def convolve(
    pixels: NDArray[Any],
    kernel: NDArray[Any],
    *,
    stride: int = 1,
    padding: int | Literal["valid", "same"] = "valid",
    border: Literal["zero", "reflect"] = "zero",
) -> NDArray[np.float64]:
    """Take the inner product of a kernel with every patch of a picture.

    The kernel is not turned around first: what networks call convolution, and statistics
    cross-correlation.

    Parameters
    ----------
    pixels
        (height, width), or (height, width, channels).
    kernel
        (rows, columns): each channel is convolved by itself. (rows, columns, channels): it spans
        the channels, and the result is one number per patch.
    stride
        Pixels from one patch to the next, across and down.
    padding
        Pixels added on every side first; "valid" for none, so that the result is smaller than
        the picture; "same" for as many as leave its size at stride 1.
    border
        What the added pixels hold: "zero", or "reflect", the picture mirrored at its edge.

    Returns
    -------
    numpy.ndarray
        (rows, columns), or (rows, columns, channels) for a color picture and a flat kernel.

    Raises
    ------
    InputError
        If the shapes do not fit, the kernel is larger than the padded picture, or an option is
        not one of those above.

    Notes
    -----
    Lectures 0, 1 and 4. The size of the result is that of `output_size`.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> picture = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1]])
    >>> images.convolve(picture, np.ones((2, 2))).tolist()
    [[3.0, 2.0], [1.0, 2.0]]
    """
    pixels, kernel = np.asarray(pixels, np.float64), np.asarray(kernel, np.float64)
    _check_shapes(pixels, kernel)
    wide = padded(pixels, _margins(padding, kernel.shape[:2]), border=border)
    return _inner_products(wide, kernel, check_size(stride))


def output_size(size: int, kernel: int, *, stride: int = 1, padding: int = 0) -> int:
    """Tell how many patches a kernel visits along one side of a picture.

    Parameters
    ----------
    size
        Of the picture, in pixels.
    kernel
        Side of the kernel, in pixels.
    stride
        Pixels from one patch to the next.
    padding
        Pixels added at both ends.

    Returns
    -------
    int
        (size - kernel + 2 padding) / stride + 1; pixels that are left over at the far end are
        not visited.

    Raises
    ------
    InputError
        If the kernel is larger than the padded picture.

    Notes
    -----
    Lecture 1: W2 = (W1 - F + 2 P) / S + 1.

    Examples
    --------
    >>> from iconometrics import images
    >>> images.output_size(32, 5), images.output_size(224, 7, stride=2, padding=3)
    (28, 112)
    """
    left = check_size(size) - check_size(kernel) + 2 * padding
    if left < 0:
        raise InputError(
            f"a kernel {kernel} pixels wide on {size} pixels with padding {padding}: expected the "
            "padded picture to be at least as large as the kernel. Pad more, or take a smaller one."
        )
    return left // check_size(stride) + 1


def padded(
    pixels: NDArray[Any],
    margins: tuple[tuple[int, int], tuple[int, int]],
    *,
    border: Literal["zero", "reflect"] = "zero",
) -> NDArray[Any]:
    """Add pixels around a picture."""
    if border not in _BORDERS:
        raise InputError(f"border={border!r}: expected 'zero' or 'reflect'.")
    width = [*margins, *[(0, 0)] * (pixels.ndim - 2)]
    return np.pad(pixels, width, mode=_BORDERS[border])


def _inner_products(
    wide: NDArray[np.float64], kernel: NDArray[np.float64], step: int
) -> NDArray[np.float64]:
    rows, columns = (
        output_size(side, part, stride=step)
        for side, part in zip(wide.shape[:2], kernel.shape[:2], strict=True)
    )
    result = np.zeros((rows, columns, *wide.shape[2 : 2 + (kernel.ndim == 2)]))
    for down, right in np.ndindex(*kernel.shape[:2]):
        patch = wide[down : down + step * rows : step, right : right + step * columns : step]
        patch = patch[:rows, :columns]
        result += patch @ kernel[down, right] if kernel.ndim == 3 else patch * kernel[down, right]
    return result


def _margins(padding: Any, extent: tuple[int, ...]) -> tuple[tuple[int, int], tuple[int, int]]:
    if padding == "same":
        above, left = ((side - 1) // 2 for side in extent)
        return (above, extent[0] - 1 - above), (left, extent[1] - 1 - left)
    if padding == "valid":
        padding = 0
    if isinstance(padding, bool) or not isinstance(padding, int | np.integer) or padding < 0:
        raise InputError(f"padding={padding!r}: expected 'valid', 'same', or 0 or more pixels.")
    return (int(padding),) * 2, (int(padding),) * 2


def _check_shapes(pixels: NDArray[Any], kernel: NDArray[Any]) -> None:
    spans = kernel.ndim == 3 and pixels.ndim == 3 and kernel.shape[2] == pixels.shape[2]
    if pixels.ndim not in {2, 3} or not (kernel.ndim == 2 or spans) or 0 in kernel.shape:
        raise InputError(
            f"a kernel of shape {kernel.shape} on a picture of shape {pixels.shape}: expected "
            "(rows, columns), or (rows, columns, channels) with as many channels as the picture."
        )
