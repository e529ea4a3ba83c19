"""Where machine code is kept, and that it works where no place is writable."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import iconometrics.features
from iconometrics.features.kernels.compiling import keeping_place


def _nowhere(tmp_path: Path) -> Path:
    """A place where no folder can be made, not even by the owner of the machine."""
    (tmp_path / "a_file").touch()
    return tmp_path / "a_file" / "folder"


needs_modes = pytest.mark.skipif(os.name == "nt", reason="permissions as on Unix")


def test_the_compiler_s_own_place_is_good_enough(tmp_path: Path) -> None:
    assert keeping_place(tmp_path, tmp_path / "home", tmp_path / "temporary") is None
    nowhere = _nowhere(tmp_path)
    assert keeping_place(nowhere, tmp_path / "home", tmp_path) is None


@needs_modes
def test_a_private_folder_if_nothing_else_can_be_written(tmp_path: Path) -> None:
    nowhere = _nowhere(tmp_path)
    place = keeping_place(nowhere, nowhere, tmp_path)
    assert place is not None
    assert place.parent == tmp_path
    assert place.stat().st_mode & 0o077 == 0
    assert keeping_place(nowhere, nowhere, tmp_path) == place


@needs_modes
def test_a_folder_that_others_can_write_to_is_not_trusted(tmp_path: Path) -> None:
    nowhere = _nowhere(tmp_path)
    place = keeping_place(nowhere, nowhere, tmp_path)
    assert place is not None
    place.chmod(0o777)
    assert keeping_place(nowhere, nowhere, tmp_path) is None
    place.rmdir()
    (tmp_path / "elsewhere").mkdir()
    place.symlink_to(tmp_path / "elsewhere")
    assert keeping_place(nowhere, nowhere, tmp_path) is None


@needs_modes
def test_no_place_at_all(tmp_path: Path) -> None:
    nowhere = _nowhere(tmp_path)
    assert keeping_place(nowhere, nowhere, nowhere) is None


def test_features_load_no_compiler_before_they_are_used() -> None:
    code = "import sys, iconometrics.features; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.slow
def test_a_second_process_compiles_nothing(tmp_path: Path) -> None:
    """What the first process compiled lies in the folder named, and stays as it is."""
    code = (
        "import numpy as np; from iconometrics.features import local_entropy;"
        "print(local_entropy(np.arange(64, dtype=np.uint8).reshape(8, 8)).sum())"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    told = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        told.append((done.stdout, {p.name: p.stat().st_mtime_ns for p in tmp_path.rglob("*.nb*")}))
    assert told[0] == told[1]
    assert told[0][1]


@pytest.mark.slow
@needs_modes
def test_a_package_in_a_folder_that_is_read_only(tmp_path: Path) -> None:
    package = Path(iconometrics.features.__file__).parents[1]
    shutil.copytree(
        package, tmp_path / "iconometrics", ignore=shutil.ignore_patterns("__pycache__", "data")
    )
    kernels = tmp_path / "iconometrics/features/kernels"
    (kernels / "__pycache__").write_text("a file, so that no folder can be made here")
    code = (
        "import numpy as np; from iconometrics.features import local_entropy, __file__ as f;"
        "print(f); print(local_entropy(np.zeros((8, 8), dtype=np.uint8)).max())"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "HOME": str(_nowhere(tmp_path)),
        "XDG_CACHE_HOME": str(_nowhere(tmp_path)),
        "TMPDIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.split() == [str(tmp_path / "iconometrics/features/__init__.py"), "0.0"]
