"""Draws what each feature set sees and which pictures score low and high, as pages are built.

The pictures are those that scikit-image and scikit-learn ship; none is kept here.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from mkdocs.structure.files import File

from iconometrics import features, figures, images

_ROWS = 3
_EACH = 3
_SIZE = 320


def on_files(files: Any, config: Any) -> Any:
    """Add one picture per feature set to the pages."""
    pictures = shipped()
    for name in sorted(features.registry):
        place = f"reference/feature-examples/{name}.png"
        files.append(File.generated(config, place, content=drawn(name, pictures)))
    for place, (name, title) in _LECTURE.items():
        content = shown(name, pictures[title])
        files.append(File.generated(config, f"explanation/images/{place}", content=content))
    return files


_LECTURE = {
    "histogram-of-a-cat.png": ("histogram", "chelsea"),
    "entropy-of-a-flower.png": ("entropy", "flower"),
}


def shipped() -> dict[str, np.ndarray]:
    """Load the photographs that come with the libraries."""
    from skimage import data
    from sklearn.datasets import load_sample_image

    names = (
        "astronaut brick camera chelsea clock coffee coins grass gravel hubble_deep_field "
        "immunohistochemistry moon page rocket text"
    )
    found = {name: getattr(data, name)() for name in names.split()}
    found |= {name: load_sample_image(f"{name}.jpg") for name in ("china", "flower")}
    return {name: images.resize(np.ascontiguousarray(p), 512) for name, p in found.items()}


def drawn(name: str, pictures: dict[str, np.ndarray]) -> bytes:
    """Draw a set's own view, then rows of pictures from low to high values of its first columns."""
    from matplotlib.figure import Figure

    extractor = features.get(name)
    table = extractor.transform(list(pictures.values()))
    columns = [c for c in extractor.columns() if c.plain and table[c.name].nunique() > _EACH][
        :_ROWS
    ]
    with figures.style():
        figure = Figure(figsize=(9, 1.7 + 1.35 * len(columns)), layout="constrained")
        top, below = figure.subfigures(2, 1, height_ratios=[1.9, 1.35 * len(columns)])
        for ax, title in zip(top.subplots(1, 3), ("astronaut", "chelsea", "china"), strict=True):
            extractor.show(pictures[title], ax)
            ax.set_title(ax.get_title(loc="left"), loc="left", fontsize=6)
        grid = below.subplots(len(columns), 2 * _EACH, squeeze=False)
        for row, column in zip(grid, columns, strict=True):
            _row(row, column, table[column.name].to_numpy(), list(pictures.values()))
    return _bytes(figure)


def shown(name: str, pixels: np.ndarray) -> bytes:
    """Draw a picture beside what a set sees in it."""
    from matplotlib.figure import Figure

    with figures.style():
        figure = Figure(figsize=(7.2, 2.6), layout="constrained")
        left, right = figure.subplots(1, 2)
        figures.picture(pixels, ax=left)
        features.get(name).show(pixels, right)
    return _bytes(figure)


def _row(axes: Any, column: Any, values: np.ndarray, pictures: list[np.ndarray]) -> None:
    order = np.argsort(values, kind="stable")
    chosen = [*order[:_EACH], *order[-_EACH:]]
    for k, (ax, number) in enumerate(zip(axes, chosen, strict=True)):
        figures.picture(images.resize(pictures[number], _SIZE), ax=ax)
        ax.set_xlabel(f"{values[number]:.3g}", fontsize=7)
        if k == 0:
            ax.set_title(f"{column.label}: low", loc="left", fontsize=7.5)
        if k == _EACH:
            ax.set_title("high", loc="left", fontsize=7.5)


def _bytes(figure: Any) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=130)
    return stream.getvalue()
