"""Coverage of shares and accuracy by strata: of the corpus drawn from, and of images beyond it.

Two fifths of images show it; the measure is right in 90 and 85 %. Of 1,000 images, people code
80 % of those that it takes for such and half of the others. How many it takes for such is chance
beyond the corpus, and none within. 2,000 draws, seeds fixed.

    python benchmarks/strata.py [--draws 2000] [--out FILE]
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

from iconometrics.coding import Codings, Sample
from iconometrics.inference import share
from iconometrics.stats import wilson
from iconometrics.validity import accuracy

RESULTS = Path(__file__).parent / "results" / "strata.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_201
BEYOND = {"share": 0.4, "sensitivity": 0.9, "specificity": 0.85, "precision": 0.36 / 0.45}
METHODS = ("gold only", "Rogan-Gladen", "DSL", "PPI++")
WORDS = {True: "yes", False: "no"}


def drawn(random: np.random.Generator) -> tuple[pd.DataFrame, Codings, Codings]:
    """Draw a corpus, its measure, and a gold standard by strata of the measure."""
    truth = random.random(1000) < 0.4
    right = random.random(1000) < np.where(truth, 0.9, 0.85)
    table = pd.DataFrame({"truth": truth, "measured": truth == right})
    table.index = pd.Index([f"{number}.jpg" for number in range(1000)], name="image")
    table["probability"], table["drawn"] = 0.0, False
    for value, part in ((True, 0.8), (False, 0.5)):
        images = table.index[table["measured"] == value]
        n = round(len(images) * part)
        table.loc[images, "probability"] = n / len(images)
        table.loc[random.permutation(images)[:n], "drawn"] = True
    coded = table[table["drawn"]].reset_index()
    sample = coded[["image", "probability"]].assign(stratum=coded["measured"].map(WORDS))
    measure = Codings.from_series(table["measured"].map(WORDS), variable="x", coder="svm")
    codes = table.loc[table["drawn"], "truth"].map(WORDS)
    gold = Codings.from_series(codes, variable="x", coder="anna")
    return table, measure, Codings(gold.data, sample=Sample("sample", sample))


def truths(table: pd.DataFrame) -> dict[str, float]:
    """Compute what coding the whole corpus gives."""
    truth, measured = table["truth"], table["measured"]
    return {
        "share": truth.mean(), "sensitivity": measured[truth].mean(),
        "specificity": (~measured[~truth]).mean(), "precision": truth[measured].mean(),
    }  # fmt: skip


def once(seed: int) -> dict[tuple[str, str, str], tuple[bool, float]]:
    table, measure, gold = drawn(np.random.default_rng([SEED, seed]))
    result = {}
    for target, truth in (("corpus", truths(table)), ("beyond", BEYOND)):
        shares = share(measure, gold, category="yes", repeats=1, target=target)
        rows = shares.table().set_index("method").loc[list(METHODS)]
        for method, row in rows.iterrows():
            held = row["low"] <= truth["share"] <= row["high"]
            result["share", method, target] = held, row["high"] - row["low"]
        rates = accuracy(measure, gold=gold, target=target).table().loc["yes"]
        for name in ("sensitivity", "specificity", "precision"):
            low, high = rates[f"{name}_low"], rates[f"{name}_high"]
            result[name, "accuracy", target] = low <= truth[name] <= high, high - low
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    draws = defaultdict(list)
    for seed in range(options.draws):
        for key, result in once(seed).items():
            draws[key].append(result)
    lines = []
    for (figure, method, target), results in draws.items():
        inside, widths = map(np.array, zip(*results, strict=True))
        ends = wilson(inside.sum(), len(inside))
        lines.append({
            "figure": figure, "method": method, "target": target, "draws": len(inside),
            "covered": round(float(inside.mean()), 4), "covered_low": round(float(ends.low), 4),
            "covered_high": round(float(ends.high), 4),
            "median_width": round(float(np.median(widths)), 4),
            "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
            "machine": f"{platform.machine()}, Python {platform.python_version()}",
            "date": date.today().isoformat(),
        })  # fmt: skip
    pd.DataFrame(lines).to_csv(options.out, index=False)
    print(pd.DataFrame(lines).iloc[:, :8].to_string(index=False))


if __name__ == "__main__":
    main()
