"""How often each interval covers the truth: 2,000 draws per setting, seeds fixed beforehand.

Wilson and Clopper-Pearson are enumerated (mean over proportions, and the least over them); all
others are simulated from populations whose true values are known. `covered_low` and `covered_high`
bound the simulation's own error (95 %). Where the assumptions of an interval hold it should cover
between 93 and 97 %; settings that break one are marked in `assumptions`, to show by how much.

    python benchmarks/intervals.py [--draws 2000]
"""

from __future__ import annotations

import argparse
import csv
import platform
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from designs import (
    auroc_draw,
    design_draw,
    differential_draw,
    rare_draw,
    rogan_gladen_draw,
    subgroup_draw,
    weighted_auroc_draw,
)
from scipy.stats import binom

from iconometrics.coding import Codings, Sample
from iconometrics.inference import estimate, share
from iconometrics.stats import bootstrap, clopper_pearson, per_class, survey_design, wilson
from iconometrics.validity.accuracy.rates import rates

RESULTS = Path(__file__).parent / "results" / "intervals.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas", "statsmodels")
SEED = 20_240_101
LEAST, MOST = 0.93, 0.97

CATEGORIES = ("march", "none", "riot")
EASY = np.array([[0.27, 0.02, 0.01], [0.02, 0.57, 0.01], [0.01, 0.02, 0.07]])
HARD = np.array([[0.16, 0.10, 0.04], [0.12, 0.42, 0.06], [0.03, 0.03, 0.04]])


class Held(NamedTuple):
    """Whether one draw's intervals held the truth, and how wide they were, by name."""

    inside: dict[str, bool]
    width: dict[str, float]


def held(truth: dict[str, float], low: dict[str, float], high: dict[str, float]) -> Held:
    return Held(
        {name: low[name] <= truth[name] <= high[name] for name in truth},
        {name: high[name] - low[name] for name in truth},
    )


# Proportions, by enumeration.


def enumerated() -> Iterator[dict[str, object]]:
    p = (np.arange(2000) + 0.5) / 2000
    for n in (10, 20, 50, 100, 400):
        k = np.arange(n + 1)
        mass = binom.pmf(k, n, p[:, None])
        for interval, summary in ((wilson, "mean"), (clopper_pearson, "least")):
            low, high = interval(k, n)
            covered = (mass * ((low <= p[:, None]) & (p[:, None] <= high))).sum(axis=1)
            value = covered.mean() if summary == "mean" else covered.min()
            width = (mass * (high - low)).sum(axis=1).mean()
            yield {
                "interval": interval.__name__.replace("_", "-"),
                "setting": f"n = {n}, {summary} over 2,000 proportions",
                "assumptions": "hold",
                "draws": "enumerated",
                "covered": value,
                "covered_low": value,
                "covered_high": value,
                "mean_width": width,
                "as_wanted": LEAST < value < MOST if summary == "mean" else value >= 0.95,
            }


# Accuracy, as `validity.accuracy` computes it.


def population(easy: float) -> np.ndarray:
    return easy * EASY + (1 - easy) * HARD


def true_rates(joint: np.ndarray) -> dict[str, float]:
    found = per_class(joint)
    truth = {"accuracy": joint.trace(), "macro F1": found.f1.mean()}
    for name in ("sensitivity", "specificity", "precision", "f1"):
        values = zip(CATEGORIES, getattr(found, name), strict=True)
        truth |= {f"{name} of {category}": value for category, value in values}
    return truth


