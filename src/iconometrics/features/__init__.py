"""Features: numbers computed from pixels by stated rules, one row per image, named columns."""

from iconometrics.features.blobs import Blobs
from iconometrics.features.color import Color
from iconometrics.features.column import Column
from iconometrics.features.composition import Composition, saliency, symmetry
from iconometrics.features.cooccurrence import GLCM, cooccurrence
from iconometrics.features.corners import Corners
from iconometrics.features.dense_sift import dense_sift
from iconometrics.features.edges import Edges, canny, canny_thresholds
from iconometrics.features.entropy import Entropy, local_entropy
from iconometrics.features.extraction import extract, extract_with_reasons
from iconometrics.features.extractor import Extractor, extract_part, failed_part
from iconometrics.features.faces import Faces
from iconometrics.features.gabor import Gabor, gabor_kernel, gabor_responses
from iconometrics.features.gist import GIST, gist
from iconometrics.features.haar import Haar
from iconometrics.features.haar_boosting import HaarBoost, haar_boost
from iconometrics.features.haar_windows import haar_features, haar_values, integral
from iconometrics.features.histogram import Histogram, color_histogram
from iconometrics.features.hog import HOG
from iconometrics.features.keypoints import Keypoints, sift
from iconometrics.features.lbp import LBP, local_binary_patterns
from iconometrics.features.lines import Lines, straight_lines
from iconometrics.features.palette import (
    Palette,
    dominant_colors,
    earth_mover_colorfulness,
    hue_count,
)
from iconometrics.features.pixels import Pixels
from iconometrics.features.preprocessing import STEPS, Preprocessed, preprocess
from iconometrics.features.quality import Quality
from iconometrics.features.registry import DEFAULT, dictionary, get, register, registry
from iconometrics.features.texture import Texture
from iconometrics.features.visual_words import VisualWords, Words
from iconometrics.features.vocabulary import Vocabulary

__all__ = [
    "DEFAULT",
    "GIST",
    "GLCM",
    "HOG",
    "LBP",
    "STEPS",
    "Blobs",
    "Color",
    "Column",
    "Composition",
    "Corners",
    "Edges",
    "Entropy",
    "Extractor",
    "Faces",
    "Gabor",
    "Haar",
    "HaarBoost",
    "Histogram",
    "Keypoints",
    "Lines",
    "Palette",
    "Pixels",
    "Preprocessed",
    "Quality",
    "Texture",
    "VisualWords",
    "Vocabulary",
    "Words",
    "canny",
    "canny_thresholds",
    "color_histogram",
    "cooccurrence",
    "dense_sift",
    "dictionary",
    "dominant_colors",
    "earth_mover_colorfulness",
    "extract",
    "extract_part",
    "extract_with_reasons",
    "failed_part",
    "gabor_kernel",
    "gabor_responses",
    "get",
    "gist",
    "haar_boost",
    "haar_features",
    "haar_values",
    "hue_count",
    "integral",
    "local_binary_patterns",
    "local_entropy",
    "preprocess",
    "register",
    "registry",
    "saliency",
    "sift",
    "straight_lines",
    "symmetry",
]


def __dir__() -> list[str]:
    return __all__
