"""Whether gold images have twins among the images that the coder was trained on."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd

from iconometrics.coding import Codings
from iconometrics.errors import IconometricsWarning, InputError, warn
from iconometrics.validity.accuracy.accuracy import accuracy
from iconometrics.validity.accuracy.result import Accuracy
from iconometrics.validity.matching import common_variable, trained_among
from iconometrics.wording import counted, listed, with_ids

__all__ = ["Leakage", "in_words", "leakage", "twins"]

_ORDER = {"exact": 0, "near": 1, "group": 2}


@dataclass(frozen=True, eq=False, repr=False)
class Leakage:
    """Gold images that resemble what the coder was trained on, and what they do to accuracy.

    Parameters
    ----------
    pairs
        One row per leaking gold image: image, trained (an image trained on that it resembles) and
        kind: exact or near copy, or of the same group.
    accuracy
        Accuracy with them (but without images that were themselves trained on).
    without
        Accuracy without them; None where nothing is left.

    Examples
    --------
    >>> truth = pd.Series(list("abab"), index=list("1234"), name="v")
    >>> measure = Codings.from_series(truth, coder="svm", trained_on=["9"])
    >>> copies = pd.DataFrame({"image": ["1", "9"], "group": [1, 1], "kind": "near"})
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     leaks = leakage(measure, Codings.from_series(truth, coder="anna"), duplicates=copies)
    >>> leaks.table().values.tolist()
    [['1', '9', 'near']]
    """

    pairs: pd.DataFrame
    accuracy: Accuracy
    without: Accuracy | None

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.summary())}</p>{self.table().to_html(index=False)}"

    def table(self) -> pd.DataFrame:
        """Return the leaking gold images.

        Returns
        -------
        pandas.DataFrame
            A copy.
        """
        return self.pairs.copy()

    def summary(self) -> str:
        """Say how many gold images leak, and accuracy with and without them.

        Returns
        -------
        str
        """
        if self.pairs.empty:
            return "No gold image resembles an image that the coder was trained on."
        head = in_words(self.pairs)
        if self.without is None:
            return f"{head}: no others are left to judge the coder by."
        rates = [
            f"{result.accuracy.value:.1%} ({result.accuracy.low:.1%} to {result.accuracy.high:.1%})"
            for result in (self.accuracy, self.without)
        ]
        return (
            f"{head}: accuracy {rates[0]} with them, {rates[1]} without, on "
            f"{counted(self.without.n, 'image')}."
        )


def leakage(
    measure: Codings,
    gold: Codings,
    *,
    duplicates: pd.DataFrame | None = None,
    groups: pd.Series | Mapping[str, str] | None = None,
    variable: str | None = None,
    level: float = 0.95,
    seed: int = 1,
) -> Leakage:
    """Look for gold images that resemble what the coder was trained on.

    Parameters
    ----------
    measure
        Codings that know the images that their coder was trained on.
    gold
        The gold standard.
    duplicates
        Copies among all images: columns image, group and kind ("exact" or "near"), such as
        `Corpus.check().duplicates`.
    groups
        Account, person or source by image id: images of a group resemble each other.
    variable
        The variable; may be left out where both have just one in common.
    level
        Confidence level.
    seed
        Names the bootstrap.

    Returns
    -------
    Leakage
        With a warning where there are such images.

    Raises
    ------
    InputError
        If it is not known what the coder was trained on, or neither duplicates nor groups are
        given.

    Notes
    -----
    Kaufman, S., Rosset, S., Perlich, C. and Stitelman, O. (2012). Leakage in data mining. ACM
    Transactions on Knowledge Discovery from Data 6(4), 15.

    Examples
    --------
    >>> truth = pd.Series(list("abab"), index=list("1234"), name="v")
    >>> measure = Codings.from_series(truth, coder="svm", trained_on=["9"])
    >>> people = {"1": "x", "2": "y", "3": "z", "4": "z", "9": "w"}
    >>> leakage(measure, Codings.from_series(truth, coder="anna"), groups=people)
    No gold image resembles an image that the coder was trained on.
    """
    if measure.trained_on is None:
        raise InputError(
            f"what {listed(measure.coders) or 'the coder'} was trained on is not known: pass "
            "trained_on= where its codings are made."
        )
    if duplicates is None and groups is None:
        raise InputError("nothing to look by: give duplicates=, groups= or both.")
    variable = common_variable(measure, gold, variable)
    images = gold[variable].dropna().index
    images = images.drop(trained_among(images, measure))
    pairs = twins(images, pd.Index(measure.trained_on), duplicates=duplicates, groups=groups)
    if len(pairs):
        warn(f"{in_words(pairs)} ({listed(pairs['image'])}): accuracy looks better than it is.")
    judged = accuracy(measure, gold=gold, variable=variable, level=level, seed=seed)
    rest = gold.select(images.drop(pairs["image"]))
    try:
        with warnings.catch_warnings():
            # What is left out was said above.
            warnings.simplefilter("ignore", IconometricsWarning)
            without = accuracy(measure, gold=rest, variable=variable, level=level, seed=seed)
    except InputError:
        without = None
    return Leakage(pairs, judged, without if len(pairs) else judged)


def twins(
    images: pd.Index,
    trained: pd.Index,
    *,
    duplicates: pd.DataFrame | None = None,
    groups: pd.Series | Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Find images that are copies of images trained on, or of the same group."""
    links = []
    if duplicates is not None and len(duplicates):
        copies = duplicates.drop_duplicates("image").set_index("image")
        exact = copies[copies["kind"] == "exact"]
        links += [_linked(images, trained, copies["group"], "near")]
        both = _linked(images, trained, exact["group"], "exact")
        links += [both]
    if groups is not None:
        member = with_ids(pd.Series(groups))
        links.append(_linked(images, trained, member[~member.index.duplicated()], "group"))
    empty = pd.DataFrame({"image": [], "trained": [], "kind": []}, dtype="str")
    table = pd.concat([empty, *links])
    order = table["kind"].map(_ORDER)
    table = table.assign(order=order).sort_values("order", kind="stable")
    table = table.drop_duplicates("image").drop(columns="order")
    place = pd.Series(range(len(images)), index=images)
    return table.sort_values("image", key=lambda ids: ids.map(place)).reset_index(drop=True)


def in_words(pairs: pd.DataFrame) -> str:
    """Count leaking gold images by kind."""
    words = {
        "exact": "an exact copy of an image",
        "near": "a near copy of an image",
        "group": "of the same group as an image",
    }
    counts = pairs["kind"].value_counts()
    kinds = [f"{counts[kind]} {words[kind]}" for kind in _ORDER if kind in counts]
    verb = "is" if len(pairs) == 1 else "are"
    return (
        f"{counted(len(pairs), 'gold image')} {verb} too like what the coder was trained on "
        f"({', '.join(kinds)} trained on)"
    )


def _linked(images: pd.Index, trained: pd.Index, member: pd.Series, kind: str) -> pd.DataFrame:
    member = member.dropna()
    known = member[member.index.isin(trained)]
    first = pd.Series(known.index, index=known.array).groupby(level=0).first()
    own = member[member.index.isin(images)]
    like = own.map(first).dropna()
    return pd.DataFrame(
        {"image": like.index.astype("str"), "trained": like.array, "kind": kind}
    ).astype("str")
