"""Draws for `intervals.py`: ranking, unequal probabilities, subgroups, corrected shares, tests.

Not a script of its own; `python benchmarks/intervals.py` runs these settings with the others.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.stats import auroc, rogan_gladen, survey_design
from iconometrics.validity import differential_error
from iconometrics.validity.accuracy.rates import rates
from iconometrics.validity.accuracy.subgroups import subgroups

RATES = ("sensitivity", "specificity", "precision", "npv", "f1", "prevalence")


def auroc_draw(
    random: np.random.Generator, *, inside: int, outside: int, area: float, scale: str
) -> tuple[dict, dict, dict]:
    from scipy.special import ndtri

    truth = np.arange(inside + outside) < inside
    score = random.normal(truth * np.sqrt(2) * ndtri(area), 1)
    found = auroc(truth, score, scale=scale)
    return {"area": area}, {"area": found.low}, {"area": found.high}


@cache
def corpus() -> pd.DataFrame:
    """A corpus of 20,000 images in 2,000 accounts of 10, and a measure that errs by account."""
    random = np.random.default_rng(1)
    account = np.repeat(np.arange(2000), 10)
    easy = random.beta(3, 1.5, 2000)[account]
    rate = random.beta(1.2, 2.8, 2000)[account]
    gold = random.random(20_000) < rate
    measure = np.where(random.random(20_000) < 0.03 + 0.3 * (1 - easy), ~gold, gold)
    score = measure + random.normal(scale=0.7, size=20_000) + 0.5 * gold
    distance = np.abs(score - np.median(score))
    stratum = pd.qcut(-distance, 4, labels=False)
    table = pd.DataFrame({"account": account, "stratum": stratum, "score": score})
    size = 1 + random.gamma(2, 1, 20_000) + 2 * gold
    return table.assign(
        gold=np.where(gold, "yes", "no"), measure=np.where(measure, "yes", "no"), size=size
    )


@cache
def corpus_truth() -> dict[str, float]:
    table = corpus()
    found = rates(table, ["no", "yes"], survey_design(np.ones(len(table))))
    truth = {name: found.classes.loc["yes", name] for name in RATES}
    return truth | {
        "accuracy": found.accuracy.value, "macro F1": found.macro_f1.value,
        "kappa": found.kappa.value,
    }  # fmt: skip


def drawn(random: np.random.Generator, kind: str) -> tuple[np.ndarray, np.ndarray, dict]:
    """Positions, probabilities and the arguments of `survey_design`."""
    table = corpus()
    if kind == "strata":
        parts = [np.flatnonzero(table["stratum"] == h) for h in range(4)]
        sizes = (60, 60, 90, 150)
        rows = [random.choice(p, n, replace=False) for p, n in zip(parts, sizes, strict=True)]
        chance = np.repeat([n / len(p) for p, n in zip(parts, sizes, strict=True)], sizes)
        rows = np.concatenate(rows)
        return rows, chance, {"strata": table["stratum"].to_numpy()[rows], "finite": True}
    if kind == "pps":
        chance = 360 * table["size"].to_numpy() / table["size"].sum()
        order = random.permutation(len(table))
        steps = np.cumsum(chance[order])
        rows = order[np.searchsorted(steps, np.arange(359) + random.random())]
        return rows, chance[rows], {"finite": True}
    chosen = random.choice(2000, 60, replace=False)
    rows = (chosen[:, None] * 10 + np.arange(10)).ravel()
    return rows, np.full(600, 60 / 2000), {"clusters": np.repeat(chosen, 10), "finite": True}


def ends(classes: pd.DataFrame) -> tuple[dict[str, float], dict[str, float]]:
    low, high = ({n: classes.loc["yes", f"{n}_{end}"] for n in RATES} for end in ("low", "high"))
    return low, high


def design_draw(random: np.random.Generator, *, kind: str) -> tuple[dict, dict, dict]:
    rows, chance, told = drawn(random, kind)
    items = corpus().iloc[rows]
    found = rates(items, ["no", "yes"], survey_design(1 / chance, **told))
    low, high = ends(found.classes)
    overall = {"accuracy": found.accuracy, "macro F1": found.macro_f1, "kappa": found.kappa}
    low |= {name: rate.low for name, rate in overall.items()}
    high |= {name: rate.high for name, rate in overall.items()}
    return corpus_truth(), low, high


STRATA = (9000, 6000, 5000)
"""Images in each stratum of `rare_corpus`; its category is rare in the largest."""


@cache
def rare_corpus() -> pd.DataFrame:
    random = np.random.default_rng(11)
    stratum = np.repeat(np.arange(3), STRATA)
    gold = random.random(20_000) < np.array([0.02, 0.3, 0.6])[stratum]
    error = np.where(gold, 0.2, np.array([0.02, 0.1, 0.2])[stratum])
    measure = gold ^ (random.random(20_000) < error)
    names = {"gold": gold, "measure": measure}
    return pd.DataFrame({name: np.where(yes, "yes", "no") for name, yes in names.items()})


@cache
def rare_truth() -> dict[str, float]:
    classes = rates(rare_corpus(), ["no", "yes"], survey_design(np.ones(20_000))).classes
    return {name: classes.loc["yes", name] for name in RATES}


def rare_draw(random: np.random.Generator, *, largest: int) -> tuple[dict, dict, dict]:
    """A few images of the largest stratum, where the category is rare, and 100 of each other."""
    table, sizes = rare_corpus(), (largest, 100, 100)
    stratum = np.repeat(np.arange(3), sizes)
    starts = np.cumsum((0, *STRATA[:2]))
    parts = zip(starts, STRATA, sizes, strict=True)
    rows = np.concatenate([start + random.choice(n, m, replace=False) for start, n, m in parts])
    weights = (np.array(STRATA) / sizes)[stratum]
    design = survey_design(weights, strata=stratum, finite=True)
    return rare_truth(), *ends(rates(table.iloc[rows], ["no", "yes"], design).classes)


def weighted_auroc_draw(random: np.random.Generator, *, kind: str) -> tuple[dict, dict, dict]:
    rows, chance, told = drawn(random, kind)
    items = corpus().iloc[rows]
    found = auroc(
        items["gold"] == "yes", items["score"], weights=1 / chance, groups=told.get("clusters"),
        draws=400, seed=int(random.integers(2**31)),
    )  # fmt: skip
    return {"area": corpus_area()}, {"area": found.low}, {"area": found.high}


@cache
def corpus_area() -> float:
    return auroc(corpus()["gold"] == "yes", corpus()["score"]).value


def subgroup_draw(random: np.random.Generator, *, grouped: bool) -> tuple[dict, dict, dict]:
    """Accuracy of 80 against 220 images; grouped: both kinds within accounts of five."""
    part = np.arange(300) % 15 < 4
    shared = random.beta(20, 4, 60).repeat(5) if grouped else np.full(300, 20 / 24)
    right = random.random(300) < np.where(part, shared * 0.9, shared)
    gold = random.choice(["no", "yes"], 300)
    other = np.where(gold == "no", "yes", "no")
    items = pd.DataFrame(
        {"image": np.arange(300).astype(str), "gold": gold, "measure": np.where(right, gold, other)}
    )
    if grouped:
        items["cluster"] = np.arange(300) // 5
    by = pd.Series(np.where(part, "a", "b"), index=items["image"])
    _, rows = subgroups(items, by, categories=["no", "yes"], by_group=grouped, level=0.95)
    row = rows[(rows["subgroup"] == "a") & (rows["measure"] == "accuracy")].iloc[0]
    truth = {"difference": -0.1 * 20 / 24, "accuracy": 0.9 * 20 / 24}
    low = {"difference": row["difference_low"], "accuracy": row["low"]}
    return truth, low, {"difference": row["difference_high"], "accuracy": row["high"]}


def rogan_gladen_draw(
    random: np.random.Generator, *, share: float, gold: int, method: str
) -> tuple[dict, dict, dict]:
    sensitivity, specificity = 0.85, 0.95
    found = rogan_gladen(
        random.binomial(1000, share * sensitivity + (1 - share) * (1 - specificity)) / 1000,
        random.binomial(gold, sensitivity) / gold,
        random.binomial(2 * gold, specificity) / (2 * gold),
        n=1000, n_positive=gold, n_negative=2 * gold, method=method,
    )  # fmt: skip
    return {"share": share}, {"share": found.low}, {"share": found.high}


def differential_draw(random: np.random.Generator, *, grouped: bool) -> tuple[dict, dict, dict]:
    """Errors depend on nothing: the test is held to have covered where p is .05 or more."""
    ids = [str(number) for number in range(300)]
    account = pd.Series(np.arange(300) // 5, ids).astype(str)
    data = pd.DataFrame(
        {"party": random.choice(["D", "R"], 60).repeat(5), "age": random.normal(size=300)}, ids
    )
    chance = random.beta(2, 8, 60).repeat(5) if grouped else 0.2
    truth = random.random(300) < 0.4
    wrong = random.random(300) < chance
    gold, measure = (
        pd.Series(np.where(side, "yes", "no"), ids, name="v") for side in (truth, truth ^ wrong)
    )
    found = differential_error(
        Codings.from_series(measure, coder="m", trained_on=[]),
        Codings.from_series(gold, coder="anna"),
        data, columns=["party", "age"], groups=account if grouped else None,
    ).table()  # fmt: skip
    p = found[found["column"] == ""].set_index("error")["p"]
    truth_of = dict.fromkeys(p.index, 0.0)
    low = {name: -1.0 if value >= 0.05 else 0.1 for name, value in p.items()}
    return truth_of, low, dict.fromkeys(p.index, 1.0)
