"""What a search found: one row per setting, the best first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.base import clone

from iconometrics import figures, stats
from iconometrics.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Search"]

_MEASURED = ("accuracy", "low", "high", "loss", "n", "seconds", "parameters", "reason")


@dataclass(frozen=True, eq=False)
class Search:
    """How well a network does with each of many settings.

    Parameters
    ----------
    rows
        The settings, then accuracy with low and high (95 %), loss, n, seconds, parameters, and a
        reason where a setting cannot be trained; the best first.
    classifiers
        An untrained `ImageClassifier` for each row.

    Examples
    --------
    >>> rows = pd.DataFrame({"rate": [0.01, 0.1], "accuracy": [0.9, 0.8], "low": [0.8, 0.7],
    ...                      "high": [0.95, 0.9], "n": 50})
    >>> Search(rows, [None, None]).best
    {'rate': 0.01}
    """

    rows: pd.DataFrame
    classifiers: Sequence[Any]

    @classmethod
    def of(
        cls,
        settings: Sequence[Mapping[str, Any]],
        cells: Sequence[Sequence[Mapping[str, Any]]],
        *,
        estimators: Sequence[Any],
    ) -> Self:
        """Gather the trials of each setting.

        Parameters
        ----------
        settings
            One mapping per setting.
        cells
            The results of each, one per fold.
        estimators
            Untrained, one per setting.

        Returns
        -------
        Search

        Raises
        ------
        InputError
            If no setting could be trained.
        """
        names = list(dict.fromkeys(name for chosen in settings for name in chosen))
        rows = []
        for chosen, trials in zip(settings, cells, strict=True):
            rows.append({name: chosen.get(name) for name in names} | _measured(trials))
        table = pd.DataFrame(rows, columns=[*names, *_MEASURED])
        for name in names:
            if any(row[name] is None for row in rows):
                # As they were set: pandas would write 8.0 and NaN for 8 and None.
                table[name] = pd.Series([row[name] for row in rows], dtype=object)
        if table["accuracy"].isna().all():
            raise InputError(f"no setting can be trained: {table['reason'].iloc[0]}")
        order = np.lexsort((table["loss"], -table["accuracy"].to_numpy(float)))
        classifiers = [estimators[place] for place in order]
        return cls(table.iloc[order].reset_index(drop=True), classifiers)

    @property
    def best(self) -> dict[str, Any]:
        """The settings that did best."""
        names = [name for name in self.rows if name not in _MEASURED]
        row = self.rows[names].astype(object).iloc[0]
        return {str(name): value for name, value in row.items() if value is not None}

    @property
    def classifier(self) -> Any:
        """A classifier with the settings that did best, to be trained on all images."""
        return clone(self.classifiers[0])

    def table(self) -> pd.DataFrame:
        """Give one row per setting, the best first.

        Returns
        -------
        pandas.DataFrame
            The settings; accuracy with low and high (95 %, Wilson), loss (the mean negative
            logarithm of the label's probability), n, seconds of training, parameters, reason.
        """
        return self.rows.copy()

    def summary(self) -> str:
        """Say which settings did best, and that their accuracy is optimistic.

        Returns
        -------
        str
        """
        row = self.rows.iloc[0]
        chosen = ", ".join(f"{name} {value}" for name, value in self.best.items())
        return (
            f"{chosen}: {100 * row['accuracy']:.1f} % right ({100 * row['low']:.1f} to "
            f"{100 * row['high']:.1f}) on {int(row['n']):,} images held out, the best of "
            f"{len(self.rows):,} settings, so judge it again on images the search has not seen."
        )

    def plot(self, setting: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw accuracy by settings, the best of each value of one, or the best 20 of all.

        Parameters
        ----------
        setting
            The setting; by default all.
        ax
            Axes to draw in, or None for a figure of its own.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        InputError
            If there is no such setting.
        """
        names = [str(name) for name in self.rows if name not in _MEASURED]
        if setting is not None and setting not in names:
            raise InputError(f"setting={setting!r}: expected one of {', '.join(names)}.")
        shown = self.rows[self.rows["accuracy"].notna()]
        if setting is None:
            shown = shown.head(20)
            labels = [", ".join(f"{n} {row[n]}" for n in names) for row in shown.to_dict("records")]
        else:
            text = shown[setting].map(str)
            shown = shown[~text.duplicated()]
            shown = shown.iloc[_ranks(shown[setting])]
            labels = [f"{setting} {value}" for value in shown[setting]]
        return figures.intervals(
            labels,
            shown["accuracy"],
            low=shown["low"],
            high=shown["high"],
            ax=ax,
            share=True,
            xlabel="right of the images held out",
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.summary())}</p>{self.rows.head(20).round(3).to_html(border=0)}"


def _ranks(values: pd.Series) -> list[int]:
    """Order values of one setting; as they are where these are of kinds that have no order."""
    listed = values.tolist()
    try:
        return sorted(range(len(listed)), key=listed.__getitem__)
    except TypeError:
        return list(range(len(listed)))


def _measured(cells: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    reasons = [cell["reason"] for cell in cells if "reason" in cell]
    if reasons:
        return {"reason": reasons[0]}
    right, n = (sum(cell[name] for cell in cells) for name in ("right", "n"))
    if not n:
        return {"reason": "none of the images held out has a prediction"}
    low, high = stats.wilson(right, n)
    return {
        "accuracy": right / n,
        "low": float(low),
        "high": float(high),
        "loss": sum(cell["loss"] for cell in cells) / n,
        "n": n,
        "seconds": float(np.mean([cell["seconds"] for cell in cells])),
        "parameters": cells[0]["parameters"],
    }
