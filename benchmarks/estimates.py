"""How often the corrected intervals cover the truth where the measure errs differentially.

Every model (ols, lpm, logit, poisson) with the outcome or a regressor measured, its errors
depending on the other regressor; rows drawn for coding with equal or unequal probabilities or by
whole clusters. 2,000 draws per setting, seeds fixed beforehand; `width` is the mean width of the
interval of the coefficient of interest over that of the coded rows alone, weighted by the design.

    python benchmarks/estimates.py [--draws 2000] [--only ols] [--out FILE]
"""

from __future__ import annotations

import argparse
import csv
import platform
from collections.abc import Callable, Iterator
from datetime import date
from importlib.metadata import version
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from iconometrics.inference import dsl, estimate, ppi
from iconometrics.stats import wilson

RESULTS = Path(__file__).parent / "results" / "estimates.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas", "statsmodels")
SEED = 20_240_501
LEAST, MOST = 0.93, 0.97
NAIVE = 500  # draws of the naive estimate, whose failure needs no more
MODELS = ("ols", "lpm", "logit", "poisson")
DESIGNS = ("equal", "unequal", "clusters")
SIDES = ("outcome", "regressor")
# True coefficients: intercept, the measured or coded regressor t, and the covariate x.
TRUTH = {
    "ols": (1.0, 0.5, 0.3),
    "lpm": (0.35, 0.2, 0.0),
    "logit": (-0.4, 0.6, 0.5),
    "poisson": (0.2, 0.4, 0.3),
}
TERMS = ("intercept", "t", "x")


def population(model: str, side: str, design: str, random: np.random.Generator) -> pd.DataFrame:
    """Draw a table; the measure is worse where x is high, so its errors are differential."""
    rows, group = 1200, np.repeat(np.arange(200), 6)
    shared = random.normal(size=200)[group]
    x = 0.6 * shared + 0.8 * random.normal(size=rows)
    t = (random.random(rows) < 1 / (1 + np.exp(-0.5 * x))).astype(float)
    b = TRUTH[model]
    eta = b[0] + b[1] * t + b[2] * x
    y = OUTCOMES[model](eta, random)
    if model == "ols" and design == "clusters":
        y = y + 0.4 * random.normal(size=200)[group]
    bad = random.random(rows) < np.where(x > 0, 0.35, 0.08)
    table = pd.DataFrame({"y": y, "t": t, "x": x, "group": group})
    if side == "regressor":
        measured = np.where(bad, 1 - t, t)
    elif model in ("lpm", "logit"):
        measured = np.where(bad, 1 - y, y)
    else:
        measured = np.where(bad, random.permutation(y), y) + 0.3 * np.maximum(x, 0)
    table["machine"] = measured
    table["probability"] = PROBABILITIES[design](table)
    return table


OUTCOMES: dict[str, Callable[..., np.ndarray]] = {
    "ols": lambda eta, random: eta + random.normal(size=len(eta)),
    "lpm": lambda eta, random: (random.random(len(eta)) < eta).astype(float),
    "logit": lambda eta, random: (random.random(len(eta)) < 1 / (1 + np.exp(-eta))).astype(float),
    "poisson": lambda eta, random: random.poisson(np.exp(eta)).astype(float),
}
PROBABILITIES: dict[str, Callable[[pd.DataFrame], object]] = {
    "equal": lambda table: 0.25,
    "unequal": lambda table: np.where(table["machine"] > table["machine"].median(), 0.4, 0.15),
    "clusters": lambda table: 0.3,
}


def drawn(table: pd.DataFrame, side: str, design: str, random: np.random.Generator) -> pd.DataFrame:
    """Keep only the codes of a sample."""
    if design == "equal":
        chosen = np.isin(np.arange(len(table)), random.permutation(len(table))[: len(table) // 4])
    elif design == "unequal":
        chosen = random.random(len(table)) < table["probability"]
    else:
        chosen = np.isin(table["group"], random.permutation(200)[:60])
    name = "y" if side == "outcome" else "t"
    return table.assign(**{name: table[name].where(chosen)})


def once(model: str, side: str, design: str, seed: int) -> dict[str, tuple[np.ndarray, float]]:
    """Say for each method which intervals covered the truth, and how wide that of interest was."""
    random = np.random.default_rng([SEED, seed])
    whole = population(model, side, design, random)
    table = drawn(whole, side, design, random)
    options = {
        "predicted": ["y" if side == "outcome" else "t"],
        "prediction": ["machine"],
        "model": model,
        "sample_prob": "probability" if design == "unequal" else None,
        "cluster": "group" if design == "clusters" else None,
    }
    named = {"y": "machine"} if side == "outcome" else {"t": "machine"}
    naive = table.drop(columns=list(named)).rename(columns={v: k for k, v in named.items()})
    naive_model = "ols" if model in ("ols", "lpm") else model
    methods = {
        "gold only": lambda: ppi("y ~ t + x", table, tune=0.0, **options),
        "DSL": lambda: dsl("y ~ t + x", table, folds=2, repeats=1, seed=seed, **options),
        "PPI++": lambda: ppi("y ~ t + x", table, tune="t", **options),
        "naive": lambda: estimate(
            "y ~ t + x", naive, model=naive_model, cluster=options["cluster"]
        ),
    }
    truth = np.array(TRUTH[model])
    found = {}
    for method, run in methods.items():
        if method == "naive" and seed >= NAIVE:
            continue
        rows = run().table()
        inside = (rows["low"].to_numpy() <= truth) & (truth <= rows["high"].to_numpy())
        found[method] = inside, float(rows["high"][1] - rows["low"][1])
    return found


def settings(only: str | None) -> Iterator[tuple[str, str, str]]:
    for model, side, design in product(MODELS, SIDES, DESIGNS):
        if only is None or only == model:
            yield model, side, design


def measured(model: str, side: str, design: str, draws: int) -> Iterator[dict[str, object]]:
    results = [once(model, side, design, seed) for seed in range(draws)]
    gold = np.mean([result["gold only"][1] for result in results])
    for method in results[0]:
        of_method = [result[method] for result in results if method in result]
        inside, tried = np.array([one[0] for one in of_method]), len(of_method)
        width = np.mean([one[1] for one in of_method]) / gold
        for term, held in zip(TERMS, inside.sum(axis=0), strict=True):
            ends = wilson(held, tried)
            share = held / tried
            yield {
                "method": method, "model": model, "measured": side, "design": design, "term": term,
                "draws": tried, "covered": round(share, 4),
                "covered_low": round(float(ends.low), 4),
                "covered_high": round(float(ends.high), 4),
                "width": round(width, 3) if term == "t" else "",
                "as_wanted": "" if method == "naive" else LEAST <= share <= MOST,
                "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
                "machine": f"{platform.machine()}, Python {platform.python_version()}",
                "date": date.today().isoformat(),
            }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--only", choices=MODELS)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    header = True
    with options.out.open("w", newline="") as file:
        for setting in settings(options.only):
            rows = list(measured(*setting, options.draws))
            writer = csv.DictWriter(file, rows[0])
            if header:
                writer.writeheader()
            header = False
            writer.writerows(rows)
            file.flush()
            print(*setting, {row["method"]: row["covered"] for row in rows if row["term"] == "t"})


if __name__ == "__main__":
    main()
