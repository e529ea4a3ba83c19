"""How fast a 12-megapixel JPEG becomes 224 pixels, and how close it stays to a full decoding.

Peers, each timed in the same run, in turn: Pillow's full decoding and resize (Lanczos, which is
the filter of `images.open`, and bicubic, which is Pillow's default), and OpenCV's reduced decoding
with area resizing. Differences are mean absolute ones in gray levels, against Pillow with the same
filter. Figures depend on the bytes per pixel: entropy decoding cannot be left out.

    python benchmarks/decode.py [--rounds 7] [--photos FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import io
import platform
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
import PIL
from PIL import Image, features
from sklearn.datasets import load_sample_images

import iconometrics
from iconometrics import images

SIZE = 224
FULL = (4000, 3000)
RESULT = Path(__file__).parent / "results" / "decode.csv"


def photographs(folder: Path | None) -> Iterator[tuple[str, Image.Image]]:
    """Real photographs, enlarged to 12 megapixels."""
    for name, pixels in zip(("china", "flower"), load_sample_images().images, strict=True):
        yield name, Image.fromarray(pixels)
    files = sorted(folder.rglob("*.jpg"))[::150] if folder else []
    for number, file in enumerate(files, 1):
        yield f"photograph {number}", Image.open(file).convert("RGB")


def pictures(folder: Path | None) -> Iterator[tuple[str, Image.Image]]:
    rng = np.random.default_rng(1)
    for name, photo in photographs(folder):
        yield f"{name}, upscaled", photo.resize(FULL, Image.Resampling.LANCZOS)
    china = load_sample_images().images[0]
    large = Image.fromarray(china).resize(FULL, Image.Resampling.LANCZOS)
    for deviation in (10, 20):
        noisy = np.asarray(large) + rng.normal(0, deviation, (FULL[1], FULL[0], 3))
        name = f"china, upscaled, noise of {deviation}"
        yield name, Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
    mosaic = np.tile(china, (8, 7, 1))[: FULL[1], : FULL[0]]
    yield "china, 49 times side by side", Image.fromarray(np.ascontiguousarray(mosaic))
    noise = rng.integers(0, 256, (FULL[1], FULL[0], 3), dtype=np.uint8)
    yield "white noise", Image.fromarray(noise)


def jpeg(image: Image.Image, quality: int, progressive: bool) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality, progressive=progressive)
    return stream.getvalue()


def pillow(content: bytes, how: Image.Resampling) -> Any:
    image = Image.open(io.BytesIO(content))
    return np.asarray(image.resize((SIZE, SIZE * FULL[1] // FULL[0]), how))


def opencv(content: bytes) -> Any:
    reduced = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_REDUCED_COLOR_8)
    size = (SIZE, SIZE * FULL[1] // FULL[0])
    return cv2.resize(reduced, size, interpolation=cv2.INTER_AREA)[..., ::-1]


def timed(
    ways: dict[str, Callable[[], Any]], rounds: int
) -> tuple[dict[str, float], dict[str, Any]]:
    """Median milliseconds and the result of each way, taken in turn."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    results = {name: way() for name, way in ways.items()}
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            spent[name].append(1000 * (time.perf_counter() - start))
    return {name: median(times) for name, times in spent.items()}, results


def compared(content: bytes, rounds: int) -> dict[str, float]:
    ways: dict[str, Callable[[], Any]] = {
        "iconometrics": lambda: images.read(content, SIZE),
        "lanczos": lambda: pillow(content, Image.Resampling.LANCZOS),
        "bicubic": lambda: pillow(content, Image.Resampling.BICUBIC),
        "opencv": lambda: opencv(content),
    }
    spent, results = timed(ways, rounds)

    def apart(a: str, b: str) -> float:
        return round(float(np.abs(results[a].astype(int) - results[b]).mean()), 2)

    return {
        "iconometrics_ms": round(spent["iconometrics"], 1),
        "pillow_lanczos_ms": round(spent["lanczos"], 1),
        "pillow_bicubic_ms": round(spent["bicubic"], 1),
        "opencv_reduced_ms": round(spent["opencv"], 1),
        "ratio_to_lanczos": round(spent["lanczos"] / spent["iconometrics"], 2),
        "ratio_to_bicubic": round(spent["bicubic"] / spent["iconometrics"], 2),
        "difference_to_lanczos": apart("iconometrics", "lanczos"),
        "difference_to_bicubic": apart("iconometrics", "bicubic"),
        "opencv_difference_to_lanczos": apart("opencv", "lanczos"),
    }


def machine() -> dict[str, str]:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if platform.system() == "Linux" else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor(),
        "python": platform.python_version(),
        "iconometrics": iconometrics.__version__,
        "pillow": PIL.__version__,
        "libjpeg_turbo": features.version("libjpeg_turbo") or "",
        "opencv": cv2.__version__,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--photos", type=Path, help="folder of more photographs")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rows = []
    for name, image in pictures(options.photos):
        for quality, progressive in ((75, False), (90, False), (90, True)):
            content = jpeg(image, quality, progressive)
            row = {
                "picture": name,
                "quality": quality,
                "progressive": progressive,
                "megabytes": round(len(content) / 1e6, 1),
                **compared(content, options.rounds),
            }
            rows.append({**row, **machine()})
            print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    RESULT.parent.mkdir(exist_ok=True)
    with RESULT.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} rows in {RESULT.name}")


if __name__ == "__main__":
    main()
