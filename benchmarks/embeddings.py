"""Embeddings: how fast, and how well the themes found in them agree with people's own labels.

    ICONOMETRICS_TEST_DATA=../shared/data .venv/bin/python benchmarks/embeddings.py [PART ...]

Parts: speed, public_domain, clothing, scenes15; all by default.

What is measured, with its results in benchmarks/results:

- collections (embeddings-NAME.csv): adjusted Rand index with the collections' own labels,
  mean, lowest and highest of five seeds. The baseline is k-means with as many themes as classes on
  the last block of SqueezeNet 1.1, averaged, rows of length one, center crop. `across`
  sees three blocks of the same network, whole pictures, and takes the one that the others agree
  with most. It sees no label, and that criterion was written down first; but that pictures are seen
  whole, which three blocks are tried and UMAP before k-means were settled on these same
  collections, so that other collections may gain less.
- speed (embedding-speed.csv): images per second, beside one image at a time with Pillow, the same
  network and threads; five alternating runs, on photographs of 1600 x 1066 and of 640 x 426.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import time
import warnings
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from sklearn.datasets import load_sample_images
from sklearn.metrics import adjusted_rand_score

import iconometrics as im
from iconometrics import networks, themes
from iconometrics.errors import IconometricsWarning

DATA = Path(os.environ.get("ICONOMETRICS_TEST_DATA", "../shared/data"))
RESULTS = Path(__file__).parent / "results"
NETWORK = DATA / "weights/squeezenet_fp16.onnx"
BLOCKS = ("fire8/concat_1", "fire9/concat_1", "conv10_1")
SETS = {
    "public_domain": ("captions.csv", "collection"),
    "clothing": ("labels.csv", "label"),
    "scenes15": ("labels.csv", "label"),
}
SEEDS = range(5)


def machine() -> dict[str, str]:
    versions = {
        name: metadata.version(name)
        for name in ("iconometrics", "onnxruntime", "umap-learn", "scikit-learn", "faiss-cpu")
    }
    return versions | {"cores": str(os.cpu_count()), "processor": platform.machine()}


def unit(table: pd.DataFrame) -> pd.DataFrame:
    return table.div(np.linalg.norm(table, axis=1), axis=0)


def whole(layer: str) -> networks.OnnxNetwork:
    caffe = networks.Preprocessing(order="bgr", mean=(104, 117, 123), scale=1, crop="whole")
    return networks.OnnxNetwork(NETWORK, caffe, layer=layer)


def plain(table: pd.DataFrame, k: int, seed: int, *, standardize: bool = False) -> pd.Series:
    return themes.kmeans(
        table, k, seed=seed, standardize=standardize, components=None if not standardize else 50
    ).labels


def best(agreements: pd.DataFrame, names: tuple[str, ...]) -> str:
    """Choose as `across` would, had it seen these alone."""
    part = agreements.loc[list(names), list(names)]
    return str(part.sum(axis=1).idxmax())


def themes_of(name: str) -> list[dict[str, object]]:
    table, column = SETS[name]
    corpus = im.Corpus.from_folder(DATA / name, metadata=DATA / name / table)
    corpus = corpus.select(corpus.metadata[column].notna())
    labels = corpus.metadata[column]
    k = labels.nunique()
    last = unit(networks.embed(corpus, NETWORK))
    blocks = {layer: networks.embed(corpus, whole(layer)) for layer in BLOCKS}
    rules = im.features.extract(corpus, ["color", "hog"])
    found: dict[str, list[pd.Series]] = {
        "k-means, last block (baseline)": [plain(last, k, s) for s in SEEDS],
        "k-means, rule-based features (color, hog)": [
            plain(rules, k, s, standardize=True) for s in SEEDS
        ],
    }
    runs = [themes.across({**blocks, "color, hog": rules}, k, seed=s) for s in SEEDS]
    for layer in BLOCKS:
        alone = [one.candidates[layer].labels for one in runs]
        found[f"UMAP and k-means, {layer} alone"] = alone
    takes = {
        "across three blocks": [best(one.agreements, BLOCKS) for one in runs],
        "across three blocks and rule-based features": [one.chosen for one in runs],
    }
    for method, names in takes.items():
        pairs = zip(runs, names, strict=True)
        found[method] = [one.candidates[name].labels for one, name in pairs]
    taken = {method: ", ".join(sorted(set(names))) for method, names in takes.items()}
    rows = []
    for method, runs in found.items():
        scores = [adjusted_rand_score(labels[run.index], run) for run in runs]
        low, high = min(scores), max(scores)
        row = {"data": name, "images": len(last), "k": k, "method": method, "seeds": len(scores)}
        row |= {"ari": round(float(np.mean(scores)), 3), "lowest": round(float(low), 3)}
        rows.append(row | {"highest": round(float(high), 3), "took": taken.get(method, "")})
        print(f"{name:14} {method:44} {row['ari']:.3f} [{low:.3f}, {high:.3f}]", flush=True)
    return rows


def photographs(folder: Path, width: int) -> im.Corpus:
    folder.mkdir()
    for number in range(96):
        picture = Image.fromarray(load_sample_images().images[number % 2])
        left = number * 2
        piece = picture.crop((left, 0, left + 440, 293))
        piece.resize((width, width * 2 // 3)).save(folder / f"{number:03}.jpg", quality=90)
    return im.Corpus.from_folder(folder)


def one_at_a_time(corpus: im.Corpus, net: networks.OnnxNetwork) -> np.ndarray:
    rows = []
    for source in corpus.sources():
        with Image.open(source.path) as picture:
            rows.append(net.embed(np.asarray(picture.convert("RGB"))))
    return np.stack(rows)


def speed(width: int) -> dict[str, object]:
    net = networks.OnnxNetwork(NETWORK)
    with tempfile.TemporaryDirectory() as folder:
        corpus = photographs(Path(folder) / "photos", width)
        slow, fast = [], []
        networks.embed(corpus, net)
        for _ in range(5):
            began = time.perf_counter()
            one_at_a_time(corpus, net)
            middle = time.perf_counter()
            networks.embed(corpus, net)
            slow.append(middle - began)
            fast.append(time.perf_counter() - middle)
    row = {
        "picture": f"{width} x {width * 2 // 3}",
        "images": len(corpus),
        "one_at_a_time_per_s": round(len(corpus) / statistics.median(slow), 1),
        "embed_per_s": round(len(corpus) / statistics.median(fast), 1),
        "ratio": round(statistics.median(a / b for a, b in zip(slow, fast, strict=True)), 2),
    }
    print(row, flush=True)
    return row


def write(rows: list[dict[str, object]], name: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    pd.DataFrame([row | machine() for row in rows]).to_csv(RESULTS / name, index=False)


if __name__ == "__main__":
    warnings.simplefilter("ignore", IconometricsWarning)
    parts = sys.argv[1:] or ["speed", *SETS]
    if "speed" in parts:
        write([speed(width) for width in (1600, 640)], "embedding-speed.csv")
    for name in SETS:
        if name in parts:
            write(themes_of(name), f"embeddings-{name.replace('_', '-')}.csv")
