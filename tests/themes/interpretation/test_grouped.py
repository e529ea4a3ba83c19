"""Themes and accounts: whole accounts are what is drawn, so images of one say less than many."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.stats import linearized_se, survey_design, wilson
from iconometrics.stats.linear import jackknife, least_squares
from iconometrics.themes.interpretation.caption_words import word_differences
from iconometrics.themes.interpretation.grouped import grouped_difference, grouped_share
from iconometrics.themes.interpretation.metadata import metadata_differences

CODES = np.repeat(np.arange(6), [3, 5, 2, 9, 4, 7])


def labels_of(codes: np.ndarray, member: np.ndarray) -> tuple[pd.Series, pd.Series]:
    index = pd.Index([f"i{n}" for n in range(len(codes))])
    return (
        pd.Series(np.where(member, "1", "2"), index),
        pd.Series([f"account {code}" for code in codes], index, name="account"),
    )


@pytest.mark.parametrize("seed", range(5))
def test_error_and_freedom_equal_the_covariance_written_out(seed: int) -> None:
    """The jackknife's variance is a sum of squares of linear forms, whose moments are known."""
    random = np.random.default_rng(seed)
    member, values = random.random(30) < 0.4, random.normal(size=6)[CODES] + random.normal(size=30)
    signs = np.where(member, 1 / member.sum(), -1 / (~member).sum())
    left = values - np.where(member, values[member].mean(), values[~member].mean())
    same = CODES[:, None] == CODES
    pairs = same & ~np.eye(30, dtype=bool)
    likeness = np.clip(np.outer(left, left)[pairs].mean() / (left**2).mean(), 0, 1)
    covariance = np.where(same, likeness, 0.0)
    np.fill_diagonal(covariance, 1)

    def moved(row: np.ndarray) -> list[float]:
        kept = [(member & (g != CODES), ~member & (g != CODES)) for g in range(6)]
        return [float(row @ signs - row[a].mean() + row[b].mean()) for a, b in kept]

    forms = np.column_stack([moved(row) for row in np.eye(30)])
    spread = forms @ covariance @ forms.T
    fit = least_squares(np.column_stack([np.ones(30), member]), values)
    variance = jackknife(fit, CODES)[1, 1] * 6 / 5
    apart = grouped_difference(member, values, CODES)
    assert apart.inside - apart.outside == pytest.approx(fit.coefficients[1])
    assert apart.freedom == pytest.approx(np.trace(spread) ** 2 / (spread**2).sum())
    exact = variance * (signs @ covariance @ signs) / np.trace(spread)
    assert apart.error == pytest.approx(np.sqrt(exact))


@given(st.integers(0, 1000))
def test_names_and_order_of_accounts_change_nothing(seed: int) -> None:
    random = np.random.default_rng(seed)
    member, values = random.random(30) < 0.5, random.normal(size=30)
    order, names = random.permutation(30), random.permutation(100)[:6]
    first = grouped_difference(member, values, CODES)
    second = grouped_difference(member[order], values[order], names[CODES][order])
    assert second[:4] == pytest.approx(first[:4], nan_ok=True)
    assert second.groups == first.groups


def test_accounts_of_one_image_and_equal_sizes_give_students_t() -> None:
    random = np.random.default_rng(1)
    member, values = np.arange(40) < 20, random.normal(size=40)
    apart = grouped_difference(member, values, np.arange(40))
    pooled = np.sqrt((values[:20].var(ddof=1) + values[20:].var(ddof=1)) / 20)
    assert apart.error == pytest.approx(pooled)
    assert apart.freedom == pytest.approx(38, abs=2)


def test_style_by_account_is_no_difference_and_a_real_one_is() -> None:
    """Two thirds of likes hang on the account; each account keeps to one theme."""
    random = np.random.default_rng(4)
    codes = np.arange(24).repeat(20)
    labels, accounts = labels_of(codes, codes % 2 == 0)
    likes = random.normal(size=24)[codes] + random.normal(scale=0.7, size=480)
    real = likes + 2 * (labels == "1")
    for name, column in {"likes": likes, "real": real}.items():
        table = pd.DataFrame({name: column, "account": accounts}, labels.index)
        together = metadata_differences(labels, table, level=0.95, made_from=(), groups="account")
        alone = metadata_differences(labels, table[[name]], level=0.95, made_from=())
        assert "account" not in set(together["column"])
        assert together["groups"].tolist() == [12, 12]
        assert np.allclose(abs(together["difference"]), abs(alone["difference"]))
        assert ((together["p"] < 0.05) == (name == "real")).all()
        assert ((together["low"] > 0) | (together["high"] < 0)).all() == (name == "real")
        assert (alone["p"] < 0.05).all()


