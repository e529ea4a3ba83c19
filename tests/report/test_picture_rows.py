"""Rows of pictures: nothing lost, in order, as even as they can be."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iconometrics.report import Columns, Fold, Pictures, Section, Shot
from iconometrics.report.picture_rows import GAP, PAGE, arrange, broken, shape, shapes_of

widths = st.lists(st.floats(0.3, 4.0), min_size=1, max_size=9)


def every_way(n: int) -> list[list[tuple[int, int]]]:
    ways = []
    for cuts in range(n):
        for inner in combinations(range(1, n), cuts):
            ends = [0, *inner, n]
            ways.append(list(pairwise(ends)))
    return ways


@given(widths, st.floats(0.5, 12))
def test_no_other_rows_are_more_even(items: list[float], full: float) -> None:
    def uneven(rows: list[tuple[int, int]]) -> float:
        return sum(np.log(sum(items[start:stop]) / full) ** 2 for start, stop in rows)

    least = min(uneven(rows) for rows in every_way(len(items)))
    assert uneven(broken(items, full)) == pytest.approx(least, abs=1e-9)


@given(st.lists(st.floats(0.01, 100), max_size=60), st.integers(40, 200), st.integers(0, 3))
def test_pictures_keep_their_order_and_their_shape(
    ratios: list[float], height: int, lines: int
) -> None:
    ids = [str(number) for number in range(len(ratios))]
    shapes = {one: shape(ratio, 1) for one, ratio in zip(ids, ratios, strict=True)}
    block = Pictures(tuple(Shot(one, one) for one in ids), height=height, lines=lines)
    rows = arrange([block], shapes)[id(block)]
    shown = [str(shot.image) for line in rows.lines for shot in line]
    assert shown == ids[: len(shown)]
    assert all(rows.lines)
    if not lines:
        assert shown == ids
    else:
        assert len(rows.lines) <= lines + 1


def test_a_page_of_photographs_has_rows_of_like_height() -> None:
    random = np.random.default_rng(5)
    ratios = random.choice([0.67, 0.75, 1, 1.33, 1.5, 1.78], 90)
    shapes = {str(i): float(ratio) for i, ratio in enumerate(ratios)}
    block = Pictures(tuple(Shot(one, one) for one in shapes), height=96)
    rows = arrange([block], shapes)[id(block)]
    heights = [
        (PAGE - GAP * (len(line) - 1)) / sum(shapes[str(shot.image)] for shot in line)
        for line in rows.lines
    ]
    assert rows.empty == 0
    assert max(heights) / min(heights) < 1.25
    assert 80 < np.mean(heights) < 115


def test_few_pictures_are_not_blown_up() -> None:
    block = Pictures((Shot("a", "a"), Shot("b", "b")), height=100)
    rows = arrange([block], {"a": 1.5, "b": 1.5})[id(block)]
    assert len(rows.lines) == 1
    assert rows.empty == pytest.approx(PAGE / 100 - 3, abs=0.2)


def test_pictures_inside_others_are_found_and_have_less_room() -> None:
    shots = tuple(Shot(str(number), "picture") for number in range(30))
    blocks = [Pictures(shots, height=100) for _ in range(3)]
    nested = [blocks[0], Section("part", (Fold("more", (blocks[1],)),)), Columns((blocks[2],))]
    rows = arrange(nested, {})
    counts = [len(rows[id(block)].lines) for block in blocks]
    assert counts == sorted(counts) and counts[0] < counts[2]


def test_regions_have_the_shape_of_their_box() -> None:
    images = pd.DataFrame(
        {"width": [400, 400, pd.NA], "height": [200, 200, pd.NA], "left": [pd.NA, 10, pd.NA],
         "right": [pd.NA, 60, pd.NA], "top": [pd.NA, 0, pd.NA], "bottom": [pd.NA, 100, pd.NA]},
        index=["sheet", "sheet#cell", "broken"], dtype="Int64",
    )  # fmt: skip
    assert shapes_of(images) == {"sheet": 2.0, "sheet#cell": 0.5, "broken": 1.5}
