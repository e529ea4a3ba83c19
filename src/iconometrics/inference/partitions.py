"""Regression on themes whose partition is itself uncertain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.estimate import estimate
from iconometrics.inference.estimates import COLUMNS, Estimates
from iconometrics.wording import as_text, counted

__all__ = ["over_partitions"]

_REGIONS = (
    "Themes are regions that a clustering cut. Of kinds that people would tell apart, some images "
    "lie in another's region, and differences come out too small: have people code the kinds."
)


def over_partitions(
    formula: str,
    data: pd.DataFrame,
    partitions: Sequence[Any] | Mapping[str, Sequence[Any]],
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
        Themes, or Series of theme labels by image id: two or more, such as of other seeds or draws
        of images. Of several representations (embeddings, sets of features) the partitions of each
        by its name: their estimates stand side by side, as they are no draws of one thing.
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
        Method "over m partitions", with several representations one of each; the first partition
        alone stands above.

    Raises
    ------
    InputError
        If there are fewer than two partitions of a representation, they share no image, or a theme
        of the first is missing in another.

    Notes
    -----
    Rubin, D. B. (1987). Multiple imputation for nonresponse in surveys. Wiley. Matching: Kuhn, H.
    W. (1955). The Hungarian method for the assignment problem. Naval Research Logistics Quarterly
    2, 83-97. The partitions are taken as draws of what another reasonable run would have found.
    Coefficients compare the regions that the clustering cut, not kinds that people would tell
    apart: images beyond a border count for the wrong kind, so that differences of kinds come out
    too small.

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
    named = partitions if isinstance(partitions, Mapping) else {"": partitions}
    labels = {name: [_labels(own) for own in _enough(name, named[name])] for name in named}
    first = next(iter(labels.values()))[0]
    matched = {name: [_matched(own, first) for own in labels[name]] for name in labels}
    results = {
        name: [
            estimate(formula, data, themes=own, model=model, cluster=cluster, level=level,
                     errors=errors)
            for own in matched[name]
        ]
        for name in matched
    }  # fmt: skip
    _check_terms(results)
    return _side_by_side(results, level, notes=_matching(matched, first))


def _enough(name: str, partitions: Sequence[Any]) -> Sequence[Any]:
    if len(partitions) < 2:
        of = f" of {name!r}" if name else ""
        raise InputError(
            f"{counted(len(partitions), 'partition')}{of}: expected at least two, better twenty, "
            "such as the themes of other seeds."
        )
    return partitions


def _side_by_side(
    results: Mapping[str, Sequence[Estimates]], level: float, *, notes: Sequence[str]
) -> Estimates:
    """Put the pooled estimates of each representation below those of the first partition."""
    alone = next(iter(results.values()))[0]
    pooled = {
        name: _pooled([own.rows for own in several], level, name)
        for name, several in results.items()
    }
    effects = [
        _pooled([own.effects for own in several if own.effects is not None], level, name)[0]
        for name, several in results.items()
        if alone.effects is not None
    ]
    rows = [alone.rows, *(own for own, _ in pooled.values())]
    shares = [
        f"The partition accounts for {share} of the variance{f' with {name}' if name else ''}, "
        "coefficient by coefficient."
        for name, (_, share) in pooled.items()
    ]
    return replace(
        alone,
        rows=pd.concat(rows, ignore_index=True),
        notes=(*alone.notes, *notes, *shares, *_between(rows[1:]), _REGIONS),
        effects=pd.concat([alone.effects, *effects], ignore_index=True) if effects else None,
    )


def _between(pooled: Sequence[pd.DataFrame]) -> list[str]:
    """Say how far representations differ, which is no chance of drawing."""
    if len(pooled) < 2:
        return []
    values = pd.concat(pooled).groupby("term", sort=False)["estimate"]
    ends = "; ".join(
        f"{term} {low:.3g} to {high:.3g}"
        for term, low, high in zip(values.min().index, values.min(), values.max(), strict=True)
    )
    return [f"Between the {len(pooled)} representations, which are no draws of one thing: {ends}."]


def _matching(matched: Mapping[str, Sequence[pd.Series]], first: pd.Series) -> list[str]:
    several = [own for partitions in matched.values() for own in partitions]
    overlap = np.mean([_overlap(own, first) for own in several[1:]])
    return [
        f"Themes matched to those of the first partition; on average {overlap:.0%} of the images "
        "keep their theme."
    ]


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


def _check_terms(results: Mapping[str, Sequence[Estimates]]) -> None:
    wanted = list(next(iter(results.values()))[0].rows["term"])
    for name, several in results.items():
        for place, own in enumerate(several, start=1):
            if list(own.rows["term"]) != wanted:
                missing = sorted(set(wanted) - set(own.rows["term"]))
                raise InputError(
                    f"partition {place}{f' of {name!r}' if name else ''} has no "
                    f"{', '.join(missing) or 'such terms'}: it has fewer themes than the first. "
                    "Put the partition with the fewest themes first."
                )


def _pooled(
    tables: Sequence[pd.DataFrame], level: float, representation: str
) -> tuple[pd.DataFrame, str]:
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
    of = f" of {representation}" if representation else ""
    rows = tables[0].assign(
        method=f"over {m} partitions{of}", estimate=mean, se=se, low=mean - far, high=mean + far,
        p=2 * t.sf(np.abs(mean) / se, df), n=int(np.mean(sizes)),
        assumes=tables[0]["assumes"] + "; partitions are draws of equally good ones",
    )  # fmt: skip
    stable = ", ".join(
        f"{term} {value:.0%}" for term, value in zip(rows["term"], share, strict=True)
    )
    return rows[list(COLUMNS)], stable
