"""Dawid and Skene against the published table, brute force and a simulation."""

from __future__ import annotations

import numpy as np
import pytest

from iconometrics.errors import InputError
from iconometrics.stats import dawid_skene

# Table 1 of Dawid and Skene (1979): 45 patients; observer 1 three times, the others once.
PATIENTS = """
1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343
1111111 2223212 1211111 1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222
1111111 1111111 2322222 1111111 1111111 1121121 1111111 3333233 1111111 2222222 2223232 4334343
2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222
"""
RATINGS = np.array([[int(digit) for digit in row] for row in PATIENTS.split()])
OBSERVERS = [1, 1, 1, 2, 3, 4, 5]


def test_the_anesthetists():
    found = dawid_skene(RATINGS, coders=OBSERVERS)
    assert found.categories == (1, 2, 3, 4)
    assert found.prevalence.round(2).tolist() == [0.40, 0.42, 0.11, 0.07]
    assert found.confusion[0, 0].round(2).tolist() == [0.89, 0.11, 0.0, 0.0]
    assert found.confusion[0, 1].round(2).tolist() == [0.07, 0.88, 0.05, 0.0]
    assert found.converged
    assert found.posterior.argmax(axis=1)[[0, 1, 10]].tolist() == [0, 3, 3]


def test_likelihood_is_that_of_the_model():
    found = dawid_skene(RATINGS, coders=OBSERVERS)
    total = 0.0
    for row in RATINGS:
        joint = found.prevalence.copy()
        for coder, rating in zip(OBSERVERS, row, strict=True):
            joint = joint * found.confusion[coder - 1][:, rating - 1]
        total += np.log(joint.sum())
    assert found.log_likelihood == pytest.approx(total, abs=1e-4)


def test_it_finds_truth_and_coders_in_simulated_codings():
    random = np.random.default_rng(1)
    truth = random.choice(3, size=2000, p=[0.5, 0.3, 0.2])
    skill = [0.95, 0.8, 0.6, 0.8]
    ratings = np.column_stack(
        [np.where(random.random(2000) < s, truth, random.integers(3, size=2000)) for s in skill]
    ).astype(float)
    ratings[random.random(ratings.shape) < 0.2] = np.nan
    ratings[:, 0][np.isnan(ratings).all(axis=1)] = 0
    found = dawid_skene(ratings)
    right = (found.posterior.argmax(axis=1) == truth).mean()
    counts = np.stack([(ratings == c).sum(axis=1) for c in range(3)], axis=1)
    majority = (counts.argmax(axis=1) == truth).mean()
    assert right > majority + 0.005
    diagonal = found.confusion.diagonal(axis1=1, axis2=2).mean(axis=1)
    assert diagonal == pytest.approx([s + (1 - s) / 3 for s in skill], abs=0.04)
    stated = found.posterior.max(axis=1).mean()
    assert stated == pytest.approx(right, abs=0.02)


def test_smoothing_keeps_coders_from_being_perfect():
    ratings = [["a", "a"], ["b", "b"], ["a", "b"]]
    plain, smooth = dawid_skene(ratings), dawid_skene(ratings, smoothing=1)
    assert plain.confusion.max() == pytest.approx(1)
    assert smooth.confusion.max() < 0.9
    assert np.allclose(smooth.confusion.sum(axis=2), 1)


def test_refusals():
    with pytest.raises(InputError, match="one per column"):
        dawid_skene([["a", "b"]], coders=["anna"])
    with pytest.raises(InputError, match="no ratings"):
        dawid_skene([[None, None]])
    with pytest.raises(InputError, match="smoothing"):
        dawid_skene([["a", "b"]], smoothing=-1)
