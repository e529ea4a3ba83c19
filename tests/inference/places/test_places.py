"""Areas: ridge over space, joins to areas and tiles, counts spread, panels and change."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iconometrics import inference as inf
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.inference.places.folds import by_group, random_folds, spatial_blocks

geopandas = pytest.importorskip("geopandas")


def halves() -> pd.DataFrame:
    from shapely.geometry import box

    return geopandas.GeoDataFrame(
        {"area": ["west", "east"]},
        geometry=[box(8, 46, 9, 47), box(9, 46, 10, 47)],
        crs="EPSG:4326",
    )


def test_space_makes_random_folds_look_better_than_blocks() -> None:
    """Noise that is smooth over space is memorized by features that are, and only there."""
    random = np.random.default_rng(3)
    places = pd.DataFrame(random.uniform(0, 10, (400, 2)), columns=["x", "y"])
    waves = random.normal(size=(2, 60))
    smooth = np.cos(places.to_numpy() @ waves + random.uniform(0, 6, 60))
    outcome = pd.Series(smooth @ random.normal(size=60) + random.normal(size=400), name="wealth")
    local = pd.DataFrame(np.cos(places.to_numpy() @ random.normal(size=(2, 150)) * 1.5))
    regression = inf.areal_regression(local, outcome, coordinates=places)
    assert "Random folds are higher, by +" in regression.summary()
    found = regression.table().set_index("split")
    assert found.loc["random", "r2"] > 0.3
    assert found.loc["spatial", "r2"] < found.loc["random", "r2"] - 0.2
    assert (found["low"] <= found["r2"]).all() and (found["r2"] <= found["high"]).all()


def test_splits_are_said_to_differ_only_where_they_do() -> None:
    """Without space in them, random folds and blocks differ by chance alone."""
    random = np.random.default_rng(11)
    places = pd.DataFrame(random.uniform(0, 10, (80, 2)), columns=["x", "y"])
    features = pd.DataFrame(random.normal(size=(80, 4)))
    outcome = pd.Series(features[0] + random.normal(size=80), name="wealth")
    found = inf.areal_regression(features, outcome, coordinates=places)
    gap, low, high = found.gap
    assert gap == pytest.approx(found.r2["r2"].iloc[0] - found.r2["r2"].iloc[1])
    assert low <= gap <= high
    assert low < 0 and "higher is not shown" in found.summary()
    smooth = outcome + 3 * np.sin(places["x"])
    inside = inf.areal_regression(features.assign(x=np.sin(places["x"])), smooth)
    assert np.isnan(inside.gap[0]) and "not shown" not in inside.summary()


def test_pure_noise_explains_nothing() -> None:
    groups = pd.Series(np.arange(120) % 12)
    found = []
    for seed in range(10):
        random = np.random.default_rng(seed)
        features = pd.DataFrame(random.normal(size=(120, 30)))
        outcome = pd.Series(random.normal(size=120), name="y")
        found.append(inf.areal_regression(features, outcome, groups=groups).table())
    table = pd.concat(found)
    assert table["explained"].median() < 0.02
    assert (table["explained_low"] < 0).mean() > 0.8
    assert set(table["split"]) == {"random", "group"}


def test_images_are_averaged_by_area() -> None:
    random = np.random.default_rng(7)
    areas = pd.Series([f"a{i // 3}" for i in range(180)])
    truth = pd.Series(random.normal(size=60), index=[f"a{i}" for i in range(60)], name="y")
    images = pd.DataFrame({"f": truth.loc[areas].to_numpy() + random.normal(0, 0.3, 180)})
    by_image = inf.areal_regression(images, truth, areas=areas).table()
    means = images.groupby(areas).mean()
    np.testing.assert_allclose(by_image["r2"], inf.areal_regression(means, truth).table()["r2"])


def test_the_order_of_areas_decides_no_fold() -> None:
    random = np.random.default_rng(5)
    places = pd.DataFrame(random.uniform(size=(120, 2)), columns=["x", "y"])
    features = pd.DataFrame(random.normal(size=(120, 4)))
    outcome = pd.Series(features[0] + random.normal(size=120), name="wealth")
    order = random.permutation(120)
    first = inf.areal_regression(features, outcome, coordinates=places).table()
    again = inf.areal_regression(features.loc[order], outcome[::-1], coordinates=places).table()
    text = outcome.set_axis(outcome.index.astype(str))
    named = inf.areal_regression(features, text, coordinates=places).table()
    columns = ["r2", "low", "high", "explained"]
    np.testing.assert_allclose(first[columns].astype(float), again[columns].astype(float))
    np.testing.assert_allclose(first[columns].astype(float), named[columns].astype(float))


@pytest.mark.parametrize("kind", [int, float, str])
def test_areas_and_codes_that_are_numbers_are_found(kind) -> None:
    codes = pd.Series([1.0, 2.0, 1.0, 1.0], index=[1, 2, 3, 4], name="crowd")
    areas = dict(zip([kind(n) for n in (1, 2, 3, 4)], "wwee", strict=True))
    shares = inf.area_shares(codes, areas, value=kind(1)).table()
    assert shares["value"].tolist() == [1.0, 0.5]


def test_several_people_of_one_image_count_one_by_one() -> None:
    codes = pd.Series(["yes", "no", "yes"], index=["a", "a", "b"], name="smile")
    shares = inf.area_shares(codes, {"a": "w", "b": "e"}, value="yes").table()
    assert shares.set_index("area")["value"].to_dict() == {"e": 1.0, "w": 0.5}


def test_areas_without_numbers_are_named() -> None:
    features = pd.DataFrame({"f": np.arange(30.0), "land": ["x"] * 30})
    with pytest.raises(InputError, match="land"):
        inf.areal_regression(features, pd.Series(np.arange(30.0), name="y"))
    with pytest.raises(InputError, match="20"):
        inf.areal_regression(features[["f"]].head(5), pd.Series(np.arange(5.0), name="y"))


@given(st.integers(20, 80), st.integers(2, 8), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_folds_are_even_and_keep_groups(n: int, folds: int, seed: int) -> None:
    counts = np.bincount(random_folds(n, folds, seed))
    assert counts.max() - counts.min() <= 1
    groups = np.arange(n) % (2 * folds)
    fold = by_group(groups, folds, seed)
    assert all(len(set(fold[groups == group])) == 1 for group in set(groups))
    blocks = spatial_blocks(np.random.default_rng(seed).normal(size=(n, 2)), folds, seed)
    assert len(blocks) == n and 1 <= len(set(blocks)) <= folds


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "shp"])
def test_images_are_located_in_the_users_boundaries(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"areas.{ending}"
    halves().to_crs("EPSG:2056" if ending != "geojson" else "EPSG:4326").to_file(path)
    points = pd.DataFrame(
        {"longitude": [8.5, 9.5, 30, np.nan], "latitude": [46.5, 46.5, 46.5, 46.5]},
        index=list("abcd"),
    )
    with pytest.warns(IconometricsWarning, match="1 of 4 images lie outside all areas and 1 have"):
        found = inf.locate(points, path)
    assert found.to_list()[:2] == ["west", "east"]
    assert found.isna().to_list() == [False, False, True, True]


def test_swapped_coordinates_are_told() -> None:
    points = pd.DataFrame({"latitude": [8.5], "longitude": [46.5]}, index=["a"])
    with pytest.raises(InputError, match="exchanged"):
        inf.locate(points, halves())
    with pytest.raises(InputError, match="expected degrees"):
        inf.locate(pd.DataFrame({"longitude": [2.6e6], "latitude": [1.2e6]}), halves())
    with pytest.raises(InputError, match="nothing"):
        inf.locate(points, "nothing.geojson")


def test_tiles_are_those_of_web_maps() -> None:
    """Bern and the corners; the formula of OpenStreetMap's wiki, worked by hand for zoom 10."""
    points = pd.DataFrame({"longitude": [7.44, -180.0], "latitude": [46.95, 85.05]})
    assert inf.tiles(points, zoom=10).tolist() == ["10/533/360", "10/0/0"]
    assert inf.tiles(points, zoom=0).tolist() == ["0/0/0", "0/0/0"]


