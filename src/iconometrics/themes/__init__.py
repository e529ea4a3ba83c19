"""Themes: what a collection of images falls into when nobody says beforehand what to look for."""

from iconometrics.themes.column_groups import ColumnGroups, columns
from iconometrics.themes.interpretation.intrusion import Intrusion, IntrusionScores, intrusion
from iconometrics.themes.interpretation.theme_shares import ThemeShares
from iconometrics.themes.maps.projection import Projection, project
from iconometrics.themes.methods.density import density
from iconometrics.themes.methods.find import find
from iconometrics.themes.methods.hierarchical import hierarchical
from iconometrics.themes.methods.k_means import kmeans
from iconometrics.themes.methods.k_means_steps import Steps, kmeans_steps
from iconometrics.themes.methods.mixture import mixture
from iconometrics.themes.methods.spherical import spherical
from iconometrics.themes.neighbors import Neighbors, neighbors, show_neighbors
from iconometrics.themes.split_half import SplitHalf, split_half
from iconometrics.themes.stability.across import Across, across
from iconometrics.themes.stability.redrawing import redrawn
from iconometrics.themes.stability.result import Stability
from iconometrics.themes.stability.stability import stability
from iconometrics.themes.themes import Themes, read

__all__ = [
    "Across",
    "ColumnGroups",
    "Intrusion",
    "IntrusionScores",
    "Neighbors",
    "Projection",
    "SplitHalf",
    "Stability",
    "Steps",
    "ThemeShares",
    "Themes",
    "across",
    "columns",
    "density",
    "find",
    "hierarchical",
    "intrusion",
    "kmeans",
    "kmeans_steps",
    "mixture",
    "neighbors",
    "project",
    "read",
    "redrawn",
    "show_neighbors",
    "spherical",
    "split_half",
    "stability",
]


def __dir__() -> list[str]:
    return __all__
