"""Confusion and its measures against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from iconometrics.errors import InputError
from iconometrics.stats import confusion, f1, per_class

labels = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1)


@given(pairs=labels)
def test_the_same_as_scikit_learn(pairs):
    truth, predicted = zip(*pairs, strict=True)
    counts = confusion(truth, predicted, list("abc"))
    np.testing.assert_array_equal(
        counts, metrics.confusion_matrix(truth, predicted, labels=list("abc"))
    )
    options = {"labels": list("abc"), "average": None, "zero_division": np.nan}
    measures = per_class(counts)
    expected = {
        "sensitivity": metrics.recall_score,
        "precision": metrics.precision_score,
        "f1": metrics.f1_score,
    }
    for name, score in expected.items():
        np.testing.assert_allclose(getattr(measures, name), score(truth, predicted, **options))
    others = metrics.multilabel_confusion_matrix(truth, predicted, labels=list("abc"))
    tn, fp = others[:, 0, 0], others[:, 0, 1]
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(measures.specificity, tn / (tn + fp))
    np.testing.assert_array_equal(measures.rejections, tn)


@given(pairs=labels, order=st.permutations("abc"))
def test_the_names_and_order_of_categories_do_not_matter(pairs, order):
    truth, predicted = zip(*pairs, strict=True)
    straight = dict(zip("abc", f1(confusion(truth, predicted, list("abc"))), strict=True))
    turned = dict(zip(order, f1(confusion(truth, predicted, order)), strict=True))
    for name in "abc":
        np.testing.assert_equal(turned[name], straight[name])


def test_stacks_of_matrices():
    one, two = [[3, 1], [2, 4]], [[0, 0], [0, 5]]
    np.testing.assert_array_equal(f1([one, two]), [f1(one), f1(two)])
    assert np.isnan(f1(two)[0]) and f1(two)[1] == 1


def test_values_outside_the_categories_are_refused():
    with pytest.raises(InputError, match="'z'"):
        confusion(["a", "z"], ["a", "a"], ["a"])
    with pytest.raises(InputError, match="2 gold values, 1 measured"):
        confusion(["a", "a"], ["a"], ["a"])
