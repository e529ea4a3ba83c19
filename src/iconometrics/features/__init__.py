"""Features: numbers computed from pixels by stated rules, one row an image, named columns."""

from iconometrics.features.color import Color
from iconometrics.features.column import Column
from iconometrics.features.extraction import (
    extract,
    extract_part,
    extract_with_reasons,
    failed_part,
)
from iconometrics.features.extractor import Extractor
from iconometrics.features.hog import HOG
from iconometrics.features.registry import dictionary, get, register, registry

__all__ = [
    "HOG",
    "Color",
    "Column",
    "Extractor",
    "dictionary",
    "extract",
    "extract_part",
    "extract_with_reasons",
    "failed_part",
    "get",
    "register",
    "registry",
]
