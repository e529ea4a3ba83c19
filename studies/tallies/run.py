"""Reading tallies by transfer: a network that knows many digits learns from a few new ones.

    python studies/tallies/run.py --mnist FOLDER [--quick] [--write]

FOLDER holds the four files of MNIST (train-images-idx3-ubyte.gz, ...). With --quick everything is
small: a trial. --write writes expected.json; without it the results are compared with that file.
See README.md for what is done and what came out.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t
from sklearn.datasets import load_digits

from iconometrics import figures, images, stats
from iconometrics.coders import ImageClassifier, search
from iconometrics.errors import IconometricsWarning

HERE = Path(__file__).parent
EXPECTED = HERE / "expected.json"
SIZE, EDGE = 28, 4
POOL, VALIDATION = 1100, 197
# A part of the grid of Torres and Cantu: what they began with, what they chose, and between.
GRID = [
    {"blocks": [2], "filters": [(32, 64), (64, 96)], "dropout": [0.1, 0.5], "fc": [(128, 50)]},
    {"blocks": [3], "filters": [(64, 96, 112)], "dropout": [0.1, 0.5], "fc": [(150, 70)]},
]
SHARED: dict[str, Any] = {"channels": 1, "optimizer": "adam", "early_stopping": False}

Digits = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Scale:
    """How much is computed."""

    searched: int = 6000
    search_epochs: int = 3
    base: int = 20_000
    base_epochs: int = 6
    sizes: tuple[int, ...] = (100, 300, 1000)
    draws: int = 5
    epochs: int = 20


QUICK = Scale(300, 1, 500, 1, (100,), 2, 2)


def mnist(folder: Path, n: int) -> Digits:
    """The first digits of the training set."""

    def read(kind: str, head: int) -> np.ndarray:
        content = gzip.decompress((folder / f"train-{kind}-ubyte.gz").read_bytes())
        return np.frombuffer(content[head:], np.uint8)

    pictures, labels = read("images-idx3", 16), read("labels-idx1", 8)
    return pictures.reshape(-1, SIZE, SIZE)[:n], labels[:n].astype(int)


def target() -> dict[str, Digits]:
    """Scikit-learn's digits, enlarged as MNIST lays them out: 20 pixels within an edge of four.

    They stand in the order in which they were collected, neighbors by one writer: so they are
    split as they stand, and hardly any writer is on both sides.
    """
    data = load_digits()
    small = (data.images * 255 / 16).astype(np.uint8)
    inner = SIZE - 2 * EDGE
    wide = np.zeros((len(small), SIZE, SIZE), np.uint8)
    for number, picture in enumerate(small):
        wide[number, EDGE:-EDGE, EDGE:-EDGE] = images.resize(picture, shape=(inner, inner))
    ends = [POOL, POOL + VALIDATION]
    parts = zip(np.split(wide, ends), np.split(data.target, ends), strict=True)
    return dict(zip(("pool", "validation", "test"), parts, strict=True))


def found(digits: Path, new: dict[str, Digits], scale: Scale) -> dict[str, Any]:
    """The settings that, trained on MNIST, read the target's validation digits best."""
    pictures, labels = mnist(digits, scale.searched)
    result = search(
        GRID,
        pictures,
        labels,
        validation=new["validation"],
        epochs=scale.search_epochs,
        rate=0.001,
        batch=64,
        **SHARED,
    )
    print(result.table()[["blocks", "filters", "dropout", "accuracy", "seconds"]], flush=True)
    print(result.summary(), flush=True)
    return {name: value for name, value in result.best.items() if name != "architecture"}


def base(digits: Path, options: dict[str, Any], scale: Scale) -> ImageClassifier:
    pictures, labels = mnist(digits, scale.base)
    model = ImageClassifier(
        "cnn", options=options, epochs=scale.base_epochs, batch=64, rate=0.001, schedule="cosine",
        **SHARED,
    )  # fmt: skip
    return model.fit(pictures, labels)


def drawn(pool: Digits, n: int, seed: int) -> Digits:
    """As many digits of each kind, drawn from the pool."""
    draw = np.random.default_rng(seed)
    order = draw.permutation(len(pool[1]))
    rank = pd.Series(pool[1][order]).groupby(pool[1][order]).cumcount().to_numpy()
    chosen = order[np.argsort(rank, kind="stable")[:n]]
    return pool[0][chosen], pool[1][chosen]


