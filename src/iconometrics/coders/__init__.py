"""Coders: whatever assigns values to images. Here: classifiers of features, and networks."""

from iconometrics.coders.coder import Coder
from iconometrics.coders.comparing import compare
from iconometrics.coders.comparison import Comparison
from iconometrics.coders.feature_classifier import FeatureClassifier
from iconometrics.coders.hybrid import HybridClassifier, compare_blocks
from iconometrics.coders.image_classifier import ImageClassifier
from iconometrics.coders.image_regressor import ImageRegressor
from iconometrics.coders.interpretation import Importance, PartialDependence
from iconometrics.coders.loading import load
from iconometrics.coders.search_result import Search
from iconometrics.coders.searching import LECTURE_GRID, search

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
    "load",
    "search",
]
