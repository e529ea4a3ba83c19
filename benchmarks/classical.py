"""The classical pipeline beside scikit-learn called directly, on scenes and handwriting.

    python benchmarks/classical.py ../shared/data
    python benchmarks/classical.py ../shared/data --only mnist --models lda logistic

Scenes: 15 classes, color and HOG features, trained on the published training images, tested on
the others (some living rooms are in both, as published). MNIST: 60,000 digits to train on, 10,000
to test on, pixels divided by 255 and nothing else; ISL (James et al.) has test errors of 7.2 %
for multinomial logistic regression and 12.7 % for linear discriminant analysis.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import platform
import time
import warnings
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import StratifiedKFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_limits

from iconometrics import Corpus, features, stats
from iconometrics.coders import FeatureClassifier

RESULTS = Path(__file__).parent / "results" / "classical.csv"
PACKAGES = ("iconometrics", "numpy", "scikit-learn", "scipy", "opencv-python-headless", "pillow")
ISL = {"logistic": 7.2, "lda": 12.7}
MNIST = ("lda", "logistic", "ridge", "tree", "neighbors")
SEED = 1

# Written out again, so that a change of our defaults shows.
DIRECT: dict[str, tuple[Any, str]] = {
    "bagging": (BaggingClassifier(n_estimators=50, random_state=SEED), "sigmoid"),
    "forest": (RandomForestClassifier(300, random_state=SEED, n_jobs=-1), "temperature"),
    "lasso": (
        OneVsRestClassifier(
            LogisticRegression(l1_ratio=1, C=0.1, solver="liblinear", random_state=SEED)
        ),
        "temperature",
    ),
    "lda": (LinearDiscriminantAnalysis(), "temperature"),
    "logistic": (LogisticRegression(max_iter=1000), "temperature"),
    "neighbors": (KNeighborsClassifier(5, weights="distance"), "sigmoid"),
    "polynomial": (OneVsRestClassifier(SVC(kernel="poly", degree=2, coef0=1)), "temperature"),
    "ridge": (RidgeClassifier(alpha=100), "temperature"),
    "svm": (OneVsRestClassifier(SVC(C=10)), "temperature"),
    "tree": (DecisionTreeClassifier(min_samples_leaf=5, random_state=SEED), "sigmoid"),
}


def timed(make: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    made = make()
    return made, time.perf_counter() - began


def compared(ours: Any, theirs: Any, data: tuple[Any, Any, Any, Any]) -> dict[str, object]:
    X, y, X_test, y_test = data
    ours, seconds = timed(lambda: ours.fit(X, y))
    theirs, their_seconds = timed(lambda: theirs.fit(np.asarray(X), np.asarray(y)))
    mine, other = ours.predict(X_test), theirs.predict(np.asarray(X_test))
    truth = np.asarray(y_test)
    error = 100 * float(np.mean(mine != truth))
    low, high = stats.wilson(int((mine != truth).sum()), len(truth))
    return {
        "train": len(y),
        "test": len(truth),
        "error_percent": f"{error:.2f}",
        "low": f"{100 * low:.2f}",
        "high": f"{100 * high:.2f}",
        "scikit_learn_error_percent": f"{100 * float(np.mean(other != truth)):.2f}",
        "equal_predictions": int((mine == other).sum()),
        "largest_probability_difference": f"{difference(ours, theirs, X_test):.1e}",
        "calibration_error": calibration(ours, X_test, truth),
        "seconds": f"{seconds:.1f}",
        "scikit_learn_seconds": f"{their_seconds:.1f}",
    }


def difference(ours: Any, theirs: Any, X: Any) -> float:
    if not hasattr(ours, "predict_proba") or not hasattr(theirs, "predict_proba"):
        return float("nan")
    return float(np.abs(ours.predict_proba(X) - theirs.predict_proba(np.asarray(X))).max())


def calibration(ours: Any, X: Any, truth: Any) -> str:
    if not hasattr(ours, "predict_proba"):
        return ""
    shares = ours.predict_proba(X)
    correct = ours.classes_[shares.argmax(axis=1)] == truth
    return f"{stats.expected_calibration_error(shares.max(axis=1), correct):.3f}"


def scenes(folder: Path, models: list[str]) -> list[dict[str, object]]:
    corpus = Corpus.from_folder(folder / "scenes15", metadata=folder / "scenes15" / "labels.csv")
    table, seconds = timed(lambda: features.extract(corpus, ["color", "hog"]))
    print(f"scenes15: {len(table)} images, features in {seconds:.1f} s", flush=True)
    labels, train = corpus.metadata["label"], corpus.metadata["split"] == "train"
    data = (table[train], labels[train], table[~train], labels[~train])
    rows = []
    for model in models:
        estimator, method = DIRECT[model]
        folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
        chain = make_pipeline(StandardScaler(), clone(estimator))
        theirs = CalibratedClassifierCV(chain, method=method, cv=folds, ensemble=False)
        ours = FeatureClassifier(model, seed=SEED)
        row = {"data": "scenes15, color and HOG", "model": model, **compared(ours, theirs, data)}
        rows.append(row)
        print(row, flush=True)
    return rows


def digits(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    images = gzip.decompress((folder / f"{name}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((folder / f"{name}-labels-idx1-ubyte.gz").read_bytes())
    pixels = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 784)
    return pixels / 255, np.frombuffer(labels, np.uint8, offset=8)


def mnist(folder: Path, models: list[str]) -> list[dict[str, object]]:
    data = (*digits(folder / "mnist", "train"), *digits(folder / "mnist", "t10k"))
    rows = []
    for model in models:
        estimator = clone(DIRECT[model][0])
        ours = FeatureClassifier(
            model, features=None, scale=False, calibrate=None, folds=None, seed=SEED
        )
        row = {"data": "MNIST, pixels / 255", "model": model, **compared(ours, estimator, data)}
        rows.append({**row, "isl_error_percent": ISL.get(model, "")})
        print(rows[-1], flush=True)
    return rows


def hardware() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
    return f"{model or platform.processor()}, {len(os.sched_getaffinity(0))} cores"


def write(rows: list[dict[str, object]]) -> None:
    about = {
        "date": date.today().isoformat(),
        "hardware": hardware(),
        "versions": "; ".join(f"{name} {version(name)}" for name in PACKAGES),
    }
    made = pd.DataFrame([{**row, **about} for row in rows]).astype(str)
    if RESULTS.exists():
        kept = pd.read_csv(RESULTS, dtype=str, keep_default_na=False)
        made = pd.concat([kept, made]).drop_duplicates(["data", "model"], keep="last")
    last = ["isl_error_percent", *about]
    columns = [c for c in made.columns if c not in last] + [c for c in last if c in made.columns]
    RESULTS.parent.mkdir(exist_ok=True)
    table = made[columns].replace("nan", "").fillna("").sort_values(["data", "model"])
    table.to_csv(RESULTS, index=False, quoting=csv.QUOTE_MINIMAL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("ICONOMETRICS_TEST_DATA", "../shared/data")
    parser.add_argument("folder", type=Path, nargs="?", default=Path(default))
    parser.add_argument("--only", choices=["scenes15", "mnist"])
    parser.add_argument("--models", nargs="+", choices=sorted(DIRECT))
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    if not chosen.folder.exists():
        raise SystemExit(f"no folder {chosen.folder}: name the folder of test data.")
    warnings.filterwarnings("ignore", message=".*columns are constant")
    with threadpool_limits(chosen.threads):
        if chosen.only != "mnist":
            write(scenes(chosen.folder, chosen.models or sorted(DIRECT)))
        if chosen.only != "scenes15":
            write(mnist(chosen.folder, chosen.models or list(MNIST)))


if __name__ == "__main__":
    main()
