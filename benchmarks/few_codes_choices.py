"""Intervals for few codes, side by side: what else might be done, beside what is.

The populations of `few_codes.py` with 4.6 % ones, about 80 of 1,000 rows coded. Linear model, DSL
with a plain learner (least squares on score and x, five folds), so that it can be resampled:

- `sandwich`: normal, as published
- `percentile`, `studentized`: bootstrap of the whole estimator with its cross-fitting, 399 samples
- `empirical likelihood` of the estimate's influences, chi-square
- `calibrated`: coded rows alone, weighted to the totals of score and x, HC3 and Student's t
- `ours`: `dsl` as it is, its own learner

Logit, rows of equal probability, coded rows alone: `Wald`, `Firth` (penalized, Wald interval) and
`ours`. 1,000 draws, seeds fixed; `width` is the median over that of the first of each model.

    python benchmarks/few_codes_choices.py [--draws 1000]
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from few_codes import PACKAGES, ROWS, Setting, population, probabilities, truth
from scipy.optimize import brentq
from scipy.stats import chi2, norm
from scipy.stats import t as student

from iconometrics.errors import InputError
from iconometrics.inference import dsl, ppi
from iconometrics.stats import wilson

RESULTS = Path(__file__).parent / "results" / "few-codes-choices.csv"
SEED, BOOTSTRAPS, FOLDS = 20_261_130, 399, 5
SETTINGS = (Setting("equal", "lpm", 0.046), Setting("unsure", "lpm", 0.046))
LOGIT = Setting("equal", "logit", 0.046)
TERMS = ("intercept", "x")
Z = norm.ppf(0.975)


def estimated(
    table: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give coefficients, errors and influences of the columns y, x, score and probability."""
    y, x, score, probability = table.T
    coded = ~np.isnan(y)
    X = np.column_stack([np.ones(len(x)), x])
    inputs = np.column_stack([X, score])
    fold = random.permutation(len(y)) % FOLDS
    fold[np.flatnonzero(coded)] = random.permutation(coded.sum()) % FOLDS
    guess = np.empty(len(y))
    for own in range(FOLDS):
        train = coded & (fold != own)
        root = 1 / np.sqrt(probability[train])
        beta = np.linalg.lstsq(inputs[train] * root[:, None], y[train] * root, rcond=None)[0]
        guess[fold == own] = np.clip(inputs[fold == own] @ beta, 0, 1)
    weight = np.where(coded, 1 / probability, 0.0)
    weight *= len(y) / weight.sum()
    corrected = guess + weight * np.where(coded, y - guess, 0.0)
    bread = np.linalg.inv(X.T @ X)
    beta = bread @ X.T @ corrected
    moved = (X * (corrected - X @ beta)[:, None]) @ bread
    return beta, np.sqrt((moved**2).sum(axis=0)), moved


def likelihood_ends(moved: np.ndarray) -> tuple[float, float]:
    """Find how far a mean of influences may lie by empirical likelihood (Owen 1988)."""
    z, most = moved * len(moved), chi2.ppf(0.95, 1)

    def ratio(mean: float) -> float:
        gap = z - mean
        least, highest = -1 / gap.max(), -1 / gap.min()
        lam = brentq(
            lambda lam: (gap / (1 + lam * gap)).sum(),
            least + 1e-9 * abs(least), highest - 1e-9 * abs(highest),
        )  # fmt: skip
        return float(2 * np.log1p(lam * gap).sum() - most)

    spread = z.std() / np.sqrt(len(z))
    low = brentq(ratio, max(z.min() * 0.99, -40 * spread), -1e-6 * spread)
    high = brentq(ratio, 1e-6 * spread, min(z.max() * 0.99, 40 * spread))
    return low, high


