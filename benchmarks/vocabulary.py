"""Learn the general visual words that come with the package, from pictures of other libraries.

    python benchmarks/vocabulary.py src/iconometrics/features/vocabulary.npz

The pictures are scikit-image's and scikit-learn's: people, rooms, streets, text, plants, brick,
fur, cells, stars. Learning them again changes the words: raise `Words.version` with it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from skimage import data
from sklearn.datasets import load_sample_images

from iconometrics import images
from iconometrics.features import Vocabulary

NAMES = (
    "astronaut",
    "brick",
    "camera",
    "cell",
    "chelsea",
    "clock",
    "coffee",
    "coins",
    "grass",
    "gravel",
    "hubble_deep_field",
    "immunohistochemistry",
    "moon",
    "page",
    "retina",
    "rocket",
    "text",
)
WORDS, SIZE, SEED = 100, 256, 1


def pictures() -> Iterator[NDArray[np.uint8]]:
    """Each picture whole, and its quarters."""
    loaded = [getattr(data, name)() for name in NAMES]
    loaded += [*data.stereo_motorcycle()[:1], *load_sample_images().images]
    for picture in loaded:
        height, width = (side // 2 for side in picture.shape[:2])
        parts = [picture[r : r + height, c : c + width] for r in (0, height) for c in (0, width)]
        for part in (picture, *parts):
            yield images.resize(part, SIZE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    chosen = parser.parse_args()
    found = Vocabulary.learn(pictures(), words=WORDS, patches=400, seed=SEED)
    # Half precision holds a word well and a small file too.
    found = replace(found, centers=found.centers.astype(np.float16).astype(np.float32))
    found.save(chosen.file)
    print(f"{WORDS} words of {found.pictures} pictures in {chosen.file}: {found.hash}")


if __name__ == "__main__":
    main()
