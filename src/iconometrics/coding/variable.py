"""A variable of a codebook: what is asked, of which type, with which categories."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from iconometrics.errors import InputError
from iconometrics.wording import counted, listed

__all__ = ["SEPARATOR", "TYPES", "Category", "Variable"]

TYPES = ("nominal", "ordinal", "interval", "count", "text", "multi-label", "region", "event")
# Between the categories of one multi-label value, as people write it into one cell.
SEPARATOR = ";"
_WITH_CATEGORIES = ("nominal", "ordinal", "multi-label")
_WITHOUT_CATEGORIES = ("interval", "count", "text")


@dataclass(frozen=True)
class Category:
    """One answer that coders may give.

    Parameters
    ----------
    value
        What is stored and counted, such as "yes" or "1".
    label
        What coders see; by default the value.
    instruction
        When to give this answer, and when not.
    examples
        Images that show it: ids or paths.

    Examples
    --------
    >>> Category("1", label="A crowd", instruction="Ten people or more.").label
    'A crowd'
    """

    value: str
    label: str = ""
    instruction: str = ""
    examples: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", str(self.value).strip())
        object.__setattr__(self, "label", str(self.label or self.value).strip())
        object.__setattr__(self, "examples", tuple(map(str, self.examples)))
        if not self.value:
            raise InputError(f"a category without a value (label {self.label!r}): give it one.")


@dataclass(frozen=True)
class Variable:
    """One question that coders answer about an image.

    Parameters
    ----------
    name
        The variable's name, as it stands in tables and formulas.
    question
        What coders are asked.
    type
        "nominal" (one of the categories), "ordinal" (one of them, in their order), "interval" (a
        number), "count" (a whole number from 0), "text", "multi-label" (any of the categories),
        "region" (a part of the image) or "event" (start, end, actor, target in a video).
    categories
        The answers, `Category` or plain values; needed for nominal, ordinal and multi-label,
        allowed for region and event as what the part or event is.
    instruction
        How to decide.

    Raises
    ------
    InputError
        If the type is unknown, categories are missing, or one is there twice.

    Examples
    --------
    >>> protest = Variable("protest", "Is this a protest?", categories=("yes", "no"))
    >>> protest.values
    ('yes', 'no')
    >>> protest.read(" Yes "), protest.read("maybe")
    ('yes', None)
    """

    name: str
    question: str = ""
    type: str = "nominal"
    categories: tuple[Category, ...] = ()
    instruction: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", str(self.name).strip())
        object.__setattr__(self, "categories", _categories(self.categories))
        _check(self)

    @property
    def values(self) -> tuple[str, ...]:
        """The values of the categories, in their order."""
        return tuple(category.value for category in self.categories)

    @property
    def is_named_by_numbers(self) -> bool:
        """Whether numbers other than 0 and 1 are mere names of the categories."""
        numbers = [_number(value) for value in self.values]
        is_nominal = self.type == "nominal" and not any(map(math.isnan, numbers))
        return is_nominal and not {*numbers} <= {0, 1}

    def read(self, text: str) -> str | None:
        """Read an answer as a person wrote it.

        Parameters
        ----------
        text
            The answer; blanks around it and upper or lower case do not matter, and a category's
            label counts as its value.

        Returns
        -------
        str or None
            The value; None if the codebook does not allow it.
        """
        known = _known(self.categories)
        if self.type == "multi-label":
            parts = [known.get(part.strip().casefold()) for part in text.split(SEPARATOR)]
            chosen = {part for part in parts if part is not None}
            whole = None not in parts
            return SEPARATOR.join(v for v in self.values if v in chosen) if whole else None
        if self.type == "interval":
            return text.strip() if math.isfinite(_number(text)) else None
        if self.type == "count":
            number = _number(text)
            return str(int(number)) if number >= 0 and number.is_integer() else None
        return known.get(text.strip().casefold()) if known else text.strip()

    def expected(self) -> str:
        """Say in words what an answer may be.

        Returns
        -------
        str
        """
        kinds = {
            "interval": "a number",
            "count": "a whole number, 0 or more",
            "multi-label": f"any of {listed(self.values, 8)} with {SEPARATOR!r} between",
        }
        return kinds.get(self.type, f"one of {listed(self.values, 8)}")


def _categories(answers: Iterable[Category | Mapping[str, object] | str]) -> tuple[Category, ...]:
    return tuple(
        answer if isinstance(answer, Category) else Category(str(answer)) for answer in answers
    )


def _known(categories: tuple[Category, ...]) -> dict[str, str]:
    """Every way to write a category, values before labels."""
    labels = {category.label.casefold(): category.value for category in categories}
    return labels | {category.value.casefold(): category.value for category in categories}


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def _check(variable: Variable) -> None:
    name, values = variable.name, variable.values
    if not name:
        raise InputError("a variable without a name: give each a name, such as protest.")
    if variable.type not in TYPES:
        raise InputError(
            f"variable {name!r} has the unknown type {variable.type!r}; expected one of "
            f"{', '.join(TYPES)}."
        )
    if variable.type in _WITH_CATEGORIES and len(values) < 2:
        raise InputError(
            f"variable {name!r} of type {variable.type} has "
            f"{counted(len(values), 'category')}; it needs at least two."
        )
    if variable.type in _WITHOUT_CATEGORIES and values:
        raise InputError(f"variable {name!r} of type {variable.type} takes no categories.")
    folded = [value.casefold() for value in values]
    twice = [value for value in values if folded.count(value.casefold()) > 1]
    if twice:
        raise InputError(
            f"variable {name!r} has the duplicate category {twice[0]!r} ({listed(twice)}); upper "
            "and lower case are taken as the same. Write each category once."
        )
    torn = [value for value in values if SEPARATOR in value]
    if variable.type == "multi-label" and torn:
        raise InputError(
            f"variable {name!r}: category {torn[0]!r} holds {SEPARATOR!r}, which stands between "
            "the categories of a multi-label value; write it another way."
        )
