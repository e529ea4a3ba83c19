"""Weights: files made elsewhere, other classes and channels, and files that are refused."""

from __future__ import annotations

import hashlib
import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from iconometrics import networks
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.networks.catalog import published as published_module
from iconometrics.networks.catalog.published import Published, fetched, published


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def lenet(**options: Any) -> Any:
    return networks.create("lenet5", **{"classes": 10, "channels": 1, **options})


def scores(net: Any, size: int = 64) -> torch.Tensor:
    given = torch.rand(2, net.channels, size, size, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        found: torch.Tensor = net.eval()(given)
    return found


def scrambled(net: Any) -> dict[str, torch.Tensor]:
    """Other numbers than the network began with, for normalizations too."""
    draw = torch.Generator().manual_seed(9)
    return {
        name: value + 0.01 * torch.rand(value.shape, generator=draw).to(value.dtype)
        for name, value in net.state_dict().items()
    }


def resnet_names() -> dict[str, tuple[int, ...]]:
    """ResNet-18's published names and shapes, written down without the network."""

    def norm(name: str, width: int) -> dict[str, tuple[int, ...]]:
        kinds = ("weight", "bias", "running_mean", "running_var")
        return {f"{name}.{kind}": (width,) for kind in kinds}

    shapes: dict[str, tuple[int, ...]] = {"conv1.weight": (64, 3, 7, 7), **norm("bn1", 64)}
    before = 64
    for stage, width in enumerate((64, 128, 256, 512), 1):
        for block in (0, 1):
            at = f"layer{stage}.{block}"
            shapes[f"{at}.conv1.weight"] = (width, before, 3, 3)
            shapes[f"{at}.conv2.weight"] = (width, width, 3, 3)
            shapes |= norm(f"{at}.bn1", width) | norm(f"{at}.bn2", width)
            if before != width:
                shapes[f"{at}.downsample.0.weight"] = (width, before, 1, 1)
                shapes |= norm(f"{at}.downsample.1", width)
            before = width
    return shapes | {"fc.weight": (1000, 512), "fc.bias": (1000,)}


def test_a_file_with_the_published_names_made_elsewhere(tmp_path: Path) -> None:
    draw = torch.Generator().manual_seed(4)
    state = {n: torch.rand(shape, generator=draw) for n, shape in resnet_names().items()}
    save_file(state, tmp_path / "model.safetensors")
    net = networks.create("resnet18", weights=tmp_path / "model.safetensors")
    assert set(net.state_dict()) - set(state) == {
        name for name in net.state_dict() if name.endswith("num_batches_tracked")
    }
    for name, value in state.items():
        assert torch.equal(net.state_dict()[name], value)


@pytest.mark.parametrize(
    ("name", "entries", "spots"),
    [
        (
            "alexnet",
            16,
            {"features.3.weight": (192, 64, 5, 5), "classifier.1.weight": (4096, 9216)},
        ),
        ("resnet50", 320, {"layer4.2.conv3.weight": (2048, 512, 1, 1), "fc.weight": (1000, 2048)}),
        (
            "densenet121",
            727,
            {
                "features.denseblock4.denselayer16.conv2.weight": (32, 128, 3, 3),
                "features.transition3.conv.weight": (512, 1024, 1, 1),
                "features.norm5.weight": (1024,),
                "classifier.weight": (1000, 1024),
            },
        ),
        ("squeezenet1_0", 52, {"features.12.expand3x3.weight": (256, 64, 3, 3)}),
        ("squeezenet1_1", 52, {"classifier.1.weight": (1000, 512, 1, 1)}),
        (
            "googlenet",
            57 * 6 + 2,
            {
                "inception4e.branch3.1.conv.weight": (128, 32, 3, 3),
                "inception5b.branch4.1.bn.running_var": (128,),
            },
        ),
        (
            "inception_v4",
            149 * 6 + 2,
            {
                "features.3.conv.conv.weight": (96, 64, 3, 3),
                "features.4.branch1.2.conv.weight": (64, 64, 7, 1),
                "features.11.branch2.4.conv.weight": (256, 224, 1, 7),
                "features.19.branch2_3b.bn.bias": (256,),
                "last_linear.weight": (1000, 1536),
            },
        ),
        (
            "vit_small",
            152,
            {
                "encoder.layers.encoder_layer_11.self_attention.in_proj_weight": (1152, 384),
                "encoder.pos_embedding": (1, 197, 384),
                "heads.head.weight": (1000, 384),
            },
        ),
    ],
)
def test_published_names(name: str, entries: int, spots: dict[str, tuple[int, ...]]) -> None:
    shapes = {n: tuple(v.shape) for n, v in networks.create(name).state_dict().items()}
    assert len(shapes) == entries
    assert {n: shapes.get(n) for n in spots} == spots


def test_densenet_under_its_old_names(tmp_path: Path) -> None:
    net = networks.create("densenet121", classes=4)
    state = scrambled(net)
    old = {
        re.sub(r"(denselayer\d+\.)(norm|conv)([12])", r"\1\2.\3", name): value
        for name, value in state.items()
    }
    assert "features.denseblock1.denselayer1.norm.1.weight" in old
    torch.save(old, tmp_path / "old.pth")
    networks.load_weights(net, tmp_path / "old.pth")
    assert all(torch.equal(value, state[name]) for name, value in net.state_dict().items())


def test_timm_names_of_a_transformer(tmp_path: Path) -> None:
    net = networks.create("vit_small", classes=4, size=32)
    state = scrambled(net)
    by = [
        ("class_token", "cls_token"),
        ("encoder.pos_embedding", "pos_embed"),
        ("conv_proj", "patch_embed.proj"),
        ("encoder.layers.encoder_layer_", "blocks."),
        ("ln_1", "norm1"),
        ("ln_2", "norm2"),
        ("self_attention.in_proj_", "attn.qkv."),
        ("self_attention.out_proj", "attn.proj"),
        ("mlp.0", "mlp.fc1"),
        ("mlp.3", "mlp.fc2"),
        ("encoder.ln.", "norm."),
        ("heads.head", "head"),
    ]
    other = {}
    for name, value in state.items():
        for ours, theirs in by:
            name = name.replace(ours, theirs)
        other[name] = value
    assert {"blocks.11.attn.qkv.bias", "head.weight", "norm.weight"} <= set(other)
    save_file(other, tmp_path / "timm.safetensors")
    networks.load_weights(net, tmp_path / "timm.safetensors")
    assert all(torch.equal(value, state[name]) for name, value in net.state_dict().items())


def test_positions_are_interpolated(tmp_path: Path) -> None:
    tiny: dict[str, Any] = {"classes": 4, "width": 24, "heads": 2, "depth": 2}
    net = networks.create("vit_small", **tiny, size=64)
    path = networks.save_weights(net, tmp_path / "net.safetensors")
    wide = networks.create("vit_small", **tiny, size=(64, 96))
    with pytest.warns(IconometricsWarning, match="interpolated to 4 x 6"):
        networks.load_weights(wide, path)
    old, new = net.encoder.pos_embedding.detach(), wide.encoder.pos_embedding.detach()
    assert torch.equal(old[:, 0], new[:, 0])
    assert new[0, 1:].mean(0).tolist() == pytest.approx(old[0, 1:].mean(0).tolist(), abs=0.01)
    again = networks.create("vit_small", **tiny, size=64, seed=5)
    assert torch.equal(networks.load_weights(again, path).encoder.pos_embedding, old)


@pytest.mark.slow
def test_timm_names_of_vgg(tmp_path: Path) -> None:
    net = networks.create("vgg13", classes=4)
    state = net.state_dict()
    other = dict(state)
    for ours, theirs, side in (("0", "fc1", 7), ("3", "fc2", 1)):
        weight = other.pop(f"classifier.{ours}.weight")
        other[f"pre_logits.{theirs}.weight"] = weight.reshape(4096, -1, side, side)
        other[f"pre_logits.{theirs}.bias"] = other.pop(f"classifier.{ours}.bias")
    for kind in ("weight", "bias"):
        other[f"head.fc.{kind}"] = other.pop(f"classifier.6.{kind}")
    save_file(other, tmp_path / "timm.safetensors")
    made = networks.create("vgg13", classes=4, seed=2, weights=tmp_path / "timm.safetensors")
    assert all(torch.equal(value, state[name]) for name, value in made.state_dict().items())


def test_what_is_saved_is_opened_again(tmp_path: Path) -> None:
    net = networks.create(
        "cnn", classes=3, channels=1, size=(16, 20), blocks=2, filters=(4, 6), fc=(8,)
    )
    net.load_state_dict(scrambled(net))
    path = networks.save_weights(net, tmp_path / "net.safetensors")
    again = networks.open_network(path)
    assert again.settings == net.settings
    assert again.preprocessing == net.preprocessing
    given = torch.rand(2, 1, 16, 20)
    with torch.no_grad():
        assert torch.equal(again.eval()(given), net.eval()(given))
    assert list(tmp_path.iterdir()) == [path]


def test_another_number_of_classes_is_said(tmp_path: Path) -> None:
    net = networks.create("squeezenet1_1", classes=7)
    path = networks.save_weights(net, tmp_path / "net.safetensors")
    with pytest.warns(IconometricsWarning, match=r"its 7 classes are not the 2 .* from scratch"):
        made = networks.create("squeezenet1_1", classes=2, weights=path, seed=4)
    fresh = networks.create("squeezenet1_1", classes=2, seed=4)
    assert torch.equal(made.features[0].weight, net.features[0].weight)
    assert torch.equal(made.classifier[1].weight, fresh.classifier[1].weight)


def test_what_a_file_tells_of_pictures_is_done(tmp_path: Path) -> None:
    net = networks.create("squeezenet1_1", classes=2, size=32)
    stated = {"order": "bgr", "mean": (10, 20, 60), "scale": 2, "crop": "center"}
    net.preprocessing = networks.Preprocessing(**stated, size=32)
    path = networks.save_weights(net, tmp_path / "net.safetensors")
    made = networks.create("squeezenet1_1", classes=2, size=48, weights=path)
    assert made.preprocessing == networks.Preprocessing(**stated, size=48)
    with pytest.warns(IconometricsWarning, match="averaged"):
        gray = networks.create("squeezenet1_1", classes=2, channels=1, size=48, weights=path)
    assert gray.preprocessing == networks.Preprocessing("gray", 30, 2, size=48)


def test_gray_pictures_get_the_same_from_filters_of_color(tmp_path: Path) -> None:
    color = networks.create("resnet18", classes=4)
    path = networks.save_weights(color, tmp_path / "net.safetensors")
    with pytest.warns(IconometricsWarning, match="its 3 channels are not the 1 here"):
        gray = networks.create("resnet18", classes=4, channels=1, weights=path)
    given = torch.rand(2, 1, 40, 40)
    with torch.no_grad():
        expected = color.eval()(given.expand(2, 3, 40, 40))
        torch.testing.assert_close(gray.eval()(given), expected, rtol=1e-4, atol=1e-5)


def test_classes_that_imagenet_does_not_have_are_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICONOMETRICS_WEIGHTS", str(tmp_path))
    net = networks.create("resnet18", classes=5)
    state = {n: v.clone() for n, v in net.state_dict().items()}
    torch.save(state, tmp_path / "five.pth")
    digest = hashlib.sha256((tmp_path / "five.pth").read_bytes()).hexdigest()
    entry = Published(
        "resnet18", digest[:8], address="https://host/five.pth", mean=127.5, scale=127.5, skip=1
    )
    monkeypatch.setattr(
        "iconometrics.networks.catalog.weights.published", lambda: {"resnet18": entry}
    )
    made = networks.create("resnet18", classes=4, weights="imagenet")
    assert torch.equal(made.fc.weight, net.fc.weight[1:])
    assert made.preprocessing is not None
    assert made.preprocessing.mean == (127.5,) * 3


def test_googlenet_does_without_the_auxiliary_classifiers_of_the_file(tmp_path: Path) -> None:
    net = networks.create("googlenet", classes=3, auxiliary=True)
    path = networks.save_weights(net, tmp_path / "net.safetensors")
    made = networks.create("googlenet", classes=3, seed=2, weights=path)
    assert torch.equal(made.fc.weight, net.fc.weight)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    path = networks.save_weights(networks.create("squeezenet1_0"), tmp_path / "net.safetensors")
    with pytest.raises(InputError, match=r"expected the weights of resnet18, found those of squee"):
        networks.create("resnet18", weights=path)
    with pytest.raises(InputError, match=r"missing: conv1.weight, bn1.weight.* and \d+ more"):
        networks.create("resnet18", weights=path)


def test_weights_of_another_size_are_refused(tmp_path: Path) -> None:
    path = networks.save_weights(lenet(size=28), tmp_path / "net.safetensors")
    with pytest.raises(InputError, match=r"other settings .*classifier.0.weight is 120 x 256 and"):
        lenet(size=32, weights=path)


def test_truncated_files_are_refused(tmp_path: Path) -> None:
    path = networks.save_weights(lenet(), tmp_path / "net.safetensors")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match="not a complete safetensors file"):
        networks.load_weights(lenet(), path)
    torch.save(lenet().state_dict(), tmp_path / "net.pth")
    (tmp_path / "net.pth").write_bytes((tmp_path / "net.pth").read_bytes()[:5000])
    with pytest.raises(InputError, match="may be truncated"):
        networks.load_weights(lenet(), tmp_path / "net.pth")


