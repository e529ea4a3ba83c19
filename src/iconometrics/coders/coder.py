"""What every coder is, be it a rule, a classifier or a service."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any, Protocol, runtime_checkable

from iconometrics.coding import Codings
from iconometrics.corpus import Corpus

__all__ = ["Coder"]


@runtime_checkable
class Coder(Protocol):
    """Anything that assigns values to images.

    Anything with these four members can be measured with, validated and reported. People are
    coders too; their codings are read with `Codings.read`.

    Examples
    --------
    >>> from iconometrics.coders import FeatureClassifier
    >>> isinstance(FeatureClassifier(), Coder)
    True
    """

    name: str

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables it assigns values to."""

    def code(self, corpus: Corpus, *, executor: Executor | None = None) -> Codings:
        """Assign a value to every variable of every image.

        Parameters
        ----------
        corpus
            The images.
        executor
            Where to work; None for this machine.

        Returns
        -------
        Codings
            One coding per image and variable; a missing value has a reason.
        """

    def card(self) -> dict[str, Any]:
        """Say what it is, what it was made from and how well it did.

        Returns
        -------
        dict
            Numbers, text, lists and mappings only, so that it can be written as JSON.
        """
