"""Bags of visual words: which kinds of patches a picture is made of, and where."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from iconometrics import figures, images
from iconometrics.corpus import Corpus, Source, read_source
from iconometrics.errors import InputError, ReadError
from iconometrics.features.column import Column
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_list, as_pixels, open_any
from iconometrics.features.registry import register
from iconometrics.features.vocabulary import Vocabulary, builtin
from iconometrics.options import generator

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["VisualWords", "Words", "WordsBase"]

_MARK = "@"
_HASHED = re.compile(_MARK + "[0-9a-f]{12}$")


class WordsBase(Extractor):
    """What both extractors of visual words share: the counting."""

    name: ClassVar[str] = "words"
    levels: int

    @abstractmethod
    def vocabulary_in_use(self) -> Vocabulary:
        """Give the words that patches are given.

        Returns
        -------
        Vocabulary
        """

    def columns(self) -> tuple[Column, ...]:
        if self.levels not in {1, 2, 3}:
            raise InputError(
                f"words with levels={self.levels!r}: expected 1 (the whole picture), 2 (its "
                "quarters too) or 3 (its sixteenths too)."
            )
        return _word_columns(len(self.vocabulary_in_use().centers), self.levels)

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        words, places = self.vocabulary_in_use().look_up(images.gray(pixels))
        known = words >= 0
        total = len(self.vocabulary_in_use().centers)
        flat = 1 - known.mean() if len(known) else 1.0
        where = places[known, :2] / np.array(pixels.shape[:2])
        counts = [_counted(words[known], where, total, 2**level) for level in range(self.levels)]
        return np.concatenate([_plain(counts[0]), [flat], *counts])

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        from matplotlib.collections import PatchCollection
        from matplotlib.patches import Rectangle

        gray = images.gray(self.prepare(as_pixels(pixels)))
        vocabulary = self.vocabulary_in_use()
        words, places = vocabulary.look_up(gray)
        small = (words >= 0) & (places[:, 2] == 4 * min(vocabulary.cells))
        side = vocabulary.step
        tiles = [Rectangle((x - side / 2, y - side / 2), side, side) for y, x, _ in places[small]]
        ax = figures.axes(ax)
        ax.imshow(gray, cmap="gray", vmin=0, vmax=255)
        colored = PatchCollection(tiles, cmap="twilight", alpha=0.6, linewidths=0)
        colored.set_array(words[small])
        colored.set_clim(0, len(vocabulary.centers))
        ax.add_collection(colored)
        ax.set_axis_off()
        distinct = len(np.unique(words[words >= 0]))
        ax.set_title(
            f"{distinct} of {len(vocabulary.centers)} visual words", loc="left", fontsize=8
        )
        return ax


@register
class Words(WordsBase):
    """Shares of visual words: patches on a grid, each given the nearest word of a vocabulary.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture whose patches are described.
    levels
        1 counts words in the whole picture, 2 in its quarters too, 3 in its sixteenths too (a
        spatial pyramid).
    vocabulary
        A file that `Vocabulary.save` wrote; None for the 100 general words that come with the
        package. Once it is read, its hash stands behind its path: words from another file of
        that name are refused.

    Notes
    -----
    Csurka, G. et al. (2004). Visual categorization with bags of keypoints. ECCV workshop.
    Lazebnik, S., Schmid, C. & Ponce, J. (2006). Beyond bags of features. CVPR.

    Examples
    --------
    >>> import numpy as np
    >>> stripes = np.zeros((64, 64), dtype=np.uint8)
    >>> stripes[:, ::8] = 255
    >>> row = Words().transform(stripes).iloc[0]
    >>> len(row), round(float(row.iloc[3:].sum()), 6)
    (103, 1.0)
    """

    def __init__(
        self, *, size: int | None = 256, levels: int = 1, vocabulary: str | None = None
    ) -> None:
        super().__init__(size=size)
        self.levels = levels
        self.vocabulary = vocabulary

    @property
    def vocabulary(self) -> str | None:
        """The file of the vocabulary and its hash."""
        return self._vocabulary

    @vocabulary.setter
    def vocabulary(self, path: str | None) -> None:
        """Take the words of a file, and put their hash behind its path."""
        if path is not None and not _HASHED.search(path):
            path = f"{path}{_MARK}{Vocabulary.read(path).hash}"
        self._vocabulary = path

    def vocabulary_in_use(self) -> Vocabulary:
        return builtin() if self._vocabulary is None else _held(self._vocabulary)


class VisualWords(WordsBase):
    """Learn a vocabulary from some images, and count its words in others.

    A scikit-learn transformer: in a pipeline, the words are learned from the training images
    only. `save` keeps them; what it returns can be named on the command line, as in
    ``words:vocabulary='words.npz'``.

    Parameters
    ----------
    words
        How many words are learned.
    size
        The working size: longest side in pixels of the picture whose patches are described.
    levels
        As for `Words`.
    cells
        Sides of the patches' cells in pixels, even numbers; a patch is four cells wide.
    step
        Pixels from one patch to the next.
    sample
        How many images are used for learning at most, drawn by chance.
    seed
        Names the images and patches that are drawn, and the start of k-means.

    Attributes
    ----------
    vocabulary_
        What was learned.

    Examples
    --------
    >>> import numpy as np
    >>> pictures = list(np.random.default_rng(1).integers(0, 256, (4, 64, 64), np.uint8))
    >>> VisualWords(words=10, seed=1).fit(pictures).transform(pictures).shape
    (4, 13)
    """

    def __init__(
        self,
        *,
        words: int = 300,
        size: int | None = 256,
        levels: int = 1,
        cells: Sequence[int] = (4, 8),
        step: int = 8,
        sample: int = 1000,
        seed: int = 1,
    ) -> None:
        super().__init__(size=size)
        self.words = words
        self.levels = levels
        self.cells = cells
        self.step = step
        self.sample = sample
        self.seed = seed

    def fit(self, X: Any, y: Any = None) -> Self:
        items = X.sources() if isinstance(X, Corpus) else as_list(X)
        drawn = np.sort(generator(self.seed).permutation(len(items))[: self.sample])
        self.vocabulary_ = Vocabulary.learn(
            (picture for k in drawn for picture in self._opened(items[k])),
            words=self.words,
            cells=self.cells,
            step=self.step,
            seed=self.seed,
        )
        return self

    def fit_transform(self, X: Any, y: Any = None) -> Any:
        return self.fit(X).transform(X)

    @property
    def spec(self) -> str:
        raise InputError(
            "VisualWords holds its words in memory only, so two of them cannot be told apart where "
            'sets are named by their options. Save them, words = words.save("words.npz"), and pass '
            "what that returns."
        )

    def vocabulary_in_use(self) -> Vocabulary:
        if not hasattr(self, "vocabulary_"):
            raise InputError("no words are learned yet: call fit with images first.")
        return self.vocabulary_

    def save(self, path: str | Path) -> Words:
        """Keep the words in a file, and give the extractor that counts them.

        Parameters
        ----------
        path
            The file, its name ending in .npz.

        Returns
        -------
        Words
            Its ``spec`` is what ``--set`` takes.
        """
        kept = self.vocabulary_in_use().save(path)
        return Words(size=self.size, levels=self.levels, vocabulary=str(kept))

    def _opened(self, item: Any) -> list[NDArray[np.uint8]]:
        size = None if self.size is None else max(512, self.size)
        try:
            if isinstance(item, Source):
                return [self.prepare(read_source(item, size).pixels)]
            return [self.prepare(open_any(item, size))]
        except ReadError:
            return []

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "vocabulary_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = True
        return tags


@lru_cache(maxsize=4)
def _held(named: str) -> Vocabulary:
    path, _, expected = named.rpartition(_MARK)
    vocabulary = Vocabulary.read(path)
    if vocabulary.hash != expected:
        raise InputError(
            f"vocabulary {path!r} holds the words {vocabulary.hash}, expected {expected}: it was "
            "learned again. Name it without the hash to use what it holds now."
        )
    return vocabulary


def _counted(
    words: NDArray[np.intp], where: NDArray[Any], total: int, side: int
) -> NDArray[np.float64]:
    """Shares of words in each of side x side parts of a picture, of all words in it."""
    row, column = np.minimum((where * side).astype(np.intp), side - 1).T
    counts = np.bincount((row * side + column) * total + words, minlength=side * side * total)
    return counts / max(1, len(words))


def _plain(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    some = shares[shares > 0]
    return np.array([max(0.0, -float((some * np.log2(some)).sum())), len(some) / len(shares)])


_SOURCE = "Csurka et al. (2004), Visual categorization with bags of keypoints, ECCV workshop"
_PYRAMID = "Lazebnik, Schmid & Ponce (2006), Beyond bags of features, CVPR"


@lru_cache(maxsize=8)
def _word_columns(total: int, levels: int) -> tuple[Column, ...]:
    """Describe the numbers of a bag of visual words."""
    parts = [
        (level, row, column)
        for level in range(levels)
        for row in range(2**level)
        for column in range(2**level)
    ]
    return (*_summary(total), *(_word(k, *part) for part in parts for k in range(total)))


def _summary(total: int) -> tuple[Column, ...]:
    return (
        Column(
            name="words_variety",
            label="Variety of patches",
            formula="- sum of p log2 p over words, p the word's share of all patches that are not "
            "flat; 0 where there is none",
            low=0.0,
            high=float(max(np.log2(total), 1e-6)),
            unit="bits",
            source=_SOURCE,
            means_high="Many kinds of detail: streets, shops, crowds",
            means_low="The same detail everywhere, or none: water, lawn, wall",
            plain=True,
        ),
        Column(
            name="words_distinct",
            label="Share of visual words that occur",
            formula="Number of different words in the picture, divided by the number of words in "
            "the vocabulary",
            low=0.0,
            high=1.0,
            unit="share of the vocabulary",
            source=_SOURCE,
            means_high="Nearly every kind of patch occurs",
            means_low="A few kinds of patches, or none",
            plain=True,
        ),
        Column(
            name="words_flat",
            label="Flat patches",
            formula="Share of patches in which neighboring pixels differ by less than about half a "
            "gray level; 1 in a picture too small for a patch",
            low=0.0,
            high=1.0,
            unit="share of patches",
            source=_SOURCE,
            means_high="Blank: sky, white paper, blur",
            means_low="Detail everywhere",
            plain=True,
        ),
    )


def _word(number: int, level: int, row: int, column: int) -> Column:
    side = 2**level
    part = "" if side == 1 else f"{side}x{side}_r{row + 1}c{column + 1}_"
    place = "" if side == 1 else f" in row {row + 1}, column {column + 1} of {side} x {side} parts"
    return Column(
        name=f"words_{part}{number + 1:03d}",
        label=f"Visual word {number + 1}{place}",
        formula=f"Share of the picture's patches that are not flat whose nearest word is number "
        f"{number + 1} and whose middle lies anywhere{place}",
        low=0.0,
        high=1.0,
        unit="share of patches",
        source=_SOURCE if side == 1 else _PYRAMID,
        means_high=f"Patches like word {number + 1} are common{place}",
        means_low=f"There are none{place}",
        plain=False,
    )
