"""What an import loads, and what must never be there."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HEAVY = {"torch", "matplotlib", "sklearn", "pandas", "pyarrow", "cv2", "scipy", "statsmodels"}


def loaded_by(code: str) -> set[str]:
    """Top-level packages in a fresh interpreter after running some code."""
    tell = "import sys, json; print(json.dumps(sorted({n.split('.')[0] for n in sys.modules})))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tell}"], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "code",
    [
        "import iconometrics",
        "import iconometrics; dir(iconometrics); iconometrics.__version__",
        "import iconometrics.cli",
    ],
)
def test_import_loads_nothing_heavy(code: str) -> None:
    assert loaded_by(code) & (HEAVY | {"numpy", "PIL"}) == set()


def test_every_root_name_can_be_had() -> None:
    code = "import iconometrics as im\nfor name in im.__all__: getattr(im, name)"
    assert "torch" not in loaded_by(code)


def test_a_wrong_root_name_is_an_attribute_error() -> None:
    import iconometrics

    with pytest.raises(AttributeError, match="no attribute 'foto'"):
        iconometrics.foto  # noqa: B018


def test_no_torchvision(repository: Path) -> None:
    assert importlib.util.find_spec("torchvision") is None
    for name in ("constraints.txt", "pyproject.toml"):
        assert "torchvision" not in (repository / name).read_text(encoding="utf-8")


def test_constraints_pin_every_dependency(repository: Path) -> None:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lines = (repository / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if not line.startswith("#")]
    exact = {canonicalize_name(pin.name): str(pin.specifier)[2:] for pin in pins}
    assert all(str(pin.specifier).startswith("==") for pin in pins)
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    wanted += [line for extra in project["optional-dependencies"].values() for line in extra]
    for requirement in map(Requirement, wanted):
        if requirement.name != "iconometrics":
            assert exact[canonicalize_name(requirement.name)] in requirement.specifier
