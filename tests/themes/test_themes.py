"""What themes tell: sizes, differences, examples, sheets, files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy.spatial.distance import cdist
from sklearn.datasets import load_digits
from statsmodels.stats.proportion import proportion_confint

from iconometrics import Corpus, features, figures, themes
from iconometrics.errors import IconometricsWarning, InputError, StudyError


@pytest.fixture(scope="module")
def digits() -> pd.DataFrame:
    pixels = load_digits().data[:600]
    return pd.DataFrame(pixels, [f"d{n:04d}" for n in range(600)], [f"p_{n}" for n in range(64)])


@pytest.fixture(scope="module")
def found(digits: pd.DataFrame) -> themes.Themes:
    return themes.kmeans(digits, 6, seed=1, restarts=3, standardize=False, components=None)


def test_sizes_have_wilson_intervals(found: themes.Themes) -> None:
    sizes = found.sizes()
    low, high = proportion_confint(sizes["n"], 600, method="wilson")
    assert sizes["low"].to_numpy() == pytest.approx(low)
    assert sizes["high"].to_numpy() == pytest.approx(high)
    assert sizes["share"].sum() == pytest.approx(1)


def test_scores_are_the_distances_to_the_two_nearest_centers(
    found: themes.Themes, digits: pd.DataFrame
) -> None:
    distances = np.sort(cdist(digits[found.centers.columns], found.centers), axis=1)
    assert found.scores["distance"].to_numpy() == pytest.approx(distances[:, 0])
    assert found.scores["next_distance"].to_numpy() == pytest.approx(distances[:, 1])
    assert (found.scores["next_theme"] != found.labels).all()


def test_examples_are_what_they_say(found: themes.Themes) -> None:
    scores = found.scores.assign(theme=found.labels)
    gap = scores["next_distance"] - scores["distance"]
    central, border, chance = (found.examples(kind, n=4) for kind in
                               ("central", "borderline", "random"))  # fmt: skip
    for theme, rows in scores.groupby("theme"):
        assert central[str(theme)] == rows["distance"].nsmallest(4).index.tolist()
        assert border[str(theme)] == gap[rows.index].nsmallest(4).index.tolist()
        assert set(chance[str(theme)]) <= set(rows.index) and len(chance[str(theme)]) == 4
    assert chance == found.examples("random", n=4, seed=1)
    assert chance != found.examples("random", n=4, seed=2)
    assert list(central) == list("123456")
    with pytest.raises(InputError, match="expected one of central, random, borderline"):
        found.examples("nearest")


def test_random_examples_are_drawn_evenly(found: themes.Themes) -> None:
    first = [found.examples("random", n=1, seed=seed)["1"][0] for seed in range(60)]
    assert len(set(first)) > 30


def test_distinctive_is_the_difference_in_pooled_standard_deviations(
    found: themes.Themes, digits: pd.DataFrame
) -> None:
    table = found.distinctive(top=3)
    assert table.groupby("theme").size().tolist() == [3] * 6
    row = table[table["theme"] == "2"].iloc[0]
    inside, outside = (digits.loc[found.labels.eq("2") == side, row["column"]] for side in (1, 0))
    squares = ((inside - inside.mean()) ** 2).sum() + ((outside - outside.mean()) ** 2).sum()
    expected = (inside.mean() - outside.mean()) / np.sqrt(squares / 598)
    assert row["difference"] == pytest.approx(expected)
    ranked = table[table["theme"] == "2"]["difference"].abs()
    assert ranked.is_monotonic_decreasing


def test_distinctive_speaks_the_words_of_the_dictionary() -> None:
    labels = pd.Series(["1", "1", "2", "2"], index=list("abcd"))
    data = pd.DataFrame({"x": [0, 0.1, 5, 5.1]}, index=list("abcd"))
    made = themes.kmeans(data, 2)
    other = pd.DataFrame(
        {"color_brightness": [9.0, 8, 2, 1], "color_hue": [0, 1, 200.0, np.nan], "own": 1.0},
        index=list("abcd"),
    )
    assert made.labels.equals(labels.rename_axis("image").rename("theme"))
    table = made.distinctive(other, plain=True)
    assert table["words"].tolist() == ["more brightness", "less brightness"]
    assert table["label"].tolist() == ["Brightness"] * 2
    assert table["means"].str.split(":").str[0].tolist() == ["Light", "Dark"]
    columns = {column.name: column for column in features.get("color").columns()}
    pd.testing.assert_frame_equal(made.distinctive(other, plain=True, dictionary=columns), table)
    assert set(made.distinctive(other)["column"]) == {"color_brightness", "color_hue"}
    with pytest.raises(InputError, match="no column of 1 is a number that the dictionary"):
        made.distinctive(other[["own"]], plain=True)
    with pytest.raises(InputError, match="1 of 4 images of the themes have no row"):
        made.distinctive(other.drop("c"))


def test_themes_can_be_written_and_read(found: themes.Themes, tmp_path: Path) -> None:
    files = found.write(tmp_path / "themes")
    again = themes.read(tmp_path / "themes")
    assert {path.name for path in files} == {
        "themes.parquet", "centers.parquet", "selection.parquet", "settings.json"
    }  # fmt: skip
    pd.testing.assert_series_equal(again.labels, found.labels)
    pd.testing.assert_frame_equal(again.scores, found.scores)
    pd.testing.assert_frame_equal(again.centers, found.centers)
    pd.testing.assert_frame_equal(again.selection, found.selection)
    assert again.settings == found.settings and again.summary() == found.summary()
    with pytest.raises(InputError, match="Give a table"):
        again.distinctive()
    (tmp_path / "themes/centers.parquet").write_bytes(b"PAR1")
    with pytest.raises(StudyError, match="Find the themes again"):
        themes.read(tmp_path / "themes")


def test_table_plot_and_summary_agree(found: themes.Themes) -> None:
    table = found.table()
    within = (table["spread"] ** 2 * table["n"]).sum()
    assert within == pytest.approx(found.selection["within_ss"].item())
    assert table["central"].tolist() == [ids[0] for ids in found.examples(n=1).values()]
    shown = [label.get_text() for label in found.plot().get_yticklabels()]
    assert shown == [f"Theme {n}" for n in range(6, 0, -1)]
    assert found.summary().startswith("600 images fall into 6 themes; the largest holds")
    assert found.summary().endswith("k = 6 was given.")
    assert "<table" in found._repr_html_()


@pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")
def test_the_choice_can_be_drawn(digits: pd.DataFrame) -> None:
    found = themes.kmeans(digits, range(2, 5), restarts=1)
    assert len(found.elbow().axes) == 4
    assert "silhouette" in figures.svg(found.elbow(), alt="")


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    random = np.random.default_rng(1)
    for number in range(8):
        color = np.array([240, 20, 20] if number < 5 else [20, 20, 240])
        pixels = np.clip(color + random.normal(0, 5, (40, 60, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{number}.png")
    return Corpus.from_folder(tmp_path)


def test_from_pictures_to_a_contact_sheet(corpus: Corpus) -> None:
    table = features.extract(corpus, ["color"])
    found = themes.kmeans(table, 2)
    red = {"0.png", "1.png", "2.png", "3.png", "4.png"}
    assert set(found.labels.index[found.labels == "1"]) == red
    words = found.distinctive(plain=True, top=40).groupby("theme")["words"].agg(set)
    assert "more red pixels" in words["1"] and "fewer red pixels" in words["2"]
    sheet = found.contact_sheet(corpus, n=4)
    texts = {text.get_text() for text in sheet.axes[0].texts}
    assert "Theme 1 · 62\xa0% (n = 5)" in texts and len(sheet.axes[0].images) == 7
    shown = found.contact_sheet(corpus, n=4, anonymize=True).axes[0]
    assert not red & {text.get_text() for text in shown.texts}


def test_a_picture_that_cannot_be_opened_is_left_out_with_a_warning(corpus: Corpus) -> None:
    found = themes.kmeans(features.extract(corpus, ["color"]), 2)
    (corpus.root / "6.png").write_bytes(b"")
    with pytest.warns(IconometricsWarning, match=r"1 image left out of the contact sheet.*6\.png"):
        sheet = found.contact_sheet(corpus, kind="random")
    assert len(sheet.axes[0].images) == 7


def test_files_of_earlier_themes_do_not_stay(tmp_path: Path) -> None:
    data = pd.DataFrame({"x": [0.0, 0.1, 0.2, 9.0, 9.1, 9.2]}, index=list("abcdef"))
    soft, tree = themes.mixture(data, 2), themes.hierarchical(data, 2)
    studied = themes.stability(data, 2, over=["seeds"], runs=2)
    replace(soft, stability=studied).write(tmp_path)
    tree.write(tmp_path)
    again = themes.read(tmp_path)
    assert again.membership is None
    assert again.stability is None
    assert again.tree is not None
    (tmp_path / "tree.parquet").write_bytes(b"")
    with pytest.raises(StudyError, match="no themes can be read"):
        themes.read(tmp_path)
