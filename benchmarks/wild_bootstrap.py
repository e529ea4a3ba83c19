"""Few clusters: cluster-robust errors with t of G - 1, beside the wild cluster bootstrap.

6, 10 or 20 clusters of 600 rows, equal or unequal in size (the largest up to seven times the
smallest); rows of a cluster share a shock to the outcome. The regressor differs within clusters,
with slopes that do, too; is a constant of each cluster; or marks three or two treated clusters.
The coefficient is 0, so that a false claim is an interval without 0. "plain" regresses on a column
that is known (least squares, probit-like outcomes by logit); "outcome" and "regressor" are measured
by a machine that is right in 85 %, of which people coded 300 rows, gold only, DSL and PPI++.
Both intervals are made from the same fit. 2,000 draws per setting, seeds fixed.

    python benchmarks/wild_bootstrap.py [--draws 2000] [--only KIND] [--out FILE]
"""

from __future__ import annotations

import argparse
import platform
from collections import defaultdict
from datetime import date
from importlib.metadata import version
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import stdtrit
from target import METHODS

from iconometrics.inference import estimate
from iconometrics.stats import wilson

RESULTS = Path(__file__).parent / "results" / "wild-bootstrap.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_214
ROWS, CODED = 600, 300
REGRESSORS = ("within", "constant", "three treated", "two treated")


def cluster_sizes(groups: int, *, equal: bool) -> np.ndarray:
    share = np.ones(groups) if equal else np.exp(2 * np.arange(groups) / groups)
    return np.maximum(np.round(ROWS * share / share.sum()), 4).astype(int)


def images(random: np.random.Generator, groups: int, *, equal: bool, regressor: str):
    """Draw a table in which x and t have no effect on y, v and each other."""
    cluster = np.repeat(np.arange(groups), cluster_sizes(groups, equal=equal))
    n = len(cluster)

    def shock(size: float) -> np.ndarray:
        return size * random.normal(size=groups)[cluster]

    if regressor == "within":
        x = random.normal(size=n) + shock(0.5)
    elif regressor == "constant":
        x = shock(1.0)
    else:
        treated = 3 if regressor == "three treated" else 2
        x = (random.permutation(groups) < treated)[cluster].astype(float)
    own = shock(0.5) if regressor == "within" else 0.0
    table = pd.DataFrame({"x": x, "account": cluster})
    table["y"] = own * x + shock(0.5) + random.normal(size=n)
    log_odds = -0.3 + own * x + shock(0.5)
    table["v"] = (random.random(n) < 1 / (1 + np.exp(-log_odds))).astype(float)
    table["t"] = (random.random(n) < np.clip(0.35 + 0.15 * shock(1.0), 0.05, 0.95)).astype(float)
    table["machine"] = np.abs(table["t"] - (random.random(n) < 0.15))
    return table


def once(kind: str, groups: int, seed: int, *, equal: bool, regressor: str):
    random = np.random.default_rng([SEED, seed, groups, equal, REGRESSORS.index(regressor)])
    table = images(random, groups, equal=equal, regressor=regressor)
    hidden = random.permutation(len(table))[CODED:]
    coded = table.assign(t=table["t"].mask(table.index.isin(hidden)))
    by_machine = {"predicted": ["t"], "prediction": ["machine"], "cluster": "account"}
    if kind == "plain":
        runs = {
            ("y ~ x", "naive"): estimate("y ~ x", table, cluster="account"),
            ("v ~ x, logit", "naive"): estimate("v ~ x", table, model="logit", cluster="account"),
        }
    elif kind == "outcome":
        runs = {
            ("t ~ x", name): run("t ~ x", coded, model="lpm", **by_machine)
            for name, run in METHODS.items()
        }
        runs |= {
            ("t ~ x, logit", name): run("t ~ x", coded, model="logit", **by_machine)
            for name, run in METHODS.items()
        }
    else:
        runs = {
            ("y ~ x + t", name): run("y ~ x + t", coded, **by_machine)
            for name, run in METHODS.items()
        }
    result = {}
    for (formula, method), fit in runs.items():
        for row in fit.rows.iloc[1:].to_dict("records"):
            key = f"{formula}: {row['term']}", method
            half = stdtrit(groups - 1, 0.975) * row["se"]
            t = row["estimate"] - half, row["estimate"] + half
            result[*key, "t of G - 1"] = t
            result[*key, "bootstrap"] = row["low"], row["high"]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--only", choices=("plain", "outcome", "regressor"))
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    kinds = [options.only] if options.only else ("plain", "outcome", "regressor")
    lines = []
    for kind, groups, equal, regressor in product(kinds, (6, 10, 20), (True, False), REGRESSORS):
        draws, failed = defaultdict(list), 0
        for seed in range(options.draws):
            try:
                result = once(kind, groups, seed, equal=equal, regressor=regressor)
            except Exception as error:
                failed += 1
                print(error)
                continue
            for key, ends in result.items():
                draws[key].append(ends)
        for (figure, method, interval), results in draws.items():
            low, high = np.array(results).T
            inside = (low <= 0) & (high >= 0)
            ends = wilson(inside.sum(), len(inside))
            lines.append({
                "clusters": groups, "sizes": "equal" if equal else "unequal",
                "regressor": regressor, "figure": figure, "method": method, "interval": interval,
                "draws": len(inside), "covered": round(float(inside.mean()), 4),
                "covered_low": round(float(ends.low), 4),
                "covered_high": round(float(ends.high), 4),
                "median_width": round(float(np.median(high - low)), 4),
                "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
                "machine": f"{platform.machine()}, Python {platform.python_version()}",
                "date": date.today().isoformat(),
            })  # fmt: skip
        pd.DataFrame(lines).to_csv(options.out, index=False)
        print(groups, equal, regressor, failed, flush=True)
    print(pd.DataFrame(lines).iloc[:, :11].to_string(index=False))


if __name__ == "__main__":
    main()
