"""The steps with a model: train, measure, validate."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from iconometrics.coding import Codings
from iconometrics.errors import InputError
from iconometrics.study.coded import Coded
from iconometrics.study.exploration import SETS
from iconometrics.study.steps import compare as comparing
from iconometrics.study.steps import features as featuring
from iconometrics.study.steps import measure as measuring
from iconometrics.study.steps import train as training
from iconometrics.study.steps import validate as validating

if TYPE_CHECKING:
    import pandas as pd

    from iconometrics.coders import Coder, Comparison, FeatureClassifier, ImageClassifier
    from iconometrics.corpus import Corpus
    from iconometrics.features import Extractor
    from iconometrics.validity import Accuracy

__all__ = ["AT_ONCE", "Measurement"]

# Images that a model codes at a time; more would need more memory and no less time.
AT_ONCE = 8192


class Measurement(Coded):
    """The steps with a model: train, measure, validate."""

    def train(
        self,
        variable: str,
        *,
        model: str = "svm",
        network: str | None = None,
        features: Sequence[str] = SETS,
        codes: str | Path | Codings | None = None,
        share: float = 0.5,
        out: str | None = None,
        seed: int | None = None,
        replace: bool = False,
        **options: Any,
    ) -> FeatureClassifier | ImageClassifier:
        """Train a classifier on one part of the codes; the other part is kept to validate it.

        Parameters
        ----------
        variable
            What it shall code.
        model
            As for `iconometrics.FeatureClassifier`: "svm", "forest", "logistic" and so on.
        network
            As for `iconometrics.ImageClassifier`: "cnn", "resnet18" and so on; it is then trained
            on the pictures themselves, and `model` and `features` are not used.
        features
            Sets of features; those that lack are extracted.
        codes
            A table of codes, or codings; by default the study's, else a column of the metadata.
        share
            Share of the codes to train on; groups stay on one side.
        out
            The model's name; by default VARIABLE-MODEL or VARIABLE-NETWORK.
        seed
            Of the split and the model; by default the study's.
        replace
            Whether another model named `out` is replaced.
        **options
            Further options of `iconometrics.FeatureClassifier`, such as grid; with a network of
            `iconometrics.ImageClassifier`, such as train and epochs.

        Returns
        -------
        FeatureClassifier or ImageClassifier
            As it lies in models/NAME; it knows the images it was trained on.

        Raises
        ------
        InputError, StudyError
            If there are too few codes of a class; if there is another model named `out`.
        """
        made = featuring.extractors([] if network is not None else features)
        corpus = self._checked()
        plan = training.Plan(
            variable=variable,
            codes=training.codes_of(variable, corpus, self.settled(), given=codes),
            groups=training.units(corpus),
            share=share,
            seed=self.seed if seed is None else seed,
            model=model,
            sets=[extractor.spec for extractor in made.values()],
            options=options,
            network=network,
        )
        return self._trained(plan, made, out=out, replace=replace)

    def compare(
        self,
        networks: Sequence[str],
        variable: str,
        *,
        codes: str | Path | Codings | None = None,
        batches: Sequence[int] | None = None,
        folds: int = 5,
        seed: int | None = None,
        **options: Any,
    ) -> Comparison:
        """Compare networks by cross-validation on the codes, each image held out once.

        Parameters
        ----------
        networks
            Architectures, as for `iconometrics.ImageClassifier`.
        variable
            What they shall code.
        codes
            As for `train`.
        batches
            Batch sizes to cross them with; by default each trains with its own.
        folds
            Of the cross-validation; a group is never on both sides.
        seed
            Of folds and trainings; by default the study's.
        **options
            Further options of `iconometrics.ImageClassifier`, such as epochs and size.

        Returns
        -------
        Comparison
            Its tables and figures lie in comparisons/VARIABLE; trainings done before are not done
            again.

        Raises
        ------
        InputError
            If there are too few codes of a class, or no such network.
        """
        corpus = self._checked()
        contest = comparing.Contest(
            variable=variable,
            codes=training.codes_of(variable, corpus, self.settled(), given=codes),
            groups=training.units(corpus),
            networks=networks,
            batches=batches,
            folds=folds,
            seed=self.seed if seed is None else seed,
            options=options,
        )
        return comparing.compare(self._layout, contest, corpus.readable)

    def measure(self, coder: str | Coder, *, executor: Executor | None = None) -> Codings:
        """Let a coder code all images; images coded before are not coded again.

        Parameters
        ----------
        coder
            The name of a model of the study, or any coder.
        executor
            Where to work; None for processes on this machine.

        Returns
        -------
        Codings
            An image that cannot be read has no value, and a reason.

        Raises
        ------
        StudyError
            If there is no such model.
        """
        self._checked()
        if not isinstance(coder, str):
            return measuring.measure(
                self._layout,
                self.corpus,
                coder.card(),
                code=lambda images: coder.code(images, executor=executor),
            )
        card = measuring.card_of(self._layout, coder)
        return measuring.measure(
            self._layout,
            self.corpus,
            {**card, "name": coder},
            code=lambda images: self._code(coder, card, images),
        )

    def validate(
        self,
        coder: str,
        *,
        variable: str | None = None,
        gold: str | Path | Codings | None = None,
        groups: pd.Series | None = None,
        by: str | pd.Series | None = None,
        threshold: float | Literal["choose"] | None = None,
        category: str | None = None,
        seed: int | None = None,
    ) -> Accuracy:
        """Hold a measure against the gold standard.

        Parameters
        ----------
        coder
            The coder's name; a model of the study that has not measured yet does so first.
        variable
            The variable; may be left out where there is only one.
        gold
            A table of codes, or codings; by default the codes that were kept from training, else
            those added to the study. Images trained on are never used.
        groups
            Account, patient or source by image id, for intervals that hold when images of one
            resemble each other; by default the study's groups.
        by
            A column of the metadata, or a subgroup by image id: rates of each subgroup besides.
        threshold
            Reads `category` from this probability on, instead of what the coder read; "choose"
            chooses it for F1 on half of the gold standard and judges it on the other.
        category
            Of the threshold; of two categories by default the second.
        seed
            Of the bootstrap and of that split; by default the study's.

        Returns
        -------
        Accuracy

        Raises
        ------
        InputError, StudyError
            If there is no gold standard, or the coder has measured nothing and is no model.
        """
        if training.model_folder(self._layout, coder).exists():
            self.measure(coder)
        corpus = self.corpus
        trial = validating.Trial(
            name=coder,
            variable=variable,
            gold=self._gold(coder, gold),
            groups=training.units(corpus) if groups is None else groups,
            by=_column(corpus, by) if isinstance(by, str) else by,
            at=threshold,
            category=category,
            duplicates=self.duplicates(),
            seed=self.seed if seed is None else seed,
        )
        return validating.validate(self._layout, trial, measuring.coded(self._layout, coder))

    def _trained(
        self, plan: training.Plan, sets: Mapping[str, Extractor], *, out: str | None, replace: bool
    ) -> FeatureClassifier | ImageClassifier:
        from iconometrics.coders import load

        def material() -> pd.DataFrame | Corpus:
            if plan.network is not None:
                return self.corpus.readable
            return featuring.side_by_side(r.values for r in self._extracted(sets).values())

        coded = self.corpus.readable.select(plan.codes.images)
        name = training.train(
            self._layout,
            plan,
            material,
            inputs={**self._inputs(sets), "coded": featuring.fingerprint(coded.sources())},
            duplicates=self.duplicates(),
            out=out,
            replace=replace,
        )
        trained: FeatureClassifier | ImageClassifier = load(
            training.model_folder(self._layout, name)
        )
        return trained

    def _gold(self, coder: str, given: str | Path | Codings | None) -> Codings:
        if given is not None:
            return given if isinstance(given, Codings) else Codings.read(given)
        kept = training.gold_of(self._layout, coder)
        found = self.settled() if kept is None else kept
        if not len(found):
            raise InputError(
                f"there is no gold standard to hold {coder!r} against. Draw a sample with "
                "study.draw(), code it, and add the codes with study.add_codings()."
            )
        return found

    def _code(self, name: str, card: Mapping[str, Any], images: Corpus) -> Codings:
        """Code images by a model of the study, from the study's features where it has any."""
        from iconometrics.coders import load

        if "features" not in card:
            network: Codings = load(training.model_folder(self._layout, name)).code(images)
            return network
        tables = self._extracted(featuring.extractors(card["features"]))
        table = featuring.side_by_side(rows.values for rows in tables.values())
        model = load(training.model_folder(self._layout, name))
        some = (images.iloc[start : start + AT_ONCE] for start in range(0, len(images), AT_ONCE))
        codings = measuring.joined([model.code(part, features=table) for part in some], images.ids)
        reasons = images.images["reason"].dropna().to_dict()
        for rows in tables.values():
            reasons.update(rows.reasons.to_dict())
        told = codings.data["image"].map(reasons).astype("str").fillna(codings.data["reason"])
        return dataclasses.replace(codings, data=codings.data.assign(reason=told))


def _column(corpus: Corpus, name: str) -> pd.Series:
    if name not in corpus.metadata:
        known = ", ".join(map(str, corpus.metadata.columns[:12])) or "none"
        raise InputError(f"by={name!r}: no such column in the metadata; there are {known}.")
    found: pd.Series = corpus.metadata[name]
    return found
