"""Fixed effects: against dummies in statsmodels."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.inference import dsl, estimate, ppi
from iconometrics.inference.formulas.design import DesignMatrix
from iconometrics.inference.regression.models import fit_absorbed


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(2)
    n = 400
    frame = pd.DataFrame({"g": random.integers(0, 25, n), "h": random.integers(0, 9, n)})
    frame["region"] = np.arange(n) % 31
    frame["x"] = random.normal(size=n) + frame["g"] / 10
    frame["z"] = random.normal(size=n)
    frame["y"] = (
        0.5 * frame["x"]
        + 0.1 * frame["g"]
        - 0.2 * frame["h"]
        + random.normal(size=n) * (1 + frame["z"] ** 2)
    )
    return frame


def test_weighted_hc3_is_that_of_dummies(data):
    weights = np.where(data["h"] < 3, 8.0, 1.0)
    design = DesignMatrix(data["y"], data[["x", "z"]], "", ())
    ours = fit_absorbed(design, [data["g"].to_numpy()], errors="HC3", weights=weights).table
    fit = smf.wls("y ~ x + z + C(g)", data, weights=weights).fit(cov_type="HC3", use_t=True)
    np.testing.assert_allclose(ours["estimate"], fit.params[["x", "z"]])
    np.testing.assert_allclose(ours["se"], fit.bse[["x", "z"]])


@pytest.mark.parametrize("effects", [["g"], ["g", "h"]])
@pytest.mark.parametrize("kind", ["HC1", "robust", "classical", "cluster", "HC3"])
def test_equal_to_dummies(data, effects, kind):
    if kind == "HC3" and len(effects) > 1:
        with pytest.raises(InputError, match="HC3"):
            estimate("y ~ x + z", data, fixed_effects=effects, errors="HC3")
        return
    theirs = {"cov_type": {"robust": "HC1", "classical": "nonrobust"}.get(kind, kind)}
    ours = {"errors": kind}
    if kind == "cluster":
        ours, theirs = {"cluster": "region"}, theirs | {"cov_kwds": {"groups": data["region"]}}
    dummies = " + ".join(f"C({name})" for name in effects)
    expected = smf.ols(f"y ~ x + z + {dummies}", data).fit(use_t=True, **theirs)
    rows = estimate("y ~ x + z", data, fixed_effects=effects, **ours).table().set_index("term")
    for term in ("x", "z"):
        ends = expected.conf_int().loc[term]
        np.testing.assert_allclose(
            rows.loc[term, ["estimate", "se", "p", "low", "high"]].astype(float),
            [expected.params[term], expected.bse[term], expected.pvalues[term], *ends],
            rtol=1e-6,
        )


@pytest.mark.parametrize(("effects", "kept"), [(["g"], 1 + 2), (["g", "h"], 9 + 2)])
def test_effects_within_clusters_are_not_counted_once_more(data, effects, kept):
    """The count of Stata's areg against that of reghdfe and fixest: (n - 1) / (n - K)."""
    data = data.assign(region=data["g"] // 3)
    dummies = " + ".join(f"C({name})" for name in effects)
    theirs = {"cov_type": "cluster", "cov_kwds": {"groups": data["region"]}}
    expected = smf.ols(f"y ~ x + z + {dummies}", data).fit(use_t=True, **theirs)
    options = {"fixed_effects": effects, "cluster": "region"}
    rows = estimate("y ~ x + z", data, **options).table().set_index("term")
    factor = np.sqrt((len(data) - len(expected.params)) / (len(data) - kept))
    np.testing.assert_allclose(rows["se"], expected.bse[["x", "z"]] * factor, rtol=1e-6)


@pytest.mark.parametrize("cluster", ["account", None])
def test_all_methods_of_one_table_count_effects_alike(cluster):
    """A perfect machine and nearly every row coded: DSL and PPI++ have the errors of all rows."""
    random = np.random.default_rng(5)
    account = np.arange(600) // 2
    x = random.normal(size=600) + random.normal(size=300)[account]
    y = 0.5 * x + random.normal(size=300)[account] + random.normal(size=600)
    table = pd.DataFrame({"x": x, "account": account, "whole": y, "machine": y})
    table["y"] = np.where(random.random(600) < 0.95, y, np.nan)
    options = {"fixed_effects": "account", "cluster": cluster}
    plain = estimate("whole ~ x", table, **options).rows["se"][0]
    for method in (dsl, ppi):
        corrected = method("y ~ x", table, predicted="y", prediction="machine", **options)
        assert corrected.rows["se"][0] == pytest.approx(plain, rel=1e-3)


def test_singletons_are_left_out_and_said(data):
    alone = pd.concat([data, data.iloc[:1].assign(g=99)], ignore_index=True)
    with pytest.warns(IconometricsWarning, match="1 row alone in a group of g left out"):
        found = estimate("y ~ x", alone, fixed_effects="g").table()
    pd.testing.assert_frame_equal(found, estimate("y ~ x", data, fixed_effects="g").table())


def test_what_does_not_vary_within_groups_is_named(data):
    with pytest.raises(InputError, match=r"'?w'? does not vary within the groups"):
        estimate("y ~ x + w", data.assign(w=data["g"] ** 2), fixed_effects="g")
