"""Codes of images as variables of areas, days or accounts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import need_columns
from iconometrics.wording import counted

__all__ = ["aggregated"]


def aggregated(
    data: pd.DataFrame,
    by: str | Sequence[str],
    *,
    predicted: Sequence[str],
    prediction: Sequence[str],
    sample_prob: str | None = None,
) -> pd.DataFrame:
    """Average codes and predictions of images over units, for `dsl` and `ppi` at that level.

    A unit counts as coded where at least one of its images is; its coded mean is that of those.

    Parameters
    ----------
    data
        One row per image.
    by
        Column or columns that name the unit: area, day, account.
    predicted
        Columns of 0 and 1 or numbers that people coded for some images.
    prediction
        Columns of the machine's values for all.
    sample_prob
        Column with each image's probability of being drawn; None where it was the same for all.

    Returns
    -------
    pandas.DataFrame
        One row per unit: `by`, the means, `images`, and `sample_prob`, the probability that at
        least one of its images was drawn.

    Raises
    ------
    InputError
        If a column is missing or the probabilities of some images are.

    Notes
    -----
    Images must have been drawn independently of each other. The mean of few coded images is a
    noisy code of the unit: as an outcome that costs precision only, as a regressor it biases, so
    code all images of a drawn unit there.

    Examples
    --------
    >>> data = pd.DataFrame({"area": ["a", "a", "b"], "bike": [1.0, None, None], "machine": 1.0})
    >>> data["p"] = 0.5
    >>> aggregated(data, "area", predicted=["bike"], prediction=["machine"], sample_prob="p")
      area  bike  machine  images     p
    0    a   1.0      1.0       2  0.75
    1    b   NaN      1.0       1  0.50
    """
    keys = [by] if isinstance(by, str) else list(by)
    columns = [*predicted, *prediction]
    need_columns(data, (*keys, *columns, *([sample_prob] if sample_prob else [])))
    groups = data.groupby(keys, sort=True)
    result = groups[columns].mean()
    result["images"] = groups.size()
    name = sample_prob or "sample_prob"
    coded = float(data[list(predicted)].notna().all(axis=1).mean())
    chance = data[sample_prob] if sample_prob else pd.Series(coded, index=data.index)
    if chance.isna().any():
        raise InputError(
            f"sample_prob={sample_prob!r} is missing in "
            f"{counted(int(chance.isna().sum()), 'row')}: expected the probability of "
            "every image, coded or not."
        )
    missed = np.log1p(-np.clip(chance, 0, 1 - 1e-12))
    result[name] = 1 - np.exp(missed.groupby([data[key] for key in keys]).sum())
    return result.reset_index()
