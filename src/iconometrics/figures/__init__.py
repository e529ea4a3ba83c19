"""Figures from arrays, in one look: for the report, for papers and for slides.

Every function draws with matplotlib but outside pyplot, so nothing stays open and nothing global
changes. Give ``ax`` to draw into a figure of your own; `save` writes PNG and PDF, `svg` what
stands in a page.
"""

from iconometrics.figures.against import against
from iconometrics.figures.architecture import architecture
from iconometrics.figures.clusters import clusters
from iconometrics.figures.contact_sheet import contact_sheet, picture
from iconometrics.figures.dendrogram import dendrogram
from iconometrics.figures.histograms import histogram, small_multiples
from iconometrics.figures.intervals import intervals
from iconometrics.figures.learning import learning
from iconometrics.figures.lines import curve, elbow
from iconometrics.figures.look import axes
from iconometrics.figures.maps import choropleth, points_map
from iconometrics.figures.matrix import matrix
from iconometrics.figures.output import save, svg
from iconometrics.figures.overlay import overlay
from iconometrics.figures.paired import paired
from iconometrics.figures.palette import AMOUNTS, CATEGORIES
from iconometrics.figures.reliability import reliability
from iconometrics.figures.roc import roc
from iconometrics.figures.specification_curve import specification_curve
from iconometrics.figures.style import style
from iconometrics.figures.thresholds import thresholds

__all__ = [
    "AMOUNTS",
    "CATEGORIES",
    "against",
    "architecture",
    "axes",
    "choropleth",
    "clusters",
    "contact_sheet",
    "curve",
    "dendrogram",
    "elbow",
    "histogram",
    "intervals",
    "learning",
    "matrix",
    "overlay",
    "paired",
    "picture",
    "points_map",
    "reliability",
    "roc",
    "save",
    "small_multiples",
    "specification_curve",
    "style",
    "svg",
    "thresholds",
]


def __dir__() -> list[str]:
    return __all__
