"""Contact sheets show every picture whole, in rows that fill the page, none over another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from iconometrics import figures
from iconometrics.errors import InputError
from iconometrics.figures.contact_sheet import _breaks, _cost
from iconometrics.figures.look import PAGE

shapes = st.tuples(st.integers(1, 400), st.integers(1, 400))


def boxes(figure: object) -> np.ndarray:
    """Left, top, right, bottom of each picture, in inches."""
    extents = [image.get_extent() for image in figure.axes[0].images]  # type: ignore[attr-defined]
    return np.array([(left, top, right, bottom) for left, right, bottom, top in extents])


@settings(max_examples=25)
@given(st.lists(shapes, min_size=1, max_size=30))
def test_pictures_are_whole_and_apart(sizes: list[tuple[int, int]]) -> None:
    figure = figures.contact_sheet([np.zeros((h, w), np.uint8) for h, w in sizes])
    found = boxes(figure)
    width, height = found[:, 2] - found[:, 0], found[:, 3] - found[:, 1]
    assert width / height == pytest.approx([w / h for h, w in sizes])
    assert found[:, 0].min() >= -1e-9 and found[:, 2].max() <= PAGE + 1e-9
    assert found[:, 3].max() <= figure.get_figheight()
    for i, one in enumerate(found):
        for other in found[i + 1 :]:
            beside = one[2] <= other[0] + 1e-9 or other[2] <= one[0] + 1e-9
            assert beside or one[3] <= other[1] + 1e-9 or other[3] <= one[1] + 1e-9


def test_equal_squares_make_a_grid() -> None:
    figure = figures.contact_sheet([np.zeros((8, 8), np.uint8)] * 20, columns=5)
    found = boxes(figure)
    assert len(set(found[:, 0].round(6))) == 5 and len(set(found[:, 1].round(6))) == 4
    assert found[:, 2].max() == pytest.approx(PAGE)


@given(st.lists(st.floats(0.3, 5), min_size=1, max_size=9), st.floats(0.5, 2))
def test_rows_are_broken_as_well_as_can_be(aspects: list[float], each: float) -> None:
    def cost(rows: list[tuple[int, int]]) -> float:
        return sum(_cost(aspects[a:b], each, last=b == len(aspects)) for a, b in rows)

    def all_breaks(start: int) -> list[list[tuple[int, int]]]:
        if start == len(aspects):
            return [[]]
        ends = range(start + 1, len(aspects) + 1)
        return [[(start, end), *rest] for end in ends for rest in all_breaks(end)]

    assert cost(_breaks(aspects, each)) == pytest.approx(min(map(cost, all_breaks(0))))


def test_extreme_shapes_and_gray_are_shown_whole() -> None:
    pictures = [np.zeros((1, 6000), np.uint8), np.zeros((6000, 1, 3), np.uint8), data.camera()]
    found = boxes(figures.contact_sheet(pictures))
    assert len(found) == 3
    assert (found[:, 2] > found[:, 0]).all() and (found[:, 3] > found[:, 1]).all()


def test_headings_stand_above_their_pictures() -> None:
    gray = np.zeros((10, 10), np.uint8)
    figure = figures.contact_sheet({"one": [gray] * 2, "none": [], "two": [gray]})
    heading = {text.get_text(): text.get_position()[1] for text in figure.axes[0].texts}
    assert set(heading) - {""} == {"one", "two"}
    assert heading["one"] < boxes(figure)[0, 1] < heading["two"] < boxes(figure)[2, 1]


def test_the_pixels_come_out(tmp_path: object) -> None:
    from PIL import Image

    color = np.zeros((40, 40, 3), np.uint8) + np.array([200, 30, 60], np.uint8)
    path, _ = figures.save(figures.contact_sheet([color]), tmp_path, "s")  # type: ignore[arg-type]
    with Image.open(path) as saved:
        assert saved.convert("RGB").getpixel((50, 50)) == (200, 30, 60)


def test_wrong_input_is_told() -> None:
    gray = np.zeros((10, 10), np.uint8)
    with pytest.raises(InputError, match="no pictures"):
        figures.contact_sheet([])
    with pytest.raises(InputError, match="2 pictures and 1 captions"):
        figures.contact_sheet([gray, gray], captions=["a"])
