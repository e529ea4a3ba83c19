"""What every coder must do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from iconometrics import Codings, Corpus
from iconometrics.coders import Coder, FeatureClassifier, ImageClassifier
from iconometrics.coders.classical.models import MODELS

pytestmark = pytest.mark.filterwarnings("ignore:.*columns are constant")

MAKERS: dict[str, Callable[[], FeatureClassifier | ImageClassifier]] = {
    f"features-{model}": lambda model=model: FeatureClassifier(  # type: ignore[misc]
        model, features=["color:size=16"], folds=2, name=f"my-{model}"
    )
    for model in sorted(MODELS)
}
MAKERS["network-cnn"] = lambda: ImageClassifier(
    "cnn",
    size=12,
    epochs=15,
    optimizer="adam",
    options={"filters": 8, "fc": (16,), "dropout": 0.0},
    name="my-cnn",
)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve reddish and twelve bluish pictures, and a file that fails."""
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(1)
    for number in range(24):
        pixels = rng.integers(0, 190, (12, 12, 3), dtype=np.uint8)
        pixels[..., 0 if number < 12 else 2] += 65
        Image.fromarray(pixels).save(folder / f"{number:02d}.png")
    (folder / "zero.png").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def corpus(pictures: Path) -> Corpus:
    return Corpus.from_folder(pictures)


@pytest.fixture(scope="module", params=sorted(MAKERS))
def coder(request: pytest.FixtureRequest, corpus: Corpus) -> Coder:
    labels = pd.Series(["red"] * 12 + ["blue"] * 12, index=corpus.ids[:24], name="tint")
    return MAKERS[request.param]().fit(corpus.take(np.arange(24)), labels)


def test_it_has_the_members_of_a_coder(coder: Coder) -> None:
    assert isinstance(coder, Coder)
    assert coder.name.startswith("my-")
    assert coder.variables == ("tint",)


def test_it_codes_every_image_once(coder: Coder, corpus: Corpus) -> None:
    codes = coder.code(corpus)
    assert isinstance(codes, Codings)
    assert codes.data["image"].tolist() == list(corpus.ids)
    assert set(codes.data["variable"]) == set(coder.variables)
    assert set(codes.data["coder"]) == {coder.name}
    confidence = codes.data["confidence"].dropna()
    assert ((confidence >= 0.5) & (confidence <= 1)).all()
    assert (codes.data["reason"].isna() == codes.data["value"].notna()).all()
    assert codes.data.set_index("image")["value"].isna()["zero.png"]
    expected = ["red"] * 12 + ["blue"] * 12
    assert (codes.data["value"][:24] == expected).mean() > 0.8


def test_probabilities_add_up(coder: Coder, corpus: Corpus) -> None:
    codes = coder.code(corpus)
    assert codes.probabilities is not None
    totals = codes.probabilities.groupby("image")["probability"].sum()
    np.testing.assert_allclose(totals, 1)
    assert len(totals) == 24


def test_the_order_of_images_does_not_matter(coder: Coder, corpus: Corpus) -> None:
    forth = coder.code(corpus).data.set_index("image")[["value", "confidence"]]
    back = coder.code(corpus.take(np.arange(len(corpus))[::-1])).data.set_index("image")
    pd.testing.assert_frame_equal(back.loc[forth.index, ["value", "confidence"]], forth)


def test_one_image_alone_gets_the_same(coder: Coder, corpus: Corpus) -> None:
    all_of_them = coder.code(corpus).data.iloc[[5]].reset_index(drop=True)
    alone = coder.code(corpus.take([5])).data
    pd.testing.assert_frame_equal(alone, all_of_them)


def test_the_card_is_json(coder: Coder) -> None:
    card = json.loads(json.dumps(coder.card(), allow_nan=False))
    assert card == coder.card()
    assert card["kind"]
    assert card["name"] == coder.name
    assert card["variable"] == "tint"
    assert card["classes"] == ["blue", "red"]
    assert card["n"] == 24
