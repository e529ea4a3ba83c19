"""How often intervals hold what they are of: the corpus at hand, or images beyond it.

A fifth of images show it, the effect on the outcome is 1 (on log odds, too), and the machine is
right in 85 %. People code more than half of each corpus: 600 of 1,000 images with equal
probability; as many with .8 where the machine says yes, and .55 elsewhere; or 120 of 200 accounts
with 10 images each, whole. Every estimate is made for both targets and held against both: what
coding the whole corpus would give, and the truth that corpora are drawn from. 2,000 draws per
setting, seeds fixed.

    python benchmarks/target.py [--draws 2000] [--only SETTING] [--out FILE]
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

from iconometrics.inference import dsl, estimate, ppi
from iconometrics.stats import wilson

RESULTS = Path(__file__).parent / "results" / "target.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_207
FIGURES = {
    "share": ("t ~ 1", "ols", 0.2),
    "regressor measured": ("y ~ t", "ols", 1.0),
    "outcome measured": ("t ~ x", "lpm", 0.1),
    "logit, regressor measured": ("v ~ t", "logit", 1.0),
}
TARGETS = ("corpus", "beyond")


def corpus(setting: str, random: np.random.Generator) -> pd.DataFrame:
    """Draw a corpus with its true codes in `t`, and the probability of being coded."""
    whole = setting == "whole accounts"
    n = 2000 if whole else 1000
    account = np.arange(n) // 10 if whole else np.arange(n)
    x = random.normal(size=account.max() + 1)[account]
    mean = 0.2 + 0.1 * np.clip(x, -2, 2)
    chance = np.clip(mean, 0, 1)
    truth = (random.random(n) < chance).astype(float)
    shared = 0.5 * random.normal(size=account.max() + 1)[account] if whole else 0
    table = pd.DataFrame({"t": truth, "x": np.clip(x, -2, 2), "account": account})
    table["y"] = truth + shared + random.normal(size=n)
    table["v"] = (random.random(n) < 1 / (1 + np.exp(0.5 - truth))).astype(float)
    table["machine"] = np.abs(truth - (random.random(n) < 0.15))
    table["p"] = np.where(table["machine"] == 1, 0.8, 0.55) if setting == "unequal" else 0.6
    return table


def coded(table: pd.DataFrame, setting: str, random: np.random.Generator) -> pd.DataFrame:
    """Hide the codes of what was not drawn."""
    if setting == "whole accounts":
        there = np.isin(table["account"], random.permutation(200)[:120])
    elif setting == "unequal":
        there = np.zeros(len(table), dtype=bool)
        for _, rows in table.groupby("machine"):
            n = round(len(rows) * rows["p"].iloc[0])
            there[random.permutation(rows.index)[:n]] = True
    else:
        there = np.isin(table.index, random.permutation(len(table))[:600])
    return table.assign(t=table["t"].where(there))


def once(setting: str, seed: int) -> dict[tuple[str, str, str, str], tuple[bool, float]]:
    random = np.random.default_rng([SEED, seed])
    table = corpus(setting, random)
    hidden = coded(table, setting, random)
    options = {
        "predicted": ["t"], "prediction": ["machine"],
        "sample_prob": "p" if setting == "unequal" else None,
        "cluster": "account" if setting == "whole accounts" else None,
    }  # fmt: skip
    result = {}
    for figure, (formula, model, beyond) in FIGURES.items():
        known = estimate(formula, table, model=model, target="corpus").rows["estimate"].iloc[-1]
        for target in TARGETS:
            for method, run in METHODS.items():
                row = run(formula, hidden, model=model, target=target, **options).rows.iloc[-1]
                for of, truth in (("corpus", known), ("beyond", beyond)):
                    held = row["low"] <= truth <= row["high"]
                    result[figure, method, target, of] = held, row["high"] - row["low"]
    return result


METHODS = {
    "gold only": lambda *of, **options: ppi(*of, tune=0.0, **options),
    "DSL": lambda *of, **options: dsl(*of, repeats=1, **options),
    "PPI++": lambda *of, **options: ppi(*of, tune="each", **options),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--only")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    lines = []
    for setting in [options.only] if options.only else ("equal", "unequal", "whole accounts"):
        draws = defaultdict(list)
        for seed in range(options.draws):
            for key, result in once(setting, seed).items():
                draws[key].append(result)
        for (figure, method, target, of), results in draws.items():
            inside, widths = map(np.array, zip(*results, strict=True))
            ends = wilson(inside.sum(), len(inside))
            lines.append({
                "setting": setting, "figure": figure, "method": method, "target": target,
                "held_against": of, "draws": len(inside),
                "covered": round(float(inside.mean()), 4),
                "covered_low": round(float(ends.low), 4),
                "covered_high": round(float(ends.high), 4),
                "median_width": round(float(np.median(widths)), 4),
                "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
                "machine": f"{platform.machine()}, Python {platform.python_version()}",
                "date": date.today().isoformat(),
            })  # fmt: skip
        pd.DataFrame(lines).to_csv(options.out, index=False)
    print(pd.DataFrame(lines).iloc[:, :10].to_string(index=False))


if __name__ == "__main__":
    main()
