"""Images and categories named by numbers: 7, 7.0 and "7" are one wherever they are asked for."""

import numpy as np
import pandas as pd
import pytest

from iconometrics import Codings
from iconometrics.coding.splitting import group_of
from iconometrics.inference import budget_from_codings, estimate, share
from iconometrics.validity import (
    accuracy,
    agreement,
    differential_error,
    event_agreement,
    threshold,
)

IDS = np.arange(1, 201)
TRUTH = pd.Series(np.where(IDS % 3 == 0, "p", "o"), index=IDS, name="v")
MEASURE = Codings.from_series(TRUTH.where(IDS % 7 != 0, "p"), coder="machine")
GOLD = Codings.from_series(TRUTH, coder="anna")
KINDS = {"integers": IDS, "floats": IDS.astype(float), "text": IDS.astype(str)}


@pytest.mark.parametrize("kind", KINDS)
def test_subgroups_and_groups_are_found(kind):
    ids = KINDS[kind]
    by = pd.Series(np.where(IDS % 2, "x", "y"), index=ids)
    groups = pd.Series(IDS // 10, index=ids)
    judged = accuracy(MEASURE, gold=GOLD, by=by)
    expected = judged.subgroups(by.set_axis(IDS.astype(str))).rows
    rows = judged.subgroups(by).rows
    pd.testing.assert_frame_equal(rows, expected)
    assert accuracy(MEASURE, gold=GOLD, groups=groups).n == 200
    both = Codings(pd.concat([MEASURE.data, GOLD.data]))
    grouped = agreement(both, groups=groups, draws=0).main()
    text = agreement(both, groups=groups.set_axis(IDS.astype(str)), draws=0).main()
    assert grouped["low"] == text["low"]
    assert group_of(pd.Index(IDS), groups.to_dict()).tolist() == [str(n // 10) for n in IDS]


@pytest.mark.parametrize("kind", KINDS)
def test_tables_are_found(kind):
    random = np.random.default_rng(4)
    data = pd.DataFrame({"likes": random.normal(size=200), "age": random.normal(size=200)})
    data = data.set_axis(KINDS[kind])
    tested = differential_error(MEASURE, GOLD, data, columns=["age"])
    assert "age" in str(tested)
    rows = estimate("likes ~ v", data, measure=MEASURE).rows
    assert rows["n"].eq(200).all()


@pytest.mark.parametrize("category", [2, 2.0, np.int64(2), np.float32(2), "2"])
def test_categories_are_found(category):
    random = np.random.default_rng(6)
    truth = pd.Series(random.integers(1, 4, 200), index=IDS, name="v")
    chance = 0.3 * np.eye(3)[truth - 1] + 0.7 * random.dirichlet(np.ones(3), 200)
    by_kind = pd.DataFrame(chance, index=IDS, columns=[1, 2, 3])
    values = by_kind.idxmax(axis=1).rename("v")
    measure = Codings.from_series(values, coder="svm", probabilities=by_kind)
    gold = Codings.from_series(truth[:120], coder="anna")
    assert share(measure, gold, category=category, repeats=1).rows["term"].eq("v[2]").all()
    assert threshold(measure, gold, category=category).category == "2"
    assert accuracy(measure, gold=gold).roc(category).true_positive_rate.max() == 1
    age = pd.DataFrame({"age": random.normal(size=200)}, index=IDS)
    tested = differential_error(measure, gold, age, columns=["age"], category=category)
    assert tested.category == "2"
    assert "2" in str(budget_from_codings(gold, "prevalence", half_width=0.1, category=category))


@pytest.mark.parametrize("kind", [int, float, str])
def test_lengths_of_videos_are_found(kind):
    names = ["image", "coder", "start", "end", "value"]
    rows = [(7, who, start, start + 5, "push") for who, start in (("anna", 0), ("ben", 3))]
    events = pd.DataFrame(rows, columns=names)
    found = event_agreement(events, lengths={kind(7): 600.0}, draws=10).table().iloc[0]
    cut = event_agreement(events, draws=10).table().iloc[0]
    assert found["time_kappa"] > 0.3 > 0 > cut["time_kappa"]
