"""A short version of benchmarks/estimates.py: corrected intervals hold, the naive one does not."""

import numpy as np
import pandas as pd
import pytest

from iconometrics.inference import dsl, estimate, ppi

DRAWS = 120


def drawn(seed, unequal):
    """The measure of t is worse where x is high: its error is differential."""
    random = np.random.default_rng([7, seed])
    x = random.normal(size=800)
    t = (random.random(800) < 1 / (1 + np.exp(-0.5 * x))).astype(float)
    y = 1 + 0.5 * t + 0.3 * x + random.normal(size=800)
    bad = random.random(800) < np.where(x > 0, 0.35, 0.08)
    machine = np.where(bad, 1 - t, t)
    chance = np.where(machine == 1, 0.4, 0.2) if unequal else np.full(800, 0.3)
    coded = np.where(random.random(800) < chance, t, np.nan)
    return pd.DataFrame({"y": y, "t": coded, "x": x, "machine": machine, "chance": chance})


@pytest.mark.parametrize("unequal", [False, True])
def test_corrected_intervals_hold_under_differential_error(unequal):
    """Of 120 draws 95 % are 114; fewer than 105 come by chance once in a thousand times."""
    held = {"DSL": 0, "PPI++": 0, "naive": 0}
    for seed in range(DRAWS):
        table = drawn(seed, unequal)
        options = {"predicted": ["t"], "prediction": ["machine"]}
        options["sample_prob"] = "chance" if unequal else None
        naive = table.drop(columns="t").rename(columns={"machine": "t"})
        found = {
            "DSL": dsl("y ~ t + x", table, folds=3, repeats=1, seed=seed, **options),
            "PPI++": ppi("y ~ t + x", table, tune="t", **options),
            "naive": estimate("y ~ t + x", naive, errors="classical"),
        }
        for method, result in found.items():
            row = result.table().iloc[1]
            held[method] += row["low"] < 0.5 < row["high"]
    assert held["DSL"] >= 105 and held["PPI++"] >= 105
    assert held["naive"] < 60
