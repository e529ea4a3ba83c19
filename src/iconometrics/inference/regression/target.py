"""What estimates are of: the corpus, of which some rows were coded, or rows beyond it."""

from __future__ import annotations

import numpy as np

from iconometrics.inference.regression.few_clusters import has_few_clusters
from iconometrics.inference.regression.moments import Link, PairedRows, influences, jacobians
from iconometrics.inference.regression.prepared import Prepared

__all__ = ["left_open", "slopes_by_cluster", "target_moments"]


def left_open(prepared: Prepared) -> np.ndarray:
    """(rows,) give the share of each coded row's variance that drawing it leaves."""
    weight = prepared.weight
    if prepared.target == "beyond" or prepared.coder_error:
        # Errors of coders are chance in rows that were drawn for certain, too.
        return np.ones(len(weight))
    return np.asarray(1 - np.divide(1, weight, out=np.ones(len(weight)), where=weight > 1))


def slopes_by_cluster(
    prepared: Prepared, rows: PairedRows, beta: np.ndarray, *, link: Link, share: float = 1.0
) -> np.ndarray | None:
    """Sum derivatives by cluster where there are few clusters.

    Not within the corpus: there the chance is in which rows were coded alone.
    """
    clusters = prepared.clusters
    if clusters is None or prepared.target == "corpus":
        return None
    if not has_few_clusters(clusters if share else clusters[prepared.coded]):
        return None
    return jacobians(rows, link, beta, clusters=clusters, share=share)


def target_moments(
    prepared: Prepared, rows: PairedRows, beta: np.ndarray, *, link: Link, share: float = 1.0
) -> np.ndarray:
    """Give each row's moment, as far as chance is in it.

    Beyond the corpus that is all of it. Within, it is what codes change, about their mean, times
    what drawing leaves open (Sarndal, Swensson and Wretman, 1992, ch. 5 and 6).
    """
    moments = influences(rows, link, beta, share=share)
    if prepared.target == "beyond":
        return moments
    uncoded = rows._replace(weight=np.zeros(len(rows.weight)), more=(), noise=None)
    moments = moments - influences(uncoded, link, beta, share=share)
    chance = rows.weight > 1
    if chance.any():
        mean = moments[chance].sum(axis=0) / rows.weight[chance].sum()
        moments[chance] -= rows.weight[chance][:, None] * mean
    few = _few_units(prepared, chance)
    return np.asarray(moments * np.sqrt(few * left_open(prepared))[:, None])


def _few_units(prepared: Prepared, chance: np.ndarray) -> float:
    """Factor for the mean taken from so many units, less the one that comes later."""
    if prepared.clusters is None:
        return float(chance.sum() / max(chance.sum() - 1, 1))
    drawn, every = (len(np.unique(rows)) for rows in (prepared.clusters[chance], prepared.clusters))
    return float(drawn / max(drawn - 1, 1) * (every - 1) / every)
