"""The study: the steps from a folder of images to a validated measure, each kept on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

import pandas as pd

from iconometrics.coding import Store
from iconometrics.study.dataset import dataset, export
from iconometrics.study.dataset import pieces as assembling
from iconometrics.study.disk import log
from iconometrics.study.disk.layout import find
from iconometrics.study.disk.settings import Settings
from iconometrics.study.steps import agreement as agreeing
from iconometrics.study.steps import check as checking
from iconometrics.study.steps import codes as coding
from iconometrics.study.steps import compare as comparing
from iconometrics.study.steps import embed as embedding
from iconometrics.study.steps import estimate as estimating
from iconometrics.study.steps import features as featuring
from iconometrics.study.steps import map as placing
from iconometrics.study.steps import measure as measuring
from iconometrics.study.steps import neighbors as similar
from iconometrics.study.steps import new as making
from iconometrics.study.steps import plan as planning
from iconometrics.study.steps import planned as comparing_plans
from iconometrics.study.steps import sample as sampling
from iconometrics.study.steps import specifications as specifying
from iconometrics.study.steps import themes as grouping
from iconometrics.study.steps import train as training
from iconometrics.study.steps import validate as validating

if TYPE_CHECKING:
    from iconometrics.coders import Coder, Comparison, FeatureClassifier, ImageClassifier
    from iconometrics.coding import Allocation, Codebook, Codings, Sample
    from iconometrics.corpus import Check, Corpus
    from iconometrics.features import Extractor
    from iconometrics.inference import Estimates, SpecificationCurve
    from iconometrics.networks import Network
    from iconometrics.options import Target
    from iconometrics.study.steps.plan import Plan
    from iconometrics.study.steps.validate import Measured
    from iconometrics.themes import Projection, Themes
    from iconometrics.validity import Accuracy, Agreement

__all__ = ["Study"]

_Result = TypeVar("_Result")


class Study:
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
            Where to put the study; a new or empty folder.
        images
            The folder of images; nothing is written there.
        metadata
            A table with one row per image: a path or a DataFrame.
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

    def __init__(self, folder: str | Path) -> None:
        self._layout = find(Path(folder))
        self._settings = Settings.read(self._layout.settings)
        self._read: dict[str, Any] = {}
        self._state: tuple[Any, ...] = ()

    def __repr__(self) -> str:
        return f"Study {self.name!r} in {self.folder}"

    @property
    def folder(self) -> Path:
        """The study folder."""
        return self._layout.folder

    @property
    def name(self) -> str:
        """What the study is called."""
        return self._settings.name

    @property
    def seed(self) -> int:
        """The seed of every step that is given none."""
        return self._settings.seed

    @property
    def corpus(self) -> Corpus:
        """All images, with status, reason, changes and flags where `check` has run."""
        return self._once("corpus", lambda: checking.stored(self._layout, self._settings))

    def check(self, *, rehash: bool = False, executor: Executor | None = None) -> Check:
        """Bring the corpus up to date: list the images, and read those that are new or changed.

        Parameters
        ----------
        rehash
            Whether files whose size and time are unchanged are read again.
        executor
            Where to work; None for processes on this machine.

        Returns
        -------
        Check
            The corpus with status and reason for each file, duplicates, counts.
        """
        return checking.check(self._layout, self._settings, rehash=rehash, executor=executor)

    def cut(
        self,
        name: str,
        *,
        cells: Mapping[str, Sequence[float]] | None = None,
        grid: tuple[int, int] | None = None,
        replace: bool = False,
    ) -> Self:
        """Cut every image into the same regions, and make a study of them within this one.

        Regions are images in their own right: they have features, themes, codings and measures,
        and each knows its parent. They follow when images are added to this study.

        Parameters
        ----------
        name
            What the regions are called; their study is the folder derived/NAME.
        cells
            Left, top, right and bottom of each region by its name: pixels, or fractions of the
            image if all are at most 1.
        grid
            Instead of cells: numbers of rows and columns.
        replace
            Whether other regions of that name are replaced.

        Returns
        -------
        Study

        Raises
        ------
        InputError
            If not exactly one of cells and grid is given.
        StudyError
            If there are other regions of that name.
        """
        layout = making.derive(self._layout, name, cells=cells, grid=grid, replace=replace)
        return type(self)(layout.folder)

    def features(
        self,
        sets: Sequence[str | Extractor] = featuring.SETS,
        *,
        executor: Executor | None = None,
    ) -> pd.DataFrame:
        """Measure the images by stated rules; only rows that are not there yet are computed.

        Parameters
        ----------
        sets
            Names of extractors, with options where wanted (``"color:size=256"``), or extractors.
        executor
            Where to work; None for processes on this machine.

        Returns
        -------
        pandas.DataFrame
            float32, one row per image that could be measured, all sets side by side.
        """
        corpus = self._checked().readable
        return featuring.extract_table(self._layout, corpus, sets, executor=executor)

    def embed(
        self,
        network: str | Path | Network,
        *,
        layer: str | None = None,
        pool: str | None = None,
        size: int | None = None,
        batch: int = 16,
    ) -> pd.DataFrame:
        """Compute what a network sees in each image; only rows that are not there yet are computed.

        Parameters
        ----------
        network
            As for `iconometrics.embed`: an ONNX file, an architecture, a name of the hub, or a
            network.
        layer, pool, size
            As for `iconometrics.embed`.
        batch
            Images that go through the network together.

        Returns
        -------
        pandas.DataFrame
            float32, one row per image that could be read.
        """
        return embedding.embed(
            self._layout,
            self._checked().readable,
            network,
            layer=layer,
            pool=pool,
            size=size,
            batch=batch,
        )

    def themes(
        self,
        k: int | Iterable[int] = range(2, 11),
        *,
        features: Sequence[str | Extractor] = featuring.SETS,
        seed: int | None = None,
        name: str = "themes",
        method: str = "kmeans",
        stability: bool = False,
        **options: Any,
    ) -> Themes:
        """Find themes.

        Parameters
        ----------
        k
            The number of themes, or the numbers to try; "density" finds its own.
        features
            Sets of features; those that are missing are extracted.
        seed
            Of the starts; by default the study's.
        name
            What the themes are called.
        method
            "kmeans", "hierarchical", "mixture", "density" or "spherical".
        stability
            Whether it is studied how far the themes are found again, which takes a while.
        **options
            Further options of the method, such as ``restarts`` (`iconometrics.themes`).

        Returns
        -------
        Themes
        """
        return grouping.find(
            self._layout,
            self._checked().readable,
            k,
            features=features,
            seed=self._seed(seed),
            name=name,
            method=method,
            stability=stability,
            **options,
        )

    def name_themes(self, names: Mapping[str, str]) -> Themes:
        """Give the newest themes names; they stay with them in the study and its report.

        Parameters
        ----------
        names
            A name by theme, such as ``{"1": "streets"}``.

        Returns
        -------
        Themes

        Raises
        ------
        StudyError
            If there are no themes.
        InputError
            If there is no such theme, or a name is empty or twice there.
        """
        grouping.name_newest(self._layout, names)
        named = self.latest_themes()
        assert named is not None
        return named

    def neighbors(
        self,
        of: str | Path,
        *,
        n: int = 10,
        on: str | None = None,
        box: tuple[int, int, int, int] | None = None,
    ) -> pd.DataFrame:
        """Find the images most similar to one of the study, to any file, or to a part of either.

        Parameters
        ----------
        of
            An image's id, or the path of a picture that need not be in the study.
        n
            How many.
        on
            The embedding, or set of features, to compare by; by default the newest embedding, else
            all features.
        box
            Left, top, right and bottom in pixels: only this part of the picture is looked for.

        Returns
        -------
        pandas.DataFrame
            rank, image, similarity (-1 to 1), the most similar first.

        Raises
        ------
        InputError
            If there is no such image or file, or a file is compared by features alone.
        """
        on, table = similar.compared(on, self.embeddings(), self.feature_tables())
        return similar.neighbors(self._layout, self.corpus, of, n=n, on=on, table=table, box=box)

    def project(
        self,
        method: str = "umap",
        *,
        on: str | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> Projection:
        """Place the images on a map, or read the one that was made before.

        Parameters
        ----------
        method
            "umap", "tsne" or "pca".
        on
            As for `neighbors`.
        seed
            Of the start; by default the study's.
        **options
            Further options of `iconometrics.themes.project`.

        Returns
        -------
        Projection
        """
        on, table = similar.compared(on, self.embeddings(), self.feature_tables())
        return placing.project(
            self._layout,
            self.corpus.readable,
            method,
            on=on,
            table=table,
            seed=self._seed(seed),
            **options,
        )

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
        return coding.books(self._layout)

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
        return coding.add_book(self._layout, codebook)

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
        second_phase: str | None = None,
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
        second_phase
            A sample that students coded, or a model that was trained on a part of one: of the
            sample, or of the codes kept from training, n images are drawn for experts. Strata are
            then a variable, by what the first phase found, or given by image id.
        coders
            Who codes: each gets a sheet, samples/NAME-CODER.csv.
        overlap
            Share of the images that two of the coders code.
        seed
            Of the draw; by default the study's.
        name
            The sample's name, by default "sample", "second-phase", or the topped-up one's and a
            number; the sheet is samples/NAME.csv.
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
        return sampling.draw(
            self._layout,
            self._checked(),
            n,
            strata=strata,
            allocation=allocation,
            spread=spread,
            clusters=clusters,
            within=within,
            confidence=confidence,
            top_up=top_up,
            second_phase=second_phase,
            coders=coders,
            overlap=overlap,
            seed=self._seed(seed),
            name=name,
            variables=variables,
        )

    def assignments(self) -> pd.DataFrame:
        """Tell who is to code which image, and what is done.

        Returns
        -------
        pandas.DataFrame
            Columns sample, coder, position, image, done.
        """
        return Store(self._layout.codings).assignments()

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
            CSV, TSV, Excel, Stata or Parquet; one row per image, or one row per coding.
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
        return coding.add(
            self._layout,
            self.corpus,
            Path(path),
            coder=coder,
            sample=sample,
            variables=variables,
            codebook=codebook,
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
            One row per image and coder, one column per variable; else one row per coding.
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
        return coding.export(self._layout, path, wide=wide, coders=coders)

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
        return agreeing.agree(
            self._layout,
            self.corpus,
            variable,
            measures=measure,
            seed=self._seed(seed),
            **options,
        )

    def adjudicate(
        self,
        variable: str | None = None,
        *,
        rule: Literal["majority", "median", "dawid-skene", "coder"] = "majority",
        coder: str | None = None,
        sample: str | None = None,
    ) -> Codings:
        """Settle on one value per image; train, validate and estimate use it from then on.

        Parameters
        ----------
        variable
            The variable; by default every one.
        rule, coder
            As for `iconometrics.coding.adjudicate`.
        sample
            Only codes that were made in this sample; by default all but those of second phases.

        Returns
        -------
        Codings
            One coding an image, by the coder "adjudicated"; people's codings stay.

        Raises
        ------
        InputError
            If the rule does not fit the values, or the coder is not known.
        """
        return agreeing.adjudicate(self._layout, variable, rule=rule, coder=coder, sample=sample)

    def train(
        self,
        variable: str,
        *,
        model: str = "svm",
        network: str | None = None,
        features: Sequence[str] = featuring.SETS,
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
            What it is to code.
        model
            As for `iconometrics.FeatureClassifier`: "svm", "forest", "logistic" and so on.
        network
            As for `iconometrics.ImageClassifier`: "cnn", "resnet18" and so on; it is then trained
            on the pictures themselves, and `model` and `features` are not used.
        features
            Sets of features; those that are missing are extracted.
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
        return training.train(
            self._layout,
            self._checked().readable,
            variable,
            model=model,
            network=network,
            features=features,
            codes=codes,
            share=share,
            out=out,
            seed=self._seed(seed),
            replace=replace,
            **options,
        )

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
            What they are to code.
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
        return comparing.compare(
            self._layout,
            self._checked().readable,
            networks,
            variable=variable,
            codes=codes,
            batches=batches,
            folds=folds,
            seed=self._seed(seed),
            **options,
        )

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
        return measuring.measure(self._layout, self._checked(), coder, executor=executor)

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
        bar: float | None = None,
        target: Target | None = None,
        seed: int | None = None,
    ) -> Accuracy:
        """Compare a measure with the gold standard.

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
        bar
            The accuracy that the measure must be shown to reach to be called validated. Set it
            before you look; the log keeps it.
        target
            "corpus" for figures of the images that the sample was drawn from, "beyond" for those
            of further images like these; by default beyond where the study has groups.
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
        return validating.validate(
            self._layout,
            self._checked(),
            coder,
            variable=variable,
            gold=gold,
            groups=groups,
            by=by,
            threshold=threshold,
            category=category,
            bar=bar,
            target=target,
            seed=self._seed(seed),
        )

    def estimate(
        self,
        formula: str,
        *,
        model: Literal["ols", "lpm", "logit", "poisson", "negbin"] = "ols",
        measure: Sequence[str] | None = None,
        first_phase: str | None = None,
        posterior: bool = False,
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
            "ols", "lpm", "logit", "poisson" or "negbin".
        measure
            Names of the coders whose measures may be used; None for the newest of each variable,
            an empty list for none.
        first_phase
            What a second phase was drawn from (`draw`): a sample, or a model trained on a part of
            one. Experts' codes of its newest second phase are then the gold standard, and the first
            phase's codes are used beside them, as in `iconometrics.inference.estimate`.
        posterior
            Whether codes of three people or more count unsettled, each category by how likely it
            is, as in `iconometrics.inference.estimate`: what each said of the images that the
            measure was validated with.
        **options
            Further options of `iconometrics.inference.estimate`: methods, errors, cluster,
            fixed_effects, join, coder_error, target, weights, level, side, folds, repeats, learner,
            seed.

        Returns
        -------
        Estimates

        Raises
        ------
        InputError
            If the formula names anything unknown or unfit; it names the column.
        """
        return estimating.estimate(
            self._layout,
            self._settings,
            formula,
            measure=measure,
            model=model,
            first_phase=first_phase,
            posterior=posterior or None,
            **options,
        )

    def duplicates(self) -> pd.DataFrame:
        """Give the duplicates that the check found.

        Returns
        -------
        pandas.DataFrame
            Columns image, group, kind ("exact" or "near").
        """
        return checking.duplicates(self._layout)

    def feature_tables(self) -> dict[str, pd.DataFrame]:
        """Give the newest table of each set of features.

        Returns
        -------
        dict of str to pandas.DataFrame
            By set ("color", or "color:size=256"), one row per image that could be measured.
        """
        corpus = self.corpus
        tables = self._once("features", lambda: featuring.stored(self._layout, corpus.readable))
        return {name: table.copy(deep=False) for name, table in tables.items()}

    def embeddings(self) -> dict[str, pd.DataFrame]:
        """Give the newest embedding by each network.

        Returns
        -------
        dict of str to pandas.DataFrame
            By the network's name (with its layer, where that is not the usual one), one row per
            image that could be read.
        """
        corpus = self.corpus
        tables = self._once("embeddings", lambda: embedding.stored(self._layout, corpus.readable))
        return dict(tables)

    def latest_themes(self) -> Themes | None:
        """Give the newest themes.

        Returns
        -------
        Themes or None
            With the features they were found in, where these are there.
        """
        return self._once("themes", self._newest_themes)

    def samples(self) -> list[Sample]:
        """Give the samples that were drawn.

        Returns
        -------
        list of Sample
            The first one drawn first.
        """
        return list(Store(self._layout.codings).samples().values())

    def codings(self) -> Codings:
        """Give people's codings, everybody's last word.

        Returns
        -------
        Codings
        """
        return Store(self._layout.codings).codings()

    def settled(self) -> Codings:
        """Give one value per image where people's codings were adjudicated, else all of them.

        Codes of second phases are left out: they are not of a sample of their own.

        Returns
        -------
        Codings
        """
        return coding.settled(self._layout)

    def agreements(self) -> list[Agreement]:
        """Give the newest agreement on each variable.

        Returns
        -------
        list of Agreement
            The one compared last at the end.
        """
        return list(self._once("agreements", lambda: agreeing.newest(self._layout)))

    def measures(self) -> list[Measured]:
        """Give the newest codings of each coder, one variable each, with their accuracy.

        Returns
        -------
        list of Measured
        """
        return list(self._once("measures", lambda: validating.measures(self._layout)))

    def estimates(self) -> list[Estimates]:
        """Give the newest estimates of each formula.

        Returns
        -------
        list of Estimates
        """
        return estimating.newest(self._layout, self._estimates_in)

    def specifications(self) -> pd.DataFrame:
        """Give every specification that was ever estimated, shown or not.

        The fewer of them are shown, the more those shown may owe to chance: say how many there
        were.

        Returns
        -------
        pandas.DataFrame
            One row per result, the first one first: time (of the first run), specification (a
            number; the same choices over other data share it), formula, model, options other than
            the defaults, coders (of the measures), n, folder, shown (whether `estimates` gives it),
            planned ("planned", "run before the plan", "differs from the plan: ...", "not planned";
            empty where there is no plan).
        """
        return specifying.ran(self._layout)

    def specification_curve(self, term: str, *, outcome: str | None = None) -> SpecificationCurve:
        """Put one coefficient of all specifications side by side, from the smallest up.

        Where the same choices were estimated over several states of the data, what is shown counts,
        else the last of them.

        Parameters
        ----------
        term
            The coefficient, as the tables of estimates name it: ``protest`` or ``protest[yes]``.
        outcome
            What is explained, as formulas write it; may be left out where all explain the same.

        Returns
        -------
        SpecificationCurve
            `plot` draws it, with what each specification chose; `table` lists it.

        Raises
        ------
        InputError
            If no specification has the term, or those that have it explain different outcomes.
        """
        return specifying.curve(self._layout, self._estimates_in, term, outcome=outcome)

    def specification_curves(self) -> list[SpecificationCurve]:
        """Give the curves of the coefficients that most specifications have in common.

        Returns
        -------
        list of SpecificationCurve
            Up to three for each outcome of which several specifications were estimated.
        """
        return specifying.curves(self._layout, self._estimates_in)

    def plan(
        self,
        formulas: str | Sequence[str] = (),
        *,
        model: str | Sequence[str] = "ols",
        cluster: str | None = None,
        fixed_effects: str | Sequence[str] | None = None,
        method: str | None = None,
        measure: str | Sequence[str] | None = None,
        k: int | Iterable[int] | None = None,
        features: Sequence[str] | None = None,
        themes: str = "kmeans",
        bar: float | None = None,
        note: str = "",
        amend: bool = False,
    ) -> Plan:
        """Freeze what is going to be done, with a hash to be put into a registry.

        Besides what is given here, the plan holds the images, the samples and the codebook as they
        are now, and says what was there already: made before any code, or after some.

        Parameters
        ----------
        formulas
            The regressions that will be estimated; columns need not be there yet.
        model
            As for `estimate`: one for all formulas, or one for each.
        cluster, fixed_effects
            As for `estimate`, for all formulas.
        method
            The method whose estimate will count: "naive", "gold", "dsl" or "ppi".
        measure
            Names of the coders whose measures will be used, for all formulas; None leaves it open.
        k
            The number of themes, or the numbers it will be chosen from, with the study's seed.
        features, themes
            The sets of features, where they are settled, and the method that themes are found by.
        bar
            The accuracy that a measure must be shown to reach.
        note
            Hypotheses, and whatever else belongs to it.
        amend
            Whether an amendment is meant where there is a plan: it adds to what was planned, or
            changes the themes or the bar, and takes no regression away.

        Returns
        -------
        Plan
            Its file is plans/plan-1.json, whose SHA-256 is the plan's, with plan-1.md to read; of
            the amendments plan-2, plan-3 ... The same plan again changes nothing.

        Raises
        ------
        InputError
            If nothing is planned, or a formula, model or column is none.
        StudyError
            If there is another plan and no amendment is meant.
        """
        planned = [formulas] if isinstance(formulas, str) else list(formulas)
        models = [model] * len(planned) if isinstance(model, str) else list(model)
        options: dict[str, Any] = {
            "cluster": cluster, "fixed_effects": fixed_effects, "method": method,
            "measure": measure,
        }  # fmt: skip
        if k is not None and not isinstance(k, int):
            k = [int(number) for number in k]
        rule = {"k": k, "features": features, "method": themes, "seed": self.seed}
        return planning.make(
            self._layout,
            self._checked(),
            regressions=planning.regressions(planned, models, **options),
            themes=None if k is None else rule,
            bar=bar,
            note=note,
            study=self.name,
            amend=amend,
        )

    def plans(self) -> list[Plan]:
        """Give the plan and its amendments.

        Returns
        -------
        list of Plan
            The first one first; `intact` says whether its file is the one that was made.
        """
        return planning.plans(self._layout)

    def deviations(self) -> pd.DataFrame:
        """Compare what was planned with what was done.

        Returns
        -------
        pandas.DataFrame
            One row per part of the plan: part, planned, now, status ("as planned", "differs", "not
            done", "before the plan", "after the plan", "amended"; "changed" or "missing" for a plan
            that is not what was made, which counts for nothing); empty where there is no plan.
        """
        return comparing_plans.deviations(self._layout, self.corpus)

    def log(self) -> list[dict[str, Any]]:
        """Read the log.

        Returns
        -------
        list of dict
            Oldest first: time, step, name, key, inputs, options, seed, seconds, result, versions.
        """
        return log.entries(self._layout.log)

    def versions(self) -> dict[str, str]:
        """Give the versions of the packages that made the newest result.

        Returns
        -------
        dict of str to str
            By package.
        """
        entries = self.log()
        return dict(entries[-1].get("versions", {})) if entries else log.installed()

    def seeds(self) -> dict[str, int]:
        """Give the seed that each step last drew with.

        Returns
        -------
        dict of str to int
            By step.
        """
        return {
            entry["step"]: entry["seed"] for entry in self.log() if entry.get("seed") is not None
        }

    def table(self, *, by: str | None = None) -> pd.DataFrame:
        """Give the data set: metadata, files, features, themes, measures, gold, probabilities.

        Parameters
        ----------
        by
            None for one row per image; "group", or a column of the metadata, for one row per group,
            with means of numbers and shares of categories.

        Returns
        -------
        pandas.DataFrame
            Indexed by image or group; `columns` says what its columns are.
        """
        return self._data_set(by).table

    def columns(self, *, by: str | None = None) -> pd.DataFrame:
        """Tell what the columns of the data set are.

        Parameters
        ----------
        by
            As for `table`.

        Returns
        -------
        pandas.DataFrame
            One row per column: column, from, meaning, validated (for measures: "compared with n
            codes" and the accuracy, "not validated", ...).
        """
        return self._data_set(by).columns

    def export(
        self, path: str | Path, *, by: str | None = None, formula: Literal["keep", "safe"] = "keep"
    ) -> Path:
        """Write the data set as a file, and beside it a dictionary of its columns.

        Parameters
        ----------
        path
            Ends in .csv, .parquet, .dta or .xlsx; the dictionary is NAME-columns.csv.
        by
            As for `table`.
        formula
            "safe" puts an apostrophe before text in CSV that a spreadsheet would run as a formula.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        InputError
            If the kind is unknown or the data set does not fit into it.
        """
        data = self._data_set(by)
        return export.write(data.table, data.columns, Path(path), formula=formula)

    def _data_set(self, by: str | None) -> dataset.DataSet:
        corpus = self.corpus
        pieces = assembling.pieces(
            corpus,
            features=self.feature_tables(),
            themes=self._once("themes alone", lambda: grouping.newest(self._layout)),
            measures=self.measures(),
            codings=self.codings(),
            samples=self.samples(),
        )
        if by is None:
            return dataset.join(pieces, corpus.ids)
        return dataset.by_group(pieces, assembling.groups_of(corpus, by))

    def _newest_themes(self) -> Themes | None:
        newest = self._once("themes alone", lambda: grouping.newest(self._layout))
        if newest is None:
            return None
        sets, tables = grouping.sets_of_newest(self._layout), self.feature_tables()
        if not all(name in tables for name in sets):
            tables |= self.embeddings()
        return grouping.with_data(newest, sets, tables)

    def _checked(self) -> Corpus:
        """Give the corpus; look at its images first if nobody has."""
        if checking.is_new(self.corpus):
            self.check()
        return self.corpus

    def _seed(self, seed: int | None) -> int:
        return self.seed if seed is None else seed

    def _estimates_in(self, folder: Path) -> Estimates:
        """Read a table of estimates once, whoever asks for it."""
        return self._once(f"estimates in {folder.name}", lambda: estimating.read(folder))

    def _once(self, name: str, make: Callable[[], _Result]) -> _Result:
        """Read a result once, and again when the study has changed on the disk."""
        state = tuple(_stamp(path) for path in (self._layout.log, self._layout.corpus))
        if state != self._state:
            self._read, self._state = {}, state
        if name not in self._read:
            self._read[name] = make()
        result: _Result = self._read[name]
        return result


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
