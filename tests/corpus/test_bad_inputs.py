"""Bad input that concerns many images: each row of the list of bad inputs, and what it gets."""

from __future__ import annotations

import os
import socket
import stat
import tempfile
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from iconometrics.corpus import Corpus, checked, inspect, read_table
from iconometrics.errors import IconometricsWarning, InputError, ReadError


def test_row_17_folders_pipes_and_sockets_are_skipped(photos, write, threads):
    (photos / "x.jpg").mkdir()
    write(photos / "x.jpg" / "inside.jpg", 9)
    os.mkfifo(photos / "pipe.jpg")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(photos / "socket.jpg"))
    corpus = Corpus.from_folder(photos)
    listener.close()
    skipped = corpus.skipped.set_index("file")["reason"]
    assert skipped["x.jpg"] == "a folder, not a file"
    assert "pipe" in skipped["pipe.jpg"]
    assert "socket.jpg" in skipped
    assert "x.jpg/inside.jpg" in corpus.ids
    summary = corpus.check(executor=threads).summary()
    assert summary["files"] == summary["ok"] == 5
    assert summary["skipped"] == 3


def test_row_17_a_file_that_became_a_pipe_fails_and_does_not_hang(photos):
    corpus = Corpus.from_folder(photos)
    (photos / "a.jpg").unlink()
    os.mkfifo(photos / "a.jpg")
    with pytest.raises(ReadError, match="not a regular file"):
        corpus.open("a.jpg")


def test_row_18_missing_files_are_failed_rows_and_unnamed_files_are_listed(photos, threads):
    table = pd.DataFrame({"file": ["a.jpg", "gone.jpg", "more/d.jpg"], "likes": [1, 2, 3]})
    corpus = Corpus.from_folder(photos, metadata=table)
    assert list(corpus) == ["a.jpg", "gone.jpg", "more/d.jpg", "b.jpg", "c.png"]
    assert corpus.unmatched == ("b.jpg", "c.png")
    assert corpus.metadata.loc[list(corpus.unmatched)].isna().all(axis=None)
    check = corpus.check(executor=threads)
    assert check.corpus.images.loc["gone.jpg", "status"] == "failed"
    assert check.corpus.images.loc["gone.jpg", "reason"].startswith("missing")
    assert check.corpus.metadata.loc["gone.jpg", "likes"] == 2
    summary = check.summary()
    assert summary["unmatched"] == 2
    assert summary["files"] == summary["ok"] + summary["converted"] + summary["failed"] == 5
    assert "gone.jpg" not in check.corpus.readable.ids
    with pytest.raises(ReadError, match=r"gone\.jpg: missing"):
        corpus.pixels("gone.jpg")


def test_row_19_odd_names_have_distinct_ids_and_can_be_read(tmp_path, write, threads):
    composed, decomposed = (unicodedata.normalize(form, "é.png") for form in ("NFC", "NFD"))
    names = [composed, decomposed, "Twin.png", "twin.png", "back\\slash.png", "two\nlines.png"]
    for seed, name in enumerate(names):
        write(tmp_path / name, seed)
    raw = os.fsencode(tmp_path) + b"/latin\xe9.png"
    Path(os.fsdecode(raw)).write_bytes((tmp_path / "Twin.png").read_bytes())
    corpus = Corpus.from_folder(tmp_path)
    assert set(corpus) == {
        composed,
        decomposed,
        "Twin.png",
        "twin.png",
        r"back\x5cslash.png",
        r"two\x0alines.png",
        r"latin\xe9.png",
    }
    assert all(image.encode() and image.isprintable() for image in corpus)
    check = corpus.check(executor=threads)
    assert check.summary()["ok"] == 7
    for image in corpus:
        assert corpus.path(image).is_file()
    assert os.fsencode(corpus.path(r"latin\xe9.png")) == raw


