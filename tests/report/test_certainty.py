"""What the report tells of the number of themes, and of their being found again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from iconometrics import report, themes


def test_how_sure_one_can_be_of_themes(
    study: report.Contents, written_page: Callable[..., Any]
) -> None:
    found = study.latest_themes()
    assert found is not None and found.data is not None
    stability = themes.stability(found.data, found.k, reference=found.labels, runs=3, restarts=1)
    page = written_page(replace(study, themes=replace(found, stability=stability)))
    chapter = page.chapter("Themes")
    assert f"Their stability is {stability.word}" in chapter.text
    heads = [part.all("h3")[0].text for part in chapter.all("section", "part")]
    assert heads[1] == "Would they be found again?"
    assert stability.summary()[:60] in chapter.text
    assert "adjusted Rand index (Hubert and Arabie 1985)" in page.root.text
    plain = written_page(study).chapter("Themes").text
    assert "Which of them would be found again was not studied" in plain


def test_pictures_in_no_theme_are_shown(
    study: report.Contents, written_page: Callable[..., Any]
) -> None:
    found = study.latest_themes()
    assert found is not None
    labels = found.labels.mask(np.arange(len(found.labels)) % 4 == 0, "none")
    chapter = written_page(replace(study, themes=replace(found, labels=labels))).chapter("Themes")
    part = chapter.all("section", "part")[-1]
    assert part.all("h3")[0].text == "In no theme"
    assert f"{(labels == 'none').sum()} pictures" in part.text
    assert "are in no theme" in chapter.text


def test_shares_of_themes_are_by_account_where_the_corpus_knows_them(
    study: report.Contents, written_page: Callable[..., Any]
) -> None:
    corpus = study.corpus
    accounts = np.arange(len(corpus)) % 5
    known = replace(corpus, metadata=corpus.metadata.assign(account=accounts), group="account")
    page = written_page(replace(study, corpus=known))
    assert "Wilson intervals by account (5)" in page.chapter("Themes").text
    methods = page.chapter("Methods").text
    assert "at the number of images that those of 5 groups (account) are worth" in methods
    assert "as narrow as what the sample leaves open of the corpus" in methods
    assert "by account" not in written_page(study).chapter("Themes").text
