"""Ridge regression at many penalties."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from iconometrics.stats.ridge import ridge_by_gcv, standardized_ridge


@pytest.mark.parametrize("columns", [4, 60])
def test_ridge_is_that_of_scikit_learn(columns: int) -> None:
    random = np.random.default_rng(1)
    X, new = random.normal(3, 2, (40, columns)), random.normal(3, 2, (9, columns))
    y = X[:, 0] - X[:, 1] + random.normal(size=40)
    scaler = StandardScaler().fit(X)
    penalties = [0.1, 10, 1000]
    path = standardized_ridge(X, y, new, penalties=penalties)
    for penalty, ours in zip(penalties, path, strict=True):
        oracle = Ridge(alpha=penalty).fit(scaler.transform(X), y).predict(scaler.transform(new))
        np.testing.assert_allclose(ours, oracle, rtol=1e-8)


@pytest.mark.parametrize("columns", [5, 60])
def test_weights_and_the_chosen_penalty_are_those_of_scikit_learn(columns: int) -> None:
    random = np.random.default_rng(2)
    X, weights = random.normal(size=(40, columns)), random.uniform(0.2, 3, 40)
    targets = X[:, :2] @ random.normal(size=(2, 3)) + random.normal(size=(40, 3))
    penalties = np.logspace(-2, 4, 13)
    scaled = weights / weights.mean()
    center = np.average(X, axis=0, weights=weights)
    moved = (X - center) * np.sqrt(scaled)[:, None]
    found = ridge_by_gcv(X, targets, weights, penalties=penalties)
    for target, ours in zip(targets.T, found.T, strict=True):
        fits = [Ridge(alpha=penalty).fit(X, target, scaled) for penalty in penalties]
        roots = np.linalg.svd(moved, compute_uv=False) ** 2
        scores = [
            scaled @ (target - fit.predict(X)) ** 2 / (39 - (roots / (roots + penalty)).sum()) ** 2
            for fit, penalty in zip(fits, penalties, strict=True)
        ]
        best = fits[int(np.argmin(scores))]
        np.testing.assert_allclose(ours, [best.intercept_, *best.coef_], rtol=1e-7, atol=1e-9)
