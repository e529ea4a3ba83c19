"""What a picture tells besides its pixels, and how reading behaves as a whole."""

from __future__ import annotations

import io
import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile, PngImagePlugin

from iconometrics import images
from iconometrics.errors import InputError, ReadError

EXIF_IFD, GPS_IFD = 0x8769, 0x8825


def described(encode: Any, photo: Any, tags: dict[int, Any], gps: dict[int, Any]) -> Any:
    exif = Image.Exif()
    exif.get_ifd(EXIF_IFD).update(tags)
    exif.get_ifd(GPS_IFD).update(gps)
    return images.open(encode(photo, "JPEG", exif=exif))


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({36867: "2019:07:04 12:30:59"}, "2019-07-04T12:30:59"),
        ({36867: "2019:07:04 12:30:59", 36881: "+02:00"}, "2019-07-04T12:30:59+02:00"),
        ({36867: "2019:07:04 12:30:59", 36881: "somewhere"}, "2019-07-04T12:30:59"),
        ({36868: "2001:01:02 03:04:05"}, "2001-01-02T03:04:05"),
        ({36867: "0000:00:00 00:00:00", 36868: "2001:01:02 03:04:05"}, "2001-01-02T03:04:05"),
        ({36867: "    :  :     :  :  "}, None),
        ({36867: "yesterday"}, None),
        ({36867: "2019:02:30 12:00:00"}, None),
        ({}, None),
    ],
)
def test_when(encode: Any, photo: Any, tags: dict[int, Any], expected: str | None) -> None:
    assert described(encode, photo, tags, {}).captured == expected


@pytest.mark.parametrize(
    ("gps", "expected"),
    [
        ({1: "N", 2: (19.0, 25.0, 57.0), 3: "W", 4: (99.0, 7.0, 59.88)}, (19.4325, -99.1333)),
        ({1: "S", 2: (33.0, 52.0, 0.0), 3: "E", 4: (151.0, 12.0, 36.0)}, (-33.8667, 151.21)),
        ({1: "N", 2: (91.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)}, None),
        ({1: "N", 2: (19.0, 25.0), 3: "W", 4: (99.0, 7.0, 59.88)}, None),
        ({1: "N", 2: (19.0, 25.0, 57.0)}, None),
        ({}, None),
    ],
)
def test_where(encode: Any, photo: Any, gps: dict[int, Any], expected: Any) -> None:
    place = described(encode, photo, {}, gps).place
    assert place == (None if expected is None else pytest.approx(expected, abs=1e-4))


