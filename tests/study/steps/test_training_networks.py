"""A network as a model of a study: trained, killed, measured with, validated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from iconometrics import Study
from iconometrics.coders import ImageClassifier

QUICK: dict[str, Any] = {
    "size": 16,
    "epochs": 6,
    "optimizer": "adam",
    "rate": 0.003,
    "options": {"filters": 8, "fc": (16,), "dropout": 0.0},
}


@pytest.fixture
def study(tmp_path: Path, make_desk: Callable[..., Path]) -> Study:
    desk = make_desk(tmp_path)
    torch.set_num_threads(1)
    made = Study.create(tmp_path / "study", desk / "photos")
    made.add_codings(desk / "codes.csv")
    return made


def test_a_network_is_a_model_like_others(study: Study) -> None:
    trained = study.train("protest", network="cnn", out="net", **QUICK)
    assert isinstance(trained, ImageClassifier)
    assert trained.variables == ("protest",)
    folder = study.folder / "models" / "net"
    assert sorted(path.name for path in folder.iterdir()) == [
        "card.json",
        "gold",
        "model.safetensors",
        "study.json",
        "training.parquet",
    ]
    assert [path.name for path in (study.folder / "models").iterdir()] == ["net"]
    before = (folder / "model.safetensors").stat().st_mtime_ns
    study.train("protest", network="cnn", out="net", **QUICK)
    assert (folder / "model.safetensors").stat().st_mtime_ns == before
    codes = study.measure("net")
    assert codes.data["value"].notna().all()
    found = study.validate("net")
    assert found.n == len(study.corpus) // 2 - len(trained.training_)
    assert study.train("protest", network="mlp", **QUICK | {"options": None}).name == "protest-mlp"


def test_an_interrupted_training_goes_on(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    from iconometrics.networks.training import loop

    whole = study.train("protest", network="cnn", out="whole", **QUICK)
    real = loop.write_state
    written: list[int] = []

    def stop_after_two(folder: Path, state: Any, **more: Any) -> None:
        real(folder, state, **more)
        written.append(len(state.history))
        if len(written) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(loop, "write_state", stop_after_two)
    with pytest.raises(KeyboardInterrupt):
        study.train("protest", network="cnn", out="net", **QUICK)
    study.train("protest", network="cnn", out="net", **QUICK)
    assert written == [1, 2, 3, 4, 5, 6]
    models = study.folder / "models"
    assert {path.name for path in models.iterdir()} == {"whole", "net"}
    data = [(models / name / "model.safetensors").read_bytes() for name in ("whole", "net")]
    assert data[0] == data[1]
    assert whole.history.shape[0] == 6
