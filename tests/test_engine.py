"""The engine: order, whole parts, resume, and items that kill their worker."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iconometrics import engine
from iconometrics.errors import StudyError


def squares(items):
    return pa.table({"item": list(items), "square": [item**2 for item in items]})


def squares_and_cubes(items):
    return {"squares": squares(items), "cubes": pa.table({"cube": [item**3 for item in items]})}


def deadly(items, victim):
    if victim in items:
        os.kill(os.getpid(), signal.SIGKILL)
    return squares(items)


def broken_rule(items):
    raise ZeroDivisionError("a mistake in the rule")


def as_failed(item, reason):
    return pa.table({"item": [item], "square": pa.array([None], pa.int64())})


def rows(table):
    return table.to_pydict()


@given(st.lists(st.integers(), max_size=60), st.integers(1, 20))
def test_parts_hold_every_item_once_in_order(items, size):
    made = engine.parts(items, size=size)
    assert [item for part in made for item in part.items] == items
    assert all(len(part.items) <= size for part in made)


def test_part_names_come_from_the_content_alone():
    first = engine.parts(["x", "y"], names=["a", "b"])
    assert first[0].name == engine.parts(["u", "v"], names=["a", "b"])[0].name
    assert first[0].name != engine.parts(["x", "y"], names=["b", "a"])[0].name


@pytest.mark.parametrize("total, size", [(1, 16), (512, 16), (2400, 75), (10**6, 256)])
def test_part_size(total, size):
    assert engine.part_size(total) == size


def test_rows_come_in_the_order_of_the_parts():
    table = engine.run(squares, engine.parts(range(100), size=7))
    assert rows(table) == rows(squares(range(100)))


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_any_executor_gives_the_same(kind):
    make = (
        ThreadPoolExecutor
        if kind == "threads"
        else partial(ProcessPoolExecutor, mp_context=get_context("spawn"))
    )
    with make(max_workers=2) as executor:
        table = engine.run(_length, engine.parts(range(40), size=5), executor=executor)
    assert rows(table) == {"n": [5] * 8}


def _length(items):
    return pa.table({"n": [len(items)]})


def test_parts_are_written_and_not_run_again(tmp_path):
    made = engine.parts(range(20), size=5)
    first = engine.run(squares, made, folder=tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        f"part-{part.name}.parquet" for part in made
    )
    again = engine.run(broken_rule, made, folder=tmp_path)
    assert rows(first) == rows(again)


def test_only_missing_parts_are_run(tmp_path):
    made = engine.parts(range(20), size=5)
    engine.run(squares, made, folder=tmp_path)
    (tmp_path / f"part-{made[2].name}.parquet").unlink()
    table = engine.run(partial(deadly, victim=0), made, folder=tmp_path)
    assert rows(table) == rows(squares(range(20)))


def test_several_tables_go_to_several_folders(tmp_path):
    folders = {"squares": tmp_path / "s", "cubes": tmp_path / "c"}
    tables = engine.run(squares_and_cubes, engine.parts(range(9), size=2), folder=folders)
    assert rows(tables["cubes"]) == {"cube": [i**3 for i in range(9)]}
    assert rows(tables["squares"]) == rows(squares(range(9)))


def test_an_item_that_kills_its_worker_fails_alone():
    table = engine.run(
        partial(deadly, victim=13), engine.parts(range(40), size=8), failed=as_failed
    )
    expected = [None if item == 13 else item**2 for item in range(40)]
    assert rows(table) == {"item": list(range(40)), "square": expected}


def test_an_executor_that_broke_is_replaced():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        table = engine.run(
            partial(deadly, victim=3),
            engine.parts(range(30), size=3),
            executor=executor,
            failed=as_failed,
        )
    assert rows(table)["square"].count(None) == 1
    assert table.num_rows == 30


def test_without_a_failed_row_the_item_is_named():
    with pytest.raises(StudyError, match="13: reading it crashed a worker"):
        engine.run(partial(deadly, victim=13), engine.parts(range(20), size=5))


def test_mistakes_in_the_function_are_raised():
    with pytest.raises(ZeroDivisionError, match="a mistake in the rule"):
        engine.run(broken_rule, engine.parts(range(20), size=5))


def test_no_parts_give_an_empty_table():
    assert engine.run(squares, []).num_rows == 0


def test_a_failed_write_leaves_the_former_file(tmp_path):
    path = tmp_path / "table.parquet"
    engine.write_table(pa.table({"a": [1]}), path)

    def half(temporary: Path) -> None:
        temporary.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(StudyError, match="the disk is full"):
        engine.write_whole(path, half)
    assert pq.read_table(path).to_pydict() == {"a": [1]}
    assert [p.name for p in tmp_path.iterdir()] == ["table.parquet"]
