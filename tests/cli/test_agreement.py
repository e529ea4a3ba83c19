"""`ico agreement`: the tables, one coefficient, a figure, settling."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings, Store


@pytest.fixture
def study(desk: Path, ico: Callable[..., Any]) -> Path:
    """A study whose 48 images two people coded, with some disagreement."""
    assert ico("new", "photos", "--metadata", "posts.csv", "--out", "study").status == 0
    images = [f"{name}-{n:02}.png" for name in ("china", "flower") for n in range(24)]
    random = np.random.default_rng(1)
    truth = np.where(np.arange(48) < 24, "no", "yes")
    other = np.where(truth == "no", "yes", "no")
    parts = [
        pd.DataFrame({"image": images, "coder": coder, "variable": "flower",
                      "value": np.where(random.random(48) < skill, truth, other)})
        for coder, skill in {"anna": 0.95, "ben": 0.85}.items()
    ]  # fmt: skip
    Store(desk / "study" / "codings.db").add_codings(Codings(pd.concat(parts)))
    return desk / "study"


def test_every_table(study: Path, ico: Callable[..., Any]) -> None:
    done = ico("agreement", study, "--json")
    assert done.status == 0
    names = [row["coefficient"] for row in done.json["table"]]
    assert names[0] == "Krippendorff's alpha (nominal)" and "Cohen's kappa" in names
    assert "48 images" in done.json["summary"]
    for by, column in {
        "pair": "first",
        "coder": "coder",
        "category": "category",
        "time": "period",
        "image": "said",
    }.items():
        rows = ico("agreement", study, "--by", by, "--draws", 50, "--json").json["table"]
        assert rows and column in rows[0], by


def test_one_coefficient_at_a_level(study: Path, ico: Callable[..., Any]) -> None:
    done = ico("agreement", study, "--variable", "flower", "--coefficient", "kappa")
    assert done.status == 0
    assert "Cohen's kappa" in done.out and "Gwet" not in done.out
    assert "Next: ico agreement study --adjudicate majority" in done.last_line
    done = ico("agreement", study, "--level", "interval")
    assert done.status == 1 and "is not a number" in done.err


def test_a_figure(study: Path, ico: Callable[..., Any]) -> None:
    done = ico("agreement", study, "--plot", "agreement.svg", "--seed", 2)
    assert done.status == 0 and (study.parent / "agreement.svg").stat().st_size > 1000


def test_settling_is_used_by_what_follows(study: Path, ico: Callable[..., Any]) -> None:
    done = ico("train", study, "--variable", "flower", "--set", "color", "--out", "m")
    assert done.status == 1 and "adjudicate" in done.err
    done = ico("agreement", study, "--adjudicate", "majority", "--json")
    assert done.json["unsettled"] > 0
    done = ico("agreement", study, "--adjudicate", "majority", "--coder", "anna", "--json")
    assert done.json["settled"] == 48 and done.json["unsettled"] == 0
    done = ico("train", study, "--variable", "flower", "--set", "color", "--out", "m")
    assert done.status == 0, done.err
    assert ico("measure", study, "--coder", "m").status == 0
    done = ico("agreement", study, "--measure", "m", "--by", "coder", "--json")
    assert {row["coder"] for row in done.json["table"]} == {"anna", "ben", "m"}


def test_nothing_coded(desk: Path, ico: Callable[..., Any]) -> None:
    ico("new", "photos", "--out", "empty")
    done = ico("agreement", "empty")
    assert done.status == 1 and "nothing was coded yet" in done.err
