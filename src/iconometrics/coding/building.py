"""From values by image id to rows of codings."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from iconometrics.coding.schema import MISSING
from iconometrics.errors import InputError
from iconometrics.wording import as_text, listed

__all__ = ["one_variable"]


def one_variable(
    series: pd.Series,
    variable: str,
    *,
    columns: Mapping[str, pd.Series | None],
    probabilities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Make the rows of one variable, one coding an image."""
    if not variable:
        raise InputError("a series without a name: say which variable it is with variable=.")
    if series.index.has_duplicates:
        twice = series.index[series.index.duplicated()].unique()
        raise InputError(f"images coded twice: {listed(twice)}; one coder gives one value each.")
    values = as_text(series)
    values = values.mask(values.isin(MISSING))
    known = {name: column for name, column in columns.items() if column is not None}
    if "confidence" not in known and probabilities is not None:
        known["confidence"] = _probability_of(values, probabilities)
    images = as_text(series.index.to_series()).array
    data = pd.DataFrame({"image": images, "variable": variable, "value": values.array})
    return data.assign(**{name: known[name].reindex(series.index).array for name in known})


def _probability_of(values: pd.Series, probabilities: pd.DataFrame) -> pd.Series:
    pairs = probabilities.drop_duplicates(["image", "category"]).set_index(["image", "category"])
    wanted = pd.MultiIndex.from_arrays([as_text(values.index.to_series()), values.fillna("")])
    found = pairs["probability"].reindex(wanted)
    return pd.Series(found.to_numpy(), index=values.index)
