"""Coverage of means and shares where images belong to accounts of very unequal sizes.

Accounts of about ten images, their sizes lognormal with a log standard deviation of 0, .8 or 1.2;
images of an account are alike. Former: the linearized variance with one degree of freedom less than
there are accounts. 2,000 draws per setting, seeds fixed.

    python benchmarks/unequal_accounts.py [--draws 2000] [--out FILE]
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
from scipy.stats import t

from iconometrics.stats import grouped_mean, linearized_se, survey_design, wilson

RESULTS = Path(__file__).parent / "results" / "unequal-accounts.csv"
PACKAGES = ("iconometrics", "numpy", "scipy")
SEED = 20_261_204
SETTINGS = [
    (accounts, spread, kind)
    for (accounts, spread), kind in product(
        [(25, 0.0), (12, 0.8), (25, 0.8), (25, 1.2), (60, 1.2)], ["number", "30 %", "5 %"]
    )
]


def drawn(random: np.random.Generator, accounts: int, spread: float, kind: str) -> tuple:
    """Draw values of images, their accounts, and what the mean is of."""
    sizes = np.exp(spread * random.normal(size=accounts) - spread**2 / 2)
    account = np.repeat(np.arange(accounts), np.maximum(1, np.round(10 * sizes)).astype(int))
    if kind == "number":
        own = 0.5 * random.normal(size=accounts)
        return own[account] + random.normal(size=len(account)), account, 0.0
    share = float(kind.removesuffix(" %")) / 100
    rates = random.beta(8 * share, 8 * (1 - share), accounts)
    return (random.random(len(account)) < rates[account]).astype(float), account, share


def former(y: np.ndarray, account: np.ndarray, *, is_share: bool) -> tuple[float, float]:
    """Give the interval by the linearized variance."""
    mean, df = float(y.mean()), int(account.max())
    error = linearized_se((y - mean) / len(y), survey_design(np.ones(len(y)), clusters=account))
    if not is_share:
        far = float(t.ppf(0.975, df)) * error
        return mean - far, mean + far
    n = mean * (1 - mean) / error**2 if error else float(df + 1)
    low, high = wilson(mean * n, n, df=df if error else np.inf)
    return float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    lines = []
    for place, setting in enumerate(SETTINGS):
        draws = defaultdict(list)
        for seed in range(options.draws):
            random = np.random.default_rng([SEED, place, seed])
            y, account, truth = drawn(random, *setting)
            mean = grouped_mean(y, groups=account)
            before = former(y, account, is_share=setting[2] != "number")
            for name, (low, high) in (("former", before), ("now", (mean.low, mean.high))):
                draws[name].append((low <= truth <= high, high - low))
        for name, results in draws.items():
            inside, widths = map(np.array, zip(*results, strict=True))
            ends = wilson(inside.sum(), len(inside))
            lines.append({
                "accounts": setting[0], "spread": setting[1], "of": setting[2], "interval": name,
                "draws": len(inside), "covered": round(float(inside.mean()), 4),
                "covered_low": round(float(ends.low), 4),
                "covered_high": round(float(ends.high), 4),
                "median_width": round(float(np.median(widths)), 4),
                "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
                "machine": f"{platform.machine()}, Python {platform.python_version()}",
                "date": date.today().isoformat(),
            })  # fmt: skip
    pd.DataFrame(lines).to_csv(options.out, index=False)
    print(pd.DataFrame(lines).iloc[:, :9].to_string(index=False))


if __name__ == "__main__":
    main()
