"""Time and memory of `ico explore`, from a bare folder to the report.

    python benchmarks/explore.py ../shared/data/scenes15 --copies 0 20000 100000

For 0 copies the folder is explored as it is, twice: the second run finds everything made. For
more, a folder of that many hard links to its pictures is explored, and the peak memory of the main
process and of the largest worker is sampled five times per second.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path

import psutil

RESULTS = Path(__file__).parent / "results" / "explore.csv"
PACKAGES = ("iconometrics", "numpy", "pandas", "scikit-learn", "opencv-python-headless", "pillow")


def hard_links(folder: Path, count: int, where: Path) -> Path:
    pictures = sorted(p for p in folder.rglob("*") if p.suffix.lower() in {".jpg", ".png"})
    for number in range(count):
        source = pictures[number % len(pictures)]
        target = where / f"{number // 1000:03d}" / f"{number:06d}{source.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(source, target)
    return where


def watch(command: list[str]) -> dict[str, float]:
    began = time.perf_counter()
    process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    main = workers = 0
    while process.poll() is None:
        try:
            main = max(main, process.memory_info().rss)
            for child in process.children(recursive=True):
                workers = max(workers, child.memory_info().rss)
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.2)
    if process.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)} ended with status {process.returncode}")
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "main_mb": main / 2**20, "largest_worker_mb": workers / 2**20}


def measure(folder: Path, copies: int, scratch: Path) -> list[dict[str, object]]:
    if copies:
        folder = hard_links(folder, copies, scratch / f"pictures-{copies}")
    out = scratch / f"study-{copies}"
    command = [
        str(Path(sys.executable).with_name("ico")),
        "explore",
        str(folder),
        "--out",
        str(out),
    ]
    rows = [{"run": run, **watch(command)} for run in ("first", "second")]
    shutil.rmtree(out)
    if copies:
        shutil.rmtree(folder)
    return [{"images": copies or "as they are", **row} for row in rows]


def hardware() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
    return f"{model or platform.processor()}, {len(os.sched_getaffinity(0))} cores"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    data = Path(os.environ.get("ICONOMETRICS_TEST_DATA", "../shared/data"))
    parser.add_argument("folder", type=Path, nargs="?", default=data / "scenes15")
    parser.add_argument("--copies", type=int, nargs="+", default=[0])
    parser.add_argument("--scratch", type=Path, help="on the pictures' file system")
    chosen = parser.parse_args()
    about = {
        "folder": chosen.folder.name,
        "date": date.today().isoformat(),
        "hardware": hardware(),
        "versions": "; ".join(f"{name} {version(name)}" for name in PACKAGES),
    }
    rows = []
    for copies in chosen.copies:
        with tempfile.TemporaryDirectory(dir=chosen.scratch) as scratch:
            rows += measure(chosen.folder, copies, Path(scratch))
        print(rows[-2], rows[-1], sep="\n", flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    kept = list(csv.DictReader(RESULTS.open())) if RESULTS.exists() else []
    made = [{**about, **{k: _short(v) for k, v in row.items()}} for row in rows]
    with RESULTS.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(made[0]))
        writer.writeheader()
        writer.writerows([*_others(kept, made), *made])


def _others(kept: list[dict[str, str]], made: list[dict[str, object]]) -> list[dict[str, str]]:
    new = {(row["folder"], str(row["images"])) for row in made}
    return [row for row in kept if (row["folder"], row["images"]) not in new]


def _short(value: object) -> object:
    return round(value, 1) if isinstance(value, float) else value


if __name__ == "__main__":
    main()
