"""What a report reads: a study, its measures, and chapters that others add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

import pandas as pd

if TYPE_CHECKING:
    from iconometrics.coding import Codings, Sample
    from iconometrics.corpus import Corpus
    from iconometrics.inference import Estimates, SpecificationCurve
    from iconometrics.themes import Themes
    from iconometrics.validity import Accuracy, Agreement

__all__ = ["Contents", "Measured", "Planned", "Reportable"]


class Planned(Protocol):
    """What was going to be done, as it was written down at one time.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> SimpleNamespace(title="Plan", time="2026-03-01 12:00 UTC", sha256="ab12").title
    'Plan'
    """

    @property
    def title(self) -> str:
        """Plan, Amendment 1, ..."""

    @property
    def time(self) -> str:
        """When it was made."""

    @property
    def stage(self) -> str:
        """What was there already: "before any code", "after 120 codes ..."."""

    @property
    def sha256(self) -> str:
        """The hash of its file."""


class Measured(Protocol):
    """One variable that one coder measured, and how good it is, if anybody looked.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> measure = SimpleNamespace(variable="scene", codings=None, card={}, accuracy=None)
    >>> measure.accuracy is None
    True
    """

    @property
    def name(self) -> str:
        """The coder's name."""

    @property
    def variable(self) -> str:
        """The variable it codes."""

    @property
    def codings(self) -> Codings:
        """Its codings of that variable, with class probabilities where it has them."""

    @property
    def card(self) -> Mapping[str, Any]:
        """The coder's card: model, features, settings, seed, training images, versions."""

    @property
    def accuracy(self) -> Accuracy | None:
        """Accuracy against the gold standard; None is shown as "not validated"."""


@runtime_checkable
class Reportable(Protocol):
    """What a report asks of a study; a `Study` satisfies it by having these names.

    The methods return results that were made already. None of them computes.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> isinstance(SimpleNamespace(name="a name alone"), Reportable)
    False
    """

    @property
    def name(self) -> str:
        """What the study is called."""

    @property
    def folder(self) -> Path:
        """The study folder; the report goes to its subfolder `report`."""

    @property
    def corpus(self) -> Corpus:
        """All images, with status, reason, changes and flags where `check` has run."""

    def duplicates(self) -> pd.DataFrame:
        """Give the duplicates found: columns image, group, kind ("exact" or "near")."""

    def feature_tables(self) -> Mapping[str, pd.DataFrame]:
        """Give the feature tables by set name ("color", "hog"), each indexed by image."""

    def latest_themes(self) -> Themes | None:
        """Give the newest themes."""

    def samples(self) -> Sequence[Sample]:
        """Give the samples that were drawn for coding."""

    def agreements(self) -> Sequence[Agreement]:
        """Give the newest agreement among coders on each variable."""

    def measures(self) -> Sequence[Measured]:
        """Give the newest codings of each coder and variable, with their accuracy."""

    def estimates(self) -> Sequence[Estimates]:
        """Give the newest estimates of each formula."""

    def specifications(self) -> pd.DataFrame:
        """Give all that was estimated: specification, formula, model, options, n, shown, ..."""

    def specification_curves(self) -> Sequence[SpecificationCurve]:
        """Give the coefficients that most specifications have in common, over all of them."""

    def plans(self) -> Sequence[Planned]:
        """Give the plan and its amendments, the first one first."""

    def deviations(self) -> pd.DataFrame:
        """Give each part of the plan beside what was done: part, planned, now, status."""

    def log(self) -> Sequence[Mapping[str, Any]]:
        """Give the log, oldest first: time, step, key, seconds, seed, inputs, options."""

    def versions(self) -> Mapping[str, str]:
        """Give the versions that made the results, by package: iconometrics, numpy, ..."""

    def seeds(self) -> Mapping[str, int]:
        """Give the seed of each step that drew at random, by step."""


