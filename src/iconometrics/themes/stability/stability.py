"""Whether another seed, sample, number or representation would show the same themes.

Jaccard indices theme by theme after Hennig, C. (2007). Cluster-wise assessment of cluster
stability. Computational Statistics & Data Analysis 52, 258-271.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.themes.method import at_least_one
from iconometrics.themes.methods.find import find, prepared_for, way
from iconometrics.themes.number.evidence import some
from iconometrics.themes.overlap import adjusted_rand, best_jaccard, crossed, kept_together
from iconometrics.themes.partition import within_ss
from iconometrics.themes.stability.rerunning import Plan, Run
from iconometrics.themes.stability.result import SOURCES, Stability, theme_word

__all__ = ["stability"]

_MOST = 20_000

Codes = npt.NDArray[np.intp]


def stability(
    data: pd.DataFrame,
    k: int,
    *,
    method: str = "kmeans",
    over: Sequence[str] = tuple(SOURCES),
    runs: int = 20,
    seed: int = 1,
    reference: pd.Series | None = None,
    representations: Mapping[str, pd.DataFrame] | None = None,
    standardize: bool = True,
    components: int | Literal["default"] | None = "default",
    **options: Any,
) -> Stability:
    """Find themes again and again under other conditions, and tell which persist.

    Seeds: other starts. Bootstrap: samples of the images. k: up to two themes more or fewer.
    Representations: other tables, or single blocks of the columns and fewer components.

    Parameters
    ----------
    data
        Features or an embedding, one row an image.
    k
        The number of themes.
    method
        "kmeans", "hierarchical", "mixture", "density" or "spherical".
    over
        Some of "seeds", "bootstrap", "k", "representations".
    runs
        How many seeds, and how many samples.
    seed
        Of the seeds and samples.
    reference
        Themes to be found again, by image id.
    representations
        Other tables by name.
    standardize, components
        As for `kmeans`, or the method's own "default".
    **options
        Of the method.

    Returns
    -------
    Stability

    Examples
    --------
    >>> data = pd.DataFrame({"x": [0, .1, .2, .3, 9, 9.1, 9.2, 9.3]}, index=list("abcdefgh"))
    >>> stability(data, 2, over=["seeds", "bootstrap"], runs=5).persisting()
    ['1', '2']
    """
    at_least_one(runs=runs)
    wanted = _sources(over, method)
    kept = way(method).components if components == "default" else components
    made: dict[str, Any] = {"standardize": standardize, "components": kept}
    if reference is None:
        reference = _found(data, k, method=method, seed=seed, **made, **options)
    return _studied(data, reference, k, method=method, runs=runs, seed=seed, made=made,
                    wanted=wanted, tables=representations or {}, options=options)  # fmt: skip


def _studied(
    data: pd.DataFrame, reference: pd.Series, k: int, *, method: str, runs: int, seed: int,
    made: dict[str, Any], wanted: list[str], tables: Mapping[str, pd.DataFrame],
    options: dict[str, Any],
) -> Stability:  # fmt: skip
    data = _part(data, reference, seed)
    prepared = prepared_for(data, method=method, **made)
    data, labels = data.loc[prepared.ids], reference.loc[prepared.ids].astype(str)
    names = sorted(set(labels) - {"none"}, key=lambda name: (len(name), name))
    codes = pd.Index(names).get_indexer(pd.Index(labels)).astype(np.intp)
    plan = Plan(data, prepared.matrix, k, method, way(method).method(**options), runs, seed, made)
    told = {"k": k, "method": method, "runs": runs, "seed": seed, "images": len(data)}
    if len(reference) <= _MOST:
        told["within_ss"] = within_ss(prepared.matrix, codes)
    return _compared(plan.all(wanted, tables), codes, labels, names, told)


def _sources(over: Sequence[str], method: str) -> list[str]:
    """Check what is to be varied; leave out what can make no difference."""
    unknown = [one for one in over if one not in SOURCES]
    if unknown or not over:
        raise InputError(f"over={list(over)}: expected some of {', '.join(SOURCES)}.")
    chosen = way(method)
    idle = ([] if chosen.chance else ["seeds"]) + ([] if chosen.numbered else ["k"])
    wanted = [one for one in over if one not in idle]
    if not wanted:
        raise InputError(
            f"over={list(over)}: {method} has nothing of that to vary. Take over=['bootstrap']."
        )
    return wanted


def _found(data: pd.DataFrame, k: int, **options: Any) -> pd.Series:
    if way(options["method"]).numbered:
        options |= {"evidence": ()}
    return find(data, k, **options).labels


def _part(data: pd.DataFrame, reference: pd.Series, seed: int) -> pd.DataFrame:
    """Keep the images that are in the reference, and at most so many of them."""
    lost = data.index[~data.index.isin(reference.dropna().index)]
    if len(lost):
        raise InputError(
            f"reference: {len(lost)} of {len(data)} images have no theme there, the first is "
            f"{lost[0]!r}; expected one for each. Leave these images out of the data."
        )
    ordered = data.index[data.index.astype(str).argsort()]
    return data.loc[ordered[some(generator(seed), len(data), _MOST)]]


def _compared(
    runs: Iterable[Run], codes: Codes, labels: pd.Series, names: list[str], told: dict[str, Any]
) -> Stability:
    """Hold every run against the themes: as a whole, theme by theme, image by image."""
    table, best = [], []
    # Images in no theme stand behind all themes, also where a sample lacks the last of these.
    codes = np.where(codes < 0, len(names), codes)
    total, seen = np.zeros(len(codes)), np.zeros(len(codes), int)
    for run in runs:
        counts = crossed(codes[run.rows], run.codes)
        table.append((run.over, run.name, run.k, adjusted_rand(counts), run.within_ss))
        jaccard = np.full(len(names) + 1, np.nan)
        jaccard[: len(counts)] = best_jaccard(counts)
        best.append((run.over, *jaccard[: len(names)]))
        if run.over in ("seeds", "bootstrap"):
            again = kept_together(codes[run.rows], run.codes)
            total[run.rows] += np.nan_to_num(again)
            seen[run.rows] += ~np.isnan(again)
    kept = np.divide(total, seen, out=np.full(len(codes), np.nan), where=seen > 0)
    images = pd.DataFrame({"theme": labels, "kept": kept, "runs": seen}).rename_axis("image")
    return Stability(
        pd.DataFrame(table, columns=["over", "run", "k", "ari", "within_ss"]),
        _themes(pd.DataFrame(best, columns=["over", *names])),
        images,
        told,
    )


def _themes(best: pd.DataFrame) -> pd.DataFrame:
    long = best.melt(id_vars="over", var_name="theme", value_name="jaccard")
    groups = long.groupby(["over", "theme"], sort=False)["jaccard"]
    made = pd.DataFrame(
        {"jaccard": groups.mean(), "low": groups.quantile(0.1), "high": groups.quantile(0.9)}
    ).reset_index()
    return made.assign(word=[theme_word(value) for value in made["jaccard"]])
