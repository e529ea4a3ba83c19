"""Copies, against comparing every pair."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from skimage import data as pictures

from iconometrics.corpus import Corpus, find_duplicates
from iconometrics.corpus.duplicates import near_groups
from iconometrics.corpus.schema import conform
from iconometrics.errors import InputError


def groups_by_brute_force(hashes: list[int], distance: int) -> list[int]:
    group = list(range(len(hashes)))
    for i, a in enumerate(hashes):
        for j, b in enumerate(hashes[:i]):
            if (a ^ b).bit_count() <= distance:
                group = [group[j] if g == group[i] else g for g in group]
    return pd.factorize(np.array(group, dtype=int))[0].tolist()


@st.composite
def similar_hashes(draw) -> list[int]:
    """Hashes a few bits from one another, so that all distances near the limit occur."""
    centers = draw(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=3))
    hashes = []
    for _ in range(draw(st.integers(0, 25))):
        value = draw(st.sampled_from(centers))
        for bit in draw(st.lists(st.integers(0, 63), max_size=8)):
            value ^= 1 << bit
        hashes.append(value)
    return hashes


@settings(deadline=None)
@given(hashes=similar_hashes(), distance=st.integers(0, 7))
def test_near_groups_are_those_of_brute_force(hashes, distance):
    found = near_groups(np.array(hashes, dtype=np.uint64), distance=distance)
    assert found.tolist() == groups_by_brute_force(hashes, distance)


def test_chunks_do_not_change_the_groups(monkeypatch):
    random = np.random.default_rng(3)
    hashes = random.integers(0, 2**63, 40, dtype=np.uint64)[random.integers(0, 40, 400)]
    hashes ^= np.uint64(1) << random.integers(0, 60, 400).astype(np.uint64)
    whole = near_groups(hashes, distance=2)
    monkeypatch.setattr("iconometrics.corpus.duplicates._CHUNK", 7)
    assert near_groups(hashes, distance=2).tolist() == whole.tolist()
    assert whole.tolist() == groups_by_brute_force([int(h) for h in hashes], 2)


def test_distance_out_of_range_is_refused():
    with pytest.raises(InputError, match="distance=8: expected 0 to 7"):
        near_groups(np.array([1], dtype=np.uint64), distance=8)


def test_a_hundred_thousand_hashes_with_planted_copies():
    random = np.random.default_rng(4)
    hashes = random.integers(0, 2**64, 100_000, dtype=np.uint64)
    copies = hashes[:500] ^ (np.uint64(1) << random.integers(0, 64, 500).astype(np.uint64))
    found = near_groups(np.concatenate([hashes, copies]), distance=4)
    assert (found[:500] == found[100_000:]).all()
    assert len(np.unique(found)) == 100_000


def test_exact_and_near_copies_are_told_apart():
    images = pd.DataFrame(
        {
            "sha256": ["x", "x", "y", "z", None, None],
            "hash": ["00000000ffffffff"] * 2 + ["00000000fffffffc", "ff00ff00ff00ff00", None, None],
        },
        index=list("abcdef"),
    )
    table = find_duplicates(conform(images))
    assert table.to_dict("list") == {
        "image": ["a", "b", "c"],
        "group": [1, 1, 1],
        "kind": ["exact", "exact", "near"],
    }


def test_blank_pictures_are_no_near_copies_but_may_be_exact_ones(tmp_path, threads):
    for value in range(5):
        Image.new("L", (40, 40), 40 * value).save(tmp_path / f"{value}.png")
    (tmp_path / "copy.png").write_bytes((tmp_path / "0.png").read_bytes())
    check = Corpus.from_folder(tmp_path).check(executor=threads)
    assert check.summary()["blank"] == 6
    assert check.duplicates["image"].tolist() == ["0.png", "copy.png"]
    assert check.duplicates["kind"].tolist() == ["exact", "exact"]


def test_regions_of_one_file_are_copies_only_with_the_same_box():
    rows = [["x", 0, 9], ["x", 9, 18], ["x", 0, 9]]
    images = pd.DataFrame(rows, columns=["sha256", "left", "right"], index=["a", "b", "c"])
    images[["top", "bottom"]] = 0, 9
    assert find_duplicates(conform(images))["image"].tolist() == ["a", "c"]


def test_recompressed_and_reduced_pictures_are_near_copies_and_others_are_not(tmp_path, threads):
    names = ("astronaut", "camera", "coffee", "chelsea", "rocket", "page", "coins", "moon")
    for name in names:
        picture = Image.fromarray(getattr(pictures, name)()).convert("RGB")
        picture.save(tmp_path / f"{name}.png")
        picture.save(tmp_path / f"{name}-30.jpg", quality=30)
        picture.reduce(2).save(tmp_path / f"{name}-half.jpg", quality=80)
    check = Corpus.from_folder(tmp_path).check(executor=threads)
    first = check.groups.str.extract(r"^(\w+)")[0]
    assert first.tolist() == [image.split("-")[0].split(".")[0] for image in check.corpus]
    assert check.groups.nunique() == len(names)
    assert check.summary()["near"] == 3 * len(names)


def test_regions_are_duplicates_only_of_the_same_region():
    same = {"hash": "00000000ffffffff", "top": 0, "bottom": 9}
    rows = [
        {**same, "sha256": "x", "left": 0, "right": 9},
        {**same, "sha256": "y", "left": 0, "right": 9},
        {**same, "sha256": "x", "left": 0, "right": 9},
    ]
    found = find_duplicates(conform(pd.DataFrame(rows, index=["a#1", "b#1", "c#1"])))
    assert found["image"].tolist() == ["a#1", "c#1"]
    assert set(found["kind"]) == {"exact"}
