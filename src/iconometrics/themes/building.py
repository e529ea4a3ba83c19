"""Themes from what an algorithm found, and from files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from iconometrics.themes import folder as folders
from iconometrics.themes.partition import Partition, by_size, closest_two
from iconometrics.themes.preparation import Prepared
from iconometrics.themes.result import Themes

__all__ = ["Found", "build", "read"]


class Found(NamedTuple):
    """What an algorithm found in a prepared table.

    Parameters
    ----------
    partition
        Clusters in any order.
    selection
        The numbers of themes tried: k, within_ss, silhouette, chosen.
    reason
        Why this number.
    settings
        How it was found.
    """

    partition: Partition
    selection: pd.DataFrame
    reason: str
    settings: dict[str, Any]


def build(data: pd.DataFrame, prepared: Prepared, found: Found) -> Themes:
    """Make themes, in the order of the table's rows.

    Parameters
    ----------
    data
        The table that was clustered.
    prepared
        What it was made into.
    found
        Clusters of its rows.

    Returns
    -------
    Themes
    """
    partition = by_size(found.partition)
    own, other, beyond = closest_two(prepared.matrix, partition)
    names = pd.Index([str(number + 1) for number in range(len(partition.centers))], name="theme")
    columns = {
        "theme": names.to_numpy()[partition.codes],
        "distance": own,
        "next_theme": names.to_numpy()[other],
        "next_distance": beyond,
    }
    scores = pd.DataFrame(columns, index=prepared.ids).reindex(data.index).rename_axis("image")
    labels = scores.pop("theme")
    kept = [name for name in data.columns if str(name) not in prepared.settings["constant"]]
    centers = data.groupby(labels.to_numpy()).mean().reindex(names)[kept]
    settings = found.settings | prepared.settings
    return Themes(labels, centers, scores, found.selection, found.reason, settings, data)


def read(folder: Path | str) -> Themes:
    """Read themes that were written.

    Parameters
    ----------
    folder
        Where `Themes.write` put them.

    Returns
    -------
    Themes
        Without the table they were found in.

    Raises
    ------
    StudyError
        If a file is missing or damaged.

    Examples
    --------
    >>> import tempfile
    >>> from iconometrics import themes
    >>> data = pd.DataFrame({"x": [0, .1, .2, 9, 9.1]}, index=list("abcde"))
    >>> folder = tempfile.mkdtemp()
    >>> _ = themes.kmeans(data, 2).write(folder)
    >>> themes.read(folder).labels.tolist()
    ['1', '1', '1', '2', '2']
    """
    return Themes(**folders.read(Path(folder)))
