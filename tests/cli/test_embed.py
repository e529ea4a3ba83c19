"""What a network sees, from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_from_a_network_to_neighbors_and_a_map(desk: Path, ico: Callable[..., Any]) -> None:
    ico("new", "photos", "--out", "study")
    plain = ["--order", "bgr", "--mean", "0", "--scale", "255"]
    made = ico("embed", "study", "--network", "squeezenet.onnx", *plain, "--json").json
    assert (made["embedding"], made["images"]) == ("squeezenet", 48)
    assert "themes study --set squeezenet" in made["next"]
    found = ico("themes", "study", "--set", "squeezenet", "--k", "2", "--json").json
    assert found["k"] == 2
    near = ico("neighbors", "study", "photos/china-03.png", "--n", "3", "--json").json
    assert near["table"][0]["image"] == "china-03.png"
    assert all(Path(file).is_file() for file in near["files"])
    drawn = ico("map", "study", "--method", "pca", "--json").json
    told = json.loads(Path(drawn["files"][-1]).read_text())
    assert len(told["images"]) == 48
    assert set(told["groups"]["theme"]) == {"1", "2"}


def test_what_is_mistyped_is_said(desk: Path, ico: Callable[..., Any]) -> None:
    ico("new", "photos", "--out", "study")
    missing = ico("embed", "study", "--network", "resnet50.onnx")
    assert (missing.status, "no such file; expected a network" in missing.err) == (1, True)
    wrong = ico("embed", "study", "--network", "squeezenet.onnx", "--mean", "a,b")
    assert wrong.status == 2
    box = ico("neighbors", "study", "photos/china-03.png", "--box", "1,2")
    assert box.status == 2
    layers = ico("embed", "--network", "squeezenet.onnx", "--layers", "--json").json
    assert [row["layer"] for row in layers["table"]] == ["maps", "shown"]
