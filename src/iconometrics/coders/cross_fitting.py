"""Cross-fitting: a measure of all images that every gold code trains, and none flatters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics.coders import labels
from iconometrics.coders.compare.trials import taken
from iconometrics.coding import Codings
from iconometrics.corpus import Corpus
from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.stats.cross_fitting import folds_of
from iconometrics.wording import counted

__all__ = ["cross_fit"]


def cross_fit(
    classifier: Any,
    X: Corpus | pd.DataFrame,
    y: Any,
    *,
    groups: Any = None,
    folds: int = 5,
    seed: int = 0,
) -> Codings:
    """Measure all images by models that were trained on the gold codes of other folds.

    All images, coded or not, are divided into folds. The images of a fold are coded by a model
    trained on the codes of the other folds, so that the codes of people say of all images how far
    the measure errs, and all of them train it: none is set apart. What comes back goes with all
    of the codes into `inference.estimate`, `inference.share`, `dsl` and `ppi`.

    Parameters
    ----------
    classifier
        Not trained yet, such as `FeatureClassifier` or `ImageClassifier`; a copy is trained for
        each fold.
    X
        All images: a corpus, or a DataFrame of features or an embedding by image id.
    y
        The codes of people: a Series by image id, such as ``gold["protest"]``, of which most
        images have none.
    groups
        The account or event of each image, by image id: all its images are in one fold. Without,
        exact copies in a corpus are.
    folds
        How many.
    seed
        Names the division.

    Returns
    -------
    Codings
        One coding per image, with the probabilities of its model. As no image was coded by a model
        that had seen its code, accuracy and estimates leave none out.

    Raises
    ------
    InputError
        If too few images are coded for so many folds, a class is in one fold only, or as the
        classifier's ``fit``.

    Notes
    -----
    Zrnic, T. and Candès, E. J. (2024). Cross-prediction-powered inference. Proceedings of the
    National Academy of Sciences 121, e2322083121. There the uncoded images get the mean prediction
    of all models; here each image gets that of one, so that coded and uncoded images are measured
    by the same rule, and categories may be used as they are, as outcome or regressor.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from iconometrics.coders import FeatureClassifier
    >>> pixels, digits = load_digits(return_X_y=True, as_frame=True)
    >>> pixels = pixels.loc[:, pixels.nunique() > 9].set_axis([f"{n}" for n in pixels.index])
    >>> truth = (digits.set_axis(pixels.index) % 2).map({0: "even", 1: "odd"}).rename("parity")
    >>> measure = cross_fit(FeatureClassifier("ridge", folds=None, calibrate=None), pixels,
    ...                     truth.sample(300, random_state=1), seed=1)
    >>> (measure["parity"] == truth).mean().round(2)
    np.float64(0.89)
    """
    ids = _ids(X)
    codes = labels.align(y, ids, n=len(ids), what="labels")
    coded = ~np.asarray(pd.isna(codes), dtype=bool)
    member = _members(X, ids, groups)
    units = np.arange(len(ids)) if member is None else member
    _check_folds(folds, units[coded])
    fold = folds_of(units, coded, folds=folds, seed=generator(seed))
    _check_classes(codes, coded, fold)
    name = str(getattr(y, "name", None) or "value")
    parts = [
        _coded_by_others(
            classifier,
            X,
            codes,
            name=name,
            train=np.flatnonzero(coded & (fold != left_out)),
            test=np.flatnonzero(fold == left_out),
            groups=None if groups is None else member,
        )
        for left_out in range(folds)
    ]
    return _in_order(parts, ids)


def _ids(X: Any) -> pd.Index:
    if isinstance(X, Corpus):
        return X.ids
    if isinstance(X, pd.DataFrame):
        return X.index
    raise InputError(
        f"images as {type(X).__name__}: expected a corpus, or a DataFrame of features by image id."
    )


def _members(X: Any, ids: pd.Index, groups: Any) -> NDArray[np.intp] | None:
    """Number the groups of the images; where there are none, exact copies are one."""
    if groups is not None:
        known = labels.groups_of(groups, ids, n=len(ids), at=np.arange(len(ids)))
        return np.unique(known, return_inverse=True)[1]
    if not isinstance(X, Corpus):
        return None
    hashes = X.images["sha256"].astype("object")
    return np.asarray(pd.factorize(hashes.fillna(pd.Series(ids, hashes.index)))[0])


def _check_folds(folds: int, coded: NDArray[np.intp]) -> None:
    units = len(np.unique(coded))
    if isinstance(folds, bool) or not isinstance(folds, int | np.integer) or folds < 2:
        raise InputError(f"folds={folds!r}: expected a whole number from 2 on, such as 5.")
    if units < 2 * folds:
        raise InputError(
            f"people coded {counted(units, 'image or group', 'images or groups')}, too few for "
            f"{folds} folds: expected at least {2 * folds}. Code more, or ask for fewer folds."
        )


def _check_classes(codes: NDArray[Any], coded: NDArray[np.bool_], fold: NDArray[np.intp]) -> None:
    """Refuse a class that some model would never see."""
    for kind in pd.unique(codes[coded]):
        if len(np.unique(fold[coded & (codes == kind)])) == 1:
            raise InputError(
                f"class {str(kind)!r} falls into one fold with all its codes: the model of that "
                "fold would not know it. Code more of it, ask for fewer folds, or merge it."
            )


def _coded_by_others(
    classifier: Any,
    X: Any,
    codes: NDArray[Any],
    *,
    name: str,
    train: NDArray[np.intp],
    test: NDArray[np.intp],
    groups: NDArray[np.intp] | None,
) -> Codings:
    """Code the images of one fold by a model trained on the codes of the others."""
    from sklearn.base import clone

    own = clone(classifier)
    some, known = taken(X, train), labels.as_plain(codes[train])
    more = {} if groups is None else {"groups": groups[train]}
    own.fit(some, pd.Series(known, index=_ids(some), name=name), **more)
    codings: Codings = own.code(taken(X, test))
    return codings


def _in_order(parts: list[Codings], ids: pd.Index) -> Codings:
    """Put the folds together again, in the order of the images."""
    data = pd.concat([part.data for part in parts], ignore_index=True)
    place = pd.Series(np.arange(len(ids)), index=ids.astype(str))
    data = data.iloc[place[data["image"].astype(str)].argsort(kind="stable")]
    known = [part.probabilities for part in parts if part.probabilities is not None]
    probabilities = pd.concat(known, ignore_index=True) if known else None
    return Codings(data.reset_index(drop=True), probabilities, trained_on=())
