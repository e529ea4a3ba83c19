"""Blobs: bright or dark spots, with their place and size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from iconometrics.errors import InputError
from iconometrics.images.values import gray

__all__ = ["SIGMAS", "blob_responses", "blobs", "strongest_blobs"]

Method = Literal["log", "dog", "doh"]
Tone = Literal["bright", "dark", "both"]

_RATIO = 1.6
SIGMAS = tuple(2 * _RATIO**step for step in range(6))
_THRESHOLDS = {"log": 0.1, "dog": 0.05, "doh": 0.01}
_REACH = 4
_SQRT_2 = float(np.sqrt(2))


def blobs(
    pixels: NDArray[Any],
    method: Method = "log",
    *,
    sigmas: Sequence[float] = SIGMAS,
    threshold: float | None = None,
    overlap: float = 0.5,
    tone: Tone = "bright",
) -> NDArray[np.float64]:
    """Find blobs: maxima, over places and sizes, of a filter that answers to spots.

    Parameters
    ----------
    pixels
        (height, width, 3) or (height, width), 0-255.
    method
        "log", the Laplacian of a Gaussian; "dog", the difference of two Gaussians; "doh", the
        determinant of second derivatives.
    sigmas
        Sizes that are looked for, ascending, as the standard deviation of the Gaussian in
        pixels; a disk of radius r answers most at r / sqrt(2).
    threshold
        What a blob's response must exceed, gray values running from 0 to 1; None for .1 ("log"),
        .05 ("dog") or .01 ("doh").
    overlap
        Where two blobs share more than this of the smaller one's area, the smaller one is left
        out; 1 keeps all.
    tone
        "bright" spots on a darker ground, "dark" ones, or "both"; "doh" does not tell them apart
        and gives both always.

    Returns
    -------
    numpy.ndarray
        (blobs, 4): row, column, radius (sqrt(2) sigma), response; the strongest first.

    Raises
    ------
    InputError
        If an option is not one of those above, or the array is no picture.

    Notes
    -----
    Lindeberg, T. (1998). Feature detection with automatic scale selection. IJCV 30.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> rows, columns = np.indices((64, 64))
    >>> disk = 255 * ((rows - 20) ** 2 + (columns - 40) ** 2 <= 8**2)
    >>> images.blobs(disk)[0, :3].round().tolist()
    [20.0, 40.0, 7.0]
    """
    sizes = _checked(method, tone, sigmas)
    stack = blob_responses(pixels, sigmas=sizes, methods=[method])[method]
    return strongest_blobs(
        stack, method, sigmas=sizes, threshold=threshold, overlap=overlap, tone=tone
    )


def blob_responses(
    pixels: NDArray[Any], *, sigmas: Sequence[float], methods: Sequence[Method]
) -> dict[str, NDArray[np.float32]]:
    """Answer for every place and size how much of a bright blob is there."""
    values = gray(pixels) / np.float32(255)
    planes: dict[str, list[NDArray[np.float32]]] = {method: [] for method in methods}
    if "dog" in planes:
        planes["dog"] = _differences(values, sigmas)
    for sigma in sigmas if {"log", "doh"} & planes.keys() else ():
        across, down = _derived(values, sigma, (0, 2)), _derived(values, sigma, (2, 0))
        if "log" in planes:
            planes["log"].append(np.float32(-(sigma**2)) * (across + down))
        if "doh" in planes:
            mixed = _derived(values, sigma, (1, 1))
            planes["doh"].append(np.float32(sigma**4) * (across * down - mixed * mixed))
    return {method: np.stack(stack) for method, stack in planes.items()}


def strongest_blobs(
    stack: NDArray[np.float32],
    method: Method,
    *,
    sigmas: Sequence[float],
    threshold: float | None = None,
    overlap: float = 0.5,
    tone: Tone = "bright",
) -> NDArray[np.float64]:
    """Find the blobs in the answers of a filter."""
    least = _THRESHOLDS[method] if threshold is None else float(threshold)
    signs = {"bright": (1,), "dark": (-1,), "both": (1, -1)}[tone if method != "doh" else "bright"]
    peaks = np.vstack([_peaks(sign * stack, sigmas, least) for sign in signs])
    peaks = peaks[np.lexsort((peaks[:, 1], peaks[:, 0], -peaks[:, 3]))]
    return peaks if overlap >= 1 else peaks[_apart(peaks, overlap)]


def _checked(method: str, tone: str, sigmas: Sequence[float]) -> list[float]:
    if method not in _THRESHOLDS or tone not in {"bright", "dark", "both"}:
        raise InputError(
            f"method={method!r}, tone={tone!r}: expected 'log', 'dog' or 'doh', and 'bright', "
            "'dark' or 'both'."
        )
    sizes = [float(sigma) for sigma in sigmas]
    if not sizes or sizes[0] <= 0 or sorted(set(sizes)) != sizes:
        raise InputError(f"sigmas={sizes}: expected numbers above 0, ascending.")
    return sizes


def _differences(values: NDArray[np.float32], sigmas: Sequence[float]) -> list[NDArray[np.float32]]:
    blurred: dict[float, NDArray[np.float32]] = {}
    # Sizes in steps of 1.6 share their Gaussians; rounding makes them the same.
    pairs = [(round(sigma, 6), round(sigma * _RATIO, 6)) for sigma in sigmas]
    for size in sorted({size for pair in pairs for size in pair}):
        blurred[size] = _derived(values, size, (0, 0))
    return [(blurred[near] - blurred[far]) / np.float32(_RATIO - 1) for near, far in pairs]


def _derived(
    values: NDArray[np.float32], sigma: float, order: tuple[int, int]
) -> NDArray[np.float32]:
    import cv2

    down, across = (_bell(sigma, degree) for degree in order)
    response = cv2.sepFilter2D(values, -1, across, down, borderType=cv2.BORDER_REFLECT)
    return np.asarray(response, np.float32)


def _bell(sigma: float, order: int) -> NDArray[np.float32]:
    """Sample a Gaussian, or one of its derivatives, turned around for a correlation."""
    reach = int(_REACH * sigma + 0.5)
    x = np.arange(-reach, reach + 1)
    bell = np.exp(-(x**2) / (2 * sigma**2))
    bell /= bell.sum()
    factor = (1, x / sigma**2, (x**2 / sigma**2 - 1) / sigma**2)[order]
    return (bell * factor).astype(np.float32)


def _peaks(
    stack: NDArray[np.float32], sigmas: Sequence[float], least: float
) -> NDArray[np.float64]:
    """Find what is the largest of the 3 x 3 x 3 responses around it."""
    import cv2

    square = np.ones((3, 3), np.uint8)
    flat = [cv2.dilate(plane, square) for plane in stack]
    rows = []
    for number, plane in enumerate(stack):
        around = np.maximum.reduce(flat[max(0, number - 1) : number + 2])
        down, across = np.nonzero((plane == around) & (plane > least))
        radius = np.full(len(down), _SQRT_2 * sigmas[number])
        rows.append(np.column_stack([down, across, radius, plane[down, across]]))
    return np.vstack(rows).astype(np.float64)


def _apart(blobs: NDArray[np.float64], overlap: float) -> NDArray[np.intp]:
    """Choose blobs from the largest down, leaving out what lies too much in a larger one."""
    from scipy.spatial import cKDTree

    if len(blobs) < 2:
        return np.arange(len(blobs))
    order = np.argsort(-blobs[:, 2], kind="stable")
    places, radius = blobs[order, :2], blobs[order, 2]
    pairs = cKDTree(places).query_pairs(2 * radius[0], output_type="ndarray")
    large, small = np.sort(pairs, axis=1).T
    gap = np.linalg.norm(places[large] - places[small], axis=1)
    near = gap < radius[large] + radius[small]
    large, small, gap = large[near], small[near], gap[near]
    much = _shared(radius[large], radius[small], gap) > overlap
    gone = np.zeros(len(blobs), bool)
    ranked = np.lexsort((small[much], large[much]))
    # By the time a blob comes as the larger one, it is settled whether it stays itself.
    for larger, smaller in zip(large[much][ranked], small[much][ranked], strict=True):
        gone[smaller] |= not gone[larger]
    return np.sort(order[~gone])


def _shared(
    large: NDArray[np.float64], small: NDArray[np.float64], gap: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the share of the smaller disk's area that lies in the larger one."""
    inside = gap <= large - small
    far = np.where(inside, 1.0, gap)
    # Both circles' sectors less the kite between their crossings.
    first = np.arccos(np.clip((far**2 + small**2 - large**2) / (2 * far * small), -1, 1))
    second = np.arccos(np.clip((far**2 + large**2 - small**2) / (2 * far * large), -1, 1))
    kite = (-far + small + large) * (far + small - large) * (far - small + large)
    kite = np.sqrt(np.maximum(0, kite * (far + small + large))) / 2
    lens = small**2 * first + large**2 * second - kite
    return np.where(inside, 1.0, lens / (np.pi * small**2))
