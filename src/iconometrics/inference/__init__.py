"""Inference: regressions whose table says by which method and under which assumptions."""

from iconometrics.inference.aggregating import aggregated
from iconometrics.inference.budgets.budget import Budget, budget
from iconometrics.inference.budgets.effect_power import Power, power
from iconometrics.inference.budgets.label_power import (
    LabelPower,
    budget_from_regression,
    label_power,
)
from iconometrics.inference.budgets.pilot import budget_from_codings
from iconometrics.inference.estimate import estimate
from iconometrics.inference.estimates import Estimates
from iconometrics.inference.formulas.formula import Formula, parse
from iconometrics.inference.partitions import over_partitions
from iconometrics.inference.places import (
    ArealRegression,
    AreaShares,
    Change,
    area_shares,
    areal_regression,
    change,
    draw_points,
    locate,
    overlaps,
    spread,
    tile_outlines,
    tiles,
)
from iconometrics.inference.regression.dsl import dsl
from iconometrics.inference.regression.ppi import ppi
from iconometrics.inference.shares import share
from iconometrics.inference.specification_curve import SpecificationCurve, specification_curve
from iconometrics.inference.timing import Reactions, Sequences, per_second, reactions, sequences

__all__ = [
    "AreaShares",
    "ArealRegression",
    "Budget",
    "Change",
    "Estimates",
    "Formula",
    "LabelPower",
    "Power",
    "Reactions",
    "Sequences",
    "SpecificationCurve",
    "aggregated",
    "area_shares",
    "areal_regression",
    "budget",
    "budget_from_codings",
    "budget_from_regression",
    "change",
    "draw_points",
    "dsl",
    "estimate",
    "label_power",
    "locate",
    "over_partitions",
    "overlaps",
    "parse",
    "per_second",
    "power",
    "ppi",
    "reactions",
    "sequences",
    "share",
    "specification_curve",
    "spread",
    "tile_outlines",
    "tiles",
]


def __dir__() -> list[str]:
    return __all__
