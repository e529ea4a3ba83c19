"""Measurement from images, for the social sciences.

Names are loaded when they are first used, so that ``import iconometrics`` is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_PACKAGES = (
    "coders",
    "coding",
    "corpus",
    "features",
    "figures",
    "images",
    "inference",
    "networks",
    "report",
    "stats",
    "study",
    "themes",
    "validity",
)
_NAMES = {
    "Codings": "iconometrics.coding",
    "Corpus": "iconometrics.corpus",
    "FeatureClassifier": "iconometrics.coders",
    "IconometricsError": "iconometrics.errors",
    "ImageClassifier": "iconometrics.coders",
    "ImageRegressor": "iconometrics.coders",
    "Study": "iconometrics.study",
    "embed": "iconometrics.networks",
    "explore": "iconometrics.pipeline",
}

__all__ = [
    "Codings",
    "Corpus",
    "FeatureClassifier",
    "IconometricsError",
    "ImageClassifier",
    "ImageRegressor",
    "Study",
    "coders",
    "coding",
    "corpus",
    "embed",
    "explore",
    "features",
    "figures",
    "images",
    "inference",
    "networks",
    "report",
    "stats",
    "study",
    "themes",
    "validity",
]

if TYPE_CHECKING:
    from iconometrics import (
        coders,
        coding,
        corpus,
        features,
        figures,
        images,
        inference,
        networks,
        report,
        stats,
        study,
        themes,
        validity,
    )
    from iconometrics.coders import FeatureClassifier, ImageClassifier, ImageRegressor
    from iconometrics.coding import Codings
    from iconometrics.corpus import Corpus
    from iconometrics.errors import IconometricsError
    from iconometrics.networks import embed
    from iconometrics.pipeline import explore
    from iconometrics.study import Study


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return importlib.import_module(f"iconometrics.{name}")
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'iconometrics' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
