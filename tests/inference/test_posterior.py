"""Three coders err and nobody settles: every category counts by how likely it is."""

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings
from iconometrics.errors import InputError
from iconometrics.inference import dsl, estimate, ppi, share
from iconometrics.inference.regression.mixture import by_coders, by_error
from iconometrics.stats import dawid_skene

IMAGES, CODED = 2500, 500
CODERS = ("a", "b", "c")
MEASURED = {"predicted": ["t"], "prediction": ["machine"]}


def drawn(seed, *, errors=(0.05, 0.1, 0.2)):
    random = np.random.default_rng([20261204, seed])
    truth = random.random(IMAGES) < 0.2
    table = pd.DataFrame({"y": truth + random.normal(size=IMAGES), "t": np.nan})
    table["machine"] = (truth ^ (random.random(IMAGES) < 0.15)) * 1.0
    for coder, error in zip(CODERS, errors, strict=True):
        said = (truth ^ (random.random(IMAGES) < error)) * 1.0
        table[coder] = np.where(np.arange(IMAGES) < CODED, said, np.nan)
    return table.assign(truth=truth * 1.0)


@pytest.mark.parametrize(("formula", "model", "true"), [
    ("y ~ t", "ols", 1.0), ("t ~ 1", "lpm", 0.2), ("t ~ y", "logit", 1.0),
])  # fmt: skip
def test_what_coders_may_have_erred_in_is_carried(formula, model, true):
    """The likeliest values, taken for the truth, make coefficients small and intervals short."""
    inside, values = {}, {}
    for seed in range(60):
        table = drawn(seed)
        likeliest = table.assign(t=by_coders(table, CODERS)[0])
        for name, rows in {
            "likeliest": ppi(formula, likeliest, model=model, **MEASURED),
            "gold only": ppi(formula, table, model=model, tune=0.0, coders=CODERS, **MEASURED),
            "DSL": dsl(formula, table, model=model, repeats=1, coders=CODERS, **MEASURED),
            "PPI++": ppi(formula, table, model=model, coders=CODERS, **MEASURED),
        }.items():
            row = rows.rows.iloc[-1]
            inside.setdefault(name, []).append(row["low"] <= true <= row["high"])
            values.setdefault(name, []).append(row["estimate"])
    for name in ("gold only", "DSL", "PPI++"):
        assert np.mean(inside[name]) >= 0.85
        assert np.mean(values[name]) == pytest.approx(true, rel=0.07)
    assert np.mean(inside["likeliest"]) < min(np.mean(inside["DSL"]), 0.9)


def test_every_category_counts_once_on_average_where_it_is_there():
    table = drawn(1)
    likeliest, mixture = by_coders(table, CODERS)
    coded = slice(0, CODED)
    posterior = dawid_skene(table.loc[: CODED - 1, list(CODERS)].to_numpy()).posterior
    own = (likeliest.to_numpy()[coded, None] == np.array(mixture.kinds)).astype(float)
    shares = mixture.shares[coded] + own
    assert mixture.shares[CODED:].any() == np.False_
    assert shares.sum(axis=1) == pytest.approx(1.0)
    expected = posterior.T @ shares / posterior.sum(axis=0)[:, None]
    assert expected == pytest.approx(np.eye(2), abs=1e-8)


def test_slopes_and_moves_say_how_the_shares_change_when_a_row_counts_more():
    """Against the shares refitted with one row twice (a brute-force influence)."""
    table = drawn(2, errors=(0.15, 0.2, 0.25))
    _, mixture = by_coders(table, CODERS)
    weighted = np.einsum("rkp,r->kp", mixture.slopes[:CODED], table["y"][:CODED])
    changes = weighted @ mixture.moves[:CODED].T
    own = table.loc[: CODED - 1]
    base = _shares(own)
    again = []
    for row in range(120):
        twice = pd.concat([own, own.iloc[[row]]], ignore_index=True)
        again.append((_shares(twice)[:CODED] - base)[:, 1] @ own["y"])
    # Refitting moves by the observed information, the moves by the scores' own products.
    assert np.corrcoef(again, changes[1, :120])[0, 1] > 0.98
    assert np.std(changes[1, :120]) == pytest.approx(np.std(again), rel=0.25)


def _shares(table):
    likeliest, mixture = by_coders(table, CODERS)
    own = likeliest.to_numpy()[:, None] == np.array(mixture.kinds)
    return mixture.shares + own


def test_known_errors_are_the_mixture_of_two_codes():
    mixture = by_error(pd.Series(["no", "yes", None], dtype="str"), 0.1)
    assert mixture.kinds == ("no", "yes")
    assert mixture.shares == pytest.approx(np.array([[0.125, -0.125], [-0.125, 0.125], [0, 0]]))


