"""What a verb hands back, and how it is shown to people and to machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.text import Text

__all__ = ["Outcome", "near", "say", "show"]

_MOST_ROWS = 24
_WIDTH_WITHOUT_TERMINAL = 100


@dataclass(frozen=True)
class Outcome:
    """What a verb made; notes are shown unless a warning said them, alarms are words in red."""

    made: str
    next: str = ""
    table: pd.DataFrame | None = None
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    failed: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The exit status: 0, or 3 where some images failed."""
        return 3 if self.failed else 0

    @property
    def last_line(self) -> str:
        """What was made, how many images failed, and what to do next."""
        return f"{self.made}." + (f" Next: {self.next}" if self.next else "")


def near(path: Path) -> str:
    """Write a path the short way: from the current folder where it lies inside."""
    full = path.resolve()
    return str(full.relative_to(Path.cwd()) if full.is_relative_to(Path.cwd()) else full)


def say(text: str, *, style: str = "") -> None:
    """Write a line to standard error."""
    _console(stderr=True).print(_text(text), style=style, soft_wrap=True)


def show(outcome: Outcome, verb: str, *, as_json: bool, warned: Collection[str] = ()) -> None:
    """Write an outcome to standard output, without the notes that warnings have said already."""
    if as_json:
        rows = [] if outcome.table is None else _records(outcome.table)
        facts = {"verb": verb, "made": outcome.made, "next": outcome.next, "failed": outcome.failed}
        print(json.dumps({**facts, **outcome.facts, "table": rows}, default=_json_value))
        return
    console = _console(stderr=False)
    if outcome.table is not None and len(outcome.table):
        _draw(console, _with_intervals(outcome.table), outcome.alarms)
    notes = (note for note in outcome.notes if note not in warned)
    for line in (*outcome.lines, *notes, outcome.last_line):
        console.print(_text(line, outcome.alarms), soft_wrap=True)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _WIDTH_WITHOUT_TERMINAL
    return Console(file=stream, width=width, highlight=False)


def _with_intervals(table: pd.DataFrame) -> pd.DataFrame:
    """Put low and high into the cell of the number that they belong to."""
    drawn = table.copy()
    for before, name in zip(table.columns, table.columns[1:], strict=False):
        if str(name) in {"low", f"{before}_low"}:
            high = str(name).replace("low", "high")
            ends = zip(table[before], table[name], table[high], strict=True)
            drawn[before] = [f"{_cell(v)} ({_cell(low)} to {_cell(top)})" for v, low, top in ends]
            drawn = drawn.drop(columns=[name, high])
    return drawn


def _draw(console: Console, table: pd.DataFrame, alarms: Collection[str]) -> None:
    from pandas.api.types import is_numeric_dtype
    from rich import box
    from rich.table import Table

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in table.columns:
        number = is_numeric_dtype(table[name])
        drawn.add_column(_text(str(name)), justify="right" if number else "left", overflow="fold")
    for row in table.head(_MOST_ROWS).itertuples(index=False):
        drawn.add_row(*(_text(_cell(value), alarms) for value in row))
    console.print(drawn)
    if len(table) > _MOST_ROWS:
        console.print(f"... and {len(table) - _MOST_ROWS:,} more rows (--json gives all).")


def _cell(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _text(text: str, alarms: Collection[str] = ()) -> Text:
    """Make text safe to print, with some words in red."""
    from rich.text import Text

    safe = Text(_plain(text))
    safe.highlight_words([*alarms], style="bold red")
    return safe


def _plain(text: str) -> str:
    """Escape what a file name could do to a terminal."""
    spaced = text.replace("\N{NO-BREAK SPACE}", " ")
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in spaced)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads(table.to_json(orient="records", date_format="iso"))
    return records


def _json_value(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)
