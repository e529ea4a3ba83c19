"""A later wave of a sample: more images, with the probability of being in any wave."""

from __future__ import annotations

import numpy as np
import pandas as pd

from iconometrics.coding.apportioning import allocate
from iconometrics.coding.clusters import clusters_in_line, lowest
from iconometrics.coding.draw import first_in_line
from iconometrics.coding.framing import check_size, in_order
from iconometrics.coding.sample import Sample
from iconometrics.errors import InputError

__all__ = ["top_up"]


def top_up(sample: Sample, n: int, *, seed: int, name: str | None = None) -> Sample:
    """Draw more images for a sample, by the design of its first wave.

    A simple or stratified sample goes on where it stopped: with the same seed the two waves are
    the sample that would have been drawn at once. To one drawn by confidence a simple sample of
    the rest is added; to one of clusters, further clusters.

    Parameters
    ----------
    sample
        As it was drawn, with its frame.
    n
        How many more images, or clusters of a sample of clusters.
    seed
        A whole number that names the drawing.
    name
        The new sample's name; by default the former one and the number of the wave.

    Returns
    -------
    Sample
        All waves. The probability of each image is that of being drawn in any of them,
        p1 + (1 - p1) p2: of the images of former waves too.

    Raises
    ------
    InputError
        If the frame is not known, or fewer than n are left.

    Notes
    -----
    p2 is the share that was drawn of what the former waves left, a number fixed by the design
    since these have a fixed size in every stratum; so the probabilities are exact.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from iconometrics.coding import draw
    >>> corpus = SimpleNamespace(ids=pd.Index(list("abcdefgh")))
    >>> both = top_up(draw(corpus, 2, seed=1), 2, seed=1)
    >>> both, both.table["wave"].tolist()
    (Sample 'sample-2': 4 images, probability .5, [1, 1, 2, 2])
    """
    if sample.frame is None:
        raise InputError(
            f"sample {sample.name!r} does not know the images it was drawn from, so the chance of "
            "the others is unknown; top up the sample as `draw` returned it."
        )
    wave = int(sample.table["wave"].max()) + 1
    add = _more_clusters if sample.frame["cluster"].notna().any() else _more_images
    frame, added = add(sample, n, seed)
    known = frame.set_index("image")["probability"]
    former = sample.table.assign(probability=known[sample.images].array)
    fresh = in_order(frame, frame["image"].isin(added).to_numpy(), seed)
    stem = sample.name.removesuffix(f"-{wave - 1}") if wave > 2 else sample.name
    table = pd.concat([former, fresh.assign(wave=wave)], ignore_index=True)
    return Sample(name or f"{stem}-{wave}", table, frame=frame)


def _more_images(sample: Sample, n: int, seed: int) -> tuple[pd.DataFrame, pd.Series]:
    frame = _frame(sample)
    rest = frame[~frame["image"].isin(sample.images)]
    check_size(n, len(rest), seed)
    left = rest["stratum"].fillna("").value_counts().sort_index()
    wanted = pd.Series(allocate(left.to_numpy(), n), index=left.index)
    added = first_in_line(rest, wanted, seed)["image"]
    key = frame["stratum"].fillna("")
    share = (key.map(wanted).fillna(0) / key.map(left).fillna(1)).astype("float64")
    before = frame["probability"]
    return frame.assign(probability=before + (1 - before) * share), added


def _more_clusters(sample: Sample, n: int, seed: int) -> tuple[pd.DataFrame, pd.Series]:
    frame = _frame(sample)
    names = pd.Index(frame["cluster"].unique())
    former = pd.Index(sample.table["cluster"].unique())
    rest = names[~names.isin(former)]
    check_size(n, len(rest), seed, unit="clusters")
    size = frame["cluster"].map(frame["cluster"].value_counts())
    share = frame["probability"] * len(names) / len(former)
    chosen = frame["cluster"].isin(clusters_in_line(rest, seed)[:n]).to_numpy()
    inside = (lowest(frame, seed) < np.round(share * size)).to_numpy()
    both = (len(former) + n) / len(names)
    return frame.assign(probability=both * share), frame["image"][chosen & inside]


def _frame(sample: Sample) -> pd.DataFrame:
    if sample.frame is None:  # told by top_up; here for the type
        raise InputError("no frame")
    return sample.frame
