"""Tables kept as parts, one row per image: which rows are there, which are missing, all of them.

A row belongs to an image id and the hash of its file. So a table serves every corpus that holds
those images, and for new or changed images only their own rows are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from iconometrics import engine
from iconometrics.errors import StudyError

if TYPE_CHECKING:
    from iconometrics.corpus import Source

__all__ = ["Rows", "blocks", "columns", "missing", "read"]

_KEYS = ("image", "sha256", "reason")


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of a corpus in a table kept as parts.

    Parameters
    ----------
    values
        float32, one row per measured image in the order of the corpus, columns as computed.
    reasons
        Why an image has no values, by image id.

    Examples
    --------
    >>> Rows(pd.DataFrame({"a": [1.0]}, index=["x.jpg"]), pd.Series(dtype="str")).values.shape
    (1, 1)
    """

    values: pd.DataFrame
    reasons: pd.Series


def missing(sources: Iterable[Source], folder: Path) -> list[Source]:
    """Find the images that have no row yet."""
    there: set[tuple[str, str | None]] = set()
    for path in _files(folder):
        keys = _table(path, ["image", "sha256"])
        there.update(zip(keys["image"].to_pylist(), keys["sha256"].to_pylist(), strict=True))
    return [source for source in sources if (source.image, source.sha256) not in there]


def blocks(sources: Sequence[Source], total: int) -> list[engine.Part]:
    """Cut missing images into parts whose bounds do not depend on what was interrupted."""
    names = [f"{source.image}\n{source.sha256}" for source in sources]
    return engine.parts(sources, size=engine.part_size(total), names=names)


def columns(folder: Path) -> list[str]:
    """Name the numbers of a row: a column each, or the places of one column of vectors."""
    files = _files(folder)
    if not files:
        return []
    schema = pq.read_schema(files[0])
    if "vector" in schema.names:
        return [f"vector_{i}" for i in range(schema.field("vector").type.list_size)]
    return [name for name in schema.names if name not in _KEYS]


def read(folder: Path, sources: Sequence[Source]) -> Rows:
    """Read the rows of a corpus."""
    files, names = _files(folder), columns(folder)
    ids = pd.Index([source.image for source in sources], name="image", dtype="str")
    hashes = np.array([source.sha256 for source in sources], dtype=object)
    values = np.full((len(ids), len(names)), np.nan, dtype=np.float32)
    reasons = np.full(len(ids), "not measured yet", dtype=object)
    for path in files:
        table = _table(path, None)
        at = ids.get_indexer(table["image"].to_pylist())
        wanted = (at >= 0) & (hashes[at] == np.array(table["sha256"].to_pylist(), dtype=object))
        values[at[wanted]] = _matrix(table, names)[wanted]
        reasons[at[wanted]] = np.array(table["reason"].to_pylist(), dtype=object)[wanted]
    why = pd.Series(reasons, index=ids, dtype="str")
    frame = pd.DataFrame(values, index=ids, columns=names, copy=False)
    measured = why.isna()
    return Rows(frame if measured.all() else frame[measured], why[~measured])


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("part-*.parquet"))


def _matrix(table: pa.Table, columns: list[str]) -> NDArray[np.float32]:
    if "vector" in table.column_names:
        flat: NDArray[np.float32] = table["vector"].combine_chunks().flatten().to_numpy()
        return flat.reshape(len(table), len(columns))
    (batch,) = table.select(columns).combine_chunks().to_batches()
    matrix: NDArray[np.float32] = batch.to_tensor(null_to_nan=True).to_numpy()
    return matrix


def _table(path: Path, columns: list[str] | None) -> pa.Table:
    try:
        with pq.ParquetFile(path) as file:
            # These files are small: threads and data sets cost more than they bring.
            return file.read(columns=columns, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise StudyError(
            f"{path} cannot be read ({error}). Delete that file and run the step again: "
            "only its rows are computed again."
        ) from error
