"""Calibration against scikit-learn, brute force and what is known by construction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax as scipy_softmax
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, log_loss

from iconometrics.errors import InputError
from iconometrics.stats import (
    brier,
    calibration_bins,
    expected_calibration_error,
    fit_temperature,
    softmax,
)

RANDOM = np.random.default_rng(0)
P = RANDOM.random(500)
HIT = RANDOM.random(500) < P**2


def test_bins_are_those_of_scikit_learn():
    share, mean = calibration_curve(HIT, P, n_bins=10)
    found = calibration_bins(P, HIT)
    np.testing.assert_allclose(found.share_correct, share)
    np.testing.assert_allclose(found.mean_probability, mean)
    assert found.n.sum() == 500 and found.correct.sum() == HIT.sum()


@given(st.lists(st.floats(0, 1), min_size=1), st.integers(1, 20))
def test_every_unit_is_in_the_bin_that_holds_it(probabilities, bins):
    found = calibration_bins(probabilities, [1] * len(probabilities), bins)
    assert found.n.sum() == len(probabilities)
    filled = found.n > 0
    assert (found.mean_probability[filled] >= found.low[filled] - 1e-9).all()
    assert (found.mean_probability[filled] <= found.high[filled] + 1e-9).all()
    assert np.isnan(found.share_correct[~filled]).all()


def test_calibration_error_by_brute_force():
    expected = 0.0
    for k in range(10):
        inside = (k / 10 <= P) & ((k + 1) / 10 > P)
        expected += inside.mean() * abs(P[inside].mean() - HIT[inside].mean())
    assert expected_calibration_error(P, HIT) == pytest.approx(expected)
    assert expected_calibration_error(HIT.astype(float), HIT) == 0


def test_brier_scores():
    assert brier(P, HIT) == pytest.approx(brier_score_loss(HIT, P))
    both = np.column_stack([1 - P, P])
    outcome = np.column_stack([~HIT, HIT])
    assert brier(both, outcome) == pytest.approx(2 * brier(P, HIT))


def test_softmax_is_stable_and_sharpens():
    logits = RANDOM.normal(size=(20, 4)) * 5
    np.testing.assert_allclose(softmax(logits), scipy_softmax(logits, axis=1))
    np.testing.assert_allclose(softmax(logits + 1e4), softmax(logits), atol=1e-9)
    assert (softmax(logits, 0.5).max(axis=1) >= softmax(logits).max(axis=1)).all()


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_a_known_temperature_is_found_again(temperature):
    logits = RANDOM.normal(size=(20_000, 4)) * 2
    shares = softmax(logits, temperature).cumsum(axis=1)
    y = (RANDOM.random((20_000, 1)) > shares).sum(axis=1)
    found = fit_temperature(logits, y)
    assert found == pytest.approx(temperature, rel=0.05)
    nearby = [log_loss(y, softmax(logits, found * factor)) for factor in (0.99, 1, 1.01)]
    assert nearby[1] == min(nearby)


def test_separated_scores_are_made_certain():
    temperature = fit_temperature([[1.0, 0.0], [0.0, 1.0]], [0, 1])
    assert 0.01 <= temperature < 0.05


@pytest.mark.parametrize(
    "call",
    [
        lambda: calibration_bins([1.2], [1]),
        lambda: calibration_bins([], []),
        lambda: brier([0.5], [1, 0]),
        lambda: softmax([1.0, 2.0], 0),
        lambda: fit_temperature([[1.0, np.inf]], [0]),
        lambda: fit_temperature([1.0, 2.0], [0, 1]),
    ],
)
def test_unusable_input_is_refused(call):
    with pytest.raises(InputError):
        call()


def test_weights_stand_for_units():
    random = np.random.default_rng(4)
    p, hit = random.random(80), random.random(80) < 0.5
    times = random.integers(1, 4, 80)
    every = np.repeat(p, times), np.repeat(hit, times)
    assert brier(p, hit, weights=times) == pytest.approx(brier(*every))
    assert expected_calibration_error(p, hit, weights=times) == pytest.approx(
        expected_calibration_error(*every)
    )
    one, two = calibration_bins(p, hit, weights=times), calibration_bins(*every)
    np.testing.assert_allclose(one.share_correct, two.share_correct)
    np.testing.assert_allclose(one.mean_probability, two.mean_probability)
    with pytest.raises(InputError, match="above 0"):
        brier(p, hit, weights=times * 0)
