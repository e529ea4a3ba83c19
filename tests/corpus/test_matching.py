"""Which file a row of a table names."""

from __future__ import annotations

import pandas as pd
import pytest

from iconometrics.corpus import Corpus
from iconometrics.corpus.file_names import escape, unescape
from iconometrics.corpus.matching import match
from iconometrics.errors import IconometricsWarning, InputError


@pytest.fixture
def folder(tmp_path, write):
    for seed, name in enumerate(("x/1.jpg", "x/2.jpg", "y/1.jpg", "y/Three.JPG")):
        write(tmp_path / "images" / name, seed)
    return tmp_path / "images"


def ids(folder, *named, **options) -> list[str]:
    table = pd.DataFrame({"file": named})
    return list(Corpus.from_folder(folder, metadata=table, **options))[: len(named)]


def test_by_path_then_by_unique_name(folder):
    assert ids(folder, "y/1.jpg", "2.jpg", "Three.JPG") == ["y/1.jpg", "x/2.jpg", "y/Three.JPG"]


def test_case_is_ignored_only_where_nothing_fits_exactly(folder, write):
    assert ids(folder, "Y/THREE.jpg") == ["y/Three.JPG"]
    write(folder / "Y" / "three.jpg", 9)
    assert ids(folder, "Y/three.jpg", "y/Three.JPG") == ["Y/three.jpg", "y/Three.JPG"]


def test_a_name_that_several_files_have_is_not_guessed(folder):
    corpus = Corpus.from_folder(folder, metadata=pd.DataFrame({"file": ["1.jpg", "2.jpg"]}))
    reason = "missing: 2 files have this name (x/1.jpg, y/1.jpg); give the path"
    assert corpus.images.loc["1.jpg", "reason"] == reason
    assert "x/1.jpg" in corpus.unmatched


def test_paths_may_be_relative_to_the_table(folder):
    table = pd.DataFrame({"file": ["images/x/1.jpg", "images/y/1.jpg"], "n": [1, 2]})
    table.to_csv(folder.parent / "posts.csv", index=False)
    corpus = Corpus.from_folder(folder, metadata=folder.parent / "posts.csv")
    assert list(corpus)[:2] == ["x/1.jpg", "y/1.jpg"]
    pd.DataFrame({"file": ["1.jpg"]}).to_csv(folder / "y" / "posts.csv", index=False)
    inside = Corpus.from_folder(folder, metadata=folder / "y" / "posts.csv")
    assert inside.ids[0] == "y/1.jpg"
    assert "y/posts.csv" in inside.skipped["file"].tolist()
    assert list(Corpus.from_table(folder.parent / "posts.csv")) == table["file"].tolist()


def test_windows_paths_and_stray_files(folder):
    assert ids(folder, r"x\1.jpg", "./y/1.jpg") == ["x/1.jpg", "y/1.jpg"]
    (folder / "scan").write_bytes((folder / "x" / "1.jpg").read_bytes())
    corpus = Corpus.from_folder(folder, metadata=pd.DataFrame({"file": ["scan", "x/1.jpg"]}))
    assert corpus.open("scan").width == 64
    assert "scan" not in corpus.skipped["file"].tolist()
    assert "scan" in Corpus.from_folder(folder).skipped["file"].tolist()


def test_rows_without_a_file_are_kept(folder):
    table = pd.DataFrame({"file": ["x/1.jpg", None, ""], "n": [1, 2, 3]})
    corpus = Corpus.from_folder(folder, metadata=table)
    assert corpus.images["reason"].iloc[1] == "missing: row 3 names no file"
    assert corpus.images["status"].iloc[:3].tolist() == ["new", "failed", "failed"]


