"""One image: read any file safely, and compute with its pixels."""

from iconometrics.images.anonymity import anonymize, blur
from iconometrics.images.boxes import crop
from iconometrics.images.encoding import data_uri, encode
from iconometrics.images.faces import find_faces
from iconometrics.images.formats import SUFFIXES, is_image_name
from iconometrics.images.gradient import gradients, magnitude_direction
from iconometrics.images.hashing import hamming, perceptual_hash
from iconometrics.images.picture import Picture
from iconometrics.images.quality import contrast, sharpness
from iconometrics.images.reading import MAX_PIXELS, open, read
from iconometrics.images.scaling import resize
from iconometrics.images.values import gray, normalize, vector

__all__ = [
    "MAX_PIXELS",
    "SUFFIXES",
    "Picture",
    "anonymize",
    "blur",
    "contrast",
    "crop",
    "data_uri",
    "encode",
    "find_faces",
    "gradients",
    "gray",
    "hamming",
    "is_image_name",
    "magnitude_direction",
    "normalize",
    "open",
    "perceptual_hash",
    "read",
    "resize",
    "sharpness",
    "vector",
]
