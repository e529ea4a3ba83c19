"""The examples in the docstrings run and say what they say."""

from __future__ import annotations

import doctest
import importlib
from typing import Any

import pytest

_FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.REPORT_NDIFF


def test_examples_run(
    explained: Any,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    loaded = importlib.import_module(explained.name)
    results = doctest.testmod(loaded, optionflags=_FLAGS)
    assert results.failed == 0, capsys.readouterr().out
    assert list(tmp_path.iterdir()) == [], "an example leaves files behind"