def retrained(
    few: Digits, options: dict[str, Any], scale: Scale, *, seed: int, start: Any
) -> ImageClassifier:
    """From a trained network: its first block stays as it is, and the others learn on."""
    model = ImageClassifier(
        "cnn" if start is None else start,
        options=options if start is None else None,
        train="all" if start is None else len(start.blocks) - 1,
        epochs=scale.epochs,
        batch=16,
        rate=0.001,
        schedule="cosine",
        validation=0,
        seed=seed,
        **SHARED,
    )
    return model.fit(*few)


def compared(
    new: dict[str, Digits], options: dict[str, Any], scale: Scale, *, start: Any
) -> pd.DataFrame:
    rows = []
    pictures, truth = new["test"]
    for n in scale.sizes:
        for seed in range(1, scale.draws + 1):
            few = drawn(new["pool"], n, seed)
            for way, begun in (("transfer", start), ("from scratch", None)):
                model = retrained(few, options, scale, seed=seed, start=begun)
                right = float((model.predict(pictures) == truth).mean())
                rows.append({"n": n, "seed": seed, "way": way, "accuracy": right})
                print(rows[-1], flush=True)
    return pd.DataFrame(rows)


def summed(runs: pd.DataFrame) -> pd.DataFrame:
    """Mean accuracy by way, and the mean paired difference, with t intervals over draws."""
    rows = []
    for n, some in runs.groupby("n"):
        wide = some.pivot(index="seed", columns="way", values="accuracy")
        wide["difference"] = wide["transfer"] - wide["from scratch"]
        for way in ("transfer", "from scratch", "difference"):
            values = wide[way]
            half = t.ppf(0.975, len(values) - 1) * values.sem()
            mean = values.mean()
            rows.append(
                {"n": n, "what": way, "value": mean, "low": mean - half, "high": mean + half}
            )
    return pd.DataFrame(rows).round(4)


def shown(table: pd.DataFrame, out: Path) -> list[Path]:
    ways = table[table["what"] != "difference"]
    labels = [f"{n:,}, {what}" for n, what in zip(ways["n"], ways["what"], strict=True)]
    ax = figures.intervals(
        labels, 100 * ways["value"], low=100 * ways["low"], high=100 * ways["high"]
    )
    ax.set_xlabel("Right among 500 held-out digits (%)")
    return figures.save(ax.figure, out, "transfer")


def held_against(made: dict[str, Any]) -> bool:
    """Whether the results are as expected: transfer helps wherever it did, and by as much."""
    expected = json.loads(EXPECTED.read_text(encoding="utf-8"))
    fine = made["options"] == expected["options"]
    for one, other in zip(made["table"], expected["table"], strict=True):
        near = abs(one["value"] - other["value"]) <= expected["tolerance"]
        fine &= near and (one["n"], one["what"]) == (other["n"], other["what"])
    return fine


def run(digits: Path, scale: Scale) -> dict[str, Any]:
    new = target()
    options = found(digits, new, scale)
    model = base(digits, options, scale)
    pictures, truth = new["test"]
    right = int((model.predict(pictures) == truth).sum())
    low, high = stats.wilson(right, len(truth))
    print(f"the base alone: {right / len(truth):.3f} ({low:.3f} to {high:.3f})", flush=True)
    runs = compared(new, options, scale, start=model.network)
    alone = {
        "value": right / len(truth),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
    }
    made = {"options": options, "base alone": alone, "table": summed(runs).to_dict("records")}
    return json.loads(json.dumps(made))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mnist", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="folder for the figure")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    warnings.simplefilter("ignore", IconometricsWarning)  # digits that are alike
    began = time.perf_counter()
    made = run(given.mnist, QUICK if given.quick else Scale())
    table = pd.DataFrame(made["table"])
    print(table.to_string(index=False))
    print(f"{time.perf_counter() - began:.0f} s")
    if given.out is not None:
        print(*shown(table, given.out))
    if given.quick:
        return 0
    if given.write:
        EXPECTED.write_text(json.dumps({"tolerance": 0.02, **made}, indent=1) + "\n")
        return 0
    fine = held_against(made)
    print("as expected" if fine else f"not as {EXPECTED.name} says")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
