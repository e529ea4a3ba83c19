"""Many trainings: on any executor, each written down when it is done, none done twice."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import options
from iconometrics.coders.card import content
from iconometrics.corpus import Corpus
from iconometrics.errors import InputError, StudyError
from iconometrics.networks.tapping import digest
from iconometrics.progress import progress

__all__ = [
    "Trial",
    "estimator_key",
    "images_key",
    "run_trials",
    "taken",
    "trained",
]

# Chance in a network's training (dropout) is one for the whole process: threads take turns.
_TURN = threading.Lock()


@dataclass(frozen=True, eq=False)
class Trial:
    """One training, and the key that names it by everything it depends on."""

    key: str
    work: Callable[[], dict[str, Any]]


def run_trials(
    trials: Sequence[Trial],
    *,
    file: str | Path | None = None,
    executor: Executor | None = None,
    label: str = "training",
) -> list[dict[str, Any]]:
    """Run trainings that have not been run before."""
    path = None if file is None else Path(file).expanduser()
    done = {} if path is None else _read(path)
    todo = {trial.key: trial for trial in trials if trial.key not in done}
    with progress(len(todo), label) as bar:
        for key, result in _results(list(todo.values()), executor):
            done[key] = options.plain(result, nan_as_text=True)
            if path is not None:
                _append(path, {"key": key, **done[key]})
            bar.advance(1)
    return [done[trial.key] for trial in trials]


def trained(
    estimator: Any,
    images: Any,
    labels: NDArray[Any],
    *,
    groups: NDArray[Any] | None,
    rows: NDArray[np.intp],
) -> tuple[Any, float]:
    """Train an estimator on some of the images."""
    some = taken(images, rows)
    ids = some.ids if isinstance(some, Corpus) else getattr(some, "index", None)
    values = pd.Series(labels[rows], index=ids, name="value")
    more = {} if groups is None else {"groups": groups[rows]}
    with _TURN if hasattr(type(estimator), "network") else nullcontext():
        start = time.perf_counter()
        estimator.fit(some, values if ids is not None else labels[rows], **more)
        return estimator, time.perf_counter() - start


def taken(images: Any, rows: NDArray[np.intp]) -> Any:
    """Take some of the images."""
    if isinstance(images, Corpus):
        return images.take(rows)
    return images.iloc[rows] if isinstance(images, pd.DataFrame) else images[rows]


def images_key(images: Any, labels: NDArray[Any]) -> str:
    """Name images and their labels by content."""
    # Numbers and the same numbers as text are sorted differently, and so are probabilities.
    values = [labels.dtype.kind, *(str(v) for v in labels)]
    if isinstance(images, Corpus):
        return options.key(_hashed(content(images)), values)
    if isinstance(images, pd.DataFrame):
        rows = pd.util.hash_pandas_object(images, index=True).to_numpy()
        return options.key(_hashed(rows), [str(name) for name in images], values)
    if images.dtype == object:
        return images_key(pd.DataFrame(images.reshape(len(images), -1)), labels)
    array = np.ascontiguousarray(images)
    return options.key(_hashed(array), array.shape, str(array.dtype), values)


def estimator_key(estimator: Any) -> str:
    """Name an untrained estimator by its kind and settings."""
    settings: dict[str, Any] = {}
    for name, value in estimator.get_params(deep=True).items():
        try:
            settings[name] = options.canonical(value)
        except InputError:
            settings[name] = _described(value)
        if isinstance(value, str | Path) and Path(value).is_file():
            status = Path(value).stat()
            settings[name] = [settings[name], status.st_size, status.st_mtime_ns]
    return options.key(type(estimator).__name__, settings)


def _described(value: Any) -> Any:
    """Write a setting that is not a plain value; of tables and networks, repr shows a part only."""
    if isinstance(value, pd.DataFrame):
        return images_key(value, np.arange(0))
    if hasattr(value, "state_dict"):
        return digest(value)
    return getattr(value, "spec", None) or repr(value)


def _hashed(data: Any) -> str:
    return hashlib.sha256(data).hexdigest()


def _results(
    trials: Sequence[Trial], executor: Executor | None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if executor is None:
        for trial in trials:
            yield trial.key, trial.work()
        return
    running = {executor.submit(trial.work): trial.key for trial in trials}
    try:
        for future in as_completed(running):
            yield running[future], future.result()
    finally:
        for future in running:
            future.cancel()


def _read(path: Path) -> dict[str, dict[str, Any]]:
    """Read the lines that are whole; the last one may have been cut short."""
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    except OSError as error:
        raise StudyError(f"{path} cannot be read: {error.strerror}. Name another file.") from error
    results = {}
    for line in text.splitlines():
        try:
            row = json.loads(line)
            results[row.pop("key")] = row
        except (ValueError, KeyError, AttributeError):
            continue
    return results


def _append(path: Path, row: Mapping[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = not path.exists() or not path.stat().st_size or _ends(path)
        with path.open("a", encoding="utf-8") as file:
            file.write(("" if whole else "\n") + json.dumps(row) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StudyError(
            f"{path} could not be written: {error.strerror}. What it holds is kept: make room or "
            "name another file, and run again."
        ) from error


def _ends(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
