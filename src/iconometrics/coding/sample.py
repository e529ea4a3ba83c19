"""A sample: images drawn for coding, with the probability each had of being drawn."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.wording import as_text, counted, listed

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
        One row per image: image, stratum, cluster, probability (of being drawn, above 0, at
        most 1) and wave (1 for the first drawing); image and probability are needed.
    frame
        Every image that could be drawn, in any order, with stratum, cluster and probability, if
        known; `top_up` needs it.

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
    frame: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", _checked(self.table))
        if self.frame is not None:
            object.__setattr__(self, "frame", _framed(self.frame))

    def __len__(self) -> int:
        """Number of images."""
        return len(self.table)

    def __repr__(self) -> str:
        low, high = (f"{value:.4g}".removeprefix("0") for value in self._range())
        chances = f"probability {low}" if low == high else f"probabilities {low} to {high}"
        return f"Sample {self.name!r}: {counted(len(self), 'image')}, {chances}"

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

    def select(self, images: Collection[str]) -> Sample:
        """Take the images that belong to a part of the corpus, such as one year or country.

        Which images belong must not depend on their being coded. Probabilities stay: the part
        represents the same part of the corpus.

        Parameters
        ----------
        images
            Ids; those not drawn are passed over.

        Returns
        -------
        Sample

        Examples
        --------
        >>> sample = Sample("s", pd.DataFrame({"image": ["a", "b"], "probability": [0.2, 0.2]}))
        >>> sample.select(["b", "c"]).probability.to_dict()
        {'b': 0.2}
        """
        return Sample(self.name, self.table[self.table["image"].isin(set(images))])

    def answered(self, images: Collection[str]) -> Sample:
        """Take the images that could be coded, and let them represent those that could not.

        Within each stratum and wave every image is held as likely to fail as any other; its
        probability is multiplied by the weighted share of the stratum that was coded, so that the
        weights still add up to the whole corpus. Where failing has to do with what is measured (a
        deleted post, a dark picture) no weight repairs it: report how many failed.

        Parameters
        ----------
        images
            Ids of the images that were coded.

        Returns
        -------
        Sample

        Raises
        ------
        InputError
            If none of a stratum was coded.

        Notes
        -----
        Weighting within classes: Oh, H. L. and Scheuren, F. J. (1983). Weighting adjustment for
        unit nonresponse. In Incomplete Data in Sample Surveys 2. Academic Press.

        Examples
        --------
        >>> sample = Sample("s", pd.DataFrame({"image": ["a", "b"], "probability": [0.2, 0.2]}))
        >>> sample.answered(["b"]).probability.to_dict()
        {'b': 0.1}
        """
        coded = self.table["image"].isin(set(images))
        weight = 1 / self.table["probability"]
        cell = [self.table["stratum"].fillna(""), self.table["wave"]]
        coded_weight = weight.where(coded, 0.0).groupby(cell).sum()
        if (coded_weight == 0).any():
            stratum = coded_weight.index[coded_weight == 0][0][0]
            where = f"stratum {stratum!r} of sample" if stratum else "sample"
            raise InputError(
                f"no image of {where} {self.name!r} was coded, so nothing represents it; code "
                "some, or leave the stratum out with select()."
            )
        whole = weight.groupby(cell).transform("sum")
        share = weight.where(coded, 0.0).groupby(cell).transform("sum") / whole
        rows = self.table.assign(probability=self.table["probability"] * share)
        return Sample(self.name, rows[coded])


def _framed(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "image": as_text(frame["image"]),
            "stratum": _text_or_nothing(frame, "stratum"),
            "cluster": _text_or_nothing(frame, "cluster"),
            "probability": frame["probability"].astype("float64"),
        }
    ).reset_index(drop=True)


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in ("image", "probability") if name not in table]
    if missing:
        raise InputError(f"a sample needs the column {missing[0]!r}; it has {listed(table, 8)}.")
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
        raise InputError(f"images drawn twice: {listed(twice)}; a sample holds each once.")
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