def test_a_pickle_never_runs(tmp_path: Path) -> None:
    import pickle

    class Trap:
        def __reduce__(self) -> Any:
            return (Path(tmp_path / "ran").touch, ())

    torch.save({"fc.weight": Trap()}, tmp_path / "trap.pth")
    (tmp_path / "plain.pkl").write_bytes(pickle.dumps(Trap(), protocol=2))
    for name in ("trap.pth", "plain.pkl"):
        with pytest.raises(InputError, match="could run any program"):
            networks.load_weights(lenet(), tmp_path / name)
    assert not (tmp_path / "ran").exists()


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "page.safetensors").write_text("<html>not found</html>")
    with pytest.raises(InputError, match=r"not a file of weights \(22 bytes\)"):
        networks.load_weights(lenet(), tmp_path / "page.safetensors")
    with pytest.raises(InputError, match="no such file"):
        networks.load_weights(lenet(), tmp_path / "none.safetensors")
    torch.save([1, 2], tmp_path / "list.pth")
    with pytest.raises(InputError, match="holds list; expected a state dict"):
        networks.load_weights(lenet(), tmp_path / "list.pth")
    header = json.dumps({"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    path = tmp_path / "bare.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + b"\0\0\0\0")
    with pytest.raises(InputError, match="does not say of which network"):
        networks.open_network(path)


def test_nested_state_dicts_are_found(tmp_path: Path) -> None:
    net = lenet()
    state = {f"module.{name}": value for name, value in scrambled(net).items()}
    torch.save({"epoch": 3, "state_dict": state}, tmp_path / "net.pth")
    networks.load_weights(net, tmp_path / "net.pth")
    assert torch.equal(net.state_dict()["features.0.bias"], state["module.features.0.bias"])


def test_nobody_published_weights_of_zfnet() -> None:
    with pytest.raises(InputError, match="there are no published weights for zfnet"):
        networks.create("zfnet", classes=2, weights="imagenet")


def test_every_published_entry_is_pinned() -> None:
    table = networks.architectures().set_index("name")
    for name, entry in published().items():
        assert table.loc[name, "published"]
        assert re.fullmatch("[0-9a-f]{8}|[0-9a-f]{64}", entry.sha256)
        assert bool(entry.address) != bool(entry.repository)
        assert entry.url.startswith("https://")
        if entry.repository:
            assert re.fullmatch("[0-9a-f]{40}", entry.revision)
            assert len(entry.sha256) == 64


def test_without_a_network_it_says_where_to_put_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICONOMETRICS_WEIGHTS", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(InputError, match=r"forbids .*alexnet-owt-7be5be79.pth, and put it as alex"):
        fetched(published()["alexnet"])
    monkeypatch.delenv("HF_HUB_OFFLINE")
    nowhere = Published("alexnet", "00000000", address="http://127.0.0.1:9/none.pth")
    with pytest.raises(InputError, match=r"could not be fetched .*none.pth") as caught:
        fetched(nowhere)
    assert str(tmp_path) in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_another_hash_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICONOMETRICS_WEIGHTS", str(tmp_path))
    entry = published()["squeezenet1_1"]
    (tmp_path / entry.file).write_bytes(b"something else")
    with pytest.raises(InputError, match="not the published file"):
        fetched(entry)


def test_a_file_is_fetched_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, served: tuple[str, list[str]]
) -> None:
    address, asked = served
    monkeypatch.setenv("ICONOMETRICS_WEIGHTS", str(tmp_path / "weights"))
    digest = hashlib.sha256(b"weights" * 1000).hexdigest()
    entry = Published("alexnet", digest[:8], address=f"{address}/net-{digest[:8]}.pth")
    for _ in range(2):
        assert fetched(entry).read_bytes() == b"weights" * 1000
    assert len(asked) == 1
    assert published_module.weights_folder() == tmp_path / "weights"


