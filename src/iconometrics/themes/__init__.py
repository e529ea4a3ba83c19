"""Themes: what a collection of images falls into when nobody says beforehand what to look for."""

from iconometrics.themes.across import Across, across
from iconometrics.themes.building import read
from iconometrics.themes.column_groups import ColumnGroups, columns
from iconometrics.themes.density import density
from iconometrics.themes.finding import find
from iconometrics.themes.hierarchical import hierarchical
from iconometrics.themes.intrusion import Intrusion, IntrusionScores, intrusion
from iconometrics.themes.k_means import kmeans
from iconometrics.themes.mixture import mixture
from iconometrics.themes.neighbors import Neighbors, neighbors, show_neighbors
from iconometrics.themes.persistence import Stability
from iconometrics.themes.projection import Projection, project
from iconometrics.themes.redrawing import redrawn
from iconometrics.themes.result import Themes
from iconometrics.themes.shares import ThemeShares
from iconometrics.themes.spherical import spherical
from iconometrics.themes.stability import stability
from iconometrics.themes.steps import Steps, kmeans_steps

__all__ = [
    "Across",
    "ColumnGroups",
    "Intrusion",
    "IntrusionScores",
    "Neighbors",
    "Projection",
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
    "stability",
]
