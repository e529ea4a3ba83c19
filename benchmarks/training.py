"""Training a network: beside a bare torch loop in one run, and its memory as the corpus grows.

    .venv/bin/python benchmarks/training.py [speed] [files] [memory]

- speed (training.csv): seconds per epoch of `ImageClassifier`'s training beside the loop that a
  textbook writes (tensors in memory, order redrawn each epoch, zero_grad, forward, loss,
  backward, step, loss read for the mean), on the same pictures, weights, optimizer, batch and
  threads, in turn; medians of the ratios. "files" trains from JPEG files instead and has torch's
  DataLoader with two workers as its peer, which decodes with Pillow in each epoch.
- memory (training-memory.csv): the largest resident size of a process that trains for one epoch
  on 500 to 8,000 files, beyond that of one that has loaded everything and trains on 50.
"""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from PIL import Image
from torch import nn

import iconometrics as im
from iconometrics import networks
from iconometrics.networks import training

RESULTS = Path(__file__).parent / "results"
ROUNDS = 7
# Architecture, side, channels, pictures, batch.
CASES = (
    ("mlp", 28, 1, 12_800, 128),
    ("cnn", 28, 1, 3_200, 32),
    ("cnn", 32, 3, 3_200, 32),
    ("resnet18", 64, 3, 256, 32),
    ("squeezenet1_1", 96, 3, 256, 32),
)


def machine() -> dict[str, Any]:
    versions = {name: metadata.version(name) for name in ("iconometrics", "torch")}
    return versions | {
        "threads": torch.get_num_threads(),
        "cores": os.cpu_count(),
        "processor": platform.machine(),
    }


def drawn(n: int, side: int, channels: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    pixels = random.integers(0, 256, (n, side, side, channels), dtype=np.uint8)
    return pixels, random.integers(0, 10, n)


def bare(net: Any, pixels: np.ndarray, y: np.ndarray, *, batch: int) -> float:
    """Seconds of one epoch of the loop that a textbook writes."""
    inputs = torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous()
    targets = torch.from_numpy(y)
    prepared = net.preprocessing
    mean = torch.tensor(prepared.mean).view(1, -1, 1, 1)
    scale = torch.tensor(prepared.scale).view(1, -1, 1, 1)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    net.train()
    start = time.perf_counter()
    total = 0.0
    for at in torch.randperm(len(y)).split(batch):
        optimizer.zero_grad()
        loss = criterion(net((inputs[at].float() - mean) / scale), targets[at])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(at)
    return time.perf_counter() - start


def ours(net: Any, pictures: Any, y: np.ndarray, *, batch: int) -> float:
    """Seconds of one epoch of ours."""
    plan = training.Plan(epochs=1, batch=batch, rate=0.001, early_stopping=False, device="cpu")
    part = training.Part(pictures, np.arange(len(y)), y)
    start = time.perf_counter()
    training.learn(net, part, None, plan=plan, score=lambda *_: 0.0)
    return time.perf_counter() - start


def in_turn(ways: dict[str, Callable[[], float]]) -> dict[str, float]:
    """Medians of both, and of their ratio."""
    for way in ways.values():
        way()
    rounds = [[way() for way in ways.values()] for _ in range(ROUNDS)]
    made = {f"{name}_s": statistics.median(r[k] for r in rounds) for k, name in enumerate(ways)}
    ratios = sorted(r[0] / r[1] for r in rounds)
    return made | {
        "ratio": statistics.median(ratios),
        "ratio_low": ratios[1],
        "ratio_high": ratios[-2],
    }


def speed() -> pd.DataFrame:
    rows = []
    for name, side, channels, n, batch in CASES:
        pixels, y = drawn(n, side, channels)
        pictures = training.Pictures.of_array(pixels, size=(side, side), channels=channels)
        nets = [
            networks.create(name, classes=10, channels=channels, size=side, seed=1)
            for _ in range(2)
        ]
        found = in_turn(
            {
                "iconometrics": lambda n=nets[0], p=pictures, t=y, b=batch: ours(n, p, t, batch=b),
                "bare_loop": lambda n=nets[1], p=pixels, t=y, b=batch: bare(n, p, t, batch=b),
            }
        )
        case = {"network": name, "side": side, "channels": channels, "n": n, "batch": batch}
        rows.append(case | {"from": "memory"} | found)
        print(rows[-1], flush=True)
    return pd.DataFrame(rows)


class Files(torch.utils.data.Dataset):
    """The usual data set of a tutorial: Pillow, one picture at a time."""

    def __init__(self, paths: list[Path], y: np.ndarray, side: int) -> None:
        self.paths, self.y, self.side = paths, y, side

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, at: int) -> tuple[torch.Tensor, int]:
        with Image.open(self.paths[at]) as picture:
            small = picture.convert("RGB").resize((self.side, self.side), Image.Resampling.LANCZOS)
        return torch.from_numpy(np.asarray(small).copy()).permute(2, 0, 1), int(self.y[at])


