"""Sequences of events: how often they are said to depend on what came before.

    OMP_NUM_THREADS=1 python benchmarks/sequences.py [--draws 300]

Seeds are fixed beforehand. Videos have mixes of their own, and what follows depends on nothing else
unless the setting says "depends". `order` and `cell` are claims of `sequences`: of any order, and
of any pair after Holm's correction. `former` and `former_cell` are what it did before: the test of
transitions pooled over videos, and their adjusted residuals. Under the null at most 7 % is wanted.
"""

from __future__ import annotations

import argparse
import csv
import platform
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr

from iconometrics import inference, stats
from iconometrics.stats.holm import holm

RESULTS = Path(__file__).parent / "results" / "sequences.csv"
SEED = 20_261_130
PACKAGES = ("iconometrics", "numpy", "numba", "scipy", "pandas")
FORMER = ("former", "former_cell")


@dataclass(frozen=True)
class Setting:
    """Videos, their events, and what they follow from.

    `differ`: how far mixes of videos differ (0 to 1); `depends`: how much likelier category k + 1
    is after k; `own`: each video has transitions of its own; `drift`: the mix shifts over a video.
    """

    videos: int = 30
    events: tuple[int, int] = (10, 10)
    categories: int = 3
    differ: float = 0.5
    merged: bool = False
    starts_alike: bool = False
    depends: float = 0.0
    own: bool = False
    drift: bool = False
    lag: int = 1
    order: int = 1

    @property
    def shuffles(self) -> int:
        """Enough for p below .05 after Holm's correction for all cells."""
        return 199 if self.categories <= 3 else 799


MIXED = Setting()
SETTINGS = {
    "videos alike": replace(MIXED, differ=0.0),
    "videos differ in mix": MIXED,
    "differ, of 3 to 40 events": replace(MIXED, events=(3, 40)),
    "differ, two categories": replace(MIXED, categories=2),
    "differ, all begin alike": replace(MIXED, starts_alike=True),
    "merged, differ": replace(MIXED, merged=True),
    "merged, differ, of 3 to 40 events": replace(MIXED, merged=True, events=(3, 40)),
    "merged, differ, 6 categories": replace(MIXED, merged=True, categories=6),
    "merged, differ, lag 2": replace(MIXED, merged=True, lag=2),
    "differ, 4 videos": replace(MIXED, videos=4, events=(40, 40)),
    "one video of 60": replace(MIXED, videos=1, events=(60, 60)),
    "order 2: transitions of each video its own": replace(MIXED, own=True, order=2),
    "depends, differ": replace(MIXED, depends=1.0),
    "depends, merged, differ": replace(MIXED, merged=True, depends=1.0),
    "depends, differ, of 5 events": replace(MIXED, events=(5, 5), depends=1.0),
    "mix drifts within videos: found as order": replace(MIXED, differ=0.3, drift=True),
}


def mixes(random: np.random.Generator, setting: Setting) -> np.ndarray:
    """(videos, categories) shares, about equal ones."""
    if setting.differ == 0:
        return np.full((setting.videos, setting.categories), 1 / setting.categories)
    spread = (1 - setting.differ) / setting.differ
    return random.dirichlet(np.full(setting.categories, spread + 0.2), setting.videos)


def clip(random: np.random.Generator, setting: Setting, mix: np.ndarray) -> np.ndarray:
    """Simulate the codes of one video."""
    k = setting.categories
    transitions = np.tile(mix, (k, 1)) * np.exp(setting.depends * np.roll(np.eye(k), 1, axis=1))
    if setting.own:
        transitions = random.dirichlet(np.ones(k), k)
    if setting.merged:
        transitions = transitions * (1 - np.eye(k)) + 1e-12
        np.fill_diagonal(transitions, 0)
    low, high = setting.events
    count = int(random.integers(low, high + 1))
    codes = [0 if setting.starts_alike else int(random.choice(k, p=mix))]
    for at in range(1, count):
        weights = transitions[codes[-1]].copy()
        if setting.drift:
            weights[0] *= np.exp(2 - 4 * at / count)
        codes.append(int(np.searchsorted(weights.cumsum(), random.random() * weights.sum())))
    return np.array(codes)


def former(clips: list[np.ndarray], setting: Setting) -> tuple[bool, bool]:
    pairs = stats.lagged(clips, lag=setting.lag)
    counts = np.zeros((setting.categories, setting.categories))
    np.add.at(counts, (pairs.given, pairs.then), 1)
    _, residual = stats.adjusted_residuals(counts)
    cells = holm(2 * ndtr(-np.abs(residual.ravel())))
    return stats.markov_order(clips, setting.order)[2] < 0.05, bool((cells < 0.05).any())


def claims(random: np.random.Generator, setting: Setting) -> tuple[bool, bool, bool, bool]:
    clips = [clip(random, setting, mix) for mix in mixes(random, setting)]
    events = pd.DataFrame(
        {
            "image": np.repeat(range(len(clips)), [len(codes) for codes in clips]),
            "start": np.concatenate([np.arange(len(codes)) for codes in clips]),
            "category": np.concatenate(clips),
        }
    )
    seed = int(random.integers(2**31))
    found = inference.sequences(events, lag=setting.lag, draws=setting.shuffles, seed=seed)
    order = bool(found.order["p"].iloc[setting.order - 1] < 0.05)
    return order, bool((found.rows["p"] < 0.05).any()), *former(clips, setting)


def measured(draws: int) -> Iterator[dict[str, object]]:
    for number, (name, setting) in enumerate(SETTINGS.items()):
        random = np.random.default_rng([SEED, number])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = np.array([claims(random, setting) for _ in range(draws)])
        order, cell, former_order, former_cell = found.mean(axis=0)
        low, high = stats.wilson(int(found[:, 0].sum()), draws)
        yield {
            "setting": name, "draws": draws, "shuffles": setting.shuffles, "order": order,
            "order_low": round(low, 4), "order_high": round(high, 4), "cell": cell,
            "former": former_order, "former_cell": former_cell,
        }  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--draws", type=int, default=2000)
    draws = options.parse_args().draws
    known = {
        "versions": " ".join(f"{package} {version(package)}" for package in PACKAGES),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "date": date.today().isoformat(),
    }
    with RESULTS.open("w", newline="", encoding="utf-8") as handle:
        writer = None
        for row in measured(draws):
            shares = (f"{name} {row[name]:.3f}" for name in ("order", "cell", *FORMER))
            print(f"{row['setting']}: {', '.join(shares)}", flush=True)
            writer = writer or csv.DictWriter(handle, [*row, *known])
            if not handle.tell():
                writer.writeheader()
            writer.writerow(row | known)
            handle.flush()


if __name__ == "__main__":
    main()
