"""DataFrames as Parquet files that come back as they went in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from iconometrics.engine import write_table
from iconometrics.errors import StudyError

__all__ = ["columns", "digest", "load", "save", "storable"]


def storable(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn columns of mixed kinds into text, which Parquet can hold."""
    mixed = [str(name) for name in frame if frame[name].dtype == object]
    return frame.assign(**{name: _one_kind(frame[name]) for name in mixed})


def save(frame: pd.DataFrame, path: Path) -> None:
    """Write a table, whole, its index as a column of its own."""
    write_table(pa.Table.from_pandas(storable(frame)), path)


def load(path: Path, names: Sequence[str] | None = None) -> pd.DataFrame:
    """Read what `save` wrote, or some columns of it with the index."""
    with _readable(path):
        columns = None if names is None else list(names)
        table = pq.read_table(path, columns=columns, use_pandas_metadata=True)
        frame: pd.DataFrame = table.to_pandas()
    return frame


def columns(path: Path) -> list[str]:
    """Name the columns of a table; it is not read."""
    with _readable(path):
        schema = pq.read_schema(path)
    index = (schema.pandas_metadata or {}).get("index_columns", [])
    return [name for name in schema.names if name not in index]


def digest(frame: pd.DataFrame) -> str:
    """Name the content of a table."""
    text = storable(frame.reset_index()).astype("str")
    hashes = pd.util.hash_pandas_object(text, index=False).to_numpy().tobytes()
    names = "\n".join(map(str, text.columns))
    return hashlib.sha256(names.encode() + b"\n" + hashes).hexdigest()[:12]


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise StudyError(
            f"{path} cannot be read ({error}). Run the step that made it again; if it is damaged, "
            "delete it first."
        ) from error


def _one_kind(column: pd.Series) -> pd.Series:
    try:
        array = pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        array = pa.array(column.astype("str"), from_pandas=True)
    kind = "str" if pa.types.is_string(array.type) or pa.types.is_null(array.type) else None
    return pd.Series(array.to_pandas(), index=column.index, name=column.name, dtype=kind)
