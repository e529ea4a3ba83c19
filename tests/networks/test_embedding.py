"""A corpus through a network: the same numbers as one picture at a time, and a reason otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from iconometrics import Corpus, images, networks
from iconometrics.errors import IconometricsWarning, InputError

PLAIN = networks.Preprocessing(mean=0, scale=255, size=8)


@pytest.fixture
def net(write: Callable[..., Path], convolution: Any) -> networks.OnnxNetwork:
    return networks.OnnxNetwork(write(convolution()), PLAIN)


def test_a_corpus_equals_its_pictures(photos: Path, net: networks.OnnxNetwork) -> None:
    corpus = Corpus.from_folder(photos)
    table = networks.embed(corpus, net, batch=7)
    assert table.index.tolist() == corpus.ids.tolist()
    assert table.columns[0] == "small-net_0"
    assert (table.dtypes == np.float32).all()
    for image in corpus.ids:
        full = images.read(photos / image)
        short, long = sorted(full.shape[:2])
        needed = images.resize(full, max(net.least, -(-net.least * long // short)))
        assert np.allclose(table.loc[image], net.embed(needed), atol=1e-5)


@pytest.mark.parametrize("batch", [1, 3, 50])
def test_the_batch_does_not_matter(photos: Path, net: networks.OnnxNetwork, batch: int) -> None:
    corpus = Corpus.from_folder(photos)
    expected = networks.embed(corpus, net)
    assert np.allclose(networks.embed(corpus, net, batch=batch), expected, atol=1e-5)


def test_layer_pool_and_size_are_taken(photos: Path, net: networks.OnnxNetwork) -> None:
    corpus = Corpus.from_folder(photos).iloc[:3]
    table = networks.embed(corpus, net, layer="maps", pool="flatten", size=9)
    assert table.shape == (3, 4 * 7 * 7)


def test_broken_images_are_left_out_and_told(photos: Path, net: networks.OnnxNetwork) -> None:
    (photos / "05.png").write_bytes((photos / "05.png").read_bytes()[:60])
    (photos / "19.png").write_bytes(b"")
    corpus = Corpus.from_folder(photos)
    with pytest.warns(IconometricsWarning, match="2 of 20 images are left out"):
        table = networks.embed(corpus, net, batch=4)
    assert len(table) == 18
    assert not {"05.png", "19.png"} & set(table.index)
    part = networks.embed_part(corpus.sources(), net, batch=4).to_pandas().set_index("image")
    assert part["reason"].notna().sum() == 2
    assert np.isnan(part.loc["19.png", "vector"]).all()
    assert np.allclose(np.stack(part.loc[table.index, "vector"]), table, atol=1e-5)


def test_nothing_readable_is_an_error(tmp_path: Path, net: networks.OnnxNetwork) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(InputError, match="none of the images can be embedded"):
        networks.embed(Corpus.from_folder(tmp_path), net)
    with pytest.raises(InputError, match="the corpus is empty"):
        networks.embed(Corpus.from_folder(tmp_path).iloc[:0], net)


def test_long_pictures_are_opened_large_enough(tmp_path: Path, net: networks.OnnxNetwork) -> None:
    """A strip of 4000 x 40 with 512 pixels on its long side would have five of height."""
    strip = np.random.default_rng(1).integers(0, 256, (40, 4000, 3), np.uint8)
    Image.fromarray(strip).save(tmp_path / "strip.png")
    large = networks.Preprocessing(mean=0, scale=255, size=35, short=40)
    made = networks.OnnxNetwork(net.path, large)
    table = networks.embed(Corpus.from_folder(tmp_path), made)
    assert np.allclose(table.iloc[0], made.embed(strip), atol=1e-5)
