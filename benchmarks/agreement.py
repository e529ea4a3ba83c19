"""Agreement: seconds for 10,000 units x 5 coders, and how often the intervals cover the truth.

Speed: every coefficient with 1,000 bootstrap resamples, and `validity.agreement` as a whole (all
coefficients, pairs, categories and weeks), median of five; beside it one plain loop over resamples
of scikit-learn's kappa, for comparison. One core: OMP_NUM_THREADS=1.

Coverage: 2,000 draws per setting, seeds fixed beforehand, from populations whose coefficients are
computed exactly. Where large-sample theory applies they should cover between 93 and 97 %.

    OMP_NUM_THREADS=1 python benchmarks/agreement.py [--draws 2000] [--part speed|coverage]
        [--only WORDS]     settings whose names hold the words; all other rows stay as they are
"""

from __future__ import annotations

import argparse
import csv
import itertools
import platform
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from iconometrics import stats, validity
from iconometrics.coding import Codings
from iconometrics.stats import agreement_weights, wilson
from iconometrics.stats.agreement.alpha import alpha_of
from iconometrics.stats.agreement.cohen import Cohen
from iconometrics.stats.agreement.intervals import Scale, Statistic, measured
from iconometrics.stats.agreement.pairs import PairAgreement
from iconometrics.stats.agreement.units import Patterns

FOLDER = Path(__file__).parent / "results"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas", "scikit-learn")
SEED = 20_240_301
LEAST, MOST = 0.93, 0.97
RESAMPLES = 500
SCALES: dict[str, Scale] = {
    "analytic": "plain",
    "analytic, log scale": "log",
    "analytic, score": "score",
}


# Speed.


def ratings(units: int = 10_000, coders: int = 5, categories: int = 5) -> np.ndarray:
    random = np.random.default_rng(SEED)
    truth = random.integers(categories, size=(units, 1))
    noise = random.integers(categories, size=(units, coders))
    values = np.where(random.random((units, coders)) < 0.75, truth, noise).astype(float)
    values[random.random(values.shape) < 0.05] = np.nan
    return values


def codings(values: np.ndarray) -> Codings:
    units, coders = values.shape
    start = pd.Timestamp("2026-03-02")
    table = pd.DataFrame(
        {
            "image": [f"{unit:05}.jpg" for unit in range(units) for _ in range(coders)],
            "coder": [f"coder {coder}" for _ in range(units) for coder in range(coders)],
            "variable": "scene",
            "value": values.ravel(),
            "time": [(start + pd.Timedelta(minutes=u)).isoformat() for u in range(units)
                     for _ in range(coders)],
        }
    ).dropna(subset="value")  # fmt: skip
    return Codings(table.assign(value=table["value"].astype(int).astype(str)))


def loop(values: np.ndarray) -> None:
    """Ten resamples of one pair's kappa, the usual way; the time is scaled to 1,000."""
    from sklearn.metrics import cohen_kappa_score

    pair = values[:, :2][~np.isnan(values[:, :2]).any(axis=1)].astype(int)
    random = np.random.default_rng(SEED)
    for _ in range(10):
        first, second = pair[random.integers(len(pair), size=len(pair))].T
        cohen_kappa_score(first, second)


def speed() -> Iterator[dict[str, Any]]:
    values, table = ratings(), codings(ratings())
    jobs: dict[str, tuple[Callable[[], Any], int]] = {
        "percent agreement": (partial(stats.percent_agreement, values, draws=1000), 1),
        "Cohen's kappa, one pair": (partial(stats.cohen_kappa, values[:, :2], draws=1000), 1),
        "Fleiss' kappa": (partial(stats.fleiss_kappa, values, draws=1000), 1),
        "Gwet's AC1": (partial(stats.gwet_ac, values, draws=1000), 1),
        **{
            f"Krippendorff's alpha, {level}": (
                partial(stats.krippendorff_alpha, values, level=level, draws=1000),
                1,
            )
            for level in ("nominal", "ordinal", "interval", "ratio")
        },
        "validity.agreement, everything": (partial(validity.agreement, table, draws=1000), 1),
        "a loop over scikit-learn's kappa, one pair": (partial(loop, values), 100),
    }
    for name, (job, times) in jobs.items():
        seconds = []
        for _ in range(5):
            began = time.perf_counter()
            job()
            seconds.append(times * (time.perf_counter() - began))
        yield {
            "what": name,
            "units": 10_000,
            "coders": 5,
            "resamples": 1000,
            "seconds": float(np.median(seconds)),
        }


# Coverage.


class Population(NamedTuple):
    """Every row of ratings that can be, and its probability."""

    rows: np.ndarray
    share: np.ndarray
    categories: int