def drawn(joints: np.ndarray, random: np.random.Generator) -> pd.DataFrame:
    """Draw a gold and a measured value from the joint distribution of each image."""
    edges = joints.reshape(len(joints), -1).cumsum(axis=1)
    cells = (random.random((len(joints), 1)) > edges).sum(axis=1).clip(max=8)
    names = np.array(CATEGORIES)
    return pd.DataFrame({"gold": names[cells // 3], "measure": names[cells % 3]})


def accuracy_draw(random: np.random.Generator, *, images: int, group: int, by_group: bool) -> Held:
    groups = np.arange(images // group).repeat(group)
    easy = random.beta(2, 1, size=images // group).repeat(group) if group > 1 else [2 / 3] * images
    joints = np.array([population(share) for share in easy])
    items = drawn(joints, random)
    found = rates(
        items,
        CATEGORIES,
        survey_design(np.ones(images), clusters=groups if by_group else None),
    )
    low = {"accuracy": found.accuracy.low, "macro F1": found.macro_f1.low}
    high = {"accuracy": found.accuracy.high, "macro F1": found.macro_f1.high}
    for name in ("sensitivity", "specificity", "precision", "f1"):
        for category, row in found.classes.iterrows():
            low[f"{name} of {category}"] = row[f"{name}_low"]
            high[f"{name} of {category}"] = row[f"{name}_high"]
    return held(true_rates(population(2 / 3)), low, high)


def mean_draw(random: np.random.Generator, *, units: int) -> Held:
    values = random.lognormal(0, 0.5, size=units)
    low, high = bootstrap(np.mean, values, seed=random)
    truth = {"bootstrap of a mean": float(np.exp(0.125))}
    return held(truth, dict.fromkeys(truth, float(low)), dict.fromkeys(truth, float(high)))


# Coefficients, as `inference.estimate` computes them.


def coefficient_draw(
    random: np.random.Generator,
    *,
    images: int,
    model: str = "ols",
    errors: str | None = None,
    spread: bool = False,
    clusters: int = 0,
    by_cluster: bool = False,
) -> Held:
    x = random.normal(size=images)
    dummy = random.random(images) < 0.3
    account = np.arange(images) % clusters if clusters else np.arange(images)
    if clusters:
        x = random.normal(size=clusters)[account] + 0.5 * x
    truth = {"x": 0.5, "dummy": -0.4}
    mean = 0.2 + truth["x"] * x + truth["dummy"] * dummy
    if model == "logit":
        y = (random.random(images) < 1 / (1 + np.exp(-mean))).astype(float)
    else:
        shock = random.normal(size=clusters)[account] if clusters else 0
        y = mean + random.normal(size=images) * (0.5 + np.abs(x) if spread else 1) + shock
    data = pd.DataFrame({"y": y, "x": x, "dummy": dummy, "account": account}).rename(index=str)
    found = estimate(
        "y ~ x + dummy",
        data,
        model=model,
        errors=errors,
        cluster="account" if by_cluster else None,
    )
    rows = found.rows.set_index("term")
    return held(truth, rows["low"].to_dict(), rows["high"].to_dict())


def fixed_effects_draw(random: np.random.Generator, *, accounts: int, rows: int) -> Held:
    """Effects of accounts, and errors by account: the groups lie within the clusters."""
    account = np.arange(accounts).repeat(rows)
    x = random.normal(size=len(account)) + random.normal(size=accounts)[account]
    y = 0.5 * x + random.normal(size=accounts)[account] + random.normal(size=len(account))
    data = pd.DataFrame({"y": y, "x": x, "account": account}).rename(index=str)
    found = estimate("y ~ x", data, fixed_effects="account", cluster="account").rows.iloc[0]
    return held({"x": 0.5}, {"x": found["low"]}, {"x": found["high"]})


def skewed_counts_draw(random: np.random.Generator, *, images: int) -> Held:
    """Counts beside followers that reach a million."""
    followers = np.round(random.lognormal(9, 1.8, images))
    dummy = random.random(images) < 0.3
    likes = random.poisson(np.exp(1 + 0.4 * dummy))
    data = pd.DataFrame({"likes": likes, "dummy": dummy, "followers": followers}).rename(index=str)
    rows = estimate("likes ~ dummy + followers", data, model="poisson").rows.set_index("term")
    truth = {"dummy": 0.4}
    return held(truth, rows["low"].to_dict(), rows["high"].to_dict())


def overdispersed_draw(
    random: np.random.Generator, *, images: int, accounts: int = 0, errors: str | None = None
) -> Held:
    """Negative binomial counts (theta 0.8); with accounts, those of one share what they spread."""
    x, dummy = random.normal(size=images), random.random(images) < 0.3
    account = np.arange(images) % accounts if accounts else np.arange(images)
    shared = random.gamma(3, 1 / 3, accounts)[account] if accounts else 1
    if accounts:
        x = random.normal(size=accounts)[account] + 0.5 * x
    mean = np.exp(1 + 0.3 * x - 0.4 * dummy) * shared
    likes = random.poisson(mean * random.gamma(0.8, 1 / 0.8, images))
    data = pd.DataFrame({"likes": likes, "x": x, "dummy": dummy, "account": account})
    cluster = "account" if accounts else None
    rows = estimate(
        "likes ~ x + dummy", data.rename(index=str), model="negbin", errors=errors, cluster=cluster
    ).rows.set_index("term")
    return held({"x": 0.3, "dummy": -0.4}, rows["low"].to_dict(), rows["high"].to_dict())


def trained_draw(random: np.random.Generator, *, images: int, coded: int, trained: int) -> Held:
    """A share of .3; the machine learned from a part of the sample, and never errs there."""
    names = pd.Index([f"{number}.jpg" for number in range(images)])
    truth = pd.Series(np.where(random.random(images) < 0.3, "yes", "no"), names)
    drawn = names[random.permutation(images)[:coded]]
    learned = drawn[:trained]
    wrong = (random.random(images) < 0.25) & (truth == "yes") & ~names.isin(learned)
    table = pd.DataFrame({"image": drawn, "probability": coded / images})
    gold = Codings.from_series(
        truth[drawn], variable="v", coder="anna", sample=Sample("drawn", table)
    )
    measure = Codings.from_series(
        truth.mask(wrong, "no"), variable="v", coder="svm", trained_on=list(learned)
    )
    rows = share(measure, gold, category="yes", repeats=1).rows.set_index("method")
    rows = rows.loc[["gold only", "DSL", "PPI++"]]
    value = dict.fromkeys(rows.index, 0.3)
    return held(value, rows["low"].to_dict(), rows["high"].to_dict())


def ends_of(draw: Callable[..., tuple[dict, dict, dict]], **options: object) -> Callable:
    return lambda random: held(*draw(random, **options))


class Setting(NamedTuple):
    interval: str
    setting: str
    assumptions: str
    draw: Callable[[np.random.Generator], Held]


SETTINGS = (
    Setting(
        "accuracy",
        "200 images",
        "hold",
        partial(accuracy_draw, images=200, group=1, by_group=False),
    ),
    Setting(
        "accuracy by group",
        "80 accounts of 5 images",
        "hold",
        partial(accuracy_draw, images=400, group=5, by_group=True),
    ),
    Setting(
        "accuracy",
        "80 accounts of 5 images, taken for 400 images",
        "broken: images of an account are alike",
        partial(accuracy_draw, images=400, group=5, by_group=False),
    ),
    Setting("bootstrap", "mean of 100 skewed values", "hold", partial(mean_draw, units=100)),
    Setting(
        "OLS, HC3",
        "100 images, unequal spread",
        "hold",
        partial(coefficient_draw, images=100, spread=True),
    ),
    Setting("OLS, HC3", "40 images", "hold", partial(coefficient_draw, images=40)),
    Setting(
        "OLS, classical",
        "40 images",
        "hold",
        partial(coefficient_draw, images=40, errors="classical"),
    ),
    Setting(
        "OLS, classical",
        "100 images, unequal spread",
        "broken: spread unequal",
        partial(coefficient_draw, images=100, errors="classical", spread=True),
    ),
    Setting(
        "OLS by cluster",
        "60 accounts of 5 images",
        "hold",
        partial(coefficient_draw, images=300, clusters=60, by_cluster=True),
    ),
    Setting(
        "OLS, HC3",
        "60 accounts of 5 images",
        "broken: images of an account are alike",
        partial(coefficient_draw, images=300, clusters=60),
    ),
    Setting(
        "logit, classical",
        "200 images",
        "hold",
        partial(coefficient_draw, images=200, model="logit"),
    ),
    Setting(
        "logit, sandwich",
        "200 images",
        "hold",
        partial(coefficient_draw, images=200, model="logit", errors="robust"),
    ),
    *(
        Setting(
            f"AUROC, {name}",
            f"{inside} and {outside} images, area {area:g}",
            "hold" if scale == "logit" or area < 0.9 else "broken: area near 1 on the plain scale",
            ends_of(auroc_draw, inside=inside, outside=outside, area=area, scale=scale),
        )
        for scale, name in (("plain", "DeLong"), ("logit", "DeLong on the logit scale"))
        for inside, outside, area in ((100, 200, 0.8), (30, 120, 0.8), (40, 160, 0.95))
    ),
    *(
        Setting(f"weighted {what}", setting, "hold", ends_of(draw, kind=kind))
        for kind, setting in (
            ("strata", "360 of 20,000 images from 4 strata, unequal shares"),
            ("pps", "360 of 20,000 images, probability by size"),
            ("cluster", "60 of 2,000 accounts of 10 images"),
        )
        for what, draw in (("rates", design_draw), ("AUROC", weighted_auroc_draw))
    ),
    *(
        Setting("subgroup", setting, "hold", ends_of(subgroup_draw, grouped=grouped))
        for grouped, setting in ((False, "80 of 300 images"), (True, "60 accounts of 5 images"))
    ),
    *(
        Setting(
            f"Rogan-Gladen, {method}",
            f"share {share:g} of 1,000, {gold} and {2 * gold} gold images",
            "hold" if method == "lang-reiczigel" else "broken: few errors in the gold images",
            ends_of(rogan_gladen_draw, share=share, gold=gold, method=method),
        )
        for method in ("lang-reiczigel", "delta")
        for share, gold in ((0.3, 100), (0.05, 50), (0.01, 30))
    ),
    *(
        Setting(
            "differential error: test of none, p >= .05",
            setting, "hold", ends_of(differential_draw, grouped=grouped),
        )
        for grouped, setting in ((False, "300 images"), (True, "60 accounts of 5 images"))
    ),
    *(
        Setting(
            "weighted rates, a category rare in a large stratum",
            f"{largest} of 9,000 images of that stratum, 100 of each other",
            "hold" if largest >= 50 else "broken: few images of a large stratum",
            ends_of(rare_draw, largest=largest),
        )
        for largest in (20, 50, 100)
    ),
    *(
        Setting(
            "fixed effects within clusters",
            f"100 accounts of {rows} images",
            "hold",
            partial(fixed_effects_draw, accounts=100, rows=rows),
        )
        for rows in (2, 3, 10)
    ),
    Setting(
        "Poisson, sandwich", "800 images, followers up to a million beside", "hold",
        partial(skewed_counts_draw, images=800),
    ),
    Setting(
        "share with trained images in the frame", "1,000 images, 400 drawn, 300 of them trained on",
        "hold", partial(trained_draw, images=1000, coded=400, trained=300),
    ),
    Setting(
        "negative binomial, sandwich", "400 images, theta .8", "hold",
        partial(overdispersed_draw, images=400),
    ),
    Setting(
        "negative binomial, classical", "400 images, theta .8", "hold",
        partial(overdispersed_draw, images=400, errors="classical"),
    ),
    Setting(
        "negative binomial by cluster", "60 accounts of 5 images", "hold",
        partial(overdispersed_draw, images=300, accounts=60),
    ),
)  # fmt: skip


def simulated(setting: Setting, number: int, draws: int) -> Iterator[dict[str, object]]:
    random = np.random.default_rng([SEED, number])
    found = [setting.draw(random) for _ in range(draws)]
    for name in found[0].inside:
        inside = [one.inside[name] for one in found]
        low, high = wilson(sum(inside), draws)
        covered = sum(inside) / draws
        yield {
            "interval": f"{setting.interval}: {name}",
            "setting": setting.setting,
            "assumptions": setting.assumptions,
            "draws": draws,
            "covered": covered,
            "covered_low": low,
            "covered_high": high,
            "mean_width": np.mean([one.width[name] for one in found]),
            "as_wanted": LEAST <= covered <= MOST if setting.assumptions == "hold" else "",
        }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--draws", type=int, default=2000)
    options.add_argument("--only", default="", help="settings whose name holds these words")
    asked = options.parse_args()
    draws = asked.draws
    rows = [] if asked.only else list(enumerated())
    for number, setting in enumerate(SETTINGS):
        if asked.only not in setting.interval:
            continue
        rows += simulated(setting, number, draws)
        last = rows[-1]
        print(f"{last['interval']}, {last['setting']}: {last['covered']:.3f}", flush=True)
    known = {
        "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "date": date.today().isoformat(),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    with (RESULTS if not asked.only else RESULTS.with_name("intervals-part.csv")).open(
        "w", newline="", encoding="utf-8"
    ) as handle:
        writer = csv.DictWriter(handle, [*rows[0], *known])
        writer.writeheader()
        for row in rows:
            rounded = {k: f"{v:.4f}" if isinstance(v, float) else v for k, v in row.items()}
            writer.writerow(rounded | known)
    short = [row for row in rows if row["as_wanted"] is False or row["as_wanted"] == np.False_]
    print(f"{len(rows)} intervals, {len(short)} outside what is wanted; see {RESULTS.name}")
    for row in short:
        print(f"  {row['interval']}, {row['setting']}: {row['covered']:.3f}")


if __name__ == "__main__":
    main()
