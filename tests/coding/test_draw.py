"""Sampling designs: images are drawn as often as their stored probability says."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from iconometrics.coding import (
    Codings,
    Sample,
    draw,
    draw_by_confidence,
    draw_clusters,
    draw_second_phase,
    top_up,
)
from iconometrics.errors import IconometricsWarning, InputError

IDS = [f"p/{number:02}.jpg" for number in range(40)]
SEEDS = 60
MANY = 300


def corpus(order=None):
    ids = IDS if order is None else [IDS[number] for number in order]
    index = pd.Index(ids, name="image")
    return SimpleNamespace(ids=index, metadata=pd.DataFrame(index=index))


STRATA = pd.Series(["calm"] * 25 + ["crowd"] * 12 + ["riot"] * 3, index=IDS)
ACCOUNTS = pd.Series([f"account{min(n // 4, 7)}" for n in range(40)], index=IDS)
SURE = pd.Series(0.5 + 0.5 * np.linspace(0, 1, 40) ** 0.5, index=IDS)
MACHINE = Codings.from_series(
    pd.Series("yes", index=IDS, name="protest"), coder="svm", confidence=SURE
)
TOLD = pd.Series(["yes", "no", "no", "unsure"] * 10, index=IDS)


def second(c, s):
    first = draw(c, 24, seed=s, strata=STRATA)
    return draw_second_phase(first, 9, strata=TOLD, seed=s)


DESIGNS = {
    "simple": lambda c, s: draw(c, 9, seed=s),
    "proportional": lambda c, s: draw(c, 9, seed=s, strata=STRATA),
    "equal": lambda c, s: draw(c, 9, seed=s, strata=STRATA, allocation="equal"),
    "optimal": lambda c, s: draw(
        c,
        12,
        seed=s,
        strata=STRATA,
        allocation="optimal",
        spread={"calm": 0.1, "crowd": 0.5, "riot": 0.4},
    ),
    "given": lambda c, s: draw(
        c, 9, seed=s, strata=STRATA, allocation={"calm": 2, "crowd": 4, "riot": 3}
    ),
    "confidence": lambda c, s: draw_by_confidence(c, 9, codings=MACHINE, seed=s),
    "whole clusters": lambda c, s: draw_clusters(c, 3, clusters=ACCOUNTS, seed=s),
    "within clusters": lambda c, s: draw_clusters(c, 4, clusters=ACCOUNTS, within=3, seed=s),
    "topped up": lambda c, s: top_up(draw(c, 6, seed=s), 5, seed=s),
    "strata topped up": lambda c, s: top_up(
        draw(c, 6, seed=s, strata=STRATA, allocation="equal"), 7, seed=s + 10**6
    ),
    "confidence topped up": lambda c, s: top_up(
        draw_by_confidence(c, 6, codings=MACHINE, seed=s), 5, seed=s
    ),
    "clusters topped up": lambda c, s: top_up(
        draw_clusters(c, 2, clusters=ACCOUNTS, within=3, seed=s), 2, seed=s
    ),
    "thrice": lambda c, s: top_up(top_up(draw(c, 4, seed=s), 3, seed=s), 3, seed=s + 10**6),
}
OUTCOME = pd.Series(np.random.default_rng(5).gamma(2, size=40), index=IDS)


def fits(design, seeds):
    """Whether inclusions and Horvitz-Thompson totals are what the probabilities promise."""
    counts = pd.Series(0.0, index=IDS)
    totals = []
    for seed in range(seeds):
        sample = DESIGNS[design](corpus(), seed)
        counts[sample.images] += 1
        totals.append((OUTCOME[sample.images] / sample.probability).sum())
    told = sample.frame.set_index("image")["probability"]
    assert told[sample.images].tolist() == pytest.approx(sample.probability.tolist())
    assert (told > 0).all()
    assert (counts[told >= 1] == seeds).all()
    inner = told[told < 1]
    tested = [
        binomtest(int(counts[image]), seeds, probability).pvalue
        for image, probability in inner.items()
    ]
    assert min(tested) > 1e-5  # 40 images, 13 designs
    error = np.std(totals) / np.sqrt(seeds)
    assert abs(np.mean(totals) - OUTCOME.sum()) < 3.5 * error + 1e-9


@pytest.mark.parametrize("design", DESIGNS)
def test_images_are_drawn_as_often_as_they_should(design):
    fits(design, SEEDS)


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS)
def test_images_are_drawn_as_often_as_they_should_over_many_seeds(design):
    fits(design, MANY)


def test_a_second_phase_is_unbiased():
    """Its probabilities depend on the first phase, so only the total can be held."""
    totals = []
    for seed in range(SEEDS):
        sample = second(corpus(), seed)
        totals.append((OUTCOME[sample.images] / sample.probability).sum())
    assert len(sample) == 9
    assert abs(np.mean(totals) - OUTCOME.sum()) < 3.5 * np.std(totals) / np.sqrt(SEEDS)


@pytest.mark.parametrize("design", [*DESIGNS, "second phase"])
@settings(max_examples=12)
@given(order=st.permutations(range(40)), seed=st.integers(0, 10**9))
def test_the_order_of_the_corpus_does_not_matter(design, order, seed):
    draw_it = DESIGNS.get(design, second)
    plain, again, mixed = (draw_it(corpus(o), seed) for o in (None, None, order))
    pd.testing.assert_frame_equal(plain.table, again.table)
    pd.testing.assert_frame_equal(plain.table, mixed.table, check_exact=False)


def test_two_waves_are_the_sample_drawn_at_once():
    whole = draw(corpus(), 11, seed=3)
    waves = top_up(draw(corpus(), 6, seed=3), 5, seed=3)
    assert waves.name == "sample-2"
    assert waves.images.tolist() == whole.images.tolist()
    assert waves.probability.tolist() == pytest.approx(whole.probability.tolist())
    assert waves.table["wave"].tolist() == [1] * 6 + [2] * 5
    third = top_up(waves, 2, seed=3)
    assert third.name == "sample-3" and third.table["wave"].max() == 3


POSTS = [f"p/{number}.jpg" for number in range(500)]


def named(ids, **metadata):
    index = pd.Index(ids, name="image")
    return SimpleNamespace(ids=index, metadata=pd.DataFrame(metadata, index=index))


def test_a_simple_sample_has_equal_probabilities():
    sample = draw(named(POSTS), 40, seed=1)
    assert len(sample) == 40 and sample.images.is_unique and set(sample.images) <= set(POSTS)
    assert set(sample.probability) == {40 / 500}
    assert sample.equal
    assert sample.table["stratum"].isna().all() and set(sample.table["wave"]) == {1}


@given(order=st.permutations(range(30)), seed=st.integers(0, 10**9))
def test_the_order_of_the_corpus_does_not_matter_to_strata(order, seed):
    ids = POSTS[:30]
    strata = pd.Series(["x"] * 20 + ["y"] * 10, index=ids)
    plain = draw(named(ids), 7, seed=seed, strata=strata)
    mixed = draw(named([ids[i] for i in order]), 7, seed=seed, strata=strata)
    pd.testing.assert_frame_equal(plain.table, mixed.table)


def test_seeds_differ_and_a_larger_sample_holds_the_smaller():
    one, two = (draw(named(POSTS), 50, seed=seed) for seed in (1, 2))
    assert set(one.images) != set(two.images)
    assert draw(named(POSTS), 80, seed=1).images[:50].tolist() == one.images.tolist()


def test_every_image_of_a_stratum_is_drawn_as_often_as_its_probability_says():
    strata = pd.Series(["big"] * 45 + ["small"] * 3 + ["one"] * 2, index=POSTS[:50])
    counts = pd.Series(0.0, index=POSTS[:50])
    for seed in range(500):
        sample = draw(named(POSTS[:50]), 10, seed=seed, strata=strata)
        counts[sample.images] += 1
    told = sample.table.set_index("stratum")["probability"].to_dict()
    expected = strata.map(told)
    z = (counts / 500 - expected) / np.sqrt(expected * (1 - expected) / 500)
    assert z.abs().max() < 4.2
    pairs = np.corrcoef(counts[strata == "big"], range(45))[0, 1]
    assert abs(pairs) < 0.5


def test_strata_from_a_column_are_proportional():
    kinds = ["a"] * 300 + ["b"] * 150 + ["c"] * 50
    sample = draw(named(POSTS, kind=kinds), 50, seed=3, strata="kind")
    assert sample.table["stratum"].value_counts().to_dict() == {"a": 30, "b": 15, "c": 5}
    assert sample.equal


def test_fewer_images_than_strata_are_told():
    strata = pd.Series(list("abcde") * 100, index=POSTS)
    with pytest.warns(IconometricsWarning, match=r"less than the 5 strata: d, e"):
        draw(named(POSTS), 3, seed=1, strata=strata)


def test_images_without_a_stratum_are_told():
    strata = pd.Series("x", index=POSTS[:490])
    with pytest.warns(IconometricsWarning, match="10 of 500 images have no stratum"):
        sample = draw(named(POSTS), 49, seed=1, strata=strata)
    assert set(sample.probability) == {0.1}
    with pytest.raises(InputError, match="none of the 500"):
        draw(named(POSTS), 3, seed=1, strata=pd.Series(["x"], index=["other"]))


def test_unreadable_images_are_not_drawn():
    whole = named(POSTS)
    whole.readable = named(POSTS[:5])
    assert set(draw(whole, 5, seed=1).images) == set(POSTS[:5])


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
        draw(named(POSTS), n, **{"seed": 1, **options})


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda c: draw(SimpleNamespace(ids=pd.Index([])), 1, seed=1), "no images to draw from"),
        (lambda c: draw_clusters(c, 9, clusters=ACCOUNTS, seed=1), "more than the 8 clusters"),
        (lambda c: draw_clusters(c, 2, clusters="account", seed=1), "'account' in the metadata"),
        (lambda c: draw_clusters(c, 2, clusters=ACCOUNTS, within=0, seed=1), "within=0"),
        (lambda c: draw_by_confidence(c, 41, codings=MACHINE, seed=1), "more than the 40"),
        (lambda c: draw_by_confidence(c, 4, codings=MACHINE, evenly=0, seed=1), "evenly=0"),
        (
            lambda c: draw_by_confidence(
                c, 4, codings=Codings.from_series(TOLD, variable="v", coder="x"), seed=1
            ),
            "none of the 40 images has a confidence",
        ),
        (lambda c: top_up(Sample("s", draw(c, 4, seed=1).table), 4, seed=1), "does not know"),
        (lambda c: top_up(draw(c, 39, seed=1), 2, seed=1), "more than the 1 images"),
        (lambda c: draw_second_phase(draw(c, 4, seed=1), 5, seed=1), "more than the 4"),
        (
            lambda c: draw_second_phase(
                draw(c, 4, seed=1), 2, strata=pd.Series({"x": "a"}), seed=1
            ),
            "4 of 4 images of sample 'sample' have no stratum",
        ),
        (lambda c: draw(c, 4, seed=1, strata=STRATA, allocation="fair"), "allocation='fair'"),
        (
            lambda c: draw(c, 4, seed=1, strata=STRATA, allocation="optimal"),
            "standard deviation in each stratum",
        ),
        (
            lambda c: draw(c, 4, seed=1, strata=STRATA, allocation={"riot": 4}),
            "4 images of stratum 'riot', which has 3",
        ),
        (lambda c: draw(c, 4, seed=1, strata=STRATA, allocation={"riot": 3}), "adds up to 3"),
        (lambda c: draw(c, 4, seed=1, strata=STRATA, allocation={"x": 4}), "no stratum 'x'"),
    ],
)
def test_unusable_designs_say_why(attempt, message):
    with pytest.raises(InputError, match=message):
        attempt(corpus())


def test_a_stratum_of_which_nothing_is_drawn_is_told():
    with pytest.warns(IconometricsWarning, match="riot are left out"):
        draw(corpus(), 4, seed=1, strata=STRATA, allocation={"calm": 2, "crowd": 2})
