"""The column dictionary of the composition features."""

from __future__ import annotations

from iconometrics.features.column import Column, column_maker

__all__ = ["BOX", "COLUMNS", "QUALITY", "SMALL"]

# Share of detail along each axis that the box holds.
BOX = 0.98
# JPEG quality of the compressed size.
QUALITY = 75
# Share of the picture from which an even area counts.
SMALL = 0.001

_DATTA = "Datta, Joshi, Li & Wang (2006), ECCV"
_KE = "Ke, Tang & Jing (2006), CVPR"
_HOU = "Hou & Zhang (2007), CVPR (spectral residual)"
_make = column_maker("composition")
_ATTENTION = "attention, the spectral-residual saliency map"

_SHAPE: tuple[Column, ...] = (
    _make(
        "aspect",
        "Width to height",
        "Width of the picture divided by its height",
        high=65535.0,
        unit="ratio (1 square, above 1 landscape)",
        source=_DATTA,
        means=("Landscape format, panoramas", "Portrait format, phone screens"),
    ),
    _make(
        "compressed",
        "Compressed size",
        f"Bytes of the picture as a JPEG of quality {QUALITY}, less those of a blank one, divided "
        "by the number of pixels",
        high=30.0,
        unit="bytes a pixel",
        source="Tuch, Bargas-Avila, Opwis & Wilhelm (2009), Int. J. Human-Computer Studies 67(9)",
        means=("Complex: crowds, foliage, collage", "Simple: plain grounds, blur"),
    ),
    _make(
        "edges",
        "Edge density (complexity)",
        "Share of pixels that are edges after Canny, with thresholds as in edges_density",
        source="Rosenholtz, Li & Nakano (2007), Journal of Vision 7(2)",
        means=("Cluttered", "Empty, smooth"),
    ),
    _make(
        "regions",
        "Number of even areas",
        "Connected areas of at least .1 % of the picture that have one color, at a longest side of "
        "128 pixels, after a median filter of 5 x 5 and a cut to 4 levels a channel",
        low=1.0,
        high=1000.0,
        unit="areas",
        means=("Many small patches of color", "Few large areas"),
    ),
)

_SYMMETRY: tuple[Column, ...] = (
    _make(
        "symmetry",
        "Symmetry left to right",
        "Correlation of gray values with those of the picture mirrored left to right, longest side "
        "64 pixels; 1 for a blank picture",
        low=-1.0,
        unit="correlation",
        means=(
            "Portraits from the front, facades, logos",
            "Light left, dark right; or no symmetry",
        ),
    ),
    _make(
        "reflection",
        "Symmetry top to bottom",
        "Correlation of gray values with those of the picture mirrored top to bottom, longest side "
        "64 pixels; 1 for a blank picture",
        low=-1.0,
        unit="correlation",
        means=("Reflections in water, patterns", "Sky above, ground below"),
    ),
)

_BALANCE: tuple[Column, ...] = (
    _make(
        "center_x",
        "Attention, left to right",
        f"Horizontal center of {_ATTENTION}",
        unit="share of the width from the left",
        source=_HOU,
        means=("The eye is drawn to the right", "The eye is drawn to the left"),
    ),
    _make(
        "center_y",
        "Attention, top to bottom",
        f"Vertical center of {_ATTENTION}",
        unit="share of the height from the top",
        source=_HOU,
        means=("The eye is drawn to the bottom", "The eye is drawn to the top"),
    ),
    _make(
        "spread",
        "Spread of attention",
        f"Root of the summed variances, across and down, of {_ATTENTION}; width and height are 1",
        unit="share of the sides",
        source=_HOU,
        means=("Something everywhere, or at the borders", "One thing draws the eye"),
    ),
    _make(
        "thirds",
        "Rule of thirds",
        f"Share of {_ATTENTION} within a twelfth of the sides of the four points where the thirds' "
        "lines cross (an even map has 11 %)",
        unit="share of attention",
        source=_DATTA,
        means=("The subject stands at a third", "The subject stands in the middle or at a border"),
    ),
    _make(
        "middle",
        "Attention in the middle",
        f"Share of {_ATTENTION} in the central ninth (an even map has 11 %)",
        unit="share of attention",
        source=_HOU,
        means=("The subject stands in the middle", "The middle is empty"),
    ),
)

_FOCUS: tuple[Column, ...] = (
    _make(
        "depth_of_field",
        "Detail in the middle (depth of field)",
        "Sum of |Laplacian| in the central quarter divided by that of the whole; .25 in a blank "
        "picture",
        unit="share of detail",
        source=f"{_DATTA}, with the Laplacian for wavelets",
        means=("A sharp subject before a blurred or plain ground", "Detail at the borders"),
    ),
    _make(
        "detail_box",
        "Extent of detail",
        f"Area of the box that holds {BOX:.0%} of |Laplacian| along each axis, divided by that of "
        "the picture; 1 in a blank picture",
        source=_KE,
        means=("Detail reaches all borders", "An object on an empty ground"),
    ),
    _make(
        "top_heavy",
        "Detail in the upper half",
        "Sum of |Laplacian| in the upper half less that in the lower, divided by both",
        low=-1.0,
        unit="difference of shares",
        means=("Trees, buildings against the sky's edge", "Empty sky over a detailed ground"),
    ),
)

COLUMNS = (*_SHAPE, *_SYMMETRY, *_BALANCE, *_FOCUS)
