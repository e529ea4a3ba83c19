"""Bad input and what it gets, row by row of the list that the project keeps."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from iconometrics import images
from iconometrics.errors import ReadError
from iconometrics.images import formats

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def reason(content: Any, **options: Any) -> str:
    with pytest.raises(ReadError) as caught:
        images.open(content, **options)
    return str(caught.value)


def header(width: int, height: int, depth: int = 8, color: int = 2) -> bytes:
    return struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


class TestRow01:
    @pytest.mark.parametrize("progressive", [False, True], ids=["baseline", "progressive"])
    @pytest.mark.parametrize("size", [None, 40], ids=["full", "reduced"])
    @pytest.mark.parametrize("kept", ["half", "all but 2 bytes", "all but 40 bytes", "20 bytes"])
    def test_row01_truncated_jpeg(
        self, encode: Any, photo: Any, kept: str, size: int | None, progressive: bool
    ) -> None:
        whole = encode(photo, "JPEG", progressive=progressive)
        end = {"half": len(whole) // 2, "20 bytes": 20}.get(kept) or -int(kept.split()[2])
        assert reason(whole[:end], size=size).startswith("truncated")

    def test_row01_without_its_last_2_bytes_salvage_is_whole(self, jpeg: bytes) -> None:
        picture = images.open(jpeg[:-2], salvage=True)
        assert "truncated" in picture.changes[0]
        assert (picture.pixels == images.read(jpeg)).all()

    @pytest.mark.parametrize("size", [None, 60])
    def test_row01_half_salvage_keeps_the_upper_half(self, jpeg: bytes, size: int | None) -> None:
        picture = images.open(jpeg[: len(jpeg) // 2], size, salvage=True)
        whole = images.read(jpeg, size)
        third = len(whole) // 3
        assert picture.pixels.shape == whole.shape
        assert (picture.pixels[:third] == whole[:third]).all()
        assert not (picture.pixels[-5:] == whole[-5:]).all()
        assert "truncated" in picture.changes[0]

    def test_row01_salvage_changes_nothing_on_a_whole_jpeg(self, jpeg: bytes) -> None:
        assert images.open(jpeg, salvage=True).changes == ()

    def test_row01_nothing_to_salvage(self, jpeg: bytes, encode: Any, photo: Any) -> None:
        assert reason(jpeg[:20], salvage=True).startswith("truncated")
        png = encode(photo, "PNG")
        assert reason(png[: len(png) // 2], salvage=True).startswith("truncated")

    @pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "PPM"])
    def test_row01_other_formats(self, encode: Any, photo: Any, kind: str) -> None:
        whole = encode(photo, kind)
        assert reason(whole[: len(whole) // 2]).startswith("truncated")

    @pytest.mark.parametrize("kind", ["TIFF", "WEBP", "AVIF"])
    def test_row01_formats_that_do_not_tell_cut_from_corrupt(
        self, encode: Any, photo: Any, kind: str
    ) -> None:
        whole = encode(photo, kind)
        assert reason(whole[: len(whole) // 2]).startswith(("truncated", "corrupt"))

    def test_row01_png_without_its_end(self, encode: Any, photo: Any) -> None:
        assert reason(encode(photo, "PNG")[:-12]).startswith("truncated")


ROW02 = {
    "zero bytes": (b"", "empty"),
    "html": (b"\n<!DOCTYPE html>\n<html><head><title>404</title>", "HTML page"),
    "html without doctype": (b"\xef\xbb\xbf  <HTML lang='en'>", "HTML page"),
    "html with a drawing": (b"<html><body><svg xmlns='http://www.w3.org/2000/svg'>", "HTML page"),
    "html in utf-16": ("<!doctype html><html>".encode("utf-16"), "HTML page"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "SVG"),
    "svg with prolog": (b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-"><svg/>', "SVG"),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "EPS"),
    "eps with preview": (b"\xc5\xd0\xd3\xc6" + bytes(28), "EPS"),
    "pdf": (b"%PDF-1.7\n", "PDF"),
    "json": (b'{"error": "rate limited, caf\xc3\xa9"}', "text"),
    "only zeros": (bytes(5000), "only zero bytes"),
    "video": (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "video"),
    "anything": (bytes(range(200, 256)), "unknown kind of file"),
    "zip": (b"PK\x03\x04" + bytes(26), "ZIP"),
}


@pytest.mark.parametrize(("content", "expected"), ROW02.values(), ids=list(ROW02))
def test_row02_no_picture(content: bytes, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(content)
    assert reason(file).startswith(expected)
    assert reason(content).startswith(expected)


def test_row02_eps_never_reaches_its_decoder(tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(ROW02["eps"][0])
    code = (
        "import sys; from iconometrics import images\n"
        f"try: images.open({str(file)!r})\n"
        "except Exception as error: print(type(error).__name__)\n"
        "assert 'PIL.EpsImagePlugin' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "ReadError"


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)


def test_row02_heic_without_the_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    formats.decoder.cache_clear()
    assert "pip install 'iconometrics[heif]'" in reason(HEIC)
    formats.decoder.cache_clear()


def test_row02_heic_with_the_plugin(photo: Any) -> None:
    heif = pytest.importorskip("pillow_heif")
    stream = io.BytesIO()
    heif.from_pillow(Image.fromarray(photo)).save(stream, quality=90)
    picture = images.open(stream.getvalue())
    assert picture.changes == ()
    assert np.abs(picture.pixels.astype(int) - photo).mean() < 4
    assert reason(HEIC).startswith(("corrupt", "truncated"))


@pytest.mark.parametrize("kind", ["AVIF", "WEBP"])
def test_row03_modern_formats(encode: Any, photo: Any, kind: str) -> None:
    picture = images.open(encode(photo, kind, quality=90))
    assert picture.changes == ()
    assert np.abs(picture.pixels.astype(int) - photo).mean() < 4


def test_row04_cmyk_jpeg(encode: Any, photo: Any) -> None:
    content = encode(Image.fromarray(photo).convert("CMYK"), "JPEG", quality=95)
    assert b"Adobe" in content[:400]
    picture = images.open(content)
    assert picture.changes == ("CMYK converted to sRGB without a color profile",)
    assert np.abs(picture.pixels.astype(int) - photo).mean() < 3


def test_row04_cmyk_jpeg_with_an_rgb_profile(encode: Any, photo: Any) -> None:
    content = encode(Image.fromarray(photo).convert("CMYK"), "JPEG", icc_profile=srgb())
    (change,) = images.open(content, 50).changes
    assert "ignored" in change
    assert "CMYK" in change


def test_row05_16_bit_gray_png(encode: Any) -> None:
    values = np.linspace(0, 65535, 256 * 8).round().astype(np.uint16).reshape(8, 256)
    picture = images.open(encode(values, "PNG"))
    assert picture.changes == ("16-bit gray rescaled to 8-bit",)
    assert (picture.pixels == np.rint(values / 257)[..., None]).all()


@pytest.mark.parametrize("photometric", [0, 1], ids=["white is zero", "black is zero"])
def test_row05_16_bit_gray_tiff(encode: Any, photometric: int) -> None:
    values = np.arange(0, 65536, 257, dtype=np.uint16).reshape(16, 16)
    content = encode(values, "TIFF", tiffinfo={262: photometric})
    expected = np.arange(256).reshape(16, 16)
    found = images.read(content)[..., 0]
    assert (found == (expected if photometric else 255 - expected)).all()


def test_row05_transparent_16_bit_gray(chunk: Any) -> None:
    rows = b"".join(b"\0" + struct.pack(">HH", 1000, 40000) for _ in range(2))
    content = (
        SIGNATURE
        + chunk(b"IHDR", header(2, 2, 16, 0))
        + chunk(b"tRNS", struct.pack(">H", 1000))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    assert images.read(content)[0, :, 0].tolist() == [255, 156]


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [3, 4])
def test_row06_16_bit_color(suffix: str, channels: int) -> None:
    values = np.random.default_rng(6).integers(0, 65536, (9, 11, channels), dtype=np.uint16)
    values[..., 3:] = 65535
    picture = images.open(cv2.imencode(suffix, values)[1].tobytes())
    assert "16-bit color reduced to 8-bit" in picture.changes
    assert np.abs(picture.pixels[..., ::-1] - values[..., :3] / 257).max() <= 1


@pytest.mark.parametrize("top", [1, 255, 65535])
def test_row07_float_tiff(encode: Any, top: int) -> None:
    values = np.linspace(0, top, 256, dtype=np.float32).reshape(16, 16)
    picture = images.open(encode(values, "TIFF"))
    assert picture.changes == (f"floating-point 0-{top} rescaled to 8-bit",)
    assert (picture.pixels[..., 0] == np.arange(256).reshape(16, 16)).all()


@pytest.mark.parametrize("value", [-1.0, 1e6, np.nan, np.inf])
def test_row07_float_tiff_of_no_known_scale(encode: Any, value: float) -> None:
    values = np.zeros((4, 4), np.float32)
    values[1, 1] = value
    assert reason(encode(values, "TIFF")).startswith("values from")


def test_row07_32_bit_tiff(encode: Any) -> None:
    values = np.arange(0, 65536, 257, dtype=np.int32).reshape(16, 16)
    picture = images.open(encode(values, "TIFF"))
    assert (picture.pixels[..., 0] == np.arange(256).reshape(16, 16)).all()
    assert reason(encode(values - 1, "TIFF")).startswith("values from -1")


def transparent(mode: str) -> Image.Image:
    """Left half opaque, right half fully transparent, the color underneath the same."""
    image = Image.new("RGBA", (8, 4), (200, 0, 0, 255))
    image.paste((200, 0, 0, 0), (4, 0, 8, 4))
    return image.convert(mode)


@pytest.mark.parametrize(
    ("mode", "kind", "left"),
    [
        ("RGBA", "PNG", (200, 0, 0)),
        ("RGBA", "TIFF", (200, 0, 0)),
        ("LA", "PNG", (60, 60, 60)),
        ("P", "PNG", (200, 0, 0)),
        ("RGBA", "GIF", (200, 0, 0)),
    ],
)
def test_row08_transparency_is_laid_on_white(
    encode: Any, mode: str, kind: str, left: tuple[int, int, int]
) -> None:
    picture = images.open(encode(transparent(mode), kind))
    assert picture.changes == ("transparent areas laid on white",)
    assert np.abs(picture.pixels[0, 0].astype(int) - left).max() <= 1
    assert picture.pixels[0, 7].tolist() == [255, 255, 255]


def test_row08_half_transparent_mixes_with_white(encode: Any) -> None:
    half = Image.new("RGBA", (2, 2), (0, 100, 200, 128))
    expected = np.array([0, 100, 200]) * 128 / 255 + 255 * 127 / 255
    assert np.abs(images.read(encode(half, "PNG"))[0, 0] - expected).max() <= 1


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1"])
def test_row08_one_transparent_color(encode: Any, mode: str) -> None:
    image = Image.new(mode, (2, 1), 0)
    image.putpixel((1, 0), 1 if mode in "P1" else 255 if mode == "L" else (255, 255, 255))
    picture = images.open(encode(image, "PNG", transparency=(0, 0, 0) if mode == "RGB" else 0))
    assert picture.pixels[0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_row08_opaque_is_no_change(encode: Any, photo: Any, mode: str) -> None:
    assert images.open(encode(Image.fromarray(photo).convert(mode), "PNG")).changes == ()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_row09_first_frame_and_count(encode: Any, kind: str) -> None:
    red, green, blue = (Image.new("RGB", (9, 7), color) for color in ("red", "lime", "blue"))
    content = encode(red, kind, save_all=True, append_images=[green, blue])
    picture = images.open(content)
    assert picture.frames == 3
    assert picture.changes == ("first of 3 frames",)
    assert np.abs(picture.pixels.astype(int) - (255, 0, 0)).max() <= 2


def turned(photo: Any, orientation: int) -> Any:
    """What a camera held otherwise stores, so that the orientation brings `photo` back."""
    stored = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.swapaxes(0, 1),
        6: lambda a: np.rot90(a),
        7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
        8: lambda a: np.rot90(a, -1),
    }
    return np.ascontiguousarray(stored[orientation](photo))


def oriented(encode: Any, pixels: Any, orientation: int, kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    lossless = {"lossless": True, "method": 0, "quality": 0}
    options = lossless if kind == "WEBP" else {"speed": 10} if kind == "AVIF" else {}
    content: bytes = encode(pixels, kind, exif=exif, **options)
    return content


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_row10_eight_equal_results(encode: Any, photo: Any, kind: str) -> None:
    for orientation in range(1, 9):
        content = oriented(encode, turned(photo, orientation), orientation, kind)
        picture = images.open(content)
        assert (picture.pixels == photo).all(), orientation
        assert (picture.height, picture.width) == photo.shape[:2]


@pytest.mark.parametrize("size", [None, 100], ids=["full", "reduced"])
@pytest.mark.parametrize("kind", ["JPEG", "AVIF"])
def test_row10_eight_alike_where_coding_loses(
    encode: Any, photo: Any, kind: str, size: int | None
) -> None:
    expected = images.read(encode(photo, kind), size).astype(int)
    for orientation in range(1, 9):
        content = oriented(encode, turned(photo, orientation), orientation, kind)
        picture = images.open(content, size)
        assert np.abs(picture.pixels - expected).mean() < 3, orientation
        assert (picture.height, picture.width) == photo.shape[:2]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_row10_orientation_99_is_taken_as_1(encode: Any, photo: Any, kind: str) -> None:
    plain = images.read(oriented(encode, photo, 1, kind))
    picture = images.open(oriented(encode, photo, 99, kind))
    assert (picture.pixels == plain).all()
    assert kind == "TIFF" or picture.changes == ("invalid EXIF orientation 99 ignored",)


def test_row10_turning_is_recorded(encode: Any, photo: Any) -> None:
    picture = images.open(oriented(encode, photo, 6, "JPEG"))
    assert picture.changes == ("turned upright (EXIF orientation 6)",)


def test_row11_broken_profile(encode: Any, photo: Any) -> None:
    for broken in (b"no profile at all" * 20, srgb()[:200], srgb()[:-300]):
        picture = images.open(encode(photo, "PNG", icc_profile=broken))
        assert picture.changes == ("damaged color profile ignored",)
        assert (picture.pixels == photo).all()


def test_row11_srgb_profile_changes_nothing(encode: Any, photo: Any) -> None:
    picture = images.open(encode(photo, "PNG", icc_profile=srgb()))
    assert picture.changes == ()
    assert (picture.pixels == photo).all()


def test_row11_other_profile_is_converted(encode: Any, photo: Any) -> None:
    profile = srgb()
    red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
    other = bytearray(profile)
    other[red : red + 4], other[blue : blue + 4] = b"bXYZ", b"rXYZ"
    picture = images.open(encode(photo, "PNG", icc_profile=bytes(other)))
    assert picture.changes[0].startswith("colors converted to sRGB from the profile")
    assert np.abs(picture.pixels[..., ::-1].astype(int) - photo).max() <= 2


def test_row11_profile_of_a_gray_picture(encode: Any, photo: Any) -> None:
    gray = Image.fromarray(photo).convert("L")
    picture = images.open(encode(gray, "PNG", icc_profile=srgb()))
    assert picture.changes == ()
    assert (picture.pixels == np.asarray(gray)[..., None]).all()


def bilevel(chunk: Any, side: int) -> bytes:
    rows = zlib.compress(bytes((side + 7) // 8 + 1) * side, 9)
    size = chunk(b"IHDR", header(side, side, 1, 0))
    content: bytes = SIGNATURE + size + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return content


@pytest.mark.parametrize("side", [12000, 30000], ids=["144 MP", "900 MP"])
def test_row12_bomb_costs_no_memory(chunk: Any, tmp_path: Path, side: int) -> None:
    file = tmp_path / "bomb.png"
    file.write_bytes(bilevel(chunk, side))
    assert file.stat().st_size < 120_000
    code = (
        "import resource; import numpy as np; from iconometrics import images\n"
        "images.read(images.encode(np.zeros((9, 9), np.uint8), 'png'))\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"try: images.open({str(file)!r})\n"
        "except Exception as error: print(error)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    message, growth = done.stdout.splitlines()
    assert message.startswith(f"too large: {side} x {side} pixels, the limit is 120,000,000")
    assert int(growth) < 10_000
    assert done.stderr == ""


def test_row12_impossible_header(chunk: Any) -> None:
    content = SIGNATURE + chunk(b"IHDR", header(2**31 - 1, 2**31 - 1)) + chunk(b"IDAT", b"")
    assert reason(content).startswith("too large")
    content = SIGNATURE + chunk(b"IHDR", header(2**31, 2**31)) + chunk(b"IDAT", b"")
    assert reason(content).startswith("too large")


def test_row12_the_cap_can_be_moved(encode: Any) -> None:
    content = encode(np.zeros((100, 100, 3), np.uint8), "JPEG")
    assert images.open(content, max_pixels=10_000).width == 100
    assert reason(content, max_pixels=9_999).startswith("too large")


def test_row12_webp_canvas(encode: Any) -> None:
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    content = bytearray(encode(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    at = content.index(b"VP8X") + 12
    content[at : at + 6] = (16383).to_bytes(3, "little") * 2
    assert reason(bytes(content)).startswith("too large")


def test_row13_text_bomb(chunk: Any) -> None:
    text = b"Comment\0\0" + zlib.compress(bytes(50_000_000), 9)
    content = (
        SIGNATURE
        + chunk(b"IHDR", header(1, 1))
        + chunk(b"zTXt", text)
        + chunk(b"IDAT", zlib.compress(bytes(4)))
        + chunk(b"IEND", b"")
    )
    assert reason(content).startswith("corrupt")


@pytest.mark.parametrize("name", [b"IHDR", b"IDAT"])
def test_row14_bad_checksum(encode: Any, photo: Any, name: bytes) -> None:
    content = bytearray(encode(photo, "PNG"))
    start = content.index(name)
    length = int.from_bytes(content[start - 4 : start])
    content[start + 4 + length] ^= 0xFF
    assert reason(bytes(content)).startswith("corrupt")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("shape", [(1, 1), (65500, 1), (1, 65500)])
def test_row15_extreme_shapes(encode: Any, kind: str, shape: tuple[int, int]) -> None:
    content = encode(np.full((*shape, 3), 90, np.uint8), kind)
    picture = images.open(content)
    assert picture.pixels.shape == (*shape, 3)
    small = images.open(content, 224)
    assert small.pixels.shape == (*(min(side, 224) for side in shape), 3)
    assert (small.height, small.width) == shape
    assert (small.pixels == 90).all()


def test_row16_script_after_the_end(jpeg: bytes) -> None:
    script = b"<script>alert(1)</script>"
    picture = images.open(jpeg + script)
    assert (picture.pixels == images.read(jpeg)).all()
    assert b"<script" not in images.encode(picture.pixels)


def test_row17_folder_pipe_and_device(tmp_path: Path) -> None:
    folder, pipe = tmp_path / "x.jpg", tmp_path / "pipe.jpg"
    folder.mkdir()
    os.mkfifo(pipe)
    for path in (folder, pipe, Path("/dev/zero"), "/dev/null"):
        assert reason(path).startswith("not a regular file")


def test_row18_missing_file(tmp_path: Path) -> None:
    assert reason(tmp_path / "none.jpg").startswith("missing")
    assert reason("a\0b.jpg").startswith("missing")
    assert reason(tmp_path / ("n" * 300)).startswith("cannot be opened")


def test_row19_odd_names(tmp_path: Path, jpeg: bytes) -> None:
    for name in (os.fsdecode(b"caf\xe9.jpg"), "cafe\u0301.jpg", "=cmd()\n<img onerror>.jpg"):
        (tmp_path / name).write_bytes(jpeg)
        assert images.open(tmp_path / name).changes == ()


def test_row21_link_loop(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to(tmp_path / "b.jpg")
    (tmp_path / "b.jpg").symlink_to(tmp_path / "a.jpg")
    assert reason(tmp_path / "a.jpg").startswith("a link that leads nowhere")


def test_row26_permission_denied(tmp_path: Path, jpeg: bytes) -> None:
    file = tmp_path / "secret.jpg"
    file.write_bytes(jpeg)
    file.chmod(0)
    root = os.geteuid() == 0
    tmp_path.chmod(0o755)
    if root:
        os.seteuid(65534)
    try:
        assert reason(file).startswith("permission denied")
    finally:
        if root:
            os.seteuid(0)
        file.chmod(0o600)
