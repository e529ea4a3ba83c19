"""Drawing images for coding: simple and stratified random samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from iconometrics.coding.apportioning import Allocation, shares
from iconometrics.coding.framing import check_size, groups, ids
from iconometrics.coding.numbering import numbers
from iconometrics.coding.sample import Sample
from iconometrics.errors import warn
from iconometrics.wording import listed

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["draw", "first_in_line", "warn_of_strata_left_out"]


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
        stratum = groups(corpus, strata, option="strata", one="stratum")
    check_size(n, len(stratum), seed)
    frame = pd.DataFrame({"image": stratum.index, "stratum": stratum.array})
    sizes = frame["stratum"].fillna("").value_counts().sort_index()
    wanted = shares(sizes, n, allocation, spread=spread)
    warn_of_strata_left_out(wanted, n)
    key = frame["stratum"].fillna("")
    frame["probability"] = (key.map(wanted) / key.map(sizes)).astype("float64")
    return Sample(name, first_in_line(frame, wanted, seed), frame=frame)


def first_in_line(
    frame: pd.DataFrame, wanted: pd.Series, seed: int, *, purpose: str = ""
) -> pd.DataFrame:
    """Take the images with the smallest random numbers of each stratum."""
    order = frame.assign(number=numbers(frame["image"], seed, purpose))
    order = order.sort_values(["number", "image"]).drop(columns="number")
    key = order["stratum"].fillna("")
    return order[order.groupby(key).cumcount() < key.map(wanted)]


def warn_of_strata_left_out(wanted: pd.Series, n: int) -> None:
    """Warn of strata of which no image is drawn: no number says anything about them."""
    none = wanted.index[wanted == 0]
    if len(none):
        why = f"n={n} is less than the {len(wanted)} strata" if n < len(wanted) else "allocation"
        warn(f"{why}: {listed(none)} are left out and the sample does not speak for them.")
