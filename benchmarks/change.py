"""Change between waves under errors of coding: the codes as they are, and corrected.

1,000 or 2,000 places, each coded in two waves by a coder who is right with a stated probability;
people code some of them anew in both waves. Errors hit each wave by itself, or both alike
("shared": half of the errors of the second wave repeat those of the first). Places are drawn with
equal probability, with three times the probability where the first codes changed, or by district:
20 of 50, of 40 places each, which change at rates of their own. `former` takes the codes for the
truth, as `change` once did; of it, net and mean are what is said without places coded anew. 2,000
draws per setting, seeds fixed beforehand.

    OMP_NUM_THREADS=1 python benchmarks/change.py [--draws 2000] [--only SETTING] [--out FILE]
"""

from __future__ import annotations

import argparse
import platform
import warnings
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.inference.places.correcting import Coded
from iconometrics.inference.places.flows import corrected_row, plain_row
from iconometrics.stats import wilson

RESULTS = Path(__file__).parent / "results" / "change.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_130
LEAST = 0.93
DISTRICTS, DRAWN, EACH = 50, 20, 40
QUANTITIES = ("up", "same", "down", "net", "mean")


class Setting(NamedTuple):
    """Categories, how many places rise and fall, how often codes are right, and who is drawn."""

    categories: int
    up: float
    down: float
    right: float
    places: int = 2000
    anew: int = 200
    shared: bool = False
    design: str = "equal"

    @property
    def name(self) -> str:
        alike = ", shared errors" if self.shared else ""
        return (
            f"{self.categories} categories, {self.up:.0%} rise and {self.down:.0%} fall, "
            f"{self.right:.0%} right{alike}, {self.anew} of {self.places} anew, {self.design}"
        )


SETTINGS = (
    Setting(2, 0, 0, 0.9),
    Setting(3, 0, 0, 0.9),
    Setting(2, 0.04, 0.04, 0.9),
    Setting(3, 0.15, 0.05, 0.9),
    Setting(3, 0.15, 0.05, 0.98),
    Setting(3, 0.15, 0.05, 0.9, shared=True),
    Setting(3, 0.3, 0.1, 0.8, places=1000, anew=100),
    Setting(5, 0.1, 0.02, 0.9),
    Setting(3, 0.1, 0.1, 0.95, places=1000, anew=50),
    Setting(3, 0.15, 0.05, 0.9, design="where changed"),
    Setting(3, 0.15, 0.05, 0.9, anew=DRAWN * EACH, design="by district"),
)


class Draw(NamedTuple):
    true: np.ndarray
    coded: np.ndarray
    district: np.ndarray


def drawn(setting: Setting, random: np.random.Generator, places: int) -> Draw:
    """True categories of both waves, and codes of them."""
    district = np.arange(places) // EACH
    rates = np.full(places, 1.0)
    if setting.design == "by district":
        rates = random.gamma(4, 1 / 4, district[-1] + 1)[district]
    first = random.integers(0, setting.categories, places)
    lot = random.random(places)
    rise, fall = np.minimum(rates * setting.up, 0.6), np.minimum(rates * setting.down, 0.4)
    second = np.clip(first + (lot < rise).astype(int) - (lot > 1 - fall), 0, setting.categories - 1)
    shift = random.integers(1, setting.categories, (2, places))
    wrong = random.random((2, places)) > setting.right
    if setting.shared:
        again = random.random(places) < 0.5
        wrong[1], shift[1] = (np.where(again, x[0], x[1]) for x in (wrong, shift))
    true = np.stack([first, second])
    return Draw(true, np.where(wrong, (true + shift) % setting.categories, true), district)


def anew(setting: Setting, draw: Draw, random: np.random.Generator) -> Coded:
    """Draw places to be coded anew."""
    n, alone = draw.true.shape[1], np.arange(draw.true.shape[1])
    if setting.design == "by district":
        rows = np.isin(draw.district, random.choice(DISTRICTS, DRAWN, replace=False))
        return Coded(np.where(rows, DISTRICTS / DRAWN, 0), np.ones(n), draw.district)
    if setting.design == "where changed":
        chance = np.where(draw.coded[0] == draw.coded[1], 1.0, 3.0)
        chance *= setting.anew / chance.sum()
        return Coded(np.where(random.random(n) < chance, 1 / chance, 0), np.ones(n), alone)
    rows = np.isin(alone, random.choice(n, setting.anew, replace=False))
    return Coded(rows * n / setting.anew, np.ones(n), alone)


def truth(setting: Setting) -> dict[str, float]:
    """Shares in a very large number of places."""
    steps = np.diff(drawn(setting, np.random.default_rng([SEED, 0]), 4_000_000).true, axis=0)[0]
    sign = np.sign(steps)
    shares = {kind: float((sign == way).mean()) for kind, way in (("up", 1), ("same", 0))}
    return shares | {
        "down": float((sign == -1).mean()), "net": float(sign.mean()), "mean": float(steps.mean())
    }  # fmt: skip


def once(setting: Setting, number: int) -> dict[str, dict[str, float]]:
    random = np.random.default_rng([SEED, number])
    draw = drawn(setting, random, setting.places)
    coded = anew(setting, draw, random)
    codes = pd.DataFrame(draw.coded.T, columns=["before", "after"]).astype(float)
    codes["step"] = codes["after"] - codes["before"]
    true = np.where(coded.there, np.diff(draw.true, axis=0)[0], np.nan)
    return {
        "former": plain_row(codes["step"].to_numpy(), 0.95),
        "corrected": corrected_row(true, codes, coded, level=0.95),
    }


def measured(setting: Setting, draws: int) -> list[dict[str, object]]:
    results = [once(setting, number) for number in range(1, draws + 1)]
    rows: list[dict[str, object]] = []
    for quantity, true in truth(setting).items():
        for method in results[0]:
            table = pd.DataFrame([result[method] for result in results])
            low, high = (table[f"{quantity}{end}"].to_numpy(float) for end in ("_low", "_high"))
            hits = int(((low <= true + 1e-9) & (true - 1e-9 <= high)).sum())
            ends = wilson(hits, draws)
            rows.append({
                "setting": setting.name, "quantity": quantity, "method": method,
                "truth": round(true, 4), "draws": draws,
                "mean_estimate": round(float(table[quantity].mean()), 4),
                "covered": hits / draws, "covered_low": round(float(ends.low), 4),
                "covered_high": round(float(ends.high), 4),
                "width": round(float(np.median(high - low)), 4),
                "enough": hits / draws >= LEAST,
            })  # fmt: skip
    return rows


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--draws", type=int, default=2000)
    options.add_argument("--only", default="", help="settings whose name has this")
    options.add_argument("--out", type=Path, default=RESULTS)
    asked = options.parse_args()
    known = {
        "versions": " ".join(f"{package} {version(package)}" for package in PACKAGES),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "date": date.today().isoformat(),
    }
    tables = []
    for setting in SETTINGS:
        if asked.only in setting.name:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                rows = pd.DataFrame(measured(setting, asked.draws))
            shown = rows[["quantity", "method", "truth", "mean_estimate", "covered", "width"]]
            print(setting.name, shown.to_string(index=False), sep="\n", flush=True)
            tables.append(rows.assign(**known))
    pd.concat(tables).to_csv(asked.out, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
