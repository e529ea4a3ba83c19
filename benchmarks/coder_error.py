"""How often intervals cover the truth where the people who code the gold standard err, too.

3,000 images, 600 coded; a fifth shows it, the effect on the outcome is 1, and the machine is right
in 85 %. People err in 3 or 5 % of images, either way. `no error` takes their codes for the truth;
`known` takes the share of errors out, `double coded` takes out what 300 images that two people
coded say of it, the interval being the widest over its own. 2,000 draws per setting, seeds fixed.

    python benchmarks/coder_error.py [--draws 2000] [--out FILE]
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

from iconometrics.coding import Codings
from iconometrics.inference import dsl, ppi
from iconometrics.stats import wilson
from iconometrics.validity import coder_error

RESULTS = Path(__file__).parent / "results" / "coder-error.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_202
IMAGES, CODED, TWICE = 3000, 600, 300
TRUTH = {"share": ("t ~ 1", 0.2), "coefficient": ("y ~ t", 1.0)}


def drawn(error: float, random: np.random.Generator) -> tuple[pd.DataFrame, Codings]:
    truth = random.random(IMAGES) < 0.2
    table = pd.DataFrame({"y": truth + random.normal(size=IMAGES)})
    table["machine"] = (truth ^ (random.random(IMAGES) < 0.15)).astype(float)
    said = truth ^ (random.random((2, IMAGES)) < error)
    table["t"] = np.where(np.arange(IMAGES) < CODED, said[0], np.nan)
    images = [f"{number}.jpg" for number in range(TWICE)]
    rows = pd.concat(
        pd.DataFrame(
            {"image": images, "variable": "t", "value": own[:TWICE].astype(str), "coder": name}
        )
        for name, own in zip(("anna", "ben"), said, strict=True)
    )
    return table, Codings(rows)


def once(error: float, seed: int) -> dict[tuple[str, str, str], tuple[bool, float]]:
    table, double = drawn(error, np.random.default_rng([SEED, seed]))
    seen = coder_error(double)
    treatments = {"no error": (0.0,), "known": (error,), "double coded": seen[:3]}
    result = {}
    for (figure, (formula, true)), (treatment, errors) in (
        (own, of) for own in TRUTH.items() for of in treatments.items()
    ):
        for method, run in METHODS.items():
            rows = [run(formula, table, coder_error=own).rows.iloc[-1] for own in errors]
            low, high = min(row["low"] for row in rows), max(row["high"] for row in rows)
            result[figure, treatment, method] = (
                low <= true <= high,
                high - low,
                rows[0]["estimate"],
            )
    return result


MEASURED = {"predicted": ["t"], "prediction": ["machine"]}
METHODS = {
    "gold only": lambda *of, **options: ppi(*of, tune=0.0, **MEASURED, **options),
    "DSL": lambda *of, **options: dsl(*of, repeats=1, **MEASURED, **options),
    "PPI++": lambda *of, **options: ppi(*of, tune="overall", **MEASURED, **options),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    lines = []
    for error in (0.03, 0.05):
        draws = defaultdict(list)
        for seed in range(options.draws):
            for key, result in once(error, seed).items():
                draws[key].append(result)
        for (figure, treatment, method), results in draws.items():
            inside, widths, values = map(np.array, zip(*results, strict=True))
            ends = wilson(inside.sum(), len(inside))
            lines.append({
                "coders_err": error, "figure": figure, "taken_out": treatment, "method": method,
                "draws": len(inside), "mean": round(float(values.mean()), 3),
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
