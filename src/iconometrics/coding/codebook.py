"""The codebook: the variables to be measured, with instructions and a version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from iconometrics.coding import codebook_file, conformity
from iconometrics.coding.codings import Codings
from iconometrics.coding.variable import Category, Variable
from iconometrics.errors import InputError
from iconometrics.wording import counted, listed

__all__ = ["Codebook"]


@dataclass(frozen=True, repr=False)
class Codebook:
    """What coders are asked, and what they may answer.

    Parameters
    ----------
    variables
        The questions, in the order in which they are asked.
    version
        Codings keep the version they were made by; a changed codebook needs another one.
    name
        What the codebook is called.
    instructions
        What holds for all variables.

    Raises
    ------
    InputError
        If there is no variable, or two have the same name.

    Examples
    --------
    >>> book = Codebook([Variable("protest", categories=("yes", "no"))])
    >>> book["protest"].type
    'nominal'
    >>> book
    Codebook 'codebook', version 1: protest
    """

    variables: tuple[Variable, ...]
    version: str = "1"
    name: str = "codebook"
    instructions: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "variables", tuple(self.variables))
        object.__setattr__(self, "version", str(self.version).strip())
        if not self.variables or not self.version:
            raise InputError(
                f"codebook {self.name!r}: expected at least one variable and a version."
            )
        twice = [name for name in self.names if self.names.count(name) > 1]
        if twice:
            raise InputError(f"codebook {self.name!r} has the variable {twice[0]!r} twice.")

    def __repr__(self) -> str:
        return f"Codebook {self.name!r}, version {self.version}: {listed(self.names, 8)}"

    def _repr_html_(self) -> str:
        return str(self.table().to_html(escape=True, index=False))

    def __getitem__(self, variable: str) -> Variable:
        """The variable of that name."""
        if variable not in self.names:
            raise InputError(f"no variable {variable!r} in {self!r}.")
        return self.variables[self.names.index(variable)]

    def __contains__(self, variable: object) -> bool:
        """Whether there is a variable of that name."""
        return variable in self.names

    def __iter__(self) -> Iterator[Variable]:
        """The variables."""
        return iter(self.variables)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the variables."""
        return tuple(variable.name for variable in self.variables)

    @classmethod
    def read(cls, path: str | Path) -> Codebook:
        """Read a codebook from its TOML file.

        Parameters
        ----------
        path
            The file.

        Returns
        -------
        Codebook

        Raises
        ------
        InputError
            If there is no such file, or something in it is no part of a codebook.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "codebook.toml")
        ...     _ = path.write_text(Codebook.template())
        ...     Codebook.read(path).names[:2]
        ('protest', 'violence')
        """
        file = Path(path)
        if not file.is_file():
            raise InputError(f"{file}: there is no such codebook; `Codebook.template()` shows one.")
        try:
            text = file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(f"{file.name} is not UTF-8 text: save it as UTF-8.") from error
        return cls.parse(text, source=file.name)

    @classmethod
    def parse(cls, text: str, *, source: str = "codebook") -> Codebook:
        """Read a codebook from TOML text.

        Parameters
        ----------
        text
            As `Codebook.text` writes it.
        source
            Where it came from, for messages.

        Returns
        -------
        Codebook

        Examples
        --------
        >>> Codebook.parse(Codebook.template()).version
        '1'
        """
        return cls(**codebook_file.parse(text, source))

    @staticmethod
    def template() -> str:
        """Give the text of a codebook to begin with: every type, with remarks.

        Returns
        -------
        str
            TOML; write it to codebook.toml and change it.

        Examples
        --------
        >>> print(Codebook.template().splitlines()[1])
        name = "my codebook"
        """
        return codebook_file.TEMPLATE

    def text(self) -> str:
        """Write the codebook as TOML text.

        Returns
        -------
        str
            `Codebook.parse` reads it back.
        """
        return codebook_file.to_text(vars(self))

    def write(self, path: str | Path) -> Path:
        """Write the codebook to a TOML file.

        Parameters
        ----------
        path
            The file; one that is there is replaced.

        Returns
        -------
        pathlib.Path
            The file written.
        """
        from iconometrics.engine import write_whole

        file = Path(path)
        write_whole(file, lambda temporary: temporary.write_text(self.text(), encoding="utf-8"))
        return file

    def table(self) -> pd.DataFrame:
        """Return the codebook as a table.

        Returns
        -------
        pandas.DataFrame
            One row per category, or a variable without any: variable, question, type, value, label,
            instruction.

        Examples
        --------
        >>> Codebook([Variable("protest", categories=("yes", "no"))]).table()["value"].tolist()
        ['yes', 'no']
        """
        rows = []
        for variable in self.variables:
            asked = {"variable": variable.name, "question": variable.question}
            asked |= {"type": variable.type}
            rows += [
                asked
                | {"value": category.value, "label": category.label}
                | {"instruction": category.instruction or variable.instruction}
                for category in variable.categories
            ] or [asked | {"value": "", "label": "", "instruction": variable.instruction}]
        return pd.DataFrame(rows)

    def problems(self, codings: Codings) -> pd.DataFrame:
        """List the codings that the codebook does not allow.

        Parameters
        ----------
        codings
            Anyone's.

        Returns
        -------
        pandas.DataFrame
            One row per coding: row (from 1), image, coder, variable, value, expected.

        Examples
        --------
        >>> from iconometrics.coding import Codings
        >>> book = Codebook([Variable("protest", categories=("yes", "no"))])
        >>> codes = Codings.from_series(pd.Series({"a": "mabye"}, name="protest"), coder="anna")
        >>> book.problems(codes)[["image", "value"]].values.tolist()
        [['a', 'mabye']]
        """
        return conformity.problems(codings.data, self._by_name())

    def check(self, codings: Codings, *, rows: Sequence[int] | None = None) -> Codings:
        """Bring codings into the codebook's values, or say which cannot be.

        Stray blanks, upper and lower case, and labels in place of values are mended, with a
        warning; codings without a version get the codebook's.

        Parameters
        ----------
        codings
            Anyone's.
        rows
            The row of each coding in the table it came from, for messages; by default its place
            among the codings.

        Returns
        -------
        Codings

        Raises
        ------
        InputError
            If a variable is unknown or a value is none that the codebook allows; the message
            names the rows.

        Examples
        --------
        >>> from iconometrics.coding import Codings
        >>> book = Codebook([Variable("protest", categories=("yes", "no"))])
        >>> codes = Codings.from_series(pd.Series({"a": "yes"}, name="protest"), coder="anna")
        >>> book.check(codes).data["codebook_version"].tolist()
        ['1']
        """
        data = conformity.conformed(codings.data, self._by_name(), rows)
        versions = data["codebook_version"].fillna(self.version)
        return replace(codings, data=data.assign(codebook_version=versions))

    def changes(self, former: Codebook) -> tuple[str, ...]:
        """Say in words what is different from a former codebook.

        Parameters
        ----------
        former
            The codebook as it was.

        Returns
        -------
        tuple of str
            One sentence per change; empty if coders would not notice any.

        Examples
        --------
        >>> old = Codebook([Variable("protest", categories=("yes", "no"))])
        >>> new = Codebook([Variable("protest", categories=("yes", "no", "unclear"))])
        >>> new.changes(old)
        ("protest: category 'unclear' added",)
        """
        words = ["instructions changed"] if self.instructions != former.instructions else []
        new = {variable.name: variable for variable in self.variables}
        old = {variable.name: variable for variable in former.variables}
        words += [f"variable {name!r} added" for name in new if name not in old]
        words += [f"variable {name!r} dropped" for name in old if name not in new]
        for name in (name for name in new if name in old):
            words += [f"{name}: {change}" for change in _changed(new[name], old[name])]
        if not words and list(new) != list(old):
            words = ["variables in another order"]
        return tuple(words)

    def summary(self) -> str:
        """Say what the codebook holds.

        Returns
        -------
        str

        Examples
        --------
        >>> Codebook([Variable("people", type="count")]).summary()
        "Codebook 'codebook', version 1: 1 variable (people, count)."
        """
        types = ", ".join(f"{variable.name}, {variable.type}" for variable in self.variables)
        count = counted(len(self.variables), "variable")
        return f"Codebook {self.name!r}, version {self.version}: {count} ({types})."

    def _by_name(self) -> dict[str, Variable]:
        return {variable.name: variable for variable in self.variables}


def _changed(new: Variable, old: Variable) -> list[str]:
    words = [
        f"{part} {getattr(old, part)!r} became {getattr(new, part)!r}"
        for part in ("type", "question")
        if getattr(old, part) != getattr(new, part)
    ]
    words += ["instruction changed"] * (new.instruction != old.instruction)
    words += [f"category {value!r} added" for value in new.values if value not in old.values]
    words += [f"category {value!r} dropped" for value in old.values if value not in new.values]
    if set(new.values) == set(old.values) and new.values != old.values:
        words.append(f"categories in another order ({listed(new.values, 8)})")
    before = {category.value: category for category in old.categories}
    return words + [
        f"category {value!r}: {', '.join(_parts(after, before[value]))} changed"
        for value, after in ((category.value, category) for category in new.categories)
        if value in before and after != before[value]
    ]


def _parts(new: Category, old: Category) -> list[str]:
    parts = ("label", "instruction", "examples")
    return [part for part in parts if getattr(new, part) != getattr(old, part)]