@given(
    st.floats(-179.9, 179.9, allow_nan=False), st.floats(-84, 84, allow_nan=False),
    st.integers(0, 18),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_a_point_lies_in_the_outline_of_its_tile(x: float, y: float, zoom: int) -> None:
    tile = inf.tiles(pd.DataFrame({"longitude": [x], "latitude": [y]}), zoom=zoom)
    west, south, east, north = inf.tile_outlines(tile).to_crs("EPSG:4326").total_bounds
    assert west - 1e-6 <= x <= east + 1e-6
    assert south - 1e-6 <= y <= north + 1e-6


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5), st.integers(1, 9)), min_size=1)
)
@settings(max_examples=50, deadline=None)
def test_spreading_keeps_every_sum(rows: list[tuple[str, int, int]]) -> None:
    parts = pd.DataFrame(rows, columns=["area", "tile", "size"])
    parts["tile"] = parts["tile"].astype(str)
    counts = pd.Series({area: 10.0 * ord(area) for area in parts["area"].unique()}, name="people")
    found = inf.spread(counts, parts)
    assert found["people"].sum() == pytest.approx(counts.sum())


def test_overlaps_measure_what_lies_in_each_tile() -> None:
    points = pd.DataFrame({"longitude": [8.1, 8.9, 9.1, 9.9], "latitude": [46.5] * 4})
    outlines = inf.tile_outlines(inf.tiles(points, zoom=5))
    parts = inf.overlaps(halves(), outlines)
    areas = halves().to_crs("EPSG:6933").area
    ours = parts.groupby("area")["size"].sum()
    assert ours["west"] / ours["east"] == pytest.approx(areas[0] / areas[1], rel=1e-6)