@pytest.fixture
def served() -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine that knows one file."""
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "7000")
            self.end_headers()
            self.wfile.write(b"weights" * 1000)

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_transformer_of_another_implementation_gives_the_same() -> None:
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(1)
    sizes = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2, "num_labels": 5}
    config = transformers.ViTConfig(
        **sizes, intermediate_size=96, image_size=32, patch_size=8, layer_norm_eps=1e-6
    )
    other = transformers.ViTForImageClassification(config).eval()
    state = dict(other.state_dict())
    made = {}
    for name in [name for name in state if re.search(r"\.q(uery|_proj)\.", name)]:
        parts = [
            name.replace("query", one).replace("q_proj", short)
            for one, short in (("query", "q_proj"), ("key", "k_proj"), ("value", "v_proj"))
        ]
        number, kind = re.search(r"layers?\.(\d+)\..*(weight|bias)$", name).groups()
        at = f"encoder.layers.encoder_layer_{number}.self_attention.in_proj_{kind}"
        made[at] = torch.cat([state.pop(part) for part in parts])
    rules = [
        (r"^vit\.embeddings\.cls_token$", "class_token"),
        (r"^vit\.embeddings\.position_embeddings$", "encoder.pos_embedding"),
        (r"^vit\.embeddings\.patch_embeddings\.projection", "conv_proj"),
        (r"^vit\.(encoder\.)?layers?\.(\d+)", r"encoder.layers.encoder_layer_\2"),
        (
            r"attention\.(output\.dense|o_proj)|attention\.attention\.o_proj",
            "self_attention.out_proj",
        ),
        (r"(intermediate\.dense|mlp\.fc1)", "mlp.0"),
        (r"(?<!attention\.)(output\.dense|mlp\.fc2)", "mlp.3"),
        (r"layernorm_before", "ln_1"),
        (r"layernorm_after", "ln_2"),
        (r"^vit\.layernorm", "encoder.ln"),
        (r"^classifier", "heads.head"),
    ]
    for name, value in state.items():
        for pattern, by in rules:
            name = re.sub(pattern, by, name)
        made[name] = value
    net = networks.create("vit_small", classes=5, size=32, patch=8, width=24, depth=2, heads=2)
    net.load_state_dict(made)
    given = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(net.eval()(given), other(given).logits, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("name", "kind"), [("resnet18", "basic"), ("resnet50", "bottleneck")])
def test_a_resnet_of_another_implementation_gives_the_same(name: str, kind: str) -> None:
    transformers = pytest.importorskip("transformers")
    wide = {"basic": [64, 128, 256, 512], "bottleneck": [256, 512, 1024, 2048]}[kind]
    depths = {"basic": [2, 2, 2, 2], "bottleneck": [3, 4, 6, 3]}[kind]
    config = transformers.ResNetConfig(
        layer_type=kind, depths=depths, hidden_sizes=wide, num_labels=5
    )
    other = transformers.ResNetForImageClassification(config).eval()
    rules = [
        (r"^resnet\.embedder\.embedder\.convolution", "conv1"),
        (r"^resnet\.embedder\.embedder\.normalization", "bn1"),
        (r"^resnet\.encoder\.stages\.(\d)", lambda m: f"layer{int(m[1]) + 1}"),
        (r"\.layers\.(\d+)", r".\1"),
        (r"\.layer\.(\d)\.convolution", lambda m: f".conv{int(m[1]) + 1}"),
        (r"\.layer\.(\d)\.normalization", lambda m: f".bn{int(m[1]) + 1}"),
        (r"shortcut\.convolution", "downsample.0"),
        (r"shortcut\.normalization", "downsample.1"),
        (r"^classifier\.1", "fc"),
    ]
    state: dict[str, torch.Tensor] = {}
    draw = torch.Generator().manual_seed(2)
    for key, value in other.state_dict().items():
        if key.endswith("running_mean"):
            value.copy_(torch.rand(value.shape, generator=draw) / 10)
        for pattern, by in rules:
            key = re.sub(pattern, by, key)
        state[key] = value
    net = networks.create(name, classes=5, size=64)
    net.load_state_dict(state)
    given = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(net.eval()(given), other(given).logits, rtol=1e-3, atol=1e-4)


@pytest.mark.data
def test_squeezenet_from_a_file_made_elsewhere_gives_the_same(shared_data: Path) -> None:
    """An ONNX file that another program wrote, its weights in our network: the same numbers."""
    import onnx
    import onnxruntime
    from onnx import numpy_helper

    path = shared_data / "weights" / "squeezenet_fp16.onnx"
    model = onnx.load(str(path))
    values = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    convolutions = [
        [values[name] for name in node.input[1:]]
        for node in model.graph.node
        if node.op_type == "Conv"
    ]
    net = networks.create("squeezenet1_1")
    names = [n for n, m in net.named_modules() if isinstance(m, torch.nn.Conv2d)]
    assert len(names) == len(convolutions) == 26
    state = {}
    for name, (weight, bias) in zip(names, convolutions, strict=True):
        state[f"{name}.weight"] = torch.tensor(weight.astype(np.float32))
        state[f"{name}.bias"] = torch.tensor(bias.astype(np.float32).ravel())
    net.load_state_dict(state)
    given = np.random.default_rng(1).normal(0, 50, (2, 3, 224, 224)).astype(np.float32)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    entry = session.get_inputs()[0]
    kind = np.float16 if "16" in entry.type else np.float32
    expected = np.concatenate(
        [session.run(None, {entry.name: one[None].astype(kind)})[0] for one in given]
    ).reshape(2, -1)
    with torch.no_grad():
        found = net.eval()(torch.tensor(given))
    if np.allclose(expected.sum(1), 1, atol=0.01):
        found = found.softmax(1)
    assert np.corrcoef(found.numpy().ravel(), expected.ravel().astype(float))[0, 1] > 0.999
    assert (found.argmax(1).numpy() == expected.argmax(1)).all()
