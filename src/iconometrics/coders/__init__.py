"""Coders: whatever assigns values to images. Here: classifiers of features."""

from iconometrics.coders.coder import Coder
from iconometrics.coders.feature_classifier import FeatureClassifier
from iconometrics.coders.interpretation import Importance, PartialDependence
from iconometrics.coders.loading import load

__all__ = ["Coder", "FeatureClassifier", "Importance", "PartialDependence", "load"]
