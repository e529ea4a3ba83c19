"""Whether another seed, sample, number or representation would show the same themes.

Jaccard indices theme by theme after Hennig, C. (2007). Cluster-wise assessment of cluster
stability. Computational Statistics & Data Analysis 52, 258-271.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.progress import progress
from iconometrics.themes.interpretation.grouped import group_codes, whole_groups
from iconometrics.themes.method import Method, at_least_one
from iconometrics.themes.methods.find import find, method_named, prepared_for
from iconometrics.themes.number.evidence import subsample
from iconometrics.themes.overlap import adjusted_rand, best_jaccard, crossed, kept_together
from iconometrics.themes.partition import within_ss
from iconometrics.themes.preparation import distinct
from iconometrics.themes.stability.result import SOURCES, Stability, theme_word

__all__ = ["FEWEST_GROUPS", "Reruns", "Run", "stability"]

_MOST = 20_000
_NEARBY = (-2, -1, 1, 2)
_COMPONENTS = (10, 25)
_SUBSET = 2 / 3
FEWEST_GROUPS = 5
"""Accounts below which samples of whole ones hardly differ."""

Matrix = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
_Variant = tuple[str, pd.DataFrame, int | None]


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
    groups: pd.Series | None = None,
    standardize: bool = True,
    components: int | Literal["default"] | None = "default",
    **options: Any,
) -> Stability:
    """Find themes again and again under other conditions, and report which persist.

    Seeds: other starts. Bootstrap: samples of the images, or of whole accounts. k: up to two themes
    more or fewer. Representations: other tables, or single blocks of the columns and fewer
    components.

    Parameters
    ----------
    data
        Features or an embedding, one row per image.
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
    groups
        Account or post by image id, if images of one account may resemble each other: samples are
        then of whole accounts.
    standardize, components
        As for `kmeans`, or the method's own "default".
    **options
        Of the method.

    Returns
    -------
    Stability

    Raises
    ------
    InputError
        If an option is none of these, or images have no theme in the reference; if an image has no
        group or there are fewer than five.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [0, .1, .2, .3, 9, 9.1, 9.2, 9.3]}, index=list("abcdefgh"))
    >>> stability(data, 2, over=["seeds", "bootstrap"], runs=5).persisting()
    ['1', '2']
    """
    at_least_one(runs=runs)
    wanted = _sources(over, method)
    kept = method_named(method).components if components == "default" else components
    preparation: dict[str, Any] = {"standardize": standardize, "components": kept}
    if reference is None:
        reference = _labels(data, k, method=method, seed=seed, **preparation, **options)
    part = _part(data, reference, seed)
    prepared = prepared_for(part, method=method, **preparation)
    part, labels = part.loc[prepared.ids], reference.loc[prepared.ids].astype(str)
    finder = method_named(method).method(**options)
    accounts = _accounts(groups, part.index)
    reruns = Reruns(part, prepared.matrix, k, method, finder, runs, seed, preparation, accounts)
    settings = {"k": k, "method": method, "runs": runs, "seed": seed, "images": len(part)}
    if groups is not None and accounts is not None:
        settings |= {"groups": str(groups.name or "group"), "of_groups": int(accounts.max()) + 1}
    codes, names = _coded(labels)
    if len(reference) <= _MOST:
        settings["within_ss"] = within_ss(prepared.matrix, codes)
    everything = reruns.all(wanted, representations or {})
    return _compared(everything, codes, labels, names, settings)


def _sources(over: Sequence[str], method: str) -> list[str]:
    """Check what is to be varied; leave out what can make no difference."""
    unknown = [source for source in over if source not in SOURCES]
    if unknown or not over:
        raise InputError(f"over={list(over)}: expected some of {', '.join(SOURCES)}.")
    chosen = method_named(method)
    idle = ([] if chosen.chance else ["seeds"]) + ([] if chosen.numbered else ["k"])
    wanted = [source for source in over if source not in idle]
    if not wanted:
        raise InputError(
            f"over={list(over)}: {method} has none of these to vary. Take over=['bootstrap']."
        )
    return wanted


def _labels(data: pd.DataFrame, k: int, **options: Any) -> pd.Series:
    if method_named(options["method"]).numbered:
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
    return data.loc[ordered[subsample(generator(seed), len(data), _MOST)]]


def _accounts(groups: pd.Series | None, images: pd.Index) -> Codes | None:
    """Number the groups of images; samples of a handful would say nothing."""
    codes = group_codes(groups, images)
    if codes is not None and codes.max() + 1 < FEWEST_GROUPS:
        raise InputError(
            f"{codes.max() + 1} groups: samples of whole groups need at least {FEWEST_GROUPS} to "
            "differ from each other. Leave groups= out, and say that stability is over images."
        )
    return codes


def _coded(labels: pd.Series) -> tuple[Codes, list[str]]:
    """Number the themes from 0 in the order of their names; -1 where there is none."""
    names = sorted(set(labels) - {"none"}, key=lambda name: (len(name), name))
    return pd.Index(names).get_indexer(pd.Index(labels)).astype(np.intp), names


def _compared(
    runs: Iterable[Run], codes: Codes, labels: pd.Series, names: list[str], settings: dict[str, Any]
) -> Stability:
    """Compare every run with the themes: as a whole, theme by theme, image by image."""
    table, best = [], []
    # Images in no theme stand behind all themes, also where a sample has none of the last theme.
    codes = np.where(codes < 0, len(names), codes)
    total, seen = np.zeros(len(codes)), np.zeros(len(codes), int)
    for run in runs:
        counts = crossed(codes[run.rows], run.codes)
        table.append((run.over, run.name, run.k, adjusted_rand(counts), run.within_ss))
        jaccard = np.full(len(names) + 1, np.nan)
        jaccard[: len(counts)] = best_jaccard(counts)
        if run.over == "bootstrap" and "groups" in settings:
            # Other accounts, none of which shows the theme, do not show it.
            jaccard = np.nan_to_num(jaccard)
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
        settings,
    )


def _themes(best: pd.DataFrame) -> pd.DataFrame:
    long = best.melt(id_vars="over", var_name="theme", value_name="jaccard")
    groups = long.groupby(["over", "theme"], sort=False)["jaccard"]
    table = pd.DataFrame(
        {"jaccard": groups.mean(), "low": groups.quantile(0.1), "high": groups.quantile(0.9)}
    ).reset_index()
    return table.assign(word=[theme_word(value) for value in table["jaccard"]])


class Run(NamedTuple):
    """One partition that might have been found instead."""

    over: str
    name: str
    rows: Codes
    codes: Codes
    k: int
    within_ss: float


@dataclass(frozen=True, eq=False)
class Reruns:
    """Themes of the same images, to be found again under other conditions."""

    data: pd.DataFrame
    matrix: Matrix
    k: int
    name: str
    method: Method
    runs: int
    seed: int
    preparation: Mapping[str, Any]
    accounts: Codes | None = None

    def all(
        self, over: Sequence[str], representations: Mapping[str, pd.DataFrame]
    ) -> Iterator[Run]:
        """Find them again, one run after the other."""
        variants = self._variants(representations)
        jobs: dict[str, Callable[[], Iterator[Run]]] = {
            "seeds": self._seeds,
            "bootstrap": self._samples,
            "k": self._numbers,
            "representations": lambda: self._represented(variants),
        }
        counts = {"k": len(_NEARBY), "representations": len(variants)}
        total = sum(counts.get(source, self.runs) for source in over)
        with progress(total, "finding themes again") as bar:
            for source in over:
                for run in jobs[source]():
                    bar.advance()
                    yield run

    def _seeds(self) -> Iterator[Run]:
        for seed in self._drawn():
            again = self.method.one(self.matrix, self.k, seed=seed)
            yield Run("seeds", str(seed), self._every, again.codes, self.k, again.within_ss)

    def _samples(self) -> Iterator[Run]:
        n = len(self.matrix)
        for seed in self._drawn():
            rows = np.sort(self._sample(n, generator(seed)))
            part = self.matrix[rows]
            if distinct(part, self.k) < self.k:
                continue
            codes = self.method.one(part, self.k, seed=seed).codes
            once, first = np.unique(rows, return_index=True)
            yield Run("bootstrap", str(seed), once, codes[first], self.k, np.nan)

    def _sample(self, n: int, random: np.random.Generator) -> Codes:
        """Draw with replacement; without, where images drawn twice would look dense."""
        if self.accounts is not None:
            drawn = self._drawn_of(int(self.accounts.max()) + 1, random)
            return whole_groups(self.accounts, drawn)
        return self._drawn_of(n, random)

    def _drawn_of(self, n: int, random: np.random.Generator) -> Codes:
        if self.method.counts_copies:
            return random.permutation(n)[: round(_SUBSET * n)]
        return random.integers(n, size=n)

    def _numbers(self) -> Iterator[Run]:
        most = distinct(self.matrix, self.k + max(_NEARBY))
        for k in (self.k + step for step in _NEARBY):
            if 2 <= k <= most:
                again = self.method.one(self.matrix, k, seed=self.seed)
                yield Run("k", f"k = {k}", self._every, again.codes, k, again.within_ss)

    def _represented(self, variants: Sequence[_Variant]) -> Iterator[Run]:
        for name, table, components in variants:
            rows = np.flatnonzero(self.data.index.isin(table.index))
            if len(rows) <= self.k:
                raise InputError(
                    f"representation {name!r}: it has {len(rows)} of the {len(self.data)} images; "
                    "expected the same images. Index it by image id."
                )
            part = table.loc[self.data.index[rows]]
            options = dict(self.preparation) | {"components": components}
            prepared = prepared_for(part, method=self.name, **options)
            codes = self.method.one(prepared.matrix, self.k, seed=self.seed).codes
            yield Run("representations", name, rows, codes, self.k, np.nan)

    def _variants(self, tables: Mapping[str, pd.DataFrame]) -> list[_Variant]:
        """Take the tables given, or blocks of the columns and other numbers of components."""
        own = self.preparation["components"]
        if tables:
            return [(name, table, own) for name, table in tables.items()]
        names = pd.Series([str(name).split("_")[0] for name in self.data.columns])
        blocks = [block for block, size in names.value_counts(sort=False).items() if size > 1]
        variants = [
            (f"{block} only", self.data.loc[:, (names == block).to_numpy()], own)
            for block in (blocks if len(blocks) > 1 else [])
        ]
        fewer = [n for n in _COMPONENTS if n < min(own or self.data.shape[1], self.data.shape[1])]
        return variants + [(f"{n} components", self.data, n) for n in fewer]

    @property
    def _every(self) -> Codes:
        return np.arange(len(self.matrix))

    def _drawn(self) -> list[int]:
        seeds: list[int] = generator(self.seed).integers(2**31, size=self.runs).tolist()
        return seeds
