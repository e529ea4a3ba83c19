"""Splits: disjoint, complete, groups whole, in any order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import GroupShuffleSplit

from iconometrics.corpus import Corpus
from iconometrics.corpus.splitting import first_side
from iconometrics.errors import InputError


def corpus_of(metadata: pd.DataFrame, **options) -> Corpus:
    return Corpus(Path(), metadata[[]], metadata, **options)


@st.composite
def corpora(draw) -> Corpus:
    n = draw(st.integers(4, 60))
    account = draw(st.lists(st.sampled_from("abcdefgh"), min_size=n, max_size=n))
    party = draw(st.lists(st.sampled_from(["D", "R", None]), min_size=n, max_size=n))
    year = draw(st.lists(st.integers(1990, 2000), min_size=n, max_size=n))
    ids = [f"{i}.jpg" for i in range(n)]
    return corpus_of(pd.DataFrame({"account": account, "party": party, "year": year}, index=ids))


few = settings(max_examples=25, deadline=None)

HOW = [{}, {"by": "account"}, {"strata": "party"}, {"by": "account", "strata": "party"}]
HOW += [{"time": "year"}, {"by": "account", "time": "year"}]


@pytest.mark.parametrize("how", HOW, ids=str)
@few
@given(corpus=corpora(), share=st.floats(0.05, 0.95), seed=st.integers(0, 2**32), data=st.data())
def test_sides_are_disjoint_complete_and_independent_of_order(how, corpus, share, seed, data):
    try:
        first, second = corpus.split(share=share, seed=seed, **how)
    except InputError as error:
        assert "one side would be empty" in str(error)
        return
    assert set(first).isdisjoint(second)
    assert set(first) | set(second) == set(corpus)
    assert len(first) and len(second)
    assert list(first) == [image for image in corpus if image in set(first)]
    if "by" in how:
        accounts = corpus.metadata["account"]
        assert set(accounts[first.ids]).isdisjoint(accounts[second.ids])
    order = data.draw(st.permutations(range(len(corpus))))
    again, _ = corpus.take(order).split(share=share, seed=seed, **how)
    assert set(again) == set(first)


@few
@given(n=st.integers(2, 300), share=st.floats(0.01, 0.99), seed=st.integers(0, 2**32))
def test_without_groups_the_share_is_met_to_one_image(n, share, seed):
    corpus = corpus_of(pd.DataFrame(index=[str(i) for i in range(n)]))
    first, _ = corpus.split(share=share, seed=seed)
    assert abs(len(first) - share * n) <= 1


@few
@given(corpus=corpora(), share=st.floats(0.2, 0.8))
def test_strata_keep_their_share(corpus, share):
    try:
        first, _ = corpus.split(share=share, strata="party", by=corpus.ids)
    except InputError:
        return
    parties = corpus.metadata["party"].fillna("none")
    for party, total in parties.value_counts().items():
        taken = (parties[first.ids] == party).sum()
        assert abs(taken - share * total) <= 1
    assert abs(len(first) - share * len(corpus)) <= 1


@few
@given(corpus=corpora(), share=st.floats(0.1, 0.9))
def test_in_time_the_first_part_is_the_earlier_one(corpus, share):
    years = corpus.metadata["year"]
    try:
        first, second = corpus.split(share=share, time="year")
    except InputError:
        assert years.nunique() == 1
        return
    assert years[first.ids].max() < years[second.ids].min()


def test_groups_come_as_near_to_the_share_as_those_of_scikit_learn():
    random = np.random.default_rng(1)
    account = np.repeat(np.arange(200), random.integers(1, 9, 200))
    ids = [str(i) for i in range(len(account))]
    corpus = corpus_of(pd.DataFrame({"account": account}, index=ids), group="account")
    ours, theirs = [], []
    for seed in range(10):
        ours.append(len(corpus.split(share=0.7, seed=seed)[0]) / len(corpus))
        shuffled = GroupShuffleSplit(1, train_size=0.7, random_state=seed)
        train, _ = next(shuffled.split(corpus, groups=corpus.groups))
        theirs.append(len(train) / len(corpus))
    assert np.abs(np.array(ours) - 0.7).max() < 0.01
    assert np.abs(np.array(ours) - 0.7).mean() <= np.abs(np.array(theirs) - 0.7).mean()


def test_seeds_differ_and_repeat():
    corpus = corpus_of(pd.DataFrame(index=[str(i) for i in range(40)]))
    assert list(corpus.split(seed=1)[0]) == list(corpus.split(seed=1)[0])
    assert list(corpus.split(seed=1)[0]) != list(corpus.split(seed=2)[0])


def test_every_image_may_come_first():
    corpus = corpus_of(pd.DataFrame(index=[str(i) for i in range(10)]))
    counts = pd.Series(0, index=corpus.ids)
    for seed in range(400):
        counts += first_side(corpus.groups, share=0.3, seed=seed)
    assert counts.between(80, 160).all()  # binomial(400, .3): 120, sd 9.2


def test_the_groups_of_the_corpus_stay_whole_by_default():
    metadata = pd.DataFrame({"account": list("aabbc") + [None] * 3}, index=list("12345678"))
    corpus = corpus_of(metadata, group="account")
    for seed in range(20):
        first, _ = corpus.split(seed=seed)
        assert len(set("12") & set(first)) in (0, 2)
    alone = [len(set("12") & set(corpus.split(by=corpus.ids, seed=s)[0])) for s in range(20)]
    assert 1 in alone


def test_times_are_read_strictly():
    metadata = pd.DataFrame(
        {"day": ["2020-03-31", "2020-04-01T10:00", "2019-01-01"]}, index=[*"abc"]
    )
    first, second = corpus_of(metadata).split(time="day", share=0.6)
    assert (list(first), list(second)) == (["a", "c"], ["b"])
    with pytest.raises(InputError, match=r"expected dates .* 1 value cannot .* '3/4/20' of a"):
        corpus_of(metadata.assign(day=["3/4/20", "2020-04-01", "2019-01-01"])).split(time="day")
    with pytest.raises(InputError, match="no time for 1 image"):
        corpus_of(metadata.assign(day=[None, "2020-04-01", "2019-01-01"])).split(time="day")


def test_what_cannot_be_split_says_why():
    one_account = corpus_of(pd.DataFrame({"account": ["x", "x"]}, index=["a", "b"]))
    with pytest.raises(InputError, match="2 images in 1 group"):
        one_account.split(by="account")
    with pytest.raises(InputError, match=r"share=1\.5"):
        one_account.split(share=1.5)
    with pytest.raises(InputError, match="by='acount' is not a column; there are account"):
        one_account.split(by="acount")
    with pytest.raises(InputError, match="time= and strata="):
        one_account.split(time=[1, 2], strata="account")
    with pytest.raises(InputError, match="3 values for 2 images"):
        one_account.split(by=[1, 2, 3])
    with pytest.raises(InputError, match="none for 1 image"):
        one_account.split(by=pd.Series([1], index=["a"]))
    with pytest.raises(InputError, match="empty corpus"):
        one_account.iloc[:0].split()
