"""Few clusters: cluster-robust errors with t of G - 1, beside the wild cluster bootstrap.

6, 10 or 20 clusters of 600 rows, equal in size or not (the largest then up to six times the
smallest); rows of a cluster share a shock to the outcome. The regressor differs within clusters,
and so does its slope; or it is a constant of each cluster; or it marks three or two treated
clusters. Its coefficient is 0, so that a false claim is an interval without 0. "plain" regresses
on columns that are known, the rest on what a machine measured that is right in 85 % and of which
people coded 300 rows: as outcome (linear and logit) or as a regressor; clusters are unequal then,
and DSL asks for ten. Both intervals are made from the same fit; coverage is of the coefficient of
the regressor, and of the measured one where that is a regressor. Seeds fixed.

    python benchmarks/wild_bootstrap.py [--draws 2000] [--only KIND] [--out FILE]
"""

from __future__ import annotations

import argparse
import platform
from collections import defaultdict
from collections.abc import Iterator
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
TREATED = {"three treated": 3, "two treated": 2}
REGRESSORS = ("within", "constant", *TREATED)
KINDS = ("plain", "outcome", "regressor")
Ends = dict[tuple[str, str, str], tuple[float, float]]


def cluster_sizes(groups: int, *, equal: bool) -> np.ndarray:
    share = np.ones(groups) if equal else np.exp(2 * np.arange(groups) / groups)
    return np.maximum(np.round(ROWS * share / share.sum()), 4).astype(int)


def images(
    random: np.random.Generator, groups: int, *, equal: bool, regressor: str
) -> pd.DataFrame:
    """Draw a table in which x and t have no effect on y and v, nor x on t."""
    cluster = np.repeat(np.arange(groups), cluster_sizes(groups, equal=equal))
    n = len(cluster)

    def shock(size: float) -> np.ndarray:
        return size * random.normal(size=groups)[cluster]

    own: np.ndarray | float = 0.0
    if regressor == "within":
        x, own = random.normal(size=n) + shock(0.5), shock(0.5)
    elif regressor == "constant":
        x = shock(1.0)
    else:
        x = (random.permutation(groups) < TREATED[regressor])[cluster].astype(float)
    table = pd.DataFrame({"x": x, "account": cluster})
    table["y"] = own * x + shock(0.5) + random.normal(size=n)
    log_odds = -0.3 + own * x + shock(0.5)
    table["v"] = (random.random(n) < 1 / (1 + np.exp(-log_odds))).astype(float)
    table["t"] = (random.random(n) < np.clip(0.35 + shock(0.15), 0.05, 0.95)).astype(float)
    table["machine"] = np.abs(table["t"] - (random.random(n) < 0.15))
    hidden = random.permutation(n)[CODED:]
    return table.assign(coded=table["t"].mask(table.index.isin(hidden)))


def fits(kind: str, table: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Estimate by every method that there is."""
    if kind == "plain":
        yield "y ~ x", "naive", estimate("y ~ x", table, cluster="account").rows
        logit = estimate("v ~ x", table, model="logit", cluster="account").rows
        yield "v ~ x, logit", "naive", logit
        return
    coded = table.drop(columns="t").rename(columns={"coded": "t"})
    models = ("lpm", "logit") if kind == "outcome" else ("ols",)
    formula = "t ~ x" if kind == "outcome" else "y ~ x + t"
    few = table["account"].nunique() < 10
    for model, (method, run) in product(models, METHODS.items()):
        if method == "DSL" and few:
            continue
        rows = run(
            formula, coded, model=model, predicted=["t"], prediction=["machine"], cluster="account"
        ).rows
        yield formula + (", logit" if model == "logit" else ""), method, rows


def once(kind: str, groups: int, seed: int, *, equal: bool, regressor: str) -> Ends:
    random = np.random.default_rng([SEED, seed, groups, equal, REGRESSORS.index(regressor)])
    table = images(random, groups, equal=equal, regressor=regressor)
    result = {}
    for formula, method, rows in fits(kind, table):
        for row in rows[rows["term"] != "intercept"].to_dict("records"):
            half = stdtrit(groups - 1, 0.975) * row["se"]
            key = f"{formula}: {row['term']}", method
            result[*key, "t of G - 1"] = row["estimate"] - half, row["estimate"] + half
            result[*key, "bootstrap"] = row["low"], row["high"]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    kinds = [options.only] if options.only else KINDS
    lines = []
    for kind, groups, equal, regressor in product(kinds, (6, 10, 20), (True, False), REGRESSORS):
        if equal and kind != "plain":
            continue
        draws = defaultdict(list)
        for seed in range(options.draws):
            result = once(kind, groups, seed, equal=equal, regressor=regressor)
            for key, ends in result.items():
                draws[key].append(ends)
        for (figure, method, interval), results in draws.items():
            low, high = np.array(results).T
            inside = (low <= 0) & (high >= 0)
            ends = wilson(inside.sum(), len(inside))
            lines.append({
                "kind": kind, "clusters": groups, "sizes": "equal" if equal else "unequal",
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
    print(pd.DataFrame(lines).iloc[:, :12].to_string(index=False))


if __name__ == "__main__":
    main()
