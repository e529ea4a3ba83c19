"""The parts of training: plans, losses, schedules, pictures, augmentation, ordered outcomes."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from statsmodels.miscmodels.ordinal_model import OrderedModel
from torch import nn
from torch.nn import functional

from iconometrics import Corpus
from iconometrics.errors import InputError
from iconometrics.networks.training import (
    OrderedLogit,
    Pictures,
    Plan,
    augmented,
    make_augmentation,
    parts_of,
)
from iconometrics.networks.training.losses import make_loss
from iconometrics.networks.training.optimizers import rate_factor
from iconometrics.networks.training.plan import AUGMENTATIONS, SCHEDULES


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"optimizer": "adagrad"}, "optimizer='adagrad': expected one of 'sgd', 'adam', 'rmsprop'"),
        ({"loss": "squared"}, "loss='squared': expected one of 'cross_entropy'"),
        ({"schedule": "up"}, "schedule='up': expected one of None"),
        ({"augment": ("blur",)}, "augment='blur': expected one of 'flip'"),
        ({"train": "first"}, "train='first': expected .* or a number of blocks"),
        ({"train": 0}, "train=0"),
        ({"train": "frozen", "augment": ("flip",)}, 'train="last"'),
        ({"epochs": 0}, "epochs=0"),
        ({"batch": 2.5}, "batch=2.5"),
        ({"rate": 0}, "rate=0"),
        ({"rate": math.nan}, "rate=nan"),
        ({"l2": -1}, "l2=-1"),
        ({"label_smoothing": 1}, "label_smoothing=1"),
        ({"label_smoothing": 0.1, "loss": "focal"}, "label_smoothing=0.1 with loss='focal'"),
        ({"label_smoothing": 0.1, "loss": "hinge"}, "which it would not change"),
    ],
)
def test_settings_that_cannot_be(setting: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Plan(**setting)


def test_focal_loss_without_focus_is_cross_entropy() -> None:
    from iconometrics.networks.training.losses import Focal, FocalLabels

    scores, classes = torch.randn(9, 3), torch.arange(9) % 3
    weight = torch.tensor([1.0, 2.0, 0.5])
    expected = functional.cross_entropy(scores, classes, weight)
    torch.testing.assert_close(Focal(weight, gamma=0)(scores, classes), expected)
    labels = (torch.randn(9, 3) > 0).float()
    torch.testing.assert_close(
        FocalLabels(gamma=0)(scores, labels),
        functional.binary_cross_entropy_with_logits(scores, labels),
    )


@pytest.mark.parametrize("gamma", [1.0, 2.0])
def test_focal_loss_by_hand(gamma: float) -> None:
    from iconometrics.networks.training.losses import Focal

    p = math.exp(2) / (math.exp(2) + 1)
    expected = -((1 - p) ** gamma) * math.log(p)
    found = Focal(gamma=gamma)(torch.tensor([[2.0, 0.0]]), torch.tensor([0]))
    assert float(found) == pytest.approx(expected, rel=1e-4)


def test_losses_by_name() -> None:
    for target, names in {
        "classes": ("cross_entropy", "focal", "hinge"),
        "number": ("squared", "absolute", "huber"),
    }.items():
        for loss in names:
            assert isinstance(make_loss(Plan(target=target, loss=loss)), nn.Module)
    weighted = make_loss(Plan(class_weights=(1.0, 3.0)))
    scores, classes = torch.tensor([[0.0, 0.0], [0.0, 2.0]]), torch.tensor([0, 1])
    each = functional.cross_entropy(scores, classes, reduction="none")
    assert float(weighted(scores, classes)) == pytest.approx(float((each[0] + 3 * each[1]) / 4))


def test_schedules() -> None:
    def course(name: str | None, epochs: int = 6) -> list[float]:
        return [round(rate_factor(name, e, epochs=epochs, losses=[]), 4) for e in range(epochs)]

    assert course(None) == [1] * 6
    assert course("step") == [1, 1, 0.1, 0.1, 0.01, 0.01]
    assert course("exponential")[-1] == 0.01
    assert course("cosine")[3] == 0.5
    assert course("warmup", 20)[:3] == [0.1, 0.55, 1.0]
    for name in SCHEDULES:
        assert all(0 < one <= 1 for one in course(name))


def test_plateau_waits_for_three_epochs() -> None:
    losses = [1.0, 0.5, 0.6, 0.6, 0.6, 0.4, 0.5, 0.5, 0.5]
    found = [rate_factor("plateau", e, epochs=10, losses=losses[:e]) for e in range(10)]
    np.testing.assert_allclose(found, [1, 1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.01])


def read(pictures: Pictures, batch: int = 4) -> tuple[list[int], list[Any]]:
    parts = list(pictures.batches(np.arange(len(pictures)), batch))
    return [int(i) for at, _ in parts for i in at], [one for _, p in parts for one in p]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.default_rng(1)
    for number in range(11):
        shape = (30 + number, 50, 3)
        Image.fromarray(random.integers(0, 255, shape, dtype=np.uint8)).save(
            tmp_path / f"{number:02}.png"
        )
    (tmp_path / "05.png").write_bytes(b"no picture")
    return tmp_path


@pytest.mark.parametrize("keep", [0, 16 * 16 * 3 * 4, 2**28])
def test_pictures_are_the_same_kept_or_read_again(folder: Path, keep: int) -> None:
    sources = Corpus.from_folder(folder).sources()
    pictures = Pictures.of_sources(sources, size=(16, 16), channels=3, keep=keep)
    first, second = read(pictures), read(pictures)
    assert first[0] == second[0] == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10]
    assert list(pictures.failed) == [5]
    np.testing.assert_array_equal(first[1], second[1])
    whole = Pictures.of_sources(sources, size=(16, 16), channels=3)
    np.testing.assert_array_equal(first[1], read(whole)[1])


def test_only_so_much_is_kept(folder: Path) -> None:
    sources = Corpus.from_folder(folder).sources()
    pictures = Pictures.of_sources(sources, size=(16, 16), channels=3, keep=16 * 16 * 3 * 4 + 5)
    assert pictures._kept.shape == (4, 16, 16, 3)


def test_a_picture_alone_at_the_end_joins_the_others() -> None:
    pictures = Pictures.of_array(np.zeros((9, 4, 4), np.uint8), size=(4, 4), channels=1)
    assert [len(at) for at, _ in pictures.batches(np.arange(9), 4)] == [4, 5]
    assert [len(at) for at, _ in pictures.batches(np.arange(1), 4)] == [1]


def test_arrays_are_brought_to_size_and_channels() -> None:
    gray = np.full((2, 6, 8), 90, np.uint8)
    made = Pictures.of_array(gray, size=(4, 4), channels=3)
    assert np.stack(read(made)[1]).tolist() == np.full((2, 4, 4, 3), 90).tolist()
    color = np.zeros((2, 4, 4, 3), np.uint8)
    color[..., 0] = 100
    made = Pictures.of_array(color, size=(4, 4), channels=1)
    assert np.stack(read(made)[1]).tolist() == np.full((2, 4, 4, 1), 30).tolist()


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((3, 4)), "expected pictures"),
        (np.zeros((3, 4, 4), int), "expected pictures"),
        (np.full((3, 4, 4), np.nan), "3 of 3 pictures hold NaN or inf"),
        (np.zeros((3, 5, 5)), r"numbers of shape \(5, 5, 1\) for a network of \(4, 4, 1\)"),
    ],
)
def test_arrays_that_are_no_pictures(array: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Pictures.of_array(array, size=(4, 4), channels=1)


@pytest.mark.parametrize("name", sorted(AUGMENTATIONS))
@pytest.mark.parametrize("channels", [1, 3])
def test_augmentation_keeps_shape_and_range(name: str, channels: int) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (6, 16, 12, channels), dtype=np.uint8)
    made = augmented(pixels, [name], seed=1)
    assert made.shape == pixels.shape
    assert not np.array_equal(made, pixels)
    np.testing.assert_array_equal(made, augmented(pixels, [name], seed=1))
    assert not np.array_equal(made, augmented(pixels, [name], seed=2))


def test_a_flip_mirrors_and_a_crop_moves() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (40, 8, 8, 1), dtype=np.uint8)
    flipped = augmented(pixels, ["flip"], seed=1)
    same = (flipped == pixels).all(axis=(1, 2, 3))
    mirrored = (flipped == pixels[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (same ^ mirrored).all()
    assert 8 < same.sum() < 32
    wide = np.tile(np.arange(64, dtype=np.uint8)[None, None, :, None], (20, 8, 1, 1))
    moved = augmented(wide, ["crop:.25"], seed=1)[:, 4, 32, 0].astype(int) - 32
    assert np.abs(moved).max() > 4
    assert np.abs(moved).max() <= 16


@pytest.mark.parametrize("name", ["rotate:x", "rotate:-5", "zoom:1.5", "flip:2"])
def test_strengths_that_cannot_be(name: str) -> None:
    with pytest.raises(InputError, match=f"augment='{name}'"):
        make_augmentation([name], (8, 8))


def test_more_blocks_than_there_are() -> None:
    net = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 2))
    with pytest.raises(InputError, match="train=3: the network has 2 blocks: 0, 1"):
        parts_of(net, 3)


def test_the_head_learns_faster() -> None:
    from iconometrics.networks.training.optimizers import make_optimizer

    net = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 2))
    made = make_optimizer(parts_of(net, "all"), Plan(rate=0.1, below=0.1, l2=0.5))
    rates = {id(p): (g["lr"], g["weight_decay"]) for g in made.param_groups for p in g["params"]}
    assert rates[id(net[1].weight)] == (0.1, 1.0)
    assert rates[id(net[1].bias)] == (0.1, 0.0)
    assert rates[id(net[0].weight)] == (pytest.approx(0.01), 1.0)


def test_an_ordered_logit_is_the_one_of_statsmodels() -> None:
    random = np.random.default_rng(1)
    x = random.normal(size=(400, 2))
    y = np.digitize(x @ [1.0, -0.5] + random.logistic(size=400), [-1.0, 0.4, 1.5])
    fitted = OrderedModel(y, x, distr="logit").fit(method="bfgs", disp=False)
    model = OrderedLogit(nn.Linear(2, 1, bias=False), 4).double()
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=200, line_search_fn="strong_wolfe")
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(inputs), targets)
        loss.backward()
        return loss

    optimizer.step(closure)
    np.testing.assert_allclose(model.net.weight.detach()[0], fitted.params[:2], atol=1e-3)
    cuts = fitted.model.transform_threshold_params(fitted.params)[1:-1]
    np.testing.assert_allclose(model.cutpoints.detach(), cuts, atol=1e-3)
    np.testing.assert_allclose(model(inputs).exp().detach(), fitted.predict(x), atol=1e-3)


def test_a_layer_by_itself_is_its_own_head() -> None:
    """As it is trained on frozen features: at the rate itself, not at that of what lies below."""
    from iconometrics.networks.training.optimizers import make_optimizer

    made = make_optimizer(parts_of(nn.Linear(2, 3), "all"), Plan(rate=0.1, below=0.1))
    assert [group["lr"] for group in made.param_groups] == [0.1, 0.1]


def test_the_last_convolutions_of_an_ordered_network_are_those_of_its_network() -> None:
    from iconometrics import networks
    from iconometrics.networks.inside.layers import layer_of

    net = networks.create("resnet18", classes=1, size=32)
    assert layer_of(OrderedLogit(net, 3), None) == "net.layer4"
    tokens = networks.create("vit_small", classes=1, size=32, width=24, heads=2, depth=1)
    with pytest.raises(InputError, match="vit_small has no last block of convolutions"):
        layer_of(OrderedLogit(tokens, 3), None)
