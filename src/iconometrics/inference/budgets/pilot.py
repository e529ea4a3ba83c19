"""How many images to code for a share or an agreement, from the codings of a pilot."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.budgets.budget import Budget, chosen
from iconometrics.inference.budgets.half_widths import mean_half, share_half
from iconometrics.wording import as_label, counted, listed

if TYPE_CHECKING:
    from iconometrics.coding import Codings

__all__ = ["agreement_influence", "budget_from_codings", "unit_variance"]

_KINDS = ("prevalence", "accuracy", "alpha")


def budget_from_codings(
    codings: Codings,
    what: str,
    *,
    half_width: float,
    variable: str | None = None,
    category: str | None = None,
    measure: Codings | None = None,
    groups: pd.Series | None = None,
    images: int | None = None,
    failures: float | None = None,
    level: float = 0.95,
) -> Budget:
    """Say how many images to code, from the codings of a pilot.

    Parameters
    ----------
    codings
        People's, with their sample where its probabilities were not equal.
    what
        "prevalence" of a category, "accuracy" of a measure, or "alpha": Krippendorff's, on the
        images that two or more people coded.
    half_width
        How far the interval should reach to either side.
    variable
        The variable; may be left out where there is only one.
    category
        Of prevalence: the value that is counted.
    measure
        Of accuracy: the machine's codings.
    groups
        Account or event by image id, where images of one resemble each other.
    images
        How many images there are; None for many.
    failures
        Share of the drawn images that will get no code; by default that of the pilot.
    level
        Confidence level.

    Returns
    -------
    Budget
        Images in all, those of the pilot included, drawn by the pilot's design.

    Raises
    ------
    InputError
        If the pilot has too few codings for it, or no number of images is enough.

    Notes
    -----
    The design effect is the pilot's: its linearized variance over that of a simple sample of the
    same size (Sarndal, C.-E., Swensson, B. and Wretman, J. (1992). Model Assisted Survey Sampling.
    Springer).

    Examples
    --------
    >>> from iconometrics.coding import Codings
    >>> values = pd.Series(["yes"] * 20 + ["no"] * 80, index=[f"{n}.jpg" for n in range(100)])
    >>> codes = Codings.from_series(values, variable="protest", coder="anna")
    >>> options = {"half_width": 0.03, "category": "yes"}
    >>> budget_from_codings(codes, "prevalence", **options).n
    682
    """
    if what not in _KINDS:
        raise InputError(f"what={what!r}: a pilot can estimate {', '.join(_KINDS)}.")
    variable = _variable(codings, variable)
    failing = _failing(codings, variable) if failures is None else failures
    if what == "alpha":
        value, contribution = agreement_influence(_by_coder(codings, variable))
    else:
        hit = _hits(codings, what, variable, category=category, measure=measure)
        weight = _weights(codings, hit.index)
        hit = hit[weight.index]
        value = float((hit * weight).sum() / weight.sum())
        contribution = (hit - value) * weight / weight.mean()
    if len(contribution) < 10:
        raise InputError(
            f"{counted(len(contribution), 'image')} of the pilot to estimate {what} from: expected "
            "at least 10, better 50."
        )
    name = f"{what} of {variable}" + (f" = {category}" if what == "prevalence" else "")
    spread = unit_variance(contribution, groups)
    expected = [
        f"it goes on like the pilot's {len(contribution):,} images, where it is {value:.3g}"
    ]
    half = partial(mean_half, sd=np.sqrt(spread), effect=1.0, images=images, level=level)
    if what != "alpha":
        effect = spread / (value * (1 - value)) if 0 < value < 1 else 1.0
        half = partial(share_half, share=value, effect=effect, images=images, level=level)
        expected += [f"its design effect is {effect:.2g}"] * (abs(effect - 1) > 0.05)
    return chosen(
        name,
        half,
        half_width=half_width,
        images=images,
        failures=failing,
        level=level,
        assumes=tuple(expected),
    )


def unit_variance(contribution: pd.Series, groups: pd.Series | None) -> float:
    """Estimate the variance that one more image brings down, by groups where there are some."""
    if groups is None:
        return float((contribution**2).mean())
    known = groups.reindex(contribution.index).astype("object")
    known = known.where(known.notna(), contribution.index.to_series())
    totals = contribution.groupby(known.to_numpy()).sum()
    return float((totals**2).sum() / len(contribution) * len(totals) / max(len(totals) - 1, 1))


def agreement_influence(answers: pd.DataFrame) -> tuple[float, pd.Series]:
    """Compute Krippendorff's nominal alpha and what each image contributes to its error."""
    answers = answers[answers.notna().sum(axis=1) >= 2]
    if answers.empty:
        raise InputError(
            "no image was coded by two people, so the pilot says nothing about agreement; draw "
            "with coders= and overlap=."
        )
    values = pd.unique(answers.to_numpy(object).ravel())
    categories = [value for value in values if isinstance(value, str)]
    if len(categories) < 2:
        raise InputError(
            f"all codings of the pilot are {categories[0]!r}: agreement on one category alone "
            "means nothing. Code more images, or draw by strata that have others."
        )
    counts = np.column_stack([(answers == kind).sum(axis=1) for kind in categories]).astype(float)
    size = counts.sum(axis=1)
    total, mean = size.sum(), size.mean()
    share = counts.sum(axis=0) / total
    agree = (counts * (counts - 1)).sum(axis=1) / (size - 1)
    observed = agree.sum() / total
    chance = float((counts.sum(axis=0) * (counts.sum(axis=0) - 1)).sum() / (total * (total - 1)))
    alpha = float((observed - chance) / (1 - chance))
    drift = 2 * (counts - size[:, None] * share) @ share
    influence = ((agree - size * observed) - (1 - alpha) * drift) / (mean * (1 - chance))
    return alpha, pd.Series(influence, index=answers.index)


