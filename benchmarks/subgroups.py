"""How often sentences on subgroups claim a difference: where there is none, and where there is.

400 coded images, accuracy .88 for all, in 2, 5 or 12 subgroups of unequal sizes; drawn alike, from
two strata with other error rates, with probabilities that differ between all images, or in
clusters. "former" is the sentence that picked the largest difference whose own interval leaves out
0. Then one subgroup, the largest, is read worse by a gap, in a quarter of the draws.

    OMP_NUM_THREADS=1 python benchmarks/subgroups.py [--draws 2000]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from agreement import write

from iconometrics.stats import wilson
from iconometrics.validity.accuracy.subgroups import Subgroups, subgroups

SEED = 20_261_130
IMAGES, RIGHT = 400, 0.88
SIZES = {
    2: [0.7, 0.3],
    5: [0.4, 0.25, 0.15, 0.12, 0.08],
    12: [0.2, 0.16, 0.12, 0.1, 0.08, 0.07, 0.06, 0.06, 0.05, 0.04, 0.03, 0.03],
}
KINDS = ("alike", "two strata", "unequal probabilities", "clusters")
MOST = 0.07


def items(kind: str, random: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Images with what each stands for, and the chance that it is read right."""
    table = pd.DataFrame({"image": np.arange(IMAGES).astype(str), "gold": "yes"})
    right = np.full(IMAGES, RIGHT)
    if kind == "two strata":
        rare = np.arange(IMAGES) < IMAGES // 2
        table["weight"], table["stratum"] = np.where(rare, 3.75, 21.25), rare.astype(str)
        right = np.where(rare, 0.8, 0.894)
    if kind == "unequal probabilities":
        chance = random.beta(2, 4, IMAGES).clip(0.05)
        table["weight"], table["stratum"] = 12.5 / chance * chance.mean(), ""
        right = np.clip(0.95 - 0.2 * chance, 0, 1)
    if kind == "clusters":
        table["cluster"] = np.arange(IMAGES) // 5
        right = np.repeat(random.beta(8 * RIGHT, 8 * (1 - RIGHT), IMAGES // 5), 5)
    return table, right


def draw(kind: str, groups: int, gap: float, random: np.random.Generator) -> dict[str, bool]:
    table, right = items(kind, random)
    group = random.choice(groups, IMAGES, p=SIZES[groups])
    wrong = random.random(IMAGES) >= right - gap * (group == 0)
    table["measure"] = np.where(wrong, "no", "yes")
    by = pd.Series([f"g{name:02}" for name in group], index=table["image"])
    _, rows = subgroups(table, by, categories=[], by_group=kind == "clusters", level=0.95)
    sized = rows[~rows["few"]]
    differing = sized[(sized["difference_low"] > 0) | (sized["difference_high"] < 0)]
    said = Subgroups("v", "party", rows, 0.95).summary()
    worst = differing.iloc[int(differing["difference"].abs().argmax())] if len(differing) else None
    return {
        "former, claims": worst is not None,
        "former, names the one": worst is not None and worst["subgroup"] == "g00",
        "test first, claims": "differs between" in said,
        "test first, names one": "than for the rest" in said,
        "test first, names the one": "party = g00 than" in said,
    }


def measured(draws: int) -> Iterator[dict[str, Any]]:
    number = 0
    for gap, times in ((0.0, draws), (0.15, draws // 4)):
        for groups in SIZES:
            for kind in KINDS:
                number += 1
                results = pd.DataFrame(
                    draw(kind, groups, gap, np.random.default_rng([SEED, number, place]))
                    for place in range(times)
                )
                for sentence, share in results.mean().items():
                    low, high = wilson(int(results[sentence].sum()), times)
                    is_bound = gap == 0 and str(sentence).startswith("test first")
                    yield {
                        "sentence": sentence, "drawn": kind, "subgroups": groups, "gap": gap,
                        "draws": times, "share": float(share), "share_low": float(low),
                        "share_high": float(high),
                        "as_wanted": bool(share <= MOST) if is_bound else "",
                    }  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--draws", type=int, default=2000)
    rows = []
    for line in measured(options.parse_args().draws):
        rows.append(line)
        shown = [line[name] for name in ("sentence", "drawn", "subgroups", "gap", "share")]
        print(*shown, flush=True)
        write("subgroups.csv", rows)


if __name__ == "__main__":
    main()
