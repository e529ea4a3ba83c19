"""Drawing images for coding: simple, by strata or clusters, from a sample, in further waves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.coding.apportioning import Allocation, allocate, shares
from iconometrics.coding.framing import check_size, check_whole, groups, ids, in_order
from iconometrics.coding.numbering import numbers
from iconometrics.coding.sample import Sample
from iconometrics.errors import InputError, warn
from iconometrics.wording import as_text, listed

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["draw", "draw_clusters", "draw_second_phase", "top_up"]


def draw(
    corpus: Corpus,
    n: int,
    *,
    strata: pd.Series | str | None = None,
    allocation: Allocation = "proportional",
    spread: Mapping[str, float] | None = None,
    seed: int,
    name: str = "sample",
) -> Sample:
    """Draw images for coding at random and keep the probability each had of being drawn.

    Every image gets a random number made from the seed and its id; in each stratum the images
    with the smallest numbers are drawn. So the order of the corpus does not matter, and a
    simple sample of 500 holds the sample of 400 that the same seed draws.

    Parameters
    ----------
    corpus
        The images to draw from; those known to be unreadable are left out.
    n
        How many images to draw.
    strata
        Stratum of each image by image id, such as ``themes.labels``, or the name of a column of
        the metadata.
    allocation
        How the sample is shared out over the strata: "proportional" to their sizes, "equal",
        "optimal" (Neyman: in proportion to size times spread, the smallest error for a mean), or
        the number of images by stratum. But for given numbers every stratum gets at least one
        image where n allows.
    spread
        For "optimal": standard deviation of what is to be coded, by stratum, from a pilot or as
        expected; for a share p the root of p (1 - p).
    seed
        A whole number that names the drawing.
    name
        The sample's name.

    Returns
    -------
    Sample
        In random order; the probability is the share n_h / N_h of the stratum that was drawn.

    Raises
    ------
    InputError
        If n is less than 1 or more than there are images, or the strata or their numbers do not
        fit the corpus.

    Notes
    -----
    Permanent random numbers: Ohlsson, E. (1995). Coordination of samples using permanent random
    numbers. In Cox et al., Business Survey Methods. Wiley. Optimal allocation: Neyman, J. (1934).
    On the two different aspects of the representative method. Journal of the Royal Statistical
    Society 97, 558-625.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> corpus = SimpleNamespace(ids=pd.Index(list("abcdefgh")))
    >>> sample = draw(corpus, 4, seed=1)
    >>> len(sample), sample.probability.iloc[0]
    (4, np.float64(0.5))
    """
    if strata is None:
        images = ids(corpus)
        stratum = pd.Series(None, index=images, dtype="str")
    else:
        stratum = groups(corpus, strata, option="strata", noun="stratum")
    check_size(n, len(stratum), seed)
    frame = pd.DataFrame({"image": stratum.index, "stratum": stratum.array})
    sizes = frame["stratum"].fillna("").value_counts().sort_index()
    wanted = shares(sizes, n, allocation, spread=spread)
    _warn_of_strata_left_out(wanted, n)
    key = frame["stratum"].fillna("")
    frame["probability"] = (key.map(wanted) / key.map(sizes)).astype("float64")
    return Sample(name, _first_in_line(frame, wanted, seed), frame=frame)


def draw_clusters(
    corpus: Corpus,
    n: int,
    *,
    clusters: pd.Series | str,
    within: int | None = None,
    seed: int,
    name: str = "sample",
) -> Sample:
    """Draw clusters such as accounts or events, and of each all images or a random few.

    Parameters
    ----------
    corpus
        The images to draw from; those known to be unreadable are left out.
    n
        How many clusters to draw.
    clusters
        Cluster of each image by image id, or the name of a column of the metadata.
    within
        How many images to draw within a cluster, all where it has fewer; None takes all.
    seed
        A whole number that names the drawing.
    name
        The sample's name.

    Returns
    -------
    Sample
        In random order; the probability is n / M of the clusters, times m / N_c of the cluster's
        images. Give the column `cluster` to every estimate: images of a cluster resemble each
        other.

    Raises
    ------
    InputError
        If n is less than 1 or more than there are clusters, or the clusters do not fit.

    Notes
    -----
    Two-stage sampling: Cochran, W. G. (1977). Sampling Techniques, 3rd ed., ch. 9 and 10. Wiley.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> corpus = SimpleNamespace(ids=pd.Index(list("abcdef")))
    >>> account = pd.Series(list("xxxyyy"), index=corpus.ids)
    >>> draw_clusters(corpus, 1, clusters=account, within=2, seed=1)
    Sample 'sample': 2 images, probability .3333
    """
    cluster = groups(corpus, clusters, option="clusters", noun="cluster")
    sizes = cluster.value_counts()
    check_size(n, len(sizes), seed, unit="clusters")
    if within is not None:
        check_whole(within=within)
        if within < 1:
            raise InputError(f"within={within}: expected at least one image of each cluster.")
    frame = pd.DataFrame({"image": cluster.index, "cluster": cluster.array})
    size = frame["cluster"].map(sizes)
    taken = size if within is None else size.clip(upper=within)
    frame["probability"] = n / len(sizes) * taken / size
    chosen = frame["cluster"].isin(_clusters_in_line(sizes.index, seed)[:n])
    drawn = chosen.to_numpy() & (_lowest(frame, seed) < taken).to_numpy()
    return Sample(name, in_order(frame, drawn, seed), frame=frame)


def draw_second_phase(
    sample: Sample,
    n: int,
    *,
    strata: pd.Series | None = None,
    allocation: Allocation = "proportional",
    spread: Mapping[str, float] | None = None,
    seed: int,
    name: str = "second phase",
) -> Sample:
    """Draw from a sample: of many images coded cheaply, a few to be coded well.

    Parameters
    ----------
    sample
        The first phase.
    n
        How many of its images to draw.
    strata
        Stratum of each of its images by image id: what the first phase found, such as the value
        that a student coder gave.
    allocation, spread
        As for `iconometrics.coding.draw`.
    seed
        A whole number that names the drawing.
    name
        The new sample's name.

    Returns
    -------
    Sample
        In random order; the probability is that of the first phase times that of the second.

    Raises
    ------
    InputError
        If n does not fit, or an image of the first phase has no stratum.

    Notes
    -----
    Neyman, J. (1938). Contribution to the theory of sampling human populations. Journal of the
    American Statistical Association 33, 101-116; Sarndal, C.-E., Swensson, B. and Wretman, J.
    (1992). Model Assisted Survey Sampling, ch. 9. Springer.

    Examples
    --------
    >>> first = Sample("wide", pd.DataFrame({"image": list("abcd"), "probability": 0.1}))
    >>> said = pd.Series({"a": "yes", "b": "no", "c": "no", "d": "no"})
    >>> draw_second_phase(first, 2, strata=said, allocation="equal", seed=1).probability.max()
    np.float64(0.1)
    """
    check_size(n, len(sample), seed)
    frame = sample.table
    if strata is not None:
        frame = frame.assign(stratum=as_text(strata).reindex(sample.images).array)
        missing = frame["image"][frame["stratum"].isna()]
        if len(missing):
            raise InputError(
                f"{len(missing)} of {len(frame)} images of sample {sample.name!r} have no stratum "
                f"({listed(missing)}); give them one of their own, such as 'not coded'."
            )
    else:
        frame = frame.assign(stratum=pd.Series(None, index=frame.index, dtype="str"))
    key = frame["stratum"].fillna("")
    sizes = key.value_counts().sort_index()
    wanted = shares(sizes, n, allocation, spread=spread)
    _warn_of_strata_left_out(wanted, n)
    drawn = _first_in_line(frame, wanted, seed, purpose=f"second phase of {sample.name}")
    key = drawn["stratum"].fillna("")
    share = (key.map(wanted) / key.map(sizes)).astype("float64")
    return Sample(name, drawn.assign(probability=drawn["probability"] * share))


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
    added = _first_in_line(rest, wanted, seed)["image"]
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
    chosen = frame["cluster"].isin(_clusters_in_line(rest, seed)[:n]).to_numpy()
    inside = (_lowest(frame, seed) < np.round(share * size)).to_numpy()
    both = (len(former) + n) / len(names)
    return frame.assign(probability=both * share), frame["image"][chosen & inside]


def _frame(sample: Sample) -> pd.DataFrame:
    if sample.frame is None:  # said by top_up; here for the type
        raise InputError("no frame")
    return sample.frame


def _first_in_line(
    frame: pd.DataFrame, wanted: pd.Series, seed: int, *, purpose: str = ""
) -> pd.DataFrame:
    """Take the images with the smallest random numbers of each stratum."""
    order = frame.assign(number=numbers(frame["image"], seed, purpose))
    order = order.sort_values(["number", "image"]).drop(columns="number")
    key = order["stratum"].fillna("")
    return order[order.groupby(key).cumcount() < key.map(wanted)]


def _warn_of_strata_left_out(wanted: pd.Series, n: int) -> None:
    """Warn of strata of which no image is drawn: no number says anything about them."""
    none = wanted.index[wanted == 0]
    if len(none):
        why = f"n={n} is less than the {len(wanted)} strata" if n < len(wanted) else "allocation"
        warn(f"{why}: {listed(none)} are left out and the sample does not represent them.")


def _clusters_in_line(names: pd.Index, seed: int) -> pd.Index:
    """Put clusters into random order."""
    return names[np.lexsort([names.to_numpy(object), numbers(names, seed, "clusters")])]


def _lowest(frame: pd.DataFrame, seed: int) -> pd.Series:
    """Rank the images within their cluster at random, from 0."""
    order = np.lexsort([frame["image"].to_numpy(object), numbers(frame["image"], seed)])
    ranks = frame["cluster"].iloc[order].groupby(frame["cluster"].iloc[order]).cumcount()
    return ranks.reindex(frame.index)