def test_damaged_exif_costs_no_picture(encode: Any, photo: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture = images.open(encode(photo, "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" * 3))
    assert picture.pixels.shape == photo.shape
    assert picture.captured is None


def test_gray_pictures_become_three_equal_channels(photo: Any) -> None:
    gray = np.ascontiguousarray(photo[..., 0])
    picture = images.open(images.encode(gray, "png"))
    assert picture.changes == ()
    assert (picture.pixels == gray[..., None]).all()


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM", "GIF", "JPEG2000"])
def test_formats_that_lose_nothing(encode: Any, photo: Any, kind: str) -> None:
    pixels = photo[..., :1].repeat(3, axis=2) if kind == "GIF" else photo
    image = Image.fromarray(pixels).convert("L") if kind == "GIF" else pixels
    picture = images.open(encode(image, kind))
    assert picture.changes == ()
    assert (picture.pixels == pixels).all()


def test_path_text_and_bytes_are_the_same(tmp_path: Path, jpeg: bytes) -> None:
    file = tmp_path / "no suffix at all"
    file.write_bytes(jpeg)
    expected = images.read(jpeg)
    for source in (file, str(file), bytearray(jpeg), memoryview(jpeg)):
        assert (images.read(source) == expected).all()


def test_a_source_that_is_none() -> None:
    with pytest.raises(InputError, match="expected the path"):
        images.open(7)  # type: ignore[arg-type]


def test_pixels_can_be_written_and_pickled(jpeg: bytes) -> None:
    picture = images.open(jpeg)
    picture.pixels[0, 0] = 7
    copy = pickle.loads(pickle.dumps(picture))
    assert (copy.pixels == picture.pixels).all()


def test_a_reason_survives_the_way_back_from_a_worker(jpeg: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        images.open(jpeg[:-2])
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_notebook_shows_the_picture(jpeg: bytes) -> None:
    shown = images.open(jpeg)._repr_html_()
    assert shown.startswith('<img src="data:image/jpeg;base64,')
    assert "width=320, height=240" in shown


def settings_of_pillow() -> tuple[Any, ...]:
    return (
        ImageFile.LOAD_TRUNCATED_IMAGES,
        Image.MAX_IMAGE_PIXELS,
        PngImagePlugin.MAX_TEXT_CHUNK,
        PngImagePlugin.MAX_TEXT_MEMORY,
        tuple(warnings.filters),
    )


def test_threads_read_alike_and_pillow_is_left_as_it_was(encode: Any, photo: Any) -> None:
    whole = encode(photo, "JPEG", quality=80)
    contents = [whole, whole[:-2], encode(photo, "PNG"), b"<html>", whole[: len(whole) // 2]] * 12

    def outcome(content: bytes) -> str:
        try:
            return str(images.read(content, 99).sum())
        except ReadError as error:
            return str(error)

    before = settings_of_pillow()
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(outcome, contents))
    assert together == [outcome(content) for content in contents]
    assert settings_of_pillow() == before


def seeds() -> list[bytes]:
    rng = np.random.default_rng(9)
    image = Image.fromarray(rng.integers(0, 256, (12, 17, 3), dtype=np.uint8))
    contents = []
    for kind in ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "AVIF", "JPEG2000"):
        stream = io.BytesIO()
        image.save(stream, kind)
        contents.append(stream.getvalue())
    return contents


SEEDS = seeds()


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=400)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=6)), max_size=8),
    st.floats(0, 1),
    st.sampled_from([None, 5]),
)
def test_damaged_bytes_give_a_picture_or_a_reason(
    content: bytes, edits: list[tuple[float, bytes]], kept: float, size: int | None
) -> None:
    damaged = bytearray(content)
    for place, new in edits:
        at = int(place * len(damaged))
        damaged[at : at + len(new)] = new
    damaged = damaged[: max(1, int((kept + 0.5) * len(damaged)))]
    try:
        picture = images.open(bytes(damaged), size, max_pixels=1_000_000)
    except ReadError as error:
        assert 10 < len(str(error)) < 400
    else:
        assert picture.pixels.dtype == np.uint8
        assert picture.pixels.ndim == 3


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.jpg", True),
        ("A.JPEG", True),
        ("x/y.tiff", True),
        ("x.heic", True),
        ("jpg", False),
        (".jpg", False),
        ("a.jpg.txt", False),
        ("a.svg", False),
        ("a.mp4", False),
        ("", False),
    ],
)
def test_names_of_pictures(name: str, expected: bool) -> None:
    assert images.is_image_name(name) is expected
    assert images.is_image_name(Path(name)) is expected


@pytest.mark.data
def test_real_pictures_are_read_as_pillow_reads_them(shared_data: Path) -> None:
    files = sorted(shared_data.rglob("*.jpg"))[::60]
    plain = 0
    for file in files:
        picture = images.open(file)
        with Image.open(file) as image:
            assert bool(image.info.get("icc_profile")) >= bool(picture.changes)
            if not picture.changes:
                plain += 1
                assert (picture.pixels == np.asarray(image.convert("RGB"))).all()
    assert plain > 50


@pytest.mark.data
def test_real_pictures_reduced(shared_data: Path) -> None:
    files = sorted((shared_data / "public_domain").rglob("*.jpg"))[::40]
    for file in files:
        full = images.resize(images.read(file), 100)
        assert np.abs(images.read(file, 100).astype(int) - full).mean() <= 2
