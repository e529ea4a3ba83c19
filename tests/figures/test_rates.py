"""ROC curves and thresholds: what is drawn is what was given, and each line has its name."""

import numpy as np
import pytest

from iconometrics import figures
from iconometrics.errors import InputError

CURVE = ([0, 0.1, 1], [0, 0.8, 1])


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_roc_draws_each_curve_with_its_area():
    ax = figures.roc(
        {"police": CURVE, "fire": ([0, 1], [0, 1])},
        areas={"police": (0.85, 0.8, 0.9), "fire": (0.5, 0.4, 0.6)},
    )
    assert texts(ax) == ["police", "area .85 (.80 to .90)", "fire", "area .50 (.40 to .60)"]
    drawn = [line for line in ax.lines if len(line.get_xdata()) == 3]
    np.testing.assert_array_equal(drawn[0].get_xydata(), np.transpose(CURVE))
    styles = {line.get_linestyle() for line in ax.lines if line is not ax.lines[0]}
    assert len(styles) == 2  # color is never the only carrier


def test_roc_needs_an_area_for_each_curve():
    with pytest.raises(InputError, match="an area for each"):
        figures.roc({"police": CURVE}, areas={})


def test_thresholds_names_each_line_and_the_choice():
    band = np.array([[0.5, 0.4, 0.6], [0.7, 0.6, 0.8], [np.nan] * 3])
    ax = figures.thresholds([0.1, 0.5, 0.9], {"precision": band, "recall": band}, chosen=0.5)
    assert texts(ax) == ["precision", "recall", ".50"]
    places = [text.xy[1] for text in ax.texts[:2]]
    assert places[1] - places[0] >= 0.05
    with pytest.raises(InputError, match="no rate"):
        figures.thresholds([0.1], {}, chosen=0.1)