def _variable(codings: Codings, variable: str | None) -> str:
    if variable is None and len(codings.variables) == 1:
        return codings.variables[0]
    if variable not in codings.variables:
        raise InputError(
            f"variable={variable!r}: the pilot has {listed(codings.variables, 8) or 'no codings'}."
        )
    return variable


def _failing(codings: Codings, variable: str) -> float:
    """Share of the images that somebody looked at and nobody gave a value."""
    rows = codings.data[codings.data["variable"] == variable]
    return float(1 - rows["value"].notna().groupby(rows["image"]).any().mean())


def _by_coder(codings: Codings, variable: str) -> pd.DataFrame:
    rows = codings.data[codings.data["variable"] == variable].dropna(subset=["value", "coder"])
    rows = rows.drop_duplicates(["image", "coder"], keep="last")
    return rows.pivot(index="image", columns="coder", values="value").astype(object)


def _hits(
    codings: Codings, what: str, variable: str, *, category: str | None, measure: Codings | None
) -> pd.Series:
    rows = codings.data[codings.data["variable"] == variable].dropna(subset=["value"])
    # Where coders differ, the image counts by its share of them.
    if what == "prevalence":
        values = sorted(rows["value"].unique())
        if category is None or as_label(category) not in values:
            raise InputError(f"category={category!r}: the pilot has {listed(values, 8)}.")
        hit = rows["value"] == as_label(category)
    else:
        if measure is None:
            raise InputError("accuracy needs measure=: the machine's codings of the same images.")
        measured = measure[variable].reindex(rows["image"]).to_numpy()
        rows, measured = rows[pd.notna(measured)], measured[pd.notna(measured)]
        hit = rows["value"] == measured
    return hit.astype(float).groupby(rows["image"]).mean()


def _weights(codings: Codings, images: pd.Index) -> pd.Series:
    if codings.sample is None:
        return pd.Series(1.0, index=images)
    # Of images outside of the sample the probability of drawing them is not known.
    return (1 / codings.sample.probability).reindex(images).dropna()
