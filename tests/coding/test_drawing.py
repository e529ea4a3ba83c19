"""Samples: allocation, inclusion probabilities, reproducibility."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iconometrics.coding import Sample, draw
from iconometrics.coding.apportioning import allocate
from iconometrics.errors import IconometricsWarning, InputError


def corpus(ids, **metadata):
    index = pd.Index(ids, name="image")
    return SimpleNamespace(ids=index, metadata=pd.DataFrame(metadata, index=index))


IDS = [f"p/{number}.jpg" for number in range(500)]


def test_a_simple_sample_has_equal_probabilities():
    sample = draw(corpus(IDS), 40, seed=1)
    assert len(sample) == 40 and sample.images.is_unique and set(sample.images) <= set(IDS)
    assert set(sample.probability) == {40 / 500}
    assert sample.equal
    assert sample.table["stratum"].isna().all() and set(sample.table["wave"]) == {1}


@given(order=st.permutations(range(30)), seed=st.integers(0, 10**9))
def test_the_order_of_the_corpus_does_not_matter(order, seed):
    ids = IDS[:30]
    strata = pd.Series(["x"] * 20 + ["y"] * 10, index=ids)
    plain = draw(corpus(ids), 7, seed=seed, strata=strata)
    mixed = draw(corpus([ids[i] for i in order]), 7, seed=seed, strata=strata)
    pd.testing.assert_frame_equal(plain.table, mixed.table)


def test_seeds_differ_and_a_larger_sample_holds_the_smaller():
    one, two = (draw(corpus(IDS), 50, seed=seed) for seed in (1, 2))
    assert set(one.images) != set(two.images)
    assert draw(corpus(IDS), 80, seed=1).images[:50].tolist() == one.images.tolist()


def test_every_image_is_drawn_as_often_as_its_probability_says():
    strata = pd.Series(["big"] * 45 + ["small"] * 3 + ["one"] * 2, index=IDS[:50])
    counts = pd.Series(0.0, index=IDS[:50])
    for seed in range(500):
        sample = draw(corpus(IDS[:50]), 10, seed=seed, strata=strata)
        counts[sample.images] += 1
    told = sample.table.set_index("stratum")["probability"].to_dict()
    expected = strata.map(told)
    z = (counts / 500 - expected) / np.sqrt(expected * (1 - expected) / 500)
    assert z.abs().max() < 4.2
    pairs = np.corrcoef(counts[strata == "big"], range(45))[0, 1]
    assert abs(pairs) < 0.5


def test_strata_from_a_column_are_proportional():
    kinds = ["a"] * 300 + ["b"] * 150 + ["c"] * 50
    sample = draw(corpus(IDS, kind=kinds), 50, seed=3, strata="kind")
    assert sample.table["stratum"].value_counts().to_dict() == {"a": 30, "b": 15, "c": 5}
    assert sample.equal


@given(
    sizes=st.lists(st.integers(1, 300), min_size=1, max_size=12),
    share=st.floats(0, 1),
)
def test_allocation_adds_up_and_stays_within_a_stratum(sizes, share):
    sizes = np.array(sizes)
    n = max(1, round(share * sizes.sum()))
    drawn = allocate(sizes, n)
    assert drawn.sum() == n
    assert (drawn <= sizes).all() and (drawn >= 0).all()
    if n >= len(sizes):
        assert (drawn >= 1).all()
    quota = sizes * n / sizes.sum()
    if (quota >= 1).all() or n < len(sizes):
        assert (np.abs(drawn - quota) < 1 + 1e-9).all()


def test_largest_remainders_as_counted_by_hand():
    assert allocate(np.array([47, 16, 17, 20]), 10).tolist() == [5, 1, 2, 2]
    assert allocate(np.array([90, 9, 1]), 10).tolist() == [8, 1, 1]
    assert allocate(np.array([3, 3, 3]), 1).tolist() == [1, 0, 0]


def test_fewer_images_than_strata_are_told():
    strata = pd.Series(list("abcde") * 100, index=IDS)
    with pytest.warns(IconometricsWarning, match=r"less than the 5 strata: d, e"):
        draw(corpus(IDS), 3, seed=1, strata=strata)


def test_images_without_a_stratum_are_told():
    strata = pd.Series("x", index=IDS[:490])
    with pytest.warns(IconometricsWarning, match="10 of 500 images have no stratum"):
        sample = draw(corpus(IDS), 49, seed=1, strata=strata)
    assert set(sample.probability) == {0.1}
    with pytest.raises(InputError, match="none of the 500"):
        draw(corpus(IDS), 3, seed=1, strata=pd.Series(["x"], index=["other"]))


def test_unreadable_images_are_not_drawn():
    whole = corpus(IDS)
    whole.readable = corpus(IDS[:5])
    assert set(draw(whole, 5, seed=1).images) == set(IDS[:5])


@pytest.mark.parametrize(
    ("n", "options", "message"),
    [
        (501, {}, "more than the 500 images"),
        (0, {}, "at least one"),
        (2.5, {}, r"n=2\.5"),
        (5, {"seed": -1}, "seed=-1"),
        (5, {"strata": "kind"}, "no column 'kind'"),
        (5, {"strata": pd.Series(["x", "y"], index=["a", "a"])}, "twice: a"),
    ],
)
def test_unusable_draws_say_why(n, options, message):
    with pytest.raises(InputError, match=message):
        draw(corpus(IDS), n, **{"seed": 1, **options})


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"image": ["a", "a"], "probability": [0.1, 0.1]}, "drawn twice: a"),
        ({"image": ["a"], "probability": [0.0]}, "above 0"),
        ({"image": ["a"], "probability": [1.5]}, "at most 1"),
        ({"image": ["a"], "probability": [float("nan")]}, "above 0"),
        ({"image": ["a"]}, "'probability'"),
    ],
)
def test_unusable_samples_say_why(table, message):
    with pytest.raises(InputError, match=message):
        Sample("s", pd.DataFrame(table))
