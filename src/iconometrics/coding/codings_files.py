"""Codings as files: long tables that anything can read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from iconometrics.coding.excel import write_excel
from iconometrics.coding.stata import write_stata
from iconometrics.coding.variable import Variable
from iconometrics.errors import InputError

__all__ = ["read_probabilities", "read_table", "write_codings"]

_FORMATS = (".csv", ".parquet", ".xlsx", ".dta")


def read_table(path: Path) -> pd.DataFrame:
    r"""Read a table of codes of any common kind."""
    from iconometrics.corpus import read_table as read

    table, _ = read(path, text=True)
    if path.suffix.lower() != ".dta":
        return table
    # Stata knows no missing text, it writes nothing instead; and "end" is a word of its own.
    return table.mask(table == "").rename(columns={"end_": "end"})


def read_probabilities(path: Path) -> pd.DataFrame | None:
    """Read the class probabilities that `write_codings` put beside codings, if there are any."""
    beside = _beside(path)
    if not beside.is_file():
        return None
    if beside.suffix == ".parquet":
        return pd.read_parquet(beside)
    text = pd.read_csv(beside, dtype=str, keep_default_na=False)
    return text.astype({"probability": "float64"})


def write_codings(
    path: Path,
    data: pd.DataFrame,
    probabilities: pd.DataFrame | None,
    *,
    codebook: Iterable[Variable] | None = None,
) -> Path:
    """Write codings, and their class probabilities beside them."""
    if path.suffix not in _FORMATS:
        raise InputError(f"cannot write codings to {path.name!r}: expected {', '.join(_FORMATS)}.")
    beside = _beside(path)
    if probabilities is None:
        beside.unlink(missing_ok=True)
    else:
        _write(beside, probabilities, None)
    _write(path, data, codebook)
    return path


def _beside(path: Path) -> Path:
    suffix = ".parquet" if path.suffix == ".parquet" else ".csv"
    return path.with_name(f"{path.stem}-probabilities{suffix}")


def _write(path: Path, table: pd.DataFrame, codebook: Iterable[Variable] | None) -> None:
    from iconometrics.engine import write_whole

    def write(temporary: Path) -> None:
        if path.suffix == ".parquet":
            table.to_parquet(temporary, index=False)
        elif path.suffix == ".dta":
            write_stata(table, temporary, codebook)
        elif path.suffix == ".xlsx":
            write_excel(table, temporary)
        else:
            table.to_csv(temporary, index=False)

    write_whole(path, write)