def test_a_share_is_as_unsure_as_accounts_and_as_images() -> None:
    """Two accounts inside, three outside, perfectly apart: five accounts prove nothing."""
    codes = np.arange(5).repeat(100)
    labels, accounts = labels_of(codes, codes < 2)
    color = pd.DataFrame({"color": np.where(codes < 2, "red", "blue")}, labels.index)
    table = metadata_differences(labels, color, level=0.95, made_from=(), groups=accounts)
    # Fisher's exact test of 2 of 2 against 0 of 3 accounts.
    assert table["p"].tolist() == pytest.approx([0.2, 0.2])
    assert ((table["low"] <= 0) & (table["high"] >= 0)).all()
    alone = metadata_differences(labels, color, level=0.95, made_from=())
    assert (alone["p"] < 1e-50).all()


def test_single_images_per_account_are_at_least_as_unsure_as_fishers_test() -> None:
    random = np.random.default_rng(2)
    labels, accounts = labels_of(np.arange(80), random.random(80) < 0.4)
    table = pd.DataFrame({"kind": random.choice(["a", "b"], 80)}, labels.index)
    together = metadata_differences(labels, table, level=0.95, made_from=(), groups=accounts)
    alone = metadata_differences(labels, table, level=0.95, made_from=())
    assert (together["p"] >= alone["p"] - 1e-12).all()
    assert (together["low"] <= alone["low"]).all() and (together["high"] >= alone["high"]).all()


def test_what_one_account_makes_up_is_not_judged() -> None:
    labels, accounts = labels_of(CODES, CODES == 3)
    labels[CODES > 3] = "3"
    table = pd.DataFrame({"likes": np.arange(30.0)}, labels.index)
    with pytest.warns(IconometricsWarning, match="theme 1: its images, or all others"):
        judged = metadata_differences(labels, table, level=0.95, made_from=(), groups=accounts)
    own = judged.set_index("theme")
    assert own.loc["1", ["low", "high", "p"]].isna().all()
    assert own.loc["1", "groups"] == 1 and np.isfinite(own.loc["1", "difference"])
    assert own.loc[["2", "3"], ["low", "high", "p"]].notna().all(axis=None)


def test_accounts_that_cannot_be_used_are_refused() -> None:
    labels, accounts = labels_of(CODES, CODES < 3)
    table = pd.DataFrame({"likes": np.arange(30.0)}, labels.index)
    for groups, message in (
        (accounts.iloc[1:], "1 of 30 images have no group"),
        (accounts.map(lambda _: "a"), "all 30 images are of one group"),
        ("owner", "no column 'owner' in the metadata for groups="),
    ):
        with pytest.raises(InputError, match=message):
            metadata_differences(labels, table, level=0.95, made_from=(), groups=groups)


@pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")
@pytest.mark.parametrize("accounts", [10, 20])
def test_null_draws_make_few_claims(accounts: int) -> None:
    """A short version of benchmarks/theme_tests.py: 100 draws, images alike by account."""
    random = np.random.default_rng(5)
    claims = {"by account": 0, "alone": 0}
    for _ in range(100):
        codes = np.arange(accounts).repeat(random.integers(2, 20, accounts))
        style = random.choice(3, accounts)[codes]
        theme = np.where(random.random(len(codes)) < 0.8, style, random.choice(3, len(codes)))
        labels, groups = labels_of(codes, theme == 0)
        labels[theme == 2] = "3"
        likes = random.normal(size=accounts)[codes] + random.normal(size=len(codes))
        table = pd.DataFrame({"likes": np.exp(likes), "place": codes % 4 == 0}, labels.index)
        for name, known in (("by account", groups), ("alone", None)):
            p = metadata_differences(labels, table, level=0.95, made_from=(), groups=known)["p"]
            claims[name] += bool((p < 0.05).any())
    assert claims["by account"] <= 10 < 60 <= claims["alone"]


