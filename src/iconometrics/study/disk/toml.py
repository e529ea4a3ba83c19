"""Writing the few kinds of values that study.toml holds; `tomllib` reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from iconometrics.errors import InputError

__all__ = ["to_toml"]


def to_toml(settings: Mapping[str, Mapping[str, Any]]) -> str:
    """Write tables of settings as TOML."""
    return "\n".join(_table(name, values) for name, values in settings.items())


def _table(name: str, values: Mapping[str, Any]) -> str:
    lines = [
        f"{_key(key)} = {_value(value)}\n" for key, value in values.items() if value is not None
    ]
    return f"[{_key(name)}]\n" + "".join(lines)


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if plain else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    raise InputError(f"setting {value!r}: study.toml holds text, numbers, booleans and lists.")


def _text(value: str) -> str:
    # JSON's escapes are TOML's, but TOML also wants DEL escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
