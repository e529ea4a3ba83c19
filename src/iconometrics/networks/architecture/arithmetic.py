"""Layer arithmetic: what size comes out, how many numbers are learned."""

from __future__ import annotations

from iconometrics.errors import InputError

__all__ = ["connected_parameters", "convolution_parameters", "output_side"]


def output_side(
    side: int, *, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """Compute the height or width of a layer's output: (side - kernel + 2 padding) / stride + 1.

    Parameters
    ----------
    side
        Height or width of the input, in pixels.
    kernel
        That of the filter, or of the pooled patch.
    stride
        Pixels from one position to the next.
    padding
        Pixels added at each edge.
    dilation
        Pixels between the filter's numbers, plus one.

    Returns
    -------
    int
        Positions that fit, rounded down.

    Raises
    ------
    InputError
        If the filter is larger than the padded picture.

    Notes
    -----
    Dumoulin, V. and Visin, F. (2016). A guide to convolution arithmetic for deep learning.
    arXiv:1603.07285.

    Examples
    --------
    >>> output_side(224, kernel=7, stride=2, padding=3)
    112
    """
    span = dilation * (kernel - 1) + 1
    if side + 2 * padding < span or min(kernel, stride, dilation) < 1:
        raise InputError(
            f"a filter of {span} pixels with stride {stride} on {side} pixels with padding "
            f"{padding}: nothing comes out; expected a filter no larger than the padded picture."
        )
    return (side + 2 * padding - span) // stride + 1


def convolution_parameters(
    kernel: int | tuple[int, int], *, channels: int, filters: int, bias: bool = True
) -> int:
    """Count what a layer of convolutions learns: kernel² x channels x filters, and the biases.

    Parameters
    ----------
    kernel
        Height and width of the filters, or one number for both.
    channels
        Of the input.
    filters
        As many maps come out.
    bias
        Whether each filter has one.

    Returns
    -------
    int
        Weights and biases.

    Examples
    --------
    >>> convolution_parameters(5, channels=1, filters=6)
    156
    """
    high, wide = (kernel, kernel) if isinstance(kernel, int) else kernel
    return high * wide * channels * filters + filters * bias


def connected_parameters(inputs: int, units: int, *, bias: bool = True) -> int:
    """Count what a fully connected layer learns: inputs x units, and the biases.

    Parameters
    ----------
    inputs
        Numbers that go in.
    units
        Numbers that come out.
    bias
        Whether each unit has one.

    Returns
    -------
    int
        Weights and biases.

    Examples
    --------
    >>> connected_parameters(19, 64) + connected_parameters(64, 1)
    1345
    """
    return inputs * units + units * bias