def calibrated(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Regress coded rows, weighted to the totals of score and x; errors of what that leaves."""
    y, x, score, probability = table[~np.isnan(table[:, 0])].T
    aim = np.column_stack([np.ones(len(table)), table[:, 1:3]]).sum(axis=0)
    known, base = np.column_stack([np.ones(len(x)), x, score]), 1 / probability
    shift = np.linalg.solve(known.T @ (known * base[:, None]), aim - base @ known)
    weight = base * (1 + known @ shift)
    X = known[:, :2]
    bread = np.linalg.inv(X.T @ (X * weight[:, None]))
    beta = bread @ X.T @ (weight * y)
    influence = (X * (y - X @ beta)[:, None]) @ bread
    fit = np.linalg.inv(known.T @ (known * base[:, None]))
    leverage = base * np.einsum("ij,jk,ik->i", known, fit, known)
    left = influence - known @ (fit @ known.T @ (influence * base[:, None]))
    moved = weight[:, None] * left / (1 - np.minimum(leverage, 0.9))[:, None]
    variance = (moved**2).sum(axis=0)
    free = 2 * variance**2 / (moved**4).sum(axis=0)
    reach = student.ppf(0.975, np.maximum(free, 1.5)) * np.sqrt(variance)
    return beta - reach, beta + reach


def linear(setting: Setting, seed: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    random = np.random.default_rng([SEED, seed])
    data = population(setting, random)
    data["probability"] = probabilities(data["score"].to_numpy(), setting)
    data["rare"] = data["rare"].where(random.random(ROWS) < data["probability"])
    rows = dsl(
        "rare ~ x", data, predicted=["rare"], prediction=["score"], model="lpm", repeats=1,
        seed=seed, sample_prob=None if setting.design == "equal" else "probability",
    ).rows  # fmt: skip
    table = data[["rare", "x", "score", "probability"]].to_numpy()
    beta, error, moved = estimated(table, random)
    again = [
        estimated(table[random.integers(ROWS, size=ROWS)], random)[:2] for _ in range(BOOTSTRAPS)
    ]
    betas, errors = (np.array(part) for part in zip(*again, strict=True))
    ratios = np.quantile((betas - beta) / np.maximum(errors, 1e-9), [0.025, 0.975], axis=0)
    ends = np.array([likelihood_ends(column) for column in moved.T]).T
    return {
        "sandwich": (beta - Z * error, beta + Z * error),
        "percentile": tuple(np.quantile(betas, [0.025, 0.975], axis=0)),
        "studentized": (beta - ratios[1] * error, beta - ratios[0] * error),
        "empirical likelihood": (beta + ends[0], beta + ends[1]),
        "calibrated": calibrated(table),
        "ours": (rows["low"].to_numpy(), rows["high"].to_numpy()),
    }


def logit(seed: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    random = np.random.default_rng([SEED, seed])
    data = population(LOGIT, random)
    coded = random.random(ROWS) < probabilities(data["score"].to_numpy(), LOGIT)
    data["rare"] = data["rare"].where(coded)
    y, x = data.loc[coded, ["rare", "x"]].to_numpy().T
    X = np.column_stack([np.ones(len(x)), x])
    rows = ppi(
        "rare ~ x", data, predicted=["rare"], prediction=["score"], model="logit", tune=0.0
    ).rows
    return {
        "Wald": newton(X, y, penalty=0.0),
        "Firth": newton(X, y, penalty=0.5),
        "ours": (rows["low"].to_numpy(), rows["high"].to_numpy()),
    }


def newton(X: np.ndarray, y: np.ndarray, *, penalty: float) -> tuple[np.ndarray, np.ndarray]:
    """Fit a logit, its score reduced by Firth's penalty (1993), with Wald intervals."""
    beta = np.zeros(X.shape[1])
    for _ in range(200):
        chance = 1 / (1 + np.exp(-X @ beta))
        spread = chance * (1 - chance)
        bread = np.linalg.inv(X.T @ (X * spread[:, None]))
        leverage = spread * np.einsum("ij,jk,ik->i", X, bread, X)
        step = bread @ X.T @ (y - chance + 2 * penalty * leverage * (0.5 - chance))
        beta = beta + step / max(1, np.abs(step).max())
        if np.abs(step).max() < 1e-9:
            break
    reach = Z * np.sqrt(np.diag(bread))
    return beta - reach, beta + reach


def rows(setting: Setting, draws: int) -> Iterator[dict[str, object]]:
    results = []
    for seed in range(draws):
        try:
            results.append(logit(seed) if setting is LOGIT else linear(setting, seed))
        except (InputError, ValueError, np.linalg.LinAlgError):
            continue
    true = truth(setting)
    first = np.median([np.subtract(*next(iter(own.values()))[::-1]) for own in results], axis=0)
    for choice in results[0]:
        low, high = (np.array([own[choice][end] for own in results]) for end in (0, 1))
        inside, widths = ((low <= true) & (true <= high)).sum(axis=0), np.median(high - low, axis=0)
        for place, term in enumerate(TERMS):
            ends = wilson(inside[place], len(results))
            yield {
                "setting": setting.name, "choice": choice, "term": term, "draws": draws,
                "refused": draws - len(results),
                "covered": round(inside[place] / len(results), 4),
                "covered_low": round(float(ends.low), 4),
                "covered_high": round(float(ends.high), 4),
                "width": round(widths[place] / first[place], 3),
                "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
                "machine": f"{platform.machine()}, Python {platform.python_version()}",
                "date": date.today().isoformat(),
            }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    lines = [row for setting in (LOGIT, *SETTINGS) for row in rows(setting, options.draws)]
    pd.DataFrame(lines).to_csv(options.out, index=False)
    print(pd.DataFrame(lines).iloc[:, :9].to_string(index=False))


if __name__ == "__main__":
    main()
