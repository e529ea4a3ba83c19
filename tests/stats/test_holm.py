"""P-values corrected for their number."""

from __future__ import annotations

import gc

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from iconometrics.stats.holm import holm


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
@settings(max_examples=30, deadline=None)
def test_holm_equals_statsmodels(p: list[float]) -> None:
    gc.freeze()  # statsmodels collects garbage at every call, which takes a second late in a run
    try:
        expected = multipletests(p, method="holm")[1]
    finally:
        gc.unfreeze()
    assert np.allclose(holm(p), expected)


def test_what_is_not_known_is_not_counted() -> None:
    np.testing.assert_allclose(holm([0.03, np.nan, 0.01]), [0.03, np.nan, 0.02])