def test_area_shares_list_areas_without_images() -> None:
    codes = pd.Series(["yes"] * 9 + ["no"] * 11, index=[f"i{i}" for i in range(20)])
    areas = pd.Series(["west"] * 10 + ["east"] * 10, index=codes.index)
    found = inf.area_shares(codes, areas, value="yes", every=["west", "east", "north"])
    table = found.table().set_index("area")
    assert table.loc["west", "value"] == pytest.approx(0.9)
    assert table.loc["west", "low"] == pytest.approx(0.5958, abs=2e-4)
    assert table.loc["north", "n"] == 0 and np.isnan(table.loc["north", "value"])
    with pytest.raises(InputError, match="maybe"):
        inf.area_shares(codes, areas, value="maybe")


def test_a_panel_has_a_row_an_area_and_a_column_a_time() -> None:
    codes = pd.Series([1.0, 3, 5, 7], index=list("abcd"), name="crowd")
    areas = dict(zip("abcd", ["w", "w", "w", "e"], strict=True))
    times = pd.Series([2019, 2019, 2020, 2020], index=list("abcd"))
    panel = inf.area_shares(codes, areas, times=times).panel()
    assert panel.loc["w"].tolist() == [2.0, 5.0]
    assert np.isnan(panel.loc["e", 2019])


def test_maps_need_no_network(tmp_path: Path) -> None:
    codes = pd.Series(["yes"] * 9 + ["no"] * 11, index=[f"i{i}" for i in range(20)])
    areas = pd.Series(["west"] * 10 + ["east"] * 10, index=codes.index)
    found = inf.area_shares(codes, areas, value="yes")
    halves().to_file(tmp_path / "areas.geojson")
    figure = found.map(tmp_path / "areas.geojson")
    assert len(figure.axes) >= 2
    figure.savefig(tmp_path / "map.png")
    points = pd.DataFrame({"longitude": [8.5, 9.5], "latitude": [46.5, 46.5]}, index=["a", "b"])
    drawn = inf.draw_points(points, boundaries=halves(), values=pd.Series({"a": 1.0, "b": 2.0}))
    drawn.savefig(tmp_path / "points.png")
    assert (tmp_path / "points.png").stat().st_size > 1000
