"""Kills, full disks and two processes at once: nothing is lost, and the end is always the same."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from iconometrics.errors import StudyError
from iconometrics.study import Study

from .conftest import Content, draw

RUN = Path(__file__).with_name("run.py")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Seventy pictures, which make five parts, and their table."""
    folder = tmp_path_factory.mktemp("inputs")
    names = [f"{number:03}.png" for number in range(70)]
    for number, name in enumerate(names):
        draw(folder / "photos" / name, number)
    table = pd.DataFrame({"file": names, "likes": [n * 7 % 11 for n in range(70)]})
    table["scene"] = ["street" if number % 3 else "field" for number in range(70)]
    table.to_csv(folder / "posts.csv", index=False)
    return folder / "photos", folder / "posts.csv"


def start(folder: Path, inputs: tuple[Path, Path], errors: int = subprocess.DEVNULL) -> Any:
    command = [sys.executable, str(RUN), str(folder), *map(str, inputs)]
    return subprocess.Popen(command, stderr=errors, text=True)


def finish(folder: Path, inputs: tuple[Path, Path]) -> None:
    process = start(folder, inputs, subprocess.PIPE)
    _, errors = process.communicate()
    assert process.returncode == 0, errors


def kill(process: Any) -> None:
    """Kill -9 the process alone; its workers, which go by themselves, hold no pipe of ours."""
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory, inputs: tuple[Path, Path]) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "study"
    finish(folder, inputs)
    return folder


def assert_same(folder: Path, other: Path, content: Callable[[Path], Content]) -> None:
    here, there = content(folder), content(other)
    assert here.keys() == there.keys()
    assert [name for name in here if here[name] != there[name]] == []


def parts(folder: Path, pattern: str) -> int:
    return len(list(folder.glob(pattern)))


SLOW = [
    pytest.param(name, marks=pytest.mark.slow)
    for name in ("check/parts/*", "features/hog-*/*", "models/*")
]


@pytest.mark.parametrize("pattern", ["features/color-*/part-*", *SLOW])
def test_row_29_killed_between_parts_ends_the_same(
    tmp_path: Path,
    inputs: tuple[Path, Path],
    uninterrupted: Path,
    content: Callable[[Path], Content],
    pattern: str,
) -> None:
    folder = tmp_path / "study"
    process = start(folder, inputs)
    while not parts(folder, pattern) and process.poll() is None:
        time.sleep(0.002)
    kill(process)
    finish(folder, inputs)
    assert_same(folder, uninterrupted, content)


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(20))
def test_row_29_killed_at_any_moment_ends_the_same(
    tmp_path: Path,
    inputs: tuple[Path, Path],
    uninterrupted: Path,
    content: Callable[[Path], Content],
    moment: int,
) -> None:
    folder, chance = tmp_path / "study", random.Random(moment)
    for _ in range(2):
        process = start(folder, inputs)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0.5, 9))
        kill(process)
    finish(folder, inputs)
    assert_same(folder, uninterrupted, content)


def test_row_31_two_processes_on_one_study(
    tmp_path: Path,
    inputs: tuple[Path, Path],
    uninterrupted: Path,
    content: Callable[[Path], Content],
) -> None:
    folder = tmp_path / "study"
    processes = [start(folder, inputs, subprocess.PIPE) for _ in range(2)]
    told = [process.communicate()[1] for process in processes]
    for process, text in zip(processes, told, strict=True):
        assert process.returncode == 0 or "in use by another process" in text
    finish(folder, inputs)
    assert_same(folder, uninterrupted, content)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root may mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_row_28_full_disk_leaves_results_intact(
    small_disk: Path, inputs: tuple[Path, Path], content: Callable[[Path], Content]
) -> None:
    photos, table = inputs
    study = Study.create(small_disk / "study", photos, metadata=table)
    colors = study.features(["color"])
    before, log = content(study.folder), study.log()
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(bytes(4096))
    with pytest.raises(StudyError, match=r"disk is full.*intact.*make room"):
        study.features(["hog"])
    with pytest.raises(StudyError, match=r"full"):
        study.draw(5)
    assert content(study.folder).items() >= before.items()
    assert study.log() == log
    pd.testing.assert_frame_equal(Study.open(study.folder).feature_tables()["color"], colors)
    assert len(study.table()) == 70
    with pytest.raises(StudyError, match="full"):
        study.export(small_disk / "data.csv")
    assert not (small_disk / "data.csv").exists()
    filler.unlink()
    assert len(study.features(["hog"])) == 70
    assert len(study.draw(5)) == 5


LIMITED = """
import resource, sys
from iconometrics.errors import StudyError
from iconometrics.study import Study
study = Study.open(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
try:
    study.features(["hog"])
except StudyError as error:
    sys.exit(str(error))
"""


def test_row_28_without_being_root(
    tmp_path: Path, inputs: tuple[Path, Path], content: Callable[[Path], Content]
) -> None:
    assert resource.RLIMIT_FSIZE
    study = Study.create(tmp_path / "study", inputs[0])
    study.features(["color"])
    before = content(study.folder)
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(study.folder)], capture_output=True, text=True
    )
    assert ran.returncode == 1
    assert "disk is full" in ran.stderr
    assert content(study.folder) == before
    assert len(study.features(["hog"])) == 70


def test_row_27_a_file_that_changes_during_the_run(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    for number in range(40):
        draw(photos / f"{number:02}.png", number)
    study = Study.create(tmp_path / "study", photos)
    study.check()
    draw(photos / "07.png", 99)
    with pytest.warns(UserWarning, match=r"1 of 40 images .*changed.*07\.png"):
        table = study.features(["color"])
    assert table.index.tolist() == [f"{n:02}.png" for n in range(40) if n != 7]
    assert study.check().corpus.images.loc["07.png", "status"] == "ok"
    assert len(study.features(["color"])) == 40
