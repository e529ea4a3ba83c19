"""The pictures in the page: sharp, small enough, and without faces where that is asked."""

from __future__ import annotations

import io
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage import data

from iconometrics import images, report
from iconometrics.corpus import Corpus
from iconometrics.report import Shot, thumbnails


def decoded(uri: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(b64decode(uri.split(",", 1)[1]))).convert("RGB"), float)


def pictures(page: Any, name: str) -> list[np.ndarray]:
    return [
        decoded(one.attributes["src"])
        for one in page.all("img")
        if one.attributes["alt"].startswith(f"Picture {name}")
    ]


@pytest.fixture(scope="module")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> report.Contents:
    folder = tmp_path_factory.mktemp("portrait")
    Image.fromarray(data.astronaut()).save(folder / "astronaut.png")
    Image.fromarray(data.coffee()).save(folder / "coffee.png")
    return report.Contents("A portrait", Corpus.from_folder(folder).check().corpus)


def test_anonymize_blurs_faces_and_nothing_else(
    portrait: report.Contents, written_page: Callable[..., Any]
) -> None:
    clear = pictures(written_page(portrait), "astronaut.png")
    blurred = pictures(written_page(portrait, anonymize=True), "astronaut.png")
    assert len(clear) == len(blurred) >= 2
    (box,) = images.find_faces(data.astronaut())
    for before, after in zip(clear, blurred, strict=True):
        assert before.shape == after.shape
        scale = before.shape[0] / 512
        left, top, right, bottom = (round(side * scale) for side in box)
        inside = np.abs(before - after)[top:bottom, left:right].mean()
        below = np.abs(before - after)[round(300 * scale) :].mean()
        assert inside > 10 and below < 3


def test_pixels_of_own_chapters_are_blurred_too(portrait: report.Contents) -> None:
    shot = Shot(data.astronaut(), "an astronaut")
    clear, blurred = (
        decoded(thumbnails.make(None, [(shot, 200)], anonymize=hide)[id(shot), 200].uri)
        for hide in (False, True)
    )
    assert np.abs(clear - blurred).max() > 60


def test_pictures_are_twice_as_fine_as_they_are_shown(portrait: report.Contents) -> None:
    shot = Shot("coffee.png", "coffee")
    made = thumbnails.make(portrait.corpus, [(shot, 120)])[id(shot), 120]
    assert made.height == 240 and made.uri.startswith("data:image/jpeg;base64,")
    assert made.width / made.height == pytest.approx(1.5, abs=0.02)
    pixels = decoded(made.uri)
    expected = np.asarray(Image.fromarray(data.coffee()).resize((made.width, 240)), float)
    assert np.abs(pixels - expected).mean() < 6


def test_small_pictures_are_kept_to_the_pixel() -> None:
    digit = (np.arange(64).reshape(8, 8) * 4).astype(np.uint8)
    shot = Shot(np.repeat(digit[:, :, None], 3, axis=2), "a digit")
    made = thumbnails.make(None, [(shot, 48)])[id(shot), 48]
    assert made.small and (decoded(made.uri)[:, :, 0] == digit).all()


def test_thousands_of_pictures_stay_within_the_budget() -> None:
    random = np.random.default_rng(2)
    noise = random.integers(0, 256, (240, 360, 3), dtype=np.uint8)
    shots = [(Shot(np.roll(noise, n, axis=1), f"noise {n}"), 120) for n in range(300)]
    made = thumbnails.make(None, shots)
    assert sum(len(one.uri) for one in made.values()) < 8_000_000


def test_extreme_shapes_have_a_place(tmp_path: Path) -> None:
    Image.new("L", (3000, 1), 90).save(tmp_path / "wide.png")
    Image.new("L", (1, 3000), 90).save(tmp_path / "tall.png")
    corpus = Corpus.from_folder(tmp_path).check().corpus
    shots = [(Shot(name, name), 100) for name in corpus.ids]
    made = thumbnails.make(corpus, shots)
    assert {one.ratio for one in made.values()} == {"4.000", "0.300"}
    assert all(min(one.width, one.height) >= 1 for one in made.values())


def test_regions_show_their_part(
    portrait: report.Contents, written_page: Callable[..., Any]
) -> None:
    cells = portrait.corpus.regions(grid=(2, 2)).check().corpus
    page = written_page(replace(portrait, corpus=cells))
    first = next(name for name in cells.ids if name.startswith("astronaut.png"))
    seen = pictures(page, first)[0]
    quarter = Image.fromarray(data.astronaut()[:256, :256]).resize(seen.shape[1::-1])
    assert np.abs(seen - np.asarray(quarter, float)).mean() < 8
