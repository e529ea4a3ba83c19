"""Cutting a corpus in two: by chance, whole groups, strata or time."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics.corpus.duplicates import find_duplicates
from iconometrics.corpus.schema import text_index
from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.wording import as_text, listed

__all__ = ["first_side", "leakage", "moments", "values_of"]

Counts: TypeAlias = NDArray[np.int64]


def first_side(
    groups: pd.Series,
    *,
    share: float,
    strata: pd.Series | None = None,
    times: pd.Series | None = None,
    seed: int = 1,
) -> NDArray[np.bool_]:
    """Say which images are on the first side of a split.

    Groups stay whole. Which side a group is on depends on its name and the seed, not on the
    order of the images.

    Parameters
    ----------
    groups
        The group of each image, as text; an image of its own has a group of its own.
    share
        Share of the images on the first side, above 0 and below 1; met as nearly as whole
        groups allow, in each stratum and in all.
    strata
        The stratum of each image; a group counts to the one that most of its images are in.
    times
        When each image was made; the first side is then the earlier one, a group counts by its
        first image, and groups of the same time stay together.
    seed
        Of the draw; without meaning where times are given.

    Returns
    -------
    numpy.ndarray
        One boolean an image.

    Raises
    ------
    InputError
        If the share is out of range or one side would be empty.

    Examples
    --------
    >>> accounts = pd.Series(["x", "x", "y", "z"])
    >>> first_side(accounts, share=0.5, seed=1).tolist()
    [True, True, False, False]
    """
    if not 0 < share < 1:
        raise InputError(f"share={share!r}: expected a number above 0 and below 1, such as .5.")
    if times is not None and strata is not None:
        raise InputError("time= and strata= at once: choose one; a cut in time leaves no draw.")
    if groups.empty:
        raise InputError("an empty corpus cannot be split; expected at least two images.")
    # numbered in the order of their names, whatever the order of the images
    numbers = pd.factorize(groups, sort=True)[0]
    sizes = np.bincount(numbers)
    if times is not None:
        first = _earlier(sizes, times.groupby(numbers).min(), share)
    else:
        first = _drawn(sizes, _majority(numbers, strata), share, seed)
    return _both(first[numbers], f"{len(groups):,} images in {len(sizes):,} groups", share)


def leakage(images: pd.DataFrame, first: NDArray[np.bool_]) -> str | None:
    """Say whether copies of an image lie on both sides of a split.

    Parameters
    ----------
    images
        The images of the corpus; copies are known once it was checked.
    first
        Which are on the first side.

    Returns
    -------
    str or None
        The warning; None if there is nothing to warn of.

    Examples
    --------
    >>> from iconometrics.corpus.schema import conform
    >>> images = conform(pd.DataFrame({"sha256": ["same", "same"]}, index=["a", "b"]))
    >>> print(leakage(images, np.array([True, False]))[:49])
    leakage: 1 groups of copies (1 exact, 0 near) lie
    """
    if images[["sha256", "hash"]].isna().all(axis=None):
        return None
    copies = find_duplicates(images)
    side = pd.Series(first, index=images.index)
    copies = copies.assign(first=side[copies["image"]].to_numpy())
    sides = copies.groupby("group")["first"].transform("nunique")
    split = copies[sides == 2]
    if split.empty:
        return None
    exact = split.loc[split["kind"] == "exact", "group"].nunique()
    pair = split[split["group"] == split["group"].iloc[0]].drop_duplicates("first")["image"]
    total = split["group"].nunique()
    return (
        f"leakage: {total:,} groups of copies ({exact:,} exact, {total - exact:,} near) lie on "
        f"both sides of the split, for instance {' and '.join(pair)}. A measure trained on one "
        "side is then held against pictures it has seen; split with by=check.groups to keep "
        "copies together."
    )


def values_of(which: Any, what: str, *, columns: pd.DataFrame) -> pd.Series:
    """Take a column by name, or values that were given, one an image.

    Parameters
    ----------
    which
        A column's name, a Series by id, or one value an image.
    what
        The argument's name, for messages.
    columns
        The columns there are, by id.

    Returns
    -------
    pandas.Series
        By id, in the order of the columns.

    Raises
    ------
    InputError
        If there is no such column or values are not one an image.

    Examples
    --------
    >>> values_of("year", "time", columns=pd.DataFrame({"year": [1938]}, index=["a"])).tolist()
    [1938]
    """
    if isinstance(which, str):
        if which not in columns:
            raise InputError(
                f"{what}={which!r} is no column; there are {listed(columns.columns, 12)}."
            )
        return columns[which]
    if isinstance(which, pd.Series):
        values = which.set_axis(text_index(which.index))
        lacking = columns.index[~columns.index.isin(values.index)]
        if len(lacking) or not values.index.is_unique:
            raise InputError(
                f"{what}= must have one value for each image, by id; {len(lacking):,} images have "
                f"none ({listed(lacking, 3)})."
            )
        return values.reindex(columns.index)
    if len(which) != len(columns):
        raise InputError(f"{what}= has {len(which):,} values for {len(columns):,} images.")
    return pd.Series(list(which), index=columns.index)


def moments(values: pd.Series, what: str = "time") -> pd.Series:
    """Turn times as a table has them into something that can be ordered.

    Parameters
    ----------
    values
        Numbers (years), times, or text in ISO 8601.
    what
        Name for messages.

    Returns
    -------
    pandas.Series
        Numbers or times.

    Raises
    ------
    InputError
        If some are missing or not ISO 8601: 3/4/20 is April in one country, March in another.

    Examples
    --------
    >>> bool(moments(pd.Series(["2020-03-31", "2020-02-01"])).is_monotonic_increasing)
    False
    """
    if values.dtype == "str" or values.dtype == object:
        times = pd.to_datetime(values, format="ISO8601", errors="coerce", utc=True)
    else:
        times = values
    wrong = values[times.isna() & values.notna()]
    if len(wrong):
        raise InputError(
            f"{what}: {len(wrong):,} values are no dates as in 2020-03-31 or 2020-03-31 18:05, "
            f"for instance {wrong.iloc[0]!r} of {wrong.index[0]}; write them so in the table."
        )
    if times.isna().any():
        raise InputError(
            f"{what}: {int(times.isna().sum()):,} images have no time, for instance "
            f"{listed(times.index[times.isna()], 3)}; leave them out with select() first."
        )
    return times


def _both(side: NDArray[np.bool_], what: str, share: float) -> NDArray[np.bool_]:
    if side.all() or not side.any():
        raise InputError(
            f"{what} cannot be cut in two with share={share}: one side would be empty. More "
            "groups are needed, or another by=."
        )
    return side


def _earlier(sizes: Counts, times: pd.Series, share: float) -> NDArray[np.bool_]:
    moment = pd.factorize(times, sort=True)[0]
    at_once = np.bincount(moment, weights=sizes)
    earlier: NDArray[np.bool_] = moment < _cut(at_once, share * sizes.sum(), inner=True)
    return earlier


def _drawn(sizes: Counts, strata: Counts, share: float, seed: int) -> NDArray[np.bool_]:
    random = generator(seed)
    first = np.zeros(len(sizes), dtype=bool)
    several, carried = strata.any(), 0.0
    for stratum in range(strata.max() + 1):
        shuffled = random.permutation(np.flatnonzero(strata == stratum))
        # what one stratum could not have for want of half an image, the next one gets
        target = share * sizes[shuffled].sum() + carried
        chosen = shuffled[: _cut(sizes[shuffled], target, inner=not several)]
        carried = target - sizes[chosen].sum()
        first[chosen] = True
    return first


def _cut(sizes: NDArray[Any], target: float, *, inner: bool) -> int:
    """Say after how many units their sizes come nearest to the target."""
    ends = np.concatenate([[0], np.cumsum(sizes)])
    allowed = ends[1:-1] if inner and len(sizes) > 1 else ends
    return int(np.argmin(np.abs(allowed - target))) + (len(allowed) < len(ends))


def _majority(numbers: Counts, strata: pd.Series | None) -> Counts:
    """Number the stratum of each group; all 0 without strata."""
    if strata is None:
        return np.zeros(numbers.max() + 1, dtype=np.int64)
    stratum = pd.factorize(as_text(strata).fillna(""), sort=True)[0]
    cells = pd.DataFrame({"group": numbers, "stratum": stratum}).value_counts(sort=False)
    most = cells.reset_index().sort_values(
        ["group", "count", "stratum"], ascending=[True, False, True]
    )
    return most.drop_duplicates("group")["stratum"].to_numpy()