def test_row_19_a_table_may_write_letters_the_other_way(tmp_path, write):
    composed, decomposed = (unicodedata.normalize(form, "é.png") for form in ("NFC", "NFD"))
    write(tmp_path / decomposed)
    corpus = Corpus.from_folder(tmp_path, metadata=pd.DataFrame({"file": [composed]}))
    assert list(corpus) == [decomposed]
    write(tmp_path / composed)
    both = Corpus.from_folder(tmp_path, metadata=pd.DataFrame({"file": [composed, decomposed]}))
    assert list(both) == [composed, decomposed]


def test_row_20_names_are_escaped_in_notebooks(tmp_path, write):
    name = "<img src=x onerror=alert(1)>.png"
    write(tmp_path / name)
    table = pd.DataFrame({"file": [name], "<b>": ["<script>"]})
    shown = Corpus.from_folder(tmp_path, metadata=table)._repr_html_()
    assert "<img" not in shown
    assert "<script>" not in shown
    assert "<b>" not in shown


def test_row_21_links_are_followed_only_when_asked_and_loops_end(tmp_path, write):
    outside = write(tmp_path / "outside" / "secret.jpg", 1)
    folder = tmp_path / "photos"
    write(folder / "real" / "a.jpg", 2)
    (folder / "loop").symlink_to(folder)
    (folder / "out").symlink_to(outside.parent)
    (folder / "file.jpg").symlink_to(outside)
    (folder / "broken.jpg").symlink_to(tmp_path / "nowhere.jpg")
    corpus = Corpus.from_folder(folder)
    assert list(corpus) == ["real/a.jpg"]
    assert set(corpus.skipped["file"]) == {"loop", "out", "file.jpg", "broken.jpg"}
    followed = Corpus.from_folder(folder, links=True)
    assert list(followed) == ["file.jpg", "out/secret.jpg", "real/a.jpg"]
    assert set(followed.skipped["file"]) == {"loop", "broken.jpg"}


def test_row_21_a_table_cannot_reach_through_a_link(tmp_path, write):
    outside = write(tmp_path / "outside" / "secret.jpg", 1)
    folder = tmp_path / "photos"
    write(folder / "a.jpg", 2)
    (folder / "out").symlink_to(outside.parent)
    table = pd.DataFrame({"file": ["a.jpg", "out/secret.jpg"]})
    for corpus in (
        Corpus.from_folder(folder, metadata=table),
        Corpus.from_table(table, root=folder),
    ):
        assert corpus.images["status"].tolist() == ["new", "failed"]
        assert corpus.sources()[1].path == ""
        with pytest.raises(ReadError, match="missing"):
            corpus.open("out/secret.jpg")
    assert Corpus.from_table(table, root=folder, links=True).open("out/secret.jpg").width == 64


LEAVING = [
    "../../etc/passwd",
    "..",
    "a/../../b.jpg",
    r"..\secret.jpg",
    "/etc/passwd",
    r"\\server\share\a.jpg",
    "//server/share/a.jpg",
    r"C:\photos\a.jpg",
    "C:a.jpg",
]


@pytest.mark.parametrize("path", LEAVING)
def test_row_22_paths_out_of_the_folder_are_refused_and_the_row_named(photos, path, threads):
    table = pd.DataFrame({"file": ["a.jpg", path]})
    for corpus in (
        Corpus.from_folder(photos, metadata=table),
        Corpus.from_table(table, root=photos),
        Corpus.from_table(table, root=photos, links=True),
    ):
        row = corpus.images.loc[path]
        assert row["status"] == "failed"
        assert row["reason"].startswith(f"refused: row 3 names {path!r}")
        assert pd.isna(row["file"])
        with pytest.raises(ReadError, match="refused"):
            corpus.path(path)
        check = corpus.check(executor=threads)
        assert check.corpus.images.loc[path, "reason"] == row["reason"]


