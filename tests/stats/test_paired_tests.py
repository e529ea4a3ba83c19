"""Areas averaged over classes and McNemar's test: against others' code, and by group."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar as others

from iconometrics import stats
from iconometrics.errors import InputError


def made(n: int, classes: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    label = draw.integers(classes, size=n)
    truth = label[:, None] == np.arange(classes)
    first, second = (truth * s + draw.normal(size=truth.shape) for s in (1.5, 1.0))
    return truth, first, second


def test_one_column_is_delong() -> None:
    truth, first, second = made(80, 2, 1)
    area = stats.mean_area(truth[:, 1:], first[:, 1:])
    np.testing.assert_allclose(area, stats.auroc(truth[:, 1], first[:, 1]), rtol=1e-10)
    found = stats.mean_area_test(truth[:, 1:], first[:, 1:], second[:, 1:])
    expected = stats.delong_test(truth[:, 1], first[:, 1], second[:, 1])
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_the_mean_is_that_of_scikit_learn() -> None:
    truth, first, _ = made(120, 4, 2)
    assert stats.mean_area(truth, first).value == pytest.approx(
        roc_auc_score(truth, first, average="macro")
    )


def test_copies_of_units_in_one_group_tell_nothing_new() -> None:
    truth, first, second = made(150, 3, 3)
    groups = np.repeat(np.arange(150), 4)
    four = [np.repeat(one, 4, axis=0) for one in (truth, first, second)]
    once, copied = stats.mean_area(truth, first), stats.mean_area(*four[:2], groups=groups)
    assert copied.value == pytest.approx(once.value)
    assert copied.se == pytest.approx(once.se, rel=0.02)
    assert stats.mean_area(*four[:2]).se < 0.6 * once.se
    p = [stats.mean_area_test(truth, first, second).p, stats.mean_area_test(*four, groups=groups).p]
    assert p[0] == pytest.approx(p[1], rel=0.1)


def test_the_interval_of_the_mean_holds_it() -> None:
    """True area by a large draw; 300 samples of 90 units in groups of three."""
    draw = np.random.default_rng(4)

    def sample(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        group = np.repeat(np.arange(n // 3), 3)
        truth = draw.integers(3, size=n)[:, None] == np.arange(3)
        shared = draw.normal(size=(n // 3, 3))[group]
        return truth, truth * 1.2 + 0.8 * shared + draw.normal(size=truth.shape), group

    truth, score, _ = sample(60_000)
    value = stats.mean_area(truth, score).value
    held = 0
    for _ in range(300):
        truth, score, group = sample(90)
        found = stats.mean_area(truth, score, groups=group)
        held += found.low <= value <= found.high
    assert 0.91 <= held / 300 <= 0.985


@pytest.mark.parametrize("cells", [(10, 14, 4, 2), (0, 5, 0, 3), (7, 0, 0, 1), (20, 9, 9, 2)])
def test_mcnemar_is_that_of_statsmodels(cells: tuple[int, int, int, int]) -> None:
    both, first, second, none = cells
    one = np.repeat([1, 1, 0, 0], cells)
    other = np.repeat([1, 0, 1, 0], cells)
    found = stats.mcnemar(one, other)
    expected = others([[both, first], [second, none]], exact=True).pvalue
    assert found.p == pytest.approx(min(1, expected))
    assert (found.first_only, found.second_only) == (first, second)
    assert found.low <= found.difference <= found.high


def test_mcnemar_by_group() -> None:
    draw = np.random.default_rng(5)
    one, other = draw.random(200) < 0.8, draw.random(200) < 0.7
    groups = np.repeat(np.arange(200), 3)
    three = np.repeat(one, 3), np.repeat(other, 3)
    alone = stats.mcnemar(one, other, groups=np.arange(200))
    copied = stats.mcnemar(*three, groups=groups)
    np.testing.assert_allclose(
        [alone.p, alone.low, alone.high], [copied.p, copied.low, copied.high], rtol=1e-9
    )
    assert stats.mcnemar(*three).p < alone.p
    assert alone.p == pytest.approx(stats.mcnemar(one, other).p, abs=0.05)


def test_what_cannot_be_compared_is_said() -> None:
    with pytest.raises(InputError, match="expected equally many of both"):
        stats.mcnemar([True], [True, False])
    with pytest.raises(InputError, match="1 of 2 units have no truth value"):
        stats.mcnemar([True, np.nan], [True, False])
    with pytest.raises(InputError, match=r"expected both \(units, classes\)"):
        stats.mean_area([True, False], [0.1, 0.2])
    with pytest.raises(InputError, match="3 groups for 4 units"):
        stats.mean_area([[1], [0], [1], [0]], [[1], [2], [3], [4]], groups=[1, 2, 3])
