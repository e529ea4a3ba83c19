"""Republicans on brightness and gender in 504 portraits, gender measured by a poor classifier.

The classifier sees 60 portraits, shrunk to 3 x 3 gray pixels. Of the other portraits everybody's
gender is known, so the coefficients of the whole are known too: over 500 redrawn gold samples of
150 the corrected intervals should cover them at least 93 % of the time, the naive one need not.
`estimate`, `low` and `high` are means over the draws.

    python benchmarks/congress.py FOLDER [--draws 500]      (FOLDER: congress_faces, labels.csv)
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from sklearn.linear_model import LogisticRegression

from iconometrics.errors import InputError
from iconometrics.inference import Estimates, dsl, estimate, ppi
from iconometrics.stats import wilson

RESULTS = Path(__file__).parent / "results" / "congress.csv"
PACKAGES = ("iconometrics", "numpy", "pandas", "scikit-learn", "statsmodels")
SEED, TRAINED, CODED, LEAST = 20_240_601, 60, 150, 0.93
FORMULA = "republican ~ brightness + female"


def portraits(folder: Path) -> pd.DataFrame:
    """Read party, gender and brightness, and gender as the classifier sees it."""
    labels = pd.read_csv(folder / "labels.csv", dtype=str)
    small, brightness = [], []
    for name in labels["file"]:
        with Image.open(folder / name) as picture:
            gray = picture.convert("L")
            small.append(np.asarray(gray.resize((3, 3)), dtype=float).ravel() / 255)
            brightness.append(np.asarray(gray, dtype=float).mean() / 255)
    table = pd.DataFrame(
        {
            "republican": (labels["party"] == "Republican").astype(float),
            "female": (labels["gender"] == "F").astype(float),
            "brightness": 10 * np.array(brightness),
        }
    )
    pixels = np.array(small)
    random = np.random.default_rng(SEED)
    trained = random.permutation(len(table))[:TRAINED]
    model = LogisticRegression(C=1.0, max_iter=1000, class_weight="balanced")
    model.fit(pixels[trained], table["female"].to_numpy()[trained])
    table["machine"] = model.predict(pixels)
    return table.drop(index=trained).reset_index(drop=True)


def redrawn(
    table: pd.DataFrame, model: str, truth: pd.Series, draws: int
) -> dict[str, list[np.ndarray]]:
    """Draw gold samples again and again; keep estimate, low and high of each method.

    A logit has no solution where the coded women are all of one party: that draw is left out.
    """
    options = {"predicted": ["female"], "prediction": ["machine"], "model": model}
    methods: dict[str, Callable[[pd.DataFrame, int], Estimates]] = {
        "gold only": lambda sample, seed: ppi(FORMULA, sample, tune=0.0, **options),
        "DSL": lambda sample, seed: dsl(FORMULA, sample, repeats=2, seed=seed, **options),
        "PPI++": lambda sample, seed: ppi(FORMULA, sample, tune="each", **options),
    }
    found: dict[str, list[np.ndarray]] = {name: [] for name in methods}
    for seed in range(draws):
        random = np.random.default_rng([SEED, seed])
        chosen = np.isin(np.arange(len(table)), random.permutation(len(table))[:CODED])
        sample = table.assign(female=table["female"].where(chosen))
        for name, run in methods.items():
            try:
                rows = run(sample, seed).table().set_index("term").loc[truth.index]
            except InputError:
                continue
            found[name].append(rows[["estimate", "low", "high"]].to_numpy())
    return found


def coverage(
    model: str, truth: pd.Series, name: str, rows: list[np.ndarray]
) -> list[dict[str, object]]:
    """Count the intervals that cover the coefficients of the whole."""
    values, lines = np.array(rows), []
    for place, term in enumerate(truth.index):
        estimates, low, high = values[:, place].T
        held = int(((low <= truth[term]) & (truth[term] <= high)).sum())
        told = len(rows) > 1
        lines.append(
            {
                "model": model, "term": term, "method": name, "whole": round(truth[term], 4),
                "estimate": round(estimates.mean(), 4), "low": round(low.mean(), 4),
                "high": round(high.mean(), 4), "draws": len(rows),
                "covered": round(held / len(rows), 4) if told else "",
                "covered_low": round(float(wilson(held, len(rows)).low), 4) if told else "",
                "as_wanted": held >= LEAST * len(rows) if told else "",
                "versions": " ".join(f"{one} {version(one)}" for one in PACKAGES),
                "machine": f"{platform.machine()}, Python {platform.python_version()}",
                "date": date.today().isoformat(),
            }
        )  # fmt: skip
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    data = Path(os.environ.get("ICONOMETRICS_TEST_DATA", "../shared/data"))
    parser.add_argument("folder", type=Path, nargs="?", default=data / "congress_faces")
    parser.add_argument("--draws", type=int, default=500)
    options = parser.parse_args()
    table = portraits(options.folder)
    right = table["machine"] == table["female"]
    shares = right.groupby(table["female"]).mean().round(2).to_dict()
    print(f"{len(table)} portraits; right by gender: {shares}")
    lines = []
    for model in ("lpm", "logit"):
        truth = estimate(FORMULA, table, model=model).table().set_index("term")["estimate"]
        renamed = table.drop(columns="female").rename(columns={"machine": "female"})
        naive = estimate(FORMULA, renamed, model=model).table().set_index("term").loc[truth.index]
        found = redrawn(table, model, truth, options.draws)
        found["naive"] = [naive[["estimate", "low", "high"]].to_numpy()]
        for name, rows in found.items():
            lines += coverage(model, truth, name, rows)
    with RESULTS.open("w", newline="") as file:
        writer = csv.DictWriter(file, lines[0])
        writer.writeheader()
        writer.writerows(lines)
    print(pd.DataFrame(lines).iloc[:, :11].to_string(index=False))


if __name__ == "__main__":
    main()
