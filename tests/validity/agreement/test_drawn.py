"""Agreement on images that were drawn unequally: of the corpus where that is known, and says so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from iconometrics import stats
from iconometrics.coding import Codings, Sample
from iconometrics.errors import IconometricsWarning
from iconometrics.stats import survey_design
from iconometrics.validity import agreement, ceiling


def corpus(n=3000, *, seed=5):
    """Two people and a machine on all images, a tenth of them positive, and a machine's score."""
    random = np.random.default_rng(seed)
    truth = random.random(n) < 0.1
    high = random.normal(size=n) + 1.8 * truth > 1
    right = np.where(truth, [[0.85], [0.8], [0.7]], [[0.97], [0.95], [0.93]])
    said = np.where(random.random((3, n)) < right, truth, ~truth)
    names = [f"{image:04}.jpg" for image in range(n)]
    values = np.where(said, "riot", "none").T
    return pd.DataFrame(values, index=names, columns=["anna", "ben", "svm"]), high


def drawn(high, names, *, seed=1, n=200):
    """As many images of a high score as of all others."""
    random = np.random.default_rng(seed)
    parts = []
    for stratum in (True, False):
        own = np.flatnonzero(high == stratum)
        images = random.choice(own, n, replace=False)
        parts.append(pd.DataFrame({"image": np.asarray(names)[images], "probability": n / len(own),
                                   "stratum": "high" if stratum else "low"}))  # fmt: skip
    return Sample("scored", pd.concat(parts, ignore_index=True))


def codings(values, *, sample=None):
    long = values.reset_index(names="image").melt("image", var_name="coder", value_name="value")
    return Codings(long.dropna().assign(variable="v"), sample=sample)


@pytest.fixture(scope="module")
def whole():
    return corpus()


@pytest.fixture(scope="module")
def sample(whole):
    values, high = whole
    return drawn(high, values.index)


@pytest.fixture(scope="module")
def people(whole, sample):
    return codings(whole[0].loc[sample.images, ["anna", "ben"]], sample=sample)


@pytest.fixture(scope="module")
def found(people):
    return agreement(people, draws=100)


