"""Short versions of benchmarks/estimates.py and active.py: corrected intervals hold."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings, draw, draw_by_confidence
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


def frame(seed):
    """Where x is 1 the share is .2 higher; two images in three are all but certain."""
    random = np.random.default_rng([8, seed])
    x = np.arange(1000) % 2
    p = random.choice([0.02, 0.02, 0.5], 1000) + 0.2 * x
    y = (random.random(1000) < p).astype(float)
    return pd.DataFrame({"y": y, "x": x, "p": p}, index=[f"{number}.jpg" for number in range(1000)])


def by_confidence(table, n, seed):
    sure = np.maximum(table["p"], 1 - table["p"])
    codings = Codings.from_series(table["p"] > 0.5, variable="y", coder="machine", confidence=sure)
    return draw_by_confidence(SimpleNamespace(ids=table.index), n, codings=codings, seed=seed)


def ends(table, sample, seed):
    """Low and high of the share where x is 0, and of how much it is higher where x is 1."""
    chance = sample.frame.set_index("image")["probability"].reindex(table.index)
    coded = table.assign(y=table["y"].where(table.index.isin(sample.images)), chance=chance)
    estimates = dsl(
        "y ~ x", coded, predicted=["y"], prediction=["p"], sample_prob="chance",
        folds=3, repeats=1, seed=seed,
    ).table()  # fmt: skip
    return estimates[["low", "high"]].to_numpy()


def test_drawn_by_confidence_intervals_hold_and_are_narrower():
    """Of 60 draws 95 % are 57; fewer than 51 come by chance once in a thousand times."""
    tables = [frame(seed) for seed in range(60)]
    drawn = [by_confidence(table, 200, seed) for seed, table in enumerate(tables)]
    equal = [draw(SimpleNamespace(ids=tables[0].index), 200, seed=seed) for seed in range(15)]
    active, plain = (
        np.array([ends(tables[seed], sample, seed) for seed, sample in enumerate(samples)])
        for samples in (drawn, equal)
    )
    truth = np.array([0.18, 0.2])
    held = ((active[..., 0] < truth) & (truth < active[..., 1])).sum(axis=0)
    assert (held >= 51).all()
    assert (np.ptp(active, axis=2).mean(axis=0) < 0.97 * np.ptp(plain, axis=2).mean(axis=0)).all()
