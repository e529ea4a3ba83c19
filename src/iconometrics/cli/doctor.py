"""`ico doctor`: what this machine has, and what is worth installing."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib import metadata
from pathlib import Path

import typer

from iconometrics.cli.options import JsonOption
from iconometrics.cli.outcome import Outcome
from iconometrics.cli.verb import verb

__all__ = ["doctor", "register"]

_CORE = ("numpy", "pandas", "pyarrow", "pillow", "opencv-python-headless", "scikit-learn")
_EXTRAS = {
    "networks": (("torch", "safetensors", "huggingface_hub"), "networks and their weights"),
    "models": (("transformers", "onnxruntime"), "published models"),
    "video": (("av",), "video"),
    "ocr": (("rapidocr",), "text in images"),
    "cluster": (("distributed", "dask-jobqueue"), "computing clusters"),
    "heif": (("pillow-heif",), "HEIC photographs"),
}
_GIGABYTE = 1024**3


@verb("doctor")
def doctor(json: JsonOption = False) -> Outcome:
    """Say what this machine has and what to install next."""
    import pandas as pd

    rows = [*_machine(), *_packages()]
    table = pd.DataFrame(rows, columns=["what", "found", "for"])
    missing = [name for name, (packages, _) in _EXTRAS.items() if not all(map(_version, packages))]
    cramped = _memory_gigabytes() is not None and (_memory_gigabytes() or 0) < 2
    advice = "close other programs, 2 GB of memory are needed" if cramped else "ico demo"
    summary = "Everything the core needs is here"
    if missing:
        summary += f"; optional and not installed: {', '.join(missing)}"
        advice += f", or pip install 'iconometrics[{missing[0]}]'"
    return Outcome(summary, advice, table, facts={"missing": missing})


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("doctor", rich_help_panel="Help", epilog="Example: ico doctor")(doctor)


def _machine() -> list[tuple[str, str, str]]:
    from iconometrics import __version__

    memory = _memory_gigabytes()
    free = shutil.disk_usage(Path.cwd()).free / _GIGABYTE
    browser = shutil.which("chromium") or shutil.which("google-chrome") or "none"
    return [
        ("iconometrics", __version__, ""),
        ("Python", platform.python_version(), sys.executable),
        ("system", f"{platform.system()} {platform.machine()}", ""),
        ("cores", str(_cores()), "images are read on all of them"),
        ("memory", f"{memory:.1f} GB" if memory else "unknown", ""),
        ("free disk here", f"{free:.1f} GB", "features take a few KB per image"),
        ("Chromium", browser, "the browser tests only"),
    ]


def _packages() -> list[tuple[str, str, str]]:
    core = [(name, _version(name) or "missing", "core") for name in _CORE]
    extras = [
        (package, _version(package) or "not installed", f"{use} (extra: {extra})")
        for extra, (packages, use) in _EXTRAS.items()
        for package in packages
    ]
    return core + extras


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_gigabytes() -> float | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / _GIGABYTE
    except (AttributeError, ValueError, OSError):
        return None
