"""From every way to store pixels to 8 bits per channel without transparency."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from iconometrics.errors import ReadError

__all__ = ["eight_bit", "is_deep", "is_sideways", "upright"]

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PHOTOMETRIC = 262
_WHITE_IS_ZERO = 0


def is_deep(image: Any) -> bool:
    """Tell whether Pillow will cut 16-bit color down to 8 bits while decoding."""
    return image.mode in ("RGB", "RGBA", "LA", "CMYK") and ";16" in str(image.tile[:1])


def eight_bit(image: Image.Image) -> tuple[Image.Image, str]:
    """Bring a loaded image to 8 bits per channel, transparent areas laid on white."""
    if image.mode.startswith("I;16"):
        return _from_gray16(image), "16-bit gray rescaled to 8-bit"
    if image.mode in ("I", "F"):
        return _from_numbers(np.asarray(image))
    if image.has_transparency_data:
        return _on_white(image)
    if image.mode in ("L", "RGB", "CMYK"):
        return image, ""
    if image.mode in ("1", "P", "YCbCr", "RGBX"):
        return image.convert("L" if image.mode == "1" else "RGB"), ""
    raise ReadError(f"pixels stored as {image.mode}: expected gray, RGB or CMYK; save it as PNG")


def upright(image: Image.Image, orientation: Any) -> tuple[Image.Image, str]:
    """Turn an image as its EXIF orientation says."""
    if orientation == 1:
        return image, ""
    if orientation not in _TURNS:
        return image, f"invalid EXIF orientation {str(orientation)[:20]} ignored"
    return image.transpose(_TURNS[orientation]), f"turned upright (EXIF orientation {orientation})"


def is_sideways(orientation: Any) -> bool:
    """Tell whether an EXIF orientation exchanges width and height."""
    return orientation in (5, 6, 7, 8)


def _from_gray16(image: Image.Image) -> Image.Image:
    values = np.array(image, dtype=np.uint32)
    transparent = image.info.get("transparency")
    # Pillow inverts white-is-zero scans of 8 bits, but hands on those of 16 bits as they are.
    if getattr(image, "tag_v2", {}).get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        values = 65535 - values
    if isinstance(transparent, int):
        values[values == transparent] = 65535
    return Image.fromarray(_rescaled(values, 65535))


def _from_numbers(values: NDArray[Any]) -> tuple[Image.Image, str]:
    """Rescale a float or 32-bit picture by the scale its values lie in, never by its extremes."""
    low, high = values.min(), values.max()
    whole = values.dtype.kind == "i"
    for top in (65535,) if whole else (1, 255, 65535):
        if low >= 0 and high <= top:
            kind = "32-bit" if whole else "floating-point"
            return Image.fromarray(_rescaled(values, top)), f"{kind} 0-{top} rescaled to 8-bit"
    raise ReadError(
        f"values from {low:g} to {high:g}: expected 0 to 1, 0 to 255 or 0 to 65535; rescale them "
        "the same way in all pictures and save as 8-bit PNG"
    )


def _rescaled(values: NDArray[Any], top: int) -> NDArray[np.uint8]:
    return np.rint(values * np.float32(255 / top)).astype(np.uint8)


def _on_white(image: Image.Image) -> tuple[Image.Image, str]:
    image = image.convert("RGBA")
    low, _ = image.getchannel("A").getextrema()
    if low == 255:
        return image.convert("RGB"), ""
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image)
    return ground, "transparent areas laid on white"
