"""Dense descriptors and bags of visual words: OpenCV's SIFT, brute force, saving, leakage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from skimage import data
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from iconometrics import Corpus, features, images
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.features import VisualWords, Vocabulary, Words, dense_sift
from iconometrics.features.vocabulary import builtin

CAMERA = images.resize(data.camera(), 256)


def test_descriptors_resemble_opencvs() -> None:
    """OpenCV weighs single pixels by their distance from the middle, ours whole cells."""
    cell = 8
    ours, centers = dense_sift(CAMERA, cell=cell, step=16)
    # A keypoint of this size has cells of 8 pixels; OpenCV counts directions counterclockwise.
    points = [cv2.KeyPoint(float(x), float(y), 2 * cell / 3, 0) for y, x in centers]
    smooth = cv2.GaussianBlur(CAMERA, (0, 0), 0.5)
    _, theirs = cv2.SIFT.create().compute(smooth, points)
    theirs = theirs.reshape(-1, 4, 4, 8)
    strong = ours.any(axis=1)
    mine = ours.reshape(-1, 4, 4, 8)
    candidates = [theirs, theirs[..., (-np.arange(8)) % 8]]
    like = max(
        np.mean(
            [
                np.corrcoef(a.ravel(), b.ravel())[0, 1]
                for a, b in zip(mine[strong], t[strong], strict=True)
            ]
        )
        for t in candidates
    )
    assert like > 0.85


def test_descriptors_are_unit_vectors_or_nothing() -> None:
    found, centers = dense_sift(data.astronaut()[..., 0], step=12)
    length = np.linalg.norm(found, axis=1)
    assert np.allclose(length[length > 0], 1, atol=1e-5)
    assert (length == 0).any()
    assert found.min() >= 0
    assert ((centers >= 8) & (centers <= 512 - 8)).all()
    assert len(dense_sift(np.zeros((15, 40)))[0]) == 0
    assert len(dense_sift(np.zeros((16, 16)))[0]) == 1


def test_one_descriptor_by_hand() -> None:
    """A ramp to the right changes brightness in direction 0 everywhere, in all 16 cells alike."""
    ramp = np.tile(np.arange(0, 128, 2.0), (64, 1))
    found, centers = dense_sift(ramp, cell=4, step=8)
    middle = found[np.argmin(np.abs(centers - 31.5).sum(axis=1))].reshape(4, 4, 8)
    assert (middle[..., 1:] == 0).all()
    away = (np.arange(4) - 1.5) / 2
    weights = np.exp(-(away[:, None] ** 2 + away**2) / 2)
    expected = weights / np.linalg.norm(weights)
    clipped = np.minimum(expected, 0.2)
    np.testing.assert_allclose(middle[..., 0], clipped / np.linalg.norm(clipped), atol=1e-5)


def test_light_and_contrast_do_not_matter() -> None:
    base, _ = dense_sift(CAMERA.astype(float), step=16)
    strong = base.any(axis=1)
    other, _ = dense_sift(CAMERA * 1.5 + 20, step=16)
    np.testing.assert_allclose(base[strong], other[strong], atol=1e-4)


def test_turning_the_picture_turns_the_descriptor() -> None:
    # A side of 4 k + 1 pixels, so that the grid is the same from both ends.
    picture = CAMERA[:253, :253]
    found, centers = dense_sift(picture, cell=4, step=4)
    turned, places = dense_sift(np.rot90(picture), cell=4, step=4)
    for row, column in ((100, 120), (60, 80)):
        one = found[(centers == (row, column)).all(axis=1)][0].reshape(4, 4, 8)
        # rot90 moves (r, c) to (width - 1 - c, r); directions turn by a quarter the other way.
        at = (places == (252 - column, row)).all(axis=1)
        other = turned[at][0].reshape(4, 4, 8)
        np.testing.assert_allclose(np.rot90(one), np.roll(other, 2, axis=2), atol=1e-5)


def test_words_equal_brute_force() -> None:
    vocabulary = builtin()
    words, places = vocabulary.look_up(images.gray(CAMERA))
    row = Words(levels=2).transform(CAMERA).iloc[0]
    described = [
        dense_sift(CAMERA, cell=cell, step=vocabulary.step)[0] for cell in vocabulary.cells
    ]
    gaps = np.vstack(described)[:, None] - vocabulary.centers
    nearest = np.where(np.vstack(described).any(axis=1), (gaps**2).sum(axis=2).argmin(axis=1), -1)
    np.testing.assert_array_equal(words, nearest)
    known = words[words >= 0]
    assert row["words_007"] == pytest.approx((known == 6).mean())
    lower_left = (places[:, 0] >= 128) & (places[:, 1] < 128) & (words == 6)
    assert row["words_2x2_r2c1_007"] == pytest.approx(lower_left.sum() / len(known))
    assert row["words_flat"] == pytest.approx((words < 0).mean())
    shares = np.bincount(known, minlength=100) / len(known)
    some = shares[shares > 0]
    assert row["words_variety"] == pytest.approx(-(some * np.log2(some)).sum(), rel=1e-5)
    assert row["words_distinct"] == pytest.approx(len(some) / 100)


def test_quarters_add_up_to_the_whole() -> None:
    row = Words(levels=3).transform(data.astronaut()).iloc[0]
    values = row.iloc[3:].to_numpy()
    whole, quarters, sixteenths = np.split(values, [100, 500])
    np.testing.assert_allclose(quarters.reshape(4, 100).sum(axis=0), whole, atol=1e-6)
    np.testing.assert_allclose(sixteenths.reshape(16, 100).sum(axis=0), whole, atol=1e-6)


def stripes(seed: int, *, across: bool) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    line = np.repeat(rng.integers(0, 256, 16), 6)[:96].astype(np.uint8)
    picture = np.tile(line, (96, 1))
    return picture if across else np.ascontiguousarray(picture.T)


def test_a_pipeline_learns_words_and_classes() -> None:
    pictures = [stripes(seed, across=seed % 2 == 0) for seed in range(40)]
    labels = np.array([seed % 2 for seed in range(40)])
    model = make_pipeline(VisualWords(words=12, seed=1), StandardScaler(), LogisticRegression())
    model.fit(pictures[:20], labels[:20])
    assert model.score(pictures[20:], labels[20:]) == 1
    learned = model[0].vocabulary_
    assert learned.pictures == 20
    # Learning again from the same images gives the same words; other images give others.
    again = VisualWords(words=12, seed=1).fit(pictures[:20]).vocabulary_
    assert again.hash == learned.hash
    assert VisualWords(words=12, seed=1).fit(pictures[20:]).vocabulary_.hash != learned.hash


def test_scikit_learns_manners() -> None:
    made = VisualWords(words=9, levels=2)
    assert clone(made).get_params() == made.get_params()
    with pytest.raises(InputError, match="call fit"):
        made.transform(CAMERA)
    with pytest.raises(NotFittedError):
        check_is_fitted(made)
    check_is_fitted(made.fit(CAMERA))
    assert made.transform([CAMERA]).shape == (1, 3 + 9 * 5)


def test_saved_words_are_read_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    learned = VisualWords(words=20, levels=2, size=128).fit([data.astronaut(), CAMERA])
    kept = learned.save("towns.npz")
    assert np.load("towns.npz", allow_pickle=False)["centers"].shape == (20, 128)
    again = features.get(kept.spec)
    pd.testing.assert_frame_equal(again.transform([CAMERA]), learned.transform([CAMERA]))
    assert clone(again).spec == again.spec == kept.spec
    # Options name the words by content, so that results made with other words are kept apart.
    assert learned.vocabulary_.hash in again.get_params()["vocabulary"]
    VisualWords(words=20, levels=2, size=128, seed=2).fit([CAMERA]).save("towns.npz")
    with pytest.raises(InputError, match="learned again"):
        features.get(kept.spec.replace("towns", "./towns")).transform([CAMERA])
    assert features.get("words:vocabulary='towns.npz'").get_params() != again.get_params()


def test_a_corpus_is_learned_from_and_counted(corpus: Corpus) -> None:
    readable = corpus.select([i for i in corpus.ids if i.endswith("png")])
    learned = VisualWords(words=10, size=128).fit(corpus)
    # Of the four pictures that can be read one is too small for a patch; it has no words.
    with pytest.warns(IconometricsWarning, match="2 of 6 images"):
        assert learned.transform(corpus).isna().any(axis=1).sum() == 2
    table = learned.transform(readable)
    assert table.iloc[:, 3:].sum(axis=1).round(5).tolist() == [1, 1, 1, 0]
    assert table["words_flat"].iloc[3] == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Words(vocabulary="nowhere.npz"), "cannot be read"),
        (lambda: Words(levels=4).columns(), "levels=4"),
        (lambda: VisualWords(words=500).fit([np.zeros((40, 40), np.uint8)]), "from 0 patches"),
        (lambda: dense_sift(CAMERA, cell=5), "even cell"),
        (lambda: builtin().save("words.pkl"), "ends in .npz"),
    ],
)
def test_what_does_not_fit(make: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()


def test_files_of_other_kinds_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    (tmp_path / "text.npz").write_text("centers")
    np.save(tmp_path / "pickled.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    for name in ("other.npz", "text.npz", "pickled.npy"):
        with pytest.raises(InputError, match=r"vocabulary .*"):
            Vocabulary.read(tmp_path / name)


def test_drawing() -> None:
    ax = builtin().plot()
    assert ax.get_title(loc="left") == "100 visual words"
    assert len(ax.collections) == 1


def test_a_file_may_have_an_at_sign_in_its_name(tmp_path: Path) -> None:
    path = builtin().save(tmp_path / "words@home.npz")
    assert Words(vocabulary=str(path)).vocabulary == f"{path}@{builtin().hash}"


def test_words_in_memory_have_no_name() -> None:
    learned = VisualWords(words=5, size=128, seed=1).fit([CAMERA])
    with pytest.raises(InputError, match=r"words\.save"):
        _ = learned.spec
