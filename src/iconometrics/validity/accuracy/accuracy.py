"""Comparing a measure with the gold standard."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.errors import InputError
from iconometrics.options import Target, check_target
from iconometrics.stats.tails import Side, tails
from iconometrics.validity.accuracy.comparison import compared
from iconometrics.validity.accuracy.ranking import areas, scores
from iconometrics.validity.accuracy.result import Accuracy
from iconometrics.validity.accuracy.subgroups import subgroups
from iconometrics.validity.accuracy.undecided import undecided_notes
from iconometrics.validity.matching import Matched
from iconometrics.wording import listed

__all__ = ["accuracy"]


def accuracy(
    measure: Codings,
    *,
    gold: Codings,
    variable: str | None = None,
    groups: pd.Series | Mapping[str, str] | None = None,
    by: pd.Series | Mapping[str, object] | None = None,
    bar: float | None = None,
    target: Target | None = None,
    level: float = 0.95,
    side: Side = "two",
    seed: int = 1,
) -> Accuracy:
    """Compare a measure with the gold standard.

    Images that the coder was trained on or gave no value are left out, with a warning and a note.
    Images that people looked at and did not decide (`iconometrics.coding.undecided`) widen every
    interval: from all of them wrong to all of them right.
    Where the sample of the gold standard was drawn with unequal probabilities or in clusters,
    every rate is weighted by one over the probability, so that it represents the corpus.

    Parameters
    ----------
    measure
        Codings by a machine, or by a person who is to be judged.
    gold
        The gold standard, one value per image.
    variable
        The variable; may be left out where both have just one in common.
    groups
        Account, patient or source by image id: intervals then allow for the images of a group
        being alike.
    by
        Subgroup by image id, such as a column of the metadata: rates of each besides.
    bar
        The accuracy that the measure must be shown to reach to be called validated. Set it before
        you look.
    target
        What the figures are of: "corpus", the images that the gold standard's sample was drawn
        from, of which those that were coded leave nothing open; or "beyond", further images like
        these, with the accounts of `groups` where they are known. By default the corpus, with
        `groups` beyond it.
    level
        Confidence level of all intervals.
    side
        "two"; "lower" or "upper" for one bound alone.
    seed
        Names the bootstrap of the AUROC, where images are weighted or grouped.

    Returns
    -------
    Accuracy
        Overall, by category and by subgroup, with intervals.

    Raises
    ------
    InputError
        If the variable is not in both, no image or category is common, the gold standard is
        empty or has one category only, an image has no group, or the corpus is asked for by
        group.

    Notes
    -----
    Grimmer, J. and Stewart, B. M. (2013). Text as data. Political Analysis 21, 267-297. For the
    intervals see `iconometrics.stats.share_interval` and `iconometrics.stats.auroc`.

    Examples
    --------
    >>> truth = pd.Series(list("aaabbb"), index=list("123456"), name="v")
    >>> measure = Codings.from_series(truth.mask(truth.index < "3", "b"), coder="svm")
    >>> result = accuracy(measure, gold=Codings.from_series(truth, coder="anna"))
    >>> result.n, round(result.accuracy.value, 2)
    (6, 0.67)
    """
    tails(level, side)
    _check_bar(bar)
    finite = _is_finite(target, gold, groups)
    matched, design, computed, silent = compared(
        measure, gold, variable, groups=groups, finite=finite, level=level, side=side
    )
    table = scores(measure, matched.variable, design.items)
    name, parts = "", None
    if by is not None:
        name, parts = subgroups(
            design.items, by, categories=matched.categories, by_group=groups is not None,
            level=level, side=side,
        )  # fmt: skip
    return Accuracy(
        variable=matched.variable,
        coder=listed(measure.coders) or "unnamed coder",
        items=design.items,
        accuracy=computed.accuracy,
        macro_f1=computed.macro_f1,
        classes=computed.classes,
        confusion=_confusion(computed.counts, matched),
        level=level,
        groups=None if groups is None else design.items["cluster"].nunique(),
        notes=(*matched.notes, *design.notes, *undecided_notes(silent, len(design.items))),
        kappa=computed.kappa,
        auroc=None if table is None else areas(
            design.items, table, level=level, side=side, seed=seed
        ),
        scores=table,
        weighted=design.weighted,
        side=side,
        parts=parts,
        parts_by=name,
        undecided=len(silent),
        bar=bar,
        target="corpus" if "probability" in design.items else "beyond",
    )  # fmt: skip


def _is_finite(
    target: str | None, gold: Codings, groups: pd.Series | Mapping[str, str] | None
) -> bool:
    """Tell whether the figures are of the corpus alone."""
    if target is not None:
        check_target(target)
    if target == "corpus" and groups is not None:
        raise InputError(
            "target='corpus' with groups=: images of a group being alike matters beyond the "
            "corpus only; within it, chance is in which images were drawn. Leave one of them out."
        )
    if target == "corpus" and gold.sample is None:
        raise InputError(
            "target='corpus': the gold standard names no sample, so it is not known how much of "
            "the corpus was coded. Give its codings their sample=."
        )
    return target != "beyond" and groups is None


def _check_bar(bar: float | None) -> None:
    if bar is not None and not 0 < bar < 1:
        raise InputError(f"bar={bar!r}: expected an accuracy between 0 and 1, such as 0.8.")


def _confusion(counts: np.ndarray, matched: Matched) -> pd.DataFrame:
    names = list(matched.categories)
    return pd.DataFrame(counts, pd.Index(names, name="gold"), pd.Index(names, name="measure"))
