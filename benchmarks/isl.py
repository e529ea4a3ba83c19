"""Tables 10.1 and 10.2 of An Introduction to Statistical Learning, and a network of convolutions.

    ICONOMETRICS_TEST_DATA=../shared/data .venv/bin/python benchmarks/isl.py [PART ...]

Parts: linear (logistic regression, LDA), ridge, dropout, cnn, hitters; all by default. Results are
those of --seeds 5 --epochs 30; fewer make a trial, which is not recorded.

MNIST (60,000 digits to train on, 10,000 to test on), with the settings of the lab in R:
784-256-128-10, ReLU, dropout .4 and .3, inputs / 255, RMSprop at .001, 30 epochs, batches of 128,
20 % held out and no early stopping. "cosine" is the same with a rate that falls to zero. The book
does not print its ridge penalty: it is chosen on digits held out from the training set. The test
digits are looked at by each network once. Intervals are over seeds (t).

Hitters: the rows that R draws with set.seed(13); sample(1:263, 87) are the test rows.

Results: benchmarks/results/isl.csv; each part replaces its rows.

James, G., Witten, D., Hastie, T. and Tibshirani, R. (2021). An Introduction to Statistical
Learning, second edition, chapter 10.
"""

from __future__ import annotations

import argparse
import gzip
import math
import os
import platform
import time
import warnings
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy.stats import t
from sklearn.linear_model import LassoCV, LinearRegression
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from iconometrics import networks, stats
from iconometrics.coders import FeatureClassifier, ImageClassifier
from iconometrics.errors import IconometricsWarning
from iconometrics.networks.training import Fed, Part, Plan, learn

DATA = Path(os.environ.get("ICONOMETRICS_TEST_DATA", "../shared/data"))
RESULTS = Path(__file__).parent / "results" / "isl.csv"
PACKAGES = ("iconometrics", "torch", "scikit-learn", "numpy")
PARTS = ("linear", "ridge", "dropout", "cnn", "hitters")
LAB = {"channels": 1, "batch": 128, "optimizer": "rmsprop", "rate": 0.001, "early_stopping": False}
PLAIN = networks.Preprocessing(order="gray", mean=0, scale=255, size=28, crop="whole")
PENALTIES = (3e-6, 1e-5, 3e-5)

Row = dict[str, object]


def digits(part: str) -> tuple[np.ndarray, np.ndarray]:
    """The digits and their classes: "train" or "t10k"."""

    def read(kind: str, head: int) -> np.ndarray:
        file = DATA / "mnist" / f"{part}-{kind}-ubyte.gz"
        return np.frombuffer(gzip.decompress(file.read_bytes())[head:], np.uint8)

    return read("images-idx3", 16).reshape(-1, 28, 28), read("labels-idx1", 8).astype(int)


def perceptron(seed: int, **options: Any) -> torch.nn.Module:
    """The book's network, which sees values from 0 to 1."""
    net = networks.create("mlp", classes=10, channels=1, size=28, seed=seed, **options)
    net.preprocessing = PLAIN
    return net


def over_seeds(name: str, errors: list[float], *, bar: float, took: float, **more: object) -> Row:
    """Mean test error in percent over seeds, with its t interval."""
    mean = float(np.mean(errors))
    n = len(errors)
    half = float("nan") if n < 2 else t.ppf(0.975, n - 1) * np.std(errors, ddof=1) / math.sqrt(n)
    row: Row = {"what": name, "measure": "test error, %", "value": round(mean, 2)}
    row |= {"low": round(mean - half, 2), "high": round(mean + half, 2), "interval": "seeds"}
    row |= {"seeds": n, "book": bar, "seconds_each": round(took / n), **more}
    print(row, flush=True)
    return row


def alone(name: str, wrong: int, n: int, *, bar: float, took: float) -> Row:
    """Test error in percent of a model without chance, with its Wilson interval."""
    low, high = stats.wilson(wrong, n)
    row: Row = {"what": name, "measure": "test error, %", "value": round(100 * wrong / n, 2)}
    row |= {"low": round(100 * low, 2), "high": round(100 * high, 2), "interval": "test digits"}
    row |= {"seeds": 1, "book": bar, "seconds_each": round(took)}
    print(row, flush=True)
    return row


def lab(
    epochs: int, seed: int, *, l2: float = 0, schedule: str | None = None, **options: Any
) -> Any:
    return ImageClassifier(
        perceptron(seed, **options), **LAB, epochs=epochs, seed=seed, l2=l2, schedule=schedule
    )


