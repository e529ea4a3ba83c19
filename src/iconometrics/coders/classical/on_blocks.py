"""A classifier of some blocks of a table only."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone

__all__ = ["OnBlocks"]


class OnBlocks(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Train a classifier on some blocks of a joined table."""

    def __init__(self, blocks: tuple[str, ...], classifier: Any) -> None:
        self.blocks = blocks
        self.classifier = classifier

    def fit(self, X: pd.DataFrame, y: Any, *, groups: Any = None) -> Self:
        """Train on the blocks; columns that are the same for all images are left out."""
        own = X[[name for name in X if str(name).split("_")[0] in self.blocks]]
        varied = own.loc[:, own.nunique() > 1]
        self.trained_ = clone(self.classifier).fit(varied, y, groups=groups)
        self.classes_ = self.trained_.classes_
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """Give each image the probability of each class."""
        return np.asarray(self.trained_.predict_proba(X))
