"""Coders assign values to images. Here: classifiers of features, and networks."""

from iconometrics.coders.classical.classifier import FeatureClassifier
from iconometrics.coders.classical.hybrid import HybridClassifier, compare_blocks
from iconometrics.coders.classical.interpretation import Importance, PartialDependence
from iconometrics.coders.coder import Coder
from iconometrics.coders.compare.compare import compare
from iconometrics.coders.compare.comparison import Comparison
from iconometrics.coders.compare.search import LECTURE_GRID, search
from iconometrics.coders.compare.search_result import Search
from iconometrics.coders.cross_fitting import cross_fit
from iconometrics.coders.loading import load
from iconometrics.coders.network.classifier import ImageClassifier
from iconometrics.coders.network.regressor import ImageRegressor

__all__ = [
    "LECTURE_GRID",
    "Coder",
    "Comparison",
    "FeatureClassifier",
    "HybridClassifier",
    "ImageClassifier",
    "ImageRegressor",
    "Importance",
    "PartialDependence",
    "Search",
    "compare",
    "compare_blocks",
    "cross_fit",
    "load",
    "search",
]


def __dir__() -> list[str]:
    return __all__
