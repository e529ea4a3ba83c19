"""Agreement where the images coded twice were drawn unequally: weighted, and as if all were alike.

A corpus of 5,000 images of which a tenth is positive, a machine's score that says which may be, two
people who err. 400 images are drawn, positives more often. Truth is the coefficient of both people
on the whole corpus, made anew for each draw. "unweighted" is what was computed formerly.

    OMP_NUM_THREADS=1 python benchmarks/agreement_drawn.py [--draws 2000] [--only WORDS]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from agreement import earlier, held, row, write

from iconometrics import stats
from iconometrics.stats import AgreementValue, Design, survey_design

SEED = 20_261_129
IMAGES, CODED, POSITIVE, ACCOUNT = 5000, 400, 0.1, 10
SENSITIVITY, SPECIFICITY = np.array([0.85, 0.8]), np.array([0.97, 0.95])
RESAMPLES = 200

Coefficients = dict[str, Callable[..., AgreementValue]]
NOMINAL: Coefficients = {
    "Krippendorff's alpha, nominal": stats.krippendorff_alpha,
    "Cohen's kappa": stats.cohen_kappa,
    "Fleiss' kappa": stats.fleiss_kappa,
    "Gwet's AC1": stats.gwet_ac,
    "percent agreement": stats.percent_agreement,
}
ORDERED: Coefficients = {
    "Krippendorff's alpha, ordinal": partial(stats.krippendorff_alpha, level="ordinal"),
    "Krippendorff's alpha, interval": partial(stats.krippendorff_alpha, level="interval"),
    "Cohen's kappa, quadratic": partial(stats.cohen_kappa, weights="quadratic"),
    "Gwet's AC2": partial(stats.gwet_ac, weights="quadratic"),
}


class Corpus(NamedTuple):
    said: np.ndarray
    score: np.ndarray


class Drawn(NamedTuple):
    images: np.ndarray
    design: Design


def two_categories(random: np.random.Generator) -> Corpus:
    truth = random.random((IMAGES, 1)) < POSITIVE
    right = random.random((IMAGES, 2)) < np.where(truth, SENSITIVITY, SPECIFICITY)
    score = random.normal(size=IMAGES) + 1.8 * truth[:, 0]
    return Corpus(np.where(right, truth, ~truth).astype(int), score)


def accounts(random: np.random.Generator) -> Corpus:
    """Images of an account are positive, and hard to code, together."""
    share = np.repeat(random.beta(0.5, 4.5, IMAGES // ACCOUNT), ACCOUNT)
    hard = np.repeat(random.random(IMAGES // ACCOUNT) < 0.2, ACCOUNT)[:, None]
    truth = (random.random(IMAGES) < share)[:, None]
    skill = np.where(truth, SENSITIVITY, SPECIFICITY) - 0.15 * hard
    right = random.random((IMAGES, 2)) < skill
    return Corpus(np.where(right, truth, ~truth).astype(int), share + random.normal(0, 0.1, IMAGES))


def five_grades(random: np.random.Generator) -> Corpus:
    truth = random.choice(5, (IMAGES, 1), p=[0.6, 0.2, 0.1, 0.06, 0.04])
    error = random.choice([-2, -1, 0, 1, 2], (IMAGES, 2), p=[0.02, 0.13, 0.7, 0.13, 0.02])
    score = random.normal(size=IMAGES) + 0.8 * truth[:, 0]
    return Corpus(np.clip(truth + error, 0, 4), score)


def by_stratum(corpus: Corpus, random: np.random.Generator) -> Drawn:
    """Half from the 15 % of the highest scores."""
    high = corpus.score > np.quantile(corpus.score, 0.85)
    images = np.concatenate([random.choice(np.flatnonzero(high == part), CODED // 2, replace=False)
                             for part in (True, False)])  # fmt: skip
    weights = np.where(high, 2 * high.sum(), 2 * (~high).sum())[images] / CODED
    return Drawn(images, survey_design(weights, strata=high[images], finite=True))


def by_score(corpus: Corpus, random: np.random.Generator) -> Drawn:
    """Probability by the score, drawn systematically from a random order."""
    size = 0.1 + 1 / (1 + np.exp(-2 * (corpus.score - 1.5)))
    chance, order = size / size.sum() * CODED, random.permutation(IMAGES)
    steps = random.random() + np.arange(CODED)
    images = order[np.minimum(np.searchsorted(chance[order].cumsum(), steps), IMAGES - 1)]
    return Drawn(images, survey_design(1 / chance[images], finite=True))


def by_account(corpus: Corpus, random: np.random.Generator) -> Drawn:
    """Whole accounts, half of them from the fifth with the highest mean score."""
    mean = corpus.score.reshape(-1, ACCOUNT).mean(axis=1)
    high, n = mean > np.quantile(mean, 0.8), CODED // ACCOUNT // 2
    names = np.concatenate([random.choice(np.flatnonzero(high == part), n, replace=False)
                            for part in (True, False)])  # fmt: skip
    images = (names[:, None] * ACCOUNT + np.arange(ACCOUNT)).ravel()
    own = np.repeat(names, ACCOUNT)
    weights = np.where(high, high.sum() / n, (~high).sum() / n)[own]
    return Drawn(images, survey_design(weights, strata=high[own], clusters=own, finite=True))


class Setting(NamedTuple):
    name: str
    corpus: Callable[[np.random.Generator], Corpus]
    draw: Callable[[Corpus, np.random.Generator], Drawn]
    coefficients: Coefficients


SETTINGS = (
    Setting("half from the 15 % with the highest score", two_categories, by_stratum, NOMINAL),
    Setting("probability by the score", two_categories, by_score, NOMINAL),
    Setting("five grades, half from the 15 % with the highest score", five_grades, by_stratum,
            ORDERED),
    Setting("accounts of 10, half from the fifth with the highest score", accounts, by_account,
            NOMINAL),
)  # fmt: skip


def covered(setting: Setting, number: int, draws: int) -> Iterator[dict[str, Any]]:
    found: dict[tuple[str, str], list[tuple[bool, float, bool]]] = {}
    values: dict[tuple[str, str], list[float]] = {}
    truths: dict[str, list[float]] = {name: [] for name in setting.coefficients}
    for draw in range(draws):
        random = np.random.default_rng([SEED, number, draw])
        corpus = setting.corpus(random)
        images, design = setting.draw(corpus, random)
        categories = range(int(corpus.said.max()) + 1)
        for name, coefficient in setting.coefficients.items():
            make = partial(coefficient, categories=categories)
            truth = make(corpus.said).value
            weighted = make(corpus.said[images], drawn=design, draws=RESAMPLES, seed=draw)
            former = make(corpus.said[images])
            truths[name].append(truth)
            for kind, value, *ends in (
                ("weighted, score", weighted.value, weighted.low, weighted.high),
                ("weighted, bootstrap", weighted.value, weighted.boot_low, weighted.boot_high),
                ("unweighted, score", former.value, former.low, former.high),
            ):
                found.setdefault((name, kind), []).append(held(truth, *ends))
                values.setdefault((name, kind), []).append(value)
    for (name, kind), results in found.items():
        assumptions = "hold" if kind.startswith("weighted") else "broken: all count alike"
        line = row(f"{name}: {kind}", setting.name, assumptions, results,
                   float(np.mean(truths[name])))  # fmt: skip
        yield line | {"mean_value": float(np.mean(values[name, kind]))}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--draws", type=int, default=2000)
    options.add_argument("--only", default="", help="words in the names of settings to run")
    asked = options.parse_args()
    rows = []
    for number, setting in enumerate(SETTINGS):
        if asked.only not in setting.name:
            continue
        for line in covered(setting, number, asked.draws):
            rows.append(line)
            shown = [line[name] for name in ("interval", "truth", "mean_value", "covered")]
            print(setting.name, *shown, flush=True)
    kept = earlier("agreement-drawn.csv", rows) if asked.only else []
    write("agreement-drawn.csv", kept + rows)


if __name__ == "__main__":
    main()
