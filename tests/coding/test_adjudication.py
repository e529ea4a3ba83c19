"""One value per image from several coders: every rule, ties, several labels, the sample."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import (
    Codebook,
    Codings,
    Sample,
    Variable,
    adjudicate,
    coder_errors,
)
from iconometrics.errors import IconometricsWarning, InputError

pytestmark = pytest.mark.filterwarnings("ignore:.*their coders disagree")


def codings(rows, *, variable="v", sample=None, **columns):
    """Codings from {image: {coder: value}}."""
    table = [(i, c, v) for i, said in rows.items() for c, v in said.items()]
    data = pd.DataFrame(table, columns=["image", "coder", "value"]).assign(variable=variable)
    return Codings(data.assign(**columns), sample=sample)


THREE = codings(
    {
        "a": {"anna": "yes", "ben": "yes", "cem": "no"},
        "b": {"anna": "yes", "ben": "no"},
        "c": {"cem": "no"},
        "d": {"anna": None, "ben": None},
    }
)


def test_a_referee_is_asked_for_where_coders_tie():
    with pytest.warns(IconometricsWarning, match=r"1 of 4 images \(b\) have no value.*referee"):
        adjudicate(THREE)


def test_majority_ties_and_empty_images():
    found = adjudicate(THREE)
    rows = found.data.set_index("image")
    assert rows["value"].fillna("-").to_dict() == {"a": "yes", "b": "-", "c": "no", "d": "-"}
    assert rows.loc["b", "reason"] == "tie: yes (anna), no (ben)"
    assert rows.loc["d", "reason"] == "left empty by every coder"
    assert set(found.coders) == {"adjudicated"}


def test_a_named_coder_settles_ties_only():
    found = adjudicate(THREE, coder="ben")["v"]
    assert found.fillna("-").to_dict() == {"a": "yes", "b": "no", "c": "no", "d": "-"}


def test_the_word_of_one_coder_where_there_is_one():
    found = adjudicate(THREE, rule="coder", coder="cem")
    assert found["v"].fillna("-").to_dict() == {"a": "no", "b": "-", "c": "no", "d": "-"}
    assert found.data.set_index("image").loc["b", "reason"].startswith("tie")


def test_sample_hash_and_version_stay():
    table = pd.DataFrame({"image": list("abcd"), "probability": [0.1, 0.2, 0.3, 0.4]})
    data = THREE.data.assign(sha256="f00", sample="pilot", codebook_version="2")
    found = adjudicate(Codings(data, sample=Sample("pilot", table)))
    assert found.sample.probability["b"] == 0.2
    assert set(found.data["sha256"]) == {"f00"} and set(found.data["codebook_version"]) == {"2"}
    assert set(found.data["sample"]) == {"pilot"}


def test_what_the_coders_were_trained_on_stays_known():
    found = adjudicate(Codings(THREE.data, trained_on=("a", "b")))
    assert found.trained_on == ("a", "b")


def test_median_of_numbers_and_of_ordered_categories():
    numbers = codings({"a": {"x": "1", "y": "2", "z": "9"}, "b": {"x": "1", "y": "2"}})
    assert adjudicate(numbers, rule="median")["v"].to_dict() == {"a": "2", "b": "1.5"}
    book = Codebook([Variable("v", type="ordinal", categories=("low", "middle", "high"))])
    ordered = codings(
        {
            "a": {"x": "low", "y": "high", "z": "middle"},
            "b": {"x": "low", "y": "high"},
            "c": {"x": "high", "y": "high"},
        }
    )
    found = adjudicate(ordered, rule="median", codebook=book, coder=None)["v"]
    assert found.fillna("-").to_dict() == {"a": "middle", "b": "-", "c": "high"}
    settled = adjudicate(ordered, rule="median", codebook=book, coder="y")["v"]
    assert settled["b"] == "high"


def test_several_labels_are_settled_label_by_label():
    book = Codebook([Variable("v", type="multi-label", categories=("flag", "police", "fire"))])
    rows = {
        "a": {"x": "flag;police", "y": "flag", "z": "police;fire"},
        "b": {"x": "flag", "y": "police"},
        "c": {"x": "fire", "y": "fire"},
    }
    found = adjudicate(codings(rows), codebook=book)
    assert found["v"].fillna("-").to_dict() == {"a": "flag;police", "b": "-", "c": "fire"}
    assert adjudicate(codings(rows))["v"].isna()["a"]


def test_dawid_skene_gives_probabilities_and_confidence():
    random = np.random.default_rng(2)
    truth = random.choice(["no", "yes"], 900, p=[0.7, 0.3])
    skills = {"good": 0.97, "fair": 0.8, "poor": 0.6, "fourth": 0.6, "fifth": 0.65}
    other = np.where(truth == "no", "yes", "no")
    said = {c: np.where(random.random(900) < s, truth, other) for c, s in skills.items()}
    rows = {str(i): {c: v[i] for c, v in said.items()} for i in range(900)}
    found = adjudicate(codings(rows), rule="dawid-skene")
    majority = adjudicate(codings(rows))
    assert (found["v"] == truth).mean() > (majority["v"] == truth).mean()
    totals = found.probabilities.groupby("image")["probability"].sum()
    assert np.allclose(totals, 1)
    best = found.probabilities.groupby("image")["probability"].max()
    confidence = found.confidence("v")
    assert np.allclose(best.reindex(confidence.index), confidence)
    table = coder_errors(codings(rows))
    right = table[table["there"] == table["said"]].groupby("coder")["probability"].mean()
    assert right["good"] > right["fair"] > right["poor"]


def test_dawid_skene_with_two_coders_warns():
    rows = {"a": {"x": "1", "y": "1"}, "b": {"x": "2", "y": "2"}}
    with pytest.warns(IconometricsWarning, match="three or more"):
        adjudicate(codings(rows), rule="dawid-skene")


def test_every_variable_at_once_and_one_by_name():
    both = Codings(pd.concat([THREE.data, THREE.data.assign(variable="w")]))
    assert adjudicate(both).variables == ("v", "w")
    assert adjudicate(both, variable="w").variables == ("w",)


def test_settling_again_changes_nothing():
    once = adjudicate(THREE)
    twice = adjudicate(Codings(pd.concat([THREE.data, once.data])))
    pd.testing.assert_series_equal(once["v"], twice["v"])


def test_a_second_coding_of_the_same_image_counts_last():
    rows = pd.DataFrame({"image": "a", "variable": "v", "coder": "anna", "value": ["no", "yes"]})
    with pytest.warns(IconometricsWarning, match="coded the same image again"):
        assert adjudicate(Codings(rows))["v"]["a"] == "yes"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: adjudicate(THREE, rule="vote"), "expected one of"),
        (lambda: adjudicate(THREE, rule="coder"), "say whose"),
        (lambda: adjudicate(THREE, coder="dora"), "the coders are anna, ben, cem"),
        (lambda: adjudicate(THREE, variable="w"), "no variable 'w'"),
        (lambda: adjudicate(THREE, rule="median"), "not a number"),
        (lambda: adjudicate(codings({"a": {"x": "1"}}, region="0,0,2,2")), "regions or events"),
        (lambda: adjudicate(codings({"a": {"x": "1"}}, start=0.0, end=1.0)), "regions or events"),
        (
            lambda: adjudicate(
                THREE,
                rule="median",
                codebook=Codebook([Variable("v", categories=("yes", "no"))]),
            ),
            "no median",
        ),
        (
            lambda: adjudicate(
                Codings(pd.DataFrame({"image": ["a", "a"], "variable": "v", "value": ["1", "2"]}))
            ),
            "by whom",
        ),
    ],
)
def test_refusals(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_the_error_that_names_adjudicate_is_right():
    with pytest.raises(InputError, match=r"coding\.adjudicate\(\)"):
        THREE["v"]
