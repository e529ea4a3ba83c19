"""Who codes which image, and which images two coders code without knowing of each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from iconometrics.coding.numbering import numbers
from iconometrics.coding.sample import Sample
from iconometrics.errors import InputError
from iconometrics.wording import counted, listed

__all__ = ["Assignments", "assign"]


@dataclass(frozen=True, eq=False, repr=False)
class Assignments:
    """Who is to code which image of a sample.

    Parameters
    ----------
    data
        One row per image and coder: sample, coder, position (from 0, the coder's own order), image
        and double (whether a second coder codes it too).

    Examples
    --------
    >>> sample = Sample("s", pd.DataFrame({"image": list("abcd"), "probability": 0.5}))
    >>> assign(sample, ["anna", "ben"], overlap=0.5, seed=1)
    Assignments of sample 's': anna 3 images, ben 3 images; 2 images by two coders
    """

    data: pd.DataFrame

    def __len__(self) -> int:
        """Number of images to code, those of two coders twice."""
        return len(self.data)

    def __repr__(self) -> str:
        sizes = self.data.groupby("coder", sort=False).size()
        shares = ", ".join(f"{coder} {counted(int(n), 'image')}" for coder, n in sizes.items())
        double = self.data.loc[self.data["double"], "image"].nunique()
        name = self.data["sample"].iloc[0]
        return f"Assignments of sample {name!r}: {shares}; {counted(double, 'image')} by two coders"

    def _repr_html_(self) -> str:
        return str(self.data.head(20).to_html(escape=True, index=False))

    @property
    def coders(self) -> tuple[str, ...]:
        """The coders, in the order given."""
        return tuple(self.data["coder"].unique())

    def of(self, coder: str) -> pd.Index:
        """Give the images of one coder.

        Parameters
        ----------
        coder
            The coder's name.

        Returns
        -------
        pandas.Index
            Ids, in the order in which to code them.

        Raises
        ------
        InputError
            If there is no such coder.
        """
        if coder not in self.coders:
            raise InputError(f"no coder {coder!r}; the coders are {listed(self.coders, 8)}.")
        rows = self.data[self.data["coder"] == coder].sort_values("position")
        images: pd.Index = pd.Index(rows["image"].array, name="image")
        return images

    def table(self) -> pd.DataFrame:
        """Return the assignments as a table.

        Returns
        -------
        pandas.DataFrame
            Columns sample, coder, position, image, double; a copy.
        """
        return self.data.copy()


def assign(
    sample: Sample, coders: Sequence[str], *, overlap: float = 0.2, seed: int
) -> Assignments:
    """Share a sample out over coders, part of it to two of them.

    Which images two coders code is drawn at random, so agreement on them represents the
    whole sample. Every pair of coders gets equally many of them, every coder equally many images
    (as nearly as numbers allow), and no coder can see which of them another one codes too.

    Parameters
    ----------
    sample
        The images to code.
    coders
        Names, each once.
    overlap
        Share of the images that two coders code, 0 to 1; with one coder there is none.
    seed
        Names the draw; the order of the sample does not matter to it.

    Returns
    -------
    Assignments

    Raises
    ------
    InputError
        If there are no coders, a name comes twice, or the overlap is no share.

    Notes
    -----
    Krippendorff, K. (2019). Content Analysis, 4th ed., ch. 12: agreement is measured on units
    drawn at random from those to be coded.

    Examples
    --------
    >>> sample = Sample("s", pd.DataFrame({"image": list("abcd"), "probability": 0.5}))
    >>> assign(sample, ["anna", "ben"], overlap=0, seed=1).table()["image"].nunique()
    4
    """
    _check(sample, coders, overlap)
    by_number = np.argsort(numbers(sample.images, seed, "assign"), kind="stable")
    double = round(overlap * len(sample)) if len(coders) > 1 else 0
    pairs = list(combinations(range(len(coders)), 2))
    load = np.zeros(len(coders), dtype=int)
    rows: list[tuple[int, int, bool]] = []
    chosen: tuple[int, ...]
    for place, image in enumerate(by_number):
        chosen = pairs[place % len(pairs)] if place < double else (int(load.argmin()),)
        load[list(chosen)] += 1
        rows += [(coder, int(image), place < double) for coder in chosen]
    return Assignments(_table(sample, coders, sorted(rows)))


def _table(
    sample: Sample, coders: Sequence[str], rows: Sequence[tuple[int, int, bool]]
) -> pd.DataFrame:
    who, image, double = (np.array(column) for column in zip(*rows, strict=True))
    return pd.DataFrame(
        {
            "sample": sample.name,
            "coder": pd.Series(np.array(coders, dtype=object)[who], dtype="str"),
            "position": pd.Series(who).groupby(who).cumcount(),
            "image": sample.images[image].array,
            "double": double.astype(bool),
        }
    )


def _check(sample: Sample, coders: Sequence[str], overlap: float) -> None:
    if isinstance(coders, str) or not len(coders) or not len(sample):
        raise InputError(
            f"coders={coders!r} for {counted(len(sample), 'image')}: expected at least one image "
            'and a list of names, such as ["anna", "ben"].'
        )
    if len(set(coders)) < len(coders) or not all(str(name).strip() for name in coders):
        raise InputError(f"coders={list(coders)!r}: give each coder a name of their own.")
    if not 0 <= overlap <= 1:
        raise InputError(f"overlap={overlap!r}: expected a share from 0 to 1, such as .2.")
