"""A sample: images drawn for coding, with the probability each had of being drawn."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from iconometrics.coding.schema import as_text, counted, named
from iconometrics.errors import InputError

__all__ = ["Sample"]

_COLUMNS = ("image", "stratum", "cluster", "probability", "wave")


@dataclass(frozen=True, eq=False, repr=False)
class Sample:
    """Images drawn for coding, in the order in which to code them.

    Parameters
    ----------
    name
        The sample's name in the study.
    table
        One row an image: image, stratum, cluster, probability (of being drawn, above 0, at
        most 1) and wave (1 for the first drawing); image and probability are needed.

    Raises
    ------
    InputError
        If an image comes twice or a probability is not above 0 and at most 1.

    Examples
    --------
    >>> sample = Sample("pilot", pd.DataFrame({"image": ["a", "b"], "probability": [0.1, 0.5]}))
    >>> sample
    Sample 'pilot': 2 images, probabilities .1 to .5
    """

    name: str
    table: pd.DataFrame

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", _checked(self.table))

    def __len__(self) -> int:
        """Number of images."""
        return len(self.table)

    def __repr__(self) -> str:
        low, high = (f"{value:.4g}".removeprefix("0") for value in self._range())
        told = f"probability {low}" if low == high else f"probabilities {low} to {high}"
        return f"Sample {self.name!r}: {counted(len(self), 'image')}, {told}"

    def _repr_html_(self) -> str:
        return str(self.table.head(20).dropna(axis=1, how="all").to_html(escape=True, index=False))

    def _range(self) -> tuple[float, float]:
        return float(self.table["probability"].min()), float(self.table["probability"].max())

    @property
    def images(self) -> pd.Index:
        """Ids of the images, in the order in which to code them."""
        ids: pd.Index = pd.Index(self.table["image"].array, name="image")
        return ids

    @property
    def probability(self) -> pd.Series:
        """Probability of being drawn by image id."""
        return pd.Series(self.table["probability"].array, index=self.images, name="probability")

    @property
    def equal(self) -> bool:
        """Whether every image had the same probability of being drawn."""
        low, high = self._range()
        return high - low <= 1e-9 * high

    def part(self, images: Collection[str], share: float) -> Sample:
        """Take a random part of the sample, itself a probability sample.

        Parameters
        ----------
        images
            Ids of the part.
        share
            The probability with which a drawn image came into the part.

        Returns
        -------
        Sample
            Its probabilities are the sample's times the share.

        Examples
        --------
        >>> sample = Sample("s", pd.DataFrame({"image": ["a", "b"], "probability": [0.2, 0.2]}))
        >>> sample.part(["b"], 0.5).probability.to_dict()
        {'b': 0.1}
        """
        rows = self.table[self.table["image"].isin(set(images))]
        return Sample(self.name, rows.assign(probability=rows["probability"] * share))


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    lacking = [name for name in ("image", "probability") if name not in table]
    if lacking:
        raise InputError(f"a sample needs the column {lacking[0]!r}; it has {named(table, 8)}.")
    result = pd.DataFrame(
        {
            "image": as_text(table["image"]),
            "stratum": _text_or_nothing(table, "stratum"),
            "cluster": _text_or_nothing(table, "cluster"),
            "probability": table["probability"].astype("float64"),
            "wave": table["wave"].astype("int64") if "wave" in table else 1,
        },
        columns=list(_COLUMNS),
    ).reset_index(drop=True)
    twice = result["image"][result["image"].duplicated()]
    if len(twice):
        raise InputError(f"images drawn twice: {named(twice)}; a sample holds each once.")
    bad = ~((result["probability"] > 0) & (result["probability"] <= 1))
    if bad.any():
        row = result[bad].iloc[0]
        raise InputError(
            f"probability {row['probability']} of image {row['image']!r}: expected above 0 and "
            "at most 1; an image that could not be drawn belongs to no sample."
        )
    return result


def _text_or_nothing(table: pd.DataFrame, column: str) -> pd.Series:
    if column in table:
        return as_text(table[column])
    return pd.Series(None, index=table.index, dtype="str")