def population(
    prevalence: list[float], skill: list[float], *, missing: float = 0.0, near: bool = False
) -> Population:
    """Coders see the category with their skill, else guess by prevalence, or name its neighbor."""
    q = len(prevalence)
    shares = np.array(prevalence)
    guess = np.tile(shares, (q, 1))
    if near:
        guess = np.exp(-np.abs(np.subtract.outer(range(q), range(q))).astype(float))
        guess /= guess.sum(axis=1, keepdims=True)
    said = [s * np.eye(q) + (1 - s) * guess for s in skill]
    rows, probability = [], []
    for row in itertools.product(range(-1 if missing else 0, q), repeat=len(skill)):
        by_truth = shares.copy()
        for coder, value in enumerate(row):
            by_truth *= missing if value < 0 else (1 - missing) * said[coder][:, value]
        if by_truth.sum() > 0 and max(row) >= 0:
            rows.append(row)
            probability.append(by_truth.sum())
    share = np.array(probability)
    return Population(np.array(rows), share / share.sum(), q)


def sampled(people: Population, count: np.ndarray) -> Patterns:
    there = count > 0
    member = np.repeat(np.arange(there.sum()), count[there])
    return Patterns(people.rows[there], count[there], member, tuple(range(people.categories)), True)


Make = Callable[[Patterns], Statistic]


def quadratic(q: int) -> np.ndarray:
    return agreement_weights("quadratic", range(q))


STATISTICS: dict[str, Make] = {
    "percent agreement": lambda units: PairAgreement(units, "percent"),
    "Fleiss' kappa": lambda units: PairAgreement(units, "fleiss"),
    "Gwet's AC1": lambda units: PairAgreement(units, "gwet"),
    "Krippendorff's alpha, nominal": lambda units: alpha_of(units, "nominal"),
}
HANDBOOK: dict[str, Make] = {
    name: partial(PairAgreement, chance=chance, linearization="handbook")
    for name, chance in (
        ("percent agreement, handbook", "percent"),
        ("Fleiss' kappa, handbook", "fleiss"),
        ("Gwet's AC1, handbook", "gwet"),
    )
}
COHEN: dict[str, Make] = {"Cohen's kappa": Cohen}
ORDINAL: dict[str, Make] = {
    "Krippendorff's alpha, ordinal": lambda units: alpha_of(units, "ordinal"),
    "Krippendorff's alpha, interval": lambda units: alpha_of(units, "interval"),
    "Gwet's AC2": lambda units: PairAgreement(units, "gwet", quadratic(len(units.labels))),
}
WEIGHTED: dict[str, Make] = {
    "Cohen's kappa, quadratic": lambda units: Cohen(units, quadratic(len(units.labels)))
}


class Setting(NamedTuple):
    name: str
    assumptions: str
    people: Population
    units: int
    statistics: dict[str, Make]


ACCOUNTS, CEILING = "3 coders, 80 accounts of 5 images", "2 people, a machine, 200 images"
SKEWED = [0.3, 0.6, 0.1]
FIVE = [0.3, 0.25, 0.2, 0.15, 0.1]
SETTINGS = (
    Setting("3 coders, 200 units", "hold", population(SKEWED, [0.85] * 3), 200, STATISTICS),
    Setting("2 coders, 200 units", "hold", population(SKEWED, [0.9, 0.8]), 200,
            STATISTICS | COHEN),
    Setting("3 coders, 400 units, 40 % of ratings missing", "hold",
            population(SKEWED, [0.85] * 3, missing=0.4), 400, STATISTICS),
    Setting("3 coders, 5 ordered categories, 200 units", "hold",
            population(FIVE, [0.7] * 3, near=True), 200, ORDINAL),
    Setting("2 coders, 5 ordered categories, 200 units", "hold",
            population(FIVE, [0.7] * 2, near=True), 200, WEIGHTED),
    Setting("2 coders, 40 units", "stretched: few units", population(SKEWED, [0.85] * 2), 40,
            STATISTICS | COHEN),
    Setting("2 coders, 200 units, a category of 4 %", "stretched: a rare category",
            population([0.96, 0.04], [0.95] * 2), 200, STATISTICS | COHEN),
    *(Setting(f"4 coders, {units} units, 30 % of ratings missing", "hold",
              population(SKEWED, [0.85] * 4, missing=0.3), units, STATISTICS | HANDBOOK)
      for units in (60, 200)),
    Setting("2 coders, 200 units, half of the ratings missing", "hold",
            population(SKEWED, [0.85] * 2, missing=0.5), 200, STATISTICS | HANDBOOK),
    *(Setting(f"2 coders of skill {skill}, {units} units, a category of {share * 100:.0f} %",
              "stretched: a rare category", population([1 - share, share], [skill] * 2), units,
              STATISTICS | COHEN)
      for share, units, skill in (*itertools.product((0.04, 0.08, 0.2), (50, 100, 200), (0.9,)),
                                  (0.04, 50, 0.95))),
    Setting("3 coders, 5 ordered categories, 40 units", "stretched: few units",
            population(FIVE, [0.7] * 3, near=True), 40, ORDINAL),
    Setting("2 coders, 5 ordered categories, 40 units", "stretched: few units",
            population(FIVE, [0.7] * 2, near=True), 40, WEIGHTED),
)  # fmt: skip


