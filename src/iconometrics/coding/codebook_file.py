"""The codebook as a TOML file that people write and read."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from iconometrics.coding.variable import Category, Variable
from iconometrics.errors import InputError
from iconometrics.wording import listed

__all__ = ["TEMPLATE", "parse", "to_text"]

TEMPLATE = """# A codebook: one [[variables]] for each question. Give a changed one a new version.
name = "my codebook"
version = "1"
instructions = "Code what can be seen, not what you know about the event."

[[variables]]
name = "protest"
question = "Does the image show a protest?"
type = "nominal"                    # one of the categories
instruction = "Three people or more who show a demand: signs, chants, raised fists."

[[variables.categories]]
value = "yes"
label = "Yes"
instruction = "Also where only the signs are seen."
examples = []                       # ids or files of images that show it

[[variables.categories]]
value = "no"
label = "No"
instruction = "Parades, queues and sports crowds."

[[variables]]
name = "violence"
question = "How violent is the scene?"
type = "ordinal"                    # the order of the categories counts
categories = ["none", "threatened", "seen"]

[[variables]]
name = "people"
question = "How many people are in the image?"
type = "count"                      # a whole number; "interval" takes any number

[[variables]]
name = "symbols"
question = "Which of these are there?"
type = "multi-label"                # any of them, with ; between
categories = ["flag", "sign", "mask", "fire"]

[[variables]]
name = "remarks"
question = "Anything else?"
type = "text"                       # further types: "region" and "event"
"""
_BOOK = ("name", "version", "instructions", "variables")
_VARIABLE = ("name", "question", "type", "categories", "instruction")
_CATEGORY = ("value", "label", "instruction", "examples")


def parse(text: str, source: str) -> dict[str, Any]:
    r"""Read the text of a codebook."""
    try:
        book = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{source} cannot be read as a codebook (TOML): {error}.") from error
    _only(book, _BOOK, source)
    rows = _list(book.get("variables", []), f"{source}: variables")
    variables = tuple(_variable(row, source) for row in rows)
    return {"name": source.removesuffix(".toml")} | book | {"variables": variables}


def to_text(book: Mapping[str, Any]) -> str:
    """Write a codebook as TOML."""
    blocks = [_lines(book, ("name", "version", "instructions"))]
    for variable in book["variables"]:
        asked = _lines(vars(variable), ("name", "question", "type", "instruction"))
        blocks.append(f"[[variables]]\n{asked}")
        for category in variable.categories:
            plain = dict(vars(category))
            if category.label == category.value:
                del plain["label"]
            blocks.append("[[variables.categories]]\n" + _lines(plain, _CATEGORY))
    return "\n".join(blocks)


def _lines(table: Mapping[str, Any], keys: Sequence[str]) -> str:
    return "".join(f"{key} = {_value(table[key])}\n" for key in keys if table.get(key))


def _value(value: Any) -> str:
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    # JSON's escapes are TOML's, but TOML also wants DEL escaped.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")


def _variable(row: Any, source: str) -> Variable:
    where = f"{source}: variable {_mapping(row, source).get('name', '')!r}"
    _only(row, _VARIABLE, where)
    answers = _list(row.get("categories", []), f"{where}: categories")
    categories = tuple(_category(answer, where) for answer in answers)
    return Variable(**{"name": "", **row, "categories": categories})


def _category(answer: Any, where: str) -> Category:
    if not isinstance(answer, Mapping):
        return Category(str(answer))
    _only(answer, _CATEGORY, f"{where}: category {answer.get('value', '')!r}")
    return Category(**{"value": "", **answer})


def _mapping(row: Any, source: str) -> Mapping[str, Any]:
    if not isinstance(row, Mapping):
        raise InputError(f"{source}: variable {row!r}; expected tables, each under [[variables]].")
    return row


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise InputError(f"{where} is {value!r}; expected a list.")
    return value


def _only(table: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    unknown = [key for key in table if key not in known]
    if unknown:
        raise InputError(f"{where}: unknown {listed(unknown)}; expected {', '.join(known)}.")
