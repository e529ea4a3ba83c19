"""The look: colors that can be told apart and read, and nothing global left changed."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref

import matplotlib as mpl
import numpy as np
import pytest
from skimage.color import rgb2lab

from iconometrics import figures
from iconometrics.figures import palette
from iconometrics.figures.matrix import _DEEPEST

_DARK_LOW, _DARK_HIGH, _DARK_INK = "#24221e", "#6db3f2", "#ece9e2"


def rgb(color: str) -> np.ndarray:
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def luminance(color: str) -> float:
    c = rgb(color)
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_style_leaves_no_trace() -> None:
    before = dict(mpl.rcParams)
    with figures.style():
        assert mpl.rcParams["svg.fonttype"] == "none"
        assert mpl.colormaps[figures.AMOUNTS](1.0)[:3] == pytest.approx(rgb(palette.ACCENT))
    figures.svg(figures.histogram([1, 2, 2]), alt="x")
    assert dict(mpl.rcParams) == before


def test_pyplot_is_never_loaded() -> None:
    code = (
        "import sys, tempfile, numpy as np\n"
        "from iconometrics import figures\n"
        "assert 'matplotlib' not in sys.modules\n"
        "ax = figures.histogram([1, 2, 3])\n"
        "figures.save(ax, tempfile.mkdtemp(), 'a'); figures.svg(ax, alt='')\n"
        "figures.contact_sheet([np.zeros((4, 4), np.uint8)])\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_ramp_is_even_for_the_eye() -> None:
    lightness = rgb2lab(np.array([[rgb(color) for color in palette.ramp()]]))[0, :, 0]
    steps = -np.diff(lightness[::15])
    assert (steps > 0).all()
    assert steps.max() < 1.25 * steps.min()


@pytest.mark.parametrize("color", [palette.INK, palette.SOFT, palette.ACCENT, palette.WARN])
def test_text_colors_are_readable_on_paper(color: str) -> None:
    assert contrast(color, palette.PAPER) >= 4.5


def test_counts_are_readable_on_every_shade_in_light_and_dark() -> None:
    deepest = round(_DEEPEST * 255)
    assert min(contrast(shade, palette.INK) for shade in palette.ramp()[: deepest + 1]) >= 4.5
    dark = palette.mixed(_DARK_LOW, _DARK_HIGH)[: deepest + 1]
    assert min(contrast(shade, _DARK_INK) for shade in dark) >= 4.5


def test_categories_are_okabe_and_ito() -> None:
    assert len(set(figures.CATEGORIES)) == 8
    assert {"#0072b2", "#e69f00", "#009e73", "#d55e00"} < set(figures.CATEGORIES)


def test_memory_is_given_back() -> None:
    figure = figures.contact_sheet([np.zeros((50, 50, 3), np.uint8)] * 3)
    figures.svg(figure, alt="")
    gone = weakref.ref(figure)
    del figure
    gc.collect()
    assert gone() is None


def test_own_axes_are_used() -> None:
    from matplotlib.figure import Figure

    ax = Figure().add_subplot()
    assert figures.histogram([1, 2], ax=ax) is ax
    assert figures.intervals(["a"], [1], low=[0], high=[2], ax=ax) is ax


def test_a_notebook_shows_axes_and_figures() -> None:
    ax = figures.histogram([1, 2, 2])
    assert "<svg" in ax._repr_html_()
    assert "<svg" in figures.small_multiples({"a": [1, 2]})._repr_html_()
