"""Who codes what: everything once, a random part twice, nobody more than others."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iconometrics.coding import Sample, assign, draw
from iconometrics.errors import InputError

IDS = [f"p/{number:02}.jpg" for number in range(40)]
CORPUS = SimpleNamespace(ids=pd.Index(IDS, name="image"), metadata=pd.DataFrame(index=IDS))
SEEDS = 60


@given(
    n=st.integers(1, 40),
    coders=st.integers(1, 5),
    overlap=st.floats(0, 1),
    seed=st.integers(0, 10**6),
)
def test_assignments_cover_the_sample_and_are_even(n, coders, overlap, seed):
    sample = draw(CORPUS, n, seed=seed)
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
        assign(draw(CORPUS, 4, seed=1), coders, overlap=overlap, seed=1)
