"""Cutting a corpus in two: by chance, whole groups, strata or time."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics.corpus.duplicates import find_duplicates
from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.wording import as_text, counted, listed

__all__ = ["first_side", "leakage", "moments"]

Counts: TypeAlias = NDArray[np.int64]


def first_side(
    groups: pd.Series,
    *,
    share: float,
    strata: pd.Series | None = None,
    times: pd.Series | None = None,
    seed: int = 1,
) -> NDArray[np.bool_]:
    """Say which images are on the first side of a split."""
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
    what = f"{counted(len(groups), 'image')} in {counted(len(sizes), 'group')}"
    return _both(first[numbers], what, share)


def leakage(images: pd.DataFrame, first: NDArray[np.bool_]) -> str | None:
    """Say whether copies of an image lie on both sides of a split."""
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
        f"leakage: {counted(total, 'group')} of copies ({exact:,} exact, {total - exact:,} near) "
        f"on both sides of the split, for instance {' and '.join(pair)}. A measure trained on one "
        "side is then tested on pictures it has seen; split with by=check.groups to keep "
        "copies together."
    )


def moments(values: pd.Series, what: str = "time") -> pd.Series:
    """Turn times as a table has them into something that can be ordered."""
    if values.dtype == "str" or values.dtype == object:
        times = pd.to_datetime(values, format="ISO8601", errors="coerce", utc=True)
    else:
        times = values
    wrong = values[times.isna() & values.notna()]
    if len(wrong):
        raise InputError(
            f"{what}: expected dates such as 2020-03-31 or 2020-03-31 18:05, but "
            f"{counted(len(wrong), 'value')} cannot be read as one, "
            f"for instance {wrong.iloc[0]!r} of {wrong.index[0]}; write them so in the table."
        )
    if times.isna().any():
        raise InputError(
            f"{what}: no time for {counted(int(times.isna().sum()), 'image')}, for instance "
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
