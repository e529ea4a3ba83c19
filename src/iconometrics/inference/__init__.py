"""Inference: regressions whose table says by which method and under which assumptions."""

from iconometrics.inference.estimate import estimate
from iconometrics.inference.estimates import Estimates
from iconometrics.inference.formula import Formula, parse

__all__ = ["Estimates", "Formula", "estimate", "parse"]
