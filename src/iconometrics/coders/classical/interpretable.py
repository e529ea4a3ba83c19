"""Asking a fitted classifier what it goes by."""

from __future__ import annotations

from typing import Any

import pandas as pd
from numpy.typing import NDArray

from iconometrics.coders import labels
from iconometrics.coders.classical import interpretation
from iconometrics.coders.matrix import first
from iconometrics.errors import InputError

__all__ = ["Interpretable"]


class Interpretable:
    """Permutation importance and partial dependence for a classifier of rows of numbers."""

    classes_: NDArray[Any]
    trained_: Any

    def _values(self, X: Any) -> NDArray[Any]:
        raise NotImplementedError

    def _labels(self, X: Any, y: Any) -> NDArray[Any]:
        raise NotImplementedError

    def _column_names(self) -> list[str]:
        raise NotImplementedError

    def importance(
        self, X: Any, y: Any, *, by: str = "column", repeats: int = 5, seed: int = 0
    ) -> interpretation.Importance:
        """Tell what the model goes by: the accuracy that is lost when a column is shuffled.

        Parameters
        ----------
        X
            Labeled images, best ones that were not trained on; as for `predict`.
        y
            Their labels; as for `score`. Images without one are not used.
        by
            "column", or "set" to shuffle all columns of a feature set together: columns that
            say the same stand in for one another, so that each alone seems to matter little.
        repeats
            Shuffles of each.
        seed
            Names the shuffles.

        Returns
        -------
        Importance

        Raises
        ------
        InputError
            If ``by`` is neither, or as for `predict`.
        """
        data = self._values(X)
        names = self._column_names()
        if by not in {"column", "set"}:
            raise InputError(f'by={by!r}: expected "column" or "set".')
        single = {name: [position] for position, name in enumerate(names)}
        columns = single if by == "column" else interpretation.blocks(names)
        truth, predict = self._labels(X, y), self.trained_.predict
        has = labels.labeled(truth)
        known = labels.as_plain(truth[has])
        return interpretation.permuted(
            predict, data[has], known, columns=columns, repeats=repeats, seed=seed
        )

    def partial_dependence(
        self, X: Any, column: str | int, *, points: int = 20
    ) -> interpretation.PartialDependence:
        """Tell how probable each class would be if a column had a given value in every image.

        Parameters
        ----------
        X
            Images; as for `predict`.
        column
            Name of a column, or its position.
        points
            How many values of the column at most.

        Returns
        -------
        PartialDependence

        Raises
        ------
        InputError
            If there is no such column, or as for `predict`.
        """
        names = self._column_names()
        name = (
            names[column] if isinstance(column, int) and 0 <= column < len(names) else str(column)
        )
        if name not in names:
            raise InputError(f"column {column!r} was not trained on: {first(names)} were.")
        values, means = interpretation.partial(
            self.trained_.predict_proba, self._values(X), names.index(name), points=points
        )
        table = pd.DataFrame(means, index=values, columns=self.classes_)
        return interpretation.PartialDependence(name, table)
