"""Gaussian mixtures: flat, soft, model-based."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics.themes.method import Method, at_least_one, one_of
from iconometrics.themes.methods.clustering import finish, search
from iconometrics.themes.number.evidence import EVIDENCE
from iconometrics.themes.partition import Partition, within_ss
from iconometrics.themes.preparation import prepare
from iconometrics.themes.themes import Themes

__all__ = ["COVARIANCES", "method", "mixture"]

COVARIANCES = ("full", "tied", "diag", "spherical")

# of the mean variance: no theme shrinks to a point
_FLOOR = 1e-4

Matrix = npt.NDArray[np.float64]


def mixture(
    data: pd.DataFrame,
    k: int | Iterable[int] = range(2, 11),
    *,
    seed: int = 1,
    restarts: int = 3,
    covariance: str | Sequence[str] = "diag",
    standardize: bool = True,
    components: int | None = 20,
    evidence: Sequence[str] = EVIDENCE,
) -> Themes:
    """Find themes as a mixture of normal distributions: each image belongs to all, more or less.

    Flat, soft (`Themes.membership` has the probability of each theme; an image's label is its
    most probable one) and model-based: the number of themes is chosen by the Bayesian
    information criterion, and themes may differ in spread, shape and size.

    Parameters
    ----------
    data
        Features or an embedding: one row per image, indexed by id, all numbers.
    k
        The number of themes, or the numbers to try.
    seed
        Of the starts and of the subsamples.
    restarts
        How many starts (k-means); the most likely result is taken.
    covariance
        "full", "tied", "diag" or "spherical"; of several the one with the lowest BIC.
    standardize, evidence
        As for `kmeans`.
    components
        Keep at most so many principal components: every one costs parameters.

    Returns
    -------
    Themes
        With their membership.

    Raises
    ------
    InputError
        If the data has gaps, does not vary, or k does not fit it.

    Notes
    -----
    Fraley, C. & Raftery, A. (2002). Model-based clustering. JASA 97, 611-631.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [0, .1, .2, 4, 9, 9.1]}, index=list("abcdef"))
    >>> soft = mixture(data, 2, covariance="tied")
    >>> soft.membership.loc["a"].round(2).tolist()
    [1.0, 0.0]
    """
    at_least_one(restarts=restarts, components=components)
    clusterer = method(restarts=restarts, covariance=covariance)
    prepared = prepare(data, standardize=standardize, components=components)
    clustering = search(prepared.matrix, k, clusterer, seed=seed, evidence=evidence)
    return finish(data, prepared, clustering, method=clusterer, seed=seed)


def method(*, restarts: int = 3, covariance: str | Sequence[str] = "diag") -> Method:
    """Make the clusterer."""
    kinds = [covariance] if isinstance(covariance, str) else list(covariance)
    for kind in kinds:
        one_of(COVARIANCES, covariance=kind)

    def partitions(
        matrix: Matrix, numbers: Sequence[int], seed: int, starts: int = restarts
    ) -> list[Partition]:
        return [
            min(
                (_fit(matrix, k, kind, starts, seed) for kind in kinds),
                key=lambda fitted: fitted.bic,
            )
            for k in numbers
        ]

    settings = {"restarts": restarts, "covariance": covariance}
    return Method("Gaussian mixture", partitions, settings, partial(partitions, starts=1))


def _fit(matrix: Matrix, k: int, covariance: str, restarts: int, seed: int) -> Partition:
    model = _model(matrix, k, covariance, restarts, seed)
    soft: Matrix = model.predict_proba(matrix)
    codes = soft.argmax(axis=1).astype(np.intp)
    return Partition(
        codes, model.means_, within_ss(matrix, codes), membership=soft, bic=float(model.bic(matrix))
    )


def _model(matrix: Matrix, k: int, covariance: str, restarts: int, seed: int) -> Any:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_limits

    model = GaussianMixture(
        k,
        covariance_type=covariance,
        n_init=restarts,
        reg_covar=_FLOOR * float(matrix.var(axis=0).mean()),
        random_state=seed % 2**32,
        max_iter=300,
    )
    with threadpool_limits(limits=1), warnings.catch_warnings():
        # k-means starts on few different rows; slow tails of a start that is not taken
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(matrix)
