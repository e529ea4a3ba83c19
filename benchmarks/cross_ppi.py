"""All gold codes train the measure and correct it: coverage and width by cross-fitting.

2,000 images with 40 numbers each, of which eight say something of what they show; 300 are coded at
random. A learner is trained and measures all images, and three things are estimated: the share of
images that show it, the difference of that share between two halves (measured outcome), and what
it adds to likes (measured regressor). Ways: `cross_fit`, each image by a model of the other folds;
`half`, half of the codes train and the other half corrects; gold only; `reused`, all codes train
and the same correct; `averaged`, as `cross_fit`, but uncoded images get what most models say. 2,000
draws, seeds fixed.

    python benchmarks/cross_ppi.py [--draws 2000] [--learner logistic] [--out FILE]
"""

from __future__ import annotations

import argparse
import platform
import warnings
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from iconometrics.coders import FeatureClassifier, cross_fit
from iconometrics.coding import Codings
from iconometrics.errors import IconometricsWarning
from iconometrics.inference import estimate, share
from iconometrics.stats import wilson

RESULTS = Path(__file__).parent / "results" / "cross-ppi.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas", "scikit-learn")
SEED = 20_261_205
IMAGES, CODES, COLUMNS, TELLING = 2000, 300, 40, 8
LEARNERS = ("logistic", "svm")
TREND, GAIN = 1.0, 0.8
METHODS = ("gold only", "DSL", "PPI++")
TERMS = {"share": "v[1]", "outcome": "half", "regressor": "v"}


def drawn(random: np.random.Generator, n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw features of images, what they show, in which half they are, and their likes."""
    numbers = random.normal(size=(n, COLUMNS))
    half = (random.random(n) < 0.5).astype(float)
    slope = np.r_[np.full(TELLING, 0.9), np.zeros(COLUMNS - TELLING)]
    # What the features do not tell goes with the half, so that errors are differential.
    chance = 1 / (1 + np.exp(-(numbers @ slope + TREND * (half - 0.5) - 1.2)))
    shows = (random.random(n) < chance).astype(int)
    likes = GAIN * shows + 0.5 * numbers[:, 0] + random.normal(size=n)
    images = pd.Index([f"{number}.jpg" for number in range(n)], name="image")
    table = pd.DataFrame({"shows": shows, "half": half, "likes": likes}, index=images)
    features = pd.DataFrame(numbers, index=images, columns=[f"f{k}" for k in range(COLUMNS)])
    return features, table


def population() -> dict[str, float]:
    """Compute the truth from four million images."""
    _, table = drawn(np.random.default_rng([SEED, 0, 1]), 4_000_000)
    shows = table["shows"]
    by_half, by_kind = shows.groupby(table["half"]), table["likes"].groupby(shows)
    return {
        "share": shows.mean(),
        "outcome": by_half.mean()[1.0] - by_half.mean()[0.0],
        "regressor": by_kind.mean()[1] - by_kind.mean()[0],
    }


def learner(kind: str) -> FeatureClassifier:
    return FeatureClassifier(kind, features=None, folds=None, calibrate=None, name=kind)


def averaged(kind: str, features: pd.DataFrame, gold: pd.Series, own: Codings) -> Codings:
    """Keep the codes of coded images, and give the others what most of five models say."""
    others, fold = features[~features.index.isin(gold.index)], np.arange(len(gold)) % 5
    yes = np.zeros(len(others))
    for left_out in range(5):
        some = gold[fold != left_out]
        model = learner(kind).fit(features.loc[some.index], some)
        yes += model.predict(others) == "1"
    values = own["v"].copy()
    values[others.index] = np.where(yes > 2, "1", "0")
    return Codings.from_series(values, variable="v", coder=kind, trained_on=[])


def trained(kind: str, features: pd.DataFrame, codes: pd.Series) -> Codings:
    """Measure all images by one model that is not said to have been trained on any of them."""
    model = learner(kind).fit(features.loc[codes.index], codes)
    values = pd.Series(model.predict(features), features.index, name="v")
    return Codings.from_series(values, coder=kind, trained_on=[])


def measures(
    kind: str, features: pd.DataFrame, gold: pd.Series
) -> Iterator[tuple[str, Codings, pd.Series]]:
    """Name each way, with its measure and the codes that correct it."""
    own = cross_fit(learner(kind), features, gold, seed=1)
    yield "cross_fit", own, gold
    yield "half", trained(kind, features, gold[::2]), gold[1::2]
    yield "reused", trained(kind, features, gold), gold
    yield "averaged", averaged(kind, features, gold, own), gold


def once(kind: str, seed: int) -> dict[tuple[str, str, str], tuple[float, float, float]]:
    random = np.random.default_rng([SEED, seed, 2])
    features, table = drawn(random, IMAGES)
    at = random.permutation(IMAGES)[:CODES]
    gold = table["shows"].astype(str).rename("v").iloc[at]
    result = {}
    for way, measure, codes in measures(kind, features, gold):
        people = Codings.from_series(codes, coder="anna")
        methods = ["gold", "dsl", "ppi"] if way == "cross_fit" else ["ppi"]
        options = {"measure": measure, "gold": people, "repeats": 1}
        tables = {
            "share": share(measure, people, category="1", target="beyond", repeats=1),
            "outcome": estimate("v ~ half", table, model="lpm", methods=methods, **options),
            "regressor": estimate("likes ~ v", table, methods=methods, **options),
        }
        for figure, estimates in tables.items():
            rows = estimates.table()
            rows = rows[rows["term"] == TERMS[figure]].set_index("method")
            for method in METHODS if way == "cross_fit" else METHODS[-1:]:
                name = "gold only" if method == "gold only" else way
                result[figure, name, method] = tuple(rows.loc[method, ["estimate", "low", "high"]])
    return result


def line(
    key: tuple[str, str, str, str], rows: list[tuple[float, float, float]], truth: dict[str, float]
) -> dict[str, object]:
    """Write how often intervals held the truth, and how wide they were."""
    kind, figure, way, method = key
    value, low, high = np.array(rows, float).T
    inside = (low <= truth[figure]) & (truth[figure] <= high)
    ends = wilson(inside.sum(), len(inside))
    return {
        "learner": kind, "figure": figure, "way": way, "method": method, "draws": len(rows),
        "truth": round(truth[figure], 4), "mean": round(float(value.mean()), 4),
        "covered": round(float(inside.mean()), 4), "covered_low": round(float(ends.low), 4),
        "covered_high": round(float(ends.high), 4),
        "median_width": round(float(np.median(high - low)), 4),
        "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "date": date.today().isoformat(),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--learner", choices=LEARNERS)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    warnings.simplefilter("ignore", IconometricsWarning)
    truth = population()
    kinds = LEARNERS if options.learner is None else (options.learner,)
    draws = defaultdict(list)
    for seed in range(options.draws):
        for kind in kinds:
            for key, row in once(kind, seed).items():
                draws[kind, *key].append(row)
        if (seed + 1) % 50 == 0 or seed + 1 == options.draws:
            table = pd.DataFrame([line(key, rows, truth) for key, rows in draws.items()])
            table.to_csv(options.out, index=False)
    print(table.iloc[:, :11].to_string(index=False))


if __name__ == "__main__":
    main()
