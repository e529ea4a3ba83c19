"""Any layer of a torch network: the same numbers as torch itself, and as the file exported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from iconometrics import Corpus, networks
from iconometrics.errors import IconometricsWarning, InputError

torch = pytest.importorskip("torch")

PLAIN = networks.Preprocessing(mean=0, scale=255, size=16, crop="whole")
PIXELS = np.random.default_rng(5).integers(0, 256, (16, 16, 3), np.uint8)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class Small(torch.nn.Module):
    """One ReLU that is used twice, dropout, and a stated head."""

    def __init__(self) -> None:
        super().__init__()
        self.first = torch.nn.Conv2d(3, 4, 3, padding=1)
        self.second = torch.nn.Conv2d(4, 4, 3, padding=1)
        self.relu = torch.nn.ReLU()
        self.drop = torch.nn.Dropout(0.5)
        self.scores = torch.nn.Linear(4, 5)
        self.head = "scores"
        self.architecture = "small"
        self.channels, self.size = 3, (16, 16)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        inner = self.relu(self.first(pixels))
        inner = self.relu(self.second(inner))
        return self.scores(self.drop(inner.mean((2, 3))))


@pytest.fixture
def small() -> torch.nn.Module:
    torch.manual_seed(1)
    return Small()


def seen(net: torch.nn.Module, pixels: np.ndarray = PIXELS) -> torch.Tensor:
    planes = torch.from_numpy(pixels.transpose(2, 0, 1)[None].astype(np.float32) / 255)
    return net(planes)


def test_the_head_is_what_is_left_out(small: torch.nn.Module) -> None:
    made = networks.TorchNetwork(small, PLAIN)
    with torch.no_grad():
        planes = torch.from_numpy(PLAIN(PIXELS)[None])
        inner = small.relu(small.second(small.relu(small.first(planes))))
    assert made.layer == "before scores"
    assert made.name == "small"
    assert np.allclose(made.embed(PIXELS), inner.mean((2, 3))[0].numpy(), atol=1e-6)
    assert np.allclose(
        made.changed(layer="relu", pool="flatten").embed(PIXELS), inner.flatten().numpy(), atol=1e-5
    )


def test_the_whole_network_is_its_output(small: torch.nn.Module) -> None:
    made = networks.TorchNetwork(small, PLAIN, layer="")
    with torch.no_grad():
        expected = seen(small.eval())[0].numpy()
    assert np.allclose(made.embed(PIXELS), expected, atol=1e-6)


def test_nothing_beyond_the_layer_is_computed(small: torch.nn.Module) -> None:
    uses: list[int] = []

    class Counted(torch.nn.Linear):
        def forward(self, given: torch.Tensor) -> torch.Tensor:
            uses.append(1)
            return super().forward(given)

    small.scores = Counted(4, 5)
    made = networks.TorchNetwork(small, PLAIN, layer="second")
    made.embed(PIXELS)
    looked = len(uses)
    made.embed(PIXELS)
    assert len(uses) == looked


def test_training_further_changes_nothing(small: torch.nn.Module) -> None:
    made = networks.TorchNetwork(small, PLAIN)
    before, key = made.embed(PIXELS), made.spec["sha256"]
    with torch.no_grad():
        small.first.weight.zero_()
    assert small.training
    assert np.array_equal(made.embed(PIXELS), before)
    assert networks.TorchNetwork(small, PLAIN).spec["sha256"] != key


def test_layers_are_listed_in_order(small: torch.nn.Module) -> None:
    table = networks.TorchNetwork(small, PLAIN).layers().set_index("layer")
    assert list(table.index) == ["first", "second", "relu", "drop", "scores"]
    assert table.loc["second", "shape"] == (4, 16, 16)
    assert table.loc["scores", "kind"] == "Linear"


def test_a_corpus_through_torch_equals_the_exported_file(
    photos: Path, tmp_path: Path, small: torch.nn.Module
) -> None:
    corpus = Corpus.from_folder(photos)
    path = networks.export_onnx(small, tmp_path / "small.onnx")
    assert [file.name for file in tmp_path.glob("*.onnx*")] == ["small.onnx"]
    assert small.training
    mine = networks.embed(corpus, networks.TorchNetwork(small, PLAIN), batch=7)
    theirs = networks.embed(corpus, networks.OnnxNetwork(path, PLAIN), batch=7)
    assert np.allclose(mine, theirs, atol=1e-5)
    scores = networks.OnnxNetwork(path, PLAIN, layer="scores").embed(PIXELS)
    assert np.allclose(
        scores, networks.TorchNetwork(small, PLAIN, layer="").embed(PIXELS), atol=1e-5
    )


def test_a_module_alone_is_taken_with_a_warning(photos: Path, small: torch.nn.Module) -> None:
    corpus = Corpus.from_folder(photos).iloc[:3]
    with pytest.warns(IconometricsWarning, match="preprocessing is not stated"):
        assert networks.embed(corpus, small).shape == (3, 4)


def test_what_cannot_be_is_refused(small: torch.nn.Module) -> None:
    with pytest.raises(InputError, match=r"no module of that name.*such as second"):
        networks.TorchNetwork(small, PLAIN, layer="secnd")
    with pytest.raises(InputError, match="gives 1 channels, but the network takes 3"):
        networks.TorchNetwork(small, networks.Preprocessing(order="gray", mean=0, scale=1))
    with pytest.raises(InputError, match="expected one of mean, max"):
        networks.TorchNetwork(small, PLAIN, pool="median")
    fixed = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3 * 8 * 8, 2))
    with pytest.raises(InputError, match="cannot be run on pictures of 16 x 16 pixels"):
        networks.TorchNetwork(fixed, PLAIN).embed(PIXELS)
    small.unused = torch.nn.Linear(2, 2)
    with pytest.raises(InputError, match="never uses that module"):
        networks.TorchNetwork(small, PLAIN, layer="unused").embed(PIXELS)
    with pytest.raises(InputError, match="does not say what it takes"):
        networks.export_onnx(fixed, "net.onnx")


FAMILIES = {
    "vit": ("ViTConfig", "ViTModel", "ViTImageProcessor"),
    "clip": ("CLIPConfig", "CLIPVisionModelWithProjection", "CLIPImageProcessor"),
    "siglip": ("SiglipConfig", "SiglipVisionModel", "SiglipImageProcessor"),
    "dinov2": ("Dinov2Config", "Dinov2Model", "BitImageProcessor"),
    "convnext": ("ConvNextConfig", "ConvNextModel", "ConvNextImageProcessor"),
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A tiny network of each family, with random weights, as its authors would publish it."""
    offline = pytest.MonkeyPatch()
    offline.setenv("HF_HUB_OFFLINE", "1")  # before the import, which reads it
    transformers = pytest.importorskip("transformers")
    offline.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)  # where another imported it
    tokens = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    tokens |= {"intermediate_size": 32}
    seeing = {**tokens, "image_size": 32, "patch_size": 8}
    both = {
        "vision_config": {**seeing, "projection_dim": 8},
        "text_config": {**tokens, "vocab_size": 100},
    }
    maps = {"hidden_sizes": [8, 8, 8, 12], "depths": [1, 1, 1, 1], "image_size": 32}
    settings = {"clip": {**both, "projection_dim": 8}, "siglip": both, "convnext": maps}
    cropped = {"size": {"shortest_edge": 36}, "crop_size": {"height": 32, "width": 32}}
    square = {"size": {"height": 32, "width": 32}}
    sizes = {"clip": cropped, "dinov2": cropped, "convnext": {"size": {"shortest_edge": 32}}}
    folder = tmp_path_factory.mktemp("hub")
    torch.manual_seed(2)
    for name, (configuration, _, processor) in FAMILIES.items():
        config = getattr(transformers, configuration)(**settings.get(name, seeing))
        transformers.AutoModel.from_config(config).save_pretrained(folder / name)
        getattr(transformers, processor)(**sizes.get(name, square)).save_pretrained(folder / name)
    yield folder
    offline.undo()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_network_of_the_hub_gives_what_transformers_gives(hub: Path, family: str) -> None:
    import transformers

    folder = hub / family
    made = networks.transformers_network(folder)
    again = networks.network(folder)
    assert made.spec == again.spec
    assert made.name == family
    processor = transformers.AutoImageProcessor.from_pretrained(folder, backend="pil")
    smooth = np.full((40, 40, 3), (30, 90, 200), np.uint8)
    planes = processor(smooth, return_tensors="pt")["pixel_values"]
    assert np.allclose(made.prepare(smooth), planes[0].numpy(), atol=1e-5)
    model = getattr(transformers, FAMILIES[family][1]).from_pretrained(folder).eval()
    draw = np.random.default_rng(1).normal(size=(2, 3, 32, 32)).astype(np.float32)
    with torch.no_grad():
        given = model(pixel_values=torch.from_numpy(draw))
    expected = given["image_embeds"] if family == "clip" else given["pooler_output"]
    if family == "vit":
        expected = given["last_hidden_state"][:, 0]
    assert np.allclose(made.run(draw), expected.numpy(), atol=1e-5)
    inner = made.layers()["layer"].iloc[5]
    assert made.changed(layer=inner, pool="mean").run(draw).shape[0] == 2


