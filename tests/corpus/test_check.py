"""Checks: what is found in each file, and what is passed over."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageFilter
from skimage import data as pictures

from iconometrics.corpus import Corpus, checked, inspect, inspect_failed
from iconometrics.corpus.inspection import SIZE


def test_every_file_has_a_row_and_the_counts_add_up(photos, write):
    (photos / "cut.jpg").write_bytes((photos / "a.jpg").read_bytes()[:-200])
    (photos / "empty.png").write_bytes(b"")
    (photos / "page.jpg").write_bytes(b"<!doctype html><html></html>")
    (photos / "notes.txt").write_text("x")
    Image.new("CMYK", (40, 30), (9, 99, 0, 0)).save(photos / "cmyk.jpg")
    check = Corpus.from_folder(photos).check()  # in processes of their own
    table = check.table()
    assert table["status"].to_dict() == {
        "a.jpg": "ok",
        "b.jpg": "ok",
        "c.png": "ok",
        "cmyk.jpg": "converted",
        "cut.jpg": "failed",
        "empty.png": "failed",
        "more/d.jpg": "ok",
        "page.jpg": "failed",
    }
    assert table["reason"].notna().tolist() == table["status"].eq("failed").tolist()
    assert "truncated" in table.loc["cut.jpg", "reason"]
    assert table["changes"].notna().tolist() == table["status"].eq("converted").tolist()
    summary = check.summary()
    assert summary["files"] == summary["ok"] + summary["converted"] + summary["failed"] == 8
    assert summary["skipped"] == 1
    assert check.corpus.skipped["reason"].tolist() == ["not an image, by its name"]
    assert list(check.corpus.readable) == [i for i in table.index if table["status"][i] != "failed"]


def test_facts_are_those_of_the_file(photos, threads):
    table = Corpus.from_folder(photos).check(executor=threads).corpus.images
    for image, row in table.iterrows():
        path = photos / str(image)
        assert row["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert row["bytes"] == path.stat().st_size
        assert row["modified"] == path.stat().st_mtime_ns
        assert (row["width"], row["height"], row["frames"]) == (64, 48, 1)


def test_flags(tmp_path, threads):
    picture = Image.fromarray(pictures.astronaut())
    picture.save(tmp_path / "fine.jpg")
    picture.filter(ImageFilter.GaussianBlur(8)).save(tmp_path / "blurred.jpg")
    picture.resize((16, 16)).save(tmp_path / "tiny.png")
    picture.resize((400, 50)).save(tmp_path / "wide.png")
    picture.resize((399, 50)).save(tmp_path / "less.png")
    noise = np.random.default_rng(1).integers(250, 256, (60, 60), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "blank.png")
    Image.new("L", (1, 1)).save(tmp_path / "dot.png")
    Image.new("RGB", (1, 3000)).save(tmp_path / "line.png")
    flags = Corpus.from_folder(tmp_path).check(executor=threads).corpus.images["flags"]
    assert flags.fillna("").to_dict() == {
        "blank.png": "blank",
        "blurred.jpg": "blurred",
        "dot.png": "tiny; blank",
        "fine.jpg": "",
        "less.png": "",
        "line.png": "tiny; extreme shape; blank",
        "tiny.png": "tiny",
        "wide.png": "extreme shape",
    }


def test_spread_and_sharpness_are_taken_at_one_size(tmp_path, threads):
    picture = Image.fromarray(pictures.camera())
    for side in (SIZE, 2 * SIZE):
        picture.resize((side, side), Image.Resampling.LANCZOS).save(tmp_path / f"{side}.png")
    table = Corpus.from_folder(tmp_path).check(executor=threads).corpus.images
    small = np.asarray(Image.open(tmp_path / f"{SIZE}.png"), float)
    assert table.loc[f"{SIZE}.png", "spread"] == pytest.approx(small.std(), abs=0.01)
    assert table["spread"].max() == pytest.approx(table["spread"].min(), rel=0.03)


def with_place(path):
    exif = Image.Exif()
    exif[0x0132] = "2020:03:31 18:05:00"
    exif[0x8769] = {0x9003: "2020:03:31 18:05:00"}
    exif[0x8825] = {1: "N", 2: (50.0, 56.0, 0.0), 3: "E", 4: (6.0, 57.0, 0.0)}
    Image.new("RGB", (20, 20), (200, 0, 0)).save(path, exif=exif)


def test_time_is_always_taken_and_place_only_when_asked(tmp_path, threads):
    with_place(tmp_path / "a.jpg")
    images = Corpus.from_folder(tmp_path).check(executor=threads).corpus.images
    assert images["captured"].tolist() == ["2020-03-31T18:05:00"]
    assert "latitude" not in images
    asked = Corpus.from_folder(tmp_path, place=True).check(executor=threads).corpus
    assert asked.images["latitude"].tolist() == [pytest.approx(50.9333, abs=1e-4)]
    assert asked.images["longitude"].tolist() == [pytest.approx(6.95)]
    assert len(asked.select("captured >= '2020-01-01' and latitude > 50")) == 1


def test_rows_may_come_in_any_order_and_some_may_be_lacking(photos):
    corpus = Corpus.from_folder(photos)
    seen = inspect(corpus.sources()[::-1][:3])
    images = checked(corpus, seen).corpus.images
    assert images["status"].tolist() == ["new", "ok", "ok", "ok"]
    assert list(images.index) == list(corpus)


def test_a_file_that_kills_its_worker_is_a_failed_row(photos):
    corpus = Corpus.from_folder(photos)
    seen = inspect_failed(corpus.sources()[0], "reading it crashed a worker process")
    assert seen.schema == inspect([]).schema
    images = checked(corpus, seen).corpus.images
    assert images.loc["a.jpg", ["status", "reason"]].tolist() == [
        "failed",
        "reading it crashed a worker process",
    ]


def test_a_second_check_finds_the_same(photos, threads):
    first = Corpus.from_folder(photos).check(executor=threads)
    second = first.corpus.check(executor=threads)
    pd.testing.assert_frame_equal(first.corpus.images, second.corpus.images)


def test_hidden_files_system_files_and_studies_are_passed_over(photos, write):
    for name in (".DS_Store", "Thumbs.db", "._a.jpg", ".git/x.jpg", "__MACOSX/a.jpg"):
        write(photos / name) if name.endswith("jpg") else (photos / name).write_bytes(b"x")
    write(photos / "study" / "report" / "figure.png")
    (photos / "study" / "study.toml").write_text("")
    corpus = Corpus.from_folder(photos)
    assert list(corpus) == ["a.jpg", "b.jpg", "c.png", "more/d.jpg"]
    reasons = corpus.skipped.set_index("file")["reason"].to_dict()
    assert set(reasons) == {".DS_Store", "Thumbs.db", "._a.jpg", ".git", "__MACOSX", "study"}
    assert reasons["study"] == "an iconometrics study"


def test_showing_a_check_is_short(photos, threads):
    check = Corpus.from_folder(photos).check(executor=threads)
    assert repr(check) == "Check(4 files, 4 ok)"
    assert check._repr_html_().count("<tr>") == 2