def test_three_categories_by_name():
    random = np.random.default_rng(5)
    kinds = np.array(["left", "none", "right"])
    truth = random.integers(3, size=IMAGES)
    table = pd.DataFrame({"y": (truth == 2) + random.normal(size=IMAGES), "t": None})

    def said(error):
        wrong = random.random(IMAGES) < error
        return pd.Series(kinds[np.where(wrong, random.integers(3, size=IMAGES), truth)])

    table["machine"] = said(0.3)
    for coder in CODERS:
        table[coder] = said(0.15).where(np.arange(IMAGES) < CODED)
    rows = dsl("y ~ t", table, repeats=2, coders=CODERS, **MEASURED).rows.set_index("term")
    assert rows.loc["t[right]", "low"] < 1 < rows.loc["t[right]", "high"]
    assert abs(rows.loc["t[none]", "estimate"]) < 0.35


@pytest.fixture(scope="module")
def codes():
    table = drawn(6)
    images = pd.Index([f"{row}.jpg" for row in table.index], name="image")
    words = {0.0: "no", 1.0: "yes"}
    parts = [
        Codings.from_series(
            pd.Series(table[coder].map(words).to_numpy(), images).dropna(), variable="v",
            coder=coder,
        ).data
        for coder in CODERS
    ]  # fmt: skip
    machine = pd.Series(table["machine"].map(words).to_numpy(), images)
    measure = Codings.from_series(machine, variable="v", coder="svm", trained_on=[])
    return table.set_axis(images), measure, Codings(pd.concat(parts))


def test_estimate_and_share_take_the_codes_of_all(codes):
    table, measure, gold = codes
    found = estimate("y ~ v", table[["y"]], measure=measure, gold=gold, posterior=True)
    assert found.rows["method"].unique().tolist() == ["naive", "gold only", "DSL", "PPI++"]
    own = table.reset_index(drop=True)
    known = ppi("y ~ t", own, tune="each", coders=CODERS, **MEASURED).rows
    shown = found.rows[found.rows["method"] == "PPI++"]
    assert shown["estimate"].tolist() == pytest.approx(known["estimate"].tolist())
    assert any("hard for all coders" in note for note in found.notes)
    shares = share(measure, gold, category="yes", posterior=True, repeats=2)
    rows = shares.rows.set_index("method")
    assert rows.loc["gold only", "low"] < 0.2 < rows.loc["gold only", "high"]
    assert rows.loc["gold only", "n"] == CODED
    assert np.isnan(rows.loc["Rogan-Gladen", "estimate"])
    assert any("hard for all coders" in note for note in shares.notes)


def test_images_that_nobody_decided_widen_the_interval(codes):
    table, measure, gold = codes
    silent = gold.data["image"].isin([f"{row}.jpg" for row in range(40)])
    data = gold.data.assign(value=gold.data["value"].mask(silent))
    data["reason"] = pd.Series("too dark", data.index).where(silent)
    options = {"category": "yes", "posterior": True, "repeats": 2}
    wide = share(measure, Codings(data), **options).rows.set_index("method").loc["DSL"]
    whole = share(measure, gold, **options).rows.set_index("method").loc["DSL"]
    assert wide["high"] - wide["low"] > 1.3 * (whole["high"] - whole["low"])
    found = estimate("y ~ v", table[["y"]], measure=measure, gold=Codings(data), posterior=True,
                     methods=["ppi"])  # fmt: skip
    assert any("40 images" in note for note in found.notes)


@pytest.mark.parametrize(("options", "message"), [
    ({"coders": ["a", "b"]}, "2 coders cannot tell errors"),
    ({"coders": ["a", "b", "x"]}, "'x'"),
    ({"coder_error": 0.03}, "coders= with coder_error="),
    ({"join": ["y"]}, "coders= with join="),
    ({"fixed_effects": "account"}, "move the means of groups is not known"),
])  # fmt: skip
def test_refusals(options, message):
    table = drawn(7).assign(account=np.arange(IMAGES) // 10)
    with pytest.raises(InputError, match=message):
        dsl("y ~ t", table, **({"coders": CODERS} | MEASURED | options))


def test_coders_who_agree_by_chance_are_refused(codes):
    table, number = drawn(8), np.arange(IMAGES)
    for place, coder in enumerate(CODERS):
        table[coder] = np.where(number < 480, number >> place & 1, np.nan)
    with pytest.raises(InputError, match="agree too little"):
        ppi("y ~ t", table, coders=CODERS, **MEASURED)
    data, _, gold = codes
    with pytest.raises(InputError, match="no measure that codes of people correct"):
        estimate("y ~ v", data[["y"]], gold=gold, posterior=True)
