"""Whether a measure errs more often for some kinds of image: differential error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.coding.splitting import group_of
from iconometrics.errors import InputError
from iconometrics.stats.holm import holm
from iconometrics.validity.drawn import drawn
from iconometrics.validity.matching import match
from iconometrics.validity.regressors import regressors
from iconometrics.validity.wald import LinearProbabilityFit, fit
from iconometrics.wording import as_label, listed, p_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DifferentialError", "differential_error"]

_FEW = 5


@dataclass(frozen=True, eq=False, repr=False)
class DifferentialError:
    """Whether errors depend on other variables.

    Parameters
    ----------
    variable
        The variable measured.
    coder
        Who or what measured it.
    category
        The category that false positives and false negatives are of; empty where only all errors
        were looked at.
    tests
        One row per error (any error, false positive, false negative) and column, and one for all
        columns together: error, column, n, errors, statistic (Wald's F), df, df_residual and p.
    coefficients
        One row per error and term: error, column, term, estimate (difference of the error's
        probability), low, high and p.
    level
        Confidence level.
    notes
        What was left out, and which categories others are compared with, in plain words.

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> ids = [str(number) for number in range(400)]
    >>> party = pd.Series(random.choice(["D", "R"], 400), index=ids)
    >>> truth = pd.Series(random.choice(["no", "yes"], 400), index=ids, name="smile")
    >>> wrong = random.random(400) < np.where(party == "R", 0.4, 0.05)
    >>> measure = truth.mask(wrong, truth.map({"no": "yes", "yes": "no"}))
    >>> found = differential_error(Codings.from_series(measure, coder="svm", trained_on=[]),
    ...                            Codings.from_series(truth, coder="anna"),
    ...                            pd.DataFrame({"party": party}), columns=["party"])
    >>> found.depends
    True
    """

    variable: str
    coder: str
    category: str
    tests: pd.DataFrame
    coefficients: pd.DataFrame
    level: float
    notes: tuple[str, ...]

    @property
    def depends(self) -> bool:
        """Whether any error depends on the columns together, allowing for several tests."""
        return bool(len(self._depending()))

    def _depending(self) -> pd.DataFrame:
        joint = self.tests[self.tests["column"] == ""]
        # Bonferroni over the kinds of error: they are looked at together.
        return joint[joint["p"] * len(joint) < 1 - self.level]

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        table = self.table().round(4).to_html(index=False)
        return f"<p>{escape(self.summary())}</p>{table}<ul>{notes}</ul>"

    def summary(self) -> str:
        """Say what it means for a regression.

        Returns
        -------
        str
            Which errors depend on the columns together, and then on which of them (Holm's method).
        """
        what = f"{self.variable} by {self.coder}"
        columns = [name for name in self.tests["column"].unique() if name]
        depending = self._depending()
        if depending.empty:
            return (
                f"{what}: no sign that errors depend on {listed(columns, 6)} "
                f"({self._smallest()}). That is no proof: with few gold images a dependence can "
                "stay unseen, and errors that depend on nothing still bias a naive regression."
            )
        sentences = []
        for error in depending["error"]:
            single = self.tests[self.tests["column"].ne("") & self.tests["error"].eq(error)]
            # Of many columns one stands out by chance: Holm's p-values allow for their number.
            culprits = single.loc[holm(single["p"]) < 1 - self.level, "column"]
            sentences.append(
                f"{_plural(error, self.category)} depend on {listed(culprits, 6) or 'them'}"
            )
        return (
            f"{what}: {'; '.join(sentences)} ({self._smallest()}). A naive regression of "
            f"{self.variable} and {listed(columns, 6)} will be biased: correct it with the gold "
            "standard."
        )

    def _smallest(self) -> str:
        joint = self.tests[self.tests["column"] == ""]
        tested = [
            f"{error}: p {p_value(p) if p < 0.001 else f'= {p_value(p)}'}"
            for error, p in zip(joint["error"], joint["p"].astype(float), strict=True)
        ]
        return ", ".join(tested)

    def table(self) -> pd.DataFrame:
        """Return the tests.

        Returns
        -------
        pandas.DataFrame
            One row per error and column; a copy.
        """
        return self.tests.copy()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how much likelier an error is for each term.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from iconometrics.figures import intervals

        rows = self.coefficients
        labels = [f"{row.term}: {row.error}" for row in rows.itertuples()]
        return intervals(
            labels,
            100 * rows["estimate"],
            low=100 * rows["low"],
            high=100 * rows["high"],
            reference=0,
            xlabel="difference of the error's probability, percentage points",
            ax=ax,
        )


def differential_error(
    measure: Codings,
    gold: Codings,
    data: pd.DataFrame,
    *,
    columns: Sequence[str],
    variable: str | None = None,
    category: str | None = None,
    groups: pd.Series | Mapping[str, str] | None = None,
    level: float = 0.95,
) -> DifferentialError:
    """Test whether a measure's errors depend on variables of a regression.

    The error of each gold image (measured wrongly or not; a false positive among the images that
    are not of the category; a false negative among those that are) is regressed on the columns,
    weighted by how the images were drawn.

    Parameters
    ----------
    measure
        The codings that are judged.
    gold
        The gold standard, one value per image.
    data
        One row per image, indexed by image id.
    columns
        Columns of it: numbers in standard deviations; texts as one term per value but the first, in
        the order of numbers or letters, with which the others are compared (a categorical's own
        order counts).
    variable
        The variable; may be left out where both have just one in common.
    category
        The category that false positives and negatives are of; by default the second of two, and
        with more than two only all errors are tested.
    groups
        Account or source by image id: standard errors by group.
    level
        Confidence level; dependence is reported where p is below 1 - level.

    Returns
    -------
    DifferentialError

    Raises
    ------
    InputError
        If a column is not there, constant or a combination of others, the category is unknown, or
        there are fewer than five errors of every kind.

    Notes
    -----
    Linear probability models with Wald tests; covariance HC3, or by cluster. Long, J. S. and Ervin,
    L. H. (2000). Using heteroscedasticity consistent standard errors in the linear regression
    model. American Statistician 54, 217-224. On why it matters: Egami, N., Hinck, M., Stewart, B.
    M. and Wei, H. (2023). Using imperfect surrogates for downstream inference. NeurIPS 36.

    Examples
    --------
    >>> ids = [str(number) for number in range(60)]
    >>> truth = pd.Series(["no", "yes"] * 30, index=ids, name="smile")
    >>> measure = truth.mask(np.arange(60) % 5 == 0, "yes")
    >>> codes = Codings.from_series(measure, coder="svm", trained_on=[])
    >>> age = pd.DataFrame({"age": np.arange(60) % 7}, index=ids)
    >>> found = differential_error(codes, Codings.from_series(truth, coder="anna"), age,
    ...                            columns=["age"])
    >>> found.depends
    False
    """
    matched = match(measure, gold, variable)
    chosen = _category(matched.categories, category, matched.variable)
    member = None
    if groups is not None:
        member = group_of(pd.Index(matched.items["image"]), groups).to_numpy(dtype=object)
    design = drawn(matched.items, gold.sample, member)
    terms, of_column, kept, notes = regressors(data, columns, images=design.items["image"])
    items = design.items[kept].reset_index(drop=True)
    tests, coefficients, skipped = _fitted(items, terms, of_column, category=chosen, level=level)
    return DifferentialError(
        matched.variable,
        listed(measure.coders) or "the coder",
        chosen,
        pd.DataFrame(tests),
        pd.concat(coefficients, ignore_index=True),
        level,
        (*matched.notes, *design.notes, *notes, *skipped),
    )


def _fitted(
    items: pd.DataFrame,
    terms: pd.DataFrame,
    of_column: Mapping[str, str],
    *,
    category: str,
    level: float,
) -> tuple[list[dict[str, object]], list[pd.DataFrame], list[str]]:
    """Test each kind of error that comes often enough; say which do not."""
    weights = items["weight"].to_numpy() if "weight" in items else np.ones(len(items))
    clusters = items["cluster"].to_numpy(dtype=str) if "cluster" in items else None
    if clusters is not None and len(set(clusters)) == len(clusters):
        clusters = None
    tests: list[dict[str, object]] = []
    coefficients, skipped = [], []
    for error, wrong, among in _errors(items, category):
        count = int(wrong[among].sum())
        if min(count, int(among.sum()) - count) < _FEW:
            skipped.append(f"{_plural(error, category)} were not tested: {count} of {among.sum()}.")
            continue
        model = fit(
            wrong[among],
            terms[among],
            weights=weights[among],
            clusters=None if clusters is None else clusters[among],
            level=level,
        )
        tests += _tests({"error": error, "n": int(among.sum()), "errors": count}, model, of_column)
        columns = model.rows["term"].map(of_column)
        coefficients.append(model.rows.assign(error=error, column=columns))
    if not tests:
        raise InputError(f"too few errors to test whether they depend on anything: {skipped[0]}")
    return tests, coefficients, skipped


def _category(categories: Sequence[str], wanted: str | None, variable: str) -> str:
    if wanted is None:
        return categories[1] if len(categories) == 2 else ""
    if as_label(wanted) not in categories:
        raise InputError(
            f"no category {wanted!r} of {variable!r}: there are {listed(categories, 8)}."
        )
    return as_label(wanted)


def _errors(items: pd.DataFrame, category: str) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Name each kind of error, the images that have it, and those that could."""
    gold, measured = items["gold"].to_numpy(dtype=str), items["measure"].to_numpy(dtype=str)
    errors = [("any error", gold != measured, np.ones(len(items), dtype=bool))]
    if category:
        inside, read = gold == category, measured == category
        errors += [("false positive", ~inside & read, ~inside), ("false negative", ~read, inside)]
    return errors


def _tests(
    head: Mapping[str, object], model: LinearProbabilityFit, of_column: Mapping[str, str]
) -> list[dict[str, object]]:
    columns = dict.fromkeys(of_column.values())
    rows = [{**head, "column": "", **model.wald(list(of_column))}]
    for column in columns:
        own = [term for term, name in of_column.items() if name == column]
        rows.append({**head, "column": column, **model.wald(own)})
    return rows


def _plural(error: str, category: str) -> str:
    if error == "any error":
        return "errors"
    return f"{error}s of {category}" if category else f"{error}s"
