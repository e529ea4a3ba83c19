"""What the plots show is what they were given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from iconometrics import figures, wording
from iconometrics.errors import InputError

finite = st.floats(-1e12, 1e12)


def texts(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_intervals_stand_in_the_order_given() -> None:
    ax = figures.intervals(
        ["first", "second"], [0.294, 0.05], low=[0.27, 0.04], high=[0.31, 0.06], share=True
    )
    names = {
        label.get_text(): y for label, y in zip(ax.get_yticklabels(), ax.get_yticks(), strict=True)
    }
    assert names["first"] > names["second"]
    assert texts(ax) == ["5\xa0%", "4 to 6\xa0%", "29\xa0%", "27 to 31\xa0%"]
    lines = [line.get_xdata() for line in ax.lines]
    assert any(list(x) == [0.27, 0.31] for x in lines)
    assert ax.get_xlim()[0] == 0


def test_missing_values_leave_their_row_empty() -> None:
    ax = figures.intervals(["a", "b"], [1, np.nan], low=[0, np.nan], high=[2, np.nan])
    assert texts(ax)[:2] == ["–", ""]


@pytest.mark.parametrize(("labels", "values"), [([], []), (["a"], [1, 2]), (["a", "b"], [1])])
def test_uneven_intervals_are_refused(labels: list[str], values: list[float]) -> None:
    with pytest.raises(InputError, match="one entry per row"):
        figures.intervals(labels, values, low=values, high=values)


def test_hollow_dots_are_open() -> None:
    ax = figures.intervals(["a", "b"], [1, 2], low=[0, 1], high=[2, 3], hollow=[False, True])
    faces = [line.get_markerfacecolor() for line in ax.lines if line.get_marker() == "o"]
    assert faces[0] != faces[1]


@given(arrays(float, st.integers(1, 200), elements=finite))
def test_a_histogram_counts_every_value(values: np.ndarray) -> None:
    ax = figures.histogram(values)
    assert sum(bar.get_height() for bar in ax.patches) == len(values)
    assert len(ax.patches) <= 40


def test_a_histogram_tells_what_is_missing() -> None:
    ax = figures.histogram([1.5, 2, np.nan, np.inf])
    assert ax.get_ylabel() == "count (n = 2, 2 missing)"


def test_whole_numbers_get_a_bar_each() -> None:
    ax = figures.histogram([0, 0, 1, 4])
    assert [bar.get_height() for bar in ax.patches] == [2, 1, 0, 0, 1]


def test_nothing_to_draw_is_told_by_name() -> None:
    with pytest.raises(InputError, match="color_hue: 2 values, none of them a finite number"):
        figures.small_multiples({"color_hue": [np.nan, np.nan]})
    with pytest.raises(InputError, match="no variables"):
        figures.small_multiples({})


def test_small_multiples_take_a_frame_and_labels() -> None:
    import pandas as pd

    frame = pd.DataFrame({"color_brightness": [1.0, 2, 3], "b": [1.0, 1, 1]})
    figure = figures.small_multiples(frame, labels={"color_brightness": "Brightness"})
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["Brightness", "b"]


def test_a_matrix_writes_counts_and_row_shares() -> None:
    ax = figures.matrix([[8, 2], [0, 0]], ["yes", "no"])
    assert texts(ax) == ["8", "80\xa0%", "2", "20\xa0%", "0", "–", "0", "–"]
    assert len(ax.patches) == 4


def test_a_large_matrix_keeps_its_cells_and_drops_small_print() -> None:
    ax = figures.matrix(np.eye(40), range(40))
    assert len(ax.patches) == 1600 and not ax.texts
    ten = figures.matrix(np.eye(10) * 5, range(10))
    assert texts(ten) == ["5"] * 10


def test_a_matrix_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match=r"shape \(2, 2\) with 3 labels"):
        figures.matrix(np.eye(2), ["a", "b", "c"])


def test_reliability_leaves_empty_bins_out_and_keeps_ns_apart() -> None:
    p = np.array([0.95, 0.97, 0.99, 0.5])
    ax = figures.reliability(p, p, low=p - 0.05, high=p, n=[10, 20, 30, 0])
    sizes = [t for t in ax.texts if t.get_text() in {"10", "20", "30", "0"}]
    assert [t.get_text() for t in sizes] == ["10", "20", "30"]
    places = [t.get_position()[0] for t in sizes]
    assert np.diff(places).min() > 0.08 and max(places) <= 1
    with pytest.raises(InputError, match="no bin holds an image"):
        figures.reliability([0.5], [0.5], low=[0.4], high=[0.6], n=[0])


TRIED = pd.DataFrame({"k": [1, 2, 3], "within_ss": [8, 4, 2], "silhouette": [np.nan, 0.4, 0.5]})


def test_elbow_marks_the_chosen_k() -> None:
    figure = figures.elbow(TRIED, chosen=3)
    above, below = figure.axes
    assert texts(above) == texts(below) == ["k = 3"]
    assert list(above.lines[1].get_ydata()) == [1, 0.5, 0.25]
    assert figures.elbow(TRIED[1:], chosen=2).axes


def test_elbow_has_a_panel_for_each_criterion_with_its_intervals() -> None:
    spread = {"stability_low": [np.nan, 0.7, 0.5], "stability_high": [np.nan, 1, 0.8]}
    more = TRIED.assign(gap=[0.1, 0.3, 0.2], gap_se=0.02, stability=[np.nan, 0.9, 0.6], **spread)
    panels = {ax.get_title(loc="left"): ax for ax in figures.elbow(more, chosen=2).axes}
    assert len(panels) == 4
    gap = panels["Gap statistic, ± standard error"]
    ends = [path.vertices[:, 1].tolist() for path in gap.collections[0].get_paths()]
    assert ends == pytest.approx(np.array([[0.08, 0.12], [0.28, 0.32], [0.18, 0.22]]))


def test_clusters_have_a_color_a_shape_and_a_center_each() -> None:
    points = np.array([[0, 0], [0, 1], [5, 5], [9, 9]])
    (ax,) = figures.clusters({"one": (points, [0, 0, 1, -1], [[0, 0.5], [5, 5]])}).axes
    placed = [np.asarray(one.get_offsets()).tolist() for one in ax.collections]
    assert placed == [[[9, 9]], [[0, 0], [0, 1]], [[5, 5]], [[0, 0.5]], [[5, 5]]]
    shapes = {one.get_paths()[0].vertices.tobytes() for one in ax.collections[1:3]}
    assert len(shapes) == 2


def test_a_dendrogram_joins_at_the_heights_of_the_tree() -> None:
    tree = [[0, 1, 1.0, 2], [2, 4, 3.0, 3], [3, 5, 8.0, 4]]
    leaves = {3: ("d", "1", 1), 2: ("c", "1", 0), 4: ("a", "2", 0)}
    ax = figures.dendrogram(tree, leaves, cut=5)
    joints = sorted(max(line.get_xdata()) for line in ax.lines if len(line.get_xdata()) == 4)
    assert joints == [3, 8]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert sorted(names) == ["a  (2)", "c  (1)", "d  (1)"]
    assert [t for t in texts(ax) if t.startswith("theme")] == ["theme 2", "theme 1"]


@pytest.mark.parametrize(
    ("value", "places", "said"),
    [(0, 2, "0"), (-0.004, 2, ".00"), (-0.25, 2, "−.25"), (1234.5, 0, "1,234"), (np.nan, 2, "–")],
)
def test_numbers_are_written_as_the_field_does(value: float, places: int, said: str) -> None:
    assert wording.number(value, places) == said


@given(st.text(max_size=60), st.integers(4, 30))
def test_shortened_keeps_the_length(text: str, letters: int) -> None:
    short = wording.shortened(text, letters)
    assert len(short) <= letters
    assert short == text or "…" in short


def test_maps_without_any_known_value_are_hatched() -> None:
    square = [np.array([[0.0, 0.0], [1, 0], [1, 1], [0, 1]])]
    figure = figures.choropleth([square], [np.nan], low=[np.nan], high=[np.nan])
    for ax in figure.axes:
        assert [patch.get_hatch() for patch in ax.patches] == ["////"]
        assert [text.get_text() for text in ax.get_legend().get_texts()] == ["no value"]
    points = figures.points_map([[0, 0], [1, 1]], values=[np.nan, np.nan]).axes[0]
    assert sum(len(drawn.get_offsets()) for drawn in points.collections) == 2


def test_hollow_dots_may_be_told_by_an_array() -> None:
    ends = {"low": [0, 1], "high": [2, 3]}
    ax = figures.intervals(["a", "b"], [1, 2], hollow=np.array([True, False]), **ends)
    fills = [line.get_markerfacecolor() for line in ax.lines if line.get_marker() == "o"]
    assert len(set(fills)) == 2


def test_a_specification_curve_sorts_and_leaves_out_what_all_chose() -> None:
    figure = figures.specification_curve(
        [2.0, 1.0, 3.0],
        {"method": ["DSL", "naive", "DSL"], "model": ["ols"] * 3, "with": [("a", "b"), (), ("b",)]},
        low=[1.0, -np.inf, np.nan],
        high=[3.0, 1.5, np.nan],
        planned=[True, False, False],
    )
    top, below = figure.axes
    dots = [line for line in top.lines if len(line.get_ydata()) == 1]
    assert [float(dot.get_ydata()[0]) for dot in dots] == [1, 2, 3]
    assert [dot.get_marker() for dot in dots] == ["o", "D", "o"]
    rows = [text.get_text() for text in below.get_yticklabels()]
    assert rows == ["planned", "DSL", "naive", "a", "b"]
    dsl = below.get_yticks()[rows.index("DSL")]
    drawn = [x for line in below.lines if line.get_marker() == "o" for x, y in
             zip(line.get_xdata(), line.get_ydata(), strict=True) if y == dsl]  # fmt: skip
    assert drawn == [1, 2]


def test_uneven_specifications_are_refused() -> None:
    with pytest.raises(InputError, match=r"2 estimates, 1 entries of 'model'"):
        figures.specification_curve([1, 2], {"model": ["ols"]}, low=[0, 1], high=[2, 3])
    with pytest.raises(InputError, match=r"no estimates"):
        figures.specification_curve([], {}, low=[], high=[])
