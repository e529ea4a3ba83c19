"""One image: read any file safely, and compute with its pixels."""

from iconometrics.images.alignment import align_face, crop_face
from iconometrics.images.anonymity import anonymize, blur
from iconometrics.images.background import foreground, remove_background
from iconometrics.images.blobs import blobs
from iconometrics.images.boxes import crop
from iconometrics.images.convolution import convolve, kernels, output_size
from iconometrics.images.corners import corners, harris
from iconometrics.images.encoding import data_uri, encode
from iconometrics.images.faces import find_faces
from iconometrics.images.formats import SUFFIXES, is_image_name
from iconometrics.images.gradient import gradients, magnitude_direction
from iconometrics.images.hashing import hamming, perceptual_hash
from iconometrics.images.lighting import equalize, gray_world
from iconometrics.images.picture import Picture
from iconometrics.images.pooling import pool
from iconometrics.images.quality import contrast, sharpness
from iconometrics.images.reading import MAX_PIXELS, open, read
from iconometrics.images.scaling import resize
from iconometrics.images.values import gray, normalize, vector

__all__ = [
    "MAX_PIXELS",
    "SUFFIXES",
    "Picture",
    "align_face",
    "anonymize",
    "blobs",
    "blur",
    "contrast",
    "convolve",
    "corners",
    "crop",
    "crop_face",
    "data_uri",
    "encode",
    "equalize",
    "find_faces",
    "foreground",
    "gradients",
    "gray",
    "gray_world",
    "hamming",
    "harris",
    "is_image_name",
    "kernels",
    "magnitude_direction",
    "normalize",
    "open",
    "output_size",
    "perceptual_hash",
    "pool",
    "read",
    "remove_background",
    "resize",
    "sharpness",
    "vector",
]


def __dir__() -> list[str]:
    return __all__
