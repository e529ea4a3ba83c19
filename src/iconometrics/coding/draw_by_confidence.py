"""Drawing where a machine coder is unsure: probability in proportion to uncertainty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.coding.codings import Codings
from iconometrics.coding.framing import check_size, ids, in_order
from iconometrics.coding.numbering import numbers, start
from iconometrics.coding.sample import Sample
from iconometrics.errors import InputError

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["draw_by_confidence", "inclusion", "systematic"]


def draw_by_confidence(
    corpus: Corpus,
    n: int,
    *,
    codings: Codings,
    variable: str | None = None,
    evenly: float = 0.2,
    seed: int,
    name: str = "sample",
) -> Sample:
    """Draw the images of which a machine coder is unsure more often than others.

    A share of the sample is spread evenly over all images, so that each can be drawn; the rest in
    proportion to uncertainty, 1 - confidence. The weights 1 / probability undo the preference:
    estimates represent all images, and are the more precise the better confidence predicts errors.

    Parameters
    ----------
    corpus
        The images to draw from; those known to be unreadable are left out.
    n
        How many images to draw.
    codings
        The coder's, with confidence; an image without any counts as the least sure one.
    variable
        The variable; may be left out where there is only one.
    evenly
        The share that is spread evenly, above 0, at most 1. More of it costs little where
        confidence is right, and insures against a coder that is sure and wrong.
    seed
        A whole number that names the drawing.
    name
        The sample's name.

    Returns
    -------
    Sample
        In random order, with exact probabilities.

    Raises
    ------
    InputError
        If n does not fit, or no image has a confidence.

    Notes
    -----
    Systematic sampling with unequal probabilities from a list in random order, which has exactly
    the probabilities asked for and always n images: Goodman, R. and Kish, L. (1950). Controlled
    selection. Journal of the American Statistical Association 45, 350-372; Hartley, H. O. and
    Rao, J. N. K. (1962). Sampling with unequal probabilities and without replacement. Annals of
    Mathematical Statistics 33, 350-374. The sizes with the least error of a share are standard
    deviations, sqrt(p (1 - p)), not 1 - confidence: Zrnic, T. and Candes, E. J. (2024). Active
    statistical inference. Proceedings of Machine Learning Research 235. Codings with
    ``confidence=1 - sqrt(p (1 - p))`` draw by these.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> corpus = SimpleNamespace(ids=pd.Index(["a", "b", "c"]))
    >>> values = pd.Series("yes", index=corpus.ids, name="protest")
    >>> sure = pd.Series({"a": 0.5, "b": 0.75, "c": 0.75})
    >>> codes = Codings.from_series(values, coder="svm", confidence=sure)
    >>> sample = draw_by_confidence(corpus, 1, codings=codes, evenly=0.1, seed=1)
    >>> sample.frame["probability"].round(3).tolist()
    [0.483, 0.258, 0.258]
    """
    images = ids(corpus)
    check_size(n, len(images), seed)
    if not 0 < evenly <= 1:
        raise InputError(f"evenly={evenly!r}: expected a share above 0, at most 1, such as .2.")
    unsure = _uncertainty(images, codings, variable)
    even = np.full(len(images), evenly / len(images))
    total = unsure.sum()
    sizes = even + (1 - evenly) * (unsure / total if total else even / evenly)
    probability = inclusion(sizes, n)
    frame = pd.DataFrame({"image": images, "probability": probability})
    return Sample(name, in_order(frame, systematic(images, probability, seed), seed), frame=frame)


def inclusion(sizes: np.ndarray, n: int) -> np.ndarray:
    """Turn sizes into probabilities that add up to n, none above 1."""
    certain = np.zeros(len(sizes), dtype=bool)
    while True:
        rest = sizes[~certain]
        scaled = sizes * ((n - certain.sum()) / rest.sum()) if len(rest) else sizes
        over = ~certain & (scaled >= 1)
        if not over.any():
            return np.where(certain, 1.0, scaled)
        certain |= over


def systematic(images: pd.Index, probability: np.ndarray, seed: int) -> np.ndarray:
    """Draw images with the given probabilities, always as many as these add up to."""
    order = np.lexsort([images.to_numpy(object), numbers(images, seed, "systematic order")])
    ends = np.cumsum(probability[order])
    ends *= round(ends[-1]) / ends[-1]
    ends[-1] = round(ends[-1])
    passed = np.ceil(ends - start(seed, "systematic start"))
    drawn = np.zeros(len(images), dtype=bool)
    drawn[order] = np.diff(passed, prepend=0.0) > 0
    return drawn


def _uncertainty(images: pd.Index, codings: Codings, variable: str | None) -> np.ndarray:
    if variable is None:
        if len(codings.variables) != 1:
            raise InputError(
                f"the codings have {len(codings.variables)} variables; say which with variable=."
            )
        variable = codings.variables[0]
    known = codings.confidence(variable).reindex(images)
    if known.isna().all():
        raise InputError(
            f"none of the {len(images)} images has a confidence of {variable!r}; draw at random "
            "instead, or let a coder that reports its confidence measure them first."
        )
    unsure = (1 - known).to_numpy()
    filled: np.ndarray = np.where(np.isnan(unsure), np.nanmax(unsure), unsure)
    return filled
