"""Embedding many images: pictures are read by threads ahead of the network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from iconometrics.corpus import Corpus, Source, read_source
from iconometrics.errors import InputError, ReadError, warn
from iconometrics.networks.contract import Network
from iconometrics.networks.opening import network
from iconometrics.networks.read_ahead import read_ahead
from iconometrics.progress import progress

__all__ = ["embed", "embed_part", "embed_with_reasons", "failed_part"]

Prepared: TypeAlias = NDArray[np.float32] | str

_BATCH = 16
_USUAL = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP")


def embed(
    corpus: Corpus,
    network: str | Path | Network,
    *,
    layer: str | None = None,
    pool: str | None = None,
    size: int | None = None,
    batch: int = _BATCH,
) -> pd.DataFrame:
    """Compute what a network sees in each image of a corpus.

    Threads read pictures ahead of the network; memory holds a few batches and the result.

    Parameters
    ----------
    corpus
        Its images.
    network
        A path or name as for `network`, or a network with its preprocessing.
    layer
        The layer to take, by name; by default what the classifier at the end is fed.
    pool
        How maps become numbers, by default "mean": see `pooled`.
    size
        Height and width of the network's input in pixels; by default what the file states.
    batch
        Images that go through the network together.

    Returns
    -------
    pandas.DataFrame
        float32, one row per readable image by its id, columns NETWORK_0, NETWORK_1, ... Images that
        cannot be read are left out, with one warning that says why.

    Raises
    ------
    InputError
        If the corpus is empty, no image can be read, or the network cannot be used.
    MissingPackageError
        If a package that the network needs is not installed.

    Examples
    --------
    >>> from iconometrics import Corpus, networks
    >>> corpus = Corpus.from_folder("photos")  # doctest: +SKIP
    >>> networks.embed(corpus, "squeezenet_fp16.onnx").shape  # doctest: +SKIP
    (588, 512)
    """
    table, reasons = embed_with_reasons(
        corpus, network, layer=layer, pool=pool, size=size, batch=batch
    )
    if not len(table):
        raise InputError(f"none of the images can be embedded: {_counted(reasons)}.")
    if reasons:
        n = len(table) + len(reasons)
        warn(f"{len(reasons)} of {n} images are left out: {_counted(reasons)}.")
    return table


def embed_with_reasons(
    corpus: Corpus,
    network: str | Path | Network,
    *,
    layer: str | None = None,
    pool: str | None = None,
    size: int | None = None,
    batch: int = _BATCH,
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Compute the embedding of a corpus, and say which images have none.

    Parameters
    ----------
    corpus, network, layer, pool, size, batch
        As for `embed`.

    Returns
    -------
    tuple of pandas.DataFrame and dict
        One row per readable image; and the reason by image id for the others.

    Raises
    ------
    InputError
        If the corpus is empty, or the network cannot be used.

    Examples
    --------
    >>> from iconometrics import Corpus, networks
    >>> corpus = Corpus.from_folder("photos")  # doctest: +SKIP
    >>> table, reasons = networks.embed_with_reasons(corpus, "net.onnx")  # doctest: +SKIP
    """
    net = _network(network, layer=layer, pool=pool, size=size)
    sources = corpus.sources()
    if not sources:
        raise InputError("the corpus is empty: there is no image to embed. Look at its folder.")
    values: NDArray[np.float32] | None = None
    reasons: dict[str, str] = {}
    kept: list[str] = []
    with progress(len(sources), "embedding") as bar:
        for part, rows, failed in _batches(sources, net, batch):
            if len(rows) and values is None:
                values = np.empty((len(sources), rows.shape[1]), np.float32)
            if values is not None:
                values[len(kept) : len(kept) + len(rows)] = rows
            kept += [source.image for source in part if source.image not in failed]
            reasons |= failed
            bar.advance(len(part))
    if values is None:
        values = np.empty((0, 0), np.float32)
    index = pd.Index(kept, name="image", dtype="str")
    columns = [f"{net.name}_{number}" for number in range(values.shape[1])]
    return pd.DataFrame(values[: len(kept)], index=index, columns=columns, copy=False), reasons


