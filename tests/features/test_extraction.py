"""Measuring corpora: the same numbers whichever way, and images that fail."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from PIL import Image
from sklearn.base import clone
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler

from iconometrics import Corpus, images
from iconometrics.corpus import Source
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.features import HOG, Color, extract, extract_part, failed_part, get
from iconometrics.features.extractor import measured

LEFT_OUT = "2 of 6 images are left out"


@pytest.fixture
def readable(corpus: Corpus) -> Corpus:
    return corpus.select(["a.png", "b.png", "c.png", "d.png"])


def test_extract_gives_what_the_extractors_give(readable: Corpus, folder: Path) -> None:
    table = extract(readable, ["color", "hog"])
    assert table.index.tolist() == list(readable.ids)
    assert table.index.name == "image"
    assert set(table.dtypes) == {np.dtype("float32")}
    paths = [folder / name for name in readable.ids]
    for extractor in (Color(), HOG()):
        by_path = extractor.transform(paths)
        by_array = extractor.transform([images.read(path, 512) for path in paths])
        columns = list(extractor.get_feature_names_out())
        np.testing.assert_array_equal(table[columns], by_path)
        np.testing.assert_array_equal(table[columns], by_array)


def test_other_sets_do_not_change_a_number(readable: Corpus) -> None:
    both = extract(readable, ["hog", "color:size=700"])
    pd.testing.assert_frame_equal(
        extract(readable, ["hog"]), both[extract(readable, "hog").columns]
    )
    assert both.columns[0] == "hog_strength"


def test_unreadable_images_are_left_out_with_their_reasons(corpus: Corpus) -> None:
    with pytest.warns(IconometricsWarning, match=LEFT_OUT) as told:
        table = extract(corpus, ["color"])
    assert table.index.tolist() == ["a.png", "b.png", "c.png", "d.png"]
    assert table.notna().all(axis=None)
    assert "empty.jpg" in str(told[0].message)
    assert "page.jpg" in str(told[0].message)


def test_transform_keeps_a_row_for_each_image(corpus: Corpus, folder: Path) -> None:
    for X in (corpus, [folder / name for name in corpus.ids]):
        with pytest.warns(IconometricsWarning, match="2 of 6 images have no values"):
            table = Color().transform(X)
        assert table.isna().all(axis=1).tolist() == [False] * 4 + [True] * 2


def test_parts_tell_reasons_and_hashes(corpus: Corpus) -> None:
    checked = corpus.check().corpus
    tables = extract_part(checked.sources(), [Color(), HOG()])
    assert list(tables) == ["color", "hog"]
    for name, table in tables.items():
        frame = table.to_pandas()
        assert frame.columns[:3].tolist() == ["image", "sha256", "reason"]
        assert frame.columns[3:].tolist() == list(get(name).get_feature_names_out())
        assert frame["image"].tolist() == list(corpus.ids)
        assert frame["reason"].isna().tolist() == [True] * 4 + [False] * 2
        assert frame["sha256"][:4].tolist() == checked.images["sha256"][:4].tolist()
        assert set(table.schema.types[3:]) == {
            frame.iloc[:, 3:].dtypes.iloc[0].name.replace("32", "")
        }


def test_the_order_of_parts_does_not_matter(readable: Corpus) -> None:
    sources = readable.sources()
    whole = extract_part(sources, [Color()])["color"].to_pandas()
    apart = [extract_part([source], [Color()])["color"].to_pandas() for source in sources[::-1]]
    pd.testing.assert_frame_equal(whole, pd.concat(apart[::-1], ignore_index=True))


def test_any_executor_will_do(readable: Corpus) -> None:
    with ThreadPoolExecutor(2) as executor:
        pd.testing.assert_frame_equal(extract(readable, executor=executor), extract(readable))


def test_a_worker_that_died_leaves_a_row() -> None:
    tables = failed_part(Source("x", "x.png"), "took all the memory", extractors=[Color(), HOG()])
    frame = tables["hog"].to_pandas()
    assert frame.loc[0, "reason"] == "took all the memory"
    assert frame.iloc[0, 3:].isna().all()


def test_regions_are_measured_like_their_crops(readable: Corpus) -> None:
    cells = readable.select(["a.png"]).check().corpus.regions(grid=(2, 2))
    table = extract(cells, ["color"])
    pixels = images.read(readable.path("a.png"))
    half = pixels.shape[0] // 2, pixels.shape[1] // 2
    upper_left = Color().measure(images.resize(pixels[: half[0], : half[1]], 512))
    np.testing.assert_array_equal(table.iloc[0], upper_left)
    assert len(table) == 4


def test_a_large_photograph_is_measured_at_its_working_size(
    photograph: NDArray[np.uint8], tmp_path: Path
) -> None:
    large = np.kron(photograph, np.ones((4, 4, 1), dtype=np.uint8))
    Image.fromarray(large).save(tmp_path / "large.jpg", quality=95)
    from_file = Color().transform(tmp_path / "large.jpg").iloc[0]
    from_pixels = Color().transform(large).iloc[0]
    np.testing.assert_allclose(from_file, from_pixels, rtol=0.02, atol=0.01)


def test_in_a_scikit_learn_pipeline(readable: Corpus) -> None:
    both = FeatureUnion([("color", Color(size=128)), ("hog", HOG())])
    pipeline = clone(make_pipeline(both, StandardScaler()))
    scaled = pipeline.fit_transform(readable)
    assert scaled.shape == (4, 359)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-5)
    names = pipeline[:1].get_feature_names_out()
    assert names[0] == "color__color_brightness"


def test_empty_and_hopeless_input(corpus: Corpus) -> None:
    with pytest.raises(InputError, match="corpus is empty"):
        extract(corpus.select([]))
    with pytest.raises(InputError, match="none of the images can be measured"):
        extract(corpus.select(["empty.jpg", "page.jpg"]))
    with pytest.raises(InputError, match="empty list"):
        Color().transform([])


@pytest.mark.parametrize("sets", [[], ["color", "color:size=64"], [Color(), "color"]])
def test_each_set_once(corpus: Corpus, sets: list[str]) -> None:
    with pytest.raises(InputError, match="each name once"):
        extract(corpus, sets)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((3, 4, 4), dtype=np.uint8),
        np.zeros((0, 4, 3), dtype=np.uint8),
        np.zeros(5),
        np.full((4, 4), 16.0),
        np.full((4, 4), -1),
        np.full((4, 4), 256),
        np.full((4, 4), np.nan),
        np.full((4, 4), 1j),
    ],
)
def test_arrays_that_are_no_pictures(array: NDArray[np.float64]) -> None:
    with pytest.raises(InputError, match="expected"):
        Color().transform([array])


@pytest.mark.parametrize("item", [3, None, {"a": 1}])
def test_what_is_no_picture_at_all(item: object) -> None:
    with pytest.raises(InputError, match="expected a corpus"):
        Color().transform(item)


def test_kinds_of_arrays_agree(photograph: NDArray[np.uint8]) -> None:
    small = photograph[:20, :30]
    kinds = [small, small.astype(int), small.astype(float) / 255, small.astype(np.float32) / 255]
    rows = Color().transform(kinds)
    assert rows.index.tolist() == [0, 1, 2, 3]
    np.testing.assert_array_equal(rows, np.repeat(rows.iloc[:1], 4, axis=0))
    np.testing.assert_array_equal(Color().transform(np.stack([small, small])), rows.iloc[:2])
    mask = small[..., 0] > 128
    np.testing.assert_array_equal(Color().measure(mask), Color().measure(mask * 255))


def test_a_picture_is_reduced_once_for_the_sets_that_share_a_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sets = [get(name) for name in ("corners", "keypoints", "blobs", "words")]
    picture = np.random.default_rng(1).integers(0, 256, (300, 400, 3), np.uint8)
    alone = np.concatenate([one.measure(picture) for one in sets])
    sizes: list[int] = []
    resize = images.resize
    monkeypatch.setattr(
        "iconometrics.images.resize",
        lambda pixels, size: (sizes.append(size), resize(pixels, size))[1],
    )
    together = measured([picture], sets)
    assert sizes == [256]
    np.testing.assert_array_equal(together.to_numpy()[0], alone)
