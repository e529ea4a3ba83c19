"""Receptive fields against published ones and against gradients; the summary; the drawing."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from iconometrics import figures, networks
from iconometrics.errors import InputError


def field(name: str, layer: str) -> int:
    layers = {x.name: x for x in networks.describe(name).layers}
    high, wide = layers[layer].receptive_field
    assert high == wide
    return high


@pytest.mark.parametrize(
    ("name", "layer", "expected"),
    [
        # Araujo, Norris and Sim (2019), Computing receptive fields of convolutional networks.
        ("alexnet", "features.12", 195),
        ("vgg16", "features.30", 212),
        # By hand: r + (kernel - 1) x jump, from layer to layer.
        ("lenet5", "features.5", 16),
        ("resnet18", "layer4.1.conv2", 435),
    ],
)
def test_published_receptive_fields(name: str, layer: str, expected: int) -> None:
    assert field(name, layer) == expected


def reached(net: nn.Module, size: int) -> int:
    """Rows of the picture that one number in the middle of the last maps depends on."""
    picture = torch.rand(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    maps = net.double()(picture)
    maps[0, 0, maps.shape[2] // 2, maps.shape[3] // 2].backward()
    assert picture.grad is not None
    rows = picture.grad[0, 0].abs().sum(1).nonzero().flatten()
    return int(rows.max() - rows.min() + 1)


layer = st.sampled_from(["conv1", "conv3", "conv5", "dilated", "stride", "pool"])


@given(st.lists(layer, min_size=1, max_size=5), st.booleans())
def test_receptive_fields_are_what_gradients_reach(kinds: list[str], forked: bool) -> None:
    made: dict[str, Any] = {
        "conv1": lambda: nn.Conv2d(1, 1, 1),
        "conv3": lambda: nn.Conv2d(1, 1, 3, padding=1),
        "conv5": lambda: nn.Conv2d(1, 1, 5, padding=2),
        "dilated": lambda: nn.Conv2d(1, 1, 3, padding=2, dilation=2),
        "stride": lambda: nn.Conv2d(1, 1, 3, stride=2, padding=1),
        "pool": lambda: nn.AvgPool2d(2),
    }
    torch.manual_seed(1)
    path = nn.Sequential(*(made[kind]() for kind in kinds))
    for parameter in path.parameters():
        nn.init.uniform_(parameter, 0.5, 1)
    net: nn.Module = Fork(path) if forked and not {"stride", "pool"} & set(kinds) else path
    told = networks.describe(net, 160)
    widest = max(layer.receptive_field[0] for layer in told.layers)
    assert widest == reached(net, 160)


class Fork(nn.Module):
    """Two branches, summed: the wider one counts."""

    def __init__(self, path: nn.Module) -> None:
        super().__init__()
        self.path = path

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        both: torch.Tensor = self.path(x) + x
        return both


def test_a_network_of_ones_own() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 2))
    told = networks.describe(net, 8)
    assert told.name == "Sequential"
    assert told.table()["output"].tolist() == [(4, 6, 6), (4, 6, 6), (144,), (2,)]
    assert told.multiplications == 4 * 36 * 27 + 144 * 2
    assert told.layers[-1].receptive_field == (8, 8)
    with pytest.raises(InputError, match="3 x 9 x 9 numbers do not go through Sequential"):
        networks.describe(net, 9)
    with pytest.raises(InputError, match="does not state what it is made for"):
        networks.describe(net)


def test_nothing_is_changed_and_nothing_computed() -> None:
    net = networks.create("resnet18", classes=2, size=64).train()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    networks.describe(net)
    assert net.training
    assert not any(module._forward_hooks for module in net.modules())
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


def test_the_summary_and_the_notebook() -> None:
    told = networks.describe("lenet5")
    assert told.summary() == (
        "lenet5 takes 1 x 32 x 32 numbers through 5 layers with weights: 61,706 parameters (0.247 "
        "MB), 416,520 multiplications per image. Each place of its last maps, 5 x 5, sees at most "
        "16 x 16 pixels."
    )
    assert "<table" in told._repr_html_()


def test_blocks_are_taken_together() -> None:
    blocks = networks.describe("resnet18").blocks()
    assert blocks["block"].tolist() == [
        "stem", "layer1.0 to 1", "layer2.0 to 1", "layer3.0 to 1", "layer4.0 to 1", "avgpool",
        "head",
    ]  # fmt: skip
    assert blocks["output"].iloc[4] == (512, 7, 7)


def test_the_drawing_names_every_block() -> None:
    told = networks.describe("text_cnn")
    texts = [text.get_text() for text in told.plot().texts]
    assert {"input", *told.blocks()["block"]} <= set(texts)
    shares = [text for text in texts if text.endswith("%")]
    assert shares == ["94\xa0%", "6\xa0%", "100\xa0%"]
    with pytest.raises(InputError, match="without blocks"):
        figures.architecture((1, 2, 2), told.blocks().iloc[:0])


def test_layer_arithmetic_of_the_lecture() -> None:
    """(W - F + 2P) / S + 1 positions, F²CK weights and K biases."""
    net = nn.Conv2d(3, 7, 5, stride=3, padding=2)
    count = sum(p.numel() for p in net.parameters())
    assert networks.convolution_parameters(5, channels=3, filters=7) == count
    shape = net(torch.zeros(1, 3, 32, 41)).shape[2:]
    sides = [networks.output_side(s, kernel=5, stride=3, padding=2) for s in (32, 41)]
    assert sides == list(shape)
    assert networks.convolution_parameters((1, 7), channels=2, filters=4, bias=False) == 56
    assert networks.connected_parameters(3072, 10) == 30_730
    with pytest.raises(InputError, match="nothing comes out"):
        networks.output_side(4, kernel=7)


@given(
    st.integers(1, 40), st.integers(1, 5), st.integers(1, 3), st.integers(0, 3), st.integers(1, 2)
)
def test_output_side_is_torch_s(
    side: int, kernel: int, stride: int, padding: int, dilation: int
) -> None:
    net = nn.Conv1d(1, 1, kernel, stride=stride, padding=padding, dilation=dilation)
    options = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    if side + 2 * padding < dilation * (kernel - 1) + 1:
        with pytest.raises(InputError):
            networks.output_side(side, **options)
    else:
        assert networks.output_side(side, **options) == net(torch.zeros(1, 1, side)).shape[2]


def test_a_network_in_training_stays_as_it_was() -> None:
    net = networks.create("resnet18", classes=2, size=32).train()
    net.bn1.eval()
    networks.describe(net)
    assert net.training and net.fc.training and not net.bn1.training
