"""Areas: how often alike ones are said to differ, and whether corrected shares hold the truth.

First part: 5, 20 and 100 areas of unequal sizes (lognormal, 1 to some hundred images) that are all
alike; shares of 5 and 30 %, unequal weights, accounts whose images resemble each other, accounts
that are larger in some areas, means of very skewed numbers, and shares corrected by 40 codes an
area of a machine that errs more in some areas. `claims` is how often areas are said to differ;
`former`, which named the highest and the lowest always, counts where by their two intervals the
difference of the two is not 0. `seen` is how often areas are said to differ where one lies 20
points above the others, or .2 of a standard deviation of the numbers, and `seen_named` how often
that one is named. 100 areas have a quarter of the draws, and differences a tenth.

Second part: shares of areas of 300 images, 40 of them coded by people, of a machine whose
sensitivity is .6 to .95 and specificity .8 to .98, by area: as measured (former), corrected by the
rates of all areas together (Rogan and Gladen), and by area.

    OMP_NUM_THREADS=1 python benchmarks/areas.py [--draws 2000] [--out FILE]
"""

from __future__ import annotations

import argparse
import platform
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.inference.places.comparing import Compared, compared, compared_estimates
from iconometrics.inference.places.correcting import Coded, calibrated, joined_classes
from iconometrics.stats import difference_interval, grouped_mean, wilson

RESULTS = Path(__file__).parent / "results" / "areas.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_131
MOST, LEAST = 0.07, 0.93
AREAS = (5, 20, 100)
KINDS = ("share 5 %", "share 30 %", "weights", "accounts", "larger accounts", "skewed", "corrected")
CODED, IMAGES = 40, 300


class Draw(NamedTuple):
    y: np.ndarray
    cell: np.ndarray
    weight: np.ndarray
    cluster: np.ndarray


