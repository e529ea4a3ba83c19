"""Differences between images of a theme and all others, where images come by account or post.

The variance leaves out one account after the other; its degrees of freedom are Satterthwaite's, for
images of an account that are as alike as those at hand. Bell, R. M. and McCaffrey, D. F. (2002).
Bias reduction in standard errors for linear regression with multi-stage samples. Survey Methodology
28, 169-181. Imbens, G. W. and Kolesar, M. (2016). Robust standard errors in small samples. Review
of Economics and Statistics 98, 701-712. Hansen, B. E. (2025). Standard errors for
difference-in-difference regression. Journal of Applied Econometrics 40, 291-309.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics import stats
from iconometrics.coding.splitting import group_of
from iconometrics.errors import InputError

__all__ = [
    "GroupedDifference",
    "group_codes",
    "grouped_difference",
    "grouped_share",
    "whole_groups",
]

_SIGNS = np.array([1.0, -1.0])

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.intp]


class GroupedDifference(NamedTuple):
    """Means inside and outside of a theme, and how sure their difference is, by group.

    Parameters
    ----------
    inside, outside
        Means over images.
    error, freedom
        Standard error of their difference and its degrees of freedom; missing where one of the two
        has images of one group only.
    groups
        How many groups have images inside.
    worth
        How many groups of equal size each of the two is worth (Kish).
    """

    inside: float
    outside: float
    error: float
    freedom: float
    groups: int
    worth: tuple[float, ...]


def group_codes(groups: pd.Series | None, images: pd.Index) -> Codes | None:
    """Number the groups of images, each of which must have one."""
    if groups is None:
        return None
    codes, names = pd.factorize(group_of(images, groups))
    if len(names) < 2:
        raise InputError(
            f"all {len(images)} images are of one group ({names[0]}): intervals by group need at "
            "least two."
        )
    return codes.astype(np.intp)


def whole_groups(codes: Codes, drawn: Codes) -> Codes:
    """Give the images of the groups drawn, as often as each was."""
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    rows = np.split(order, np.cumsum(sizes)[:-1])
    return np.concatenate([rows[group] for group in drawn])


def grouped_difference(member: Flags, values: Numbers, codes: Codes) -> GroupedDifference:
    """Compare the mean of members with that of all others, whole groups being drawn."""
    own = np.unique(codes, return_inverse=True)[1]
    both = np.stack([member, ~member])
    sizes = _by_group(own, both.astype(float))
    totals = sizes.sum(axis=0)
    sums = _by_group(own, both * values)
    means = sums.sum(axis=0) / totals
    groups = (sizes > 0).sum(axis=0)
    error = freedom = np.nan
    if groups.min() > 1:
        left = sums - sizes * means
        squares = float(((values - np.where(member, *means)) ** 2).sum())
        error, freedom = _error(left, sizes, _likeness(left, sizes, squares), _SIGNS)
    inside, outside = map(float, means)
    worth = tuple(map(float, totals**2 / (sizes**2).sum(axis=0)))
    return GroupedDifference(inside, outside, error, freedom, int(groups[0]), worth)


def grouped_share(flags: Flags, codes: Codes, *, level: float) -> stats.Interval:
    """Wilson's interval of a share at the number of images that they are worth by group."""
    own = np.unique(codes, return_inverse=True)[1]
    sizes = _by_group(own, np.ones((1, len(flags))))
    n, share = len(flags), float(flags.mean())
    worth, freedom = n**2 / float((sizes**2).sum()), np.inf
    # Zeros and ones of accounts with one image each fix the variance by their share alone.
    if 0 < share < 1 and 1 < len(sizes) < n:
        left = _by_group(own, flags[None].astype(float) - share)
        likeness = _likeness(left, sizes, n * share * (1 - share))
        error, freedom = _error(left, sizes, likeness, np.ones(1))
        # Images alike cannot be worth more than that: of few groups the error may be small by luck.
        most = n / (1 - likeness + likeness * n / worth)
        worth = min(share * (1 - share) / error**2, most) if error > 0 else min(worth, most)
    return stats.wilson(share * worth, worth, level, df=freedom)


def _by_group(own: Codes, rows: Numbers) -> Numbers:
    """(groups, rows) sums of each row by group."""
    return np.column_stack([np.bincount(own, row) for row in rows])


def _likeness(left: Numbers, sizes: Numbers, squares: float) -> float:
    """Correlation of two images of a group, from what the two means leave of them."""
    images = sizes.sum(axis=1)
    pairs = float((images * (images - 1)).sum())
    if not pairs or not squares > 0:
        return 0.0
    products = float((left.sum(axis=1) ** 2).sum()) - squares
    return float(np.clip(products / pairs / (squares / images.sum()), 0, 1))


def _error(left: Numbers, sizes: Numbers, likeness: float, signs: Numbers) -> tuple[float, float]:
    """Standard error by leaving out each group, right for images so alike, and its freedom."""
    totals = sizes.sum(axis=0)
    others = totals - sizes
    moved = (left / others) @ signs
    same = likeness * sizes[:, :, None] * sizes[:, None, :]
    every = np.arange(len(signs))
    same[:, every, every] += (1 - likeness) * sizes
    trace, square = _moments(signs / others, signs * sizes / (totals * others), same)
    weights = signs / totals
    # The mean of the jackknife variance is its trace, which is not quite the variance itself.
    variance = float(moved @ moved) * float(weights @ same.sum(axis=0) @ weights) / trace
    return float(np.sqrt(variance)), trace**2 / square


def _moments(own: Numbers, whole: Numbers, same: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Trace of the covariance of what leaving out each group moves, and of its square.

    Group g moves the difference by own[g] times its sums less whole[g] times the sums of all, so
    that the covariance is a diagonal and a part of low rank.
    """
    pulled = np.einsum("gi,gij->gj", own, same)
    diagonal = (pulled * own).sum(axis=1)
    sides, eye = np.hstack([pulled, whole]), np.eye(own.shape[1])
    middle = np.block([[np.zeros_like(eye), -eye], [-eye, same.sum(axis=0)]])
    low_rank = np.einsum("gi,ij,gj->g", sides, middle, sides)
    products = middle @ sides.T @ sides
    square = float(diagonal @ diagonal + 2 * diagonal @ low_rank + np.trace(products @ products))
    return float(diagonal.sum() + low_rank.sum()), square