@dataclass(frozen=True, eq=False)
class Contents:
    """Results without a study folder, as a report reads them.

    Parameters
    ----------
    name
        What the report is called.
    corpus
        All images, checked.
    folder
        Where the folder `report` goes.
    copies
        Duplicates: columns image, group, kind.
    features
        Feature tables by set name.
    themes
        Themes.
    drawn
        Samples.
    measured
        Measures with their accuracy.
    estimated
        Estimates.
    specified
        All that was estimated, as `Study.specifications` gives it.
    curved
        Coefficients over all of it, as `Study.specification_curves` gives them.
    planned
        The plan and its amendments.
    held
        Each part of the plan beside what was done, as `Study.deviations` gives it.
    agreed
        Agreement among coders, one per variable.
    entries
        What ran, oldest first.
    packages
        Versions by package.
    seeded
        Seeds by step.

    Examples
    --------
    >>> from iconometrics.corpus import Corpus
    >>> corpus = Corpus(Path("."), pd.DataFrame(index=["a"]), pd.DataFrame(index=["a"]))
    >>> isinstance(Contents("A trial", corpus), Reportable)
    True
    """

    @classmethod
    def of(cls, study: Reportable) -> Self:
        """Ask a study for everything once: chapters that share a result do not compute it again.

        Parameters
        ----------
        study
            A study, or anything with the attributes of `Reportable`.

        Returns
        -------
        Contents
        """
        return cls(
            study.name,
            study.corpus,
            folder=study.folder,
            copies=study.duplicates(),
            features=study.feature_tables(),
            themes=study.latest_themes(),
            drawn=study.samples(),
            measured=study.measures(),
            estimated=study.estimates(),
            specified=study.specifications(),
            curved=study.specification_curves(),
            planned=study.plans(),
            held=study.deviations(),
            agreed=study.agreements(),
            entries=study.log(),
            packages=study.versions(),
            seeded=study.seeds(),
        )

    name: str
    corpus: Corpus
    folder: Path = Path()
    copies: pd.DataFrame | None = None
    features: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    themes: Themes | None = None
    drawn: Sequence[Sample] = ()
    measured: Sequence[Measured] = ()
    estimated: Sequence[Estimates] = ()
    specified: pd.DataFrame | None = None
    curved: Sequence[SpecificationCurve] = ()
    planned: Sequence[Planned] = ()
    held: pd.DataFrame | None = None
    agreed: Sequence[Agreement] = ()
    entries: Sequence[Mapping[str, Any]] = ()
    packages: Mapping[str, str] = field(default_factory=dict)
    seeded: Mapping[str, int] = field(default_factory=dict)

    def duplicates(self) -> pd.DataFrame:
        """Give the duplicates.

        Returns
        -------
        pandas.DataFrame
            Columns image, group, kind.
        """
        empty = pd.DataFrame({name: pd.Series(dtype="str") for name in ("image", "group", "kind")})
        return empty if self.copies is None else self.copies

    def feature_tables(self) -> Mapping[str, pd.DataFrame]:
        """Give the feature tables.

        Returns
        -------
        dict
            By set name.
        """
        return self.features

    def latest_themes(self) -> Themes | None:
        """Give the themes.

        Returns
        -------
        Themes or None
        """
        return self.themes

    def samples(self) -> Sequence[Sample]:
        """Give the samples.

        Returns
        -------
        sequence of Sample
        """
        return self.drawn

    def agreements(self) -> Sequence[Agreement]:
        """Give the agreement among coders.

        Returns
        -------
        sequence of Agreement
        """
        return self.agreed

    def measures(self) -> Sequence[Measured]:
        """Give the measures.

        Returns
        -------
        sequence of Measured
        """
        return self.measured

    def estimates(self) -> Sequence[Estimates]:
        """Give the estimates.

        Returns
        -------
        sequence of Estimates
        """
        return self.estimated

    def specifications(self) -> pd.DataFrame:
        """Give all that was estimated.

        Returns
        -------
        pandas.DataFrame
            One row per result.
        """
        return pd.DataFrame() if self.specified is None else self.specified

    def specification_curves(self) -> Sequence[SpecificationCurve]:
        """Give coefficients over all specifications.

        Returns
        -------
        sequence of SpecificationCurve
        """
        return self.curved

    def plans(self) -> Sequence[Planned]:
        """Give the plan and its amendments.

        Returns
        -------
        sequence of Planned
            The first one first.
        """
        return self.planned

    def deviations(self) -> pd.DataFrame:
        """Give each part of the plan beside what was done.

        Returns
        -------
        pandas.DataFrame
            part, planned, now, status.
        """
        return pd.DataFrame() if self.held is None else self.held

    def log(self) -> Sequence[Mapping[str, Any]]:
        """Give what ran.

        Returns
        -------
        sequence of dict
            Oldest first.
        """
        return self.entries

    def versions(self) -> Mapping[str, str]:
        """Give the versions.

        Returns
        -------
        dict
            By package.
        """
        return self.packages

    def seeds(self) -> Mapping[str, int]:
        """Give the seeds.

        Returns
        -------
        dict
            By step.
        """
        return self.seeded
