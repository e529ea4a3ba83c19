"""Two-phase sampling: a large sample coded cheaply, and of it a small one coded well."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from iconometrics.coding.apportioning import Allocation, shares
from iconometrics.coding.draw import first_in_line, warn_of_strata_left_out
from iconometrics.coding.framing import check_size
from iconometrics.coding.sample import Sample
from iconometrics.errors import InputError
from iconometrics.wording import as_text, listed

__all__ = ["draw_second_phase"]


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
        Stratum of each of its images by image id: what the first phase told, such as the value
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
    >>> told = pd.Series({"a": "yes", "b": "no", "c": "no", "d": "no"})
    >>> draw_second_phase(first, 2, strata=told, allocation="equal", seed=1).probability.max()
    np.float64(0.1)
    """
    check_size(n, len(sample), seed)
    frame = sample.table
    if strata is not None:
        frame = frame.assign(stratum=as_text(strata).reindex(sample.images).array)
        lacking = frame["image"][frame["stratum"].isna()]
        if len(lacking):
            raise InputError(
                f"{len(lacking)} of {len(frame)} images of sample {sample.name!r} have no stratum "
                f"({listed(lacking)}); give them one of their own, such as 'not coded'."
            )
    else:
        frame = frame.assign(stratum=pd.Series(None, index=frame.index, dtype="str"))
    key = frame["stratum"].fillna("")
    sizes = key.value_counts().sort_index()
    wanted = shares(sizes, n, allocation, spread=spread)
    warn_of_strata_left_out(wanted, n)
    drawn = first_in_line(frame, wanted, seed, purpose=f"second phase of {sample.name}")
    key = drawn["stratum"].fillna("")
    share = (key.map(wanted) / key.map(sizes)).astype("float64")
    return Sample(name, drawn.assign(probability=drawn["probability"] * share))
