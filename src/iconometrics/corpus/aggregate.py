"""From the parts back to the whole: a table by region becomes a table by parent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from iconometrics.corpus.schema import text_index
from iconometrics.errors import InputError
from iconometrics.options import need_columns
from iconometrics.wording import listed

__all__ = ["aggregate"]

_HOW: Final = ("count", "first", "max", "mean", "median", "min", "std", "sum")
_ANY_KIND: Final = ("count", "first")


def aggregate(
    table: pd.DataFrame, parents: pd.Series, how: str | Mapping[str, str] = "mean"
) -> pd.DataFrame:
    """Aggregate any table by image id up to the images' parents.

    Parameters
    ----------
    table
        One row per image, indexed by id: features, codings, metadata of a derived corpus.
    parents
        The parent's id by image id: ``corpus.images["parent"]``. An image that it names and
        that is not in the table counts as missing.
    how
        count, first, max, mean, median, min, std or sum, or one of them for each column that is
        wanted. The sum of a parent of which a value is missing is missing; the others go by the
        values that are there.

    Returns
    -------
    pandas.DataFrame
        One row per parent, in order of first appearance.

    Raises
    ------
    InputError
        If an image has no parent, a column is not there, or numbers are wanted of a column of
        text.

    Examples
    --------
    >>> votes = pd.DataFrame({"votes": [3, 4, 5]}, index=["s1#a", "s1#b", "s2#a"])
    >>> parents = pd.Series(["s1", "s1", "s2"], index=votes.index)
    >>> aggregate(votes, parents, "sum")["votes"].to_dict()
    {'s1': 7, 's2': 5}
    """
    wanted = _wanted(table, how)
    table = table.set_axis(text_index(table.index))
    parents = parents.set_axis(text_index(parents.index))
    strangers = table.index[~table.index.isin(parents.index[parents.notna()])]
    if len(strangers):
        raise InputError(
            f"no parent is known for {listed(strangers)}; parents= takes the column parent of "
            'the derived corpus: corpus.images["parent"].'
        )
    parents = parents.dropna()
    rows = table if table.index.equals(parents.index) else table.reindex(parents.index)
    groups = rows.groupby(pd.Index(parents, name="image"), sort=False)
    columns = {
        column: groups[column].sum(skipna=False) if kind == "sum" else groups[column].agg(kind)
        for column, kind in wanted.items()
    }
    return pd.DataFrame(columns, index=pd.Index(parents.unique(), name="image", dtype="str"))


def _wanted(table: pd.DataFrame, how: str | Mapping[str, str]) -> dict[str, str]:
    wanted = dict.fromkeys(table.columns, how) if isinstance(how, str) else dict(how)
    for column, kind in wanted.items():
        if kind not in _HOW:
            raise InputError(f"how={kind!r}: expected one of {', '.join(_HOW)}.")
        need_columns(table, [column], what="the table")
        if kind not in _ANY_KIND and not pd.api.types.is_numeric_dtype(table[column].dtype):
            raise InputError(
                f"column {column!r} is not a column of numbers, so it has no {kind}; leave it out "
                "with how={'column': 'mean', ...}, or take its 'first'."
            )
    return wanted
