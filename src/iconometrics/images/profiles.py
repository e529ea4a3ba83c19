"""Color profiles: from the colors of a file to sRGB."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

__all__ = ["to_srgb"]

_SPACES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_SAME = 2


def to_srgb(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, str]:
    """Convert an image to sRGB by its color profile, or without one."""
    mode, transform, note = _transform(profile, image.mode) if profile else (image.mode, None, "")
    if transform is not None:
        image = image if image.mode == mode else image.convert(mode)
        return ImageCms.applyTransform(image, transform) or image, note
    if image.mode == "CMYK":
        note = ", ".join(filter(None, (note, "CMYK converted to sRGB without a color profile")))
        return image.convert("RGB"), note
    return image, note


@lru_cache(maxsize=32)
def _transform(profile: bytes, mode: str) -> tuple[str, ImageCms.ImageCmsTransform | None, str]:
    """Build the way from a profile to sRGB; none where it is damaged, foreign or sRGB itself."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = source.profile.xcolor_space
        wanted = _SPACES.get(space, "")
        if wanted != mode and (wanted, mode) != ("RGB", "L"):
            return mode, None, f"color profile for {space.strip()} ignored on {mode} pixels"
        transform = ImageCms.buildTransform(source, _srgb(), wanted, "RGB")
        name = _name(source)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return mode, None, "damaged color profile ignored"
    if wanted == "CMYK":
        return wanted, transform, f"CMYK converted to sRGB by its color profile ({name})"
    if _changes_nothing(transform, wanted):
        return mode, None, ""
    return wanted, transform, f"colors converted to sRGB from the profile {name}"


@lru_cache(maxsize=1)
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _name(profile: ImageCms.ImageCmsProfile) -> str:
    text = ImageCms.getProfileDescription(profile)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:60] or "unnamed"


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    steps = np.linspace(0, 255, 18).round().astype(np.uint8)
    if mode == "L":
        probe = Image.fromarray(steps[None])
    else:
        probe = Image.fromarray(np.stack(np.meshgrid(steps, steps, steps), -1).reshape(18, -1, 3))
    before = np.asarray(probe.convert("RGB"), dtype=int)
    after = np.asarray(ImageCms.applyTransform(probe, transform), dtype=int)
    return bool(np.abs(before - after).max() <= _SAME)
