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
    assign,
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


def test_unsure_images_are_drawn_more_often_and_sure_ones_can_be():
    frame = draw_by_confidence(corpus(), 9, codings=MACHINE, evenly=0.2, seed=1).frame
    probability = frame.set_index("image")["probability"][IDS]
    assert probability.sum() == pytest.approx(9)
    assert probability.is_monotonic_decreasing
    assert probability.iloc[-1] == pytest.approx(9 * 0.2 / 40)
    even = draw_by_confidence(corpus(), 9, codings=MACHINE, evenly=1, seed=1)
    assert even.equal


def test_an_image_without_confidence_counts_as_the_least_sure():
    codings = MACHINE.select(IDS[1:])
    frame = draw_by_confidence(corpus(), 9, codings=codings, seed=1).frame.set_index("image")
    assert frame.loc[IDS[0], "probability"] == frame.loc[IDS[1], "probability"]


def test_optimal_allocation_as_counted_by_hand():
    strata = pd.Series(["a"] * 20 + ["b"] * 20, index=IDS)
    options = {"allocation": "optimal", "spread": {"a": 0.1, "b": 0.3}}
    sample = draw(corpus(), 20, seed=1, strata=strata, **options)
    assert sample.table["stratum"].value_counts().to_dict() == {"b": 15, "a": 5}


@given(
    sizes=st.lists(st.integers(1, 60), min_size=1, max_size=8),
    weights=st.lists(st.floats(0.01, 10), min_size=8, max_size=8),
    share=st.floats(0, 1),
)
def test_equal_and_optimal_allocations_add_up(sizes, weights, share):
    ids = pd.Index([f"{n}" for n in range(sum(sizes))], name="image")
    strata = pd.Series(np.repeat([f"s{n}" for n in range(len(sizes))], sizes), index=ids)
    n = max(len(sizes), round(share * sum(sizes)))
    frame = SimpleNamespace(ids=ids)
    spread = {f"s{number}": weights[number] for number in range(len(sizes))}
    for allocation in ("equal", "optimal"):
        sample = draw(frame, n, seed=1, strata=strata, allocation=allocation, spread=spread)
        assert len(sample) == n and sample.table["stratum"].nunique() == len(sizes)


def test_selecting_keeps_probabilities_and_answering_raises_weights():
    sample = draw(corpus(), 12, seed=1, strata=STRATA, allocation="equal")
    kept = sample.select(STRATA.index[STRATA == "crowd"])
    assert set(kept.probability) == {4 / 12}
    lost = sample.images[STRATA[sample.images] == "calm"][:2]
    answered = sample.answered(sample.images.difference(lost))
    calm = STRATA[answered.images] == "calm"
    assert answered.probability[calm.to_numpy()].tolist() == pytest.approx([5 / 25 * 3 / 5] * 3)
    assert (1 / answered.probability).sum() == pytest.approx((1 / sample.probability).sum())
    with pytest.raises(InputError, match="stratum 'riot'"):
        sample.answered(STRATA.index[STRATA != "riot"])


def test_totals_hold_when_images_fail_at_random():
    totals = []
    for seed in range(SEEDS):
        sample = draw(corpus(), 20, seed=seed, strata=STRATA)
        there = np.random.default_rng(seed).random(20) < 0.8
        there[sample.table["stratum"] == "riot"] = True
        sample = sample.answered(sample.images[there])
        totals.append((OUTCOME[sample.images] / sample.probability).sum())
    assert abs(np.mean(totals) - OUTCOME.sum()) < 4 * np.std(totals) / np.sqrt(SEEDS)


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


@given(
    n=st.integers(1, 40),
    coders=st.integers(1, 5),
    overlap=st.floats(0, 1),
    seed=st.integers(0, 10**6),
)
def test_assignments_cover_the_sample_and_are_even(n, coders, overlap, seed):
    sample = draw(corpus(), n, seed=seed)
    names = [f"coder{number}" for number in range(coders)]
    made = assign(sample, names, overlap=overlap, seed=seed)
    table = made.table()
    times = table.groupby("image").size()
    assert set(times.index) == set(sample.images)
    double = round(overlap * n) if coders > 1 else 0
    assert (times == 2).sum() == double and times.max() <= 2
    assert not table.duplicated(["image", "coder"]).any()
    assert (table.groupby("image")["double"].first() == (times == 2)).all()
    order = {image: place for place, image in enumerate(sample.images)}
    for name in made.coders:
        assert [order[image] for image in made.of(name)] == sorted(
            order[image] for image in made.of(name)
        )
    # Pairs go round, so a coder may be ahead by the pairs of the last round at most.
    loads = table.groupby("coder").size()
    spare = n - double
    assert loads.max() - loads.min() <= max(1, coders - 1) or spare < coders * coders


def test_images_of_two_coders_are_a_random_part():
    counts = pd.Series(0, index=IDS)
    for seed in range(SEEDS):
        table = assign(
            Sample("s", pd.DataFrame({"image": IDS, "probability": 1})),
            ["a", "b"],
            overlap=0.25,
            seed=seed,
        ).table()
        counts[table.loc[table["double"], "image"].unique()] += 1
    z = (counts / SEEDS - 0.25) / np.sqrt(0.25 * 0.75 / SEEDS)
    assert z.abs().max() < 4.2


@pytest.mark.parametrize(
    ("coders", "overlap", "message"),
    [
        ([], 0.2, "list of names"),
        ("anna", 0.2, "list of names"),
        (["anna", "anna"], 0.2, "name of their own"),
        (["anna", "ben"], 20, "overlap=20"),
    ],
)
def test_unusable_assignments_say_why(coders, overlap, message):
    with pytest.raises(InputError, match=message):
        assign(draw(corpus(), 4, seed=1), coders, overlap=overlap, seed=1)