def drawn(random: np.random.Generator, kind: str, areas: int, above: float = 0.0) -> Draw:
    """Images of areas that are alike, but for the first, which may lie above."""
    sizes = np.maximum(1, np.round(random.lognormal(3, 1.2, areas))).astype(int)
    if above:
        sizes[0] = 200
    share = 0.05 if kind == "share 5 %" else 0.3
    cell = np.repeat(np.arange(areas), sizes)
    if "accounts" in kind:
        accounts = np.maximum(1, sizes // 3)
        home = np.repeat(np.arange(areas), accounts)
        images = random.integers(1, 12, len(home)).astype(float)
        if kind == "larger accounts":
            images *= random.choice([0.3, 2.0], areas)[home]
        images = np.maximum(1, images).astype(int)
        chance = np.clip(
            random.beta(4 * share, 4 * (1 - share), len(home)) + above * (home == 0), 0, 1
        )
        cluster = np.repeat(np.arange(len(home)), images)
        y = random.random(len(cluster)) < chance[cluster]
        return Draw(y.astype(float), home[cluster], np.ones(len(y)), cluster)
    weight = random.choice([1.0, 3.0], len(cell)) if kind == "weights" else np.ones(len(cell))
    if kind == "skewed":
        y = random.exponential(1, len(cell)) + above * (cell == 0)
    else:
        y = (random.random(len(cell)) < share + above * (cell == 0)).astype(float)
    return Draw(y, cell, weight, np.arange(len(cell)))


def measured(
    random: np.random.Generator, shares: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Codes of people and of a machine for the images of areas, with the area's own rates."""
    sensitivity = random.uniform(0.6, 0.95, len(shares))
    specificity = random.uniform(0.8, 0.98, len(shares))
    cell = np.repeat(np.arange(len(shares)), IMAGES)
    true = random.random(len(cell)) < shares[cell]
    lot = random.random(len(cell))
    seen = np.where(true, lot < sensitivity[cell], lot > specificity[cell])
    there = np.concatenate([random.permutation(IMAGES) < CODED for _ in shares])
    return cell, true.astype(float), seen.astype(int), there


def corrected(true: np.ndarray, seen: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Value, standard error, low, high and degrees of freedom of each area."""
    rows = []
    for own in range(len(true) // IMAGES):
        part = slice(own * IMAGES, (own + 1) * IMAGES)
        coded = Coded(there[part] * IMAGES / CODED, np.ones(IMAGES), np.arange(IMAGES))
        classes = joined_classes(seen[part], there[part])
        found = calibrated(classes, coded).mean(true[part], ends=(0, 1), share=True)
        rows.append([found.value, found.se, found.low, found.high, found.df])
    return np.array(rows)


def claims(result: Compared) -> tuple[bool, bool]:
    """Whether areas are said to differ, and whether the first is named."""
    table = result.differences
    differ = result.p < 0.05
    named = (table["low"] > 0) | (table["high"] < 0)
    return differ, differ and bool(named.iloc[0])


def former(draw: Draw, kind: str) -> bool:
    """Tell whether the highest and the lowest area differ by the interval of each."""
    sums = np.bincount(draw.cell, draw.weight * draw.y) / np.bincount(draw.cell, draw.weight)
    ends = []
    for place in (sums.argmax(), sums.argmin()):
        own = draw.cell == place
        mean = grouped_mean(draw.y[own], weights=draw.weight[own],
                            groups=draw.cluster[own] if "accounts" in kind else None)  # fmt: skip
        ends.append((mean.value, mean.low, mean.high))
    return bool(difference_interval(*ends).low > 0)


def once(random: np.random.Generator, kind: str, areas: int, above: float) -> list[bool]:
    if kind == "corrected":
        shares = np.full(areas, 0.3)
        shares[0] += above
        _, true, seen, there = measured(random, shares)
        v, se, _, _, df = corrected(true, seen, there).T
        result = compared_estimates(v, se, df=df, sizes=np.full(areas, float(IMAGES)), level=0.95)
        hits = seen.reshape(-1, IMAGES).sum(axis=1)
        ends = [(k / IMAGES, *wilson(k, IMAGES)) for k in (hits.max(), hits.min())]
        return [*claims(result), bool(difference_interval(*ends).low > 0)]
    draw = drawn(random, kind, areas, above)
    result = compared(**draw._asdict(), share=kind != "skewed", level=0.95)
    return [*claims(result), former(draw, kind)]


def alike(draws: int) -> pd.DataFrame:
    rows = []
    for number, (kind, areas) in enumerate((kind, areas) for areas in AREAS for kind in KINDS):
        random = np.random.default_rng([SEED, number])
        many = draws // 4 if areas == max(AREAS) else draws
        false = np.array([once(random, kind, areas, 0.0) for _ in range(many)])
        few = max(many // 10, 10)
        true = np.array([once(random, kind, areas, 0.2) for _ in range(few)])
        ends = wilson(false[:, 0].sum(), many)
        rows.append({
            "part": "alike", "setting": f"{areas} areas, {kind}", "draws": many,
            "claims": false[:, 0].mean(), "claims_low": round(float(ends.low), 4),
            "claims_high": round(float(ends.high), 4), "former": false[:, 2].mean(),
            "seen": true[:, 0].mean(), "seen_named": true[:, 1].mean(),
            "as_wanted": false[:, 0].mean() <= MOST,
        })  # fmt: skip
        print(*rows[-1].values(), flush=True)
    return pd.DataFrame(rows)


def pooled(true: np.ndarray, seen: np.ndarray, there: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Correct every area by the rates of all; the interval is Wilson's, moved the same way."""
    sensitivity = seen[there & (true == 1)].mean()
    specificity = 1 - seen[there & (true == 0)].mean()
    ends = wilson(seen.reshape(-1, IMAGES).sum(axis=1), IMAGES)
    low, high = ((end + specificity - 1) / (sensitivity + specificity - 1) for end in ends)
    return low, high


def coverage(draws: int) -> pd.DataFrame:
    rows = []
    for number, share in enumerate((0.05, 0.3)):
        random = np.random.default_rng([SEED, 100 + number])
        held: dict[str, list[float]] = {"former": [], "all areas together": [], "by area": []}
        for _ in range(max(draws // 10, 10)):
            shares = np.full(10, share)
            _, true, seen, there = measured(random, shares)
            ends = {
                "former": wilson(seen.reshape(-1, IMAGES).sum(axis=1), IMAGES),
                "all areas together": pooled(true, seen, there),
                "by area": corrected(true, seen, there).T[2:4],
            }
            for method, (low, high) in ends.items():
                held[method] += list((low <= share) & (share <= high))
        for method, hits in held.items():
            ends = wilson(np.sum(hits), len(hits))
            rows.append({
                "part": "coverage", "setting": f"share {share:.0%}, {method}", "draws": len(hits),
                "covered": np.mean(hits), "covered_low": round(float(ends.low), 4),
                "covered_high": round(float(ends.high), 4), "as_wanted": np.mean(hits) >= LEAST,
            })  # fmt: skip
            print(*rows[-1].values(), flush=True)
    return pd.DataFrame(rows)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--draws", type=int, default=2000)
    options.add_argument("--out", type=Path, default=RESULTS)
    asked = options.parse_args()
    known = {
        "versions": " ".join(f"{package} {version(package)}" for package in PACKAGES),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "date": date.today().isoformat(),
    }
    table = pd.concat([coverage(asked.draws), alike(asked.draws)])
    table.assign(**known).to_csv(asked.out, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