FUNCTIONS = {
    "Krippendorff's alpha (nominal)": stats.krippendorff_alpha,
    "Cohen's kappa": stats.cohen_kappa,
    "Fleiss' kappa": stats.fleiss_kappa,
    "Gwet's AC1": stats.gwet_ac,
    "percent agreement": stats.percent_agreement,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_figures_are_those_of_the_corpus_not_of_the_sample(whole, sample, found, name):
    values, _ = whole
    row = found.table().set_index("coefficient").loc[name]
    truth = FUNCTIONS[name](values[["anna", "ben"]]).value
    assert row["low"] <= truth <= row["high"]
    assert row["boot_low"] <= row["value"] <= row["boot_high"]
    assert row["represents"] == "corpus" and row["method"].endswith("by design")
    rows = sample.table
    design = survey_design(1 / rows["probability"], strata=rows["stratum"], finite=True)
    direct = FUNCTIONS[name](values.loc[rows["image"], ["anna", "ben"]], drawn=design)
    assert (row["value"], row["low"], row["high"]) == pytest.approx(
        (direct.value, direct.low, direct.high)
    )
    former = FUNCTIONS[name](values.loc[rows["image"], ["anna", "ben"]]).value
    assert abs(row["value"] - truth) < abs(former - truth)


def test_pairs_coders_and_categories_are_weighted_too(found, people, sample, whole):
    values = whole[0].loc[sample.images, ["anna", "ben"]]
    weights = 1 / sample.probability
    same = np.average(values["anna"] == values["ben"], weights=weights)
    assert found.pairs()["agreement"].iloc[0] == pytest.approx(same)
    assert found.coders()["agreement"].tolist() == pytest.approx([same, same])
    said = (values == "riot").sum(axis=1)
    riot = found.categories().set_index("category").loc["riot"]
    both = 2 * (weights * (said == 2)).sum() / (weights * said).sum()
    assert riot["agreement"] == pytest.approx(both)
    assert riot["agreement_low"] < both < riot["agreement_high"]
    assert riot["ratings"] == said.sum()
    main = found.main()
    assert (riot["alpha"], riot["alpha_low"]) == pytest.approx((main["value"], main["low"]))


def test_it_is_said_what_figures_represent(found, people):
    assert "the figures represent the corpus" in found.summary()
    note = found.notes[-1]
    assert "unequal probabilities (0.088" in note and "within 2 strata" in note
    unknown = agreement(Codings(people.data), draws=0)
    assert "the figures are of the images coded" in unknown.summary()
    assert "name no sample" in unknown.notes[-1]
    assert set(unknown.table()["represents"]) == {"images coded"}


def test_a_sample_of_equal_probabilities_is_not_weighted(whole):
    values = whole[0].iloc[:200][["anna", "ben"]]
    equal = Sample("equal", pd.DataFrame({"image": values.index, "probability": 0.1}))
    found = agreement(codings(values, sample=equal), draws=50)
    plain = agreement(codings(values), draws=50)
    shown = found.table().drop(columns="represents")
    pd.testing.assert_frame_equal(shown, plain.table().drop(columns="represents"))
    assert set(found.table()["represents"]) == {"corpus"} and found.notes == ()


def test_a_part_coded_twice_stands_for_its_stratum(whole, sample):
    values = whole[0].loc[sample.images, ["anna", "ben"]].copy()
    values.iloc[20:200, 1] = np.nan
    found = agreement(codings(values, sample=sample), draws=0)
    twice = values.dropna()
    rows = sample.table.set_index("image").loc[twice.index]
    part = rows["stratum"].map({"high": 0.1, "low": 1.0})
    same = np.average(twice["anna"] == twice["ben"], weights=1 / (rows["probability"] * part))
    assert found.table()["value"].iloc[-1] == pytest.approx(same)
    assert found.main()["images"] == 220
    assert found.coders().set_index("coder")["coded"].to_dict() == {"anna": 400, "ben": 220}
    assert any("220 of the 400 images" in note for note in found.notes)


def test_images_outside_the_sample_have_no_weight(whole, sample, found):
    values, _ = whole
    outside = values.index.difference(sample.images)[:3]
    more = codings(values.loc[[*sample.images, *outside], ["anna", "ben"]], sample=sample)
    with pytest.warns(IconometricsWarning, match="3 images with two codes .* are left out"):
        again = agreement(more, draws=0)
    assert again.main()["value"] == pytest.approx(found.main()["value"])
    assert len(again.items) == len(found.items) + 6
    other = Sample("other", pd.DataFrame({"image": ["x", "y"], "probability": [0.5, 0.1]}))
    strange = codings(values.iloc[:40][["anna", "ben"]], sample=other)
    alone = agreement(strange, draws=0)
    assert set(alone.table()["represents"]) == {"images coded"}
    assert "they count like the others" in alone.notes[-1]


def test_groups_are_the_clusters_of_the_design(people, found):
    groups = pd.Series([f"account {n // 4}" for n in range(400)], people.images)
    grouped = agreement(people, groups=groups, draws=50)
    assert grouped.groups == 100
    assert grouped.main()["value"] == pytest.approx(found.main()["value"])
    assert grouped.main()["low"] != found.main()["low"]


def test_over_time_counts_as_all_else_does(people, found, sample):
    values = people.data.pivot(index="image", columns="coder", values="value")
    values = values.loc[people.images]
    first = values.iloc[:50]
    weights = (1 / sample.probability)[first.index]
    same = np.average(first["anna"] == first["ben"], weights=weights)
    assert found.over_time()["agreement"].iloc[0] == pytest.approx(same)
    total = found.over_time().merge(found.over_time())
    assert total["agreement_low"].le(total["agreement"]).all()


def test_the_ceiling_is_the_corpuss_too(whole, sample, people):
    values, _ = whole
    svm = Codings.from_series(values["svm"].rename("v"), coder="svm", trained_on=[])
    limit = ceiling(people, svm, draws=300)
    design = survey_design(1 / sample.probability, strata=sample.table["stratum"], finite=True)
    direct = [
        stats.krippendorff_alpha(values.loc[sample.images, list(pair)], drawn=design, scale="plain")
        for pair in (("anna", "ben"), ("anna", "svm"), ("ben", "svm"))
    ]
    among, others = direct[0], [pair.value for pair in direct[1:]]
    rows = limit.table()["value"]
    assert rows["people with people"] == pytest.approx(among.value)
    assert rows["people with the machine"] == pytest.approx(np.mean(others))
    low, high = limit.table().loc["people with people", ["low", "high"]]
    assert (high - low) / 2 / 1.96 == pytest.approx(among.se, rel=0.15)
    assert "represent the corpus" in limit.summary() and limit.notes
    former = ceiling(Codings(people.data), svm, draws=9)
    assert former.table()["value"]["people with people"] > among.value + 0.05
    assert "of the images coded" in former.summary()
