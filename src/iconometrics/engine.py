"""Running a function over the parts of a corpus, on any executor, each part written whole."""

from __future__ import annotations

import errno
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from iconometrics.errors import StudyError
from iconometrics.options import key
from iconometrics.progress import progress

__all__ = ["Part", "part_size", "parts", "run", "write_table", "write_whole"]

Result: TypeAlias = pa.Table | dict[str, pa.Table]
Folders: TypeAlias = Path | Mapping[str, Path] | None

_INLINE = 4
_IDLE_SECONDS = 60
_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Part(NamedTuple):
    """Some items of a corpus that are worked on together; its name names its file."""

    name: str
    items: tuple[Any, ...]


def part_size(total: int) -> int:
    """Choose how many items make a part."""
    return min(256, max(16, -(-total // 32)))


def parts(
    items: Sequence[Any], *, size: int | None = None, names: Sequence[str] | None = None
) -> list[Part]:
    """Cut items into parts with stable names."""
    size = size or part_size(len(items))
    names = [str(item) for item in items] if names is None else names
    starts = range(0, len(items), size)
    return [Part(key(names[s : s + size]), tuple(items[s : s + size])) for s in starts]


def run(
    function: Callable[[tuple[Any, ...]], Result],
    parts: Sequence[Part],
    *,
    executor: Executor | None = None,
    folder: Folders = None,
    label: str = "working",
    failed: Callable[[Any, str], Result] | None = None,
) -> Any:
    """Run a function over parts and put the results together in order."""
    todo = [part for part in parts if not _written(folder, part)]
    kept: dict[str, Result] = {}
    with progress(sum(len(part.items) for part in todo), label) as bar:
        for part, result in _results(function, todo, executor, failed):
            if folder is None:
                kept[part.name] = result
            else:
                _write(folder, part, result)
            bar.advance(len(part.items))
    if folder is not None:
        return _read(folder, parts)
    return _join([kept[part.name] for part in parts])


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file so that a reader sees all of it or the former one, even after a crash."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        _flush(temporary)
        temporary.replace(path)
        _flush(path.parent)
    except OSError as error:
        raise StudyError(_write_failure(path, error)) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table as a Parquet file, whole."""
    write_whole(path, lambda temporary: pq.write_table(table, temporary))


def _write_failure(path: Path, error: OSError) -> str:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    reason = "the disk is full" if full else (error.strerror or str(error))
    return (
        f"{path} could not be written: {reason}. Everything made before is intact: "
        "make room or choose another folder, then run the same step again."
    )


def _flush(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _files(folder: Path | Mapping[str, Path], part: Part) -> dict[str, Path]:
    folders = folder if isinstance(folder, Mapping) else {"": folder}
    return {name: where / f"part-{part.name}.parquet" for name, where in folders.items()}


def _written(folder: Folders, part: Part) -> bool:
    return folder is not None and all(path.exists() for path in _files(folder, part).values())


def _write(folder: Path | Mapping[str, Path], part: Part, result: Result) -> None:
    tables = result if isinstance(result, dict) else {"": result}
    for name, path in _files(folder, part).items():
        write_table(tables[name], path)


def _read(folder: Path | Mapping[str, Path], parts: Sequence[Part]) -> Any:
    files = [_files(folder, part) for part in parts]
    if isinstance(folder, Mapping):
        return {name: _join([pq.read_table(f[name]) for f in files]) for name in folder}
    return _join([pq.read_table(f[""]) for f in files])


def _join(results: Sequence[Any]) -> Any:
    if not results:
        return pa.table({})
    if isinstance(results[0], dict):
        return {name: pa.concat_tables([r[name] for r in results]) for name in results[0]}
    return pa.concat_tables(results)


def _results(
    function: Callable[[tuple[Any, ...]], Result],
    todo: Sequence[Part],
    executor: Executor | None,
    failed: Callable[[Any, str], Result] | None,
) -> Iterator[tuple[Part, Result]]:
    """Yield results as they are done; parts whose worker died are run again, one at a time."""
    if executor is None and len(todo) == 1 and len(todo[0].items) <= _INLINE:
        yield todo[0], function(todo[0].items)
        return
    waiting = deque(todo)
    while waiting:
        suspects: list[Part] = []
        yield from _until_broken(function, waiting, executor or _local(), suspects)
        for part in suspects:
            yield part, _alone(function, part.items, failed)
        if suspects and executor is not None and _is_broken(executor):
            executor = None


def _until_broken(
    function: Callable[[tuple[Any, ...]], Result],
    waiting: deque[Part],
    executor: Executor,
    suspects: list[Part],
) -> Iterator[tuple[Part, Result]]:
    """Work off what is waiting; stop when a worker dies and name what was under way."""
    limit = 2 * getattr(executor, "_max_workers", 16)
    running: dict[Future[Result], Part] = {}
    try:
        while (waiting or running) and not suspects:
            while waiting and len(running) < limit:
                running[executor.submit(function, waiting[0].items)] = waiting[0]
                waiting.popleft()
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                part = running.pop(future)
                error = future.exception()
                if error is None:
                    yield part, future.result()
                elif _killed(error):
                    suspects.append(part)
                else:
                    raise error
        for future, part in running.items():
            error = future.exception()
            if error is None:
                yield part, future.result()
            else:
                suspects.append(part)
        running.clear()
    except BrokenExecutor:
        suspects.extend(running.values())
        running.clear()
    finally:
        for future in running:
            future.cancel()


def _alone(
    function: Callable[[tuple[Any, ...]], Result],
    items: tuple[Any, ...],
    failed: Callable[[Any, str], Result] | None,
) -> Result:
    """Run items in a pool of their own, halving until the one that kills its worker is left."""
    try:
        return _local().submit(function, items).result()
    except BrokenExecutor as error:
        if len(items) > 1:
            middle = len(items) // 2
            halves = (items[:middle], items[middle:])
            joined: Result = _join([_alone(function, half, failed) for half in halves])
            return joined
        reason = "reading it crashed a worker process or took all the memory"
        if failed is None:
            raise StudyError(f"{items[0]}: {reason}. Leave this file out and run again.") from error
        return failed(items[0], reason)


def _killed(error: BaseException) -> bool:
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


def _is_broken(executor: Executor) -> bool:
    try:
        executor.submit(int).result()
    except BrokenExecutor:
        return True
    return False


def _local() -> Executor:
    from loky import cpu_count, get_reusable_executor

    executor: Executor = get_reusable_executor(
        max_workers=cpu_count(),
        timeout=_IDLE_SECONDS,
        env=_THREADS,
        initializer=_one_thread,
    )
    return executor


def _one_thread() -> None:
    import cv2

    cv2.setNumThreads(1)
