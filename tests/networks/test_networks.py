"""What a network gives for a picture, compared with sums by hand and with ONNX Runtime itself."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from iconometrics import images, networks
from iconometrics.errors import IconometricsWarning, InputError

PLAIN = networks.Preprocessing(mean=0, scale=1, size=8, crop="whole")
PIXELS = np.random.default_rng(5).integers(0, 256, (8, 8, 3), np.uint8)


def network(path: Path, **options: object) -> networks.OnnxNetwork:
    return networks.OnnxNetwork(path, PLAIN, **options)  # type: ignore[arg-type]


def test_an_inner_layer_equals_the_sums_by_hand(
    write: Callable[..., Path], convolution: Any, by_hand: Any
) -> None:
    made = network(write(convolution()), layer="maps", pool="flatten")
    expected = by_hand(PIXELS.transpose(2, 0, 1).astype(float))
    assert np.allclose(made.embed(PIXELS), expected.ravel(), rtol=1e-4, atol=1e-3)
    assert network(made.path, layer="first").layer == "maps"  # the node's name


def test_the_layer_before_the_classifier_is_taken(
    write: Callable[..., Path], convolution: Any, dense: Any
) -> None:
    assert network(write(convolution())).layer == "shown"
    small = networks.Preprocessing(mean=0, scale=1, size=4)
    assert networks.OnnxNetwork(write(dense(residual=False)), small).layer == "hidden"
    assert networks.OnnxNetwork(write(dense(residual=True)), small).layer == "sum"


def test_the_whole_network_equals_onnx_runtime(
    write: Callable[..., Path], convolution: Any
) -> None:
    path = write(convolution())
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (expected,) = session.run(None, {"pixels": PLAIN(PIXELS)[None]})
    assert np.allclose(network(path, layer="classes").embed(PIXELS), expected.ravel(), atol=1e-6)


@pytest.mark.parametrize("shape", [(1, 3, 8, 8), ("n", 3, 8, 8), ("n", 3, "h", "w")])
@pytest.mark.parametrize("half", [False, True])
def test_a_batch_equals_one_at_a_time(
    write: Callable[..., Path], shape: tuple[int | str, ...], half: bool, convolution: Any
) -> None:
    made = network(write(convolution(shape, half=half)))
    batch = np.random.default_rng(1).normal(size=(5, 3, 8, 8)).astype(np.float32)
    alone = np.concatenate([made.run(batch[i : i + 1]) for i in range(5)])
    assert np.allclose(made.run(batch), alone, rtol=2e-3 if half else 1e-5, atol=1e-4)


def test_a_network_that_takes_one_picture_only_still_runs(
    write: Callable[..., Path], convolution: Any
) -> None:
    from onnx import helper, numpy_helper

    model = convolution()
    model.graph.node.insert(2, helper.make_node("Reshape", ["shown", "to"], ["one"]))
    model.graph.node[3].input[0] = "one"
    model.graph.initializer.append(numpy_helper.from_array(np.array([1, 4, 6, 6]), "to"))
    made = network(write(model), layer="means")
    batch = np.random.default_rng(1).normal(size=(3, 3, 8, 8)).astype(np.float32)
    assert made.run(batch).shape == (3, 5)


def test_another_size_where_the_network_allows_it(
    write: Callable[..., Path], convolution: Any, dense: Any
) -> None:
    path = write(convolution())
    assert networks.network(network(path, layer="maps", pool="flatten"), size=10).embed(
        PIXELS
    ).shape == (4 * 8 * 8,)
    fixed = networks.OnnxNetwork(
        write(dense(residual=False)), networks.Preprocessing(mean=0, scale=1, size=5)
    )
    with pytest.raises(InputError, match=r"5 x 5 pixels.*states \(4, 4\)"):
        fixed.embed(PIXELS)


def test_gray_networks_see_gray(write: Callable[..., Path], convolution: Any, by_hand: Any) -> None:
    gray = networks.Preprocessing(order="gray", mean=0, scale=1, size=8, crop="whole")
    made = networks.OnnxNetwork(
        write(convolution((1, 1, 8, 8))), gray, layer="maps", pool="flatten"
    )
    expected = by_hand(images.gray(PIXELS)[None].astype(float))
    assert np.allclose(made.embed(PIXELS), expected.ravel(), rtol=1e-4, atol=1e-2)


def test_the_order_of_channels_counts() -> None:
    rgb = networks.Preprocessing(mean=(1, 2, 3), scale=(2, 2, 2), size=8, crop="whole")(PIXELS)
    bgr = networks.Preprocessing(order="bgr", mean=(3, 2, 1), scale=2, size=8, crop="whole")(PIXELS)
    assert np.array_equal(rgb, bgr[::-1])
    assert np.allclose(rgb[2], (PIXELS[:, :, 2] - 3.0) / 2)


def test_the_middle_square_is_cut_out() -> None:
    wide = np.zeros((16, 40, 3), np.uint8)
    wide[2:14, 14:26] = 200
    made = networks.Preprocessing(mean=0, scale=1, size=12, short=16)(wide)
    assert made.min() == made.max() == 200
    assert networks.Preprocessing().least == 256
    assert networks.Preprocessing(crop="whole").least == 224


@given(arrays(np.float32, (2, 3, 4, 5), elements=st.floats(0, 1000, width=32)))
def test_pools_order_as_they_should(maps: np.ndarray) -> None:
    mean, most, between = (networks.pooled(maps, p) for p in ("mean", "max", "generalized"))
    assert mean.shape == (2, 3)
    assert (between <= most * (1 + 1e-5) + 1e-4).all()
    assert (between >= mean * (1 - 1e-5) - 1e-4).all()
    assert np.array_equal(networks.pooled(maps, "center"), maps[:, :, 2, 2])
    assert np.array_equal(networks.pooled(maps, "flatten"), maps.reshape(2, -1))


def test_tokens_are_pooled_over_tokens() -> None:
    tokens = np.arange(24, dtype=float).reshape(2, 4, 3)
    assert np.array_equal(networks.pooled(tokens), tokens.mean(axis=1))
    assert np.array_equal(networks.pooled(tokens, "first"), tokens[:, 0])
    with pytest.raises(InputError, match="tokens of a transformer"):
        networks.pooled(tokens, "center")


def test_layers_are_listed_with_their_shapes(write: Callable[..., Path], convolution: Any) -> None:
    table = network(write(convolution())).layers().set_index("layer")
    assert list(table.index) == ["maps", "shown", "scores", "means", "classes"]
    assert table.loc["maps", "shape"] == (4, 6, 6)


def test_unstated_preprocessing_is_said(write: Callable[..., Path], convolution: Any) -> None:
    with pytest.warns(IconometricsWarning, match="preprocessing is not stated"):
        made = networks.OnnxNetwork(write(convolution()))
    assert made.preprocessing == networks.Preprocessing(size=8)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not a complete ONNX file \\(0 bytes\\)"),
        (b"<!DOCTYPE html><html>", "a web page or a pointer"),
        (b"version https://git-lfs", "a web page or a pointer"),
        (b"\x80\x02}q\x00.", "a pickle"),
        (b"PK\x03\x04 archive", "a pickle"),
        (b"\x08\x07garbage" * 30, "not a complete ONNX file"),
    ],
)
def test_wrong_files_are_named(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=told):
        network(path)


def test_a_truncated_file_is_named(write: Callable[..., Path], convolution: Any) -> None:
    path = write(convolution())
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match="truncated"):
        network(path)


def test_what_cannot_be_is_refused(
    write: Callable[..., Path], tmp_path: Path, convolution: Any
) -> None:
    path = write(convolution())
    with pytest.raises(InputError, match="no such file; expected a network"):
        network(tmp_path / "resnet50")
    with pytest.raises(InputError, match=r"no layer of that name.*such as maps"):
        network(path, layer="map")
    with pytest.raises(InputError, match="expected one of mean, max"):
        network(path, pool="median")
    with pytest.raises(InputError, match="gives 1 channels"):
        networks.OnnxNetwork(path, networks.Preprocessing(order="gray", mean=0, scale=1))
    with pytest.raises(InputError, match="one input of floating-point pictures"):
        network(write(convolution((1, 7, 8, 8))))
    with pytest.raises(InputError, match="expected one for each"):
        networks.Preprocessing(mean=(1, 2))
    with pytest.raises(InputError, match="expected one of rgb"):
        networks.Preprocessing(order="rbg")


@pytest.mark.data
def test_the_digits_network_reads_digits(shared_data: Path) -> None:
    """98.91 % of the test digits; here the first 500."""
    import gzip

    def read(name: str, head: int) -> np.ndarray:
        return np.frombuffer(gzip.decompress((shared_data / "mnist" / name).read_bytes())[head:],
                             np.uint8)  # fmt: skip

    digits = read("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)[:500]
    labels = read("t10k-labels-idx1-ubyte.gz", 8)[:500]
    gray = networks.Preprocessing(order="gray", mean=0, scale=1, size=28, crop="whole")
    path = shared_data / "weights/mnist_cnn.onnx"
    whole = networks.OnnxNetwork(path, gray)
    last = networks.OnnxNetwork(path, gray, layer=whole.layers()["layer"].iloc[-1])
    planes = np.stack([last.prepare(np.repeat(d[:, :, None], 3, 2)) for d in digits])
    assert (last.run(planes).argmax(axis=1) == labels).mean() > 0.97
    assert whole.run(planes).shape[1] > 10


@pytest.mark.data
def test_squeezenet_is_known(shared_data: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = networks.OnnxNetwork(shared_data / "weights/squeezenet_fp16.onnx")
    assert made.layer == "fire9/concat_2"
    assert made.preprocessing is not None
    assert made.preprocessing.order == "bgr"
    assert made.embed(PIXELS).shape == (512,)


def test_weights_in_files_of_their_own_are_part_of_the_key(
    write: Callable[..., Path], convolution: Any
) -> None:
    """The same graph with other weights beside it is another network."""
    import onnx
    from onnx import numpy_helper

    def stored(folder: Path, times: float) -> str:
        model = convolution()
        for tensor in model.graph.initializer:
            tensor.CopyFrom(
                numpy_helper.from_array(numpy_helper.to_array(tensor) * times, tensor.name)
            )
        (folder / "net.data").unlink(missing_ok=True)
        onnx.save_model(
            model, folder / "net.onnx", save_as_external_data=True, location="net.data",
            size_threshold=0,
        )  # fmt: skip
        return str(network(folder / "net.onnx").spec["sha256"])

    folder = write(convolution()).parent
    first = stored(folder, np.float32(1))
    assert stored(folder, np.float32(2)) != first
    assert stored(folder, np.float32(1)) == first


@pytest.mark.parametrize("layer", ["maps", "shown", "back", "out"])
def test_pictures_with_channels_last_and_maps_with_channels_first(
    write: Callable[..., Path], layer: str
) -> None:
    """As TensorFlow's networks are exported: a convolution has its channels first nevertheless."""
    from onnx import TensorProto, helper, numpy_helper

    weights = np.random.default_rng(1).normal(size=(4, 3, 3, 3)).astype(np.float32) / 9
    nodes = [
        helper.make_node("Transpose", ["pixels"], ["turned"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["turned", "w"], ["maps"]),
        helper.make_node("Relu", ["maps"], ["shown"]),
        helper.make_node("Transpose", ["shown"], ["back"], perm=[0, 2, 3, 1]),
        helper.make_node("Abs", ["back"], ["out"]),
    ]
    graph = helper.make_graph(
        nodes,
        "last",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ("n", 8, 8, 3))],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weights, "w")],
    )
    opset = [helper.make_opsetid("", 13)]
    path = write(helper.make_model(graph, opset_imports=opset, ir_version=8))
    (maps,) = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(
        None, {"pixels": PLAIN(PIXELS).transpose(1, 2, 0)[None]}
    )
    expected = maps[0].mean((0, 1))
    if layer != "maps":
        assert np.allclose(network(path, layer=layer).embed(PIXELS), expected, rtol=1e-4)
    assert network(path, layer=layer).embed(PIXELS).shape == (4,)
