"""Validity: how far a measure agrees with the gold standard, and where it does not."""

from iconometrics.validity.accuracy import accuracy
from iconometrics.validity.rates import Rate
from iconometrics.validity.result import Accuracy
from iconometrics.validity.status import status

__all__ = ["Accuracy", "Rate", "accuracy", "status"]
