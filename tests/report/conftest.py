"""A small study of real pictures, and its report."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from skimage import data

from iconometrics import features, inference, report, themes, validity
from iconometrics.coding import Codings, draw
from iconometrics.corpus import Corpus

PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "rocket")
HOSTILE = (
    '<img src=x onerror="alert(1)">.png',
    "=HYPERLINK(1).png",
    "two\nlines.png",
    "\u202egnp.gnorw.png",
    "it's \"quoted\" & 'more'.png",
)
CATEGORIES = ("<b>warm</b>", "cold $x$ & gray")


BREAKS = {"br", "dd", "div", "dt", "figcaption", "h1", "h2", "h3", "li", "p", "td", "th"}
VOID = {"meta", "img", "br", "hr", "link", "input", "source", "wbr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    inside: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def all(self, tag: str = "", klass: str = "") -> list[Element]:
        found = [self] if self.fits(tag, klass) else []
        return found + [one for child in self.inside for one in child.all(tag, klass)]

    def fits(self, tag: str, klass: str) -> bool:
        classes = self.attributes.get("class", "").split()
        return (not tag or self.tag == tag) and (not klass or klass in classes)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


class Page(HTMLParser):
    """A tree of elements; refuses a page whose elements are not closed in order."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.source = source
        self.root = Element("", {})
        self.open = [self.root]
        self.feed(source)
        self.close()
        assert self.open == [self.root], f"left open: {[one.tag for one in self.open[1:]]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice: {tag} {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag in BREAKS:
            self.handle_data(" ")
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> where <{self.open[-1].tag}> is open"
        if tag in BREAKS:
            self.handle_data(" ")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.texts.append(data)

    def all(self, tag: str = "", klass: str = "") -> list[Element]:
        return self.root.all(tag, klass)

    def chapter(self, title: str) -> Element:
        return next(c for c in self.all("section", "chapter") if c.all("h2")[0].text == title)


@dataclass(frozen=True, eq=False)
class Measure:
    name: str
    variable: str
    codings: Codings
    card: dict[str, Any]
    accuracy: validity.Accuracy | None


def _cut(folder: Path) -> None:
    """Cut real photographs into pictures of different shapes."""
    random = np.random.default_rng(1)
    for name in PHOTOGRAPHS:
        pixels = getattr(data, name)()
        Image.fromarray(pixels).save(folder / f"{name}.png")
        for number in range(8):
            high, wide = random.integers(90, 220, 2)
            top = random.integers(0, pixels.shape[0] - high)
            left = random.integers(0, pixels.shape[1] - wide)
            part = pixels[top : top + high, left : left + wide]
            Image.fromarray(part).save(folder / f"{name}-{number}.jpg", quality=92)


@pytest.fixture(scope="session")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photographs")
    _cut(folder)
    for name in HOSTILE:
        Image.fromarray(data.coffee()[:150, :200]).save(folder / name)
    Image.fromarray(data.coffee()[100:250, :200]).save(os.fsencode(folder) + b"/caf\xe9.png")
    Image.fromarray(data.camera()[:200, :200]).convert("CMYK").save(folder / "cmyk.jpg")
    (folder / "half.jpg").write_bytes((folder / "chelsea-1.jpg").read_bytes()[:900])
    (folder / "<script>alert(2)</script>".replace("/", "_")).write_text("no picture")
    (folder / "empty.jpg").touch()
    return folder


@pytest.fixture(scope="session")
def plain(photographs: Path) -> report.Contents:
    """Checked, with features and themes; nothing measured."""
    check = Corpus.from_folder(photographs).check()
    tables = {name: features.extract(check.corpus.readable, [name]) for name in ("color", "hog")}
    return report.Contents(
        "Four <i>photographs</i>",
        check.corpus,
        folder=photographs.parent / "study",
        copies=check.duplicates,
        features=tables,
        themes=themes.kmeans(pd.concat(tables.values(), axis=1), range(2, 5), seed=7),
        entries=(
            {"time": "2026-01-02T03:04:05+00:00", "step": "check", "key": "0123456789ab"},
            {
                "time": "2026-01-02T03:05:05+00:00",
                "step": "themes",
                "key": "ba9876543210",
                "seed": 7,
            },
        ),
        packages={"iconometrics": "9.8.7", "numpy": np.__version__, "python": "3.11.7"},
        seeded={"themes": 7},
    )


def _measure(study: report.Contents, variable: str, column: str, *, validated: bool) -> Measure:
    """Measure with a rule that is wrong in every tenth picture."""
    warm = study.features["color"][column]
    truth = (warm > warm.median()).map({True: CATEGORIES[0], False: CATEGORIES[1]})
    wrong = np.arange(len(truth)) % 10 == 0
    other = truth.map(dict(zip(CATEGORIES, CATEGORIES[::-1], strict=True)))
    sure = pd.Series(np.linspace(0.6, 0.99, len(truth)), truth.index)
    codings = Codings.from_series(
        truth.where(~wrong, other).rename(variable), coder="rule", confidence=sure, trained_on=[]
    )
    if not validated:
        return Measure("rule", variable, codings, {"model": "svm"}, None)
    sample = draw(study.corpus.select(truth.index), 20, seed=3)
    gold = Codings.from_series(
        truth[list(sample.images)].rename(variable), coder="anna", sample=sample
    )
    settings = {"model": "forest", "features": ["color"], "calibrate": "sigmoid", "seed": 5,
                "grid": "default", "folds": 4}  # fmt: skip
    card = {"model": "random forest", "n": 11, "settings": settings}
    return Measure("rule", variable, codings, card, validity.accuracy(codings, gold=gold))


@pytest.fixture(scope="session")
def validated(plain: report.Contents) -> report.Contents:
    return replace(plain, measured=(_measure(plain, "warmth", "color_warm", validated=True),))


@pytest.fixture(scope="session")
def study(validated: report.Contents) -> report.Contents:
    """Everything a report can show."""
    unsure = _measure(validated, "mood & tone", "color_dark", validated=False)
    (measure,) = validated.measured
    table = pd.DataFrame({"likes": np.arange(len(validated.features["color"])) % 7},
                         index=validated.features["color"].index)  # fmt: skip
    sample = measure.accuracy and draw(validated.corpus.select(table.index), 20, seed=3)
    estimates = inference.estimate(
        "likes ~ warmth + `mood & tone`",
        table,
        measure=[measure.codings, unsure.codings],
        gold=None,
    )
    return replace(
        validated,
        measured=(measure, unsure),
        estimated=(estimates,),
        drawn=(sample,) if sample else (),
    )


@pytest.fixture(scope="session")
def written(study: report.Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report.write(study, out=tmp_path_factory.mktemp("written"))


@pytest.fixture(scope="session")
def page(written: Path) -> Page:
    return Page((written).read_text(encoding="utf-8"))


@pytest.fixture
def written_page(tmp_path: Path) -> Callable[..., Page]:
    """Write a report of something else and read it."""

    def write(contents: report.Contents, **options: Any) -> Page:
        path = report.write(contents, out=tmp_path / "report", **options)
        return Page(path.read_text(encoding="utf-8"))

    return write