def held(truth: float, low: float, high: float) -> tuple[bool, float, bool]:
    known = bool(np.isfinite(low + high))
    return low - 1e-12 <= truth <= high + 1e-12, high - low, known


def covered(setting: Setting, number: int, draws: int) -> Iterator[dict[str, Any]]:
    random = np.random.default_rng([SEED, number])
    people = setting.people
    counts = random.multinomial(setting.units, people.share, size=draws)
    # The population is a sample of a thousand million, to which nothing is left to correct.
    whole = np.round(people.share * 1e9)[None]
    table = Patterns(people.rows, np.ones(len(people.rows), int), np.arange(len(people.rows)),
                     tuple(range(people.categories)), True)  # fmt: skip
    for name, make in setting.statistics.items():
        truth = true_value(make, table, whole)
        found: dict[str, list[tuple[bool, float, bool]]] = {kind: [] for kind in SCALES}
        found["bootstrap"] = []
        for count in counts:
            statistic = make(sampled(people, count))
            for kind, scale in SCALES.items():
                value = measured(statistic, groups=None, draws=0, confidence=0.95, seed=random,
                                 scale=scale)  # fmt: skip
                found[kind].append(held(truth, value.low, value.high))
            value = measured(statistic, groups=None, draws=RESAMPLES, confidence=0.95,
                             seed=random)  # fmt: skip
            found["bootstrap"].append(held(truth, value.boot_low, value.boot_high))
        for kind, results in found.items():
            yield row(f"{name}: {kind}", setting.name, setting.assumptions, results, truth)


def true_value(make: Make, table: Patterns, whole: np.ndarray) -> float:
    """Compute a coefficient of the population: its patterns, weighted by their share."""
    statistic = make(table)
    fold = np.zeros((len(table.rows), len(statistic.units.rows)))
    kept = table.given >= (1 if isinstance(statistic, PairAgreement) else 2)
    fold[np.flatnonzero(kept), statistic.units.member] = 1
    return float(statistic.parts(whole @ fold)[0][0])


def row(
    interval: str, setting: str, assumptions: str, found: list[tuple[bool, float, bool]],
    truth: float,
) -> dict[str, Any]:  # fmt: skip
    inside = [hit for hit, _, known in found if known]
    low, high = wilson(sum(inside), len(inside))
    share = sum(inside) / len(inside)
    return {
        "interval": interval,
        "setting": setting,
        "assumptions": assumptions,
        "truth": truth,
        "draws": len(found),
        "undefined": len(found) - len(inside),
        "covered": share,
        "covered_low": float(low),
        "covered_high": float(high),
        "mean_width": float(np.mean([width for _, width, known in found if known])),
        "as_wanted": LEAST <= share <= MOST if assumptions == "hold" else "",
    }


def by_group(number: int, draws: int) -> Iterator[dict[str, Any]]:
    """80 accounts of 5 images; some accounts are easy to code, some hard."""
    random = np.random.default_rng([SEED, number])
    easy, hard = (population(SKEWED, [skill] * 3) for skill in (0.95, 0.6))
    mixed = Population(easy.rows, (2 * easy.share + hard.share) / 3, 3)
    table = Patterns(mixed.rows, np.ones(len(mixed.rows), int), np.arange(len(mixed.rows)),
                     (0, 1, 2), True)  # fmt: skip
    groups = np.repeat(np.arange(80), 5)
    make = STATISTICS["Krippendorff's alpha, nominal"]
    truth = true_value(make, table, np.round(mixed.share * 1e9)[None])
    found: dict[str, list[tuple[bool, float, bool]]] = {}
    for _ in range(draws):
        is_easy = np.repeat(random.random(80) < 2 / 3, 5)
        which = [random.choice(len(p.rows), size=400, p=p.share) for p in (easy, hard)]
        member = np.where(is_easy, *which)
        units = Patterns(table.rows, np.bincount(member, minlength=len(table.rows)), member,
                         table.labels, True)  # fmt: skip
        for name, given in (("by account", groups), ("by image", None)):
            value = measured(make(units), groups=given, draws=RESAMPLES, confidence=0.95,
                             seed=random, scale="plain")  # fmt: skip
            score = measured(make(units), groups=given, draws=0, confidence=0.95, seed=random)
            for kind, ends in (("analytic", (value.low, value.high)),
                               ("analytic, score", (score.low, score.high)),
                               ("bootstrap", (value.boot_low, value.boot_high))):  # fmt: skip
                found.setdefault(f"{kind}, {name}", []).append(held(truth, *ends))
    for kind, results in found.items():
        broken = "" if kind.endswith("account") else "broken: images of an account are alike"
        yield row(f"Krippendorff's alpha, nominal: {kind}", ACCOUNTS,
                  broken or "hold", results, truth)  # fmt: skip


