"""How often intervals hold the truth where experts code a part of what students coded.

3,000 images; a fifth shows it. A machine measures all, students code 600, and experts code 150 of
these, half of what students took for it and half of the others. The machine errs in a fifth of
images, students in 5 or 10 % of them, both more often where `z` is high, which moves the outcome,
too. `students as gold` corrects the machine by the students' codes, as if these were the truth, and
`error known` also takes out the share of images that students code wrong; `experts as gold` leaves
the students' codes out; `two phases` uses all three. In `accounts` images of 300 accounts are
alike; in `unequal` the first phase holds three times as many of what the machine took for it.
2,000 draws per setting, seeds fixed.

    python benchmarks/second_phase.py [--draws 2000] [--only SETTING] [--out FILE]
"""

from __future__ import annotations

import argparse
import platform
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import statsmodels.api as sm

from iconometrics.errors import InputError
from iconometrics.inference import dsl, ppi
from iconometrics.stats import wilson

RESULTS = Path(__file__).parent / "results" / "second-phase.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_203
IMAGES, STUDENTS, EXPERTS, ACCOUNTS = 3000, 600, 150, 300
LEAST = 0.93
FIGURES = {
    "share": ("t ~ 1", "lpm", "intercept"),
    "regressor": ("y ~ t + z", "ols", "t"),
    "outcome": ("t ~ z", "lpm", "z"),
    "outcome, logit": ("t ~ z", "logit", "z"),
}


class Setting(NamedTuple):
    """How often students err, and how images are alike and drawn."""

    errors: float
    accounts: bool = False
    unequal: bool = False


SETTINGS = {
    "5%": Setting(0.05),
    "10%": Setting(0.10),
    "10%, accounts": Setting(0.10, accounts=True),
    "10%, unequal": Setting(0.10, unequal=True),
}


def imaged(setting: Setting, images: int, random: np.random.Generator) -> pd.DataFrame:
    """Draw images with what is there, what moves the outcome, and the outcome."""
    accounts = images * ACCOUNTS // IMAGES
    account, spread = random.integers(accounts, size=images), 0.5 * setting.accounts
    shared = spread * random.normal(size=(2, accounts))[:, account]
    truth = shared[0] + random.normal(size=images) > 0.8416 * (1 + spread**2) ** 0.5
    z = 0.5 * truth + random.normal(size=images)
    y = truth + 0.5 * z + shared[1] + random.normal(size=images)
    return pd.DataFrame({"y": y, "z": z, "truth": truth.astype(float), "account": account})


