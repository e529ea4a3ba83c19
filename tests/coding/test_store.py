"""The store: append-only, many processes, readable without us."""

import sqlite3
import subprocess
import sys
import textwrap

import pandas as pd
import pytest

from iconometrics.coding import Codings, Sample, Store
from iconometrics.errors import InputError, StudyError


def codes(values, coder="anna", sample=None):
    return Codings.from_series(
        pd.Series(values, name="protest", dtype="str"), coder=coder, sample=sample
    )


SAMPLE = Sample("pilot", pd.DataFrame({"image": ["b", "a"], "probability": [0.1, 0.2]}))


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "codings.db")


def test_samples_and_codings_come_back(store):
    store.add_sample(SAMPLE)
    store.add_codings(codes({"b": "yes", "a": None}, sample=SAMPLE))
    store.add_codings(codes({"a": "no"}, coder="ben"))
    read = store.codings()
    assert read.of("anna")["protest"].fillna("?").to_dict() == {"b": "yes", "a": "?"}
    assert read.data["reason"].tolist()[1] == "left empty"
    assert read.data["time"].notna().all()
    pd.testing.assert_frame_equal(store.samples()["pilot"].table, SAMPLE.table)
    pd.testing.assert_frame_equal(read.sample.table, SAMPLE.table)


def test_the_last_word_counts_and_the_first_stays_on_file(store):
    store.add_codings(codes({"a": "yes", "b": "no"}))
    store.add_codings(codes({"a": "no"}))
    assert store.codings()["protest"].to_dict() == {"a": "no", "b": "no"}
    with sqlite3.connect(store.path) as plain:
        assert plain.execute("SELECT count(*) FROM codings").fetchone() == (3,)


def test_an_undone_coding_gives_way_to_the_one_before(store):
    store.add_codings(codes({"a": "yes"}))
    store.add_codings(codes({"a": "no"}))
    with sqlite3.connect(store.path) as plain:
        plain.execute(
            "INSERT INTO codings (image, variable, coder, time, undoes) "
            "VALUES ('a', 'protest', 'anna', 'now', 2)"
        )
    assert store.codings()["protest"].to_dict() == {"a": "yes"}


@pytest.mark.parametrize("change", ["DELETE FROM codings", "UPDATE codings SET value = 'x'"])
def test_codings_can_only_be_added(store, change):
    store.add_codings(codes({"a": "yes"}))
    with sqlite3.connect(store.path) as plain, pytest.raises(sqlite3.IntegrityError, match="never"):
        plain.execute(change)


def test_a_sample_is_kept_as_it_was_drawn(store):
    store.add_sample(SAMPLE)
    store.add_sample(SAMPLE)
    assert list(store.samples()) == ["pilot"]
    other = Sample("pilot", SAMPLE.table.assign(probability=0.5))
    with pytest.raises(InputError, match="another name"):
        store.add_sample(other)
    assert store.samples()["pilot"].probability.tolist() == [0.1, 0.2]


def test_codings_of_an_unknown_sample_are_refused_whole(store):
    with pytest.raises(InputError, match=r"add_sample\(\)"):
        store.add_codings(codes({"a": "yes"}, sample=SAMPLE))
    assert len(store.codings()) == 0


def test_an_empty_store_is_empty(store):
    assert len(store.codings()) == 0 and store.codings().images.tolist() == []
    assert store.samples() == {}
    assert not store.path.exists()


def test_a_file_that_is_no_store_says_so(store):
    store.path.write_bytes(b"no database " * 100)
    with pytest.raises(StudyError, match="not a database"):
        store.codings()
    with pytest.raises(StudyError, match="not a database"):
        store.add_sample(SAMPLE)


def test_it_is_written_for_network_folders_and_read_with_plain_sqlite(store):
    store.add_codings(codes({"a": "yes"}))
    assert [path.name for path in store.path.parent.iterdir()] == ["codings.db"]
    with sqlite3.connect(store.path) as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        rows = plain.execute("SELECT image, value, coder FROM current").fetchall()
        tables = {row[0] for row in plain.execute("SELECT name FROM sqlite_master")}
    assert rows == [("a", "yes", "anna")]
    assert {"people", "codebooks", "samples", "sampled", "codings"} <= tables
    with store._reading() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_database_of_something_else_is_refused(store):
    with sqlite3.connect(store.path) as plain:
        plain.execute("CREATE TABLE other (name TEXT)")
    with pytest.raises(StudyError, match="not a database of codings"):
        store.add_codings(codes({"a": "yes"}))
    with pytest.raises(StudyError, match="not a database of codings"):
        store.samples()


CODER = """
import sys
import pandas as pd
from iconometrics.coding import Codings, Store

store, coder = Store(sys.argv[1]), sys.argv[2]
for number in range(int(sys.argv[3])):
    values = pd.Series({f"{number}.jpg": "yes"}, name="protest")
    store.add_codings(Codings.from_series(values, coder=coder))
    print(number, flush=True)
"""


def start(store, coder, count):
    command = [sys.executable, "-c", textwrap.dedent(CODER), str(store.path), coder, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_many_processes_lose_nothing(store):
    running = [start(store, f"coder{number}", 12) for number in range(4)]
    assert [process.wait(timeout=120) for process in running] == [0] * 4
    for process in running:
        process.stdout.close()
    counts = store.codings().data.groupby("coder").size()
    assert counts.to_dict() == {f"coder{number}": 12 for number in range(4)}


@pytest.mark.slow
@pytest.mark.parametrize("after", [1, 7, 23])
def test_a_killed_coder_loses_nothing_that_was_acknowledged(store, after):
    process = start(store, "anna", 10_000)
    for _ in range(after):
        acknowledged = int(process.stdout.readline())
    process.kill()
    rest = process.stdout.read().split()
    process.wait()
    process.stdout.close()
    last = int(rest[-1]) if rest else acknowledged
    assert len(store.codings()) in {last + 1, last + 2}
    store.add_codings(codes({"z": "no"}, coder="ben"))
    assert len(store.codings().of("ben")) == 1