def test_the_column_is_found_or_asked_for(folder):
    for name in ("file", "Filename", "path", "IMAGE"):
        table = pd.DataFrame({name: ["x/1.jpg"]})
        assert Corpus.from_folder(folder, metadata=table).ids[0] == "x/1.jpg"
    both = pd.DataFrame({"image": ["7"], "file": ["x/1.jpg"]})
    assert Corpus.from_folder(folder, metadata=both, id="image").ids[0] == "7"
    with pytest.raises(InputError, match="no column called file, filename, path, image; it has n"):
        Corpus.from_folder(folder, metadata=pd.DataFrame({"n": [1]}))
    with pytest.raises(InputError, match=r"no column 'fil' in the table; .* Did you mean 'file'"):
        Corpus.from_folder(folder, metadata=both, file="fil")


def test_columns_without_a_table_are_an_error(folder):
    with pytest.raises(InputError, match="give metadata= too"):
        Corpus.from_folder(folder, group="account")


def test_a_named_index_counts_as_a_column(folder):
    table = pd.DataFrame({"n": [5]}, index=pd.Index(["x/1.jpg"], name="file"))
    corpus = Corpus.from_folder(folder, metadata=table)
    assert corpus.metadata.loc["x/1.jpg", "n"] == 5


def test_a_wrong_column_is_warned_of(folder):
    table = pd.DataFrame({"file": ["u.jpg", "v.jpg"]})
    with pytest.warns(IconometricsWarning, match="none of the 2 rows .* 'u.jpg'") as caught:
        corpus = Corpus.from_folder(folder, metadata=table)
    assert caught[0].filename == __file__
    assert corpus.images["status"].tolist()[:2] == ["failed", "failed"]


def test_large_whole_numbers_survive_rows_without_metadata(folder):
    table = pd.DataFrame({"file": ["x/1.jpg"], "tweet": [2**60 + 1]})
    corpus = Corpus.from_folder(folder, metadata=table)
    assert corpus.metadata.loc["x/1.jpg", "tweet"] == 2**60 + 1


def test_from_table_has_exactly_the_rows_of_the_table(folder):
    table = pd.DataFrame({"file": ["y/1.jpg", "none.jpg", "x/1.jpg"]})
    corpus = Corpus.from_table(table, root=folder)
    assert list(corpus) == ["y/1.jpg", "none.jpg", "x/1.jpg"]
    assert corpus.images["status"].tolist() == ["new", "failed", "new"]
    assert corpus.unmatched == ()
    assert corpus.skipped.empty


def test_what_the_corpus_wrote_can_be_read_back(tmp_path, write):
    odd = tmp_path / "a\nb.jpg"
    write(odd)
    corpus = Corpus.from_folder(tmp_path)
    table = corpus.images[["file"]].reset_index(drop=True)
    assert list(Corpus.from_folder(tmp_path, metadata=table)) == list(corpus) == [r"a\x0ab.jpg"]
    assert Corpus.from_table(table, root=tmp_path).path(r"a\x0ab.jpg") == odd


@pytest.mark.parametrize(
    "name",
    [
        "a.jpg",
        "é ü 中.jpg",
        "\udcff\udc80.jpg",
        "\x00\x1f\x7f\x85\u2028",
        r"\x41\u0041",
        "\\",
        "\\x5c",
    ],
)
def test_escaped_names_come_back(name):
    assert unescape(escape(name)) == name
    assert escape(name).encode()
    assert not set(escape(name)) & set("\x00\x1f\x7f\x85\u2028\udcff")


def test_a_hundred_thousand_rows_match_without_a_loop_over_pairs():
    found = pd.Series([f"folder{i % 100}/{i}.jpg" for i in range(100_000)])
    named = found.str.rsplit("/").str[-1].str.upper().sample(frac=1, random_state=1)
    matches = match(named.reset_index(drop=True), found)
    assert matches.file.str.rsplit("/").str[-1].str.upper().tolist() == named.tolist()
    assert matches.reason.isna().all()


def test_a_missing_file_does_not_blur_the_times_of_the_others(folder):
    table = pd.DataFrame({"file": ["x/1.jpg", "gone.jpg"]})
    images = Corpus.from_folder(folder, metadata=table).images
    assert images.loc["x/1.jpg", "modified"] == (folder / "x" / "1.jpg").stat().st_mtime_ns
    assert pd.isna(images.loc["gone.jpg", "modified"])
