"""Every architecture through one case table."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from iconometrics import networks
from iconometrics.errors import InputError
from iconometrics.networks.architecture.activations import ACTIVATIONS, activation
from iconometrics.networks.architecture.describe import Description

# Numbers learned with the classes and channels published; all but the last rows from the papers'
# own releases.
PARAMETERS = {
    "alexnet": 61_100_840,
    "vgg13": 133_047_848,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "googlenet": 6_624_904,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "densenet121": 7_978_856,
    "densenet161": 28_681_000,
    "densenet169": 14_149_480,
    "densenet201": 20_013_928,
    "squeezenet1_0": 1_248_424,
    "squeezenet1_1": 1_235_496,
    "inception_v4": 42_679_816,
    "vit_b_16": 86_567_656,
    "vit_small": 22_050_664,
    "lenet5": 61_706,
    # By hand, layer by layer: conv1, ..., fc8 of the paper.
    "zfnet": 14_208 + 614_656 + 885_120 + 1_327_488 + 884_992 + 37_752_832 + 16_781_312 + 4_097_000,
    "mlp": 784 * 256 + 256 + 256 * 128 + 128 + 128 * 10 + 10,
    "cnn": 320 + 18_496 + 7 * 7 * 64 * 128 + 128 + 128 * 50 + 50 + 50 * 10 + 10,
    "text_cnn": 20_000 * 300 + (3 + 4 + 5) * 300 * 100 + 300 + 300 * 2 + 2,
    "unet": 7_763_074,
}
# Billions of multiplications at the size published, as torchvision states them.
MULTIPLICATIONS = {
    "alexnet": 0.714,
    "vgg13": 11.308,
    "vgg16": 15.470,
    "vgg19": 19.632,
    "googlenet": 1.498,
    "resnet18": 1.814,
    "resnet34": 3.664,
    "resnet50": 4.089,
    "resnet101": 7.801,
    "resnet152": 11.514,
    "densenet121": 2.834,
    "densenet161": 7.728,
    "densenet169": 3.360,
    "densenet201": 4.291,
    "squeezenet1_0": 0.819,
    "squeezenet1_1": 0.349,
    "vit_b_16": 17.564,
}
TABLE = networks.architectures().set_index("name")
CLASSES = 3
# One of each family is enough for every run of the tests; its larger sisters take seconds each.
LARGE = {"vgg13", "vgg19", "zfnet", "resnet101", "resnet152", "vit_b_16"}
LARGE |= {"densenet161", "densenet169", "densenet201"}
CASES = [pytest.param(n, marks=pytest.mark.slow if n in LARGE else ()) for n in TABLE.index]


def small(name: str) -> tuple[int, int]:
    """The smallest size, or one on which every layer has something to do."""
    return (1, 50) if name == "text_cnn" else (max(32, int(TABLE.loc[name, "least"])),) * 2


def pictures(net: Any, count: int = 2) -> torch.Tensor:
    draw = torch.Generator().manual_seed(1)
    shape = (count, net.channels, *net.size)
    if net.architecture == "text_cnn":
        return torch.randint(1, 20_000, shape, generator=draw)
    return torch.rand(shape, generator=draw)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", params=CASES)
def net(request: pytest.FixtureRequest) -> Any:
    name = request.param
    channels = int(TABLE.loc[name, "channels"])
    return networks.create(name, classes=CLASSES, channels=channels, size=small(name))


@pytest.fixture(scope="module")
def described(net: Any) -> Description:
    return networks.describe(net, _sides(net.architecture))


def _sides(name: str) -> tuple[int, int]:
    # What is fixed by its fully connected layers or positions was built for the small size.
    fixed = name in {"mlp", "lenet5", "cnn", "text_cnn", "vit_b_16", "vit_small"}
    high, wide = small(name) if fixed else map(int, TABLE.loc[name, "size"].split(" x "))
    return high, wide


def test_every_architecture_has_a_count() -> None:
    assert set(TABLE.index) == set(PARAMETERS)


def test_parameters(net: Any) -> None:
    name = net.architecture
    count = sum(p.numel() for p in net.parameters())
    head = net.get_submodule(net.head).weight
    count += (int(TABLE.loc[name, "classes"]) - CLASSES) * (head[0].numel() + 1)
    if name in {"mlp", "cnn"}:
        first = net.get_submodule({"mlp": "layers.0", "cnn": "classifier.0"}[name])
        count -= (first.in_features - {"mlp": 784, "cnn": 7 * 7 * 64}[name]) * first.out_features
    if name.startswith("vit"):
        count += (14 * 14 - 2 * 2) * net.class_token.numel()
    assert count == PARAMETERS[name] == TABLE.loc[name, "parameters"]


def test_describe_counts_the_same(net: Any, described: Description) -> None:
    count = sum(p.numel() for p in net.parameters())
    assert described.parameters == described.table()["parameters"].sum() == count
    blocks = described.blocks()
    assert blocks["parameters"].sum() == count
    assert blocks["multiplications"].sum() == described.multiplications
    assert blocks["block"].iloc[-1] == "head"


def test_multiplications(net: Any, described: Description) -> None:
    if net.architecture not in MULTIPLICATIONS:
        assert described.multiplications > 0
        return
    head = net.get_submodule(net.head).weight[0].numel()
    places = 13 * 13 if net.architecture.startswith("squeezenet") else 1
    if net.architecture == "vit_b_16":
        pytest.skip("its positions were built for the small size")
    told = described.multiplications + (1000 - CLASSES) * head * places
    assert round(told / 1e9, 3) == pytest.approx(MULTIPLICATIONS[net.architecture], abs=0.0011)


def test_shapes_and_attributes(net: Any) -> None:
    given = pictures(net)
    with torch.no_grad():
        scores = net.eval()(given)
    places = net.size if net.architecture == "unet" else ()
    assert scores.shape == (2, CLASSES, *places)
    assert torch.isfinite(scores).all()
    modules = dict(net.named_modules())
    named = [module for _, some in net.blocks for module in some]
    assert net.blocks[-1][0] == "head"
    assert net.blocks[-1][1][0] == net.head
    assert len(named) == len(set(named))
    assert set(named) <= set(modules)
    assert net.target_layer is None or net.target_layer in modules
    ours = {id(p) for name in named for p in modules[name].parameters()}
    rest = {name for name, p in net.named_parameters() if id(p) not in ours}
    assert rest <= {"class_token", "encoder.pos_embedding"}


def test_what_describe_says_comes_out(net: Any) -> None:
    told = networks.describe(net)
    shapes: dict[str, Any] = {}
    handles = [
        module.register_forward_hook(
            lambda _, __, output, name=name: shapes.__setitem__(name, tuple(output.shape[1:]))
        )
        for name, module in net.named_modules()
        if not list(module.children()) and "self_attention" not in name
    ]
    with torch.no_grad():
        net.eval()(pictures(net, 1))
    for handle in handles:
        handle.remove()
    last = {layer.name: layer.output for layer in told.layers if layer.name in shapes}
    assert last == {name: shape for name, shape in shapes.items() if name in last}
    assert len(last) > 2


def test_gradients_reach_every_parameter(net: Any) -> None:
    net.train()
    with torch.random.fork_rng():
        torch.manual_seed(1)
        scores = (
            net(pictures(net, 4)).flatten(2).mean(-1)
            if net.architecture == "unet"
            else net(pictures(net, 4))
        )
        torch.nn.functional.cross_entropy(scores, torch.tensor([0, 1, 2, 0])).backward()
    without = [n for n, p in net.named_parameters() if p.grad is None or not p.grad.abs().sum()]
    net.zero_grad()
    assert without == []


def test_the_settings_build_it_again(net: Any) -> None:
    if PARAMETERS[net.architecture] > 30_000_000:
        return  # seconds each, and no different
    again = networks.create(**net.settings)
    own = net.state_dict()
    same = [name for name, value in again.state_dict().items() if value.shape == own[name].shape]
    assert same == list(own)
    first = f"{net.head}.weight"
    assert torch.equal(own[first], again.state_dict()[first])
    other = networks.create(**{**net.settings, "seed": 2})
    assert not torch.equal(own[first], other.state_dict()[first])
    again.load_state_dict(own)
    with torch.no_grad():
        given = pictures(net)
        torch.testing.assert_close(again.eval()(given), net.eval()(given))


@pytest.mark.slow
def test_onnx_gives_the_same(net: Any, tmp_path: Path) -> None:
    import onnxruntime

    net.eval()
    given = pictures(net)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = networks.export_onnx(net, tmp_path / "net.onnx", example=given)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {session.get_inputs()[0].name: given.numpy()})
    with torch.no_grad():
        np.testing.assert_allclose(found, net(given).numpy(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", [n for n in TABLE.index if TABLE.loc[n, "least"] > 1])
def test_the_smallest_size_is_the_smallest(name: str) -> None:
    least = int(TABLE.loc[name, "least"])
    with pytest.raises(InputError, match=f"expected at least {least}"):
        networks.create(name, size=least - 1)
    if name in {"resnet18", "googlenet", "squeezenet1_0", "squeezenet1_1", "densenet121"}:
        net = networks.create(name, classes=2, size=64).eval()
        with torch.no_grad():
            assert net(torch.zeros(1, 3, least, least)).shape == (1, 2)
            with pytest.raises(RuntimeError):
                net(torch.zeros(1, 3, least - 2, least - 2))


@pytest.mark.parametrize(("high", "wide"), [(40, 56), (33, 65)])
@pytest.mark.parametrize("name", ["resnet18", "unet", "cnn", "lenet5", "squeezenet1_1"])
def test_any_size_and_channels(name: str, high: int, wide: int) -> None:
    net = networks.create(name, classes=2, channels=5, size=(high, wide)).eval()
    with torch.no_grad():
        assert net(torch.zeros(1, 5, high, wide)).shape[:2] == (1, 2)
    assert net.preprocessing is None


def test_the_global_seed_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    seeds: list[int] = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", seeds.append)
    networks.create("lenet5", classes=10, channels=1, seed=3)
    assert torch.equal(torch.rand(3), expected)
    assert seeds == []


def test_googlenet_with_its_auxiliary_classifiers() -> None:
    net: Any = networks.create("googlenet", auxiliary=True)
    assert sum(p.numel() for p in net.parameters()) == 13_004_888
    main = networks.create("googlenet")
    assert set(main.state_dict()) < set(net.state_dict())
    with torch.no_grad():
        scores = net.eval().auxiliary_scores(torch.zeros(1, 3, 64, 64))
    assert [tuple(one.shape) for one in scores] == [(1, 1000), (1, 1000)]


def test_the_small_cnn_of_the_lecture() -> None:
    net = networks.create(
        "cnn", classes=10, channels=1, blocks=3, filters=(64, 96, 112), fc=(150, 70), dropout=0.1
    )
    shapes = [tuple(p.shape) for n, p in net.named_parameters() if n.endswith("weight")]
    assert shapes == [
        (64, 1, 3, 3), (96, 64, 3, 3), (112, 96, 3, 3), (150, 112 * 9), (70, 150), (10, 70)
    ]  # fmt: skip
    doubled = networks.create("cnn", blocks=3, filters=16, size=32)
    assert [m.out_channels for m in doubled.modules() if isinstance(m, nn.Conv2d)] == [16, 32, 64]


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"blocks": 4, "size": 8}, "nothing would be left"),
        ({"kernel": 4}, "odd number"),
        ({"filters": (8, 16, 32)}, "3 numbers for 2 blocks"),
        ({"activation": "relux"}, "expected one of step"),
        ({"layers": 3}, "has no option layers"),
        ({"classes": 0}, "one or more"),
        ({"size": (3, 4, 5)}, "height and width"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        networks.create("cnn", **options)


def test_other_wrong_settings_are_refused() -> None:
    with pytest.raises(InputError, match="Did you mean resnet50"):
        networks.create("resnet-50")
    with pytest.raises(InputError, match="has no option depth"):
        networks.create("resnet50", depth=18)
    with pytest.raises(InputError, match="do not fill it"):
        networks.create("vit_small", size=40)
    with pytest.raises(InputError, match="2 shares for 1 hidden"):
        networks.create("mlp", hidden=(5,), dropout=(0.1, 0.2))
    with pytest.raises(InputError, match="one channel and texts"):
        networks.create("text_cnn", channels=1, size=(1, 4))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("step", [0, 0, 1, 1]),
        ("sigmoid", [1 / (1 + np.exp(2)), 1 / (1 + np.exp(1)), 1 / (1 + np.exp(-1)), None]),
        ("tanh", [np.tanh(-2), np.tanh(-1), np.tanh(1), np.tanh(3)]),
        ("relu", [0, 0, 1, 3]),
        ("leaky_relu", [-0.2, -0.1, 1, 3]),
        ("elu", [np.exp(-2) - 1, np.exp(-1) - 1, 1, 3]),
        ("maxout", [-1, 3]),
        ("identity", [-2, -1, 1, 3]),
    ],
)
def test_activations_are_those_of_the_lectures(name: str, expected: list[float | None]) -> None:
    given = torch.tensor([[-2.0, -1.0, 1.0, 3.0]], requires_grad=True)
    found = activation(name)(given)
    found.sum().backward()
    assert given.grad is not None
    assert given.grad.abs().sum() > 0
    for one, other in zip(found[0].tolist(), expected, strict=True):
        assert other is None or one == pytest.approx(other, abs=1e-6)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_learns(name: str) -> None:
    net = networks.create("mlp", classes=2, channels=1, size=(1, 2), hidden=(8,), activation=name)
    cnn = networks.create("cnn", classes=2, channels=1, size=8, filters=4, fc=(6,), activation=name)
    with torch.no_grad():
        assert cnn.eval()(torch.rand(2, 1, 8, 8)).shape == (2, 2)
    given = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    wanted = torch.tensor([0, 1, 1, 0] if name != "identity" else [0, 0, 1, 1])
    optimizer = torch.optim.Adam(net.parameters(), 0.05)
    for _ in range(300):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(given), wanted).backward()
        optimizer.step()
    assert net(given).argmax(1).tolist() == wanted.tolist()
