"""How often intervals of a measured regressor cover the truth within accounts.

Posts of accounts whose style moves both what their pictures show and their likes; the coefficient
is 1, and the machine is right in 85 %. Codes are drawn with equal probability, with probabilities
of 1 to 3 by the measure, or for accounts as a whole. `former` takes means of corrected columns out
and squares the chance in them, as this package did; naive takes the machine for the truth. 2,000
draws per setting, seeds fixed; refused are draws whose codes do not tell how much varies.

    python benchmarks/measured_within.py [--draws 2000] [--only SETTING] [--out FILE]
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
from iconometrics.inference import dsl, estimate, ppi
from iconometrics.stats import wilson

RESULTS = Path(__file__).parent / "results" / "measured-within.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_130
LEAST = 0.93
DESIGNS = {
    "equal": "equal probabilities",
    "unequal": "probabilities 1 to 3",
    "whole": "whole accounts",
}


class Setting(NamedTuple):
    """How many accounts of how many posts, how many are coded, how drawn, what is held constant."""

    accounts: int
    posts: int
    coded: int
    design: str = "equal"
    held: str = "account"

    @property
    def name(self) -> str:
        size = f"{self.accounts} accounts of {self.posts}, {self.coded} coded"
        return f"{size}, {DESIGNS[self.design]}, {self.held}"


SETTINGS = (
    Setting(200, 10, 400),
    Setting(400, 5, 400),
    Setting(1000, 3, 1000),
    Setting(200, 10, 100),
    Setting(200, 10, 400, held="account and day"),
    Setting(200, 10, 400, design="unequal"),
    Setting(200, 10, 400, design="whole"),
    Setting(40, 50, 600, held="C(account)"),
)


def drawn(setting: Setting, random: np.random.Generator) -> pd.DataFrame:
    """Draw posts, measure them, and code some."""
    account = np.repeat(np.arange(setting.accounts), setting.posts)
    style, n = random.normal(size=setting.accounts)[account], len(account)
    x = (random.random(n) < 1 / (1 + np.exp(-0.7 * style))).astype(float)
    day = np.tile(np.arange(setting.posts), setting.accounts)
    y = x + style + 0.1 * day + random.normal(size=n)
    machine = np.where(random.random(n) < 0.85, x, 1 - x)
    table = pd.DataFrame({"account": account, "day": day, "y": y, "x": x, "machine": machine})
    wanted = np.where(machine == 1, 3.0, 1.0) if setting.design == "unequal" else np.ones(n)
    table["probability"] = wanted * setting.coded / wanted.sum()
    inside = random.random(n) < table["probability"]
    if setting.design == "equal":
        inside = np.isin(np.arange(n), random.permutation(n)[: setting.coded])
    elif setting.design == "whole":
        inside = np.isin(
            account, random.permutation(setting.accounts)[: setting.coded // setting.posts]
        )
    return table.assign(x=table["x"].where(inside))


def former(table: pd.DataFrame) -> pd.DataFrame:
    """Regress within the means of corrected columns, without taking their noise out."""
    weight = np.where(table["x"].isna(), 0, 1 / table["probability"])
    x, guess = table["x"].fillna(0).to_numpy(), table["machine"].to_numpy()
    means = (weight * x + (1 - weight) * guess, table["y"].to_numpy())
    x_mean, y_mean = (
        pd.Series(own).groupby(table["account"].to_numpy()).transform("mean").to_numpy()
        for own in means
    )
    x, guess, y = x - x_mean, guess - x_mean, table["y"].to_numpy() - y_mean
    bread = 1 / (weight @ x**2 + (1 - weight) @ guess**2)
    slope = bread * (weight @ (x * y) + (1 - weight) @ (guess * y))
    moment = weight * x * (y - x * slope) + (1 - weight) * guess * (y - guess * slope)
    error = 1.96 * abs(bread) * np.sqrt((moment**2).sum())
    ends = {"low": [slope - error], "high": [slope + error]}
    return pd.DataFrame({"term": ["x"], "estimate": [slope], **ends})


def once(setting: Setting, seed: int) -> dict[str, pd.DataFrame] | None:
    random = np.random.default_rng([SEED, seed])
    table = drawn(setting, random)
    dummies = setting.held == "C(account)"
    effects = None if dummies else setting.held.split(" and ")
    formula = "y ~ x + C(account)" if dummies else "y ~ x"
    cluster = "account" if setting.design == "whole" else None
    options = {
        "predicted": ["x"],
        "prediction": ["machine"],
        "fixed_effects": effects,
        "cluster": cluster,
        "sample_prob": "probability" if setting.design == "unequal" else None,
    }
    naive = table.assign(x=table["machine"])
    try:
        corrected = {
            "DSL": dsl(formula, table, repeats=1, seed=seed, **options).rows,
            "PPI++": ppi(formula, table, tune="x", **options).rows,
        }
    except InputError:
        return None
    gold = table[table["x"].notna()]
    plain = {"fixed_effects": effects, "cluster": cluster}
    return {
        "gold only": estimate(formula, alone_left_out(gold), **plain).rows,
        **corrected,
        "former": former(table),
        "naive": estimate(formula, naive, **plain).rows,
    }


def alone_left_out(gold: pd.DataFrame) -> pd.DataFrame:
    return gold[gold.groupby("account")["account"].transform("size") > 1]


def measured(setting: Setting, draws: int) -> Iterator[dict[str, object]]:
    results = [once(setting, seed) for seed in range(draws)]
    kept = [result for result in results if result is not None]
    for method in kept[0]:
        rows = pd.concat([result[method].query("term == 'x'") for result in kept])
        inside = int(((rows["low"] <= 1) & (rows["high"] >= 1)).sum())
        ends = wilson(inside, len(kept))
        yield {
            "setting": setting.name, "method": method, "draws": draws,
            "refused": draws - len(kept), "median": round(rows["estimate"].median(), 3),
            "covered": round(inside / len(kept), 4), "covered_low": round(float(ends.low), 4),
            "covered_high": round(float(ends.high), 4),
            "median_width": round((rows["high"] - rows["low"]).median(), 3),
            "as_wanted": inside / len(kept) >= LEAST,
            "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
            "machine": f"{platform.machine()}, Python {platform.python_version()}",
            "date": date.today().isoformat(),
        }  # fmt: skip


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
            print(pd.DataFrame(rows).iloc[:, :10].to_string(index=False), flush=True)
            lines += rows
            pd.DataFrame(lines).to_csv(options.out, index=False)


if __name__ == "__main__":
    main()
