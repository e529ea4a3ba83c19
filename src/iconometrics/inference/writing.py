"""Tables of estimates as text, HTML and LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import pandas as pd

from iconometrics.wording import NOT_VALIDATED, p_value

__all__ = ["cells", "in_red", "to_html", "to_latex", "to_text"]

_LEFT = ("method", "term")
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
}


def cells(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Round a table of estimates for people: two digits of the standard error."""
    places = [_places(error) for error in rows["se"]]
    written = {
        name: [_number(value, digits) for value, digits in zip(rows[name], places, strict=True)]
        for name in ("estimate", "se", "low", "high")
    }
    interval = [_interval(*ends) for ends in zip(written["low"], written["high"], strict=True)]
    return pd.DataFrame(
        {
            "method": rows["method"].astype("str").to_numpy(),
            "term": rows["term"].astype("str").to_numpy(),
            "estimate": written["estimate"],
            "se": written["se"],
            f"{level * 100:g}% interval": interval,
            "p": [p_value(p) if np.isfinite(p) else "" for p in rows["p"]],
            "n": [f"{value:,}" for value in rows["n"]],
        }
    )


def _interval(low: str, high: str) -> str:
    """Write an interval; one that is open at an end by its bound."""
    if not low or not high:
        return ""
    if low == "-inf":
        return "any value" if high == "inf" else f"at most {high}"
    return f"at least {low}" if high == "inf" else f"{low} to {high}"


def to_text(table: pd.DataFrame, *, title: str, below: Sequence[str]) -> str:
    """Write a table as plain text."""
    columns = []
    for name in table:
        side = "<" if name in _LEFT else ">"
        width = max(map(len, [str(name), *table[name]]))
        columns.append([f"{text:{side}{width}}" for text in [str(name), *table[name]]])
    lines = ["  ".join(row).rstrip() for row in zip(*columns, strict=True)]
    return "\n".join([title, *lines, *below])


def to_html(table: pd.DataFrame, *, title: str, below: Sequence[str]) -> str:
    """Write a table as HTML."""
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in table)
    body = "".join(
        "<tr>" + "".join(_html_cell(str(name), text) for name, text in row.items()) + "</tr>"
        for _, row in table.iterrows()
    )
    notes = "".join(f"<p>{in_red(line)}</p>" for line in below)
    return (
        f'<table class="estimates"><caption>{escape(title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"
    )


def in_red(text: str) -> str:
    """Escape a text for HTML, its "not validated" in red."""
    style = "color:var(--not-validated,#b3261e);font-weight:600"
    red = f'<span class="not-validated" style="{style}">{NOT_VALIDATED}</span>'
    return escape(text).replace(NOT_VALIDATED, red)


def _html_cell(name: str, text: str) -> str:
    align = "" if name in _LEFT else ' style="text-align:right"'
    return f"<td{align}>{escape(text)}</td>"


def to_latex(table: pd.DataFrame, *, title: str, below: Sequence[str]) -> str:
    """Write a table as LaTeX."""
    sides = "".join("l" if name in _LEFT else "r" for name in table)
    red = rf"\textcolor{{red}}{{{NOT_VALIDATED}}}"
    lines_below = [_latex(line).replace(NOT_VALIDATED, red) for line in below]
    span = rf"\multicolumn{{{len(sides)}}}{{p{{.95\linewidth}}}}"
    lines = [
        "% " + " ".join(title.split()),
        rf"\begin{{tabular}}{{{sides}}}",
        r"\toprule",
        _latex_row([str(name) for name in table]),
        r"\midrule",
        *(_latex_row(list(row)) for row in table.itertuples(index=False, name=None)),
        r"\bottomrule",
        *(rf"{span}{{\footnotesize {line}}} \\" for line in lines_below),
        r"\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def _latex_row(texts: Sequence[str]) -> str:
    return " & ".join(_latex(text) for text in texts) + r" \\"


def _latex(text: str) -> str:
    return "".join(_LATEX.get(letter, letter) for letter in " ".join(text.split()))


def _places(error: float) -> int | None:
    """Count the decimals that show two digits of an error; None where that makes no sense."""
    if not np.isfinite(error) or error <= 0:
        return None
    places = 1 - int(np.floor(np.log10(error)))
    return None if places > 6 else max(places, 0)


def _number(value: float, places: int | None) -> str:
    if np.isnan(value):
        return ""
    return f"{value:.3g}" if places is None else f"{value:,.{places}f}"
