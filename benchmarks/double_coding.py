"""Images that two coders must both code: is the interval as narrow as was promised.

`budget` says how many images give kappa and alpha an interval of plus or minus .1, by prevalence
and expected agreement, and a coder's error one of plus or minus .01. So many are coded twice, by
coders who share the prevalence, and the intervals that `stats` and `validity` give are looked at:
their median half-width, the share of draws in which they are not wider than asked by more than a
tenth, and how often they hold the truth. 2,000 draws, seeds fixed.

    python benchmarks/double_coding.py [--draws 2000] [--out FILE]
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

from iconometrics.coding import Codings
from iconometrics.inference import budget
from iconometrics.stats import cohen_kappa, krippendorff_alpha, wilson
from iconometrics.validity import coder_error

RESULTS = Path(__file__).parent / "results" / "double-coding.csv"
PACKAGES = ("iconometrics", "numpy", "scipy", "pandas")
SEED = 20_261_206
PREVALENCES, AGREEMENTS, ERRORS = (0.05, 0.1, 0.2, 0.5), (0.6, 0.8), (0.02, 0.05)
HALF, ERROR_HALF, SPARE = 0.1, 0.01, 1.1


def two_coders(n: int, prevalence: float, kappa: float, random: np.random.Generator) -> np.ndarray:
    """Let two coders agree as far as kappa says, and share the prevalence."""
    both = random.random(n) < prevalence
    alone = random.random((n, 2)) < prevalence
    return np.where(random.random(n)[:, None] < kappa, both[:, None], alone).astype(int)


def two_who_err(n: int, error: float, random: np.random.Generator) -> Codings:
    """Let two coders err in a share of images each, by themselves."""
    truth = random.random(n) < 0.3
    codes = (truth[:, None] ^ (random.random((n, 2)) < error)).astype(int).astype(str)
    parts = [
        Codings.from_series(pd.Series(own, name="v"), coder=name).data
        for own, name in zip(codes.T, ("anna", "ben"), strict=True)
    ]
    return Codings(pd.concat(parts))


def intervals(
    figure: str, n: int, expected: tuple[float, float], draws: int
) -> Iterator[tuple[float, float]]:
    """Draw codes and give the intervals."""
    value, prevalence = expected
    for seed in range(draws):
        random = np.random.default_rng([SEED, seed])
        if figure == "coder_error":
            found = coder_error(two_who_err(n, value, random))
        else:
            kind = cohen_kappa if figure == "kappa" else krippendorff_alpha
            found = kind(two_coders(n, prevalence, value, random))
        yield found.low, found.high


def line(figure: str, value: float, prevalence: float, draws: int) -> dict[str, object]:
    wanted = ERROR_HALF if figure == "coder_error" else HALF
    shares = (prevalence, 1 - prevalence)
    n = budget(figure, half_width=wanted, value=value, shares=shares).n
    low, high = np.array(list(intervals(figure, n, (value, prevalence), draws))).T
    half, inside = (high - low) / 2, (low <= value) & (value <= high)
    ends = wilson(inside.sum(), draws)
    return {
        "figure": figure, "value": value, "prevalence": prevalence, "wanted": wanted, "images": n,
        "draws": draws, "median_half": round(float(np.median(half)), 4),
        "narrow_enough": round(float((half <= SPARE * wanted).mean()), 4),
        "covered": round(float(inside.mean()), 4), "covered_low": round(float(ends.low), 4),
        "covered_high": round(float(ends.high), 4),
        "versions": " ".join(f"{name} {version(name)}" for name in PACKAGES),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "date": date.today().isoformat(),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    settings = [
        (figure, value, prevalence)
        for figure in ("kappa", "alpha")
        for value in AGREEMENTS
        for prevalence in PREVALENCES
    ] + [("coder_error", error, 0.3) for error in ERRORS]
    table = pd.DataFrame([line(*setting, draws=options.draws) for setting in settings])
    table.to_csv(options.out, index=False)
    print(table.iloc[:, :11].to_string(index=False))


if __name__ == "__main__":
    main()
