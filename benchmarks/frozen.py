"""A network that is not trained further, and a logistic regression on what it sees.

    ICONOMETRICS_TEST_DATA=../shared/data .venv/bin/python benchmarks/frozen.py [NAME ...]

Names: scenes15, clothing; both by default. --keep FOLDER keeps embeddings between runs.

SqueezeNet 1.1, trained on ImageNet, stays as it is; logistic regression learns the classes from
the published training pictures. Compared are the
usual recipe (last block, averaged, the middle of the picture) and blocks, pools and crops joined,
each the mean of the picture and its mirror image. Which are joined, and C, is chosen by five-fold
cross-validation among the training pictures; the test pictures are looked at once, at the end.
Results: benchmarks/results/frozen.csv.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from iconometrics import Corpus, networks, stats

DATA = Path(os.environ.get("ICONOMETRICS_TEST_DATA", "../shared/data"))
RESULTS = Path(__file__).parent / "results" / "frozen.csv"
NETWORK = DATA / "weights/squeezenet_fp16.onnx"
PACKAGES = ("iconometrics", "numpy", "scikit-learn", "onnxruntime")
BARS = {"scenes15": 0.858, "clothing": 0.754}
FOLDS = StratifiedKFold(5, shuffle=True, random_state=1)
COSTS = (1.0, 10.0)

WHOLE = [("whole", layer, "mean") for layer in ("fire8/concat_1", "fire9/concat_1", "conv10_1")]
CENTER = [("center", layer, pool) for _, layer, pool in WHOLE]
SHARP = [
    (crop, layer, "generalized")
    for crop in ("whole", "center")
    for layer in ("fire8/concat_1", "fire9/concat_1")
]
LOWER = [(crop, "fire7/concat_1", "mean") for crop in ("whole", "center")]
JOINED = {
    "last block, whole picture": WHOLE[1:2],
    "last two blocks, whole picture": WHOLE[1:],
    "last three blocks, whole picture": WHOLE,
    "last two blocks, whole picture and middle": WHOLE[1:] + CENTER[1:],
    "last three blocks, whole picture and middle": WHOLE + CENTER,
    "last four blocks, whole picture and middle": LOWER + WHOLE + CENTER,
    "last three blocks, two pools, whole picture and middle": WHOLE + CENTER + SHARP,
}


@dataclass(frozen=True)
class Mirrored:
    """A network that sees each picture and its mirror image, and gives the mean."""

    net: networks.Network

    @property
    def name(self) -> str:
        return f"{self.net.name}-mirrored"

    @property
    def least(self) -> int:
        return self.net.least

    def prepare(self, pixels: np.ndarray) -> np.ndarray:
        return self.net.prepare(pixels)

    def run(self, batch: np.ndarray) -> np.ndarray:
        return (self.net.run(batch) + self.net.run(batch[:, :, :, ::-1])) / 2

    def changed(self, **_: object) -> Mirrored:
        return self


def seen(corpus: Corpus, block: tuple[str, str, str], folder: Path | None) -> pd.DataFrame:
    """One block of the network for every picture, read where it is kept."""
    crop, layer, pool = block
    name = "-".join(block).replace("/", "_")
    file = None if folder is None else folder / f"{name}.parquet"
    if file is not None and file.exists():
        return pd.read_parquet(file)
    caffe = networks.Preprocessing(order="bgr", mean=(104, 117, 123), scale=1, crop=crop)
    net = networks.OnnxNetwork(NETWORK, caffe, layer=layer, pool=pool)
    table = networks.embed(corpus, Mirrored(net)).loc[corpus.ids]
    if file is not None:
        folder.mkdir(parents=True, exist_ok=True)
        table.to_parquet(file)
    return table


def scaled(table: pd.DataFrame) -> np.ndarray:
    """Rows of length four, after roots, so that a few strong maps do not decide alone."""
    values = table.to_numpy(np.float64)
    values = np.sign(values) * np.sqrt(np.abs(values))
    return 4 * values / np.linalg.norm(values, axis=1, keepdims=True)


def searched(values: np.ndarray, labels: np.ndarray) -> GridSearchCV:
    model = LogisticRegression(max_iter=500, tol=1e-3)
    return GridSearchCV(model, {"C": COSTS}, cv=FOLDS).fit(values, labels)


def row(name: str, recipe: str, *, model: Any, validated: float, test: tuple) -> dict[str, object]:
    values, labels, train = test
    hits, n = int((model.predict(values) == labels).sum()), len(labels)
    low, high = stats.wilson(hits, n)
    made = {
        "data": name,
        "recipe": recipe,
        "train": train,
        "test": n,
        "columns": values.shape[1],
        "C": model.C,
        "cross_validated": None if np.isnan(validated) else round(validated, 4),
        "accuracy": round(hits / n, 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
        "bar": BARS[name],
    }
    print(made, flush=True)
    return made


def usual(corpus: Corpus, labels: np.ndarray, train: np.ndarray, test: np.ndarray) -> tuple:
    """The recipe of the textbooks: last block, averaged, the middle of the picture, C = 1."""
    table = networks.embed(corpus, NETWORK).loc[corpus.ids].to_numpy(np.float64)
    model = LogisticRegression(max_iter=2000).fit(table[train], labels[train])
    return model, (table[test], labels[test], int(train.sum()))


def measured(name: str, folder: Path | None) -> list[dict[str, object]]:
    corpus = Corpus.from_folder(DATA / name, metadata=DATA / name / "labels.csv")
    labels = corpus.metadata["label"].to_numpy(dtype=object).astype(str)
    split = corpus.metadata["split"].to_numpy(dtype=object).astype(str)
    train, test = split == "train", split == "test"
    model, given = usual(corpus, labels, train, test)
    plain = "last block, averaged, middle, C = 1 (the bar's recipe)"
    rows = [row(name, plain, model=model, validated=float("nan"), test=given)]
    kept = None if folder is None else folder / name
    found = {
        block: seen(corpus, block, kept) for block in {b for bs in JOINED.values() for b in bs}
    }
    best, chosen = -1.0, None
    for recipe, blocks in JOINED.items():
        values = np.hstack([scaled(found[block]) for block in blocks])
        search = searched(values[train], labels[train])
        print(f"{name}: {recipe}: {search.best_score_:.4f} cross-validated", flush=True)
        if search.best_score_ > best:
            best, chosen = search.best_score_, (recipe, search, values[test])
    assert chosen is not None
    recipe, search, shown = chosen
    told = f"chosen by cross-validation: {recipe}"
    given = (shown, labels[test], int(train.sum()))
    rows.append(row(name, told, model=search.best_estimator_, validated=best, test=given))
    return rows


def hardware() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
    return f"{model or platform.processor()}, {len(os.sched_getaffinity(0))} cores"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(BARS))
    parser.add_argument("--keep", type=Path, help="folder where embeddings are kept between runs")
    chosen = parser.parse_args()
    began = time.perf_counter()
    rows = [one for name in chosen.names for one in measured(name, chosen.keep)]
    about = {
        "date": date.today().isoformat(),
        "hardware": hardware(),
        "versions": "; ".join(f"{name} {version(name)}" for name in PACKAGES),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    pd.DataFrame([{**one, **about} for one in rows]).to_csv(RESULTS, index=False)
    for one in rows[1::2]:
        met = "met" if one["accuracy"] > one["bar"] else "not met"
        print(f"{one['data']}: {one['accuracy']:.3f}, the bar is {one['bar']}: {met}")
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
