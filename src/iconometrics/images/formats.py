"""Which files are pictures: by their name, and by their first bytes."""

from __future__ import annotations

import codecs
import importlib
import os
import re
from functools import lru_cache
from pathlib import PurePath

from PIL import ImageFile

from iconometrics.errors import ReadError

__all__ = ["HEAD", "SUFFIXES", "decoder", "is_image_name", "sniff"]

HEAD = 1024

SUFFIXES = frozenset(
    {
        *(".apng", ".avif", ".avifs", ".bmp", ".dib", ".gif", ".heic", ".heif", ".hif"),
        *(".j2k", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpf", ".jpg", ".jpx"),
        *(".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"),
    }
)

_DECODERS = {
    "AVIF": ("PIL.AvifImagePlugin", "AvifImageFile"),
    "BMP": ("PIL.BmpImagePlugin", "BmpImageFile"),
    "GIF": ("PIL.GifImagePlugin", "GifImageFile"),
    "HEIF": ("pillow_heif", "HeifImageFile"),
    "JPEG": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "JPEG2000": ("PIL.Jpeg2KImagePlugin", "Jpeg2KImageFile"),
    "PNG": ("PIL.PngImagePlugin", "PngImageFile"),
    "PPM": ("PIL.PpmImagePlugin", "PpmImageFile"),
    "TIFF": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "WEBP": ("PIL.WebPImagePlugin", "WebPImageFile"),
}

_SIGNATURES = (
    (b"\xff\xd8", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
)

_REFUSED = (
    (b"%!PS", "EPS or PostScript file, not allowed: it is a program; export it as PNG"),
    (b"\xc5\xd0\xd3\xc6", "EPS file, not allowed: it holds a program; export it as PNG"),
    (b"%PDF", "PDF document, not an image: export its pages as PNG or TIFF"),
    (b"PK\x03\x04", "ZIP archive or office document, not an image: unpack it first"),
    (b"\x1f\x8b", "gzip archive, not an image: unpack it first"),
    (b"8BPS", "Photoshop document: export it as PNG or TIFF"),
    (b"\x1a\x45\xdf\xa3", "video, not an image: extract its frames first"),
)

_HEIF_BRANDS = frozenset(b"heic heix heim heis hevc hevx hevm hevs mif1 msf1".split())
_HTML = re.compile(rb"<!doctype\s+html|<html|<head[\s>]|<body[\s>]|<script[\s>]")


def is_image_name(name: str | os.PathLike[str]) -> bool:
    """Tell whether a file name ends like that of a picture.

    Parameters
    ----------
    name
        A file name or path; the file need not exist and is not opened.

    Returns
    -------
    bool
        True if its suffix, in any case, is in `SUFFIXES`.

    Examples
    --------
    >>> from iconometrics import images
    >>> images.is_image_name("IMG_0001.JPG"), images.is_image_name("posts.csv")
    (True, False)
    """
    return PurePath(name).suffix.lower() in SUFFIXES


def sniff(head: bytes) -> str:
    """Name the picture format of a file by its first bytes."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        return _brand(head)
    if head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace():
        return "PPM"
    raise ReadError(_refusal(head))


def _brand(head: bytes) -> str:
    brands = {head[8:12], *re.findall(rb"[\s\S]{4}", head[16 : int.from_bytes(head[:4])])}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    if brands & _HEIF_BRANDS:
        return "HEIF"
    raise ReadError("video, not an image: extract its frames first")


def _refusal(head: bytes) -> str:
    if not head:
        return "empty file (0 bytes): download or copy it again"
    for signature, reason in _REFUSED:
        if head.startswith(signature):
            return reason
    if not head.strip(b"\0"):
        return "only zero bytes (a copy that failed?): download or copy it again"
    return _text_refusal(head) or (
        f"unknown kind of file (begins with the bytes {head[:8].hex(' ')}): expected JPEG, PNG, "
        "GIF, BMP, TIFF, WebP, AVIF, HEIC, JPEG 2000 or PNM; convert it to one of them"
    )


def _text_refusal(head: bytes) -> str | None:
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if _HTML.search(text):
        return "HTML page (scrape error?): see in a browser what the site sent, download it again"
    if text.startswith(b"<") and b"<svg" in text:
        return "SVG, a vector image without pixels: export it as PNG"
    if _is_text(text):
        return "text, not an image (scrape error?): read what it says, download the image again"
    return None


def _is_text(content: bytes) -> bool:
    try:
        # Incrementally, since the last character may have been cut in two.
        text = codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\t\r\n\f" for character in text)


@lru_cache
def decoder(kind: str) -> type[ImageFile.ImageFile]:
    """Find the Pillow class that reads one format, and load nothing else."""
    module, name = _DECODERS[kind]
    try:
        plugin: type[ImageFile.ImageFile] = getattr(importlib.import_module(module), name)
    except ImportError as error:
        raise ReadError(
            "HEIC image: needs the HEIF plugin: pip install 'iconometrics[heif]'"
        ) from error
    return plugin
