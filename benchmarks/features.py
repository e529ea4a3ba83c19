"""Feature sets beside scikit-image and numpy doing the same work, one core, one run.

    python benchmarks/features.py ../shared/data/public_domain
    python benchmarks/features.py ../shared/data/public_domain --photos 588 --only default every

Photos are kept as JPEGs with a longest side of 600 pixels at most. Ours and the peer take turns on
the same pixels; times are processor times, as the machine may be busy, and
medians over photos; ratios are medians of ratios. Peers are measured on every eighth photo. Goals
in milliseconds hold for photos of 600 pixels (most are 406 x 600), so only these are timed there,
decoding included.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import platform
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import feature_peers as peers
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from threadpoolctl import threadpool_limits

from iconometrics import features, images
from iconometrics.features import DEFAULT, cooccurrence, get, registry
from iconometrics.features.cooccurrence import cooccurrence_columns
from iconometrics.features.hog import cell_histograms, normalized_blocks

RESULTS = Path(__file__).parent / "results" / "features.csv"
PACKAGES = ("iconometrics", "numpy", "scikit-image", "opencv-python-headless", "numba", "scipy")
SIDE = 600
EACH = 8
SIZES = (0.1, 0.3, 1.0, 3.0, 6.0, 12.0)

Work = Callable[[Any], Any]


def gray(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))


def blocks(values: NDArray[np.uint8]) -> NDArray[np.float64]:
    return normalized_blocks(cell_histograms(values.astype(np.float64), 8))


def on_gray() -> dict[str, tuple[Work, str, Work, float]]:
    """Single methods on the same gray pixels: ours, the peer, how, and the goal."""
    angles = (1, 2, 4)
    entropy = partial(features.local_entropy, radius=5)
    lbp = features.local_binary_patterns
    return {
        "GLCM, 12 offsets, 256 levels, 7 properties": (
            partial(cooccurrence_columns, distances=angles, levels=256),
            "scikit-image graycomatrix, graycoprops",
            partial(peers.glcm, levels=256),
            10,
        ),
        "GLCM, 12 offsets, 32 levels, 7 properties": (
            partial(cooccurrence_columns, distances=angles, levels=32),
            "scikit-image graycomatrix, graycoprops",
            partial(peers.glcm, levels=32),
            0,
        ),
        "GLCM counts only, 4 offsets, 256 levels": (
            cooccurrence,
            "scikit-image graycomatrix",
            peers.glcm_counts,
            0,
        ),
        "local entropy, disk 5": (entropy, "scikit-image rank.entropy", peers.entropy, 15),
        "LBP, 8 points, uniform": (lbp, "scikit-image local_binary_pattern", peers.lbp, 10),
        "LBP, 24 points, uniform": (
            partial(lbp, points=24, radius=3),
            "scikit-image local_binary_pattern",
            partial(peers.lbp, points=24, radius=3),
            10,
        ),
        "HOG, cells of 8, blocks of 2": (blocks, "scikit-image hog", peers.hog, 10),
        "Canny": (features.canny, "scikit-image canny", peers.canny, 0),
        "straight lines": (
            features.straight_lines,
            "scikit-image canny, probabilistic_hough_line",
            peers.lines,
            0,
        ),
        "GIST": (features.gist, "numpy FFT", peers.gist, 0),
        "Gabor bank, 18 filters": (
            features.gabor_responses,
            "scikit-image gabor_kernel, scipy oaconvolve",
            peers.gabor,
            0,
        ),
    }


def on_color() -> dict[str, tuple[Work, str, Work, float]]:
    """Whole sets on the same color pixels."""
    own = {name: get(name).measure for name in (*DEFAULT, "histogram", "palette", "composition")}
    return {
        "set color": (own["color"], "numpy, scikit-image rgb2hsv", peers.color, 0),
        "set texture": (own["texture"], "scikit-image", peers.texture, 0),
        "set edges": (own["edges"], "scikit-image canny, sobel, numpy", peers.edges, 0),
        "set hog": (own["hog"], "scikit-image hog, resize", peers.hog_set, 0),
        "set lbp": (own["lbp"], "scikit-image local_binary_pattern", peers.lbp_set, 0),
        "set quality": (own["quality"], "scipy, numpy", peers.quality, 0),
        "set histogram": (own["histogram"], "numpy histogram", peers.histogram, 0),
        "set palette": (own["palette"], "scikit-learn k-means, scikit-image", peers.palette, 0),
    }


def seconds(work: Work, pixels: Any, rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        work(pixels)
        best = min(best, time.process_time() - began)
    return best


def compared(
    name: str, works: tuple[Work, str, Work, float], pictures: list[Any]
) -> dict[str, object]:
    ours, peer, theirs, goal = works
    ours(pictures[0])
    pairs = np.array([(seconds(ours, p, 2), seconds(theirs, p, 2)) for p in pictures])
    ratio = float(np.median(pairs[:, 1] / pairs[:, 0]))
    return row(name, pairs[:, 0], len(pictures)) | {
        "peer": peer,
        "peer_ms": f"{1000 * np.median(pairs[:, 1]):.1f}",
        "ratio": f"{ratio:.1f}",
        "goal_ratio": goal or "",
        "reached": "" if not goal else ratio >= goal,
    }


def row(name: str, times: NDArray[np.float64], photos: int) -> dict[str, object]:
    return {"what": name, "photos": photos, "ms": f"{1000 * np.median(times):.2f}"}


def measured(names: tuple[str, ...], data: bytes) -> None:
    """As `extract` does it: decoded once, measured by all."""
    pixels = images.read(data, 512)
    for name in names:
        get(name).measure(pixels)


def whole(name: str, names: tuple[str, ...], photos: list[bytes], goal: float) -> dict[str, object]:
    measured(names, photos[0])
    times = np.array([seconds(partial(measured, names), data, 3) for data in photos])
    reached = bool(1000 * np.median(times) <= goal)
    return row(name, times, len(photos)) | {"goal_ms": goal, "reached": reached}


def same_work(data: bytes) -> None:
    """The peers' form of our default sets, at our working size and settings."""
    pixels = images.read(data, 512)
    for work in (peers.color, peers.texture, peers.edges, peers.hog_set, peers.lbp_set):
        work(pixels)
    peers.quality(pixels)


