"""Reading the user's table, from any program, and saying how it was read."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.wording import as_text, listed

__all__ = ["as_numbers", "exact", "raw_table", "read_table"]

_SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_ENCODINGS: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Latin-1 (Windows-1252)",
    "latin-1": "Latin-1",
}
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK: Final = 1 << 20
_MISSING: Final = ("NA", "N/A", "NaN", "nan", "null", "NULL", ".")
_WHOLE: Final = r"-?(?:0|[1-9]\d*)"
_DECIMAL: Final = r"-?(?:0|[1-9]\d*)?\.\d+(?:[eE][+-]?\d+)?|-?[1-9]\d*\.?[eE][+-]\d+|-?[Ii]nf"
_NUMBER: Final = f"^(?:{_WHOLE}|{_DECIMAL})$"
_TOO_LONG: Final = r"^-?\d{16,}$"  # of 15 digits every whole number is exact as float64
_EXACT: Final = 2**53


def read_table(path: str | Path, *, text: bool = False) -> tuple[pd.DataFrame, str]:
    r"""Read a table: CSV, TSV, Parquet, Excel or Stata.

    A column becomes numbers only where nothing is lost by it: one value such as ``007``, ``1e5``
    or ``+49`` keeps the whole column as text, and so does a whole number of over 15 digits. In a
    column of numbers NA, N/A, NaN, null and a lone point are missing; in a column of text only
    an empty cell is, NA stays text (it may be Namibia).

    Parameters
    ----------
    path
        The file; its suffix says what it is. The encoding and the separator of text files are
        found out.
    text
        True leaves every column as text, as it is written.

    Returns
    -------
    tuple of pandas.DataFrame and str
        The table, and a note on how it was read.

    Raises
    ------
    InputError
        If there is no such file, its kind is not known, or it cannot be parsed.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "posts.csv"
    >>> _ = path.write_bytes("id;place;likes\n007;Köln;3\n".encode("latin-1"))
    >>> table, note = read_table(path)
    >>> table.values.tolist()
    [['007', 'Köln', 3]]
    >>> note
    'posts.csv read as Latin-1 (Windows-1252), separated by semicolons'
    """
    table, note = raw_table(Path(path))
    if text:
        return table.apply(as_text), note
    return as_numbers(table, comma="semicolons" in note), note


def raw_table(path: Path) -> tuple[pd.DataFrame, str]:
    """Read a table and leave each cell as the file has it."""
    if not path.is_file():
        raise InputError(f"{path}: there is no such table.")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            f"{path.name}: tables are read from {listed(_READERS, 99)}; save it as CSV."
        )
    try:
        table, note = reader(path)
    except InputError:
        raise
    except Exception as error:  # the libraries that read tables raise nearly anything
        raise InputError(f"{path.name} cannot be read as a table: {error}") from error
    if not len(table.columns):
        raise InputError(f"{path.name} has no columns; expected one row per image and a header.")
    table.columns = pd.Index([str(name).strip() for name in table.columns])
    return table, f"{path.name} read as {note}"


def as_numbers(
    table: pd.DataFrame, *, keep: Collection[str] = (), comma: bool = False
) -> pd.DataFrame:
    """Turn the columns of text that hold nothing but numbers into numbers."""
    texts = [name for name, kind in table.dtypes.items() if kind == "str" and name not in keep]
    return table.assign(**{str(name): _numbers(table[name], comma) for name in texts})


def exact(table: pd.DataFrame) -> pd.DataFrame:
    """Make columns of whole numbers beyond 2^53 nullable, so that a missing row rounds none."""
    large = [
        name
        for name, kind in table.dtypes.items()
        if kind == "int64" and len(table) and table[name].abs().max() > _EXACT
    ]
    return table.astype(dict.fromkeys(large, "Int64"))


def _delimited(path: Path) -> tuple[pd.DataFrame, str]:
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as handle:
        start = handle.read(_CHUNK)
    if not start.strip():
        raise InputError(f"{path.name} is empty; expected one row per image and a header.")
    separator = _separator(start, whole=len(start) < _CHUNK)
    table = pd.read_csv(
        path, sep=separator, encoding=encoding, dtype="str", keep_default_na=False, na_values=[""]
    )
    if not isinstance(table.index, pd.RangeIndex):  # rows longer than the header
        raise InputError(
            f"{path.name}: the rows have more cells than the header "
            f"({listed(table.columns)}); put values that hold a separator in quotes."
        )
    return table, f"{_ENCODINGS[encoding]}, separated by {_SEPARATORS[separator]}"


def _encoding(path: Path) -> str:
    with path.open("rb") as handle:
        start = handle.read(4096)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if start.count(0) * 4 > len(start):  # every other byte of Latin text in UTF-16 is 0
        return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
    return next(name for name in ("utf-8", "cp1252", "latin-1") if _decodes(path, name))


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding) as handle:
            while handle.read(_CHUNK):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _separator(start: str, *, whole: bool) -> str:
    lines = start.splitlines(keepends=True)[:100]
    if not whole and len(lines) < 100:
        lines = lines[:-1] or lines

    def fit(separator: str) -> tuple[float, int]:
        try:
            cells = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
        except csv.Error:
            return 0.0, 0
        if not cells or cells[0] < 2:
            return 0.0, 0
        return cells.count(cells[0]) / len(cells), cells[0]

    return max(_SEPARATORS, key=fit)


def _parquet(path: Path) -> tuple[pd.DataFrame, str]:
    return _unindexed(pd.read_parquet(path)), "Parquet"


def _excel(path: Path) -> tuple[pd.DataFrame, str]:
    with pd.ExcelFile(path) as book:
        sheet = str(book.sheet_names[0])
        table = book.parse(sheet, dtype=object, keep_default_na=False, na_values=[""])
    others = f" (of {len(book.sheet_names)})" if len(book.sheet_names) > 1 else ""
    return _plain(table), f"Excel, sheet {sheet!r}{others}"


def _stata(path: Path) -> tuple[pd.DataFrame, str]:
    return _plain(pd.read_stata(path)), "Stata"


def _unindexed(table: pd.DataFrame) -> pd.DataFrame:
    return table.reset_index() if table.index.names != [None] else table


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Turn value labels and columns of mixed cells into text."""
    table = table.infer_objects()
    mixed = [name for name, kind in table.dtypes.items() if str(kind) in {"object", "category"}]
    return table.assign(**{str(name): as_text(table[name]) for name in mixed})


def _numbers(values: pd.Series, comma: bool) -> pd.Series:
    clean = values.str.strip().mask(lambda text: text.isin(_MISSING))
    known = clean.dropna()
    if known.empty:
        return values
    if values.notna().all() and known.str.lower().isin(("true", "false")).all():
        return known.str.lower() == "true"
    if comma:
        known = known.str.replace(r"^(-?\d*),(\d+)$", r"\1.\2", regex=True)
    if not known.str.match(_NUMBER).all() or known.str.match(_TOO_LONG).any():
        return values
    whole = known.str.match(f"^(?:{_WHOLE})$").all()
    return known.astype("int64" if whole else "float64").reindex(values.index)


_READERS: Final[dict[str, Callable[[Path], tuple[pd.DataFrame, str]]]] = {
    ".csv": _delimited,
    ".tsv": _delimited,
    ".tab": _delimited,
    ".txt": _delimited,
    ".parquet": _parquet,
    ".xlsx": _excel,
    ".xlsm": _excel,
    ".dta": _stata,
}
