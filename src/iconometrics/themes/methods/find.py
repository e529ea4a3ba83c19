"""Themes by the name of a method: for the study, the command line and resampling."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.themes.method import Method
from iconometrics.themes.methods.density import density
from iconometrics.themes.methods.density import method as density_method
from iconometrics.themes.methods.hierarchical import hierarchical
from iconometrics.themes.methods.hierarchical import method as hierarchical_method
from iconometrics.themes.methods.k_means import kmeans
from iconometrics.themes.methods.k_means import method as kmeans_method
from iconometrics.themes.methods.mixture import method as mixture_method
from iconometrics.themes.methods.mixture import mixture
from iconometrics.themes.methods.spherical import method as spherical_method
from iconometrics.themes.methods.spherical import prepared_rows, spherical
from iconometrics.themes.preparation import Prepared, prepare
from iconometrics.themes.themes import Themes

__all__ = ["METHODS", "NamedMethod", "find", "method_named", "prepared_for"]


@dataclass(frozen=True, eq=False)
class NamedMethod:
    """A method under its name."""

    find: Callable[..., Themes]
    method: Callable[..., Method]
    components: int = 50
    chance: bool = True
    numbered: bool = True


METHODS: Mapping[str, NamedMethod] = {
    "kmeans": NamedMethod(kmeans, kmeans_method),
    "hierarchical": NamedMethod(hierarchical, hierarchical_method, chance=False),
    "mixture": NamedMethod(mixture, mixture_method, components=20),
    "density": NamedMethod(density, density_method, components=10, chance=False, numbered=False),
    "spherical": NamedMethod(spherical, spherical_method),
}


def method_named(method: str) -> NamedMethod:
    """Look a method up."""
    if method not in METHODS:
        raise InputError(f"method={method!r}: expected one of {', '.join(METHODS)}.")
    return METHODS[method]


def find(
    data: pd.DataFrame, k: int | Iterable[int], *, method: str, seed: int, **options: Any
) -> Themes:
    """Find themes by the method of this name.

    There is no warning of what makes k-means a poor choice: it stands in the settings of the
    themes, under "cautions".

    Parameters
    ----------
    data
        Features or an embedding, one row per image.
    k
        The number of themes, or the numbers to try; density finds its own.
    method
        One of `METHODS`.
    seed
        Of its chance.
    **options
        Of the method.

    Returns
    -------
    Themes

    Examples
    --------
    >>> data = pd.DataFrame({"x": [0, .1, .2, 9, 9.1]}, index=list("abcde"))
    >>> find(data, 2, method="hierarchical", seed=1, linkage="average").k
    2
    """
    chosen = method_named(method)
    numbers = [k] if chosen.numbered else []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IconometricsWarning)
        return chosen.find(data, *numbers, seed=seed, **options)


def prepared_for(
    data: pd.DataFrame, *, method: str, standardize: bool, components: int | None
) -> Prepared:
    """Bring a table to the matrix that a method works on."""
    if method != "spherical":
        return prepare(data, standardize=standardize, components=components)
    return prepared_rows(data, standardize=standardize, components=components)