def as_they_come(data: bytes) -> None:
    """The peers' usual calls: 256 levels, HOG cells of 8 pixels, the photo at its own size."""
    pixels = np.asarray(Image.open(io.BytesIO(data)))
    values = gray(pixels)
    for work in (peers.color, peers.edges, peers.quality):
        work(pixels)
    for work in (partial(peers.glcm, levels=256), peers.entropy, peers.hog, peers.lbp):
        work(values)


def scaled(photo: NDArray[np.uint8]) -> list[dict[str, object]]:
    """Time per megapixel of pictures of many sizes at their own size: mirrored tiles of a photo."""
    rows = []
    sets = [get(name) if name == "hog" else get(name, size=None) for name in DEFAULT]
    large = np.concatenate([photo, photo[:, ::-1]], axis=1)
    large = np.tile(np.concatenate([large, large[::-1]]), (6, 6, 1))
    for size in SIZES:
        height = round(np.sqrt(size * 1e6 / 1.5))
        pixels = np.ascontiguousarray(large[:height, : round(size * 1e6 / height)])
        best = min(sum(seconds(s.measure, pixels, 1) for s in sets) for _ in range(4))
        each = np.array([best / (pixels.shape[0] * pixels.shape[1] / 1e6)])
        rows.append(row(f"default sets at {size:g} MP, ms a megapixel", each, 1))
        print(rows[-1], flush=True)
    return rows


def photos_of(folder: Path, n: int) -> list[bytes]:
    found = sorted(path for path in folder.rglob("*.jpg"))
    chosen = [found[k] for k in np.linspace(0, len(found) - 1, min(n, len(found))).astype(int)]
    return [images.encode(images.read(path, SIDE), "jpeg") for path in chosen]


def environment() -> dict[str, str]:
    return {
        "date": date.today().isoformat(),
        "hardware": f"{processor()}, one core",
        "versions": "; ".join(f"{name} {version(name)}" for name in PACKAGES),
    }


def processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    data = Path(os.environ.get("ICONOMETRICS_TEST_DATA", "../shared/data"))
    parser.add_argument("folder", type=Path, nargs="?", default=data / "public_domain")
    parser.add_argument("--photos", type=int, default=96)
    parser.add_argument("--only", nargs="*", help="parts of names")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    with threadpool_limits(1):
        write(run_all(options.folder, options.photos, [o.lower() for o in options.only or [""]]))


def run_all(folder: Path, n: int, wanted: list[str]) -> list[dict[str, object]]:
    photos = photos_of(folder, n)
    few = [images.read(data) for data in photos[::EACH]]
    rows: list[dict[str, object]] = []

    def run(name: str, make: Callable[[str], dict[str, object]]) -> None:
        if any(only in name.lower() for only in wanted):
            rows.append(make(name))
            print(rows[-1], flush=True)

    for name, works in on_gray().items():
        run(name, partial(compared, works=works, pictures=[gray(p) for p in few]))
    for name, works in on_color().items():
        run(name, partial(compared, works=works, pictures=[images.resize(p, 512) for p in few]))
    ours: Work = partial(measured, DEFAULT)
    large = [data for data in photos if max(images.open(data).pixels.shape) >= SIDE]
    usual = (ours, "the peers' usual calls, photo at its own size", as_they_come, 20.0)
    equal = (ours, "the peers above, same size and settings", same_work, 0.0)
    several = large[:: max(1, EACH // 2)]
    run("default sets and peers, as they come", lambda name: compared(name, usual, several))
    run("default sets and peers, same work", lambda name: compared(name, equal, several))
    run("decoding to 512 pixels", lambda name: whole(name, (), large, 10))
    run("default sets with decoding", lambda name: whole(name, DEFAULT, large, 25))
    everything = tuple(sorted(registry))
    run("every set with decoding", lambda name: whole(name, everything, large, 150))
    if any(only in "scaled" for only in wanted):
        rows += scaled(few[0])
    return rows


def write(rows: list[dict[str, object]]) -> None:
    """Replace the rows measured now, keep the others."""
    facts = environment()
    fields = [
        "what",
        "photos",
        "ms",
        "goal_ms",
        "peer",
        "peer_ms",
        "ratio",
        "goal_ratio",
        "reached",
    ]
    kept: list[dict[str, object]] = []
    if RESULTS.exists():
        with RESULTS.open(encoding="utf-8", newline="") as stream:
            made = {r["what"] for r in rows}
            kept = [dict(r) for r in csv.DictReader(stream) if r["what"] not in made]
    with RESULTS.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [*fields, *facts], restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([*kept, *({**r, **facts} for r in rows)])


if __name__ == "__main__":
    main()
