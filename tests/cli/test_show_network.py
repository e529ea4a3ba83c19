"""What a network is made of, from the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iconometrics import networks


def test_a_network_is_shown_and_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ico: Callable[..., Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    made = ico("show-network", "lenet5", "--size", "28x32", "--plot", "net.png", "--json")
    assert (made.status, made.json["input"]) == (0, [1, 28, 32])
    assert made.json["table"][0] == {
        "block": "conv1",
        "layers": 1,
        "output": "6 x 12 x 14",
        "parameters": 156,
        "multiplications": 6 * 25 * 24 * 28,
        "receptive_field": "6 x 6",
    }
    assert (tmp_path / "net.png").stat().st_size > 5000
    assert "--network lenet5" in made.json["next"]
    layers = ico("show-network", "lenet5", "--layers")
    assert "features.3" in layers.out
    assert layers.last_line.startswith("lenet5 takes 1 x 32 x 32 numbers")


def test_a_saved_network_is_shown(tmp_path: Path, ico: Callable[..., Any]) -> None:
    net = networks.create("cnn", classes=2, channels=1, size=16, blocks=1, filters=4, fc=(6,))
    path = networks.save_weights(net, tmp_path / "small.safetensors")
    told = ico("show-network", path, "--json").json
    assert (told["network"], told["parameters"]) == ("cnn", 40 + 4 * 64 * 6 + 6 + 14)


def test_all_are_listed(ico: Callable[..., Any]) -> None:
    told = ico("show-network")
    assert "densenet161    2016   28,681,000 parameters  224 x 224  published weights" in told.out
    assert len(ico("show-network", "--json").json["architectures"]) == 25


def test_what_is_mistyped_is_said(ico: Callable[..., Any]) -> None:
    assert "Did you mean resnet18" in ico("show-network", "resnet19").err
    assert ico("show-network", "resnet18", "--size", "20a").status == 2
    assert "at least 32 pixels" in ico("show-network", "vgg16", "--size", "20").err
