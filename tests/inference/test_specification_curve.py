"""One coefficient over all specifications: sorted, on one scale, nothing left out unsaid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings
from iconometrics.errors import InputError
from iconometrics.inference import estimate, specification_curve


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    random = np.random.default_rng(1)
    images = pd.Index([f"{n}.jpg" for n in range(300)], name="image")
    columns = {
        "faces": random.integers(0, 2, 300),
        "night": random.integers(0, 2, 300),
        "kind": random.choice(["a", "b", "c"], 300),
    }
    likes = random.poisson(3 + 2 * columns["faces"] + columns["night"])
    return pd.DataFrame({"likes": likes, **columns}, index=images)


def test_every_estimate_is_there_from_the_smallest_up(data: pd.DataFrame) -> None:
    tried = [estimate(f"likes ~ {terms}", data) for terms in ("faces", "faces + night", "night")]
    curve = specification_curve(tried, "faces")
    expected = sorted(own.rows.set_index("term").loc["faces", "estimate"] for own in tried[:2])
    assert curve.table()["estimate"].tolist() == expected
    assert set(curve.table()["covariates"]) == {"", "night"}
    assert "1 specification without this term: left out." in curve.notes
    assert "2 estimates by 2 specifications" in curve.summary()


def test_models_stand_in_the_unit_of_the_outcome(data: pd.DataFrame) -> None:
    """With one regressor of 0 and 1 by hand: Poisson's average slope is log ratio times mean."""
    tried = [estimate("likes ~ faces", data, model=model) for model in ("ols", "poisson")]
    rows = specification_curve(tried, "faces").table().set_index("model")["estimate"]
    means = data.groupby("faces")["likes"].mean()
    assert rows["ols"] == pytest.approx(means[1] - means[0])
    assert rows["poisson"] == pytest.approx(np.log(means[1] / means[0]) * data["likes"].mean())
    bare = [tried[0], replace(tried[1], effects=None)]
    curve = specification_curve(bare, "faces")
    assert curve.table()["model"].tolist() == ["ols"]
    assert any("another scale" in note for note in curve.notes)
    with pytest.raises(InputError, match=r"no scale in common"):
        specification_curve(bare[1:], "faces")


def test_categories_are_one_covariate_and_not_their_own(data: pd.DataFrame) -> None:
    tried = [estimate(f"likes ~ kind{more}", data) for more in ("", " + faces", " + faces:night")]
    curve = specification_curve(tried, "kind[b]")
    assert set(curve.table()["covariates"]) == {"", "faces", "faces:night"}
    assert set(specification_curve(tried, "faces").table()["covariates"]) == {"kind"}


def test_methods_and_errors_of_coders_are_choices(data: pd.DataFrame) -> None:
    faces = data["faces"].astype(str)
    random = np.random.default_rng(2)
    wrong = random.random(300) < 0.15
    measure = Codings.from_series(
        faces.where(~wrong, (1 - data["faces"]).astype(str)), coder="svm", trained_on=[]
    )
    gold = Codings.from_series(faces[:120], coder="anna")
    table = data.drop(columns="faces")
    options = {"measure": measure, "gold": gold, "repeats": 2}
    tried = estimate("likes ~ faces", table, coder_error=[0, 0.03], **options)
    rows = specification_curve([tried], "faces").table()
    assert sorted(rows["method"].unique()) == ["DSL", "PPI++", "gold only", "naive"]
    errors = rows[rows["method"] == "DSL"].set_index("coder error")["estimate"]
    named = tried.rows[tried.rows["term"] == "faces"].set_index("method")["estimate"]
    assert errors["3.0%"] == named["DSL, coders err in 3.0%"]
    assert errors["0.0%"] == named["DSL, coders err in 0.0%"]


def test_what_cannot_be_meant_is_refused(data: pd.DataFrame) -> None:
    tried = [estimate("likes ~ faces", data), estimate("log1p(likes) ~ faces", data)]
    with pytest.raises(InputError, match=r"explain likes, log1p\(likes\); choose one"):
        specification_curve(tried, "faces")
    curve = specification_curve(tried, "faces", outcome="log1p(likes)")
    assert len(curve.table()) == 1
    with pytest.raises(InputError, match=r"term='smiles': no specification.*there are faces"):
        specification_curve(tried, "smiles")
    with pytest.raises(InputError, match=r"1 row for 2 estimates"):
        specification_curve(tried, "faces", choices=pd.DataFrame({"x": [1]}))


def test_the_figure_shows_what_differs(data: pd.DataFrame) -> None:
    tried = [
        estimate(f"likes ~ faces{more}", data, level=level)
        for more in ("", " + night") for level in (0.9, 0.95)
    ]  # fmt: skip
    marks = pd.DataFrame({"shown": [True, False, False, False], "planned": [False] * 4})
    curve = specification_curve(tried, "faces", choices=marks)
    top, below = curve.plot().axes
    assert [text.get_text() for text in below.get_yticklabels()] == ["shown", "night"]
    assert "90" in curve.notes[0] and "95" in curve.notes[0]
    heights = [line.get_ydata() for line in top.lines if len(line.get_ydata()) == 1]
    assert [float(y[0]) for y in heights] == curve.table()["estimate"].tolist()
