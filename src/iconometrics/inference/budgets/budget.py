"""How many images to code for a given half-width: from assumptions, before any coding."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.budgets.half_widths import (
    agreement_spread,
    coder_error_half,
    coefficient_half,
    mean_half,
    share_half,
)
from iconometrics.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SHARES", "Budget", "budget", "checked_share", "chosen", "fewest"]

SHARES = ("prevalence", "accuracy", "recall", "precision")
_AGREEMENT = ("kappa", "alpha")
_MOST = 10**9


@dataclass(frozen=True, eq=False)
class Budget:
    """How many images to code so that an interval becomes as narrow as wanted.

    Parameters
    ----------
    what
        What the interval is of.
    n
        Images to draw for coding, those that will fail included.
    coded
        Images that must get a code; for agreement, by every coder.
    half_width
        Of the interval, as wanted.
    level
        Confidence level.
    curve
        Columns n (images that get a code) and half_width.
    assumes
        What the number rests on.

    Examples
    --------
    >>> budget("prevalence", half_width=0.05, value=0.2).n
    245
    """

    what: str
    n: int
    coded: int
    half_width: float
    level: float
    curve: pd.DataFrame
    assumes: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """Return the half-width by number of images.

        Returns
        -------
        pandas.DataFrame
            Columns n and half_width; a copy.
        """
        return self.curve.copy()

    def summary(self) -> str:
        """Say the number in a sentence.

        Returns
        -------
        str
        """
        from iconometrics.wording import number, percent

        failing = f" (so that {self.coded:,} get a code)" if self.n > self.coded else ""
        width = number(self.half_width, max(2, 1 - math.floor(math.log10(self.half_width))))
        level = percent(self.level).replace("\u00a0", " ")
        return (
            f"Code {counted(self.n, 'image')}{failing} for {self.what} with an interval of plus or "
            f"minus {width} ({level}), if {'; '.join(self.assumes)}."
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the half-width against the number of images, with the one chosen.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from iconometrics import figures
        from iconometrics.figures import palette, style

        ax = figures.curve(
            self.curve["n"],
            self.curve["half_width"],
            ax=ax,
            xlabel="images that get a code",
            ylabel=f"half-width, {self.what}",
        )
        with style():
            ax.plot([self.coded] * 2, [0, self.half_width], color=palette.SOFT, linewidth=0.8)
            ax.plot([0, self.coded], [self.half_width] * 2, color=palette.SOFT, linewidth=0.8)
            ax.plot([self.coded], [self.half_width], "o", markersize=6, color=palette.ACCENT)
            ax.annotate(
                f"{counted(self.coded, 'image')}: ±{self.half_width:.3g}",
                (self.coded, self.half_width),
                xytext=(8, 6),
                textcoords="offset points",
                fontweight="bold",
                fontsize=7.5,
            )
            ax.set_ylim(bottom=0)
            ax.set_xlim(left=0)
        return ax

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(self.summary())}</p>"


def budget(
    what: str,
    *,
    half_width: float,
    value: float | None = None,
    among: float = 1.0,
    shares: Sequence[float] = (0.5, 0.5),
    coders: int = 2,
    correlation: float = 0.0,
    spread: float | None = None,
    images: int | None = None,
    design_effect: float = 1.0,
    failures: float = 0.0,
    level: float = 0.95,
) -> Budget:
    """Say how many images to code, from what is expected, before any is coded.

    Parameters
    ----------
    what
        "prevalence", "accuracy", "recall" or "precision" (shares), "kappa" or "alpha" (agreement
        on categories), "coder_error" (how often a coder errs, from images that two code), or
        "coefficient" (of a regression of a measured outcome).
    half_width
        How far the interval should reach to either side.
    value
        The share, the agreement or the error expected; by default .5, the worst case, of a share.
    among
        Of recall and precision: the share of images that they are measured on, such as the
        prevalence for recall.
    shares
        Of kappa and alpha: the share of each category, such as the prevalence and the rest.
    coders
        Of kappa and alpha: how many code each image.
    correlation
        Of a coefficient: between what the machine predicts and what people code, where all images
        are measured and `images` says how many; 0 where only codes are used.
    spread
        Of a coefficient: the standard deviation of the regression's errors over that of the
        regressor (given the others).
    images
        How many images there are; None for many.
    design_effect
        How much larger the variance is than that of a simple sample: above 1 for clusters (1 +
        (m - 1) times the correlation within) and for unequal weights (1 + their squared
        coefficient of variation).
    failures
        Share of the drawn images that will get no code.
    level
        Confidence level.

    Returns
    -------
    Budget

    Raises
    ------
    InputError
        If an expectation is missing or impossible, or no number of images is enough.

    Notes
    -----
    Shares: Wilson's interval with the finite population correction (Cochran, W. G. (1977).
    Sampling Techniques, 3rd ed., ch. 4. Wiley). Agreement: the large-sample variance (Fleiss,
    J. L., Cohen, J. and Everitt, B. S. (1969). Large sample standard errors of kappa and weighted
    kappa. Psychological Bulletin 72, 323-327; Cantor, A. B. (1996). Sample-size calculations for
    Cohen's kappa. Psychological Methods 1, 150-153; Donner, A. and Eliasziw, M. (1992). A
    goodness-of-fit approach to inference procedures for the kappa statistic. Statistics in Medicine
    11, 1511-1519) for coders who share the categories' shares.
    Coefficient: the variance of prediction-powered inference at its best tuning (Angelopoulos,
    A. N., Duchi, J. C. and Zrnic, T. (2023). PPI++: efficient prediction-powered inference).

    Examples
    --------
    >>> budget("kappa", half_width=0.1, value=0.7, shares=(0.2, 0.8)).n
    314
    >>> budget("kappa", half_width=0.1, value=0.7, shares=(0.05, 0.95)).n
    1091
    >>> budget("coder_error", half_width=0.01, value=0.03).n
    610
    >>> found = budget("accuracy", half_width=0.03, value=0.9, images=2000, failures=0.1)
    >>> found.coded, found.n
    (325, 362)
    """
    _check(half_width, level, design_effect, failures, images)
    expected = [] if images is None else [f"the {images:,} images are all there are"]
    common: dict[str, Any] = {"images": images, "level": level}
    half: Callable[[np.ndarray], np.ndarray]
    if what in SHARES:
        share = checked_share("value", 0.5 if value is None else value, ends=True)
        part = checked_share("among", among)
        half = partial(share_half, share=share, effect=design_effect / part, **common)
        expected.insert(
            0, f"the value is {share:g}" + (f" among {part:g} of them" if part < 1 else "")
        )
    elif what in _AGREEMENT:
        if value is None:
            raise InputError(f"{what} needs value=, the agreement expected, such as .7.")
        sd = agreement_spread(checked_share("value", value, ends=True), shares, coders)
        half = partial(mean_half, sd=sd, effect=design_effect, **common)
        expected.insert(0, f"agreement is {value:g}, categories have shares {_listed(shares)}")
    elif what == "coder_error":
        error = _error(value)
        half = partial(coder_error_half, error=error, effect=design_effect, **common)
        expected.insert(0, f"coders err in {error:g} of the images, each by themselves")
    elif what == "coefficient":
        half = coefficient_half(correlation, spread, effect=design_effect, **common)
        expected.insert(0, f"errors have {spread:g} times the regressor's spread")
        expected[1:1] = [f"measure and codes correlate by {correlation:g}"] * (correlation != 0)
    else:
        kinds = ", ".join((*SHARES, *_AGREEMENT, "coder_error", "coefficient"))
        raise InputError(f"what={what!r}: expected one of {kinds}.")
    if design_effect != 1:
        expected.append(f"the design effect is {design_effect:g}")
    common["failures"] = failures
    return chosen(what, half, half_width=half_width, assumes=tuple(expected), **common)


def chosen(
    what: str,
    half: Callable[[np.ndarray], np.ndarray],
    *,
    half_width: float,
    images: int | None,
    failures: float,
    level: float,
    assumes: tuple[str, ...],
) -> Budget:
    """Find the smallest number of images whose half-width is not above the one wanted."""
    most = _MOST if images is None else int(images * (1 - failures))
    least = float(half(np.array([most]))[0])
    if not least <= half_width:
        raise InputError(
            f"a half-width of {half_width:g} of {what} is out of reach: coding all "
            f"{counted(most, 'image')} that can be coded gives {least:.3g}. Ask for a wider one, a "
            "better measure, or more images."
        )
    coded = max(fewest(lambda n: bool(half(np.array([n]))[0] <= half_width), 1, most), 2)
    sizes = np.unique(np.geomspace(max(coded // 8, 2), min(most, coded * 4), 60).round())
    curve = pd.DataFrame({"n": sizes.astype("int64"), "half_width": half(sizes)})
    drawn = min(math.ceil(coded / (1 - failures) - 1e-9), images or _MOST)
    if failures:
        assumes = (*assumes, f"{failures:.0%} of the images get no code")
    return Budget(what, drawn, coded, half_width, level, curve, assumes)


def fewest(enough: Callable[[int], bool], least: int, most: int) -> int:
    """Find the smallest number that is enough; all above it are."""
    low, high = least, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def checked_share(option: str, value: float, *, ends: bool = False) -> float:
    inside = 0 <= value <= 1 if ends else 0 < value <= 1
    if not inside:
        raise InputError(
            f"{option}={value!r}: expected a share {'from' if ends else 'above'} 0 to 1."
        )
    return float(value)


def _error(value: float | None) -> float:
    if value is None or not 0 < value < 0.5:
        raise InputError(
            f"value={value!r}: coder_error needs the share of images that a coder codes wrong, "
            "above 0 and less than .5, such as .03."
        )
    return value


def _listed(shares: Sequence[float]) -> str:
    return ", ".join(f"{share:g}" for share in shares)


def _check(
    half_width: float, level: float, design_effect: float, failures: float, images: int | None
) -> None:
    if not half_width > 0 or not 0 < level < 1:
        raise InputError(
            f"half_width={half_width!r}, level={level!r}: expected values such as .03 and .95."
        )
    if not design_effect > 0 or not 0 <= failures < 1:
        raise InputError(
            f"design_effect={design_effect!r}, failures={failures!r}: expected a number above 0, "
            "such as 1.5, and a share below 1."
        )
    if images is not None and images < 2:
        raise InputError(f"images={images!r}: expected how many there are, at least 2.")