def embed_part(sources: Sequence[Source], network: Network, *, batch: int = _BATCH) -> pa.Table:
    """Embed some images.

    Parameters
    ----------
    sources
        What `Corpus.sources` gives.
    network
        The network.
    batch
        Images that go through it together.

    Returns
    -------
    pyarrow.Table
        image, sha256, reason, vector (a fixed-size list of float32): NaN and a reason where an
        image cannot be read.

    Examples
    --------
    >>> from iconometrics import networks
    >>> net = networks.OnnxNetwork("net.onnx")  # doctest: +SKIP
    >>> networks.embed_part(corpus.sources(), net).num_rows  # doctest: +SKIP
    588
    """
    width = len(_blank(network))
    values = np.full((len(sources), width), np.nan, np.float32)
    reasons: dict[str, str] = {}
    done = 0
    for part, rows, failed in _batches(sources, network, batch):
        at = [done + i for i, source in enumerate(part) if source.image not in failed]
        values[at] = rows
        reasons |= failed
        done += len(part)
    return _table(sources, values, [reasons.get(source.image) for source in sources])


def failed_part(source: Source, reason: str, *, network: Network) -> pa.Table:
    """Give the table of one image that could not be embedded at all.

    Parameters
    ----------
    source
        The image.
    reason
        Why, in words.
    network
        The network.

    Returns
    -------
    pyarrow.Table
        As `embed_part` gives it, one row.

    Examples
    --------
    >>> from iconometrics import networks
    >>> networks.failed_part(source, "truncated", network=net).num_rows  # doctest: +SKIP
    1
    """
    return _table([source], np.full((1, len(_blank(network))), np.nan, np.float32), [reason])


def _network(
    source: str | Path | Network, *, layer: str | None, pool: str | None, size: int | None
) -> Network:
    return network(source, layer=layer, pool=pool, size=size)


def _batches(
    sources: Sequence[Source], net: Network, batch: int
) -> Iterator[tuple[Sequence[Source], NDArray[np.float32], dict[str, str]]]:
    """Yield sources, the rows of those that can be read, and the reasons of the others."""
    if batch < 1:
        raise InputError(f"batch={batch}: expected one image or more, such as 16.")
    parts = (sources[start : start + batch] for start in range(0, len(sources), batch))
    for part, results in read_ahead(parts, partial(_prepared, net=net)):
        failed = {
            source.image: result
            for source, result in zip(part, results, strict=True)
            if isinstance(result, str)
        }
        planes = [result for result in results if not isinstance(result, str)]
        rows = net.run(np.stack(planes)) if planes else np.empty((0, 0), np.float32)
        yield part, rows, failed


def _prepared(source: Source, *, net: Network) -> Prepared:
    try:
        return net.prepare(_opened(source, net.least))
    except ReadError as error:
        return str(error)


def _opened(source: Source, least: int) -> NDArray[np.uint8]:
    """Open a picture as small as can be with enough pixels on its short side."""
    short, long = sorted(_sides(source))
    return read_source(source, max(least, -(-least * long // short))).pixels


def _sides(source: Source) -> tuple[int, int]:
    """Look up width and height in the header; a square is assumed where that fails."""
    from PIL import Image

    if source.box is not None:
        left, top, right, bottom = source.box
        return max(1, right - left), max(1, bottom - top)
    try:
        with Image.open(source.path, formats=_USUAL) as picture:
            return picture.size
    except Exception:
        # Reading it properly says what is wrong with it.
        return 1, 1


def _blank(net: Network) -> NDArray[np.float32]:
    return net.embed(np.zeros((net.least, net.least, 3), np.uint8))


def _table(
    sources: Sequence[Source], values: NDArray[np.float32], reasons: Sequence[str | None]
) -> pa.Table:
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
    return pa.table(
        {
            "image": pa.array([source.image for source in sources], pa.string()),
            "sha256": pa.array([source.sha256 for source in sources], pa.string()),
            "reason": pa.array(reasons, pa.string()),
            "vector": vectors,
        }
    )


def _counted(reasons: Mapping[str, str]) -> str:
    """Say how often each reason occurs, with an example image."""
    example = {reason: image for image, reason in reversed(list(reasons.items()))}
    counts = Counter(reasons.values()).most_common(3)
    lines = [f"{n} x {reason.rstrip('.')} (such as {example[reason]})" for reason, n in counts]
    return "; ".join(lines) + ("; ..." if len(set(reasons.values())) > 3 else "")
