"""The store: append-only, many processes, readable without us."""

import sqlite3
import subprocess
import sys
import textwrap

import pandas as pd
import pytest

from iconometrics.coding import Codings, Sample, Store, assign
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


def test_a_store_of_the_first_version_is_brought_up_to_date(tmp_path):
    from iconometrics.coding import database

    path = tmp_path / "codings.db"
    with sqlite3.connect(path) as plain:
        plain.executescript(database._FIRST + "PRAGMA user_version = 1;")
        plain.execute("INSERT INTO people VALUES ('anna', 'then')")
        plain.execute(
            "INSERT INTO codings (image, variable, value, coder, time) "
            "VALUES ('a', 'protest', 'yes', 'anna', 'then')"
        )
    store = Store(path)
    assert store.codings()["protest"].to_dict() == {"a": "yes"}
    assert store.assignments().empty and len(store.adjudicated()) == 0
    with sqlite3.connect(path) as plain:
        assert plain.execute("PRAGMA user_version").fetchone() == (1,)
    store.add_codings(codes({"b": "no"}))
    assert store.codings()["protest"].to_dict() == {"a": "yes", "b": "no"}
    assert "start" in store.history()
    with sqlite3.connect(path) as plain:
        assert plain.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_store_of_a_version_to_come_is_refused(store):
    with sqlite3.connect(store.path) as plain:
        plain.execute("PRAGMA user_version = 99")
    with pytest.raises(StudyError, match="this version can read"):
        store.codings()


def test_undoing_goes_back_step_by_step_and_stays_on_file(store):
    for value in ("yes", "no", "unclear"):
        store.add_codings(codes({"a": value}))
    store.add_codings(codes({"b": "yes"}, coder="ben"))
    assert store.undo("anna")["value"].tolist() == ["unclear"]
    assert store.codings().of("anna")["protest"].to_dict() == {"a": "no"}
    assert store.undo("anna", image="a", variable="protest")["value"].tolist() == ["no"]
    assert store.undo("anna")["value"].tolist() == ["yes"]
    assert store.undo("anna").empty
    assert store.codings().coders == ("ben",)
    store.add_codings(codes({"a": "no"}))
    assert store.codings().of("anna")["protest"].to_dict() == {"a": "no"}
    history = store.history()
    assert len(history) == 8 and history["undoes"].notna().sum() == 3


def test_assignments_are_kept_with_what_is_done(store):
    store.add_sample(SAMPLE)
    made = assign(SAMPLE, ["anna", "ben"], overlap=1, seed=1)
    store.assign(made)
    store.assign(made)
    store.add_codings(codes({"b": "yes"}, sample=SAMPLE))
    told = store.assignments()
    assert len(told) == 4
    assert told[told["done"]][["coder", "image"]].values.tolist() == [["anna", "b"]]
    assert told[told["coder"] == "ben"]["image"].tolist() == made.of("ben").tolist()
    other = assign(Sample("other", SAMPLE.table), ["anna"], seed=1)
    with pytest.raises(InputError, match="other is not in"):
        store.assign(other)


def test_adjudications_stand_beside_the_codings(store):
    store.add_sample(SAMPLE)
    store.add_codings(codes({"a": "yes", "b": "no"}, sample=SAMPLE))
    store.add_codings(codes({"a": "no"}, coder="ben", sample=SAMPLE))
    gold = codes({"a": "yes", "b": "no"}, coder="adjudicated", sample=SAMPLE)
    store.add_adjudication(gold, rule="majority")
    store.add_adjudication(gold.select(["a"]), rule="discussion", person="carl")
    kept = store.adjudicated()
    assert kept["protest"].to_dict() == {"b": "no", "a": "yes"}
    assert kept.sample.probability.to_dict() == SAMPLE.probability.to_dict()
    assert store.codings().coders == ("anna", "ben")
    with pytest.raises(InputError, match="rule='vote'"):
        store.add_adjudication(gold, rule="vote")
    with sqlite3.connect(store.path) as plain, pytest.raises(sqlite3.IntegrityError):
        plain.execute("UPDATE adjudications SET value = 'x'")


def test_events_of_one_image_are_codings_of_their_own(store):
    data = pd.DataFrame(
        {
            "image": "a.mp4",
            "variable": "push",
            "value": "shove",
            "coder": "anna",
            "start": [1.0, 4.0],
            "end": [2.0, None],
            "actor": ["police", None],
        }
    )
    store.add_codings(Codings(data))
    store.add_codings(codes({"a.mp4": "yes"}))
    read = store.codings().data
    assert read["start"].tolist()[:2] == [1.0, 4.0]
    assert read["actor"].tolist()[0] == "police"


def test_codings_of_two_waves_come_with_the_sample_that_holds_both(store):
    later = Sample(
        "pilot-2",
        pd.DataFrame({"image": ["b", "a", "c"], "probability": 0.5, "wave": [1, 1, 2]}),
    )
    store.add_sample(SAMPLE)
    store.add_codings(codes({"a": "yes"}, sample=SAMPLE))
    store.add_sample(later)
    assert store.codings().sample.name == "pilot"
    store.add_codings(codes({"c": "yes"}, sample=later))
    assert store.codings().sample.name == "pilot-2"
    assert set(store.codings().sample.probability) == {0.5}


FULL = """
import resource, sys
import pandas as pd
from iconometrics.coding import Codings, Store
from iconometrics.errors import StudyError

store, kept = Store(sys.argv[1]), 0
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    for number in range(5000):
        values = pd.Series({f"{number}-{n}.jpg": "yes" * 50 for n in range(50)}, name="v")
        store.add_codings(Codings.from_series(values, coder="anna"))
        kept += 50
except StudyError as error:
    print(kept)
    print(error)
"""


def test_a_full_disk_says_so_and_loses_nothing(store):
    store.add_codings(codes({"a": "yes"}))
    command = [sys.executable, "-c", FULL, str(store.path), str(400_000)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    kept, message = done.stdout.split("\n", 1)
    assert int(kept) > 0
    assert "the disk has room" in message and "what was there before is intact" in message
    read = store.codings()
    assert len(read) == int(kept) + 1
    with sqlite3.connect(store.path) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.add_codings(codes({"z": "no"}))
    assert len(store.codings()) == int(kept) + 2


@pytest.mark.slow
def test_a_kill_in_the_middle_of_a_thousand_codings_loses_none(store):
    process = start(store, "anna", 1000)
    acknowledged = [process.stdout.readline() for _ in range(500)]
    process.kill()
    rest = process.stdout.read().split()
    process.wait()
    process.stdout.close()
    told = {f"{int(line)}.jpg" for line in [*acknowledged, *rest] if line.strip()}
    read = store.codings()
    assert len(told) >= 500 and told <= set(read.images)
    assert len(read) - len(told) in {0, 1}
    with sqlite3.connect(store.path) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(store.history()) == len(read)
