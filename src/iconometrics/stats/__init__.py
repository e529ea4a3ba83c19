"""Functions of arrays: intervals, the bootstrap, agreement with a gold standard, calibration."""

from iconometrics.stats.calibration import (
    CalibrationBins,
    brier,
    calibration_bins,
    expected_calibration_error,
    fit_temperature,
    softmax,
)
from iconometrics.stats.classification import PerClass, confusion, f1, per_class
from iconometrics.stats.difference import standardized_difference
from iconometrics.stats.proportions import Interval, clopper_pearson, wilson
from iconometrics.stats.resampling import bootstrap

__all__ = [
    "CalibrationBins",
    "Interval",
    "PerClass",
    "bootstrap",
    "brier",
    "calibration_bins",
    "clopper_pearson",
    "confusion",
    "expected_calibration_error",
    "f1",
    "fit_temperature",
    "per_class",
    "softmax",
    "standardized_difference",
    "wilson",
]
