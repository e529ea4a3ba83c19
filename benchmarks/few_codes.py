"""How often corrected intervals cover the truth where people coded few rows, or few of a category.

1,000 rows, 80 or 100 of them coded, with 4.6 or 10 % ones; the measure is a score that is not
calibrated and errs more where x is high. It measures the outcome, of 0 and 1 or counts (mean .1),
or a regressor beside x. Rows are drawn for coding with equal probabilities, or with probabilities
over 1:50, where the score is unsure or where it is high. With clusters, 50 of 20 rows share half of
the variance of x, and a part of what else moves the outcome. 2,000 draws per setting, seeds fixed;
`width` is the median width of an interval over that of gold only. A draw in which nobody coded a
one, or whose logit separates, is refused, and counted in `refused`.

    python benchmarks/few_codes.py [--draws 2000] [--only SETTING] [--out FILE]
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference import dsl, ppi
from iconometrics.stats import wilson

RESULTS = Path(__file__).parent / "results" / "few-codes.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_129
LEAST, MOST = 0.93, 0.97
ROWS, RANGE, CLUSTERS = 1000, 50, 50
PREVALENCES = {0.046: -3.2, 0.1: -2.37}


class Setting(NamedTuple):
    """How rows are drawn, the model, how rare ones are, what is measured, how many are coded."""

    design: str
    model: str
    prevalence: float = 0.1
    measured: str = "outcome"
    coded: int = 80
    clustered: bool = False

    @property
    def formula(self) -> str:
        return "y ~ rare + x" if self.measured == "regressor" else "rare ~ x"

    @property
    def name(self) -> str:
        parts = [
            self.measured,
            self.model,
            f"{self.prevalence:.1%}",
            f"{self.design} probabilities",
        ]
        return ", ".join([*parts, *(["clusters"] * self.clustered)])


SETTINGS = (
    Setting("equal", "lpm", 0.046),
    Setting("equal", "logit", 0.046),
    Setting("equal", "lpm"),
    Setting("equal", "logit"),
    Setting("unsure", "lpm", 0.046),
    Setting("unsure", "logit", 0.046),
    Setting("high", "lpm", 0.046),
    Setting("high", "logit", 0.046),
    Setting("equal", "poisson", measured="counts"),
    Setting("equal", "ols", measured="regressor", coded=100),
    Setting("equal", "lpm", coded=100, clustered=True),
    Setting("equal", "ols", measured="regressor", coded=100, clustered=True),
)


def population(setting: Setting, random: np.random.Generator, rows: int = ROWS) -> pd.DataFrame:
    """Draw a variable that is rare, a score of it, and an outcome that it moves."""
    cluster = np.arange(rows) * CLUSTERS // ROWS
    shared = random.normal(size=(2, cluster[-1] + 1))[:, cluster] if setting.clustered else None
    x, other = random.normal(size=rows), np.zeros(rows)
    if shared is not None:
        x, other = (x + shared[0]) / np.sqrt(2), shared[1] / 2
    log_odds = PREVALENCES[setting.prevalence] + 0.6 * x
    if setting.measured == "counts":
        rare = random.poisson(np.exp(log_odds)).astype(float)
    else:
        outcome_part = other if setting.measured == "outcome" else 0.0
        rare = (random.random(rows) < 1 / (1 + np.exp(-log_odds - outcome_part))).astype(float)
    latent = 2 * rare - 1.2 + 0.3 * x + random.normal(size=rows)
    y = 1 + 2 * rare + 0.5 * x + other + random.normal(size=rows)
    score = 1 / (1 + np.exp(-1.5 * latent))
    return pd.DataFrame({"rare": rare, "x": x, "y": y, "score": score, "cluster": cluster})


def truth(setting: Setting) -> np.ndarray:
    """Find the coefficients of the model in the whole population."""
    start = PREVALENCES[setting.prevalence]
    if setting.measured == "regressor":
        return np.array([1.0, 2.0, 0.5])
    if setting.model != "lpm":
        return np.array([start, 0.6])
    node, weight = np.polynomial.hermite_e.hermegauss(80)
    weight = weight / weight.sum()
    other = node[:, None] / 2 if setting.clustered else np.zeros((1, 1))
    chance = 1 / (1 + np.exp(-(start + 0.6 * node + other)))
    chance = weight @ chance if setting.clustered else chance[0]
    return np.array([weight @ chance, weight @ (chance * node)])


def probabilities(score: np.ndarray, setting: Setting) -> np.ndarray:
    by_design = {"equal": np.ones_like(score), "unsure": 4 * score * (1 - score), "high": score}
    wanted = by_design[setting.design]
    if setting.design != "equal":
        wanted = 1 / RANGE + (1 - 1 / RANGE) * wanted
    return np.minimum(1, wanted * setting.coded / wanted.sum())


def once(setting: Setting, seed: int) -> dict[str, pd.DataFrame] | None:
    """Estimate by each method; or say that no interval is had."""
    random = np.random.default_rng([SEED, seed])
    table = population(setting, random)
    table["probability"] = probabilities(table["score"].to_numpy(), setting)
    table["rare"] = table["rare"].where(random.random(ROWS) < table["probability"])
    options = {
        "predicted": ["rare"],
        "prediction": ["score"],
        "model": setting.model,
        "sample_prob": None if setting.design == "equal" else "probability",
        "cluster": "cluster" if setting.clustered else None,
    }
    try:
        return {
            "gold only": ppi(setting.formula, table, tune=0.0, **options).rows,
            "DSL": dsl(setting.formula, table, repeats=1, seed=seed, **options).rows,
            "PPI++": ppi(setting.formula, table, tune="each", **options).rows,
        }
    except InputError:
        return None


def measured(setting: Setting, draws: int) -> Iterator[dict[str, object]]:
    """Say by method and term how many intervals held the truth, and how wide they were."""
    results = [once(setting, seed) for seed in range(draws)]
    kept = [result for result in results if result is not None]
    true = truth(setting)
    gold = np.median([width(result["gold only"]) for result in kept], axis=0)
    for method in kept[0]:
        tables = [result[method] for result in kept]
        inside = np.sum([(own["low"] <= true) & (true <= own["high"]) for own in tables], axis=0)
        widths = np.median([width(own) for own in tables], axis=0)
        for place, term in enumerate(kept[0][method]["term"]):
            ends, share = wilson(inside[place], len(kept)), inside[place] / len(kept)
            low, high = round(float(ends.low), 4), round(float(ends.high), 4)
            yield {
                "setting": setting.name, "coded": setting.coded, "method": method, "term": term,
                "draws": draws, "refused": draws - len(kept), "covered": round(share, 4),
                "covered_low": low, "covered_high": high,
                "width": round(widths[place] / gold[place], 3),
                "median_width": round(widths[place], 4), "as_wanted": LEAST <= share <= MOST,
                "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
                "machine": f"{platform.machine()}, Python {platform.python_version()}",
                "date": date.today().isoformat(),
            }  # fmt: skip


def width(rows: pd.DataFrame) -> np.ndarray:
    return (rows["high"] - rows["low"]).to_numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--only", default="", help="part of a setting's name")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    lines: list[dict[str, object]] = []
    for setting in SETTINGS:
        if options.only in setting.name:
            rows = list(measured(setting, options.draws))
            print(pd.DataFrame(rows).iloc[:, :11].to_string(index=False), flush=True)
            lines += rows
            pd.DataFrame(lines).to_csv(options.out, index=False)


if __name__ == "__main__":
    main()
