"""One writer at a time: threads take turns, processes wait or are told, kill -9 frees."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from iconometrics.errors import StudyError
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.lock import held
from iconometrics.study.disk.step import step

HOLD = """
import sys, time
from pathlib import Path
from iconometrics.study.disk.lock import held
with held(Path(sys.argv[1]), "themes"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    """Another process that holds the lock of tmp_path."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / ".lock")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def test_a_second_process_is_told_who_holds_the_lock(tmp_path: Path, holder) -> None:
    told = rf"in use by another process \(process {holder.pid} on .*, step themes\)"
    with pytest.raises(StudyError, match=told), held(tmp_path / ".lock", "check", wait=0.1):
        pass


def test_a_killed_process_leaves_no_stale_lock(tmp_path: Path, holder) -> None:
    holder.kill()
    holder.wait()
    with held(tmp_path / ".lock", "check", wait=0):
        pass


def test_a_step_may_call_another(tmp_path: Path) -> None:
    with held(tmp_path / ".lock", "outer") as first:
        assert first
        with held(tmp_path / ".lock", "inner") as second:
            assert not second


def test_an_error_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), held(tmp_path / ".lock", "a"):
        raise ValueError("inside")
    with held(tmp_path / ".lock", "b", wait=0) as first:
        assert first


def test_threads_take_turns(tmp_path: Path) -> None:
    path, inside, most = tmp_path / ".lock", [], []

    def work() -> None:
        for _ in range(20):
            with held(path, "work", wait=30):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 80
    assert set(most) == {1}


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / ".lock").mkdir()
    with pytest.raises(OSError, match="Is a directory"), step(Layout(tmp_path), "check"):
        pass
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    (tmp_path / ".lock").rmdir()
    tmp_path.chmod(0o555)
    with pytest.raises(StudyError, match="may not be written"), step(Layout(tmp_path), "check"):
        pass
