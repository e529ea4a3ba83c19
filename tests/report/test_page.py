"""The page as a whole: well formed, self-contained, safe, and true to the study."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from iconometrics import report
from iconometrics.corpus import Corpus

EVENTS = re.compile(r"on[a-z]+")
ADDRESS = re.compile(r"(?:https?:)?//[^\s\"')]+")


def red(page: Any) -> int:
    """How often "not validated" stands in red."""
    spans = page.all("span", "no") + page.all("span", "bad")
    return sum("not validated" in one.text for one in spans)


def test_nothing_is_loaded_from_elsewhere(page: Any, written: Path) -> None:
    for element in page.all():
        for name in ("src", "srcset", "data", "poster", "action", "background"):
            value = element.attributes.get(name, "data:")
            assert value.startswith("data:"), (element.tag, name, value[:60])
        href = element.attributes.get("href", "#")
        if element.tag == "a" and href.startswith("https://"):
            assert href.startswith("https://doi.org/10.")
        elif not href.startswith("#"):
            assert element.tag == "a" and (written.parent / href).is_file(), href
    assert not page.all("link") and not page.all("iframe") and not page.all("base")
    style = page.all("style")[0].text + " ".join(
        one.attributes.get("style", "") for one in page.all()
    )
    assert "url(" not in style.replace("url(#", "") and "@import" not in style
    assert not ADDRESS.search(page.all("script")[0].text)


def test_the_policy_allows_nothing_but_our_own_script(page: Any) -> None:
    policy = next(
        one.attributes["content"] for one in page.all("meta") if "http-equiv" in one.attributes
    )
    (script,) = page.all("script")
    source = re.search(r"<script>(.*?)</script>", page.source, re.DOTALL)
    assert source is not None and not script.attributes
    digest = b64encode(hashlib.sha256(source[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; img-src data:;")


def test_every_picture_and_figure_is_told_in_words(page: Any) -> None:
    pictures = [one for one in page.all("img") if "src" in one.attributes]
    assert len(pictures) > 60
    assert all(len(one.attributes["alt"]) > 8 for one in pictures)
    assert all(one.attributes["decoding"] == "async" for one in pictures)
    drawings = [svg for box in page.all("div", "drawing") for svg in box.all("svg")]
    assert len(drawings) > 15
    assert all(one.attributes["role"] == "img" for one in drawings)
    assert all(len(one.attributes["aria-label"]) > 20 for one in drawings)


def test_every_id_is_there_once_and_every_link_leads_somewhere(page: Any) -> None:
    ids = [one.attributes["id"] for one in page.all() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    inner = [a.attributes["href"][1:] for a in page.all("a") if a.attributes["href"][0] == "#"]
    assert set(inner) <= set(ids)


def test_hostile_names_are_shown_and_do_nothing(page: Any) -> None:
    for element in page.all():
        assert not [name for name in element.attributes if EVENTS.fullmatch(name)], element.tag
    assert len(page.all("script")) == 1
    assert not [one for one in page.all("i") if one.text == "photographs"]
    assert page.all("h1")[0].text == "Four <i>photographs</i>"
    shown = page.all("body")[0].text
    alts = " ".join(one.attributes["alt"] for one in page.all("img"))
    assert '<img src=x onerror="alert(1)">.png' in alts + shown
    assert "two\\x0alines.png" in alts + shown
    assert "\u202e" not in page.source and "\\u202egnp" in alts + shown
    assert "caf\\xe9.png" in alts + shown
    assert "<b>warm</b>" in shown and "cold $x$ & gray" in shown


def test_the_head_says_what_was_found(page: Any, study: report.Contents) -> None:
    head = page.all("header")[0].text
    status = study.corpus.images["status"]
    facts = {
        div.all("dt")[0].text: div.all("dd")[0].text for div in page.all("dl", "facts")[0].inside
    }
    assert facts["pictures read"] == str((status != "failed").sum())
    assert facts["could not be read, listed below"] == str((status == "failed").sum()) == "2"
    themes = study.latest_themes()
    assert themes is not None and facts["themes"] == str(themes.k)
    assert f"fall into {themes.k} themes" in head
    accuracy = study.measured[0].accuracy
    assert accuracy is not None
    assert f"{100 * accuracy.accuracy.value:.0f} %" in head.replace("\u2060", "")


def test_the_finding_of_own_chapters_leads(
    study: report.Contents, written_page: Callable[..., Any]
) -> None:
    own = report.Chapter("The sheets", "Ten sheets were read.", (report.Text("One."),),
                         methods="As others did (@cantu; @nobody-knows).")  # fmt: skip
    page = written_page(replace(study, features={}, measured=(), estimated=()), chapters=[own])
    assert page.all("header")[0].all("p", "finding")[0].text == "Ten sheets were read."
    assert page.all("section", "chapter")[0].all("h2")[0].text == "The sheets"
    methods = page.chapter("Methods").text
    assert "As others did (Cantú 2019)." in methods
    assert "The fingerprints of fraud" in methods


def test_every_file_that_came_in_is_told(page: Any, study: report.Contents) -> None:
    chapter = page.chapter("What came in").text
    images = study.corpus.images
    assert f"Of {len(images)} files" in chapter
    for file, reason in images.loc[images["status"] == "failed", ["file", "reason"]].to_numpy():
        assert file in chapter and " ".join(reason.split()) in chapter
    assert "cmyk.jpg" in chapter
    assert "duplicate" in chapter and len(page.chapter("What came in").all("img")) >= 2


def test_themes_have_their_sizes_words_and_pictures(page: Any, study: report.Contents) -> None:
    themes = study.latest_themes()
    assert themes is not None
    sections = page.chapter("Themes").all("section", "part")
    assert sections[0].all("h3")[0].text == f"Why {themes.k} themes"
    parts = [one for one in sections if one.all("h3")[0].text.startswith("Theme ")]
    assert len(parts) == themes.k
    words = themes.distinctive(pd.concat(study.features.values(), axis=1), plain=True)
    for part, size in zip(parts, themes.sizes().itertuples(), strict=True):
        assert part.all("h3")[0].text == f"Theme {size.theme}"
        assert f"{size.n} pictures" in part.text
        own = words[words["theme"] == size.theme]
        assert own["words"].iloc[0].casefold() in part.text.casefold()
        labels = [label.text for label in part.all("p", "label")]
        assert labels == ["Most typical", "Drawn at random", "On the border to another theme"]
        first = part.all("img")[0].attributes["alt"]
        assert themes.examples(n=1)[size.theme][0] in first


@pytest.mark.parametrize("named", ["plain", "validated"])
def test_nothing_is_called_not_validated_without_need(
    named: str, request: pytest.FixtureRequest, written_page: Callable[..., Any]
) -> None:
    page = written_page(replace(request.getfixturevalue(named), features={}))
    assert "not validated" not in page.source
    assert ("compared with 20 codes: accuracy" in page.source) == (named == "validated")


def test_not_validated_stands_in_red_wherever_the_measure_shows(page: Any) -> None:
    assert "not validated" in page.all("header")[0].all("span", "no")[0].text
    assert [one.text for one in page.all("header")[0].all("span", "bad")] == ["not validated"]
    sure, unsure = page.chapter("Measures").all("section", "part")
    assert red(sure) == 0 and red(unsure) >= 4
    for shares in unsure.all("figcaption"):
        if "read" in shares.text and "id" not in shares.attributes.get("class", ""):
            assert "not validated" in shares.text
    assert all("not validated" in one.text for one in unsure.all("p", "label"))
    assert all("not validated" in one.attributes["alt"] for one in unsure.all("img"))
    estimates = page.chapter("Estimates")
    assert red(estimates) >= 3
    naive = [one.text for one in estimates.all("span", "no")]
    assert "naive" in naive
    assert "not validated" in page.chapter("Methods").text


def test_the_numbers_of_a_measure_are_its_own(
    page: Any, study: report.Contents, written: Path
) -> None:
    accuracy = study.measured[0].accuracy
    assert accuracy is not None
    part = page.chapter("Measures").all("section", "part")[0]
    wrong = accuracy.misclassified()
    captions = [one.text for one in part.all("p", "said")]
    assert len(captions) == len(wrong)
    assert captions[0].startswith(f"{wrong['gold'][0]} read {wrong['measure'][0]}")
    stored = pd.read_csv(written.parent / "tables" / "warmth-rule-categories.csv")
    assert stored["sensitivity"].tolist() == pytest.approx(accuracy.table()["sensitivity"].tolist())
    spans = part.all("tbody")
    assert any(f"{100 * accuracy.table()['precision'].iloc[0]:.0f} %" in one.text for one in spans)


def test_provenance_names_seeds_keys_and_versions(page: Any) -> None:
    made = page.chapter("How this was made").text
    for told in ("0123456789ab", "ba9876543210", "9.8.7", "3.11.7", "2026-01-02"):
        assert told in made
    methods = page.chapter("Methods").text
    assert "seed 7" in methods and "Rousseeuw" in methods and "iconometrics 9.8.7" in methods
    told = "random forest (Breiman 2001) on color features, trained on 11 images"
    assert told in methods and "4-fold" in methods and "seed 5" in methods and "Platt" in methods


def test_the_same_study_gives_the_same_page(
    study: report.Contents, written: Path, tmp_path: Path
) -> None:
    again = report.write(study, out=tmp_path)
    assert again.read_bytes() == written.read_bytes()
    first = {p.relative_to(written.parent): p.read_bytes() for p in written.parent.rglob("*.*")}
    assert first == {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*.*")}


def test_figures_and_tables_lie_beside_the_page(page: Any, written: Path) -> None:
    stems = {path.stem for path in (written.parent / "figures").iterdir()}
    linked = {
        Path(a.attributes["href"]).stem for a in page.all("a") if "figures/" in a.attributes["href"]
    }
    assert stems == linked and {"theme-sizes", "theme-number", "features"} <= stems
    for stem in stems:
        folder = written.parent / "figures"
        assert (folder / f"{stem}.png").read_bytes()[:4] == b"\x89PNG"
        assert (folder / f"{stem}.pdf").read_bytes()[:5] == b"%PDF-"
    numbers = [one.all("b")[0].text for one in page.all("figcaption") if one.all("b")]
    figures = [text for text in numbers if text.startswith("Figure")]
    assert figures == [f"Figure {n}." for n in range(1, len(figures) + 1)]


def test_a_study_in_which_nothing_could_be_read(written_page: Callable[..., Any]) -> None:
    corpus = Corpus(Path(), pd.DataFrame(index=["a", "b"]), pd.DataFrame(index=["a", "b"]))
    page = written_page(report.Contents("Nothing", corpus.check().corpus))
    assert "2" in page.chapter("What came in").text
    assert not [one for one in page.all("img") if "src" in one.attributes]


def test_a_picture_that_is_gone_leaves_a_mark(
    plain: report.Contents, written_page: Callable[..., Any], tmp_path: Path
) -> None:
    moved = replace(plain.corpus, root=tmp_path / "elsewhere")
    page = written_page(replace(plain, corpus=moved, features={}, themes=None))
    assert len([one for one in page.all("img") if "src" in one.attributes]) > 20


def test_the_study_satisfies_what_the_report_reads() -> None:
    from iconometrics.study import Study

    wanted = {name for name in dir(report.Contents) if not name.startswith("_")}
    asked = {name for name in vars(report.Reportable) if not name.startswith("_")}
    assert asked <= set(dir(Study)) and asked <= wanted | {"name", "corpus"}
