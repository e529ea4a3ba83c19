"""Drawing images for coding: simple and stratified random samples."""

from __future__ import annotations

import hashlib
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.coding.sample import Sample
from iconometrics.coding.schema import as_text, named
from iconometrics.errors import IconometricsWarning, InputError

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["allocate", "draw"]


def draw(
    corpus: Corpus,
    n: int,
    *,
    strata: pd.Series | str | None = None,
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
        the metadata. The sample is shared out in proportion to their sizes, every stratum at
        least one image where n allows.
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
        If n is less than 1 or more than there are images, or the strata do not fit the corpus.

    Notes
    -----
    Permanent random numbers: Ohlsson, E. (1995). Coordination of samples using permanent random
    numbers. In Cox et al., Business Survey Methods. Wiley.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> corpus = SimpleNamespace(ids=pd.Index(list("abcdefgh")))
    >>> sample = draw(corpus, 4, seed=1)
    >>> len(sample), sample.probability.iloc[0]
    (4, np.float64(0.5))
    """
    stratum = _strata(getattr(corpus, "readable", corpus), strata)
    _check_size(n, len(stratum), seed)
    sizes = stratum.fillna("").value_counts().sort_index()
    shares = pd.Series(allocate(sizes.to_numpy(), n), index=sizes.index)
    _tell_left_out(shares, n)
    return Sample(name, _first_in_line(stratum, shares, sizes, seed))


def allocate(sizes: np.ndarray, n: int) -> np.ndarray:
    """Share a sample out over strata in proportion to their sizes.

    Largest remainders; every stratum gets at least one image where n is at least the number of
    strata, and never more than it has.

    Parameters
    ----------
    sizes
        Number of images in each stratum, above zero.
    n
        Size of the sample, at most the sum of the sizes.

    Returns
    -------
    numpy.ndarray
        Images to draw from each stratum, in the same order; they add up to n.

    Examples
    --------
    >>> allocate(np.array([90, 9, 1]), 10).tolist()
    [8, 1, 1]
    """
    sizes = np.asarray(sizes, dtype=np.int64)
    one = np.zeros(len(sizes), dtype=bool)
    if n >= len(sizes):
        while True:
            quota = _quota(sizes, one, n)
            small = ~one & (quota < 1)
            if not small.any():
                break
            one |= small
    quota = _quota(sizes, one, n)
    result = np.floor(quota + 1e-9).astype(np.int64)
    remainder = np.where(one, -1.0, quota - result)
    most = np.argsort(-np.round(remainder, 9), kind="stable")[: n - result.sum()]
    result[most] += 1
    return result


def _first_in_line(
    stratum: pd.Series, shares: pd.Series, sizes: pd.Series, seed: int
) -> pd.DataFrame:
    table = pd.DataFrame({"image": stratum.index, "stratum": stratum.array})
    table["number"] = _random_numbers(table["image"], seed)
    table = table.sort_values(["number", "image"])
    key = table["stratum"].fillna("")
    wanted = key.map(shares)
    table["probability"] = (wanted / key.map(sizes)).astype("float64")
    return table[table.groupby(key).cumcount() < wanted].assign(wave=1)


def _quota(sizes: np.ndarray, one: np.ndarray, n: int) -> np.ndarray:
    rest = sizes[~one].sum()
    proportional = sizes * ((n - one.sum()) / rest) if rest else sizes * 0.0
    return np.where(one, 1.0, proportional)


def _strata(corpus: Corpus, strata: pd.Series | str | None) -> pd.Series:
    ids = pd.Index(corpus.ids)
    if strata is None:
        return pd.Series(None, index=ids, dtype="str")
    if isinstance(strata, str):
        strata = _column(corpus, strata)
    if strata.index.has_duplicates:
        twice = strata.index[strata.index.duplicated()].unique()
        raise InputError(f"strata= names images twice: {named(twice)}; one stratum an image.")
    known = as_text(strata).reindex(ids)
    lacking = ids[known.isna().to_numpy()]
    if len(lacking) == len(ids):
        raise InputError(
            f"none of the {len(ids)} images has a stratum; strata= needs image ids as its index."
        )
    if len(lacking):
        warnings.warn(
            f"{len(lacking)} of {len(ids)} images have no stratum ({named(lacking)}) and cannot be "
            "drawn: the sample speaks for the others.",
            IconometricsWarning,
            stacklevel=3,
        )
    return known.dropna()


def _column(corpus: Corpus, name: str) -> pd.Series:
    if name not in corpus.metadata:
        raise InputError(
            f"no column {name!r} in the metadata to stratify by; it has "
            f"{named(corpus.metadata.columns, 8)}."
        )
    column: pd.Series = corpus.metadata[name]
    return column


def _check_size(n: int, images: int, seed: int) -> None:
    for option, value in {"n": n, "seed": seed}.items():
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
            raise InputError(f"{option}={value!r}: expected a whole number, zero or more.")
    if n < 1:
        raise InputError(f"n={n}: a sample needs at least one image.")
    if n > images:
        raise InputError(
            f"n={n} is more than the {images} images there are to draw from; ask for at most "
            f"{images}."
        )


def _tell_left_out(shares: pd.Series, n: int) -> None:
    none = shares.index[shares == 0]
    if len(none):
        warnings.warn(
            f"n={n} is less than the {len(shares)} strata: {named(none)} are left out and the "
            "sample does not speak for them.",
            IconometricsWarning,
            stacklevel=3,
        )


def _random_numbers(images: pd.Series, seed: int) -> np.ndarray:
    digests = b"".join(
        hashlib.blake2b(f"{seed}\0{image}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
        for image in images
    )
    return np.frombuffer(digests, dtype=">u8").astype(np.uint64)
