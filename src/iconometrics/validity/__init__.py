"""Validity: how far a measure agrees with the gold standard, and where it does not."""

from iconometrics.validity.accuracy.accuracy import accuracy
from iconometrics.validity.accuracy.rates import Rate
from iconometrics.validity.accuracy.result import Accuracy
from iconometrics.validity.accuracy.subgroups import Subgroups
from iconometrics.validity.agreement.agreement import agreement
from iconometrics.validity.agreement.ceiling import Ceiling, ceiling
from iconometrics.validity.agreement.event_agreement import EventAgreement, event_agreement
from iconometrics.validity.agreement.intracoder import Intracoder, intracoder
from iconometrics.validity.agreement.result import Agreement
from iconometrics.validity.coder_error import CoderError, coder_error
from iconometrics.validity.differential import DifferentialError, differential_error
from iconometrics.validity.leakage import Leakage, leakage
from iconometrics.validity.status import status
from iconometrics.validity.threshold import Threshold, threshold

__all__ = [
    "Accuracy",
    "Agreement",
    "Ceiling",
    "CoderError",
    "DifferentialError",
    "EventAgreement",
    "Intracoder",
    "Leakage",
    "Rate",
    "Subgroups",
    "Threshold",
    "accuracy",
    "agreement",
    "ceiling",
    "coder_error",
    "differential_error",
    "event_agreement",
    "intracoder",
    "leakage",
    "status",
    "threshold",
]


def __dir__() -> list[str]:
    return __all__
