"""What codings hold and how it is looked up: one value an image and variable."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from iconometrics.coding.sample import Sample
from iconometrics.coding.schema import PROBABILITY_COLUMNS, conform
from iconometrics.errors import InputError
from iconometrics.wording import counted, listed

__all__ = ["Values"]


@dataclass(frozen=True, eq=False, repr=False)
class Values:
    """The long table of codings, brought into the schema, and what is looked up in it.

    Parameters
    ----------
    data
        Long table; the columns image, variable and value are needed, the rest is filled up.
    probabilities
        Class probabilities, columns image, variable, category and probability, if known.
    sample
        The sample that the images were drawn in, if any.
    trained_on
        Ids of the images that the coder was trained on, if known.

    Raises
    ------
    InputError
        If a needed column is missing or a confidence is no probability.

    Examples
    --------
    >>> data = pd.DataFrame({"image": ["a", "b"], "variable": "protest", "value": ["yes", "no"]})
    >>> Values(data)["protest"].to_dict()
    {'a': 'yes', 'b': 'no'}
    """

    data: pd.DataFrame
    probabilities: pd.DataFrame | None = None
    sample: Sample | None = None
    trained_on: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        data = conform(self.data)
        data["reason"] = data["reason"].mask(
            data["value"].isna() & data["reason"].isna(), "left empty"
        )
        object.__setattr__(self, "data", data)
        if self.probabilities is not None:
            table = self.probabilities[list(PROBABILITY_COLUMNS)].reset_index(drop=True)
            object.__setattr__(self, "probabilities", table)

    def __len__(self) -> int:
        """Number of codings."""
        return len(self.data)

    def __repr__(self) -> str:
        who = f" by {listed(self.coders)}" if self.coders else ""
        return (
            f"Codings: {counted(len(self), 'coding')} of "
            f"{counted(len(self.variables), 'variable')} on "
            f"{counted(len(self.images), 'image')}{who}"
        )

    def _repr_html_(self) -> str:
        return str(self.data.head(20).dropna(axis=1, how="all").to_html(escape=True, index=False))

    @property
    def images(self) -> pd.Index:
        """Ids of the coded images, in order of their first coding."""
        ids: pd.Index = pd.Index(self.data["image"].unique(), name="image")
        return ids

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, in order of their first coding."""
        return tuple(self.data["variable"].unique())

    @property
    def coders(self) -> tuple[str, ...]:
        """Names of the coders, in order of their first coding."""
        return tuple(self.data["coder"].dropna().unique())

    def __getitem__(self, variable: str) -> pd.Series:
        """Values of one variable by image id, one value an image."""
        rows = self._settled(variable)
        return pd.Series(rows["value"].array, index=_index(rows), name=variable)

    def confidence(self, variable: str) -> pd.Series:
        """Probability of the value of one variable by image id.

        Parameters
        ----------
        variable
            A variable with one value an image.

        Returns
        -------
        pandas.Series
            Missing where the coder told none.

        Raises
        ------
        InputError
            If the variable is unknown or an image has two values.

        Examples
        --------
        >>> codes = Values(pd.DataFrame({"image": ["a"], "variable": "v", "value": "1"}))
        >>> codes.confidence("v").isna().all()
        np.True_
        """
        rows = self._settled(variable)
        return pd.Series(rows["confidence"].array, index=_index(rows), name="confidence")

    def _settled(self, variable: str) -> pd.DataFrame:
        if variable not in self.variables:
            raise InputError(
                f"no variable {variable!r} in these codings; they have {listed(self.variables, 8)}."
            )
        rows = self.data[self.data["variable"] == variable]
        if not rows["image"].duplicated().any():
            return rows
        there = rows["value"].notna()
        rows = rows[there | ~rows["image"].isin(rows["image"][there])]
        rows = rows.drop_duplicates(["image", "value"])
        twice = rows["image"][rows["image"].duplicated()].unique()
        if len(twice):
            raise InputError(
                f"{len(twice)} images have more than one value of {variable!r} ({listed(twice)}); "
                'settle them with coding.adjudicate(), or take one coder with codings.of("name").'
            )
        return rows

    def table(self) -> pd.DataFrame:
        """Return the codings as a long table.

        Returns
        -------
        pandas.DataFrame
            One row a coding, all columns of the schema; a copy.

        Examples
        --------
        >>> codes = Values(pd.DataFrame({"image": ["a"], "variable": "v", "value": "1"}))
        >>> codes.table()[["image", "variable", "value"]].values.tolist()
        [['a', 'v', '1']]
        """
        return self.data.copy()

    def wide(self) -> pd.DataFrame:
        """Return the codings as a table with one row an image and one column a variable.

        Returns
        -------
        pandas.DataFrame
            Text, missing where an image has no value.

        Raises
        ------
        InputError
            If an image has more than one value of a variable.

        Examples
        --------
        >>> codes = Values(pd.DataFrame({"image": ["a"], "variable": "v", "value": "1"}))
        >>> codes.wide().loc["a", "v"]
        '1'
        """
        columns = {name: self[name].reindex(self.images) for name in self.variables}
        return pd.DataFrame(columns, index=self.images)


def _index(rows: pd.DataFrame) -> pd.Index:
    ids: pd.Index = pd.Index(rows["image"].array, name="image")
    return ids
