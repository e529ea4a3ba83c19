"""Torch networks in a study: kept as others are, and opened again where they stand in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from iconometrics import Study, networks
from iconometrics.errors import InputError

pytest.importorskip("torch")


def test_a_saved_network_is_opened_again_and_another_is_not(
    tmp_path: Path, make_desk: Callable[..., Path]
) -> None:
    desk = make_desk(tmp_path / "desk")
    study = Study.create(tmp_path / "study", desk / "photos", metadata=desk / "posts.csv")
    net = networks.create("cnn", classes=2, size=16, filters=4, seed=5)
    path = networks.save_weights(net, tmp_path / "streets.safetensors")
    table = study.embed(path, layer="features.1", pool="mean")
    (name,) = study.embeddings()
    assert name == "streets-features-1"
    assert study.embeddings()[name].equals(table)
    assert np.array_equal(study.embed(path, layer="features.1", pool="mean"), table)
    found = study.neighbors(table.index[0], box=(0, 0, 50, 50), n=3)
    assert len(found) == 3
    study.embed(networks.TorchNetwork(net))
    with pytest.raises(InputError, match="is not in a file: save it"):
        study.neighbors(table.index[0], box=(0, 0, 50, 50))