def trained(name: str, given: argparse.Namespace, *, bar: float, **settings: Any) -> Row:
    """One network of the lab, with several seeds."""
    (X, y), (new, truth) = digits("train"), digits("t10k")
    began, errors = time.perf_counter(), []
    for seed in range(1, given.seeds + 1):
        model = lab(given.epochs, seed, **settings).fit(X, y)
        errors.append(100 * float((model.predict(new) != truth).mean()))
        print(f"{name}, seed {seed}: {errors[-1]:.2f} %", flush=True)
    return over_seeds(name, errors, bar=bar, took=time.perf_counter() - began, epochs=given.epochs)


def linear(given: argparse.Namespace) -> list[Row]:
    row = trained("logistic regression", given, bar=7.2, hidden=())
    (X, y), (new, truth) = digits("train"), digits("t10k")
    seen = X.any(axis=0).ravel()
    began = time.perf_counter()
    model = FeatureClassifier("lda", features=None, folds=None, calibrate=None, scale=False)
    model.fit(X.reshape(len(X), -1)[:, seen] / 255, y)
    wrong = int((model.predict(new.reshape(len(new), -1)[:, seen] / 255) != truth).sum())
    took = time.perf_counter() - began
    return [row, alone("linear discriminant analysis", wrong, len(new), bar=12.7, took=took)]


def ridge(given: argparse.Namespace) -> list[Row]:
    X, y = digits("train")
    found = {}
    for penalty in PENALTIES:
        model = lab(given.epochs, 1, l2=penalty).fit(X, y)
        found[penalty] = float(model.accuracy_["value"])
        print(f"l2={penalty}: {found[penalty]:.4f} on the digits held out", flush=True)
    best = max(found, key=lambda penalty: found[penalty])
    name = f"network with ridge, l2={best:g}"
    falling = {"l2": best, "schedule": "cosine"}
    return [
        trained(name, given, bar=2.3, l2=best),
        trained(f"{name}, cosine", given, bar=2.3, **falling),
    ]


def dropout(given: argparse.Namespace) -> list[Row]:
    shares = {"dropout": (0.4, 0.3)}
    return [
        trained("network with dropout", given, bar=1.8, **shares),
        trained("network with dropout, cosine", given, bar=1.8, **shares, schedule="cosine"),
    ]


def cnn(given: argparse.Namespace) -> list[Row]:
    """Two blocks of 5 x 5 convolutions as LeNet has them, in at most ten minutes on two cores."""
    (X, y), (new, truth) = digits("train"), digits("t10k")
    torch.set_num_threads(2)
    began, errors = time.perf_counter(), []
    for seed in range(1, min(given.seeds, 3) + 1):
        model = ImageClassifier(
            "cnn",
            channels=1,
            epochs=min(given.epochs, 10),
            batch=128,
            rate=0.002,
            optimizer="adam",
            schedule="cosine",
            early_stopping=False,
            validation=0,
            augment=("crop:.07",),
            options={"blocks": 2, "filters": 32, "kernel": 5, "fc": (128,), "dropout": 0.3},
            seed=seed,
        ).fit(X, y)
        errors.append(100 * float((model.predict(new) != truth).mean()))
        print(f"cnn, seed {seed}: {errors[-1]:.2f} %", flush=True)
    took = time.perf_counter() - began
    return [over_seeds("LeNet-style CNN, moved digits", errors, bar=0.7, took=took)]


def drawn_by_r(seed: int, n: int, k: int) -> np.ndarray:
    """Draw as R does by set.seed(seed); sample(1:n, k); positions from 0.

    R scrambles the seed, fills the Mersenne Twister with it, and rejects numbers that are too
    large, from as many bits as are needed.
    """
    word = seed
    for _ in range(50):
        word = (69069 * word + 1) % 2**32
    state = []
    for _ in range(625):
        word = (69069 * word + 1) % 2**32
        state.append(word)
    twister = np.random.MT19937()
    key = np.array(state[1:], np.uint32)
    twister.state = {"bit_generator": "MT19937", "state": {"key": key, "pos": 624}}
    left, drawn = list(range(n)), []
    for _ in range(k):
        bits = math.ceil(math.log2(len(left)))
        while True:
            number = 0
            for _ in range(0, bits + 1, 16):
                number = number * 65536 + int(twister.random_raw()) // 65536
            number &= 2**bits - 1
            if number < len(left):
                break
        drawn.append(left[number])
        left[number] = left[-1]
        left.pop()
    return np.array(drawn)


