"""The steps with people: codebook, samples, codes in and out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics.errors import InputError, StudyError
from iconometrics.study.seeing import Seeing
from iconometrics.study.steps import codes
from iconometrics.study.steps import sample as sampling

if TYPE_CHECKING:
    from iconometrics.coding import Allocation, Codebook, Codings, Sample

__all__ = ["Coded"]


class Coded(Seeing):
    """The steps with people: codebook, samples, codes in and out."""

    @property
    def codebook(self) -> Codebook | None:
        """The newest codebook; None where there is none."""
        books = self.codebooks()
        return books[-1] if books else None

    def codebooks(self) -> list[Codebook]:
        """Give every version of the codebook.

        Returns
        -------
        list of Codebook
            The first one kept first.
        """
        from iconometrics.coding import Store

        return list(Store(self._layout.codings).codebooks().values())

    def add_codebook(self, codebook: str | Path | Codebook) -> Codebook:
        """Keep a codebook; one that changed after coding began gets a new version.

        Parameters
        ----------
        codebook
            Its TOML file, or a `Codebook`.

        Returns
        -------
        Codebook
            As it is kept; a warning says what changed.

        Raises
        ------
        InputError
            If the file is no codebook.
        """
        return codes.add_book(self._layout, _book(codebook))

    def draw(
        self,
        n: int,
        *,
        strata: str | pd.Series | None = None,
        allocation: Allocation = "proportional",
        spread: Mapping[str, float] | None = None,
        clusters: str | pd.Series | None = None,
        within: int | None = None,
        confidence: str | None = None,
        top_up: str | None = None,
        coders: Sequence[str] = (),
        overlap: float = 0.2,
        seed: int | None = None,
        name: str | None = None,
        variables: Sequence[str] | None = None,
    ) -> Sample:
        """Draw images for coding, and write sheets for people to fill in.

        Parameters
        ----------
        n
            How many images; with clusters, how many of them.
        strata
            None for a simple random sample, "themes" for the newest themes, a column of the
            metadata, or a stratum by image id.
        allocation, spread
            How the sample is shared out over strata, as for `iconometrics.coding.draw`.
        clusters
            "group" for the study's accounts or posts, a column of the metadata, or a cluster by
            image id: whole clusters are drawn.
        within
            So many images of each cluster in place of all.
        confidence
            A machine coder that has measured: images of which it is unsure are drawn more often.
        top_up
            A sample to draw n more images for, by its own design; the new sample holds both.
        coders
            Who codes: each gets a sheet, samples/NAME-CODER.csv.
        overlap
            Share of the images that two of the coders code.
        seed
            Of the draw; by default the study's.
        name
            The sample's name, by default "sample", or the topped-up one's and a number; the sheet
            is samples/NAME.csv.
        variables
            What is to be coded: a column of the sheet each; by default the codebook's.

        Returns
        -------
        Sample
            With the probability each image had of being drawn.

        Raises
        ------
        InputError
            If another sample of that name was drawn, or n or the design do not fit.
        StudyError
            If there are no themes, or the coder has measured nothing.
        """
        told = {
            "strata": _told(strata),
            "allocation": None if strata is None else allocation,
            "clusters": _told(clusters),
            "within": within,
            "confidence": confidence,
            "top_up": top_up,
        }
        design = sampling.Design(
            strata=self._strata(strata),
            allocation=allocation,
            spread=spread,
            clusters=self._clusters(clusters),
            within=within,
            codings=None if confidence is None else self._measured(confidence),
            top_up=top_up,
            told={option: value for option, value in told.items() if value is not None},
        )
        book = self.codebook
        return sampling.draw(
            self._layout,
            self._checked(),
            n,
            design=design,
            seed=self.seed if seed is None else seed,
            name=name or (_next_name(top_up) if top_up else "sample"),
            variables=variables or (book.names if book else ("code",)),
            coders=coders,
            overlap=overlap,
        )

    def add_codings(
        self,
        path: str | Path,
        *,
        coder: str | None = None,
        sample: str | None = None,
        variables: Sequence[str] | None = None,
        codebook: str | Path | Codebook | None = None,
    ) -> Codings:
        """Add people's codes from a filled-in sheet or any table of codes.

        Parameters
        ----------
        path
            CSV, TSV, Excel, Stata or Parquet; one row an image, or one row a coding.
        coder
            Who coded, where the table does not say; by default the sheet's coder, else the file's
            name.
        sample
            The sample that was coded; by default the newest that holds all the coded images.
        variables
            The columns to take; by default those of the codebook, else all but ids and file
            names.
        codebook
            Its file, or a `Codebook`: values outside it are refused. By default the study's
            newest, where it has all the variables.

        Returns
        -------
        Codings
            What was read.

        Raises
        ------
        InputError
            If none of the images is in the study, there is no such sample, or a value is not in
            the codebook; the message names the rows.
        """
        return codes.add(
            self._layout,
            self.corpus,
            Path(path),
            coder=coder,
            sample=sample,
            variables=variables,
            codebook=None if codebook is None else _book(codebook),
        )

    def export_codings(
        self, path: str | Path, *, wide: bool = False, coders: Sequence[str] = ()
    ) -> Path:
        """Write people's codings to a file that other programs and `add_codings` read.

        Parameters
        ----------
        path
            Ends in .csv, .parquet, .xlsx or .dta.
        wide
            One row an image and coder, one column a variable; else one row a coding.
        coders
            Whose; by default everybody's.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        InputError
            If there are no codings, or none of a coder.
        """
        found = self.codings()
        if not len(found):
            raise InputError("there are no codings to export; add some with study.add_codings().")
        if coders:
            rows = pd.concat([found.of(coder).data for coder in coders])
            found = type(found)(rows, sample=found.sample)
        return found.write(path, wide=wide, codebook=self.codebook)

    def assignments(self) -> pd.DataFrame:
        """Tell who is to code which image, and what is done.

        Returns
        -------
        pandas.DataFrame
            Columns sample, coder, position, image, done.
        """
        from iconometrics.coding import Store

        return Store(self._layout.codings).assignments()

    def _strata(self, strata: str | pd.Series | None) -> str | pd.Series | None:
        if not isinstance(strata, str) or strata != "themes" or "themes" in self.corpus.metadata:
            return strata
        themes = self.latest_themes()
        if themes is None:
            raise StudyError('strata="themes": there are no themes yet; run study.themes() first.')
        return themes.labels

    def _clusters(self, clusters: str | pd.Series | None) -> str | pd.Series | None:
        corpus = self.corpus
        if not isinstance(clusters, str) or clusters != "group" or "group" in corpus.metadata:
            return clusters
        return corpus.groups

    def _measured(self, coder: str) -> Codings:
        found = [one for one in self.measures() if one.name == coder]
        if not found:
            names = ", ".join(sorted({one.name for one in self.measures()}))
            raise StudyError(
                f"confidence={coder!r}: no such coder has measured (there are: {names or 'none'}). "
                "Train one with study.train(), then study.measure()."
            )
        return found[-1].codings


def _book(codebook: str | Path | Codebook) -> Codebook:
    from iconometrics.coding import Codebook

    return codebook if isinstance(codebook, Codebook) else Codebook.read(codebook)


def _told(groups: Any) -> Any:
    return f"series {groups.name}" if isinstance(groups, pd.Series) else groups


def _next_name(former: str) -> str:
    stem, _, number = former.rpartition("-")
    return f"{stem}-{int(number) + 1}" if stem and number.isdecimal() else f"{former}-2"
