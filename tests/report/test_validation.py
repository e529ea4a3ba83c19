"""The chapter on a measure's quality: weights, openings, subgroups and ROC are shown and said."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings, Sample
from iconometrics.corpus import Corpus
from iconometrics.report.blocks import Facts, Plot, Table, Text, leaves
from iconometrics.report.chapters import validation
from iconometrics.report.chapters.methods import _validation
from iconometrics.validity import accuracy


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    random = np.random.default_rng(0)
    ids = pd.Index([f"{n}.jpg" for n in range(120)])
    truth = pd.Series(random.choice(["no", "yes"], 120), ids, name="protest")
    read = truth.mask(random.random(120) < 0.2, "yes")
    sure = pd.Series(random.uniform(0.5, 1, 120), ids)
    table = pd.DataFrame({"image": ids, "probability": [0.1, 0.3] * 60})
    gold = Codings.from_series(truth, coder="anna", sample=Sample("codes", table))
    measure = Codings.from_series(read, coder="svm", confidence=sure, trained_on=[])
    by = pd.Series(["D", "R", "I", "R", "D", "D"] * 20, ids, name="party")
    return accuracy(measure, gold=gold, by=by)


def shown(found):
    corpus = Corpus("/nowhere", pd.DataFrame(index=found.items["image"]),
                    pd.DataFrame(index=found.items["image"]))  # fmt: skip
    measure = SimpleNamespace(name="svm", variable="protest")
    return list(leaves(validation.blocks(measure, found, SimpleNamespace(corpus=corpus))))


def test_weights_curves_and_subgroups_are_shown(found):
    blocks = shown(found)
    facts = next(block for block in blocks if isinstance(block, Facts))
    assert "weighted" in facts.facts[0].label and "kappa" in facts.facts[2].label
    plots = {block.name: block for block in blocks if isinstance(block, Plot)}
    assert {"protest-svm-roc", "protest-svm-subgroups"} <= set(plots)
    assert "resampled" in plots["protest-svm-roc"].caption
    assert "not weighted" in plots["protest-svm-confusion"].caption
    told = " ".join(block.text for block in blocks if isinstance(block, Text))
    assert "unequal probabilities" in told and "party" in told
    tables = {block.name: block for block in blocks if isinstance(block, Table)}
    assert list(tables["protest-svm-subgroups"].frame["subgroup"]) == ["D", "I", "R"]
    assert "weighted" in tables["protest-svm-categories"].caption


def test_a_test_set_opened_often_is_said_in_red(found):
    def red(result):
        return [b.text for b in shown(result) if isinstance(b, Text) and b.tone == "bad"]

    assert red(found) == [] == red(replace(found, opened=1))
    (text,) = red(replace(found, opened=7))
    assert "opened 7 times" in text


def test_the_methods_say_how_the_intervals_were_made(found):
    weighted, plain, grouped = (
        _validation(SimpleNamespace(accuracy=one))
        for one in (
            found,
            replace(found, weighted=False),
            replace(found, weighted=False, groups=40),
        )
    )
    assert "(@sarndal)" in weighted and "drawn" not in plain
    assert "(@wilson)" in plain and "over 40 groups" in grouped