@pytest.mark.parametrize("path", [r"\x2e\x2e/secret.jpg", r"..\x2fsecret.jpg", r"\u002e./a.jpg"])
def test_row_22_escapes_cannot_smuggle_a_path_out(tmp_path, write, path):
    write(tmp_path / "secret.jpg")
    write(tmp_path / "photos" / "a.jpg")
    table = pd.DataFrame({"file": ["a.jpg", path]})
    for links in (False, True):
        corpus = Corpus.from_table(table, root=tmp_path / "photos", links=links)
        assert corpus.images["status"].tolist() == ["new", "failed"]
        assert corpus.sources()[1].path == ""


def test_row_22_dots_that_stay_inside_are_fine(photos):
    table = pd.DataFrame({"file": ["./a.jpg", "more/../b.jpg", "more//d.jpg", r"more\d.jpg"]})
    corpus = Corpus.from_folder(photos, metadata=table.iloc[:3])
    assert list(corpus)[:3] == ["a.jpg", "b.jpg", "more/d.jpg"]
    assert Corpus.from_table(table.iloc[3:], root=photos).ids.tolist() == ["more/d.jpg"]


def test_row_23_duplicate_ids_are_an_error_that_lists_the_rows(photos):
    table = pd.DataFrame({"file": ["a.jpg", "b.jpg", "a.jpg"], "post": ["1", "2", "2"]})
    with pytest.raises(InputError, match=r"'a\.jpg' in row 2 and row 4 .*id="):
        Corpus.from_folder(photos, metadata=table)
    with pytest.raises(InputError, match="'2' in row 3 and row 4"):
        Corpus.from_folder(photos, metadata=table, id="post")
    with pytest.raises(InputError, match=r"'b\.jpg' in row 2 and the folder"):
        taken = pd.DataFrame({"file": ["a.jpg"], "post": ["b.jpg"]})
        Corpus.from_folder(photos, metadata=taken, id="post")
    with pytest.raises(InputError, match="empty in rows 3"):
        Corpus.from_folder(photos, metadata=table.assign(post=["1", None, "2"]), id="post")


def test_row_23_two_posts_may_share_a_file_when_they_have_ids(photos):
    table = pd.DataFrame({"file": ["a.jpg", "a.jpg"], "post": [7, 8]})
    corpus = Corpus.from_folder(photos, metadata=table, id="post")
    assert list(corpus)[:2] == ["7", "8"]
    assert corpus.path("7") == corpus.path("8")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "byte order mark"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("latin-1", "Latin-1"),
        ("cp1252", "Latin-1"),
    ],
)
def test_row_24_tables_in_any_encoding_and_separator_are_read(tmp_path, encoding, told, separator):
    rows = [("file", "place", "likes"), ("a.jpg", "Köln, Ostheim; links", "3"), ("b.jpg", "", "4")]
    quoted = "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows)
    path = tmp_path / "posts.csv"
    path.write_bytes(quoted.encode(encoding))
    table, note = read_table(path)
    assert table.columns.tolist() == ["file", "place", "likes"]
    assert table["place"].fillna("").tolist() == ["Köln, Ostheim; links", ""]
    assert table["likes"].tolist() == [3, 4]
    assert told in note
    assert note.startswith("posts.csv read as")


def test_row_24_what_was_read_is_told(photos, tmp_path):
    path = tmp_path / "posts.csv"
    path.write_bytes("file;Größe\na.jpg;3,5\nb.jpg;4\n".encode("latin-1"))
    corpus = Corpus.from_folder(photos, metadata=path)
    assert "Latin-1" in corpus.notes[0]
    assert "semicolons" in corpus.notes[0]
    assert "2 of 2 rows matched" in corpus.notes[1]
    assert corpus.metadata["Größe"].tolist()[:2] == [3.5, 4.0]


