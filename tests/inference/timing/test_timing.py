"""What follows what, and what follows from what is seen."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.signal import lfilter
from scipy.stats import chi2_contingency, chisquare, t

from iconometrics import inference as inf
from iconometrics import stats
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.inference.timing.shuffles import rewalk
from iconometrics.stats.linear import over_time


def clips(n: int = 60, seed: int = 1) -> pd.DataFrame:
    """Videos in which calming follows pushing twice as often as chance."""
    random = np.random.default_rng(seed)
    moves = {
        "push": [0.2, 0.6, 0.2],
        "calm": [0.3, 0.3, 0.4],
        "leave": [1 / 3, 1 / 3, 1 / 3],
    }
    rows = []
    for video in range(n):
        state = "push"
        for time in range(8):
            rows.append((f"v{video}", time, state))
            state = random.choice(list(moves), p=moves[state])
    return pd.DataFrame(rows, columns=["image", "start", "category"])


def test_transitions_are_those_of_a_cross_table() -> None:
    events = clips()
    found = inf.sequences(events)
    following = events.groupby("image")["category"].shift(-1)
    oracle = pd.crosstab(events["category"], following)
    counts = found.matrix("count")
    assert counts.loc[oracle.index, oracle.columns].equals(oracle.astype(counts.dtypes.iloc[0]))
    expected = found.matrix("expected")
    assert expected.sum(axis=1).to_numpy() == pytest.approx(counts.sum(axis=1).to_numpy())
    assert expected.sum().to_numpy() == pytest.approx(counts.sum().to_numpy())
    row = found.rows.set_index(["given", "then"]).loc[("push", "calm")]
    assert row["low"] < 0.6 < row["high"] and row["p"] < 0.005


def test_order_of_rows_does_not_matter() -> None:
    events = clips(10)
    mixed = events.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(inf.sequences(events).rows, inf.sequences(mixed).rows)


def test_adjusted_residuals_are_haberman_s() -> None:
    table = np.array([[20.0, 5], [10, 25]])
    expected, residual = stats.adjusted_residuals(table)
    statistic = chi2_contingency(table, correction=False).statistic
    assert residual[0, 0] ** 2 == pytest.approx(statistic)
    np.testing.assert_allclose(expected, chi2_contingency(table, correction=False).expected_freq)


def test_order_of_the_chain_keeps_its_level() -> None:
    """Under independence the test of a first-order chain rejects about as often as it says."""
    random = np.random.default_rng(11)
    rejected = 0
    for _ in range(400):
        chain = [random.integers(0, 3, 40) for _ in range(5)]
        rejected += stats.markov_order(chain, 1)[2] < 0.05
    assert 0.02 <= rejected / 400 <= 0.09


def test_no_event_follows_another() -> None:
    alone = pd.DataFrame({"image": ["a", "b"], "start": [0, 0], "category": ["x", "y"]})
    with pytest.raises(InputError, match="no event follows another"):
        inf.sequences(alone)
    with pytest.raises(InputError, match="category"):
        inf.sequences(alone.drop(columns="category"))


def videos(codes: list[list[str]]) -> pd.DataFrame:
    rows = [(f"v{n}", at, code) for n, own in enumerate(codes) for at, code in enumerate(own)]
    return pd.DataFrame(rows, columns=["image", "start", "category"])


def orders(codes: str, *, merged: bool) -> list[str]:
    """All orders of a sequence between its ends, one by one."""
    between = {"".join(order) for order in itertools.permutations(codes[1:-1])}
    kept = [codes[0] + order + codes[-1] for order in between]
    return [o for o in kept if not (merged and any(a == b for a, b in itertools.pairwise(o)))]


@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.filterwarnings("ignore:2 sequences")
def test_expected_counts_are_the_mean_of_all_orders(merged: bool) -> None:
    codes = ["abcacbabca", "cbcabcb"] if merged else ["aabcacbbca", "cbbcbcb"]
    found = inf.sequences(videos([list(own) for own in codes]), draws=8000)
    assert found.merged == (("category",) if merged else ())
    totals = pd.Series(0.0, pd.MultiIndex.from_product([list("abc")] * 2))
    spread = totals.copy()
    for own in codes:
        tables = pd.DataFrame(
            [pd.Series(itertools.pairwise(o)).value_counts() for o in orders(own, merged=merged)]
        )
        tables.columns = pd.MultiIndex.from_tuples(tables.columns)
        tables = tables.reindex(columns=totals.index).fillna(0)
        totals, spread = totals + tables.mean(), spread + tables.var(ddof=0)
    rows = found.rows
    np.testing.assert_allclose(rows["expected"], totals, atol=0.04)
    with np.errstate(invalid="ignore", divide="ignore"):
        distance = ((rows["count"] - rows["expected"]) / np.sqrt(spread.to_numpy())).to_numpy()
    np.testing.assert_allclose(
        rows["residual"], np.where(spread > 0, distance, np.nan), atol=0.06, equal_nan=True
    )
    assert rows["p"].isna().equals(pd.Series(spread.to_numpy() == 0))


def claims(*, merged: bool, depends: float, draws: int = 40) -> tuple[float, float, float]:
    """How often order, any pair, and the test over pooled videos, say yes where mixes differ."""
    random = np.random.default_rng(21)
    said = []
    for _ in range(draws):
        clips = []
        for mix in random.dirichlet([0.7, 0.7, 0.7], 15):
            chances = (mix + 0.02) * np.exp(depends * np.roll(np.eye(3), 1, axis=1))
            chances *= 1 - np.eye(3) * merged
            codes = [0]
            for _ in range(11):
                row = chances[codes[-1]]
                codes.append(int(random.choice(3, p=row / row.sum())))
            clips.append(codes)
        found = inf.sequences(videos([[*map(str, codes)] for codes in clips]), draws=199)
        pooled = stats.markov_order([np.array(codes) for codes in clips], 1)[2]
        said.append((found.order["p"][0] < 0.05, (found.rows["p"] < 0.05).any(), pooled < 0.05))
    order, cell, pooled = np.mean(said, axis=0)
    return order, cell, pooled


@pytest.mark.parametrize("merged", [False, True])
def test_videos_that_differ_in_their_mix_are_no_order(merged: bool) -> None:
    """Of 40 draws hardly 6 are false claims; transitions pooled over videos say yes in most."""
    order, cell, pooled = claims(merged=merged, depends=0)
    assert order <= 6 / 40 and cell <= 6 / 40 and pooled > 0.6
    order, cell, _ = claims(merged=merged, depends=1.5, draws=12)
    assert order > 0.8 and cell > 0.5


def test_what_cannot_be_told_is_said() -> None:
    """Of three events only one lies between the ends: no other order is possible."""
    found = inf.sequences(videos([["push", "calm", "leave"]] * 30))
    assert found.order["least"][0] == 1 and found.rows["p"].isna().all()
    assert "cannot be told" in found.summary()
    alternating = inf.sequences(videos([["push", "calm"] * 8] * 6))
    assert "cannot be told" in alternating.summary() and alternating.merged == ("category",)


def test_one_video_speaks_for_itself() -> None:
    with pytest.warns(IconometricsWarning, match="one sequence"):
        found = inf.sequences(videos([[*["push"] * 5, *["calm"] * 4] * 4]))
    assert "for itself alone" in found.summary() and found.order["p"][0] < 0.05


def test_actors_who_take_turns_are_shuffled_as_such() -> None:
    """What is done depends on nothing; who does it alternates, in videos that differ."""
    random = np.random.default_rng(6)
    events = videos([[*random.choice(["hit", "talk"], 12, p=[m, 1 - m])] for m in (0.2, 0.8) * 10])
    events["actor"] = np.where(events["start"] % 2 == 0, "A", "B")
    found = inf.sequences(events, given=["actor", "category"])
    assert found.merged == ("actor",)
    assert found.order["p"][0] > 0.05 and (found.rows["p"].dropna() > 0.05).all()
    assert found.matrix("expected").loc["A hit", "A talk"] == 0


def test_the_second_order_is_held_against_each_videos_transitions() -> None:
    random = np.random.default_rng(12)
    own = [random.dirichlet([0.5, 0.5, 0.5], 3) for _ in range(20)]
    clips = []
    for chances in own:
        codes = [0]
        for _ in range(24):
            codes.append(int(random.choice(3, p=chances[codes[-1]])))
        clips.append(codes)
    found = inf.sequences(videos([[*map(str, codes)] for codes in clips]))
    assert found.order["p"][0] < 0.05 < found.order["p"][1]
    assert stats.markov_order([np.array(codes) for codes in clips], 2)[2] < 0.05
    later = [[*"aabb" * 8]] * 6
    assert inf.sequences(videos(later)).order["p"][1] < 0.05


def test_all_orders_with_the_same_transitions_are_alike() -> None:
    states, random = np.array([0, 1, 0, 2, 1, 2, 0, 1, 1, 0, 2]), np.random.default_rng(2)
    text = "".join(map(str, states))
    pairs = Counter(itertools.pairwise(text))
    alike = [o for o in orders(text, merged=False) if Counter(itertools.pairwise(o)) == pairs]
    new, found = states.copy(), Counter()
    for _ in range(20_000):
        rewalk(states, new, random)
        found["".join(map(str, new))] += 1
    assert set(found) == set(alike)
    assert chisquare([found[order] for order in alike]).pvalue > 0.001


def test_shuffles_are_named_by_their_seed_and_enough() -> None:
    events = clips(10)
    again = inf.sequences(events, draws=199, seed=4).rows
    pd.testing.assert_frame_equal(again, inf.sequences(events, draws=199, seed=4).rows)
    assert not again.equals(inf.sequences(events, draws=199, seed=5).rows)
    with pytest.raises(InputError, match="draws=0"):
        inf.sequences(events, draws=0)
    with pytest.warns(IconometricsWarning, match="50 shuffles for 9 pairs"):
        inf.sequences(events, draws=50)


def debate(viewers: int = 30, seconds: int = 120) -> tuple[pd.Series, pd.DataFrame]:
    random = np.random.default_rng(2)
    anger = pd.Series(random.integers(0, 2, seconds).astype(float), name="anger")
    effect = 1.5 * anger.shift(2).fillna(0) - 0.5 * anger.shift(3).fillna(0)
    seen = pd.DataFrame(
        {"viewer": np.repeat(np.arange(viewers), seconds), "time": [*range(seconds)] * viewers}
    )
    level = np.repeat(random.normal(0, 2, viewers), seconds)
    seen["value"] = level + np.tile(effect, viewers) + random.normal(size=len(seen))
    return anger, seen


def test_reactions_are_the_dummy_regression_with_clustered_errors() -> None:
    anger, seen = debate()
    found = inf.reactions(anger, seen, lags=range(5), errors="viewer").table()
    lagged = pd.concat([anger.shift(lag) for lag in range(5)], axis=1).to_numpy()
    X = lagged[seen["time"]]
    known = np.isfinite(X).all(axis=1)
    dummies = pd.get_dummies(seen["viewer"]).to_numpy(float)
    fit = sm.OLS(seen["value"][known], np.column_stack([X, dummies])[known]).fit()
    robust = fit.get_robustcov_results("cluster", groups=seen["viewer"][known])
    np.testing.assert_allclose(found["estimate"][:5], fit.params[:5], rtol=1e-8)
    np.testing.assert_allclose(found["se"][:5], robust.bse[:5], rtol=0.02)
    total = found[found["lag"].isna()].iloc[0]
    assert total["estimate"] == pytest.approx(fit.params[:5].sum())
    assert total["low"] < 1 < total["high"]


def test_errors_that_viewers_share_widen_the_interval() -> None:
    anger, seen = debate()
    shock = np.random.default_rng(9).normal(0, 2, 120)
    seen["value"] += np.tile(shock, 30)
    alone = inf.reactions(anger, seen, lags=range(4), errors="viewer").table()
    common = inf.reactions(anger, seen, lags=range(4), errors="common").table()
    np.testing.assert_allclose(alone["estimate"], common["estimate"])
    assert (common["se"] > 2 * alone["se"]).all()


def slow(random: np.random.Generator, seconds: int, carried: float) -> np.ndarray:
    """What lasts: each second is carried over to the next."""
    white = random.normal(size=seconds + 200) * np.sqrt(1 - carried**2)
    return lfilter([1], [1, -carried], white)[200:]


def react(
    random: np.random.Generator, viewers: int, slopes: np.ndarray, carried: float
) -> tuple[pd.Series, pd.DataFrame]:
    """Viewers who answer at once, each with a slope, and shocks that all of them share."""
    signal = pd.Series(slow(random, 240, 0.9), name="signal")
    seen = pd.DataFrame(
        {"viewer": np.repeat(range(viewers), 240), "time": np.tile(range(240), viewers)}
    )
    felt = slopes[:, None] * signal.to_numpy() + 0.5 * slow(random, 240, carried)
    seen["value"] = felt.ravel() + random.normal(size=len(seen))
    return signal, seen


def share_covered(viewers: int, *, differ: float, carried: float, errors: str) -> float:
    random = np.random.default_rng(5)
    hits = []
    for _ in range(60):
        slopes = 1 + differ * random.normal(size=viewers)
        signal, seen = react(random, viewers, slopes, carried)
        row = inf.reactions(signal, seen, lags=[0], errors=errors).rows.iloc[-1]
        hits.append(row["low"] <= 1 <= row["high"])
    return float(np.mean(hits))


def test_the_default_covers_where_viewers_share_shocks_and_differ() -> None:
    """95 % of 60 draws is hardly below .88; errors by viewer or by second alone cover fewer."""
    for carried in (0.0, 0.8):
        assert share_covered(12, differ=0, carried=carried, errors="both") > 0.88
        assert share_covered(12, differ=0, carried=carried, errors="viewer") < 0.7
    assert share_covered(12, differ=0.5, carried=0, errors="both") > 0.88
    assert share_covered(12, differ=0.5, carried=0, errors="common") < 0.8


def test_errors_of_both_kinds_are_never_below_either() -> None:
    anger, seen = debate()
    found = {errors: inf.reactions(anger, seen, errors=errors) for errors in ("viewer", "common")}
    both = inf.reactions(anger, seen)
    assert both.errors == "both"
    assert (both.rows["se"] >= found["viewer"].rows["se"] * (1 - 1e-12)).all()
    assert (both.rows["se"] >= found["common"].rows["se"] * (1 - 1e-12)).all()


def test_reactions_say_for_what_they_speak() -> None:
    anger, seen = debate(4, 60)
    both = inf.reactions(anger, seen, lags=[0, 1])
    assert set(both.table()["population"]) == {"viewers like these, this debate"}
    assert "speak for viewers like these, this debate, not for other debates" in both.summary()
    common = inf.reactions(anger, seen, lags=[0, 1], errors="common")
    assert set(common.rows["population"]) == {"these viewers, this debate"}
    viewer = inf.reactions(anger, seen, lags=[0, 1], errors="viewer")
    assert "the very seconds they saw" in viewer.summary() and "both" in viewer.summary()


def test_one_viewer_speaks_for_nobody_else() -> None:
    anger, seen = debate(1, 60)
    with pytest.raises(InputError, match="one viewer"):
        inf.reactions(anger, seen, lags=[0])
    alone = inf.reactions(anger, seen, lags=[0], errors="common")
    assert alone.rows["population"].iloc[0] == "these viewers, this debate"
    assert (alone.rows["se"] > 0).all()


def season(debates: int) -> tuple[pd.Series, pd.DataFrame]:
    """Debates with effects of their own, which start at different seconds."""
    random = np.random.default_rng(8)
    signals, reactions = {}, []
    for number in range(debates):
        signal = pd.Series(random.normal(size=80), index=range(number, 80 + number))
        seen = pd.DataFrame({"viewer": np.repeat(range(6), 80), "time": [*signal.index] * 6})
        slope = 1 + random.normal()
        seen["value"] = np.tile(slope * signal, 6) + random.normal(size=480) + number
        signals[f"d{number}"] = signal
        reactions.append(seen.assign(debate=f"d{number}"))
    return pd.concat(signals).rename("signal"), pd.concat(reactions, ignore_index=True)


def test_errors_by_debate_are_those_of_leaving_one_out() -> None:
    signals, seen = season(6)
    found = inf.reactions(signals, seen, lags=[0], debate="debate", errors="common")
    x = signals[pd.MultiIndex.from_frame(seen[["debate", "time"]])].to_numpy()
    dummies = pd.get_dummies(seen["debate"] + seen["viewer"].astype(str)).to_numpy(float)
    X, y, names = np.column_stack([x, dummies]), seen["value"].to_numpy(), seen["debate"]
    every = np.linalg.lstsq(X, y)[0][0]
    left = np.array([np.linalg.lstsq(X[names != d], y[names != d])[0][0] for d in names.unique()])
    row = found.rows.iloc[0]
    assert row["estimate"] == pytest.approx(every)
    assert row["se"] == pytest.approx(np.sqrt(5 / 6 * ((left - every) ** 2).sum()))
    assert (row["low"], row["high"]) == pytest.approx(every + t.ppf([0.025, 0.975], 5) * row["se"])
    assert found.debates == 6 and row["population"] == "these viewers, debates like these"
    assert "not for other" not in found.summary()


def test_few_debates_speak_for_themselves() -> None:
    signals, seen = season(3)
    with pytest.warns(IconometricsWarning, match="3 debates are too few"):
        found = inf.reactions(signals, seen, lags=[0], debate="debate")
    assert found.rows["population"].iloc[0] == "viewers like these, these 3 debates"
    assert "not for other debates" in found.summary()


def test_debates_need_their_name() -> None:
    signals, seen = season(3)
    with pytest.raises(InputError, match="by debate and second"):
        inf.reactions(signals, seen, lags=[0])
    with pytest.raises(InputError, match="by debate and second"):
        inf.reactions(signals.droplevel(0), seen, lags=[0], debate="debate")
    with pytest.raises(InputError, match="occurs twice"):
        inf.reactions(signals.droplevel(0), seen, lags=[0])


def test_fewer_waves_where_shocks_last() -> None:
    random = np.random.default_rng(4)
    moves, times = random.normal(size=(600, 1)), np.arange(600)
    lasting = slow(random, 600, 0.97)[:, None]
    assert over_time(moves, times)[1] == int(0.4 * 600 ** (2 / 3))
    assert 4 <= over_time(lasting, times)[1] < 20
    many = np.mean([over_time(random.normal(size=(600, 1)), times)[0] for _ in range(200)])
    assert many == pytest.approx(600, rel=0.1)


def test_reactions_name_what_cannot_be() -> None:
    anger, seen = debate(4, 30)
    with pytest.raises(InputError, match="same value at all times"):
        inf.reactions(anger * 0, seen)
    with pytest.raises(InputError, match="lags"):
        inf.reactions(anger, seen, lags=[-1])
    with pytest.raises(InputError, match="viewer"):
        inf.reactions(anger, seen.drop(columns="viewer"))
    with pytest.raises(InputError, match="anger is not numbers"):
        inf.reactions(anger.gt(0.5).map({True: "yes", False: "no"}).rename("anger"), seen)
    with pytest.raises(InputError, match="value is not numbers"):
        inf.reactions(anger, seen.assign(value="calm"))
    text = inf.reactions(anger.astype(str), seen.assign(value=seen["value"].astype(str))).rows
    pd.testing.assert_frame_equal(text, inf.reactions(anger, seen).rows)


def test_seconds_hold_shares_and_means() -> None:
    frames = pd.DataFrame({"time": [0, 0.4, 2.1], "value": [1.0, 3, 5]})
    assert inf.per_second(frames).tolist()[::2] == [2.0, 5.0]
    assert np.isnan(inf.per_second(frames)[1])
    events = pd.DataFrame({"start": [0.5, 0.75], "end": [1.25, 3], "value": ["smile", "smile"]})
    assert inf.per_second(events, value="smile").tolist() == [0.5, 1.0, 1.0]
    with pytest.raises(InputError, match="time"):
        inf.per_second(frames.drop(columns="time"))


def test_events_that_a_blank_would_make_one_stay_apart():
    events = pd.DataFrame(
        {
            "image": ["v"] * 4,
            "start": [0, 1, 2, 3],
            "actor": ["police", "police dog"] * 2,
            "category": ["dog barks", "barks"] * 2,
        }
    )
    with pytest.warns(IconometricsWarning, match="one sequence"):
        found = inf.sequences(events, given=["actor", "category"])
    rows = found.rows.set_index(["given", "then"])
    assert rows["count"].to_dict() == {
        ("police dog, barks", "police dog, barks"): 0,
        ("police dog, barks", "police, dog barks"): 1,
        ("police, dog barks", "police dog, barks"): 2,
        ("police, dog barks", "police, dog barks"): 0,
    }