def players() -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """The 19 predictors as 20 columns (League keeps both), the salaries, the test rows."""
    table = pd.read_csv(DATA / "hitters" / "Hitters.csv").dropna().reset_index(drop=True)
    X = pd.get_dummies(table.drop(columns="Salary"), drop_first=True, dtype=float)
    X["League_A"] = 1 - X["League_N"]
    test = np.isin(np.arange(len(table)), drawn_by_r(13, 263, 87))
    return (X - X.mean()) / X.std(), table["Salary"].to_numpy(float), test


def salaries(name: str, found: np.ndarray, truth: np.ndarray, *, bar: tuple[float, float]) -> Row:
    error = np.abs(found - truth)
    low, high = stats.bootstrap(np.mean, error, seed=1)
    row: Row = {"what": name, "measure": "mean absolute error, Hitters"}
    row |= {"value": round(mean_absolute_error(truth, found), 5), "low": round(float(low), 1)}
    row |= {"high": round(float(high), 1), "interval": "players", "book": bar[0]}
    row |= {"r2": round(r2_score(truth, found), 4), "book_r2": bar[1]}
    print(row, flush=True)
    return row


def regressed(X: np.ndarray, y: np.ndarray, test: np.ndarray, seed: int) -> np.ndarray:
    """The book's network: 64 hidden units, dropout .4, RMSprop, 1500 epochs of batches of 32."""
    net = networks.create("mlp", classes=1, channels=1, size=(1, 20), seed=seed, hidden=(64,),
                          dropout=0.4)  # fmt: skip
    target = y.astype(np.float32)[:, None]
    plan = Plan(epochs=1500, batch=32, rate=0.001, optimizer="rmsprop", target="number",
                loss="squared", early_stopping=False, seed=seed)  # fmt: skip
    rows = Fed(X.astype(np.float32), {})
    learn(net, Part(rows, np.flatnonzero(~test), target), None, plan=plan, score=lambda *_: 0.0)
    with torch.inference_mode():
        return np.asarray(net(torch.from_numpy(X[test].astype(np.float32)))[:, 0])


def hitters(given: argparse.Namespace) -> list[Row]:
    table, y, test = players()
    X = table.to_numpy(float)
    truth = y[test]
    simple = LinearRegression().fit(X[~test], y[~test]).predict(X[test])
    folds = KFold(10, shuffle=True, random_state=1)
    lasso = make_pipeline(StandardScaler(), LassoCV(cv=folds, max_iter=100_000))
    lasso = lasso.fit(X[~test], y[~test]).predict(X[test])
    rows = [
        salaries("linear regression", simple, truth, bar=(254.66865, 0.5607)),
        salaries("lasso", lasso, truth, bar=(252.3, 0.51)),
    ]
    began, found = time.perf_counter(), []
    for seed in range(1, given.seeds + 1):
        found.append(regressed(X, y, test, seed))
        print(f"seed {seed}: {mean_absolute_error(truth, found[-1]):.1f}", flush=True)
    each = [mean_absolute_error(truth, one) for one in found]
    row = over_seeds("network", each, bar=257.4, took=time.perf_counter() - began)
    share = [r2_score(truth, one) for one in found]
    row |= {"measure": "mean absolute error, Hitters", "r2": round(float(np.mean(share)), 4)}
    return [*rows, row | {"book_r2": 0.54}]


def hardware() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
    return f"{model or platform.processor()}, {len(os.sched_getaffinity(0))} cores"


def keep(part: str, rows: list[Row]) -> None:
    """Write the rows of a part beside those of the others."""
    about = {
        "date": date.today().isoformat(),
        "hardware": hardware(),
        "versions": "; ".join(f"{name} {version(name)}" for name in PACKAGES),
    }
    made = pd.DataFrame([{"part": part, **row, **about} for row in rows])
    if RESULTS.exists():
        former = pd.read_csv(RESULTS)
        made = pd.concat([former[former["part"] != part], made])
    RESULTS.parent.mkdir(exist_ok=True)
    made.to_csv(RESULTS, index=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=30)
    given = parser.parse_args()
    made = {"linear": linear, "ridge": ridge, "dropout": dropout, "cnn": cnn, "hitters": hitters}
    # Digits of the training set that are alike are no leak of the test digits.
    warnings.simplefilter("ignore", IconometricsWarning)
    for part in given.parts:
        rows = made[part](given)
        if (given.seeds, given.epochs) == (5, 30):
            keep(part, rows)


if __name__ == "__main__":
    main()
