"""Embeddings, themes in them, neighbors, maps and names, kept in a study."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from iconometrics import Study, networks
from iconometrics.errors import InputError, StudyError


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> networks.OnnxNetwork:
    """Six random kernels and a ReLU that changes nothing."""
    weights = np.random.default_rng(1).exponential(size=(6, 3, 3, 3)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w"], ["maps"]), helper.make_node("Relu", ["maps"], ["y"])],
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, (1, 3, 16, 16))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weights, "w")],
    )
    path = tmp_path_factory.mktemp("network") / "tiny.onnx"
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, str(path))
    plain = networks.Preprocessing(mean=0, scale=255, size=16, crop="whole")
    return networks.OnnxNetwork(path, plain, layer="y")


@pytest.fixture
def study(tmp_path: Path, make_desk: Callable[..., Path]) -> Study:
    desk = make_desk(tmp_path / "desk")
    return Study.create(tmp_path / "study", desk / "photos", metadata=desk / "posts.csv")


def test_embeddings_are_kept_as_designed(study: Study, network: networks.OnnxNetwork) -> None:
    table = study.embed(network)
    assert (table.dtypes == np.float32).all()
    assert list(study.embeddings()) == [network.name]
    assert study.embeddings()[network.name].equals(table)
    (folder,) = (study.folder / "embeddings").iterdir()
    kept = pa.concat_tables(pq.read_table(path) for path in folder.glob("part-*.parquet"))
    assert kept.schema.field("vector").type == pa.list_(pa.float32(), 6)
    assert set(kept["image"].to_pylist()) == set(table.index)


def test_only_new_images_are_embedded(
    study: Study, network: networks.OnnxNetwork, tmp_path: Path
) -> None:
    study.embed(network)
    before = {path: path.stat().st_mtime_ns for path in study.folder.glob("embeddings/*/*")}
    added = np.random.default_rng(1).integers(0, 256, (40, 40, 3), np.uint8)
    Image.fromarray(added).save(tmp_path / "desk/photos/new.png")
    study.check()
    table = study.embed(network)
    assert "new.png" in table.index
    after = {path: path.stat().st_mtime_ns for path in study.folder.glob("embeddings/*/*")}
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1
    entries = len(study.log())
    study.embed(network)
    assert len(study.log()) == entries


def test_another_layer_lies_beside(study: Study, network: networks.OnnxNetwork) -> None:
    study.embed(network)
    study.embed(network, layer="maps", pool="max")
    assert list(study.embeddings()) == ["tiny", "tiny-maps-max"]


def test_themes_are_found_in_an_embedding(study: Study, network: networks.OnnxNetwork) -> None:
    study.embed(network)
    found = study.themes(2, features=[network.name])
    assert found.data is not None
    assert np.allclose(np.linalg.norm(found.data, axis=1), 1, atol=1e-5)
    again = study.latest_themes()
    assert again is not None
    assert again.labels.equals(found.labels)
    with pytest.raises(InputError, match="not both"):
        study.themes(2, features=[network.name, "color"])


def test_names_stay_with_the_themes(study: Study) -> None:
    with pytest.raises(StudyError, match="no themes to name"):
        study.name_themes({"1": "x"})
    study.themes(2, features=["color"])
    assert study.name_themes({"1": "temples"}).names == {"1": "temples"}
    opened = Study.open(study.folder).latest_themes()
    assert opened is not None
    assert opened.heading("1") == "Theme 1: temples"
    assert opened.heading("2") == "Theme 2"
    kept = study.themes(2, features=["color"])
    assert kept.names == {"1": "temples"}


def test_neighbors_of_an_image_a_file_and_a_part(
    study: Study, network: networks.OnnxNetwork, tmp_path: Path
) -> None:
    table = study.embed(network)
    image = table.index[3]
    file = tmp_path / "desk/photos" / image
    outside = tmp_path / "copy.png"
    outside.write_bytes(file.read_bytes())
    found = study.neighbors(outside, n=1)
    assert found["image"].tolist() == [image]
    assert found["similarity"].iloc[0] == pytest.approx(1, abs=1e-4)
    beside = study.neighbors(image, n=5)
    assert image not in set(beside["image"])
    assert beside["similarity"].is_monotonic_decreasing
    part = study.neighbors(outside, n=3, box=(0, 0, 50, 50))
    with Image.open(file) as picture:
        row = network.embed(np.asarray(picture.convert("RGB"))[:50, :50])
    rows = table.div(np.linalg.norm(table, axis=1), axis=0) @ (row / np.linalg.norm(row))
    assert part["image"].tolist() == rows.nlargest(3).index.tolist()
    with pytest.raises(InputError, match="neither an image"):
        study.neighbors("nothing.png")
    with pytest.raises(InputError, match="inside the picture"):
        study.neighbors(outside, box=(900, 900, 950, 950))


def test_without_an_embedding_features_are_compared(study: Study) -> None:
    with pytest.raises(StudyError, match="nothing to compare"):
        study.neighbors("china-00.png")
    study.features(["color"])
    assert len(study.neighbors("china-00.png", n=4)) == 4
    with pytest.raises(InputError, match="compared by a network"):
        study.neighbors("china-00.png", box=(0, 0, 9, 9))


def test_a_changed_network_is_noticed(
    study: Study, network: networks.OnnxNetwork, tmp_path: Path
) -> None:
    copy = tmp_path / "net.onnx"
    copy.write_bytes(network.path.read_bytes())
    study.embed(networks.OnnxNetwork(copy, network.preprocessing, layer="y"))
    model = onnx.load(str(copy))
    model.doc_string = "another"
    onnx.save(model, str(copy))
    with pytest.raises(InputError, match="is not the file that made"):
        study.neighbors("china-00.png", box=(0, 0, 9, 9))


def test_a_map_is_kept_and_read_again(study: Study, network: networks.OnnxNetwork) -> None:
    study.embed(network)
    first = study.project("pca", seed=3)
    (folder,) = (study.folder / "maps").iterdir()
    points = pd.read_parquet(folder / "points.parquet")
    again = study.project("pca", seed=3)
    assert np.array_equal(points, first.points)
    assert again.points.equals(first.points)
    assert again.scree is not None
    assert len(list((study.folder / "maps").iterdir())) == 1
    study.project("pca", seed=4)
    assert len(list((study.folder / "maps").iterdir())) == 2
