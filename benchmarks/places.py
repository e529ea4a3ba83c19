"""Places and events: how often the intervals cover the truth.

    OMP_NUM_THREADS=1 python benchmarks/places.py [--draws 2000]

2,000 draws per setting, seeds fixed beforehand; shares and means of areas with and without accounts
whose images resemble each other, change between waves, transitions of events, reactions of viewers,
r2 of areas left out. Between 93 and 97 % is wanted.
"""

from __future__ import annotations

import argparse
import csv
import platform
import warnings
from collections.abc import Callable, Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from iconometrics import inference, stats

RESULTS = Path(__file__).parent / "results" / "places.csv"
SEED = 20_240_315
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
Ends = tuple[float, float]
Draw = Callable[[np.random.Generator], Ends]


def share_alone(random: np.random.Generator) -> Ends:
    """Wilson's interval holds on average over shares; the ends are given minus the true share."""
    share = random.random()
    found = stats.grouped_mean((random.random(40) < share).astype(float))
    return found.low - share, found.high - share


def share_by_account(random: np.random.Generator) -> Ends:
    sizes = random.integers(2, 9, 25)
    own = np.repeat(random.beta(0.3 * 4, 0.7 * 4, 25), sizes)
    groups = np.repeat(np.arange(25), sizes)
    found = stats.grouped_mean((random.random(len(own)) < own).astype(float), groups=groups)
    return found.low, found.high


def share_weighted(random: np.random.Generator) -> Ends:
    often = random.random(120) < 0.5
    values = random.random(120) < np.where(often, 0.5, 0.1)
    kept = random.random(120) < np.where(often, 0.9, 0.3)
    weights = np.where(often, 1 / 0.9, 1 / 0.3)
    found = stats.grouped_mean(values[kept].astype(float), weights=weights[kept])
    return found.low, found.high


def mean_by_account(random: np.random.Generator, *, skewed: bool) -> Ends:
    sizes = random.integers(2, 9, 25)
    groups = np.repeat(np.arange(25), sizes)
    own = random.exponential(1, 25) if skewed else random.normal(1, 1, 25)
    values = own[groups] + random.normal(0, 1, len(groups))
    found = stats.grouped_mean(values, groups=groups)
    return found.low, found.high


def waves(random: np.random.Generator, column: str) -> Ends:
    step = random.choice([-1, 0, 1, 2], 60, p=[0.2, 0.4, 0.3, 0.1])
    views = pd.DataFrame({"place": [*range(60)] * 2, "wave": [0] * 60 + [1] * 60})
    views["value"] = np.concatenate([np.full(60, 2), 2 + step])
    row = inference.change(views, before=0, after=1, recoded=views).table().iloc[0]
    return row[f"{column}_low"], row[f"{column}_high"]


def clips(random: np.random.Generator, *, alike: bool) -> Ends:
    """40 videos of 10 events; each video has habits of its own, unless they are alike."""
    spread = np.zeros(40) if alike else random.normal(0, 0.15, 40)
    to_calm = np.clip(0.5 + spread, 0.05, 0.95)
    state = np.zeros(40, int)
    rows = []
    for time in range(10):
        rows.append(pd.DataFrame({"image": range(40), "start": time, "category": state}))
        chance = np.where(state == 0, to_calm, 0.4)
        state = (random.random(40) < chance).astype(int)
    events = pd.concat(rows).replace({"category": {0: "push", 1: "calm"}})
    found = inference.sequences(events).rows.set_index(["given", "then"]).loc[("push", "calm")]
    return found["low"], found["high"]


def viewers(random: np.random.Generator, *, shared: bool) -> Ends:
    seconds, people = 240, 30
    signal = pd.Series((random.random(seconds) < 0.3).astype(float), name="smile")
    effect = signal.shift(1).fillna(0) + 0.5 * signal.shift(2).fillna(0)
    noise = moving(random, (people, seconds)) + (moving(random, (1, seconds)) if shared else 0)
    seen = pd.DataFrame(
        {"viewer": np.repeat(range(people), seconds), "time": [*range(seconds)] * people}
    )
    seen["value"] = (effect.to_numpy() + noise).ravel()
    errors = "common" if shared else "viewer"
    table = inference.reactions(signal, seen, lags=range(5), errors=errors).table()
    row = table[table["lag"].isna()].iloc[0]
    return row["low"], row["high"]


def moving(random: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Errors that last for some seconds."""
    white = random.normal(size=(shape[0], shape[1] + 3))
    return sum(white[:, lag : shape[1] + lag] for lag in range(4)) / 2


def areas(random: np.random.Generator, *, blocks: bool) -> Ends:
    groups = np.repeat(np.arange(30), 8)
    own = random.normal(size=30)[groups] if blocks else 0
    signal = random.normal(size=240)
    y = signal + own * 0.5 + random.normal(size=240)
    found = stats.explained(
        y, signal, groups=groups if blocks else None, seed=1
    ).correlated_interval
    return float(found.low), float(found.high)


STEP_NET, STEP_MEAN = 0.2, 0.3
SETTINGS: dict[str, tuple[float, Draw]] = {
    "share of an area, 40 images, any share (less it)": (0.0, share_alone),
    "share of an area, 25 accounts": (0.3, share_by_account),
    "share of an area, unequal probabilities": (0.3, share_weighted),
    "mean of an area, 25 accounts": (1.0, lambda r: mean_by_account(r, skewed=False)),
    "mean of an area, 25 skewed accounts": (1.0, lambda r: mean_by_account(r, skewed=True)),
    "change, share of places up": (0.4, lambda r: waves(r, "up")),
    "change, net share": (STEP_NET, lambda r: waves(r, "net")),
    "change, mean step": (STEP_MEAN, lambda r: waves(r, "mean")),
    "transition, 40 videos alike": (0.5, lambda r: clips(r, alike=True)),
    "reactions of 30 viewers, own errors": (1.5, lambda r: viewers(r, shared=False)),
    "reactions of 30 viewers, shared errors": (1.5, lambda r: viewers(r, shared=True)),
    "r2 of 240 areas": (0.5, lambda r: areas(r, blocks=False)),
    "r2 of 240 areas in 30 blocks": (1 / 2.25, lambda r: areas(r, blocks=True)),
}


def covered(draws: int) -> Iterator[dict[str, object]]:
    for number, (name, (truth, draw)) in enumerate(SETTINGS.items()):
        random = np.random.default_rng([SEED, number])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ends = np.array([draw(random) for _ in range(draws)])
        hits = int(((ends[:, 0] <= truth) & (truth <= ends[:, 1])).sum())
        low, high = stats.wilson(hits, draws)
        yield {
            "setting": name, "truth": round(truth, 4), "draws": draws, "covered": hits / draws,
            "covered_low": round(low, 4), "covered_high": round(high, 4),
            "width": round(float(np.mean(ends[:, 1] - ends[:, 0])), 4),
            "as_wanted": 0.93 <= hits / draws <= 0.97,
        }  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--draws", type=int, default=2000)
    rows = []
    for row in covered(options.parse_args().draws):
        print(f"{row['setting']}: {row['covered']:.3f}, width {row['width']}", flush=True)
        rows.append(row)
    known = {
        "versions": " ".join(f"{package} {version(package)}" for package in PACKAGES),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "date": date.today().isoformat(),
    }
    with RESULTS.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, [*rows[0], *known])
        writer.writeheader()
        writer.writerows(row | known for row in rows)


if __name__ == "__main__":
    main()
