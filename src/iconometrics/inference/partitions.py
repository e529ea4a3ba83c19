"""Regression on themes whose partition is itself uncertain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.estimate import estimate
from iconometrics.inference.estimates import COLUMNS, Estimates
from iconometrics.wording import as_text, counted

__all__ = ["over_partitions"]


def over_partitions(
    formula: str,
    data: pd.DataFrame,
    partitions: Sequence[Any],
    *,
    model: Literal["ols", "lpm", "logit", "poisson", "negbin"] = "ols",
    cluster: str | None = None,
    level: float = 0.95,
    errors: Literal["robust", "classical", "conditional", "HC1", "HC3"] | None = None,
) -> Estimates:
    """Regress on themes over several partitions, and carry their disagreement into the errors.

    The first partition gives the themes their names; the themes of the others are matched to them
    by greatest overlap. Estimates are averaged; their variance is the mean of the variances plus
    the variance between partitions.

    Parameters
    ----------
    formula
        With the column ``theme``, such as ``likes ~ theme + followers``.
    data
        One row per image, indexed by image id.
    partitions
        Themes, or Series of theme labels by image id: two or more, such as of other seeds,
        embeddings or numbers of themes, or one of draws of images.
    model
        "ols", "lpm", "logit", "poisson" or "negbin".
    cluster
        Column of accounts or events: errors by cluster.
    level
        Confidence level.
    errors
        As in `estimate`.

    Returns
    -------
    Estimates
        Method "over m partitions"; the first partition alone stands above it.

    Raises
    ------
    InputError
        If there are fewer than two partitions, they share no image, or a theme of the first is
        missing in another.

    Notes
    -----
    Rubin, D. B. (1987). Multiple imputation for nonresponse in surveys. Wiley. Matching: Kuhn, H.
    W. (1955). The Hungarian method for the assignment problem. Naval Research Logistics Quarterly
    2, 83-97. The partitions are taken as draws of what another reasonable run would have found.

    Examples
    --------
    >>> images = [f"{n}.jpg" for n in range(8)]
    >>> data = pd.DataFrame({"likes": [1.0, 2, 1, 2, 5, 6, 5, 7]}, index=images)
    >>> one = pd.Series(list("aaaabbbb"), index=images)
    >>> two = pd.Series(list("yyyyxxxx"), index=images)
    >>> found = over_partitions("likes ~ theme", data, [one, two]).table()
    >>> found["estimate"].round(2).tolist()
    [1.5, 4.25, 1.5, 4.25]
    """
    if len(partitions) < 2:
        raise InputError(
            f"{counted(len(partitions), 'partition')}: expected at least two, better twenty, such "
            "as the themes of other seeds."
        )
    series = [_labels(partition) for partition in partitions]
    matched = [series[0], *(_matched(labels, series[0]) for labels in series[1:])]
    results = [
        estimate(
            formula, data, themes=labels, model=model, cluster=cluster, level=level, errors=errors
        )
        for labels in matched
    ]
    _check_terms(results)
    first, effects = results[0].rows, [own.effects for own in results if own.effects is not None]
    rows, stable = _pooled([own.rows for own in results], level)
    overlap = np.mean([_overlap(labels, series[0]) for labels in matched[1:]])
    notes = (
        *results[0].notes,
        f"Themes matched to those of the first partition; on average {overlap:.0%} of the images "
        "keep their theme.",
        f"The partition accounts for {stable} of the variance, coefficient by coefficient.",
    )
    return Estimates(
        rows=pd.concat([first, rows], ignore_index=True), formula=formula, model=model,
        level=level, notes=notes,
        effects=pd.concat([effects[0], _pooled(effects, level)[0]], ignore_index=True)
        if effects
        else None,
    )  # fmt: skip


def _labels(partition: Any) -> pd.Series:
    labels = getattr(partition, "labels", partition)
    if not isinstance(labels, pd.Series):
        raise InputError(f"a partition of type {type(labels).__name__}: expected Themes.")
    text = as_text(labels.dropna())
    return text.set_axis(as_text(text.index.to_series()).array, axis=0)


def _counts(labels: pd.Series, first: pd.Series) -> pd.DataFrame:
    both = pd.DataFrame({"own": labels, "first": first}).dropna()
    if both.empty:
        raise InputError("two partitions have no image in common: expected the same corpus.")
    return pd.crosstab(both["own"], both["first"])


def _matched(labels: pd.Series, first: pd.Series) -> pd.Series:
    """Name the themes after those of the first partition that they overlap most with."""
    from scipy.optimize import linear_sum_assignment

    counts = _counts(labels, first)
    rows, columns = linear_sum_assignment(-counts.to_numpy())
    names = dict(zip(counts.index[rows], counts.columns[columns], strict=True))
    spare = [theme for theme in counts.index if theme not in names]
    names |= {theme: str(counts.columns[counts.loc[theme].argmax()]) for theme in spare}
    return labels.map(names)


def _overlap(labels: pd.Series, first: pd.Series) -> float:
    both = pd.DataFrame({"own": labels, "first": first}).dropna()
    return float((both["own"] == both["first"]).mean())


def _check_terms(results: Sequence[Estimates]) -> None:
    wanted = list(results[0].rows["term"])
    for place, own in enumerate(results[1:], start=2):
        if list(own.rows["term"]) != wanted:
            missing = sorted(set(wanted) - set(own.rows["term"]))
            raise InputError(
                f"partition {place} has no {', '.join(missing) or 'such terms'}: it has fewer "
                "themes than the first. Put the partition with the fewest themes first."
            )


def _pooled(tables: Sequence[pd.DataFrame], level: float) -> tuple[pd.DataFrame, str]:
    """Combine by Rubin's rules: variance within plus (1 + 1/m) times variance between."""
    from scipy.stats import t

    values = np.array([table["estimate"] for table in tables])
    within = np.mean([table["se"] ** 2 for table in tables], axis=0)
    m = len(tables)
    between = (1 + 1 / m) * values.var(axis=0, ddof=1)
    total = within + between
    share = np.divide(between, total, out=np.zeros_like(total), where=total > 0)
    df = np.divide(m - 1, share**2, out=np.full_like(share, np.inf), where=share > 1e-6)
    mean, se = values.mean(axis=0), np.sqrt(total)
    sizes = [table["n"].iloc[0] for table in tables]
    far = t.ppf((1 + level) / 2, df) * se
    rows = tables[0].assign(
        method=f"over {m} partitions", estimate=mean, se=se, low=mean - far, high=mean + far,
        p=2 * t.sf(np.abs(mean) / se, df), n=int(np.mean(sizes)),
        assumes=tables[0]["assumes"] + "; partitions are draws of equally good ones",
    )  # fmt: skip
    stable = ", ".join(
        f"{term} {value:.0%}" for term, value in zip(rows["term"], share, strict=True)
    )
    return rows[list(COLUMNS)], stable
