"""What drawing by confidence saves: coded images, at equal width of the interval or equal error.

    python benchmarks/active.py [congress_faces clothing] [--draws 500]

Data from the folder that ICONOMETRICS_TEST_DATA names. A logistic regression on an embedding
(SqueezeNet 1.1) learns from a random part of each collection, which is then put aside, whether a
portrait shows a woman, or a photo a T-shirt. The other images are the frame: all of their labels
are known, so that a share and a coefficient of the whole frame are too. From it images are drawn
again and again, with equal probabilities and by confidence, and DSL and PPI++ correct the
classifier's probabilities. The regressor is centered, so that the intercept is the share.

Drawings: `equal`; `confidence`, as `draw_by_confidence` draws, in proportion to 1 - confidence;
`deviation`, the same function given 1 - sqrt(p (1 - p)) as confidence, in proportion to the
standard deviation of a label that is 1 with probability p (Zrnic and Candes 2024); `cautious`, the
same with .9 p + .05 for p, as if one label in ten were a toss of a coin. `evenly` is the share of
the sample that is spread over all images.

A drawing that reaches with n images what equal probabilities reach with m saves 1 - n / m; m is
interpolated between budgets on logarithmic scales and left empty outside of them. Intervals of
what is saved: 2,000 bootstrap samples of the redraws of every budget (`results/active.csv`).

Whether confidence can be relied on is the luck of the images trained on. So what is saved for the
share is also computed, from all labels and without redraws, for 50 classifiers trained on other
random parts: median, tenth and ninetieth percentile, and how many lose
(`results/active-classifiers.csv`).
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

import iconometrics as im
from iconometrics.coding import Codings, Sample, draw, draw_by_confidence
from iconometrics.errors import InputError
from iconometrics.inference import Estimates, dsl, estimate, ppi
from iconometrics.stats import wilson

DATA = Path(os.environ.get("ICONOMETRICS_TEST_DATA", "../shared/data"))
RESULTS = Path(__file__).parent / "results"
PACKAGES = ("iconometrics", "numpy", "pandas", "scikit-learn", "onnxruntime")
SEED, BOOTSTRAPS = 20_240_701, 2_000


class Collection(NamedTuple):
    truth: Callable[[pd.DataFrame], pd.Series]
    regressor: Callable[[pd.DataFrame], pd.Series]
    terms: tuple[str, str]
    trained: int
    budgets: tuple[int, ...]
    equal: tuple[int, ...]


COLLECTIONS = {
    "congress_faces": Collection(
        truth=lambda labels: labels["gender"] == "F",
        regressor=lambda labels: labels["party"] == "Republican",
        terms=("share of women", "woman ~ republican"),
        trained=100, budgets=(50, 100, 200), equal=(35, 50, 100, 200, 300),
    ),
    "clothing": Collection(
        truth=lambda labels: labels["label"] == "t-shirt",
        regressor=lambda labels: labels["height"].astype(int) > labels["width"].astype(int),
        terms=("share of T-shirts", "T-shirt ~ upright photo"),
        trained=200, budgets=(200, 400), equal=(100, 200, 400, 600),
    ),
}  # fmt: skip


class Drawing(NamedTuple):
    name: str
    evenly: float


EQUAL = Drawing("equal", 1.0)
DRAWINGS = (Drawing("confidence", 0.2), Drawing("deviation", 0.2))
VARIANTS = (Drawing("confidence", 0.5), Drawing("cautious", 0.2))


class Frame(NamedTuple):
    """The images that can be drawn, their labels, and what the classifier gives each."""

    corpus: im.Corpus
    table: pd.DataFrame
    codings: Mapping[str, Codings]

    def sample(self, drawing: Drawing, n: int, seed: int) -> Sample:
        if drawing == EQUAL:
            return draw(self.corpus, n, seed=seed)
        codings = self.codings[drawing.name]
        return draw_by_confidence(self.corpus, n, codings=codings, evenly=drawing.evenly, seed=seed)

    def probability(self, sample: Sample) -> pd.Series:
        return sample.frame.set_index("image")["probability"].reindex(self.table.index)

    def coded(self, sample: Sample) -> pd.DataFrame:
        """The table with labels of the drawn images only."""
        truth = self.table["truth"].where(self.table.index.isin(sample.images))
        table = self.table.assign(truth=truth, probability=self.probability(sample))
        return table.reset_index(drop=True)


class Labeled(NamedTuple):
    """A collection as it was published, and what the network sees in it."""

    corpus: im.Corpus
    vectors: pd.DataFrame
    truth: pd.Series
    regressor: pd.Series


def read(name: str) -> Labeled:
    folder, collection = DATA / name, COLLECTIONS[name]
    corpus = im.Corpus.from_folder(folder, metadata=folder / "labels.csv")
    vectors = im.embed(corpus, DATA / "weights/squeezenet_fp16.onnx").loc[corpus.ids]
    truth, regressor = collection.truth(corpus.metadata), collection.regressor(corpus.metadata)
    return Labeled(corpus, vectors, truth.astype(bool), regressor.astype(float))


def measured(labeled: Labeled, trained: int, seed: int) -> Frame:
    """Train on a random part, and measure the rest."""
    corpus, vectors = labeled.corpus, labeled.vectors
    order = np.random.default_rng(seed).permutation(len(corpus))
    train, rest = corpus.ids[order[:trained]], corpus.ids[order[trained:]]
    words = labeled.truth.map({True: "yes", False: "no"}).rename("truth")
    classifier = im.FeatureClassifier("logistic", features=None, seed=1)
    classifier.fit(vectors.loc[train], words.loc[train])
    measure = classifier.code(vectors.loc[rest])
    p = pd.Series(classifier.predict_proba(vectors.loc[rest])[:, 1], index=rest)
    x = labeled.regressor.loc[rest]
    columns = {"truth": labeled.truth.loc[rest].astype(float), "p": p, "regressor": x - x.mean()}
    codings = {"confidence": measure}
    for drawing, q in (("deviation", p), ("cautious", 0.9 * p + 0.05)):
        sure = 1 - np.sqrt(q * (1 - q))
        codings[drawing] = Codings.from_series(measure["truth"], coder=drawing, confidence=sure)
    return Frame(corpus.select(list(rest)), pd.DataFrame(columns), codings)


METHODS: dict[str, Callable[..., Estimates]] = {
    "DSL": lambda table, seed, **options: dsl(
        "truth ~ regressor", table, repeats=1, seed=seed, **options
    ),
    "PPI++": lambda table, seed, **options: ppi("truth ~ regressor", table, tune="each", **options),
}


def redrawn(frame: Frame, drawing: Drawing, budget: int, seeds: range) -> np.ndarray:
    """Estimates of many samples: (draws, methods, terms, 3), the estimate and its interval's ends.

    A sample that an estimator refuses, as one without any T-shirt, stays missing.
    """
    results = np.full((len(seeds), len(METHODS), 2, 3), np.nan)
    options = {"predicted": ["truth"], "prediction": ["p"]}
    options["sample_prob"] = None if drawing == EQUAL else "probability"
    for place, seed in enumerate(seeds):
        table = frame.coded(frame.sample(drawing, budget, seed))
        for method, run in enumerate(METHODS.values()):
            try:
                estimates = run(table, seed, **options).table()
            except InputError:
                continue
            results[place, method] = estimates[["estimate", "low", "high"]].to_numpy()
    return results


def labels_needed(value: np.ndarray, budgets: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Budget at which a falling curve reaches a value: infinite or 0 beyond its ends."""
    falling = np.log(np.minimum.accumulate(values))
    logs = np.interp(-np.log(value), -falling, np.log(budgets), left=-np.inf, right=np.inf)
    return np.exp(logs)