def test_a_share_of_equal_accounts_alike_is_one_of_accounts() -> None:
    """Accounts of one kind each: n images of an account are worth one, with Student's quantile."""
    codes = np.arange(40).repeat(5)
    low, high = grouped_share(codes < 12, codes, level=0.95)
    exact = wilson(12 * 39 / 40, 39, df=39)
    assert (low, high) == pytest.approx(exact, abs=1e-3)
    assert grouped_share(codes < 40, codes, level=0.95) == pytest.approx(wilson(40, 40))


def test_a_share_holds_the_truth_where_accounts_are_few_and_unequal() -> None:
    """A short version of benchmarks/theme_tests.py: 300 draws of 12 accounts."""
    random = np.random.default_rng(8)
    held = {"here": 0, "linearized": 0}
    for _ in range(300):
        codes = np.arange(12).repeat(np.maximum(1, random.lognormal(2, 0.9, 12)).astype(int))
        style = random.random(12)[codes] < 0.4
        flags = np.where(random.random(len(codes)) < 0.9, style, random.random(len(codes)) < 0.4)
        low, high = grouped_share(flags, codes, level=0.95)
        held["here"] += bool(low <= 0.4 <= high)
        share, own = flags.mean(), survey_design(np.ones(len(codes)), clusters=codes)
        error = linearized_se((flags - share) / len(codes), own)
        n = share * (1 - share) / error**2
        low, high = wilson(share * n, n, df=11)
        held["linearized"] += bool(low <= 0.4 <= high)
    assert held["linearized"] < 0.93 * 300 < held["here"]


def test_words_by_account_equal_the_variance_written_out() -> None:
    """Each account moves the log odds; the sum of squares is taken account by account here."""
    random = np.random.default_rng(3)
    labels, accounts = labels_of(CODES, random.random(30) < 0.5)
    vocabulary = np.array(["cat", "dog", "sun", "sea"])
    texts = labels.map(lambda _: " ".join(random.choice(vocabulary, 12, p=[0.4, 0.3, 0.2, 0.1])))
    table = word_differences(labels, texts, top=4, prior=1, least=1, groups=accounts)
    row = table.set_index(["theme", "word"]).loc[("1", "cat")]
    member, moved = (labels == "1").to_numpy(), np.zeros(6)
    for sign, rows in ((1, member), (-1, ~member)):
        uses = texts.map(lambda text: text.split().count("cat")).to_numpy() * rows
        words = 12 * rows
        share = texts.str.split().explode().eq("cat").mean()
        first, all_words = uses.sum() + share, words.sum() + 1
        slope = 1 / first + 1 / (all_words - first)
        left = np.bincount(CODES, uses - uses.sum() / words.sum() * words)
        moved += sign * slope * left
    error = np.sqrt((moved**2).sum() * 6 / 5)
    assert row["groups"] == len(set(CODES[member & texts.str.contains("cat").to_numpy()]))
    assert row["log_odds"] / row["z"] == pytest.approx(error)


def test_what_one_account_repeats_is_no_word_of_the_theme() -> None:
    """An account's slogan stands in 40 captions of theme 1; what ten accounts say counts."""
    codes = np.arange(20).repeat(40)
    labels, accounts = labels_of(codes, codes < 10)
    words = np.where(codes == 0, "slogan", "plain")
    words = np.where((codes < 10) & (np.arange(800) % 2 == 0), "common " + words, words)
    texts = pd.Series(words, labels.index) + " text"
    alone = word_differences(labels, texts, top=9, least=1).set_index(["theme", "word"])
    together = word_differences(labels, texts, top=9, least=1, groups=accounts)
    by_account = together.set_index(["theme", "word"])
    assert alone.loc[("1", "slogan"), "p"] < 0.001 and alone.loc[("1", "slogan"), "low"] > 0
    assert by_account.loc[("1", "slogan"), "p"] > 0.5 and by_account.loc[("1", "slogan"), "low"] < 0
    assert by_account.loc[("1", "common"), "p"] < 0.001
    assert by_account.loc["1"].loc[["common", "slogan"], "groups"].tolist() == [10, 1]
    twice = word_differences(labels, texts, top=9, least=2, groups=accounts)
    assert "slogan" not in set(twice["word"])
