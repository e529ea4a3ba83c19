"""Files and inline SVG: reproducible, complete, safe in a page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from iconometrics import figures
from iconometrics.errors import StudyError

NASTY = '<img src=x onerror="alert(1)"> & $5 or $10_a 抗议 😀'


TRIED = pd.DataFrame({"k": [1, 2], "within_ss": [9, 4], "silhouette": [np.nan, 0.5]})
GRAY = np.full((20, 30, 3), 128, np.uint8)
SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
BLOCKS = pd.DataFrame(
    {
        "block": [NASTY, "head"],
        "output": [(6, 14, 12), (10,)],
        "parameters": [156, 10_090],
        "multiplications": [0, 0],
    }
)
HISTORY = pd.DataFrame({"epoch": [1, 2], "train_loss": [2, 1.0], "validation_loss": [1.9, 1.2]})
DRAW: dict[str, Callable[[], Any]] = {
    "architecture": lambda: figures.architecture((1, 32, 32), BLOCKS),
    "intervals": lambda: figures.intervals(["a", NASTY], [1, 2], low=[0, 1], high=[2, 3]),
    "histogram": lambda: figures.histogram(np.arange(50), xlabel=NASTY, mark=(10, NASTY)),
    "small_multiples": lambda: figures.small_multiples({NASTY: range(30), "b": [1, np.nan]}),
    "matrix": lambda: figures.matrix([[3, 1], [0, 9]], ["a", NASTY]),
    "reliability": lambda: figures.reliability([0.6], [0.5], low=[0.4], high=[0.6], n=[9]),
    "elbow": lambda: figures.elbow(TRIED, chosen=2),
    "clusters": lambda: figures.clusters({NASTY: ([[0, 0], [1, 1]], [0, 1], [])}),
    "dendrogram": lambda: figures.dendrogram(
        [[0, 1, 1, 2]], {0: (NASTY, "1", 0), 1: ("b", "1", 1)}, cut=0.5
    ),
    "curve": lambda: figures.curve([0, 1], [1, 2], low=[0, 1], high=[2, 3], xlabel=NASTY),
    "contact_sheet": lambda: figures.contact_sheet([GRAY] * 3, captions=["a", "b", NASTY]),
    "choropleth": lambda: figures.choropleth([[SQUARE]], [0.5], label=NASTY, share=True),
    "points_map": lambda: figures.points_map([[0, 1], [2, 3]], values=[1, 2], label=NASTY),
    "roc": lambda: figures.roc({NASTY: ([0, 0.2, 1], [0, 0.7, 1])}, areas={NASTY: (0.7, 0.6, 0.8)}),
    "thresholds": lambda: figures.thresholds(
        [0.2, 0.6], {NASTY: [[0.5, 0.4, 0.6], [0.8, 0.7, 0.9]]}, chosen=0.6
    ),
    "paired": lambda: figures.paired(
        [NASTY], {NASTY: [[[0.9, 0.8, 0.95]], [[0.7, 0.6, 0.8]]]}, names=("a", "b")
    ),
    "learning": lambda: figures.learning(HISTORY, best=2),
    "against": lambda: figures.against(
        [8, 50], [0.9, 0.92], low=[0.88, 0.9], high=[0.92, 0.94], labels=["a", NASTY]
    ),
    "specification_curve": lambda: figures.specification_curve(
        [1, 2], {NASTY: ["a", NASTY]}, low=[0, 1], high=[2, 3], shown=[True, False]
    ),
    "picture": lambda: figures.picture(GRAY, caption=NASTY),
}


def test_all_plots_are_tried() -> None:
    helpers = {"AMOUNTS", "CATEGORIES", "axes", "overlay", "save", "style", "svg"}
    assert set(DRAW) == set(figures.__all__) - helpers


@pytest.mark.parametrize("name", sorted(DRAW))
def test_svg_is_wellformed_and_its_own(name: str) -> None:
    text = figures.svg(DRAW[name](), alt=NASTY)
    root = ET.fromstring(text)
    assert root.get("aria-label") == NASTY and root.get("role") == "img"
    assert root.get("width") == "100%"
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    wanted = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', text))
    assert wanted == set(ids)
    assert "<style" not in text and "<!DOCTYPE" not in text and "<!--" not in text
    assert "onerror=&quot;" in text and "<img" not in text
    assert not re.search(r"(?:href|src)=\"(?!data:|#)", text), "something loads from elsewhere"


def test_svg_takes_the_colors_of_the_page() -> None:
    for name, draw in DRAW.items():
        text = figures.svg(draw(), alt="")
        plain = re.sub(r"var\([^()]*\)|color-mix\([^;\"]*\)", "", text)
        plain = re.sub(r"(href=|url\()[^ ]*", "", plain)
        assert re.findall(r"#[0-9a-f]{6}\b", plain) == [], name
        assert "fill:currentColor" in text and "var(--" in text


def test_svg_keeps_text_as_text() -> None:
    text = figures.svg(DRAW["histogram"](), alt="")
    shown = ["".join(node.itertext()) for node in ET.fromstring(text).iter() if "text" in node.tag]
    assert NASTY in shown
    assert "median 24" in shown or "median 24.5" in shown
    assert "DejaVu" not in text and "Liberation" not in text and "system-ui" in text


def test_two_figures_share_no_id() -> None:
    one, other = (figures.svg(figures.curve([0, 1], [0, y]), alt="a line") for y in (1, 2))
    ids = [set(re.findall(r' id="([^"]+)"', text)) for text in (one, other)]
    assert ids[0] and not ids[0] & ids[1]


@pytest.mark.parametrize("name", sorted(DRAW))
def test_equal_figures_give_equal_bytes(name: str, tmp_path: Path) -> None:
    first = figures.save(DRAW[name](), tmp_path / "one", name)
    again = figures.save(DRAW[name](), tmp_path / "two", name)
    assert [p.name for p in first] == [f"{name}.png", f"{name}.pdf"]
    for one, two in zip(first, again, strict=True):
        assert one.read_bytes() == two.read_bytes()
    assert figures.svg(DRAW[name](), alt="") == figures.svg(DRAW[name](), alt="")


def test_png_has_300_dpi(tmp_path: Path) -> None:
    path, _ = figures.save(figures.curve([0, 1], [0, 1]), tmp_path, "c")
    with Image.open(path) as picture:
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert picture.size == (1050, 630)
        assert "Software" not in picture.info


def test_pdf_embeds_its_fonts_and_no_date(tmp_path: Path) -> None:
    _, path = figures.save(figures.curve([0, 1], [0, 1], xlabel="brightness"), tmp_path, "c")
    data = path.read_bytes()
    assert b"/FontFile2" in data and b"/Type3" not in data
    assert b"CreationDate" not in data


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StudyError, match="could not be written"):
        figures.save(figures.histogram([1]), tmp_path / "file", "a")


def test_svg_of_a_saved_figure_is_the_same(tmp_path: Path) -> None:
    ax = figures.intervals(["a", "b"], [0.1, 0.2], low=[0, 0.1], high=[0.2, 0.3])
    before = figures.svg(ax, alt="")
    figures.save(ax, tmp_path, "a")
    assert figures.svg(ax, alt="") == before