def losses(results: np.ndarray, truth: float) -> dict[str, np.ndarray]:
    """What each redraw contributes to the mean width and to the mean squared error."""
    estimates, low, high = results[~np.isnan(results).any(axis=1)].T
    return {"width": high - low, "rmse": (estimates - truth) ** 2}


def averaged(kind: str, contributions: np.ndarray) -> np.ndarray:
    means = contributions.mean(axis=-1)
    return np.sqrt(means) if kind == "rmse" else means


def resampled(contributions: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return contributions[random.integers(len(contributions), size=(BOOTSTRAPS, len(contributions)))]


def saved(
    kind: str, n: int, of_drawing: np.ndarray, of_equal: Mapping[int, np.ndarray]
) -> dict[str, object]:
    """Labels saved against equal probabilities, with a percentile interval."""
    random = np.random.default_rng(SEED)
    budgets = np.array(list(of_equal))
    curve = np.array([averaged(kind, values) for values in of_equal.values()])
    needed = labels_needed(averaged(kind, of_drawing), budgets, curve)
    curves = np.array([averaged(kind, resampled(part, random)) for part in of_equal.values()]).T
    reached = averaged(kind, resampled(of_drawing, random))
    pairs = zip(reached, curves, strict=True)
    bootstrap = np.array([labels_needed(value, budgets, curve) for value, curve in pairs])
    low, high = np.quantile(bootstrap, [0.025, 0.975], method="nearest")
    ends = {"saved": needed, "low": low, "high": high}
    return {f"n_equal_{kind}": round(float(needed), 1) if 0 < needed < np.inf else ""} | {
        f"{end}_{kind}": round(1 - n / float(labels), 4) if 0 < labels < np.inf else ""
        for end, labels in ends.items()
    }


def coverage(results: np.ndarray, truth: float) -> dict[str, object]:
    _, low, high = results[~np.isnan(results).any(axis=1)].T
    covered, draws = int(((low <= truth) & (truth <= high)).sum()), len(low)
    ends = wilson(covered, draws)
    return {
        "draws": draws, "coverage": round(covered / draws, 4),
        "coverage_low": round(float(ends.low), 4), "coverage_high": round(float(ends.high), 4),
    }  # fmt: skip


def reliability(table: pd.DataFrame) -> dict[str, float]:
    """How often the classifier is right, and how often it expects to be."""
    confidence = np.maximum(table["p"], 1 - table["p"])
    accuracy = (table["p"].gt(0.5) == table["truth"].eq(1)).mean()
    return {"accuracy": round(accuracy, 4), "confidence": round(confidence.mean(), 4)}


def rows(name: str, labeled: Labeled, draws: int) -> Iterator[dict[str, object]]:
    collection = COLLECTIONS[name]
    frame = measured(labeled, collection.trained, SEED)
    cells = [(EQUAL, n) for n in collection.equal]
    cells += [(drawing, n) for drawing in DRAWINGS for n in collection.budgets]
    cells += [(drawing, collection.budgets[-2]) for drawing in VARIANTS]
    results = {}
    for place, (drawing, n) in enumerate(cells):
        seeds = range(place * draws, (place + 1) * draws)
        results[drawing, n] = redrawn(frame, drawing, n, seeds)
        print(name, *drawing, n, flush=True)
    whole = estimate("truth ~ regressor", frame.table).table()["estimate"].to_numpy()
    about = {"collection": name, "frame": len(frame.table)} | reliability(frame.table)
    for place, method in enumerate(METHODS):
        for term, truth in enumerate(whole):
            of_term = {cell: values[:, place, term] for cell, values in results.items()}
            named = about | {"estimand": collection.terms[term], "method": method}
            yield from compared(of_term, truth, named)


def compared(
    results: Mapping[tuple[Drawing, int], np.ndarray], truth: float, about: Mapping[str, object]
) -> Iterator[dict[str, object]]:
    parts = {cell: losses(values, truth) for cell, values in results.items()}
    for (drawing, n), of_cell in parts.items():
        row = about | {"drawing": drawing.name, "evenly": drawing.evenly, "budget": n}
        row |= {"truth": round(truth, 4)} | coverage(results[drawing, n], truth)
        for kind, values in of_cell.items():
            row[kind] = round(float(averaged(kind, values)), 5)
            equal = {m: part[kind] for (other, m), part in parts.items() if other == EQUAL}
            row |= {} if drawing == EQUAL else saved(kind, n, values, equal)
        yield row


def expected(frame: Frame, drawing: Drawing, n: int) -> float:
    """Labels saved for the share, from all labels: the variance of the difference estimator."""
    errors = frame.table["truth"] - frame.table["p"]
    squares = (errors - errors.mean()) ** 2
    probability = frame.probability(frame.sample(drawing, n, seed=1))
    needed = len(squares) * squares.sum() / (squares / probability).sum()
    return float(1 - n / needed)


def over_classifiers(name: str, labeled: Labeled, splits: int) -> Iterator[dict[str, object]]:
    """What is expected to be saved with classifiers trained on other random parts."""
    collection = COLLECTIONS[name]
    n = collection.budgets[-2]
    frames = [measured(labeled, collection.trained, seed) for seed in range(splits)]
    quality = pd.DataFrame([reliability(frame.table) for frame in frames]).median().to_dict()
    for drawing in (Drawing(kind, evenly) for kind in frames[0].codings for evenly in (0.2, 0.5)):
        shares = np.array([expected(frame, drawing, n) for frame in frames])
        low, median, high = np.quantile(shares, [0.1, 0.5, 0.9]).round(3)
        yield {
            "collection": name, "classifiers": splits, **quality, "drawing": drawing.name,
            "evenly": drawing.evenly, "budget": n, "saved": median, "tenth": low,
            "ninetieth": high, "loses": round((shares < 0).mean(), 3),
        }  # fmt: skip


def write(lines: list[dict[str, object]], path: Path) -> None:
    pd.DataFrame(lines).assign(
        versions=" ".join(f"{package} {version(package)}" for package in PACKAGES),
        machine=f"{platform.machine()}, Python {platform.python_version()}",
        date=date.today().isoformat(),
    ).to_csv(path, index=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collections", nargs="*", default=list(COLLECTIONS))
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--classifiers", type=int, default=50)
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder")
    options = parser.parse_args()
    lines: list[dict[str, object]] = []
    splits: list[dict[str, object]] = []
    for name in options.collections:
        labeled = read(name)
        splits += over_classifiers(name, labeled, options.classifiers)
        write(splits, options.out / "active-classifiers.csv")
        lines += rows(name, labeled, options.draws)
        write(lines, options.out / "active.csv")
    print(pd.DataFrame(splits).to_string(index=False))
    print(pd.DataFrame(lines).to_string(index=False, na_rep=""))


if __name__ == "__main__":
    main()
