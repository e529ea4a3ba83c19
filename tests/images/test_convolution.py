"""Convolution and pooling: the lectures' examples, SciPy, and brute force."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import ndimage, signal

from iconometrics import images
from iconometrics.errors import InputError


def grid(text: str) -> NDArray[np.float64]:
    return np.array([[float(x) for x in row.split()] for row in text.split("/")])


def drawn(text: str) -> NDArray[np.float64]:
    return np.array([[float(x) for x in row] for row in text.split("/")])


SEVEN = drawn("0000000/0111110/0100100/0101000/0110000/0100000/0000000")
SIX = drawn("111110/100100/101000/110000/100000/000000")


@pytest.mark.parametrize(
    ("kernel", "result"),
    [
        ([[0, 0, 0], [0, 1, 1], [0, 1, 0]], "3 2 2 3 1/2 0 2 1 0/2 2 1 0 0/3 1 0 0 0/1 0 0 0 0"),
        (images.kernels["identity"], "1 1 1 1 1/1 0 0 1 0/1 0 1 0 0/1 1 0 0 0/1 0 0 0 0"),
        (
            [[0.1, 0.1, 0.1], [0.1, 0.2, 0.1], [0.1, 0.1, 0.1]],
            ".4 .5 .5 .5 .4/.5 .6 .5 .6 .3/.5 .5 .4 .2 .1/.5 .6 .2 .1 0/.4 .3 .1 0 0",
        ),
    ],
)
def test_the_lectures_seven_by_seven(kernel: Any, result: str) -> None:
    found = images.convolve(SEVEN, np.array(kernel))
    np.testing.assert_allclose(found, grid(result), atol=1e-12)


def test_the_lectures_strides() -> None:
    ones = images.convolve(SIX, np.ones((2, 2)), stride=2)
    np.testing.assert_array_equal(ones, grid("3 3 1/3 1 0/1 0 0"))
    means = images.pool(SIX, by="mean")
    np.testing.assert_array_equal(means, grid(".75 .75 .25/.75 .25 0/.25 0 0"))
    np.testing.assert_array_equal(images.pool(SIX), grid("1 1 1/1 1 0/1 0 0"))


def test_the_lectures_first_cell() -> None:
    picture = drawn("11100/01110/00111/00110/01100")
    found = images.convolve(picture, drawn("101/010/101"))
    np.testing.assert_array_equal(found, grid("4 3 4/2 4 3/2 3 4"))


def test_named_kernels() -> None:
    bell = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1])
    np.testing.assert_allclose(256 * images.kernels["gaussian 5"], bell)
    unsharp = -256 * images.kernels["unsharp mask"]
    assert unsharp[2, 2] == -476
    np.testing.assert_allclose(unsharp - bell, -512 * np.eye(5)[2][:, None] * np.eye(5)[2])
    assert 16 * images.kernels["gaussian 3"][1, 1] == 4
    sums = {name: round(float(kernel.sum()), 9) for name, kernel in images.kernels.items()}
    edges = {"ridge 4", "ridge 8", "sobel x", "sobel y"}
    assert sums == {name: 0.0 if name in edges else 1.0 for name in images.kernels}
    with pytest.raises(ValueError, match="read-only"):
        images.kernels["sharpen"][0, 0] = 9


numbers = st.floats(-100, 100, width=32)
kernel_shapes = st.tuples(st.integers(1, 5), st.integers(1, 5))


@settings(max_examples=80)
@given(
    arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=numbers),
    kernel_shapes.flatmap(lambda shape: arrays(np.float64, shape, elements=numbers)),
    st.sampled_from(["zero", "reflect"]),
)
def test_same_equals_scipy(
    picture: NDArray[np.float64], kernel: NDArray[np.float64], border: Any
) -> None:
    mode = {"zero": "constant", "reflect": "reflect"}[border]
    # SciPy puts the middle of an even kernel one pixel further.
    origin = [-1 if side % 2 == 0 else 0 for side in kernel.shape]
    theirs = ndimage.correlate(picture, kernel, mode=mode, origin=origin)
    ours = images.convolve(picture, kernel, padding="same", border=border)
    np.testing.assert_allclose(ours, theirs, atol=1e-8)


@settings(max_examples=60)
@given(
    arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=numbers),
    kernel_shapes.flatmap(lambda shape: arrays(np.float64, shape, elements=numbers)),
    st.integers(1, 4),
    st.integers(4, 6),
)
def test_strides_and_padding_equal_scipy(
    picture: NDArray[np.float64], kernel: NDArray[np.float64], stride: int, padding: int
) -> None:
    wide = np.pad(picture, padding)
    theirs = signal.correlate(wide, kernel, mode="valid", method="direct")
    # SciPy turns the two around where the first is the smaller one; padding keeps it the larger.
    ours = images.convolve(picture, kernel, stride=stride, padding=padding)
    np.testing.assert_allclose(ours, theirs[::stride, ::stride], atol=1e-8)
    sizes = [
        images.output_size(side, part, stride=stride, padding=padding)
        for side, part in zip(picture.shape, kernel.shape, strict=True)
    ]
    assert list(ours.shape) == sizes


def test_a_color_kernel_spans_the_channels() -> None:
    rng = np.random.default_rng(1)
    picture, kernel = rng.random((8, 9, 3)), rng.random((3, 2, 3))
    apart = [images.convolve(picture[..., c], kernel[..., c], stride=2) for c in range(3)]
    np.testing.assert_allclose(images.convolve(picture, kernel, stride=2), sum(apart))
    flat = images.convolve(picture, kernel[..., 0], stride=2)
    np.testing.assert_allclose(
        flat[..., 2], images.convolve(picture[..., 2], kernel[..., 0], stride=2)
    )


@given(
    arrays(np.uint8, st.tuples(st.integers(3, 9), st.integers(3, 9))),
    st.integers(1, 3),
    st.integers(1, 4),
    st.sampled_from(["max", "mean"]),
)
def test_pooling_equals_brute_force(
    picture: NDArray[np.uint8], size: int, stride: int, by: Any
) -> None:
    rows = range(0, picture.shape[0] - size + 1, stride)
    columns = range(0, picture.shape[1] - size + 1, stride)
    rule = np.max if by == "max" else np.mean
    expected = [[rule(picture[r : r + size, c : c + size]) for c in columns] for r in rows]
    np.testing.assert_allclose(images.pool(picture, size, stride=stride, by=by), expected)


def test_layer_arithmetic() -> None:
    """The sizes of the lectures' network on 32 x 32, and of AlexNet's first layer."""
    first = images.output_size(32, 5)
    second = images.output_size(first // 2, 5)
    assert (first, second, second // 2) == (28, 10, 5)
    assert images.output_size(227, 11, stride=4) == 55


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: images.convolve(np.ones((2, 2)), np.ones((3, 3))), "at least as large"),
        (lambda: images.convolve(np.ones((4, 4)), np.ones((3, 3, 3))), "as many channels"),
        (lambda: images.convolve(np.ones((4, 4)), np.ones((3, 3)), stride=0), "1 or more"),
        (lambda: images.convolve(np.ones((4, 4)), np.ones((3, 3)), padding=-1), "padding=-1"),
        (
            lambda: images.convolve(np.ones((4, 4)), np.ones((3, 3)), border="wrap"),  # type: ignore[arg-type]
            "border='wrap'",
        ),
        (lambda: images.pool(np.ones((4, 4)), by="min"), "by='min'"),  # type: ignore[arg-type]
        (lambda: images.pool(np.ones((1, 4))), "at least as large"),
    ],
)
def test_what_does_not_fit(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