def test_the_processor_is_followed(hub: Path) -> None:
    vit = networks.transformers_network(hub / "vit").preprocessing
    clip = networks.transformers_network(hub / "clip").preprocessing
    convnext = networks.transformers_network(hub / "convnext").preprocessing
    assert vit is not None and clip is not None and convnext is not None
    assert (vit.crop, vit.size, vit.mean) == ("whole", 32, (127.5, 127.5, 127.5))
    assert (clip.crop, clip.size, clip.short) == ("center", 32, 36)
    assert clip.mean == pytest.approx((122.77, 116.75, 104.09), abs=0.01)
    assert (convnext.size, convnext.short) == (32, 37)


def test_what_cannot_be_had_from_the_hub_is_told(hub: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"download these on a machine"):
        networks.network("nobody/no-such-network")
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(InputError, match="of the kind 'bert': expected one of clip"):
        networks.transformers_network(tmp_path)
    (tmp_path / "config.json").write_text((hub / "vit" / "config.json").read_text())
    with pytest.raises(InputError, match=r"safetensors"):
        networks.transformers_network(tmp_path)


def test_weights_that_were_saved_are_opened_by_their_path(tmp_path: Path) -> None:
    net = networks.create("cnn", classes=4, channels=1, size=16, seed=3, filters=4)
    path = networks.save_weights(net, tmp_path / "streets.safetensors")
    made, direct = networks.network(path), networks.TorchNetwork(net)
    assert made.name == "streets"
    assert made.origin == str(path)
    assert np.array_equal(made.embed(PIXELS), direct.embed(PIXELS))
    layer = networks.network(path, layer="features.0", pool="max", size=20)
    assert layer.name == "streets-features-0-max"
    assert layer.embed(PIXELS).shape == (4,)


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "vit_small"])
def test_what_the_head_is_fed_makes_the_scores(name: str) -> None:
    """The last layer applied to the embedding gives the network's scores."""
    net = networks.create(name, classes=7, size=64).eval()
    made = networks.TorchNetwork(net)
    head = net.get_submodule(net.head)
    with torch.no_grad():
        scores = head(torch.from_numpy(made.embed(PIXELS)))
    whole = networks.TorchNetwork(net, layer="").embed(PIXELS)
    assert np.allclose(scores.numpy(), whole, atol=1e-4)


