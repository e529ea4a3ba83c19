"""The study: the steps from a folder of images to a validated measure, each kept on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import pandas as pd

from iconometrics.study.measurement import Measurement
from iconometrics.study.steps import agreement as agreeing
from iconometrics.study.steps import estimate as estimating
from iconometrics.study.steps import new as making
from iconometrics.study.steps import train as training

if TYPE_CHECKING:
    from iconometrics.coding import Codings
    from iconometrics.inference import Estimates
    from iconometrics.validity import Agreement

__all__ = ["Study"]


class Study(Measurement):
    """A study folder: images, what was measured in them, and how each result came to be.

    Every step is kept under a key of its inputs and options: running it again does nothing, after
    a crash it goes on where it stopped, new images compute only their rows, and another option
    makes a new result beside the old one. Steps take turns across processes; reading needs no
    turn. Everything in the folder can be read without iconometrics.

    Parameters
    ----------
    folder
        A study folder, or a folder inside one.

    Raises
    ------
    StudyError
        If there is no study.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> folder = tempfile.mkdtemp()
    >>> for name, color in {"dark.png": 20, "bright.png": 220}.items():
    ...     Image.new("L", (32, 32), color).save(f"{folder}/{name}")
    >>> study = Study.create(f"{folder}/study", folder)
    >>> study.check().summary()["ok"]
    2
    >>> float(study.features(["color"]).loc["bright.png", "color_brightness"])
    220.0
    """

    @classmethod
    def create(
        cls,
        folder: str | Path,
        images: str | Path,
        *,
        metadata: str | Path | pd.DataFrame | None = None,
        name: str | None = None,
        file: str | None = None,
        id: str | None = None,
        group: str | None = None,
        place: bool = False,
        links: bool = False,
        seed: int = 1,
        replace: bool = False,
    ) -> Self:
        """Make a study of a folder of images, or open it where it is there already.

        Parameters
        ----------
        folder
            Where the study shall stand; a new or empty folder.
        images
            The folder of images; nothing is written there.
        metadata
            A table with one row an image: a path or a DataFrame.
        name
            What the study is called; by default as the folder of images.
        file, id, group
            Columns of the table: the file, the id, the post or account.
        place, links
            Whether coordinates are taken from the files; whether symbolic links are followed.
        seed
            For every step that is given none.
        replace
            Whether a study of other inputs is replaced: its results are removed, people's codings
            set aside as codings-replaced-1.db.

        Returns
        -------
        Study

        Raises
        ------
        InputError
            If the images or the table cannot be used; nothing is written then.
        StudyError
            If the folder holds other files, or a study of other inputs.
        """
        options = {"name": name, "file": file, "id": id, "group": group, "seed": seed}
        options |= {"place": place, "links": links}
        layout = making.make(folder, images, options, metadata=metadata, replace=replace)
        return cls(layout.folder)

    @classmethod
    def open(cls, folder: str | Path = ".") -> Self:
        """Open a study.

        Parameters
        ----------
        folder
            The study folder, or a folder inside it.

        Returns
        -------
        Study

        Raises
        ------
        StudyError
            If there is none.
        """
        return cls(folder)

    def estimate(
        self,
        formula: str,
        *,
        model: Literal["ols", "lpm", "logit", "poisson"] = "ols",
        measure: Sequence[str] | None = None,
        **options: Any,
    ) -> Estimates:
        """Estimate a regression over metadata, features, themes and measures.

        Parameters
        ----------
        formula
            Such as ``likes ~ protest + theme``; `iconometrics.inference.parse` says what is
            allowed. A measure takes the place of a column of the metadata of the same name, with
            a warning.
        model
            "ols", "lpm", "logit" or "poisson".
        measure
            Names of the coders whose measures may be used; None for the newest of each variable,
            an empty list for none.
        **options
            Further options of `iconometrics.inference.estimate`: methods, errors, cluster,
            fixed_effects, level, side, folds, repeats, seed.

        Returns
        -------
        Estimates

        Raises
        ------
        InputError
            If the formula names anything unknown or unfit; it names the column.
        """
        known = estimating.Known(
            columns=self._columns(),
            measures=estimating.chosen(self.measures(), measure),
            codes=self.settled(),
            themes=self.latest_themes(),
        )
        return estimating.estimate(self._layout, formula, known, model=model, **options)

    def agreement(
        self,
        variable: str | None = None,
        *,
        measure: Sequence[str] = (),
        seed: int | None = None,
        **options: Any,
    ) -> Agreement:
        """Compare what several coders said of the same images.

        Parameters
        ----------
        variable
            The variable; by default every one that two coders coded.
        measure
            Names of machine coders to compare as well.
        seed
            Of the bootstrap; by default the study's.
        **options
            Further options of `iconometrics.validity.agreement`: level, weights, draws.

        Returns
        -------
        Agreement
            By variable, pair, coder, category, and over time; intervals are by the study's
            groups, where it has them.

        Raises
        ------
        InputError
            If nothing was coded by two coders.
        """
        codings = agreeing.with_measures(self.codings(), self.measures(), measure)
        return agreeing.agree(
            self._layout,
            codings,
            variable,
            groups=training.units(self.corpus),
            codebook=agreeing.newest_codebook(self._layout),
            seed=self.seed if seed is None else seed,
            **options,
        )

    def adjudicate(
        self,
        variable: str | None = None,
        *,
        rule: Literal["majority", "median", "dawid-skene", "coder"] = "majority",
        coder: str | None = None,
    ) -> Codings:
        """Settle on one value an image; train, validate and estimate use it from then on.

        Parameters
        ----------
        variable
            The variable; by default every one.
        rule, coder
            As for `iconometrics.coding.adjudicate`.

        Returns
        -------
        Codings
            One coding an image, by the coder "adjudicated"; people's codings stay.

        Raises
        ------
        InputError
            If the rule does not fit the values, or the coder is not known.
        """
        return agreeing.adjudicate(
            self._layout,
            self.codings(),
            variable,
            rule=rule,
            coder=coder,
            codebook=agreeing.newest_codebook(self._layout),
        )

    def _columns(self) -> pd.DataFrame:
        """Put the metadata and the features side by side; of two equal names the user's counts."""
        metadata = self.corpus.metadata
        tables = [
            table.drop(columns=metadata.columns, errors="ignore")
            for table in self.feature_tables().values()
        ]
        return pd.concat([metadata, *tables], axis=1)
