"""How often corrected intervals cover the truth where people coded few rows, or few of a category.

1,000 rows, about 80 of them coded, 4.6 or 10 % ones; the measure is a score that is not calibrated
and errs more where x is high. Rows are drawn for coding with equal probabilities, or with
probabilities over 1:50, where the score is unsure or where it is high. 2,000 draws per setting,
seeds fixed; `width` is the median width of an interval over that of gold only. A draw in which
nobody coded a one, or whose logit separates, is refused, and counted in `refused`.

    python benchmarks/few_codes.py [--draws 2000] [--only equal] [--model lpm] [--out FILE]
"""

from __future__ import annotations

import argparse
import csv
import platform
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference import dsl, ppi
from iconometrics.stats import wilson

RESULTS = Path(__file__).parent / "results" / "few-codes.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_129
LEAST, MOST = 0.93, 0.97
ROWS, CODED, RANGE = 1000, 80, 50
PREVALENCES = {0.046: -3.2, 0.1: -2.37}
DESIGNS = ("equal", "unsure", "high")
SETTINGS = (("equal", 0.046), ("equal", 0.1), ("unsure", 0.046), ("high", 0.046))
MODELS = ("lpm", "logit")
TERMS = ("intercept", "x")


def population(prevalence: float, random: np.random.Generator, rows: int = ROWS) -> pd.DataFrame:
    """Draw an outcome that is rare, and a score of it."""
    x = random.normal(size=rows)
    chance = 1 / (1 + np.exp(-(PREVALENCES[prevalence] + 0.6 * x)))
    y = (random.random(rows) < chance).astype(float)
    latent = 2 * y - 1.2 + 0.3 * x + random.normal(size=rows)
    return pd.DataFrame({"y": y, "x": x, "score": 1 / (1 + np.exp(-1.5 * latent))})


def truth(prevalence: float, model: str) -> np.ndarray:
    """Find the coefficients of the model in the whole population."""
    if model == "logit":
        return np.array([PREVALENCES[prevalence], 0.6])
    node, weight = np.polynomial.hermite_e.hermegauss(80)
    weight = weight / weight.sum()
    chance = 1 / (1 + np.exp(-(PREVALENCES[prevalence] + 0.6 * node)))
    return np.array([weight @ chance, weight @ (chance * node)])


def probabilities(score: np.ndarray, design: str) -> np.ndarray:
    wanted = {"equal": np.ones_like(score), "unsure": 4 * score * (1 - score), "high": score}[
        design
    ]
    if design != "equal":
        wanted = 1 / RANGE + (1 - 1 / RANGE) * wanted
    return np.minimum(1, wanted * CODED / wanted.sum())


def once(prevalence: float, design: str, model: str, seed: int) -> dict[str, np.ndarray] | None:
    """Say by method which intervals held the truth and how wide they were; or that none is had."""
    random = np.random.default_rng([SEED, seed])
    table = population(prevalence, random)
    table["probability"] = probabilities(table["score"].to_numpy(), design)
    table["y"] = table["y"].where(random.random(ROWS) < table["probability"])
    options = {
        "predicted": ["y"],
        "prediction": ["score"],
        "model": model,
        "sample_prob": None if design == "equal" else "probability",
    }
    try:
        tables = {
            "gold only": ppi("y ~ x", table, tune=0.0, **options).rows,
            "DSL": dsl("y ~ x", table, repeats=1, seed=seed, **options).rows,
            "PPI++": ppi("y ~ x", table, tune="each", **options).rows,
        }
    except InputError:
        return None
    true = truth(prevalence, model)
    return {
        method: np.array(
            [(rows["low"] <= true) & (true <= rows["high"]), rows["high"] - rows["low"]]
        )
        for method, rows in tables.items()
    }


def measured(prevalence: float, design: str, model: str, draws: int) -> Iterator[dict[str, object]]:
    results = [once(prevalence, design, model, seed) for seed in range(draws)]
    kept = [result for result in results if result is not None]
    gold = np.median([result["gold only"][1] for result in kept], axis=0)
    for method in kept[0]:
        inside = np.sum([result[method][0] for result in kept], axis=0)
        widths = np.median([result[method][1] for result in kept], axis=0)
        for place, term in enumerate(TERMS):
            ends, share = wilson(inside[place], len(kept)), inside[place] / len(kept)
            yield {
                "method": method, "prevalence": prevalence, "design": design, "model": model,
                "term": term, "draws": draws, "refused": draws - len(kept),
                "covered": round(share, 4), "covered_low": round(float(ends.low), 4),
                "covered_high": round(float(ends.high), 4),
                "width": round(widths[place] / gold[place], 3),
                "median_width": round(widths[place], 4), "as_wanted": LEAST <= share <= MOST,
                "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
                "machine": f"{platform.machine()}, Python {platform.python_version()}",
                "date": date.today().isoformat(),
            }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--only", choices=DESIGNS)
    parser.add_argument("--model", choices=MODELS)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    with options.out.open("w", newline="", encoding="utf-8") as file:
        writer = None
        for (design, prevalence), model in product(SETTINGS, MODELS):
            if options.only not in (None, design) or options.model not in (None, model):
                continue
            for row in measured(prevalence, design, model, options.draws):
                if writer is None:
                    writer = csv.DictWriter(file, row)
                    writer.writeheader()
                writer.writerow(row)
                print(*list(row.values())[:8], flush=True)
            file.flush()


if __name__ == "__main__":
    main()