def test_row_25_ids_are_text_as_written(photos, tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text("file,post,account\na.jpg,007,1\nb.jpg,1e5,NA\nc.png,NA,1\nmore/d.jpg,7,02\n")
    corpus = Corpus.from_folder(photos, metadata=path, id="post", group="account")
    assert list(corpus) == ["007", "1e5", "NA", "7"]
    assert corpus.groups.tolist() == ["1", "NA", "1", "02"]


def test_row_25_long_numbers_and_leading_zeros_survive_in_other_columns(tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text("tweet,zip,phone,n\n1234567890123456789,01234,+49,NA\n1,2,3,5\n")
    table, _ = read_table(path)
    assert table["tweet"].tolist() == ["1234567890123456789", "1"]
    assert table["zip"].tolist() == ["01234", "2"]
    assert table["phone"].tolist() == ["+49", "3"]
    assert table["n"].isna().tolist() == [True, False]
    assert table["n"].dtype == "float64"


def test_row_26_permission_denied_is_a_failed_row(write):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        write(folder / "open.jpg", 1)
        write(folder / "shut.jpg", 2).chmod(0)
        write(folder / "closed" / "a.jpg", 3)
        (folder / "closed").chmod(0)
        is_root = os.geteuid() == 0
        if is_root:
            os.seteuid(65534)  # root may read everything; nobody may not
        try:
            corpus = Corpus.from_folder(folder)
            check = checked(corpus, inspect(corpus.sources()))
        finally:
            if is_root:
                os.seteuid(0)
            (folder / "closed").chmod(stat.S_IRWXU)
    assert check.corpus.images["status"].to_dict() == {"open.jpg": "ok", "shut.jpg": "failed"}
    assert "permission denied" in check.corpus.images.loc["shut.jpg", "reason"]
    assert corpus.skipped["file"].tolist() == ["closed"]
    assert "permission denied" in corpus.skipped["reason"][0]


def test_row_27_a_file_that_changed_after_it_was_listed_is_flagged(photos, write, threads):
    corpus = Corpus.from_folder(photos)
    write(photos / "b.jpg", 99, size=(80, 80))
    check = corpus.check(executor=threads)
    assert check.corpus.images["flags"].to_dict()["b.jpg"] == "changed"
    assert check.summary()["changed"] == 1
    assert "b.jpg" in check.corpus.notes[-1]


def test_row_27_a_file_that_changed_after_the_check_is_noticed_by_its_hash(photos, write, threads):
    corpus = Corpus.from_folder(photos).check(executor=threads).corpus
    found = (photos / "b.jpg").stat()
    content = bytearray((photos / "b.jpg").read_bytes())
    content[-10] ^= 1
    (photos / "b.jpg").write_bytes(content)
    os.utime(photos / "b.jpg", ns=(found.st_atime_ns, found.st_mtime_ns))
    with pytest.raises(ReadError, match=r"b\.jpg: changed since it was checked"):
        corpus.pixels("b.jpg")
    assert corpus.pixels("a.jpg").shape == (48, 64, 3)
    again = corpus.check(executor=threads)
    assert again.corpus.images["flags"].eq("changed").sum() == 1


def test_row_33_copies_on_both_sides_of_a_split_are_warned_of(tmp_path, write, threads):
    for seed in range(6):
        write(tmp_path / f"{seed}.jpg", seed)
    (tmp_path / "exact.jpg").write_bytes((tmp_path / "0.jpg").read_bytes())
    Image.open(tmp_path / "1.jpg").resize((40, 30)).save(tmp_path / "near.jpg", quality=60)
    corpus = Corpus.from_folder(tmp_path)
    corpus.split(share=0.5, seed=1)  # nothing is known before the check
    check = corpus.check(executor=threads)
    sides = pd.Series(["1", "2", "1", "2", "1", "1", "2", "1"], index=sorted(check.corpus))
    assert sides["0.jpg"] != sides["exact.jpg"] or sides["1.jpg"] != sides["near.jpg"]
    with pytest.warns(IconometricsWarning, match="leakage: .* by=check.groups"):
        check.corpus.split(by=sides, seed=1)
    train, test = check.corpus.split(by=check.groups, seed=1)
    for pair in (("0.jpg", "exact.jpg"), ("1.jpg", "near.jpg")):
        assert len(train.ids.intersection(pair)) in (0, 2)
    assert len(train) + len(test) == 8
