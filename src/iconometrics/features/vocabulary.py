"""A vocabulary of visual words: the kinds of patches that pictures are made of."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from iconometrics import figures, images
from iconometrics.errors import InputError
from iconometrics.features.dense_sift import dense_sift
from iconometrics.figures.look import bare
from iconometrics.options import generator

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Vocabulary", "builtin"]

_KEYS = {"centers", "cells", "step", "pictures"}
_DIRECTIONS = 8
_ROUNDS = 30


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Visual words: the centers of clusters of patches, and how patches are cut.

    Parameters
    ----------
    centers
        (words, 128), float32: the mean descriptor of each word's patches. Words with alike
        directions stand next to each other.
    cells
        Sides of the patches' cells in pixels; a patch is four cells wide.
    step
        Pixels from one patch to the next.
    pictures
        How many pictures the words were learned from.

    Notes
    -----
    Csurka, G. et al. (2004). Visual categorization with bags of keypoints. ECCV workshop.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics.features import Vocabulary
    >>> noise = np.random.default_rng(1).integers(0, 256, (64, 64), np.uint8)
    >>> Vocabulary.learn([noise], words=5, seed=1).centers.shape
    (5, 128)
    """

    centers: NDArray[np.float32]
    cells: tuple[int, ...]
    step: int
    pictures: int

    @classmethod
    def learn(
        cls,
        pictures: Iterable[NDArray[Any]],
        *,
        words: int = 300,
        cells: Sequence[int] = (4, 8),
        step: int = 8,
        patches: int = 100,
        seed: int,
    ) -> Self:
        """Find the words of some pictures by k-means.

        Parameters
        ----------
        pictures
            (height, width, 3) or (height, width), 0-255, at the size that they will be read at.
        words
            How many.
        cells
            Sides of the patches' cells in pixels, even numbers.
        step
            Pixels from one patch to the next.
        patches
            How many patches of a picture are used at most, drawn by chance; flat ones never.
        seed
            Names the patches that are drawn and the start of k-means.

        Returns
        -------
        Vocabulary

        Raises
        ------
        InputError
            If the pictures have fewer patches than there are to be words.
        """
        chance = generator(seed)
        drawn = [_drawn(picture, cells, step, patches, chance) for picture in pictures]
        pool = np.vstack([np.zeros((0, 128), np.float32), *drawn])
        if words < 1 or len(pool) < words:
            raise InputError(
                f"words={words} from {len(pool)} patches of {len(drawn)} pictures: expected at "
                "least as many patches as words. Give more pictures, or ask for fewer words."
            )
        centers = _clustered(pool, words, seed)
        order = np.argsort(_direction(centers), kind="stable")
        return cls(centers[order], tuple(int(cell) for cell in cells), int(step), len(drawn))

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """Read what `save` wrote.

        Parameters
        ----------
        path
            The file.

        Returns
        -------
        Vocabulary

        Raises
        ------
        InputError
            If there is no such file, or it holds no vocabulary.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                held = {name: stored[name] for name in stored.files}
        except (OSError, ValueError, EOFError) as error:
            raise InputError(
                f"vocabulary {os.fspath(path)!r} cannot be read ({error}): expected a file that "
                "Vocabulary.save wrote. Look at its path."
            ) from error
        if not held.keys() >= _KEYS or held["centers"].ndim != 2:
            raise InputError(
                f"vocabulary {os.fspath(path)!r} holds {', '.join(held)}: expected "
                f"{', '.join(sorted(_KEYS))}, as Vocabulary.save writes them."
            )
        cells = tuple(int(cell) for cell in held["cells"])
        centers = held["centers"].astype(np.float32)
        return cls(centers, cells, int(held["step"]), int(held["pictures"]))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the words to a file of plain arrays (NumPy's .npz, without pickles).

        Parameters
        ----------
        path
            The file, its name ending in .npz; an earlier one is replaced.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        InputError
            If the name ends otherwise.
        """
        path = Path(path)
        if path.suffix != ".npz":
            raise InputError(f"vocabulary {path.name!r}: expected a name that ends in .npz.")
        np.savez_compressed(
            path,
            centers=self.centers,
            cells=np.array(self.cells),
            step=np.array(self.step),
            pictures=np.array(self.pictures),
        )
        return path

    @property
    def hash(self) -> str:
        """12 hexadecimal digits that name the words and how patches are cut."""
        settings = json.dumps([self.cells, self.step]).encode()
        content = np.ascontiguousarray(self.centers, dtype="<f4").tobytes()
        return hashlib.sha256(settings + content).hexdigest()[:12]

    def look_up(self, gray: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Give every patch of a picture its word.

        Parameters
        ----------
        gray
            (height, width), 0-255.

        Returns
        -------
        words
            (patches,): the number of the nearest word, -1 for a flat patch.
        places
            (patches, 3): row and column of the patch's middle, and its side in pixels.
        """
        words, places = [np.zeros(0, np.intp)], [np.zeros((0, 3), np.float32)]
        offset = (self.centers**2).sum(axis=1) / 2
        for cell in self.cells:
            descriptors, centers = dense_sift(gray, cell=cell, step=self.step)
            nearest = np.argmax(descriptors @ self.centers.T - offset, axis=1)
            words.append(np.where(descriptors.any(axis=1), nearest, -1))
            side = np.full((len(centers), 1), 4 * cell, np.float32)
            places.append(np.hstack([centers, side]))
        return np.concatenate(words), np.vstack(places)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each word: in each of 4 x 4 cells, edges as strokes along them.

        Parameters
        ----------
        ax
            Axes to draw in, or None for a figure of its own.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from matplotlib.collections import LineCollection

        side = int(np.ceil(np.sqrt(len(self.centers))))
        ax = figures.axes(ax, width=3.5, height=3.5)
        lines, widths = _strokes(self.centers, side)
        ax.add_collection(LineCollection(list(lines), colors="black", linewidths=widths))
        ax.set(xlim=(-0.7, side * 5), ylim=(side * 5, -0.7), aspect="equal")
        bare(ax)
        ax.set_title(f"{len(self.centers)} visual words", loc="left", fontsize=8)
        return ax


@lru_cache(maxsize=1)
def builtin() -> Vocabulary:
    """Give the 100 general words that come with the package."""
    return Vocabulary.read(Path(__file__).parent / "vocabulary.npz")


def _drawn(
    picture: NDArray[Any],
    cells: Sequence[int],
    step: int,
    patches: int,
    chance: np.random.Generator,
) -> NDArray[np.float32]:
    gray = images.gray(picture)
    descriptors = np.vstack([dense_sift(gray, cell=cell, step=step)[0] for cell in cells])
    descriptors = descriptors[descriptors.any(axis=1)]
    return descriptors[np.sort(chance.permutation(len(descriptors))[:patches])]


def _clustered(pool: NDArray[np.float32], words: int, seed: int) -> NDArray[np.float32]:
    import faiss

    means = faiss.Kmeans(pool.shape[1], words, niter=_ROUNDS, seed=seed, min_points_per_centroid=1)
    means.train(np.ascontiguousarray(pool, np.float32))
    return np.asarray(means.centroids, np.float32)


def _direction(centers: NDArray[np.float32]) -> NDArray[np.float64]:
    """The axis along which a word's brightness changes, in radians."""
    strength = centers.reshape(len(centers), -1, _DIRECTIONS).sum(axis=1)
    angles = np.arange(_DIRECTIONS) * 2 * np.pi / _DIRECTIONS
    axis: NDArray[np.float64] = np.angle(strength @ np.exp(2j * angles)) / 2
    return axis


def _strokes(centers: NDArray[np.float32], side: int) -> tuple[NDArray[Any], NDArray[Any]]:
    angles = np.arange(_DIRECTIONS) * 2 * np.pi / _DIRECTIONS
    half = 0.5 * np.stack([-np.sin(angles), np.cos(angles)], axis=1)
    word, row, column, direction = np.indices((len(centers), 4, 4, _DIRECTIONS)).reshape(4, -1)
    middle = np.stack([word % side * 5 + column, word // side * 5 + row], axis=1)
    weight = np.abs(centers).ravel()
    shown = weight > 0.25 * _largest(weight)
    lines = np.stack([middle - half[direction], middle + half[direction]], axis=1)
    return lines[shown], 1.2 * weight[shown] / _largest(weight)


def _largest(weight: NDArray[Any]) -> float:
    return max(float(weight.max()), 1e-9)
