"""Real folders and tables."""

from __future__ import annotations

import pytest

from iconometrics.corpus import Corpus
from iconometrics.errors import IconometricsWarning

pytestmark = pytest.mark.data

TWINS = [
    ("train_livingroom_0001", "test_livingroom_0016"),
    ("train_livingroom_0013", "test_livingroom_0017"),
    ("train_livingroom_0056", "test_livingroom_0057"),
    ("train_livingroom_0088", "test_livingroom_0038"),
    ("train_livingroom_0070", "train_livingroom_0072"),
    ("train_livingroom_0093", "train_livingroom_0098"),
    ("test_livingroom_0030", "test_livingroom_0059"),
]


def test_the_table_of_congress_matches_every_portrait(data):
    folder = data / "congress_faces"
    for root, table in (
        (folder, folder / "labels.csv"),
        (folder / "images", folder / "labels.csv"),
    ):
        corpus = Corpus.from_folder(root, metadata=table)
        assert len(corpus) == 504
        assert corpus.unmatched == ()
        assert corpus.images["status"].eq("new").all()
        assert "504 of 504 rows matched" in corpus.notes[1]
        assert corpus.metadata["party"].value_counts().to_dict() == {
            "Republican": 258,
            "Democrat": 243,
            "Independent": 3,
        }
    named = Corpus.from_folder(folder, metadata=folder / "labels.csv", id="bioguide")
    assert len(named.select("gender == 'F' and birth_year >= 1900")) == 94


def test_patient_numbers_keep_their_zeros(data):
    table = data / "chest_xray_nih" / "labels.csv"
    corpus = Corpus.from_folder(table.parent, metadata=table, group="patientid")
    assert corpus.metadata["patientid"].str.len().eq(8).all()
    first, second = corpus.split(share=0.7, seed=1)
    assert set(first.groups).isdisjoint(second.groups)


def test_the_known_copies_in_scenes15_are_found_and_warned_of(data):
    folder = data / "scenes15"
    table = folder / "labels.csv"
    livingroom = Corpus.from_folder(folder, metadata=table).select("label == 'livingroom'")
    check = livingroom.check()
    exact = check.duplicates[check.duplicates["kind"] == "exact"]
    found = exact.groupby("group")["image"].agg(frozenset)
    expected = {frozenset(f"images/livingroom/{name}.jpg" for name in pair) for pair in TWINS}
    assert set(found) == expected
    assert set(check.duplicates["image"]) == {image for pair in expected for image in pair}
    with pytest.warns(IconometricsWarning, match=r"4 groups of copies \(4 exact, 0 near\)"):
        check.corpus.split(by="split", share=0.6)
