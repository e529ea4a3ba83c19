"""Codings: values that coders, human or not, gave to variables of images."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from iconometrics.coding.codings_files import read_probabilities, read_table, write_codings
from iconometrics.coding.sample import Sample
from iconometrics.coding.schema import PROBABILITY_COLUMNS, conform
from iconometrics.coding.shapes import (
    by_coder,
    in_sample,
    long_probabilities,
    long_table,
    one_variable,
)
from iconometrics.coding.splitting import halves
from iconometrics.coding.variable import Variable
from iconometrics.errors import InputError
from iconometrics.wording import counted, listed

__all__ = ["Codings"]


@dataclass(frozen=True, eq=False, repr=False)
class Codings:
    """Values of variables of images, one row per coding, whoever the coder was.

    Parameters
    ----------
    data
        Long table with the columns image, sha256, variable, value, coder, confidence
        (probability of the value), reason (if the value is missing), region, sample,
        codebook_version and time; image, variable and value are needed, the rest is filled up.
    probabilities
        Class probabilities, columns image, variable, category and probability, if known.
    sample
        The sample that the images were drawn in, with its inclusion probabilities, if any.
    trained_on
        Ids of the images that the coder was trained on, if known; accuracy leaves them out.

    Raises
    ------
    InputError
        If a needed column is missing or a confidence is not a probability.

    Examples
    --------
    >>> codes = Codings.from_series(
    ...     pd.Series(["yes", "no"], index=["a.jpg", "b.jpg"], name="protest"), coder="anna"
    ... )
    >>> codes
    Codings: 2 codings of 1 variable on 2 images by anna
    >>> codes["protest"].to_dict()
    {'a.jpg': 'yes', 'b.jpg': 'no'}
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

    @classmethod
    def read(
        cls,
        table: str | Path | pd.DataFrame,
        *,
        sample: Sample | None = None,
        coder: str | None = None,
        variables: Sequence[str] | None = None,
        image: str | None = None,
    ) -> Codings:
        """Read codes made elsewhere: wide (one row per image) or long (one row per coding).

        Parameters
        ----------
        table
            CSV, TSV, Parquet, Excel or Stata file, or a DataFrame. Ids and values are text.
        sample
            The sample that was coded; its inclusion probabilities stay with the codings.
        coder
            Who coded, where the table does not say.
        variables
            The variables to take; by default all columns that are not ids or notes.
        image
            The column with the image ids; by default image, id, file, filename or path.

        Returns
        -------
        Codings
            Stray blanks are trimmed and empty values kept as missing, with a warning.

        Raises
        ------
        InputError
            If ids or variables cannot be found, or none of the images is in the sample.

        Examples
        --------
        >>> wide = pd.DataFrame({"image": ["1", "2"], "protest": ["yes", None], "flags": [0, 3]})
        >>> codes = Codings.read(wide, coder="anna")
        >>> codes["flags"].tolist()
        ['0', '3']
        """
        frame = table if isinstance(table, pd.DataFrame) else read_table(Path(table))
        data = long_table(frame, image=image, variables=variables, coder=coder)
        known = None if isinstance(table, pd.DataFrame) else read_probabilities(Path(table))
        if sample is not None:
            data = in_sample(data, sample)
        return cls(data, known, sample)

    @classmethod
    def from_series(
        cls,
        series: pd.Series,
        *,
        variable: str | None = None,
        coder: str,
        confidence: pd.Series | None = None,
        probabilities: pd.DataFrame | None = None,
        reason: pd.Series | None = None,
        sha256: pd.Series | None = None,
        sample: Sample | None = None,
        trained_on: Iterable[str] | None = None,
    ) -> Codings:
        """Make codings of one variable by one coder.

        Parameters
        ----------
        series
            The values by image id, missing where the coder gave none.
        variable
            The variable's name; by default the name of the series.
        coder
            Who or what coded.
        confidence
            Probability of the value by image id; by default taken from `probabilities`.
        probabilities
            Images x categories, or the long form (image, variable, category, probability).
        reason
            Why a value is missing, by image id.
        sha256
            Hash of each image as it was coded, by image id.
        sample
            The sample that the images were drawn in.
        trained_on
            Ids of the images that the coder was trained on.

        Returns
        -------
        Codings
            One coding per image.

        Raises
        ------
        InputError
            If the variable has no name or an image comes twice.

        Examples
        --------
        >>> values = pd.Series(["yes"], index=["a.jpg"], name="protest")
        >>> shares = pd.DataFrame({"no": [0.1], "yes": [0.9]}, index=["a.jpg"])
        >>> Codings.from_series(values, coder="svm", probabilities=shares).data["confidence"][0]
        np.float64(0.9)
        """
        name = str(variable if variable is not None else series.name or "")
        known = long_probabilities(probabilities, name)
        columns = {"confidence": confidence, "reason": reason, "sha256": sha256}
        data = one_variable(series, name, columns=columns, probabilities=known)
        data = data.assign(coder=coder, sample=sample.name if sample else None)
        return cls(data, known, sample, None if trained_on is None else tuple(trained_on))

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
        """Values of one variable by image id, one value per image."""
        rows = self._settled(variable)
        return pd.Series(rows["value"].array, index=_index(rows), name=variable)

    def confidence(self, variable: str) -> pd.Series:
        """Probability of the value of one variable by image id.

        Parameters
        ----------
        variable
            A variable with one value per image.

        Returns
        -------
        pandas.Series
            Missing where the coder reported none.

        Raises
        ------
        InputError
            If the variable is unknown or an image has two values.

        Examples
        --------
        >>> codes = Codings(pd.DataFrame({"image": ["a"], "variable": "v", "value": "1"}))
        >>> codes.confidence("v").isna().all()
        np.True_
        """
        rows = self._settled(variable)
        return pd.Series(rows["confidence"].array, index=_index(rows), name="confidence")

    def table(self) -> pd.DataFrame:
        """Return the codings as a long table.

        Returns
        -------
        pandas.DataFrame
            One row per coding, all columns of the schema; a copy.

        Examples
        --------
        >>> codes = Codings(pd.DataFrame({"image": ["a"], "variable": "v", "value": "1"}))
        >>> codes.table()[["image", "variable", "value"]].values.tolist()
        [['a', 'v', '1']]
        """
        return self.data.copy()

    def wide(self) -> pd.DataFrame:
        """Return the codings as a table with one row per image and one column per variable.

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
        >>> codes = Codings(pd.DataFrame({"image": ["a"], "variable": "v", "value": "1"}))
        >>> codes.wide().loc["a", "v"]
        '1'
        """
        columns = {name: self[name].reindex(self.images) for name in self.variables}
        return pd.DataFrame(columns, index=self.images)

    def of(self, coder: str) -> Codings:
        """Take the codings of one coder.

        Parameters
        ----------
        coder
            The coder's name.

        Returns
        -------
        Codings
            With the same sample.

        Raises
        ------
        InputError
            If the coder is not there.

        Examples
        --------
        >>> Codings.from_series(pd.Series({"a": "1"}, name="v"), coder="anna").of("anna")
        Codings: 1 coding of 1 variable on 1 image by anna
        """
        if coder not in self.coders:
            raise InputError(f"no coder {coder!r}; the coders are {listed(self.coders, 8)}.")
        return replace(self, data=self.data[self.data["coder"] == coder])

    def select(self, images: Collection[str]) -> Codings:
        """Take the codings of some images.

        Parameters
        ----------
        images
            Ids; those without a coding are passed over.

        Returns
        -------
        Codings
            With their class probabilities and the same sample.

        Examples
        --------
        >>> codes = Codings.from_series(pd.Series({"a": "1", "b": "0"}, name="v"), coder="anna")
        >>> codes.select(["b"]).images.tolist()
        ['b']
        """
        wanted = set(images)
        kept = self.probabilities
        if kept is not None:
            kept = kept[kept["image"].isin(wanted)]
        return replace(self, data=self.data[self.data["image"].isin(wanted)], probabilities=kept)

    def split(
        self,
        *,
        share: float = 0.5,
        seed: int,
        groups: pd.Series | Mapping[str, str] | None = None,
    ) -> tuple[Codings, Codings]:
        """Split by image at random, such as into a half to train on and a half to test on.

        Each part keeps its class probabilities and its sample. An image's probability of being
        drawn is multiplied by its part's share, so that each part is a probability sample of
        its own and weights by one over the probability still add up to the whole corpus.

        Parameters
        ----------
        share
            Share of the images in the first part, between 0 and 1.
        seed
            Names the random split; the order of the rows does not matter.
        groups
            Account, event or source of each image, by image id: a group stays on one side.

        Returns
        -------
        tuple of Codings
            First and second part.

        Raises
        ------
        InputError
            If the share leaves a part empty, or an image has no group.

        Examples
        --------
        >>> codes = Codings.from_series(pd.Series(list("1010"), index=list("abcd"), name="v"),
        ...                             coder="anna")
        >>> train, test = codes.split(share=0.5, seed=1)
        >>> len(train), len(test), set(train.images) & set(test.images)
        (2, 2, set())
        """
        drawn = [] if self.sample is None else list(self.sample.images)
        images = pd.Index([*drawn, *self.images]).unique()
        parts = halves(images, share, seed=seed, groups=groups)
        first, second = (
            replace(
                self.select(part),
                sample=self.sample and self.sample.part(part, len(part) / len(images)),
            )
            for part in parts
        )
        return first, second

    def write(
        self, path: str | Path, *, wide: bool = False, codebook: Iterable[Variable] | None = None
    ) -> Path:
        """Write the codings to a file that `Codings.read` reads back.

        Class probabilities go beside it, into NAME-probabilities as CSV or Parquet.

        Parameters
        ----------
        path
            Ends in .csv, .parquet, .xlsx or .dta.
        wide
            One row per image and coder, and one column per variable, in place of one row per
            coding: for values only. Confidence, times, regions and events need the long form.
        codebook
            Gives a wide Stata file its questions and value labels.

        Returns
        -------
        pathlib.Path
            The file written.

        Raises
        ------
        InputError
            If the path ends in anything else, or a coder gave an image two values of a variable,
            such as two regions or events, and `wide` is asked for.

        Examples
        --------
        >>> import tempfile
        >>> codes = Codings.from_series(pd.Series({"007": "1"}, name="v"), coder="anna")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Codings.read(codes.write(f"{folder}/codes.csv"))["v"].to_dict()
        {'007': '1'}
        """
        table = by_coder(self.data) if wide else self.data
        return write_codings(Path(path), table, self.probabilities, codebook=codebook)

    def _settled(self, variable: str) -> pd.DataFrame:
        if variable not in self.variables:
            raise InputError(
                f"no variable {variable!r} in these codings; they have {listed(self.variables, 8)}."
            )
        rows = self.data[self.data["variable"] == variable]
        if not rows["image"].duplicated().any():
            return rows
        coded = rows["value"].notna()
        rows = rows[coded | ~rows["image"].isin(rows["image"][coded])]
        rows = rows.drop_duplicates(["image", "value"])
        twice = rows["image"][rows["image"].duplicated()].unique()
        if len(twice):
            raise InputError(
                f"more than one value of {variable!r} in {counted(len(twice), 'image')} "
                f"({listed(twice)}); "
                'settle them with coding.adjudicate(), or take one coder with codings.of("name").'
            )
        return rows


def _index(rows: pd.DataFrame) -> pd.Index:
    ids: pd.Index = pd.Index(rows["image"].array, name="image")
    return ids
