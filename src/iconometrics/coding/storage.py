"""Codings as files: long tables that anything can read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from iconometrics.errors import InputError

__all__ = ["read_probabilities", "read_table", "write_codings"]


def read_table(path: Path) -> pd.DataFrame:
    r"""Read a table of codes of any common kind.

    Parameters
    ----------
    path
        CSV, TSV, Parquet, Excel or Stata file.

    Returns
    -------
    pandas.DataFrame
        As written; ids and codes as text.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "codes.csv")
    ...     _ = path.write_text("image,protest\n007,1\n")
    ...     read_table(path)["image"].tolist()
    ['007']
    """
    from iconometrics.corpus import read_table as read

    return read(path, text=True)[0]


def read_probabilities(path: Path) -> pd.DataFrame | None:
    """Read the class probabilities that `write_codings` put beside codings, if there are any.

    Parameters
    ----------
    path
        The file of the codings.

    Returns
    -------
    pandas.DataFrame or None
        Columns image, variable, category and probability.

    Examples
    --------
    >>> read_probabilities(Path("nowhere.csv")) is None
    True
    """
    beside = _beside(path)
    if not beside.is_file():
        return None
    if beside.suffix == ".parquet":
        return pd.read_parquet(beside)
    text = pd.read_csv(beside, dtype=str, keep_default_na=False)
    return text.astype({"probability": "float64"})


def write_codings(path: Path, data: pd.DataFrame, probabilities: pd.DataFrame | None) -> Path:
    """Write codings, and their class probabilities beside them.

    Parameters
    ----------
    path
        Ends in .csv or .parquet.
    data
        The long table.
    probabilities
        Columns image, variable, category and probability, or None.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InputError
        If the path ends in anything else.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_codings(Path(folder, "codes.csv"), pd.DataFrame({"image": ["a"]}), None).name
    'codes.csv'
    """
    if path.suffix not in (".csv", ".parquet"):
        raise InputError(f"cannot write codings to {path.name!r}: expected .csv or .parquet.")
    beside = _beside(path)
    if probabilities is None:
        beside.unlink(missing_ok=True)
    else:
        _write(beside, probabilities)
    _write(path, data)
    return path


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.stem}-probabilities{path.suffix}")


def _write(path: Path, table: pd.DataFrame) -> None:
    from iconometrics.engine import write_whole

    if path.suffix == ".parquet":
        write_whole(path, lambda temporary: table.to_parquet(temporary, index=False))
    else:
        write_whole(path, lambda temporary: table.to_csv(temporary, index=False))
