"""Shares, aggregated codes and regressions over partitions."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from iconometrics.coding import Codings, Sample
from iconometrics.errors import InputError
from iconometrics.inference import aggregated, dsl, estimate, over_partitions, ppi, share
from iconometrics.stats import rogan_gladen


@pytest.fixture(scope="module")
def codes():
    random = np.random.default_rng(3)
    images = pd.Index([f"{number}.jpg" for number in range(1500)])
    truth = pd.Series(random.random(1500) < 0.3, index=images)
    seen = truth.where(random.random(1500) < np.where(truth, 0.7, 0.95), ~truth)
    words = {True: "yes", False: "no"}
    chance = np.where(seen, 0.4, 0.15)
    drawn = random.random(1500) < chance
    table = pd.DataFrame(
        {
            "image": images[drawn],
            "probability": chance[drawn],
            "stratum": np.where(seen, "a", "b")[drawn],
        }
    )
    measure = Codings.from_series(seen.map(words), variable="smile", coder="svm")
    gold = Codings.from_series(truth[drawn].map(words), variable="smile", coder="anna")
    return truth, seen, drawn, measure, Codings(gold.data, sample=Sample("s", table))


def test_shares_by_five_methods(codes):
    truth, seen, drawn, measure, gold = codes
    rows = share(measure, gold, category="yes", repeats=2).table().set_index("method")
    assert list(rows.index) == ["naive", "gold only", "Rogan-Gladen", "DSL", "PPI++"]
    assert rows.loc["naive", "estimate"] == pytest.approx(seen.mean())
    weight = 1 / gold.sample.answered(gold["smile"].index).probability[truth[drawn].index]
    by_hand = np.average(truth[drawn], weights=weight)
    assert rows.loc["gold only", "estimate"] == pytest.approx(by_hand)
    sensitivity = np.average(seen[drawn & truth], weights=weight[truth[drawn]])
    specificity = np.average(~seen[drawn & ~truth], weights=weight[~truth[drawn]])
    corrected = rogan_gladen(seen.mean(), sensitivity, specificity).value
    assert rows.loc["Rogan-Gladen", "estimate"] == pytest.approx(corrected)
    for method in ("gold only", "Rogan-Gladen", "DSL", "PPI++"):
        assert rows.loc[method, "low"] < truth.mean() < rows.loc[method, "high"]
    assert not rows.loc["naive", "low"] < truth.mean() < rows.loc["naive", "high"]


def test_shares_of_all_categories_add_up_and_one_side_is_one_side(codes):
    *_, measure, gold = codes
    rows = share(measure, gold, repeats=1, target="beyond").table()
    sums = rows.groupby("method")["estimate"].sum()
    np.testing.assert_allclose(sums, 1, atol=1e-6)
    options = {"category": "yes", "repeats": 1, "target": "beyond"}
    lower = share(measure, gold, side="lower", **options).table()
    two = rows[rows["term"] == "smile[yes]"]
    assert (lower["high"] == 1).all()
    assert (lower["low"].to_numpy() > two["low"].to_numpy()).all()
    with pytest.raises(InputError, match="neither people nor the measure gave it"):
        share(measure, gold, category="maybe")


def test_images_trained_on_are_taken_as_drawn_with_certainty(codes):
    """By hand: the trained by their codes, the others by the rest of the sample."""
    random = np.random.default_rng(9)
    images = pd.Index([f"{number}.jpg" for number in range(1000)])
    truth = pd.Series(np.where(random.random(1000) < 0.3, "yes", "no"), images)
    drawn = images[random.permutation(1000)[:400]]
    trained, rest = drawn[:300], drawn[300:]
    wrong = (random.random(1000) < 0.3) & ~images.isin(trained)
    seen = truth.mask(wrong, truth.map({"yes": "no", "no": "yes"}))
    sample = Sample("drawn", pd.DataFrame({"image": drawn, "probability": 0.4}))
    gold = Codings.from_series(truth[drawn], variable="v", coder="anna", sample=sample)
    measure = Codings.from_series(seen, variable="v", coder="svm", trained_on=list(trained))
    estimates = share(measure, gold, category="yes", repeats=1)
    rows = estimates.rows.set_index("method")
    known, other = (truth[trained] == "yes").sum(), (truth[rest] == "yes").mean()
    assert rows.loc["gold only", "estimate"] == pytest.approx((known + 700 * other) / 1000)
    unseen = images.difference(trained)
    gap = (truth[rest] == "yes").mean() - (seen[rest] == "yes").mean()
    corrected = (known + 700 * ((seen[unseen] == "yes").mean() + gap)) / 1000
    plain = ppi(
        "y ~ 1",
        pd.DataFrame({"y": (truth == "yes").astype(float).where(truth.index.isin(drawn)),
                      "m": (seen == "yes").astype(float),
                      "p": np.where(truth.index.isin(trained), 1.0, 100 / 700)}),
        predicted="y", prediction="m", sample_prob="p", tune=1,
    ).rows.loc[0, "estimate"]  # fmt: skip
    assert plain == pytest.approx(corrected)
    for method in ("gold only", "DSL", "PPI++", "Rogan-Gladen"):
        assert abs(rows.loc[method, "estimate"] - (truth == "yes").mean()) < 0.08
    assert any("trained on 300 images of these" in note for note in estimates.notes)


def test_images_trained_on_without_regard_to_the_sample_count_as_drawn(codes):
    *_, measure, gold = codes
    trained = measure.data["image"][:150].tolist()
    known = Codings(measure.data, trained_on=trained)
    pd.testing.assert_frame_equal(
        share(known, gold, category="yes", repeats=1).rows,
        share(measure, gold, category="yes", repeats=1).rows,
    )


def test_a_stratum_of_trained_codes_alone_is_refused():
    images = pd.Index([f"{number}.jpg" for number in range(400)])
    kinds = pd.Series(np.where(np.arange(400) % 3 == 0, "yes", "no"), images)
    drawn = images[::4]
    stratum = np.where(np.arange(100) < 50, "early", "late")
    table = pd.DataFrame({"image": drawn, "probability": 0.25, "stratum": stratum})
    gold = Codings.from_series(
        kinds[drawn], variable="v", coder="anna", sample=Sample("drawn", table)
    )
    known = list(drawn[50:]) + list(drawn[:10])
    measure = Codings.from_series(kinds, variable="v", coder="svm", trained_on=known)
    with pytest.raises(InputError, match="all coded images of stratum 'late'"):
        share(measure, gold, category="yes", repeats=1)


def test_codes_of_trained_images_alone_are_refused(codes):
    *_, measure, gold = codes
    known = Codings(measure.data, trained_on=list(gold["smile"].index))
    with pytest.raises(InputError, match="on all that people coded"):
        share(known, gold, category="yes", repeats=1)


def test_shares_of_images_drawn_by_cluster_have_errors_by_cluster():
    random = np.random.default_rng(5)
    images = pd.Index([f"{number}.jpg" for number in range(2000)])
    cluster = pd.Series(np.repeat(np.arange(100), 20), images).map("account {}".format)
    truth = pd.Series(random.random(2000) < np.repeat(random.beta(0.5, 0.5, 100), 20), index=images)
    seen = truth.where(random.random(2000) < 0.8, ~truth).map({True: "yes", False: "no"})
    drawn = cluster.isin([f"account {number}" for number in range(20)])
    table = {"image": images[drawn], "cluster": cluster[drawn], "probability": 0.2}
    sample = Sample("accounts", pd.DataFrame(table))
    codes = truth[drawn].map({True: "yes", False: "no"})
    gold = Codings.from_series(codes, variable="smile", coder="anna", sample=sample)
    measure = Codings.from_series(seen, variable="smile", coder="svm", trained_on=[])
    options = {"category": "yes", "repeats": 2}
    rows = share(measure, gold, target="beyond", **options).table().set_index("method")
    alone = cluster.where(drawn, images.to_series())
    data = {"y": truth.astype(float).where(drawn), "seen": seen == "yes", "account": alone}
    told = {"predicted": ["y"], "prediction": ["seen"], "cluster": "account"}
    frame = pd.DataFrame(data)
    by_hand = {
        "DSL": dsl("y ~ 1", frame, **told, repeats=2).rows.iloc[0],
        "PPI++": ppi("y ~ 1", frame, **told).rows.iloc[0],
    }
    for method, row in by_hand.items():
        assert rows.loc[method, "se"] == pytest.approx(row["se"], rel=0.01)
        assert rows.loc[method, "se"] > 0.04
        assert "cluster" in rows.loc[method, "assumes"]


def test_aggregated_units_carry_their_probability():
    random = np.random.default_rng(0)
    posts = pd.DataFrame({"who": np.repeat(np.arange(300), 4), "p": 0.3})
    posts["truth"] = (random.random(1200) < 0.4).astype(float)
    posts["machine"] = np.where(random.random(1200) < 0.9, posts["truth"], 1 - posts["truth"])
    posts["economy"] = posts["truth"].where(random.random(1200) < 0.3)
    units = aggregated(posts, "who", predicted=["economy"], prediction=["machine"], sample_prob="p")
    assert units["p"].to_numpy() == pytest.approx(1 - 0.7**4)
    assert len(units) == 300 and (units["images"] == 4).all()
    first = posts.groupby("who")["economy"].mean()
    np.testing.assert_allclose(units["economy"], first)
    found = dsl(
        "economy ~ 1",
        units,
        predicted=["economy"],
        prediction=["machine"],
        sample_prob="p",
        repeats=2,
    )
    row = found.table().iloc[0]
    assert row["low"] < 0.4 < row["high"]
    with pytest.raises(InputError, match="no column 'day'"):
        aggregated(posts, "day", predicted=["economy"], prediction=["machine"])


@pytest.fixture
def partitions():
    random = np.random.default_rng(1)
    images = [f"{number}.jpg" for number in range(240)]
    data = pd.DataFrame({"likes": random.normal(size=240)}, index=images)
    first = pd.Series(np.repeat(["1", "2", "3"], 80), index=images)
    data["likes"] += first.astype(int)
    renamed = {"1": "c", "2": "a", "3": "b"}
    others = [
        first.where(random.random(240) < 0.9, random.choice(["1", "2", "3"], 240)).map(renamed)
        for _ in range(4)
    ]
    return data, [first, *others]


def test_partitions_are_pooled_by_rubins_rules(partitions):
    data, runs = partitions
    back = {"c": "1", "a": "2", "b": "3"}
    named = [runs[0], *(one.map(back) for one in runs[1:])]
    single = [estimate("likes ~ theme", data, themes=one).table() for one in named]
    values = np.array([one["estimate"] for one in single])
    within = np.mean([one["se"] ** 2 for one in single], axis=0)
    between = 1.2 * values.var(axis=0, ddof=1)
    total = within + between
    df = 4 / (between / total) ** 2
    pooled = over_partitions("likes ~ theme", data, runs).table()
    pooled = pooled[pooled["method"] == "over 5 partitions"]
    np.testing.assert_allclose(pooled["estimate"], values.mean(axis=0))
    np.testing.assert_allclose(pooled["se"], np.sqrt(total))
    np.testing.assert_allclose(
        pooled["high"] - pooled["estimate"], student.ppf(0.975, df) * np.sqrt(total)
    )


def test_marginal_effects_over_partitions_are_no_log_odds(partitions):
    data, runs = partitions
    data = data.assign(liked=(data["likes"] > 2).astype(int))
    first = estimate("liked ~ theme", data, themes=runs[0], model="logit").marginal().rows
    pooled = over_partitions("liked ~ theme", data, [runs[0], runs[0]], model="logit").marginal()
    assert "average marginal effects" in pooled.model
    for method in ("direct", "over 2 partitions"):
        rows = pooled.rows[pooled.rows["method"] == method]
        np.testing.assert_allclose(rows["estimate"], first["estimate"])
        np.testing.assert_allclose(rows["se"], first["se"])


def test_equal_partitions_change_nothing(partitions):
    data, runs = partitions
    table = over_partitions("likes ~ theme", data, [runs[0], runs[0]]).table()
    np.testing.assert_allclose(table["se"][:3], table["se"][3:])


def test_representations_stand_side_by_side_and_are_not_pooled(partitions):
    data, runs = partitions
    both = over_partitions("likes ~ theme", data, {"color": runs[:3], "network": runs[2:]})
    methods = ["direct", "over 3 partitions of color", "over 3 partitions of network"]
    assert list(both.rows["method"].unique()) == methods
    alone = over_partitions("likes ~ theme", data, runs[:3]).rows.iloc[3:]
    color = both.rows[both.rows["method"] == methods[1]]
    np.testing.assert_allclose(color[["estimate", "se"]], alone[["estimate", "se"]])
    network = both.rows[both.rows["method"] == methods[2]]
    ends = sorted([color["estimate"].iloc[1], network["estimate"].iloc[1]])
    between = next(note for note in both.notes if note.startswith("Between the 2"))
    assert f"{color['term'].iloc[1]} {ends[0]:.3g} to {ends[1]:.3g}" in between
    assert any("have people code the kinds" in note for note in both.notes)
    with pytest.raises(InputError, match="1 partition of 'network'"):
        over_partitions("likes ~ theme", data, {"color": runs, "network": runs[:1]})


def test_partitions_that_do_not_fit(partitions):
    data, runs = partitions
    with pytest.raises(InputError, match="1 partition: expected at least two"):
        over_partitions("likes ~ theme", data, runs[:1])
    with pytest.raises(InputError, match="fewer themes than the first"):
        over_partitions("likes ~ theme", data, [runs[0], runs[0].replace("3", "2")])
    with pytest.raises(InputError, match="no image in common"):
        over_partitions("likes ~ theme", data, [runs[0], runs[0].add_prefix("x")])


def test_weights_make_shares_those_of_the_whole(codes):
    truth, seen, drawn, measure, gold = codes
    random = np.random.default_rng(5)
    weights = pd.Series(random.integers(1, 5, len(truth)), index=truth.index, name="stands")
    estimates = share(measure, gold, category="yes", repeats=1, weights=weights)
    rows = estimates.table().set_index("method")
    assert estimates.target == "beyond"
    assert any("stands says" in note for note in estimates.notes)
    assert rows.loc["naive", "estimate"] == pytest.approx(np.average(seen, weights=weights))
    inverse = 1 / gold.sample.answered(gold["smile"].index).probability[truth[drawn].index]
    by_hand = np.average(truth[drawn], weights=inverse * weights[drawn])
    assert rows.loc["gold only", "estimate"] == pytest.approx(by_hand)
    whole = np.average(truth, weights=weights)
    for method in ("gold only", "Rogan-Gladen", "DSL", "PPI++"):
        assert rows.loc[method, "low"] < whole < rows.loc[method, "high"]
    plain = share(measure, gold, category="yes", repeats=1, target="beyond").table()
    width = plain["high"] - plain["low"]
    assert (rows["high"] - rows["low"]).to_numpy() == pytest.approx(1.12 * width, rel=0.2)


def test_weights_of_the_corpus_itself_or_without_an_image_are_refused(codes):
    truth, *_, measure, gold = codes
    weights = pd.Series(2.0, index=truth.index, name="stands")
    with pytest.raises(InputError, match="weights='stands' with target='corpus'"):
        share(measure, gold, weights=weights, target="corpus")
    with pytest.raises(InputError, match="is missing in 1 row"):
        share(measure, gold, weights=weights.iloc[1:])
