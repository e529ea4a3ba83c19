"""How often intervals hold the truth where three coders err, and nobody knows what was there.

3,000 images, 600 coded by three people who err in 5, 10 and 20 % of them; a fifth shows it, the
effect on the outcome is 1, and the machine is right in 85 %. `majority` and `likeliest` take one
value of each image for the truth, the latter Dawid and Skene's; `posterior` counts every category
by how likely it is, with what is not known of the coders' errors. In `hard images` all three err in
35 % of a fifth of the images, each by chance: they agree there on what is wrong more often than
Dawid and Skene's model can know. 2,000 draws per setting, seeds fixed.

    python benchmarks/posterior.py [--draws 2000] [--only SETTING] [--out FILE]
"""

from __future__ import annotations

import argparse
import platform
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from iconometrics.inference import dsl, ppi
from iconometrics.stats import dawid_skene, wilson

RESULTS = Path(__file__).parent / "results" / "posterior.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_204
IMAGES, CODED = 3000, 600
CODERS = {"anna": 0.05, "ben": 0.10, "cem": 0.20}
SETTINGS = {"independent": 0.0, "hard images": 0.2}
LEAST = 0.93
FIGURES = {
    "share": ("t ~ 1", "lpm", 0.2),
    "regressor": ("y ~ t", "ols", 1.0),
    "outcome, logit": ("t ~ y", "logit", 1.0),
}
MEASURED = {"predicted": ["t"], "prediction": ["machine"]}
METHODS: dict[str, Callable[..., Any]] = {
    "gold only": partial(ppi, tune=0.0, **MEASURED),
    "DSL": partial(dsl, repeats=1, **MEASURED),
    "PPI++": partial(ppi, tune="each", **MEASURED),
}


def drawn(hard: float, random: np.random.Generator) -> pd.DataFrame:
    truth = random.random(IMAGES) < 0.2
    is_hard = random.random(IMAGES) < hard
    table = pd.DataFrame({"truth": truth * 1.0, "y": truth + random.normal(size=IMAGES)})
    table["machine"] = (truth ^ (random.random(IMAGES) < 0.15)).astype(float)
    for coder, error in CODERS.items():
        said = truth ^ (random.random(IMAGES) < np.where(is_hard, 0.35, error))
        table[coder] = np.where(np.arange(IMAGES) < CODED, said, np.nan)
    return table


def once(hard: float, seed: int) -> tuple[dict[tuple[str, ...], tuple[float, ...]], list[float]]:
    """Estimate by every treatment; and say how sure the likeliest values are, and how right."""
    table = drawn(hard, np.random.default_rng([SEED, seed]))
    codes = table.loc[: CODED - 1, list(CODERS)].to_numpy()
    posterior = dawid_skene(codes).posterior
    values = {"majority": codes.mean(axis=1) > 0.5, "likeliest": posterior.argmax(axis=1) == 1}
    right = values["likeliest"] == (table["truth"][:CODED] == 1)
    treatments: dict[str, tuple[pd.DataFrame, dict[str, Any]]] = {
        name: (table.assign(t=pd.Series(own.astype(float))), {}) for name, own in values.items()
    }
    treatments["posterior"] = (table.assign(t=np.nan), {"coders": list(CODERS)})
    result = {}
    for figure, (formula, model, true) in FIGURES.items():
        for treatment, (data, options) in treatments.items():
            for method, run in METHODS.items():
                row = run(formula, data, model=model, **options).rows.iloc[-1]
                inside = row["low"] <= true <= row["high"]
                result[figure, treatment, method] = (
                    row["estimate"], inside, row["high"] - row["low"],
                )  # fmt: skip
    return result, [float(posterior.max(axis=1).mean()), float(right.mean())]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--only", choices=SETTINGS)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    lines = []
    for setting in [options.only] if options.only else SETTINGS:
        draws, sure = defaultdict(list), []
        for seed in range(options.draws):
            result, sureness = once(SETTINGS[setting], seed)
            sure.append(sureness)
            for key, own in result.items():
                draws[key].append(own)
        for (figure, treatment, method), results in draws.items():
            value, inside, width = map(np.array, zip(*results, strict=True))
            ends = wilson(inside.sum(), len(inside))
            lines.append({
                "setting": setting, "figure": figure, "truth": FIGURES[figure][2],
                "treatment": treatment, "method": method, "draws": len(inside),
                "mean": round(float(value.mean()), 4), "covered": round(float(inside.mean()), 4),
                "covered_low": round(float(ends.low), 4),
                "covered_high": round(float(ends.high), 4),
                "median_width": round(float(np.median(width)), 4),
                "as_wanted": bool(inside.mean() >= LEAST),
                "posterior_sure": round(float(np.mean(sure, axis=0)[0]), 4),
                "posterior_right": round(float(np.mean(sure, axis=0)[1]), 4),
                "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
                "machine": f"{platform.machine()}, Python {platform.python_version()}",
                "date": date.today().isoformat(),
            })  # fmt: skip
        pd.DataFrame(lines).to_csv(options.out, index=False)
    print(pd.DataFrame(lines).iloc[:, :14].to_string(index=False))


if __name__ == "__main__":
    main()
