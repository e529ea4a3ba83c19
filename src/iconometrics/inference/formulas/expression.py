"""Expressions over columns: what a formula may compute, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

__all__ = ["FUNCTIONS", "Call", "Column", "Expression", "Number", "Operation"]

FUNCTIONS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "I": lambda values: values,
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "log1p": np.log1p,
    "sqrt": np.sqrt,
}
_OPERATORS: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
}


@dataclass(frozen=True)
class Number:
    """A number as it is written."""

    value: float
    text: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are needed: none."""
        return ()

    def evaluate(self, table: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the number."""
        return np.asarray(self.value)


@dataclass(frozen=True)
class Column:
    """A column of the data, by its name."""

    name: str

    @property
    def text(self) -> str:
        """The column's name, in backquotes where it could be read as something else."""
        return f"`{self.name}`" if set(self.name) & set("+-*/:~()") else self.name

    @property
    def columns(self) -> tuple[str, ...]:
        """The column itself."""
        return (self.name,)

    def evaluate(self, table: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the column's values."""
        return table[self.name]


@dataclass(frozen=True)
class Operation:
    """Two expressions joined by an operator."""

    operator: str
    left: Expression
    right: Expression

    @property
    def text(self) -> str:
        """The operation as it would be written, sides in brackets where they are operations."""
        return f"{_enclosed(self.left)} {self.operator} {_enclosed(self.right)}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of both sides."""
        return tuple(dict.fromkeys(self.left.columns + self.right.columns))

    def evaluate(self, table: Mapping[str, np.ndarray]) -> np.ndarray:
        """Compute both sides and join them."""
        return _OPERATORS[self.operator](self.left.evaluate(table), self.right.evaluate(table))


@dataclass(frozen=True)
class Call:
    """A function of an expression; C, which makes categories, only of a column."""

    function: str
    argument: Expression

    @property
    def text(self) -> str:
        """The call as it is written."""
        return f"{self.function}({self.argument.text})"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the argument."""
        return self.argument.columns

    def evaluate(self, table: Mapping[str, np.ndarray]) -> np.ndarray:
        """Compute the function of the argument."""
        return FUNCTIONS[self.function](self.argument.evaluate(table))


Expression = Number | Column | Operation | Call


def _enclosed(side: Expression) -> str:
    return f"({side.text})" if isinstance(side, Operation) else side.text
