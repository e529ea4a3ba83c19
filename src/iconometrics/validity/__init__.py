"""Validity: how far a measure agrees with the gold standard, and where it does not."""

from iconometrics.validity.accuracy import accuracy
from iconometrics.validity.agreement import agreement
from iconometrics.validity.agreement_result import Agreement
from iconometrics.validity.ceiling import Ceiling, ceiling
from iconometrics.validity.differential import DifferentialError, differential_error
from iconometrics.validity.event_agreement import EventAgreement, event_agreement
from iconometrics.validity.leakage import Leakage, leakage
from iconometrics.validity.rates import Rate
from iconometrics.validity.result import Accuracy
from iconometrics.validity.status import status
from iconometrics.validity.subgroups import Subgroups
from iconometrics.validity.threshold import Threshold, threshold

__all__ = [
    "Accuracy",
    "Agreement",
    "Ceiling",
    "DifferentialError",
    "EventAgreement",
    "Leakage",
    "Rate",
    "Subgroups",
    "Threshold",
    "accuracy",
    "agreement",
    "ceiling",
    "differential_error",
    "event_agreement",
    "leakage",
    "status",
    "threshold",
]
