"""Functions of arrays: intervals, the bootstrap, agreement with a gold standard, calibration."""

from iconometrics.stats.agreement.alpha import krippendorff_alpha
from iconometrics.stats.agreement.cohen import cohen_kappa
from iconometrics.stats.agreement.intervals import AgreementValue
from iconometrics.stats.agreement.pairs import fleiss_kappa, gwet_ac, percent_agreement
from iconometrics.stats.agreement.units import ratings_from_counts, ratings_from_table
from iconometrics.stats.agreement.weights import agreement_weights, set_distance
from iconometrics.stats.calibration import (
    CalibrationBins,
    brier,
    calibration_bins,
    expected_calibration_error,
    fit_temperature,
    softmax,
)
from iconometrics.stats.classification import PerClass, confusion, f1, per_class
from iconometrics.stats.dawid_skene import LatentClasses, dawid_skene
from iconometrics.stats.difference import standardized_difference
from iconometrics.stats.event_matching import match_events, time_table
from iconometrics.stats.explained import Explained, explained
from iconometrics.stats.mcnemar import McNemar, mcnemar
from iconometrics.stats.mean_area import mean_area, mean_area_test
from iconometrics.stats.proportions import (
    Interval,
    clopper_pearson,
    difference_interval,
    wilson,
)
from iconometrics.stats.resampling import bootstrap
from iconometrics.stats.roc import (
    Area,
    DeLong,
    RocCurve,
    area_components,
    auroc,
    delong_test,
    roc_curve,
)
from iconometrics.stats.rogan_gladen import Prevalence, rogan_gladen
from iconometrics.stats.survey import (
    Design,
    GroupedMean,
    Ratio,
    effective_n,
    grouped_mean,
    linearized_se,
    share_interval,
    student,
    survey_design,
    survey_ratio,
)
from iconometrics.stats.transitions import Lagged, adjusted_residuals, lagged, markov_order

__all__ = [
    "AgreementValue",
    "Area",
    "CalibrationBins",
    "DeLong",
    "Design",
    "Explained",
    "GroupedMean",
    "Interval",
    "Lagged",
    "LatentClasses",
    "McNemar",
    "PerClass",
    "Prevalence",
    "Ratio",
    "RocCurve",
    "adjusted_residuals",
    "agreement_weights",
    "area_components",
    "auroc",
    "bootstrap",
    "brier",
    "calibration_bins",
    "clopper_pearson",
    "cohen_kappa",
    "confusion",
    "dawid_skene",
    "delong_test",
    "difference_interval",
    "effective_n",
    "expected_calibration_error",
    "explained",
    "f1",
    "fit_temperature",
    "fleiss_kappa",
    "grouped_mean",
    "gwet_ac",
    "krippendorff_alpha",
    "lagged",
    "linearized_se",
    "markov_order",
    "match_events",
    "mcnemar",
    "mean_area",
    "mean_area_test",
    "per_class",
    "percent_agreement",
    "ratings_from_counts",
    "ratings_from_table",
    "roc_curve",
    "rogan_gladen",
    "set_distance",
    "share_interval",
    "softmax",
    "standardized_difference",
    "student",
    "survey_design",
    "survey_ratio",
    "time_table",
    "wilson",
]


def __dir__() -> list[str]:
    return __all__
