"""Regions: grids, cells, boxes, and reading them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from iconometrics.corpus import Corpus, read_source
from iconometrics.corpus.schema import BOX
from iconometrics.corpus.sources import _kept
from iconometrics.errors import InputError, ReadError


@pytest.fixture
def sheets(tmp_path, threads) -> Corpus:
    """Two sheets on which each pixel says where it is."""
    for name, (width, height) in {"s.png": (90, 60), "t.png": (45, 31)}.items():
        column, row = np.meshgrid(np.arange(width), np.arange(height))
        pixels = np.dstack([column, row, np.full_like(row, 7)]).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / name)
    table = pd.DataFrame({"file": ["s.png", "t.png"], "county": ["X", "Y"]})
    return Corpus.from_folder(tmp_path, metadata=table).check(executor=threads).corpus


def test_a_grid_covers_every_pixel_once(sheets):
    regions = sheets.regions(grid=(4, 7))
    assert regions.ids[0] == "s.png#r1c1"
    assert len(regions) == 2 * 28
    for parent in sheets:
        seen = np.zeros(sheets.pixels(parent).shape[:2], dtype=int)
        for left, top, right, bottom in (
            regions.select(f"parent == '{parent}'").images[[*BOX]].values
        ):
            seen[top:bottom, left:right] += 1
        assert (seen == 1).all()


def test_pixels_of_a_region_are_those_of_its_box(sheets):
    regions = sheets.regions(cells={"vote": (10, 20, 30, 25), "name": (0, 0, 5, 5)})
    assert regions.images["part"].tolist() == ["vote", "name"] * 2
    pixels = regions.pixels("s.png#vote")
    assert pixels.shape == (5, 20, 3)
    assert pixels[0, 0].tolist() == [10, 20, 7]
    assert pixels[-1, -1].tolist() == [29, 24, 7]
    assert regions.pixels("s.png#vote", size=4).shape == (1, 4, 3)
    assert regions.open("t.png#name").width == 5
    assert regions.metadata["county"].tolist() == ["X", "X", "Y", "Y"]


def test_fractions_and_pixels(sheets):
    regions = sheets.regions(cells={"right": (0.5, 0, 1, 1)})
    assert regions.images[list(BOX)].values.tolist() == [[45, 0, 90, 60], [22, 0, 45, 31]]
    with pytest.raises(InputError, match="'b' is given as fractions, others in pixels"):
        sheets.regions(cells={"a": (0, 0, 20, 20), "b": (0, 0, 1, 1)})


def test_boxes_out_of_the_picture_are_failed_regions_with_the_reason(sheets, threads):
    regions = sheets.regions(cells={"low": (0, 40, 20, 50)})
    assert regions.images["status"].tolist() == ["ok", "failed"]
    reason = "box (0, 40, 20, 50) reaches out of the picture of 45 x 31 pixels"
    assert regions.images.loc["t.png#low", "reason"].startswith(reason)
    with pytest.raises(ReadError, match=r"t\.png#low: region .* reaches out"):
        regions.pixels("t.png#low")
    assert list(regions.readable) == ["s.png#low"]
    check = regions.check(executor=threads)
    assert check.summary()["failed"] == 1


def test_boxes_from_a_table(sheets, tmp_path):
    boxes = pd.DataFrame(
        [["t.png", 0, 0, 9, 9, 0.8], ["s.png", 1.4, 1, 9.6, 9, 0.7], ["t.png", 9, 9, 9, 18, 0.6]],
        columns=["image", *BOX, "score"],
    )
    regions = sheets.regions(boxes=boxes)
    assert list(regions) == ["t.png#1", "s.png#1", "t.png#2"]
    assert regions.metadata.columns.tolist() == ["file", "county", "score"]
    assert regions.metadata["county"].tolist() == ["Y", "X", "Y"]
    assert regions.metadata["score"].tolist() == [0.8, 0.7, 0.6]
    assert regions.images.loc["s.png#1", list(BOX)].tolist() == [1, 1, 10, 9]
    assert "is empty" in regions.images.loc["t.png#2", "reason"]
    boxes.to_csv(tmp_path / "boxes.csv", index=False)
    assert list(sheets.regions(boxes=tmp_path / "boxes.csv")) == list(regions)
    named = boxes.assign(part=["a", "b", "c"])
    assert list(sheets.regions(boxes=named)) == ["t.png#a", "s.png#b", "t.png#c"]


def test_wrong_boxes_are_errors_that_name_the_rows(sheets):
    good = pd.DataFrame([["s.png", 0, 0, 9, 9]] * 2, columns=["image", *BOX])
    with pytest.raises(InputError, match="no column 'bottom'"):
        sheets.regions(boxes=good.drop(columns="bottom"))
    with pytest.raises(InputError, match=r"rows 3 .* not in the corpus"):
        sheets.regions(boxes=good.assign(image=["s.png", "u.png"]))
    with pytest.raises(InputError, match=r"rows 2 .* not four numbers"):
        sheets.regions(boxes=good.assign(left=[None, 3]))
    with pytest.raises(InputError, match=r"rows 3 .* repeat a part"):
        sheets.regions(boxes=good.assign(part="a"))
    with pytest.raises(InputError, match="is not a box"):
        sheets.regions(cells={"a": (5, 0, 5, 5)})
    with pytest.raises(InputError, match="four numbers"):
        sheets.regions(cells={"a": (5, 0, 5)})
    with pytest.raises(InputError, match=r"grid=\(0, 3\)"):
        sheets.regions(grid=(0, 3))
    with pytest.raises(InputError, match="exactly one"):
        sheets.regions()
    with pytest.raises(InputError, match="cells is empty"):
        sheets.regions(cells={})


def test_sizes_must_be_known_and_failed_parents_have_failed_regions(tmp_path, write, threads):
    write(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").write_bytes(b"")
    corpus = Corpus.from_folder(tmp_path)
    with pytest.raises(InputError, match=r"check\(\)"):
        corpus.regions(grid=(1, 2))
    regions = corpus.check(executor=threads).corpus.regions(grid=(1, 2))
    assert regions.images["status"].tolist() == ["ok", "ok", "failed", "failed"]
    assert regions.images["reason"].iloc[2].startswith("its parent failed: empty")


def test_regions_of_regions_are_cut_from_the_same_file(sheets):
    inner = sheets.regions(cells={"a": (10, 20, 40, 50)}).readable.regions(grid=(1, 2))
    assert list(inner) == ["s.png#a#r1c1", "s.png#a#r1c2"]
    assert inner.images["parent"].tolist() == ["s.png#a"] * 2
    assert inner.images.loc["s.png#a#r1c2", list(BOX)].tolist() == [25, 20, 40, 50]
    assert inner.pixels("s.png#a#r1c2")[0, 0].tolist() == [25, 20, 7]


def test_regions_stay_with_their_parent_in_a_split(sheets):
    first, second = sheets.regions(grid=(3, 3)).split(seed=2)
    assert first.images["parent"].nunique() == second.images["parent"].nunique() == 1


def test_consecutive_regions_read_their_parent_once(sheets):
    regions = sheets.regions(grid=(5, 5))
    before = _kept.cache_info().misses
    for source in regions.sources():
        read_source(source)
    assert _kept.cache_info().misses - before == 2
    sheets.pixels("s.png")
    assert _kept.cache_info().currsize == 0


def test_a_changed_parent_is_noticed_between_regions(sheets):
    regions = sheets.regions(grid=(1, 2))
    first, second, *_ = regions.sources()
    read_source(first)
    Image.new("RGB", (90, 60)).save(sheets.path("s.png"))
    with pytest.raises(ReadError, match="changed since it was checked"):
        read_source(second)


def test_a_region_does_not_hold_its_parent_in_memory(sheets):
    pixels = sheets.regions(cells={"a": (0, 0, 5, 5)}).pixels("s.png#a")
    assert pixels.base is None or pixels.base.nbytes == pixels.nbytes


def test_checking_regions_describes_the_regions(sheets, threads):
    check = sheets.regions(cells={"a": (0, 0, 30, 10)}).check(executor=threads)
    table = check.corpus.images
    assert table[["width", "height"]].values.tolist() == [[30, 10]] * 2
    assert table["flags"].tolist() == ["tiny"] * 2 or table["flags"].str.contains("tiny").all()
    assert table["parent"].tolist() == ["s.png", "t.png"]
    assert Path(check.corpus.path("s.png#a")).name == "s.png"


def test_regions_that_cannot_be_cut_stay_failed_and_end_no_run(sheets, threads):
    boxes = pd.DataFrame(
        [("s.png", -5, 0, 10, 10), ("s.png", 10, 0, 5, 10), ("s.png", 0, 0, 20, 20)],
        columns=["image", "left", "top", "right", "bottom"],
    )
    regions = sheets.regions(boxes=boxes)
    again = regions.check(executor=threads).corpus
    assert again.images["status"].tolist() == ["failed", "failed", "ok"]
    assert again.images["reason"].iloc[0] == (
        "region (-5, 0, 10, 10) reaches out of the picture of 90 x 60 pixels"
    )
    with pytest.raises(ReadError, match=r"region \(10, 0, 5, 10\) is empty"):
        regions.open("s.png#2")


def test_regions_without_a_name_are_numbered_beside_named_ones(sheets):
    boxes = pd.DataFrame({"image": ["s.png"] * 3, "part": ["head", None, np.nan]})
    boxes = boxes.assign(left=0, top=0, right=20, bottom=20)
    assert list(sheets.regions(boxes=boxes)) == ["s.png#head", "s.png#2", "s.png#3"]
