"""One variable that a coder measured, as it stands in a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from iconometrics.coding import Codings
from iconometrics.validity import Accuracy
from iconometrics.wording import NOT_VALIDATED

__all__ = ["Measured"]


@dataclass(frozen=True, eq=False)
class Measured:
    """One variable that one coder measured, and how good it is, if anybody looked.

    Parameters
    ----------
    name
        The coder's name.
    variable
        The variable.
    codings
        The coder's codings of that variable.
    card
        The coder's card.
    accuracy
        Accuracy against the gold standard; None where nobody looked.
    gold
        The gold standard that was held against it.

    Examples
    --------
    >>> import pandas as pd
    >>> codes = Codings.from_series(pd.Series({"a.jpg": "yes"}, name="protest"), coder="svm")
    >>> Measured("svm", "protest", codes, {}, None).status
    'not validated'
    """

    name: str
    variable: str
    codings: Codings
    card: Mapping[str, Any]
    accuracy: Accuracy | None
    gold: Codings | None = None

    @property
    def status(self) -> str:
        """How far the measure is validated: "validated on n images" or "not validated"."""
        return NOT_VALIDATED if self.accuracy is None else self.accuracy.status
