"""How near two categories are: weights of partial agreement, distances of disagreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError

__all__ = ["agreement_weights", "set_distance"]

_KINDS = ("identity", "linear", "quadratic", "ordinal")


def agreement_weights(
    kind: Literal["identity", "linear", "quadratic", "ordinal"], values: ArrayLike
) -> np.ndarray:
    """Give the weights of partial agreement between ordered categories.

    Parameters
    ----------
    kind
        "identity", "linear", "quadratic" (Cohen 1968) or "ordinal" (Gwet 2014).
    values
        Where each category lies on its scale; `range(q)` for categories at equal distances.

    Returns
    -------
    numpy.ndarray
        Categories x categories, 1 on the diagonal, 0 for the farthest pair.

    Raises
    ------
    InputError
        If the kind is not known.

    Notes
    -----
    Cohen, J. (1968). Weighted kappa. Psychological Bulletin 70, 213-220. Gwet, K. L. (2014).
    Handbook of inter-rater reliability, 4th ed., chapter 3.

    Examples
    --------
    >>> agreement_weights("quadratic", range(3)).tolist()
    [[1.0, 0.75, 0.0], [0.75, 1.0, 0.75], [0.0, 0.75, 1.0]]
    """
    if kind not in _KINDS:
        raise InputError(f"weights={kind!r}: expected one of {', '.join(_KINDS)}, or a matrix.")
    places = np.asarray(values, dtype=float)
    if kind == "identity" or len(places) < 2:
        return np.eye(len(places))
    if kind == "ordinal":
        ranks = places.argsort().argsort()
        steps = np.abs(ranks[:, None] - ranks) + 1.0
        far = steps * (steps - 1)
    else:
        far = np.abs(places[:, None] - places) ** (1 if kind == "linear" else 2)
    return np.asarray(1 - far / far.max())


def set_distance(labels: Sequence[Any], kind: Literal["jaccard", "masi"]) -> np.ndarray:
    """Give the distances between sets of labels, for images that carry several at once.

    Parameters
    ----------
    labels
        Sets, or text with ``;`` between the labels.
    kind
        "jaccard": one less the share of labels in common; "masi": that, weighted by whether one
        set holds the other.

    Returns
    -------
    numpy.ndarray
        Sets x sets, 0 where equal, 1 where nothing is in common.

    Notes
    -----
    Passonneau, R. (2006). Measuring agreement on set-valued items (MASI) for semantic and
    pragmatic annotation. Proceedings of LREC 2006.

    Examples
    --------
    >>> set_distance(["flag", "flag;police"], "masi").round(3).tolist()
    [[0.0, 0.667], [0.667, 0.0]]
    """
    sets = [_set(label) for label in labels]
    names = sorted({name for labels in sets for name in labels})
    holds = np.array([[name in labels for name in names] for labels in sets], dtype=float)
    both = holds @ holds.T
    sizes = holds.sum(axis=1)
    either = sizes[:, None] + sizes - both
    share = np.divide(both, either, out=np.ones_like(both), where=either > 0)
    if kind == "jaccard":
        return np.asarray(1 - share)
    smaller = np.minimum(sizes[:, None], sizes)
    nested = np.select(
        [share == 1, (both == smaller) & (both > 0), both > 0], [1.0, 2 / 3, 1 / 3], 0.0
    )
    return np.asarray(1 - share * nested)


def _set(label: Any) -> frozenset[str]:
    if isinstance(label, str):
        return frozenset(name.strip() for name in label.split(";") if name.strip())
    return frozenset(map(str, label))
