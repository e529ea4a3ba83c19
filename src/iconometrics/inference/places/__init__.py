"""Findings in space: areas, tiles, maps, and what changes at a place."""

from iconometrics.inference.places.area_shares import AreaShares, area_shares
from iconometrics.inference.places.areal import ArealRegression, areal_regression
from iconometrics.inference.places.change import Change, change
from iconometrics.inference.places.locating import locate
from iconometrics.inference.places.mapping import draw_points
from iconometrics.inference.places.spreading import overlaps, spread
from iconometrics.inference.places.tiles import tile_outlines, tiles

__all__ = [
    "AreaShares",
    "ArealRegression",
    "Change",
    "area_shares",
    "areal_regression",
    "change",
    "draw_points",
    "locate",
    "overlaps",
    "spread",
    "tile_outlines",
    "tiles",
]


def __dir__() -> list[str]:
    return __all__
