"""Coverage where a corpus holds more of some images than of others, with and without its weights.

"reach": a platform's interface gives images the likelier, the wider their reach; "accounts":
accounts are drawn by strata, 12 of 100 news outlets for every 4 of 100 parties and 1 of 100 people,
with 10 images each. The effect of what is measured differs with reach and stratum, so that the
corpus and the whole differ. The machine is right in 80 to 95 %; people code 400 images of about
750 and 1,300. 2,000 draws per setting, seeds fixed.

    python benchmarks/corpus_weights.py [--draws 2000] [--out FILE]
"""

from __future__ import annotations

import argparse
import platform
from collections import defaultdict
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from target import METHODS

from iconometrics.inference import estimate
from iconometrics.stats import wilson

RESULTS = Path(__file__).parent / "results" / "corpus-weights.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_130
FIGURES = {
    "share": ("t ~ 1", "ols"),
    "regressor measured": ("y ~ t", "ols"),
    "outcome measured": ("t ~ x", "lpm"),
    "logit, regressor measured": ("v ~ t", "logit"),
}
RATES = np.array([0.12, 0.04, 0.01])
WHOLE, CODED, WHOLE_OF_TRUTH = 15_000, 400, 4_000_000


def images(setting: str, random: np.random.Generator, *, n: int) -> pd.DataFrame:
    """Draw a whole, with the probability of each image to come into a corpus."""
    account = np.arange(n) // 10
    if setting == "accounts":
        stratum = random.choice(3, account[-1] + 1, p=[0.3, 0.2, 0.5])
        place, chance = 1.0 - stratum[account], RATES[stratum[account]]
        shared = 0.5 * random.normal(size=account[-1] + 1)[account]
    else:
        place = random.normal(size=n)
        chance, shared = 0.1 * np.clip(np.exp(0.8 * place), 0.2, 6) / 1.35, 0.0
    truth = (random.random(n) < 0.3 + 0.1 * np.clip(place, -2, 2)).astype(float)
    x = np.clip(random.normal(size=n) + 0.3 * place, -2, 2)
    table = pd.DataFrame({"account": account, "p": chance, "x": x})
    table["t"] = np.where(random.random(n) < 0.1 * np.abs(x), x > 0, truth).astype(float)
    table["y"] = (1 + 0.7 * place) * table["t"] + shared + random.normal(size=n)
    log_odds = -0.5 + (1 + 0.7 * place) * table["t"]
    table["v"] = (random.random(n) < 1 / (1 + np.exp(-log_odds))).astype(float)
    right = random.random(n) < 0.85 + 0.05 * np.clip(place, -1, 2)
    table["machine"] = np.where(right, table["t"], 1 - table["t"])
    return table


def corpus(setting: str, random: np.random.Generator) -> pd.DataFrame:
    """Draw a corpus, of which people code a part."""
    table = images(setting, random, n=WHOLE)
    if setting == "accounts":
        there = (random.random(WHOLE // 10) < table["p"][::10].to_numpy())[table["account"]]
    else:
        there = random.random(WHOLE) < table["p"]
    table = table[there].reset_index(drop=True)
    hidden = random.permutation(len(table))[CODED:]
    table["t"] = table["t"].mask(table.index.isin(hidden))
    return table.assign(w=1 / table["p"])


def once(setting: str, seed: int) -> dict[tuple[str, str, str], tuple[float, float, float]]:
    table = corpus(setting, np.random.default_rng([SEED, seed]))
    cluster = "account" if setting == "accounts" else None
    result = {}
    for figure, (formula, model) in FIGURES.items():
        for method, run in METHODS.items():
            for weights in (None, "w"):
                row = run(
                    formula, table, model=model, weights=weights, cluster=cluster,
                    predicted=["t"], prediction=["machine"],
                ).rows.iloc[-1]  # fmt: skip
                ends = (row["estimate"], row["low"], row["high"])
                result[figure, method, "weighted" if weights else "not weighted"] = ends
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    lines = []
    for setting in ("reach", "accounts"):
        whole = images(setting, np.random.default_rng(SEED), n=WHOLE_OF_TRUTH)
        truths = {
            figure: estimate(formula, whole, model=model, target="corpus").rows["estimate"].iloc[-1]
            for figure, (formula, model) in FIGURES.items()
        }
        draws = defaultdict(list)
        for seed in range(options.draws):
            for key, result in once(setting, seed).items():
                draws[key].append(result)
        for (figure, method, weights), results in draws.items():
            value, low, high = np.array(results).T
            inside = (low <= truths[figure]) & (truths[figure] <= high)
            ends = wilson(inside.sum(), len(inside))
            lines.append({
                "setting": setting, "figure": figure, "method": method, "weights": weights,
                "draws": len(inside), "truth": round(float(truths[figure]), 4),
                "mean": round(float(value.mean()), 4), "covered": round(float(inside.mean()), 4),
                "covered_low": round(float(ends.low), 4),
                "covered_high": round(float(ends.high), 4),
                "median_width": round(float(np.median(high - low)), 4),
                "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
                "machine": f"{platform.machine()}, Python {platform.python_version()}",
                "date": date.today().isoformat(),
            })  # fmt: skip
        pd.DataFrame(lines).to_csv(options.out, index=False)
    print(pd.DataFrame(lines).iloc[:, :11].to_string(index=False))


if __name__ == "__main__":
    main()
