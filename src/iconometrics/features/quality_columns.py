"""The column dictionary of the quality features."""

from __future__ import annotations

from iconometrics.features.column import Column, column_maker

__all__ = ["CLIP", "COLUMNS", "FINE", "GRID", "LEVEL"]

# Gray values this close to black or white count as clipped.
CLIP = 2
# Differences up to this many gray levels are none to the eye.
LEVEL = 4
# Cycles a pixel above which detail is fine: half of what pixels can show.
FINE = 0.25
GRID = 8

_PECH = "Pech-Pacheco et al. (2000), ICPR 3"
_KE = "Ke, Tang & Jing (2006), CVPR"
_make = column_maker("quality")
_SHARP = ("Sharp, rich in detail, or noisy", "Blurred, out of focus, or plain")

_DETAIL: tuple[Column, ...] = (
    _make(
        "sharpness",
        "Sharpness",
        "Variance of the Laplacian f(x-1, y) + f(x+1, y) + f(x, y-1) + f(x, y+1) - 4 f(x, y) of "
        "the gray values",
        high=1_040_400.0,
        unit="squared gray levels",
        source=_PECH,
        means=_SHARP,
    ),
    _make(
        "sharpness_best",
        "Sharpness of the sharpest parts",
        f"90th percentile of the variance of the Laplacian over {GRID} x {GRID} blocks",
        high=1_040_400.0,
        unit="squared gray levels",
        source=_PECH,
        means=("Something is in focus", "Nothing is in focus"),
    ),
    _make(
        "sharp_share",
        "Share of the picture that is sharp",
        f"Share of {GRID} x {GRID} blocks whose variance of the Laplacian is above a tenth of its "
        "90th percentile; 0 in a blank picture",
        unit="share of blocks",
        means=("Sharp from edge to edge", "A sharp subject before a blurred or plain ground"),
    ),
    _make(
        "fine",
        "Fine detail in the spectrum",
        f"Share of the Fourier spectrum's power at more than {FINE} cycles a pixel, the mean left "
        "out; 0 in a blank picture; above 1,024 pixels a side, over tiles",
        unit="share of power",
        source=f"after {_KE}",
        means=("Fine texture, noise, print", "Blur, large even areas"),
    ),
    _make(
        "noise",
        "Noise",
        "sqrt(pi / 2) times the mean of |f * N| / 6, N the difference of two Laplacians "
        "(1 -2 1, -2 4 -2, 1 -2 1)",
        high=426.1,
        unit="gray levels",
        source="Immerkaer (1996), Computer Vision and Image Understanding 64(2)",
        means=("Grain, sensor noise, dithering, very fine texture", "Clean or blurred"),
    ),
)

_TONES: tuple[Column, ...] = (
    _make(
        "shadows",
        "Clipped shadows",
        f"Share of pixels with a gray value of at most {CLIP}",
        means=("Underexposed, black grounds", "No pixel is black"),
    ),
    _make(
        "highlights",
        "Clipped highlights",
        f"Share of pixels with a gray value of at least {255 - CLIP}",
        means=("Overexposed, white grounds", "No pixel is white"),
    ),
    _make(
        "range",
        "Tonal range",
        "99th minus 1st percentile of the gray values",
        high=255.0,
        unit="gray levels",
        source=_KE,
        means=("Full range from black to white", "Fog, haze, faded prints"),
    ),
    _make(
        "michelson",
        "Michelson contrast",
        "(high - low) / (high + low), low and high the 1st and 99th percentile of the gray "
        "values; 0 for a black picture",
        unit="contrast (0 none, 1 full)",
        source="Michelson (1927), Studies in Optics",
        means=("Some parts are black", "Fog, haze, high key"),
    ),
    _make(
        "misexposure",
        "Distance from middle exposure",
        "|mean gray value - 127.5| / 127.5",
        unit="index (0 middle, 1 black or white)",
        means=("Far too dark or too light, or meant so", "As light meters aim for"),
    ),
    _make(
        "blank",
        "Blank share",
        f"Share of pixels whose gray value and the eight around it lie within {LEVEL} levels",
        means=("Empty: sky, paper, screens, frames", "Texture everywhere"),
    ),
)

COLUMNS = (*_DETAIL, *_TONES)
