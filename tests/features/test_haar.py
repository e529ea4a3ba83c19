"""Haar-like features against scikit-image, brute force, and faces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage import data
from skimage.feature import haar_like_feature, haar_like_feature_coord
from sklearn.ensemble import AdaBoostClassifier
from sklearn.tree import DecisionTreeClassifier

from iconometrics import features, stats
from iconometrics.errors import InputError
from iconometrics.features.haar_windows import KINDS

THEIRS = ("type-2-x", "type-2-y", "type-3-x", "type-3-y", "type-4")


def test_the_known_numbers_of_features() -> None:
    counts = features.haar_features((24, 24))["kind"].value_counts().to_dict()
    assert counts == {
        "two across": 43200,
        "two down": 43200,
        "three across": 27600,
        "three down": 27600,
        "four": 20736,
    }
    assert sum(counts.values()) == 162_336


@pytest.mark.parametrize("shape", [(6, 6), (5, 9)])
def test_equal_to_scikit_image(shape: tuple[int, int]) -> None:
    window = np.random.default_rng(1).integers(0, 256, shape)
    sums = features.integral(window)[1:, 1:]
    for kind, theirs in zip(KINDS, THEIRS, strict=True):
        ours = features.haar_features(shape, kinds=[kind])
        coordinates, _ = haar_like_feature_coord(shape[1], shape[0], theirs)
        boxes = [(r[0][0][0], r[0][0][1]) for r in coordinates]
        assert [tuple(row) for row in ours[["top", "left"]].to_numpy()] == boxes
        expected = haar_like_feature(sums, 0, 0, shape[1], shape[0], theirs)
        values = features.haar_values(window, ours)[0]
        # scikit-image takes the first rectangles of type 2 and 4 off instead of adding them.
        sign = 1 if np.array_equal(values, expected) else -1
        np.testing.assert_array_equal(values, sign * expected)


@settings(max_examples=20)
@given(arrays(np.uint8, (5, 6)))
def test_equal_to_brute_force(window: NDArray[np.uint8]) -> None:
    listed = features.haar_features((5, 6))
    values = features.haar_values(window, listed)[0]
    for value, row in list(zip(values, listed.itertuples(), strict=True))[::37]:
        signs = KINDS[row.kind]
        grid = np.kron(signs, np.ones((row.height // signs.shape[0], row.width // signs.shape[1])))
        patch = window[row.top : row.top + row.height, row.left : row.left + row.width]
        assert value == (grid * patch).sum()


@given(arrays(np.uint8, (4, 7)))
def test_any_rectangle_is_four_numbers(pixels: NDArray[np.uint8]) -> None:
    sums = features.integral(pixels)
    total = sums[3, 6] - sums[1, 6] - sums[3, 2] + sums[1, 2]
    assert total == pixels[1:3, 2:6].sum()


@pytest.fixture(scope="module")
def faces() -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """The middles of the 200 patches, which are faces, and which are for training."""
    train = np.zeros(200, bool)
    train[np.random.default_rng(7).permutation(200)[:120]] = True
    return data.lfw_subset()[:, 3:22, 3:22], np.arange(200) < 100, train


def test_faces_are_told_from_other_patches(
    faces: tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]],
) -> None:
    patches, is_face, train = faces
    model = features.haar_boost(patches[train], is_face[train], rounds=20)
    right = int((model.predict(patches[~train]) == is_face[~train]).sum())
    low, _ = stats.wilson(right, int((~train).sum()))
    assert low > 0.85
    assert len(model.table()) == 20
    assert model.table()["share"].sum() == pytest.approx(1)
    # Neither light nor contrast matters.
    scores = model.score(patches[~train])
    np.testing.assert_allclose(model.score(patches[~train] * 0.5 + 0.2), scores)
    # The first one looks at eyes and cheeks, or brow and eyes: bands that lie upon each other.
    assert model.table()["kind"].iloc[0].endswith("down")


def test_boosting_equals_scikit_learn_on_the_same_features() -> None:
    """Discrete AdaBoost of stumps; there a split is chosen by impurity, which comes to the same
    as long as errors are small enough to tell splits apart: in the first rounds."""
    rng = np.random.default_rng(3)
    windows = rng.normal(size=(60, 4, 4))
    labels = windows[:, :2].mean(axis=(1, 2)) + 0.3 * rng.normal(size=60) > 0
    listed = features.haar_features((4, 4))
    even = (windows - windows.mean(axis=(1, 2), keepdims=True)) / windows.std(
        axis=(1, 2), keepdims=True
    )
    values = features.haar_values(even, listed)
    ours = features.haar_boost(windows, labels, rounds=8)
    balanced = np.where(labels, 0.5 / labels.sum(), 0.5 / (~labels).sum())
    theirs = AdaBoostClassifier(DecisionTreeClassifier(max_depth=1), n_estimators=8, random_state=1)
    theirs.fit(values, labels, sample_weight=balanced)
    np.testing.assert_allclose(ours.table()["error"][:5], theirs.estimator_errors_[:5], atol=1e-6)
    # Later on, ours err less in each round, as they are chosen for that.
    assert (ours.predict(windows) == labels).mean() >= (theirs.predict(values) == labels).mean()


def test_one_vote_is_a_threshold() -> None:
    rng = np.random.default_rng(2)
    windows = rng.integers(0, 256, (30, 5, 5))
    labels = np.arange(30) < 12
    model = features.haar_boost(windows, labels, rounds=3)
    first = replace(model, votes=model.votes.head(1))
    assert set(first.score(windows)) <= {0.0, 1.0}
    # Its weighted error is what it says, both kinds counting one half.
    wrong = first.predict(windows) != labels
    error = 0.5 * wrong[labels].mean() + 0.5 * wrong[~labels].mean()
    assert model.table()["error"].iloc[0] == pytest.approx(error)


def test_flat_windows_and_wrong_ones() -> None:
    windows = np.zeros((4, 3, 3))
    model = features.haar_boost(np.stack([np.eye(3), *windows[:3]]), [True, *[False] * 3], rounds=2)
    assert not model.predict(windows).any()
    with pytest.raises(InputError, match="both kinds"):
        features.haar_boost(windows, [True] * 4)
    with pytest.raises(InputError, match=r"expected \(n"):
        model.predict(np.zeros((1, 4, 4)))
    with pytest.raises(InputError, match="two across"):
        features.haar_features((4, 4), kinds=["five"])
    with pytest.raises(InputError, match="no larger"):
        features.haar_values(np.zeros((3, 3)), features.haar_features((4, 4)))


def test_stripes_of_a_whole_picture() -> None:
    stripes = np.zeros((128, 128), np.uint8)
    stripes[:, ::16] = stripes[:, 1::16] = stripes[:, 2::16] = stripes[:, 3::16] = 255
    row = features.Haar(size=128).transform(stripes).iloc[0]
    assert row["haar_three_across_fine"] > 60
    assert row.filter(like="down").max() == row.filter(like="four").max() == 0
    turned = features.Haar(size=128).transform(np.ascontiguousarray(stripes.T)).iloc[0]
    assert turned["haar_three_down_fine"] == row["haar_three_across_fine"]


def test_drawing() -> None:
    patches = data.lfw_subset()[80:120]
    model = features.haar_boost(patches, np.arange(40) < 20, rounds=2)
    ax = model.plot(patches[:20].mean(axis=0), features=2)
    assert len(ax.images) == min(2, len(model.table()))
    assert "<table" in model._repr_html_()


@pytest.mark.parametrize("seed", [17, 22, 44, 66, 71])
def test_kinds_that_are_apart_are_told_the_right_way_round(seed: int) -> None:
    """Rounding may bring an error of 0 to below 0, whose sign must not turn the vote."""
    random = np.random.default_rng(seed)
    windows = random.normal(0, 0.1, (random.integers(5, 40), 6, 6))
    yes = random.random(len(windows)) < 0.4
    windows[yes, :, :3] += 3
    assert (features.haar_boost(windows, yes).predict(windows) == yes).all()


def test_windows_that_are_all_alike_are_told() -> None:
    with pytest.raises(InputError, match="no feature tells the two kinds apart"):
        features.haar_boost(np.ones((4, 4, 4)), [True, True, False, False])
