"""`embed` beside the loop that everybody writes first: open a picture, give it to torch, go on.

    .venv/bin/python benchmarks/embedding_peers.py [NETWORK ...] [--images 96] [--rounds 5]

Networks: resnet18, squeezenet1_1; both by default, with random weights (they cost the same).
The same network, pictures and threads in each way; rounds alternate, the median of ratios counts.

- torch, one at a time: Pillow opens the picture, resizes the short side to 256 and cuts 224 x 224
  out of it; eager torch, no batch, `inference_mode`.
- embed, torch: `networks.embed` with a `TorchNetwork`.
- embed, ONNX: `networks.embed` with the same network exported.

Memory: the peak of `embed` on 1,000 and on 4,000 small pictures, each in a process of its own.
Pictures are scikit-learn's two photographs, cut and enlarged, as JPEG of 1600 x 1066 and 640 x 426.
Results: benchmarks/results/embedding-peers.csv.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from PIL import Image
from sklearn.datasets import load_sample_images

from iconometrics import Corpus, networks

RESULTS = Path(__file__).parent / "results" / "embedding-peers.csv"
PACKAGES = ("iconometrics", "torch", "onnxruntime", "pillow")
IMAGENET = networks.Preprocessing()
MEMORY = (1000, 4000)
BAR = 2.0


def photographs(folder: Path, width: int, images: int) -> Corpus:
    folder.mkdir()
    for number in range(images):
        picture = Image.fromarray(load_sample_images().images[number % 2])
        left = number * 2 % 190
        piece = picture.crop((left, 0, left + 440, 293)).resize((width, width * 2 // 3))
        piece.save(folder / f"{number:04}.jpg", quality=90)
    return Corpus.from_folder(folder)


def one_at_a_time(corpus: Corpus, net: torch.nn.Module) -> np.ndarray:
    """The loop of the tutorials, written with Pillow and torch."""
    mean = torch.tensor(IMAGENET.mean).view(3, 1, 1)
    scale = torch.tensor(IMAGENET.scale).view(3, 1, 1)
    rows = []
    with torch.inference_mode():
        for source in corpus.sources():
            with Image.open(source.path) as picture:
                whole = picture.convert("RGB")
            factor = 256 / min(whole.size)
            whole = whole.resize([round(side * factor) for side in whole.size])
            left, top = ((side - 224) // 2 for side in whole.size)
            pixels = np.asarray(whole.crop((left, top, left + 224, top + 224)))
            planes = torch.from_numpy(pixels.copy()).permute(2, 0, 1).float()
            rows.append(net(((planes - mean) / scale)[None])[0].numpy())
    return np.stack(rows)


def headless(name: str) -> tuple[networks.TorchNetwork, torch.nn.Module]:
    """A network as the package takes it, and a plain module that gives out the same."""
    net = networks.create(name).eval()
    made = networks.TorchNetwork(net, IMAGENET)
    plain = networks.create(name).eval()
    if name.startswith("squeezenet"):
        plain.classifier = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
    else:
        plain.fc = torch.nn.Identity()
    return made, plain


def ways(name: str, corpus: Corpus, folder: Path) -> dict[str, Callable[[], object]]:
    made, plain = headless(name)
    path = networks.export_onnx(made.net, folder / f"{name}.onnx")
    onnx = networks.OnnxNetwork(path, IMAGENET)
    batch = made.prepare(np.zeros((256, 256, 3), np.uint8))[None]
    assert np.allclose(made.run(batch), plain(torch.from_numpy(batch)).detach().numpy(), atol=1e-4)
    assert np.allclose(made.run(batch), onnx.run(batch), atol=1e-4)
    return {
        "torch, one at a time": lambda: one_at_a_time(corpus, plain),
        "embed, torch": lambda: networks.embed(corpus, made),
        "embed, ONNX": lambda: networks.embed(corpus, onnx),
    }


def compared(name: str, width: int, given: argparse.Namespace) -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        corpus = photographs(Path(folder) / "photos", width, given.images)
        runs = ways(name, corpus, Path(folder))
        took: dict[str, list[float]] = {way: [] for way in runs}
        for round_ in range(given.rounds + 1):
            for way, run in runs.items():
                began = time.perf_counter()
                run()
                if round_:  # the first warms up
                    took[way].append(time.perf_counter() - began)
    rows = []
    first = took["torch, one at a time"]
    for way, each in took.items():
        ratio = statistics.median(a / b for a, b in zip(first, each, strict=True))
        row: dict[str, object] = {"network": name, "picture": f"{width} x {width * 2 // 3}"}
        row |= {"way": way, "images": given.images, "rounds": given.rounds}
        row |= {"per_s": round(given.images / statistics.median(each), 1), "ratio": round(ratio, 2)}
        print(row, flush=True)
        rows.append(row)
    return rows


def peak(images: int) -> int:
    """The peak memory of embedding that many pictures, in MB, in a process of its own."""
    code = f"import embedding_peers; embedding_peers.embedded({images})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parent, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return int(done.stdout.split()[-1])


def embedded(images: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        corpus = photographs(Path(folder) / "photos", 160, images)
        made, _ = headless("squeezenet1_1")
        networks.embed(corpus, made)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(used // (1024 if sys.platform != "darwin" else 1024**2))


def memory() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for images in MEMORY:
        row: dict[str, object] = {"network": "squeezenet1_1", "picture": "160 x 106"}
        row |= {"way": "embed, torch", "images": images, "peak_mb": peak(images)}
        print(row, flush=True)
        rows.append(row)
    return rows


def hardware() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
    return f"{model or platform.processor()}, {len(os.sched_getaffinity(0))} cores"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*", default=["resnet18", "squeezenet1_1"])
    parser.add_argument("--images", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    rows = [one for name in given.networks for w in (1600, 640) for one in compared(name, w, given)]
    if given.rounds < 5:
        return
    rows += memory()
    about = {
        "date": date.today().isoformat(),
        "threads": torch.get_num_threads(),
        "hardware": hardware(),
        "versions": "; ".join(f"{name} {version(name)}" for name in PACKAGES),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    pd.DataFrame([{**row, **about} for row in rows]).to_csv(RESULTS, index=False)
    ratios = [row["ratio"] for row in rows if row["way"] == "embed, torch" and "ratio" in row]
    print(f"embed by torch: {ratios} times as fast; the bar is {BAR}")


if __name__ == "__main__":
    main()
