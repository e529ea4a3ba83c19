"""Themes: k-means beside faiss alone, a million images, and a published partition found again.

    python benchmarks/themes.py speed seeing million published --data ../shared/data

speed: k-means of 20,000 x 512, K = 20, 10 restarts, the whole call beside faiss.Kmeans alone on
the same numbers (25 rounds, 10 starts, all rows), three times in turn; the ratio of the medians.
seeing: of 20,000 x 512 the 15 neighbors of each image, beside faiss.knn alone, and a map by UMAP,
compiled before; seconds, three times in turn.
million: 1,000,000 x 128, K = 20; peak memory of a process of its own, and the seconds.
published: the K = 6 partition that Zhang and Peng (2022) released, as the start of k-means and as
the reference of a study of stability.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

RESULTS = Path(__file__).parent / "results" / "themes.csv"
PACKAGES = ("iconometrics", "numpy", "pandas", "scikit-learn", "faiss-cpu")
Row = tuple[str, str, float]


def table(rows: int, columns: int, seed: int = 0) -> pd.DataFrame:
    """Overlapping groups in single precision, as an embedding is."""
    random = np.random.default_rng(seed)
    centers = random.normal(size=(30, columns)).astype(np.float32)
    matrix = random.standard_normal((rows, columns), np.float32)
    matrix += centers[random.integers(30, size=rows)]
    names = [f"v_{number}" for number in range(columns)]
    return pd.DataFrame(matrix, [f"i{number:07d}" for number in range(rows)], names)


def timed(work: Callable[[], object]) -> tuple[float, object]:
    began = time.perf_counter()
    made = work()
    return time.perf_counter() - began, made


def speed(_: Path) -> list[Row]:
    import faiss

    from iconometrics import themes

    data = table(20_000, 512)
    matrix = np.ascontiguousarray(data.to_numpy())

    def alone() -> float:
        model = faiss.Kmeans(512, 20, niter=25, nredo=10, seed=1, max_points_per_centroid=20_000)
        model.train(matrix)
        return float(np.min(model.obj))

    def ours() -> float:
        found = themes.kmeans(data, 20, standardize=False, components=None)
        return float(found.selection["within_ss"].item())

    def usual() -> float:
        return float(themes.kmeans(data, 20).selection["within_ss"].item())

    runs = [(timed(alone), timed(ours), timed(usual)) for _ in range(3)]
    (faiss_s, least), (ours_s, sums), (usual_s, _) = (
        (median(run[part][0] for run in runs), runs[0][part][1]) for part in range(3)
    )
    return [
        ("20,000 x 512, K = 20", "faiss alone, seconds", faiss_s),
        ("20,000 x 512, K = 20", "themes.kmeans on all columns, times faiss", ours_s / faiss_s),
        ("20,000 x 512, K = 20", "themes.kmeans as it is, times faiss", usual_s / faiss_s),
        ("20,000 x 512, K = 20", "sum of squares over that of faiss", sums / least),
    ]


def seeing(_: Path) -> list[Row]:
    import faiss

    from iconometrics import themes

    data = table(20_000, 512)
    matrix = np.ascontiguousarray(data.to_numpy())
    themes.project(data.head(300), "umap")
    runs = [
        (
            timed(lambda: faiss.knn(matrix, matrix, 16, metric=faiss.METRIC_INNER_PRODUCT))[0],
            timed(lambda: themes.Neighbors(data).table(15))[0],
            timed(lambda: themes.project(data, "umap"))[0],
        )
        for _ in range(3)
    ]
    alone, found, placed = (median(run[part] for run in runs) for part in range(3))
    return [
        ("20,000 x 512", "15 neighbors of each, seconds", found),
        ("20,000 x 512", "15 neighbors of each, times faiss.knn", found / alone),
        ("20,000 x 512", "map by UMAP once compiled, seconds", placed),
    ]


def million(_: Path) -> list[Row]:
    done = subprocess.run(
        [sys.executable, __file__, "one-million"], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout.splitlines()[-1])
    return [("1,000,000 x 128, K = 20", name, value) for name, value in told.items()]


def one_million() -> None:
    from iconometrics import themes

    data = table(1_000_000, 128)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    seconds, _ = timed(lambda: themes.kmeans(data, 20, restarts=3))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps({"seconds": seconds, "peak memory, GB": peak, "of it the table, GB": before}))


def published(data: Path) -> list[Row]:
    from iconometrics import themes

    stored = np.load(data / "reference/image_clustering/protest_vgg_fc1_pca256.npz")
    features = pd.DataFrame(stored["features"].astype(np.float32)).add_prefix("pc_")
    released = pd.Series(stored["kmeans_vgg_k6"], features.index)
    plain = {"standardize": False, "components": None}
    steps = themes.kmeans_steps(features, 6, start=released, **plain).table()
    found = themes.stability(features, 6, reference=released, restarts=3, runs=20, **plain)
    seeds = found.runs[found.runs["over"] == "seeds"]
    what = "protest pictures, released K = 6"
    moved = steps["moved"].iloc[1] / len(features)
    settled = steps["within_ss"].iloc[-1] / steps["within_ss"].iloc[0]
    return [
        (what, "images that move in the first round, share", moved),
        (what, "sum of squares where it settles, over its own", settled),
        (what, "re-runs with a lower sum of squares, of 20", float(found.table()["lower"].iloc[0])),
        (what, "lowest sum of squares of the re-runs, over its own",
         float(seeds["within_ss"].min()) / found.settings["within_ss"]),
        *((what, f"adjusted Rand index over {row.over}, mean", row.ari)
          for row in found.table().itertuples()),
        *((what, f"Jaccard index of theme {row.theme} over samples", row.again_jaccard)
          for row in found.by_theme().itertuples()),
    ]  # fmt: skip


def hardware() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
    return f"{model or platform.processor()}, {len(os.sched_getaffinity(0))} cores"


PARTS: dict[str, Callable[[Path], list[Row]]] = {
    "speed": speed,
    "seeing": seeing,
    "million": million,
    "published": published,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    default = Path(os.environ.get("ICONOMETRICS_TEST_DATA", "../shared/data"))
    parser.add_argument("--data", type=Path, default=default)
    chosen = parser.parse_args()
    if chosen.parts == ["one-million"]:
        one_million()
        return
    about = {
        "date": date.today().isoformat(),
        "hardware": hardware(),
        "versions": "; ".join(f"{name} {version(name)}" for name in PACKAGES),
    }
    for part in chosen.parts:
        rows = [{"part": part, "what": what, "measure": name, "value": f"{value:.4g}", **about}
                for what, name, value in PARTS[part](chosen.data)]  # fmt: skip
        print(*((row["what"], row["measure"], row["value"]) for row in rows), sep="\n", flush=True)
        kept = list(csv.DictReader(RESULTS.open())) if RESULTS.exists() else []
        with RESULTS.open("w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows([*(row for row in kept if row["part"] != part), *rows])


if __name__ == "__main__":
    main()
