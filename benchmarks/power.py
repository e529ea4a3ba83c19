"""The power that is predicted before any coding, beside what `estimate` reaches.

In each setting one coefficient is to be detected: images are measured by a machine that is right
in 90 %, some of them are coded at random, and the share of draws is counted in which the 95 %
interval leaves out zero. What people code is the outcome (0 or 1, three in ten) or the regressor;
images are independent, or of accounts that are alike, of one size or of unequal ones, with or
without an intercept for each account. 2,000 draws, seeds fixed.

    python benchmarks/power.py [--draws 2000] [--only SETTING] [--out FILE]
"""

from __future__ import annotations

import argparse
import math
import platform
import warnings
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.errors import IconometricsWarning
from iconometrics.inference import estimate, power
from iconometrics.stats import wilson

RESULTS = Path(__file__).parent / "results" / "power.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_204
SHARE, RIGHT = 0.3, 0.9
METHODS = {"gold only": "gold only", "DSL": "corrected", "PPI++": "corrected"}


class Setting(NamedTuple):
    """One coefficient, who coded what, and how alike the images of an account are."""

    name: str
    effect: float
    codes: int
    measured: str = "outcome"
    sizes: tuple[int, ...] = ()
    errors_alike: float = 0.0
    regressor_alike: float = 0.0
    fixed_effects: bool = False

    @property
    def images(self) -> int:
        return sum(self.sizes) or 2000

    @property
    def spread(self) -> float:
        sd = math.sqrt(SHARE * (1 - SHARE))
        return sd / 0.5 if self.measured == "outcome" else 1 / sd


EVEN = (20,) * 100
UNEVEN = (5,) * 60 + (20,) * 30 + (110,) * 10
FEW = (100,) * 20
SETTINGS = (
    Setting("outcome, no accounts", 0.09, 400),
    Setting("outcome, no accounts, few codes", 0.16, 120),
    Setting("regressor, no accounts", 0.2, 400, "regressor"),
    Setting("outcome, 100 accounts", 0.12, 400, sizes=EVEN, errors_alike=0.1, regressor_alike=1.0),
    Setting(
        "outcome, 100 unequal accounts", 0.17, 400, sizes=UNEVEN, errors_alike=0.1,
        regressor_alike=1.0,
    ),
    Setting("outcome, 20 accounts", 0.22, 400, sizes=FEW, errors_alike=0.1, regressor_alike=1.0),
    Setting("regressor, 100 accounts", 0.27, 400, "regressor", EVEN, 0.3, 0.3),
    Setting("outcome, within 100 accounts", 0.1, 400, "outcome", EVEN, 0.1, 0.3, True),
    Setting("regressor, within 100 accounts", 0.25, 400, "regressor", EVEN, 0.3, 0.3, True),
    Setting("regressor, within 400 accounts", 0.24, 400, "regressor", (5,) * 400, 0.3, 0.3, True),
)  # fmt: skip


def tilted(
    random: np.random.Generator, share: float, alike: float, account: np.ndarray
) -> np.ndarray:
    """Give each account one of two chances around a share, so that its images are alike."""
    sides = np.where(random.random(account.max() + 1) < 0.5, -1, 1)
    return (math.sqrt(alike * share * (1 - share)) * sides)[account]


def drawn(setting: Setting, random: np.random.Generator) -> tuple[pd.DataFrame, Codings, Codings]:
    """Draw images, measure them, and code some."""
    n = setting.images
    account = np.repeat(np.arange(len(setting.sizes)), setting.sizes)
    account = account if setting.sizes else np.arange(n)
    outcome = setting.measured == "outcome"
    share = 0.5 if outcome else SHARE
    if setting.regressor_alike == 1:
        side = random.permutation(account.max() + 1) % 2
        x = side[account]
    else:
        tilt = tilted(random, share, setting.regressor_alike, account)
        x = (random.random(n) < share + tilt).astype(int)
    if outcome:
        tilt = tilted(random, SHARE, setting.errors_alike, account)
        y = (random.random(n) < SHARE + tilt + setting.effect * (x - 0.5)).astype(int)
    else:
        style = random.normal(size=account.max() + 1)[account] * math.sqrt(setting.errors_alike)
        rest = math.sqrt(1 - setting.errors_alike)
        y = setting.effect * x + style + rest * random.normal(size=n)
    truth = y if outcome else x
    images = pd.Index([f"{number}.jpg" for number in range(n)], name="image")
    seen = np.where(random.random(n) < RIGHT, truth, 1 - truth)
    columns = {"x": x} if outcome else {"y": y}
    table = pd.DataFrame({**columns, "account": account}, index=images)
    measure = Codings.from_series(pd.Series(seen, images).astype(str), variable="v", coder="svm")
    at = random.permutation(n)[: setting.codes]
    gold = pd.Series(truth, images).astype(str).iloc[at]
    return table, measure, Codings.from_series(gold, variable="v", coder="anna")


def once(setting: Setting, seed: int) -> dict[str, bool]:
    random = np.random.default_rng([SEED, seed])
    table, measure, gold = drawn(setting, random)
    outcome = setting.measured == "outcome"
    rows = estimate(
        "v ~ x" if outcome else "y ~ v", table, model="lpm" if outcome else "ols",
        measure=measure, gold=gold, repeats=1,
        cluster="account" if setting.sizes else None,
        fixed_effects="account" if setting.fixed_effects else None,
    ).table()  # fmt: skip
    rows = rows[rows["term"] == ("x" if outcome else "v")].set_index("method")
    return {
        method: bool(rows.loc[method, "low"] > 0 or rows.loc[method, "high"] < 0)
        for method in METHODS
        if method in rows.index
    }


def predicted(setting: Setting) -> pd.Series:
    """Predict the power from what is known beforehand."""
    return power(
        setting.effect, spread=setting.spread, rates=(RIGHT, RIGHT, SHARE), images=setting.images,
        accounts=setting.sizes or None, errors_alike=setting.errors_alike,
        regressor_alike=setting.regressor_alike, fixed_effects=setting.fixed_effects,
        measured=setting.measured, power=0.3,
    ).at(setting.codes)  # fmt: skip


def lines(setting: Setting, detected: dict[str, list[bool]]) -> Iterator[dict[str, object]]:
    """Write each method's share of draws beside what was predicted."""
    expected = predicted(setting)
    for method, results in detected.items():
        low, high = wilson(sum(results), len(results))
        yield {
            "setting": setting.name, "effect": setting.effect, "codes": setting.codes,
            "method": method, "draws": len(results),
            "predicted": round(float(expected[METHODS[method]]), 3),
            "simulated": round(float(np.mean(results)), 4),
            "simulated_low": round(float(low), 4), "simulated_high": round(float(high), 4),
            "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
            "machine": f"{platform.machine()}, Python {platform.python_version()}",
            "date": date.today().isoformat(),
        }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--only")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    # Accounts with one code are left out, and each draw would say so.
    warnings.simplefilter("ignore", IconometricsWarning)
    chosen = [setting for setting in SETTINGS if options.only in (None, setting.name)]
    detected: dict[Setting, dict[str, list[bool]]] = {own: defaultdict(list) for own in chosen}
    for seed in range(options.draws):
        for setting in chosen:
            for method, found in once(setting, seed).items():
                detected[setting][method].append(found)
        if (seed + 1) % 50 == 0 or seed + 1 == options.draws:
            table = pd.DataFrame([line for own in chosen for line in lines(own, detected[own])])
            table.to_csv(options.out, index=False)
    print(table.iloc[:, :9].to_string(index=False))


if __name__ == "__main__":
    main()
