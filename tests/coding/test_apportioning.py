"""How a sample is shared out over strata: as counted by hand, and always in full."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from iconometrics.coding import draw
from iconometrics.coding.apportioning import allocate

IDS = [f"p/{number:02}.jpg" for number in range(40)]
CORPUS = SimpleNamespace(ids=pd.Index(IDS, name="image"), metadata=pd.DataFrame(index=IDS))


def test_largest_remainders_as_counted_by_hand():
    assert allocate(np.array([47, 16, 17, 20]), 10).tolist() == [5, 1, 2, 2]
    assert allocate(np.array([90, 9, 1]), 10).tolist() == [8, 1, 1]
    assert allocate(np.array([3, 3, 3]), 1).tolist() == [1, 0, 0]


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


def test_optimal_allocation_as_counted_by_hand():
    strata = pd.Series(["a"] * 20 + ["b"] * 20, index=IDS)
    options = {"allocation": "optimal", "spread": {"a": 0.1, "b": 0.3}}
    sample = draw(CORPUS, 20, seed=1, strata=strata, **options)
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
