"""Shares of themes where each image stands for a part of a wider whole, and nothing changes.

400 images in eight years and four themes; each stands for exp(normal) images of the whole. "images"
are drawn one by one, with the second theme's share rising with the weight; "accounts" are 60, drawn
whole, each with a mix of themes and a weight of its own. Held: the share of the whole, in the
intervals of single shares, with weights and without. False: how often the sentence names any theme.
2,000 draws, seeds fixed.

    python benchmarks/theme_weights.py [--draws 2000] [--out FILE]
"""

from __future__ import annotations

import argparse
import platform
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from iconometrics.stats import wilson
from iconometrics.themes.interpretation.theme_shares import theme_shares

RESULTS = Path(__file__).parent / "results" / "theme-weights.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_202
IMAGES, YEARS, ACCOUNTS = 400, 8, 60
BASE = np.log([0.4, 0.3, 0.2, 0.1])


def mixes(place: np.ndarray, own: np.ndarray | float = 0.0) -> np.ndarray:
    """Give the probability of each theme; the second is the likelier, the larger the weight."""
    scores = BASE + own + np.outer(place, [0.0, 0.7, 0.0, 0.0])
    odds = np.exp(scores)
    return odds / odds.sum(axis=1, keepdims=True)


def whole(setting: str) -> np.ndarray:
    """Compute the shares of the whole."""
    random = np.random.default_rng(SEED)
    place = random.normal(size=1_000_000)
    own = 0.7 * random.normal(size=(len(place), 4)) if setting == "accounts" else 0.0
    return np.average(mixes(place, own), weights=np.exp(place), axis=0)


def once(setting: str, seed: int, truth: np.ndarray) -> list[dict[str, object]]:
    random = np.random.default_rng([SEED, seed])
    images = pd.Index([f"{number}.jpg" for number in range(IMAGES)], name="image")
    account, groups = np.arange(IMAGES), None
    if setting == "accounts":
        account = random.integers(ACCOUNTS, size=IMAGES)
        groups = pd.Series(account, images, name="account").astype(str)
    place = random.normal(size=IMAGES)[account]
    own = 0.7 * random.normal(size=(IMAGES, 4))[account] if groups is not None else 0.0
    steps = mixes(place, own).cumsum(axis=1)
    labels = pd.Series((random.random(IMAGES)[:, None] > steps).sum(axis=1), images).astype(str)
    years = pd.Series(2010 + random.integers(YEARS, size=IMAGES), images, name="year")
    weights = pd.Series(np.exp(place), images, name="weight")
    rows = []
    for name, stands in (("weighted", weights), ("unweighted", None)):
        shares = theme_shares(labels, years, groups=groups, weights=stands)
        table = shares.table()
        true = truth[table["theme"].astype(int)]
        named = not shares.summary().startswith("No theme")
        for theme, inside in ((table["low"] <= true) & (true <= table["high"])).groupby(
            table["theme"]
        ):
            rows.append({"weights": name, "theme": theme, "held": inside.mean(), "false": named})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    lines = []
    for setting in ("images", "accounts"):
        truth = whole(setting)
        draws = pd.DataFrame([
            row for seed in range(options.draws) for row in once(setting, seed, truth)
        ])  # fmt: skip
        for (name, theme), own in draws.groupby(["weights", "theme"], sort=False):
            ends = wilson(own["false"].sum(), len(own))
            lines.append({
                "setting": setting, "weights": name, "theme": theme, "draws": len(own),
                "covered": round(own["held"].mean(), 4), "false": round(own["false"].mean(), 4),
                "false_low": round(float(ends.low), 4), "false_high": round(float(ends.high), 4),
                "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
                "machine": f"{platform.machine()}, Python {platform.python_version()}",
                "date": date.today().isoformat(),
            })  # fmt: skip
    pd.DataFrame(lines).to_csv(options.out, index=False)
    print(pd.DataFrame(lines).iloc[:, :8].to_string(index=False))


if __name__ == "__main__":
    main()