def test_another_preprocessing_for_a_network_that_is_ready(small: torch.nn.Module) -> None:
    other = networks.Preprocessing(mean=0, scale=1, size=16, crop="whole")
    made = networks.TorchNetwork(small, PLAIN, layer="first", pool="max")
    again = networks.network(made, preprocessing=other)
    expected = networks.TorchNetwork(small, other, layer="first", pool="max")
    with torch.no_grad():
        small.first.weight.zero_()
    assert np.array_equal(again.embed(PIXELS), expected.embed(PIXELS))

    class Own:
        def prepare(self, pixels: np.ndarray) -> np.ndarray:
            return pixels

        def run(self, batch: np.ndarray) -> np.ndarray:
            return batch

    with pytest.raises(InputError, match="prepares pictures by itself"):
        networks.network(Own(), preprocessing=other)


def test_another_size_keeps_the_crop_in_proportion(small: torch.nn.Module) -> None:
    tight = networks.Preprocessing(mean=0, scale=255, size=16, short=16)
    made = networks.TorchNetwork(small, tight)
    assert made.changed(size=16).spec == made.spec
    assert made.changed(size=24).preprocessing == networks.Preprocessing(
        mean=0, scale=255, size=24, short=24
    )
    usual = networks.TorchNetwork(small, networks.Preprocessing(mean=0, scale=255, size=16))
    assert usual.changed(size=32).preprocessing.least == 37


def test_a_point_in_a_name_is_no_ending(small: torch.nn.Module) -> None:
    names = [
        networks.TorchNetwork(small, PLAIN, origin=origin).name
        for origin in ("lab/eye-1.0", "lab/eye-1.5", "folder/eye-1.5.safetensors")
    ]
    assert names == ["eye-1-0", "eye-1-5", "eye-1-5"]