def coded(setting: Setting, random: np.random.Generator) -> pd.DataFrame:
    """Let a machine measure all, students code some, and experts a part of these."""
    table = imaged(setting, IMAGES, random)
    truth, high = table["truth"] == 1, table["z"] > 0

    def said(least: float, most: float) -> np.ndarray:
        return (truth ^ (random.random(IMAGES) < np.where(high, most, least))).to_numpy(float)

    table["machine"] = said(0.12, 0.28)
    table["students"] = said(0.4 * setting.errors, 1.6 * setting.errors)
    table["chance"] = STUDENTS / IMAGES
    if setting.unequal:
        weight = np.where(table["machine"] == 1, 3.0, 1.0)
        table["chance"] = STUDENTS * weight / weight.sum()
    drawn = [
        random.permutation(rows)[: round(table["chance"].iloc[rows[0]] * len(rows))]
        for rows in (np.flatnonzero(table["machine"] == kind) for kind in (0, 1))
    ] if setting.unequal else [random.permutation(IMAGES)[:STUDENTS]]  # fmt: skip
    first = np.concatenate(drawn)
    table["students"] = table["students"].where(table.index.isin(first))
    table["chance"] = table["chance"].where(table.index.isin(first))
    table["t"], table["both"] = np.nan, np.nan
    for kind in (0, 1):
        rows = random.permutation(first[table["students"].to_numpy()[first] == kind])
        second = rows[: EXPERTS // 2]
        table.loc[second, "t"] = table["truth"][second]
        table.loc[second, "both"] = table["chance"][second] * len(second) / len(rows)
    return table


@cache
def true_value(setting: Setting, figure: str) -> float:
    """Compute what is there in a million images."""
    table = imaged(setting, 1_000_000, np.random.default_rng([SEED, 1]))
    if figure == "share":
        return float(table["truth"].mean())
    if figure == "regressor":
        return 1.0
    x = sm.add_constant(table["z"])
    model = sm.Logit if "logit" in figure else sm.OLS
    return float(model(table["truth"], x).fit(disp=0).params["z"])


MEASURED = {"predicted": ["t"], "prediction": ["machine"]}
TWO = {"first_phase": ["students"], "first_phase_prob": "chance", "sample_prob": "both"}
EXPERT = {"sample_prob": "both"}
FIRST = {"sample_prob": "chance"}
METHODS: dict[tuple[str, str], tuple[Callable[..., Any], dict[str, Any]]] = {
    ("experts as gold", "gold only"): (partial(ppi, tune=0.0), EXPERT),
    ("experts as gold", "DSL"): (partial(dsl, repeats=1), EXPERT),
    ("experts as gold", "PPI++"): (partial(ppi, tune="each"), EXPERT),
    ("students as gold", "gold only"): (partial(ppi, tune=0.0), FIRST),
    ("students as gold", "DSL"): (partial(dsl, repeats=1), FIRST),
    ("students as gold", "PPI++"): (partial(ppi, tune="each"), FIRST),
    ("error known", "DSL"): (partial(dsl, repeats=1), FIRST),
    ("two phases", "DSL"): (partial(dsl, repeats=1), TWO),
    ("two phases", "PPI++"): (partial(ppi, tune="each"), TWO),
}


def once(setting: Setting, seed: int) -> dict[tuple[str, ...], tuple[float, float, float]]:
    table = coded(setting, np.random.default_rng([SEED, seed]))
    students = table.assign(t=table["students"])
    wrong = table["students"] != table["truth"]
    error = float(wrong[table["students"].notna()].mean())
    result = {}
    for figure, (formula, model, term) in FIGURES.items():
        for (treatment, method), (run, options) in METHODS.items():
            own = {**MEASURED, **options, "model": model}
            own |= {"cluster": "account"} if setting.accounts else {}
            own |= {"coder_error": error} if treatment == "error known" else {}
            data = students if treatment in ("students as gold", "error known") else table
            try:
                row = run(formula, data, **own).rows.set_index("term").loc[term]
            except InputError:
                continue
            result[figure, treatment, method] = (row["estimate"], row["low"], row["high"])
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--only", choices=SETTINGS)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    lines = []
    for name in [options.only] if options.only else SETTINGS:
        draws = defaultdict(list)
        for seed in range(options.draws):
            for key, result in once(SETTINGS[name], seed).items():
                draws[key].append(result)
        for (figure, treatment, method), results in draws.items():
            value, low, high = map(np.array, zip(*results, strict=True))
            true = true_value(SETTINGS[name], figure)
            inside = (low <= true) & (true <= high)
            ends = wilson(inside.sum(), len(inside))
            lines.append({
                "students_err": name, "figure": figure, "truth": round(true, 4),
                "treatment": treatment, "method": method, "draws": len(inside),
                "mean": round(float(value.mean()), 4), "covered": round(float(inside.mean()), 4),
                "covered_low": round(float(ends.low), 4),
                "covered_high": round(float(ends.high), 4),
                "median_width": round(float(np.median(high - low)), 4),
                "as_wanted": bool(inside.mean() >= LEAST),
                "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
                "machine": f"{platform.machine()}, Python {platform.python_version()}",
                "date": date.today().isoformat(),
            })  # fmt: skip
        pd.DataFrame(lines).to_csv(options.out, index=False)
    print(pd.DataFrame(lines).iloc[:, :12].to_string(index=False))


if __name__ == "__main__":
    main()