def ceilings(number: int, draws: int) -> Iterator[dict[str, Any]]:
    """Two people and a machine of the same skill as one of them and lower than the other."""
    random = np.random.default_rng([SEED, number])
    people = population(SKEWED, [0.9, 0.8, 0.75])
    truth = {}
    values = {}
    for first, second in ((0, 1), (0, 2), (1, 2)):
        pair = population(SKEWED, [[0.9, 0.8, 0.75][first], [0.9, 0.8, 0.75][second]])
        table = Patterns(pair.rows, np.ones(9, int), np.arange(9), (0, 1, 2), True)
        whole = np.round(pair.share * 1e9)[None]
        values[first, second] = true_value(lambda u: alpha_of(u, "nominal"), table, whole)
    truth["difference"] = (values[0, 2] + values[1, 2]) / 2 - values[0, 1]
    found = []
    names = [f"{unit:03}" for unit in range(200)]
    for _ in range(draws):
        said = people.rows[random.choice(len(people.rows), size=200, p=people.share)].astype(str)
        human = pd.DataFrame({"image": names * 2, "variable": "v", "value": said[:, :2].T.ravel(),
                              "coder": ["anna"] * 200 + ["ben"] * 200})  # fmt: skip
        machine = Codings(pd.DataFrame({"image": names, "variable": "v", "value": said[:, 2],
                                        "coder": "svm"}))  # fmt: skip
        result = validity.ceiling(Codings(human), machine, draws=RESAMPLES,
                                  seed=int(random.integers(2**31))).comparison  # fmt: skip
        found.append(held(truth["difference"], *result.loc["difference", ["low", "high"]]))
    yield row("human ceiling, difference of alphas: bootstrap", CEILING,
              "hold", found, truth["difference"])  # fmt: skip


def write(name: str, rows: list[dict[str, Any]]) -> None:
    known = {
        "versions": " ".join(f"{package} {version(package)}" for package in PACKAGES),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "date": date.today().isoformat(),
    }
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / name).open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, [*rows[0], *(k for k in known if k not in rows[0])])
        writer.writeheader()
        for one in rows:
            plain = {k: f"{v:.4f}" if isinstance(v, float) else v for k, v in one.items()}
            writer.writerow(known | plain)


def earlier(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Read the rows of earlier runs, without those that were run again."""
    again = {(one["interval"], one["setting"]) for one in rows}
    with (FOLDER / name).open(newline="", encoding="utf-8") as handle:
        return [one for one in csv.DictReader(handle)
                if (one["interval"], one["setting"]) not in again]  # fmt: skip


def coverage(draws: int, only: str) -> None:
    parts = [covered(s, number, draws) for number, s in enumerate(SETTINGS) if only in s.name]
    if only in ACCOUNTS:
        parts.append(by_group(100, draws))
    if only in CEILING:
        parts.append(ceilings(101, draws))
    found = []
    for one in itertools.chain.from_iterable(parts):
        found.append(one)
        print(f"{one['interval']}, {one['setting']}: {one['covered']:.3f}", flush=True)
    kept = earlier("agreement-coverage.csv", found) if only else []
    write("agreement-coverage.csv", kept + found)
    short = [one for one in found if one["as_wanted"] is False]
    print(f"{len(found)} intervals, {len(short)} outside what is wanted")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--draws", type=int, default=2000)
    options.add_argument("--part", choices=("speed", "coverage", "both"), default="both")
    options.add_argument("--only", default="", help="words in the names of settings to run")
    asked = options.parse_args()
    if asked.part in ("speed", "both") and not asked.only:
        rows = list(speed())
        write("agreement-speed.csv", rows)
        for one in rows:
            print(f"{one['what']}: {one['seconds']:.3f} s", flush=True)
    if asked.part in ("coverage", "both"):
        coverage(asked.draws, asked.only)


if __name__ == "__main__":
    main()
