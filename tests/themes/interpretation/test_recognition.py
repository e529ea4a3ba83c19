"""Kappa of marks with the truth: its interval, and how many images would settle a verdict."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from iconometrics.themes.interpretation.recognition import (
    Marks,
    images_to_settle,
    kappa_interval,
    likeness,
)

rates = st.floats(0, 1)


@given(st.integers(1, 9), st.integers(1, 20), st.data())
def test_kappa_of_rates_is_that_of_the_table(n: int, m: int, data: st.DataObject) -> None:
    hits, false = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    truth = [1] * n + [0] * m
    marked = [1] * hits + [0] * (n - hits) + [1] * false + [0] * (m - false)
    marks = Marks(hits / n, false / m, n, m, 1.0)
    expected = cohen_kappa_score(truth, marked)
    assert marks.kappa(marks.found, marks.false) == pytest.approx(expected)


@given(rates, rates, rates, st.integers(1, 9), st.integers(1, 20))
def test_kappa_rises_with_what_is_found_and_falls_with_false_alarms(
    low: float, high: float, other: float, n: int, m: int
) -> None:
    low, high = sorted((low, high))
    marks = Marks(0, 0, n, m, 1.0)
    assert marks.kappa(low, other) <= marks.kappa(high, other) + 1e-12
    assert marks.kappa(other, high) <= marks.kappa(other, low) + 1e-12


@given(rates, rates, st.integers(1, 9), st.integers(1, 20), st.floats(1, 5))
def test_the_interval_holds_kappa_and_narrows_with_images(
    found: float, false: float, n: int, m: int, worth: float
) -> None:
    marks = Marks(found, false, n, m, worth)
    kappa = marks.kappa(found, false)
    low, high = kappa_interval(marks, 0.95, kappa=kappa)
    assert -1 <= low <= kappa + 1e-9 and kappa - 1e-9 <= high <= 1
    narrow = kappa_interval(marks.times(50), 0.95, kappa=kappa)
    assert narrow[1] - narrow[0] <= high - low + 1e-9


def test_likeness_is_one_where_coders_repeat_each_other() -> None:
    random = np.random.default_rng(1)
    once = (random.random((400, 1)) < 0.5).astype(float)
    assert likeness([once.repeat(3, axis=1)]) == 1
    apart = (random.random((4000, 3)) < 0.5).astype(float)
    assert likeness([apart]) == pytest.approx(0, abs=0.03)
    assert likeness([np.ones((5, 2)), np.zeros((9, 2))]) == 1
    assert likeness([once]) == 0


def test_so_many_images_settle_it_and_fewer_do_not() -> None:
    marks = Marks(0.8, 0.1, 6, 20, 1.5)
    kappa = marks.kappa(0.8, 0.1)
    more = images_to_settle(marks, 0.99, kappa=kappa, bar=0.4)
    assert 0 < more < np.inf
    for images, settled in ((more, True), (0.9 * more, False)):
        low, _ = kappa_interval(marks.times(1 + images / 26), 0.99, kappa=kappa)
        assert (low > 0.4) == settled
    assert images_to_settle(marks, 0.99, kappa=kappa, bar=kappa) == np.inf
    assert images_to_settle(marks, 0.99, kappa=kappa, bar=-0.9) == 0


@pytest.mark.parametrize("false", [0.02, 0.25])
def test_at_the_bar_few_verdicts_are_given(false: float) -> None:
    """A short version of benchmarks/theme_tests.py: 200 draws of 4 themes, 2 coders."""
    random, verdicts, held = np.random.default_rng(3), 0, 0
    grid = np.linspace(0, 1, 2001)
    found = grid[np.abs([Marks(0, 0, 6, 20, 1).kappa(h, false) - 0.4 for h in grid]).argmin()]
    for _ in range(200):
        cells = [
            (random.random((n, 2)) < rate).astype(float)
            for _ in range(4)
            for rate, n in ((found, 6), (false, 20))
        ]
        worth = 2 / (1 + likeness(cells))
        ends = []
        for hits, alarms in zip(cells[::2], cells[1::2], strict=True):
            marks = Marks(float(hits.mean()), float(alarms.mean()), 6, 20, worth)
            kappa = marks.kappa(marks.found, marks.false)
            ends.append(kappa_interval(marks, 1 - 0.05 / 4, kappa=kappa))
        verdicts += any(low > 0.4 or high < 0.4 for low, high in ends)
        held += all(low <= 0.4 <= high for low, high in ends)
    assert verdicts <= 14 and held >= 186
