"""Regressions on themes: of what they are right, and what choosing themes by the outcome does.

"regions": 400 images of three kinds, far apart (six standard deviations) or near (two and a half);
the outcome is higher by 1 where the kind is the second. K-means with three themes; each contrast is
held against that of the regions k-means cuts out of 100,000 images, and against that of the kinds.
"choice": nothing goes with anything. Somebody tries two to eight themes and reports the theme that
differs most from the others: with all images, or with half of them and a test in the other half.
2,000 draws of a choice, 600 of regions, seeds fixed.

    python benchmarks/partitions.py [--draws 2000] [--out FILE]
"""

from __future__ import annotations

import argparse
import platform
import warnings
from collections import defaultdict
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.stats import ttest_ind

from iconometrics import themes
from iconometrics.errors import IconometricsWarning
from iconometrics.inference import over_partitions
from iconometrics.stats import wilson

RESULTS = Path(__file__).parent / "results" / "partitions.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas", "scikit-learn")
SEED = 20_261_203
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.75**0.5]])
IMAGES, PARTITIONS = 400, 20


def pictures(random: np.random.Generator, apart: float, n: int) -> pd.DataFrame:
    """Draw images of three kinds, with an outcome that goes with the second."""
    kind = random.choice(3, n, p=[0.5, 0.3, 0.2])
    places = apart * CORNERS[kind] + random.normal(size=(n, 2))
    table = pd.DataFrame(places, columns=["x", "y"], index=[f"{number}.jpg" for number in range(n)])
    return table.assign(kind=kind, likes=(kind == 1) + random.normal(size=n))


def regions(apart: float) -> tuple[np.ndarray, np.ndarray]:
    """Give the centers that k-means finds among very many images, by kind, and their outcomes."""
    table = pictures(np.random.default_rng(SEED), apart, 100_000)
    whole = themes.kmeans(table[["x", "y"]], 3, seed=1, restarts=2, standardize=False)
    counts = pd.crosstab(table["kind"], whole.labels)
    _, order = linear_sum_assignment(-counts.to_numpy())
    names = counts.columns[order]
    means = table["likes"].groupby(whole.labels).mean()[names]
    return whole.centers.loc[names, ["x", "y"]].to_numpy(), means.to_numpy()


def contrasts(
    seed: int, apart: float, centers: np.ndarray, means: np.ndarray
) -> list[tuple[str, str, bool]]:
    """Estimate once; say of each contrast whether its interval held regions' and kinds' values."""
    table = pictures(np.random.default_rng([SEED, seed]), apart, IMAGES)
    found = themes.kmeans(table[["x", "y"]], 3, seed=seed, restarts=3, standardize=False)
    own = found.centers[["x", "y"]].to_numpy()
    distances = ((own[:, None] - centers) ** 2).sum(axis=2)
    rows, columns = linear_sum_assignment(distances)
    names = {
        str(found.centers.index[row]): f"{column + 1}"
        for row, column in zip(rows, columns, strict=True)
    }
    drawn = themes.redrawn(found, PARTITIONS, seed=seed)
    partitions = [drawn[0].map(names), *drawn[1:]]
    estimates = over_partitions("likes ~ theme", table[["likes"]], partitions).table()
    results = []
    for theme, kinds in ((1, 1.0), (2, 0.0)):
        inside = estimates[estimates["term"].str.contains(f"{theme + 1}")]
        for _, row in inside.iterrows():
            for of, truth in (("regions", means[theme] - means[0]), ("kinds", kinds)):
                results.append((str(row["method"]), of, bool(row["low"] <= truth <= row["high"])))
    return results


def smallest(outcome: np.ndarray, labels: pd.Series) -> tuple[float, str]:
    """Give the p of the theme that differs most from all others, and its name."""
    tests = {
        str(theme): float(ttest_ind(outcome[inside], outcome[~inside], equal_var=False).pvalue)
        for theme in labels.unique()
        if 1 < (inside := (labels == theme).to_numpy()).sum() < len(labels) - 1
    }
    name = min(tests, key=tests.__getitem__)
    return tests[name], name


def choice(seed: int) -> dict[str, bool]:
    """Choose number and theme by the outcome, which goes with nothing; say what is claimed."""
    random = np.random.default_rng([SEED, 1, seed])
    images = [f"{number}.jpg" for number in range(IMAGES)]
    data = pd.DataFrame(random.normal(size=(IMAGES, 4)), images, list("abcd"))
    outcome = pd.Series(random.normal(size=IMAGES), images)
    options = {"restarts": 2, "evidence": (), "seed": seed}
    one = [
        smallest(outcome.to_numpy(), themes.kmeans(data, k, **options).labels)[0]
        for k in range(2, 9)
    ]
    halves = [themes.split_half(data, k, **options) for k in range(2, 9)]
    chosen = min(
        (*smallest(outcome[own.themes.labels.index].to_numpy(), own.themes.labels), place)
        for place, own in enumerate(halves)
    )
    labels = halves[chosen[2]].labels
    inside = (labels == chosen[1]).to_numpy()
    other = outcome[labels.index].to_numpy()
    apart = ttest_ind(other[inside], other[~inside], equal_var=False).pvalue
    return {"all images": min(one) < 0.05, "split half": bool(apart < 0.05)}


def line(setting: str, method: str, of: str, flags: list[bool]) -> dict[str, object]:
    ends = wilson(sum(flags), len(flags))
    return {
        "setting": setting, "method": method, "of": of, "draws": len(flags),
        "share": round(float(np.mean(flags)), 4),
        "low": round(float(ends.low), 4), "high": round(float(ends.high), 4),
        "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "date": date.today().isoformat(),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    warnings.simplefilter("ignore", IconometricsWarning)
    lines = []
    claims = defaultdict(list)
    for seed in range(options.draws):
        for method, claimed in choice(seed).items():
            claims[method].append(claimed)
    lines += [line("choice", method, "claims", flags) for method, flags in claims.items()]
    for setting, apart in (("far", 6.0), ("near", 2.5)):
        centers, means = regions(apart)
        held = defaultdict(list)
        for seed in range(max(options.draws * 3 // 10, 1)):
            for method, of, inside in contrasts(seed, apart, centers, means):
                held[method, of].append(inside)
        lines += [line(setting, *key, flags) for key, flags in held.items()]
    pd.DataFrame(lines).to_csv(options.out, index=False)
    print(pd.DataFrame(lines).iloc[:, :7].to_string(index=False))


if __name__ == "__main__":
    main()