def written(folder: Path, n: int) -> list[Path]:
    """Photographs as JPEG files of 640 x 480."""
    from sklearn.datasets import load_sample_images

    photos = [Image.fromarray(one).resize((640, 480)) for one in load_sample_images().images]
    paths = [folder / f"{number:05}.jpg" for number in range(n)]
    for number, path in enumerate(paths):
        if number < len(photos):
            photos[number].save(path, quality=85)
        else:
            path.hardlink_to(paths[number % len(photos)])
    return paths


def files() -> pd.DataFrame:
    side, n, batch = 64, 384, 32
    y = np.random.default_rng(1).integers(0, 10, n)
    with tempfile.TemporaryDirectory() as folder:
        paths = written(Path(folder), n)
        corpus = im.Corpus.from_folder(folder)
        nets = [networks.create("resnet18", classes=10, size=side, seed=1) for _ in range(2)]

        def with_loader() -> float:
            net = nets[1].train()
            loader = torch.utils.data.DataLoader(
                Files(paths, y, side), batch, shuffle=True, num_workers=2
            )
            optimizer = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
            start = time.perf_counter()
            for pixels, targets in loader:
                optimizer.zero_grad()
                loss = nn.functional.cross_entropy(net((pixels.float() - 118) / 57), targets)
                loss.backward()
                optimizer.step()
                loss.item()
            return time.perf_counter() - start

        def anew() -> float:
            pictures = training.Pictures.of_sources(
                corpus.sources(), size=(side, side), channels=3, keep=0
            )
            return ours(nets[0], pictures, y, batch=batch)

        found = in_turn({"iconometrics": anew, "bare_loop": with_loader})
    case = {"network": "resnet18", "side": side, "channels": 3, "n": n, "batch": batch}
    print(case | found, flush=True)
    return pd.DataFrame([case | {"from": "files, all read again"} | found])


def peak(n: int, folder: str) -> None:
    """In a process of its own: train for an epoch on n files, print the peak in megabytes."""
    torch.set_num_threads(1)
    corpus = im.Corpus.from_folder(folder).iloc[:n]
    coder = im.coders.ImageClassifier(
        "cnn", size=224, epochs=1, rate=1e-4, options={"filters": 4, "pool": 4, "fc": ()}
    )
    coder.fit(corpus, pd.Series(np.arange(n) % 2, index=corpus.ids))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def memory() -> pd.DataFrame:
    sizes = (50, 500, 2000, 4000, 8000)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        written(Path(folder), max(sizes))
        for n in sizes:
            command = [sys.executable, __file__, "peak", str(n), folder]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            rows.append({"files": n, "peak_mb": round(float(done.stdout.split()[-1]))})
            print(rows[-1], flush=True)
    table = pd.DataFrame(rows)
    return table.assign(beyond_50_mb=table["peak_mb"] - table["peak_mb"].iloc[0])


def main(parts: list[str]) -> None:
    if parts[:1] == ["peak"]:
        peak(int(parts[1]), parts[2])
        return
    parts = parts or ["speed", "files", "memory"]
    timed = [{"speed": speed, "files": files}[one]() for one in parts if one != "memory"]
    if timed:
        table = pd.concat(timed).round(4).assign(**machine())
        table.to_csv(RESULTS / "training.csv", index=False)
    if "memory" in parts:
        memory().assign(**machine()).to_csv(RESULTS / "training-memory.csv", index=False)


if __name__ == "__main__":
    main(sys.argv[1:])
