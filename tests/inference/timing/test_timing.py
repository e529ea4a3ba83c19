"""What follows what, and what follows from what is seen."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.signal import lfilter
from scipy.stats import chi2_contingency, t

from iconometrics import inference as inf
from iconometrics import stats
from iconometrics.errors import IconometricsWarning, InputError
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
    expected = chi2_contingency(oracle).expected_freq
    np.testing.assert_allclose(
        found.matrix("expected").loc[oracle.index, oracle.columns], expected, rtol=1e-12
    )
    row = found.rows.set_index(["given", "then"]).loc[("push", "calm")]
    assert row["low"] < 0.6 < row["high"] and row["p"] < 0.001


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
    for _ in range(80):
        slopes = 1 + differ * random.normal(size=viewers)
        signal, seen = react(random, viewers, slopes, carried)
        row = inf.reactions(signal, seen, lags=[0], errors=errors).rows.iloc[-1]
        hits.append(row["low"] <= 1 <= row["high"])
    return float(np.mean(hits))


def test_the_default_covers_where_viewers_share_shocks_and_differ() -> None:
    """95 % of 80 draws is hardly below .88; errors by viewer or by second alone cover fewer."""
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
    rows = inf.sequences(events, given=["actor", "category"]).rows.set_index(["given", "then"])
    assert rows["count"].to_dict() == {
        ("police dog, barks", "police dog, barks"): 0,
        ("police dog, barks", "police, dog barks"): 1,
        ("police, dog barks", "police dog, barks"): 2,
        ("police, dog barks", "police, dog barks"): 0,
    }
