"""How often intervals cover the truth where two coders leave the hard images undecided.

2,000 images, 400 coded by two people who err in 2 % of easy images and 30 % of hard ones (a fifth);
where they disagree nobody settles. The machine errs in 8 % of easy images and 35 % of hard ones.
`decided` leaves images without a value out, as this package did; `bounds` is what it does now, and
`referee` has a third person settle the disagreements, who is right in all. 2,000 draws, seeds
fixed. The truth is what coders and referee would settle on if they looked at every image.

    python benchmarks/undecided.py [--draws 2000] [--out FILE]
"""

from __future__ import annotations

import argparse
import platform
import warnings
from collections import defaultdict
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.errors import IconometricsWarning
from iconometrics.inference import estimate, share
from iconometrics.stats import wilson
from iconometrics.validity import accuracy

RESULTS = Path(__file__).parent / "results" / "undecided.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_201
IMAGES, CODED = 2000, 400
LEAST = 0.93


def drawn(random: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw images with what is there, the machine's value and two people's; the rest is settled."""
    truth = random.random(IMAGES) < 0.3
    hard = random.random(IMAGES) < 0.2
    people = truth ^ (random.random((2, IMAGES)) < np.where(hard, 0.3, 0.02))
    machine = truth ^ (random.random(IMAGES) < np.where(hard, 0.35, 0.08))
    settled = np.where(people[0] == people[1], people[0], truth)
    likes = settled + random.normal(size=IMAGES)
    index = pd.Index([f"{number}.jpg" for number in range(IMAGES)], name="image")
    table = pd.DataFrame(
        {"machine": machine, "truth": settled, "tie": people[0] != people[1]}, index
    )
    return table.astype({"machine": str, "truth": str}), pd.DataFrame({"likes": likes}, index)


def gold_of(table: pd.DataFrame, how: str) -> Codings:
    coded = table[:CODED]
    values = coded["truth"] if how == "referee" else coded["truth"].mask(coded["tie"])
    reason = None if how == "decided" else pd.Series("tie", values.index[values.isna()])
    values = values.dropna() if how == "decided" else values
    return Codings.from_series(values, variable="v", coder="adjudicated", reason=reason)


def once(seed: int) -> dict[tuple[str, str], tuple[bool, float]]:
    """Say for each figure and treatment whether its interval held the truth, and how wide it is."""
    table, data = drawn(np.random.default_rng([SEED, seed]))
    measure = Codings.from_series(table["machine"], variable="v", coder="svm", trained_on=[])
    intervals: dict[tuple[str, str], tuple[float, float, float]] = {}
    for how in ("decided", "bounds", "referee"):
        gold = gold_of(table, how)
        compared = accuracy(measure, gold=gold)
        sensitivity = compared.classes.loc["True", ["sensitivity_low", "sensitivity_high"]]
        intervals["accuracy", how] = (*compared.accuracy[1:], ACCURACY)
        intervals["sensitivity", how] = (*sensitivity, SENSITIVITY)
        for _, row in share(measure, gold, category="True", repeats=1).rows.iterrows():
            intervals[f"share, {row['method']}", how] = (row["low"], row["high"], SHARE)
        options = {"measure": measure, "gold": gold, "methods": ["gold", "dsl"], "repeats": 1}
        rows = estimate("likes ~ v", data, **options).rows
        for _, row in rows[rows["term"] == "v"].iterrows():
            intervals[f"coefficient, {row['method']}", how] = (row["low"], row["high"], 1.0)
    return {key: (low <= true <= high, high - low) for key, (low, high, true) in intervals.items()}


def population() -> tuple[float, float, float]:
    """Compute accuracy, sensitivity and share of what is settled, over all images."""
    share_true, right, both, total = 0.0, 0.0, 0.0, 0.0
    for hard, part in ((True, 0.2), (False, 0.8)):
        err, machine = (0.3, 0.35) if hard else (0.02, 0.08)
        for truth, chance in ((True, 0.3), (False, 0.7)):
            for wrong, probability in ((True, err**2), (False, 1 - err**2)):
                settled = truth ^ wrong
                weight = part * chance * probability
                same = machine if wrong else 1 - machine
                total += weight
                right += weight * same
                share_true += weight * settled
                both += weight * same * settled
    return right / total, both / share_true, share_true / total


ACCURACY, SENSITIVITY, SHARE = population()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    warnings.simplefilter("ignore", IconometricsWarning)
    draws: dict[tuple[str, str], list[tuple[bool, float]]] = defaultdict(list)
    for seed in range(options.draws):
        for key, result in once(seed).items():
            draws[key].append(result)
    lines = []
    for (figure, how), results in draws.items():
        inside, widths = zip(*results, strict=True)
        covered, ends = float(np.mean(inside)), wilson(sum(inside), len(inside))
        lines.append({
            "figure": figure, "undecided": how, "draws": len(inside), "covered": round(covered, 4),
            "covered_low": round(float(ends.low), 4), "covered_high": round(float(ends.high), 4),
            "median_width": round(float(np.median(widths)), 4), "as_wanted": covered >= LEAST,
            "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
            "machine": f"{platform.machine()}, Python {platform.python_version()}",
            "date": date.today().isoformat(),
        })  # fmt: skip
    table = pd.DataFrame(lines)
    table.to_csv(options.out, index=False)
    print(table.iloc[:, :8].to_string(index=False))


if __name__ == "__main__":
    main()
