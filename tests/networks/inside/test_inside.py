"""Looking inside: against few-line oracles, brute force, and a watermark that was planted."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch import nn

from iconometrics import Corpus, networks
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.networks import inside
from iconometrics.networks.inside.attention import attention_weights, rolled_out
from iconometrics.networks.inside.maps import Maps

RANDOM = np.random.default_rng(1)
PICTURES = RANDOM.integers(0, 256, (5, 24, 24, 3), np.uint8)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> None:
    torch.set_num_threads(1)


def prepare(pixels: np.ndarray) -> np.ndarray:
    return pixels.transpose(2, 0, 1).astype(np.float32) / 255


def small(classes: int = 3, *, inplace: bool = True) -> nn.Module:
    torch.manual_seed(1)
    parts = [
        ("first", nn.Conv2d(3, 6, 3, padding=1)),
        ("relu", nn.ReLU(inplace=inplace)),
        ("pool", nn.MaxPool2d(2)),
        ("second", nn.Conv2d(6, 8, 3, padding=1)),
        ("relu2", nn.ReLU(inplace=inplace)),
        ("drop", nn.Dropout(0.5)),
        ("mean", nn.AdaptiveAvgPool2d(2)),
        ("flat", nn.Flatten()),
        ("head", nn.Linear(32, classes)),
    ]
    return nn.Sequential(OrderedDict(parts))


pytestmark = pytest.mark.filterwarnings("ignore:.*maps are empty")


@pytest.mark.parametrize("average", [True, False])
@pytest.mark.parametrize("layer", ["second", "relu2", "first"])
def test_grad_cam_equals_a_few_lines_of_torch(layer: str, average: bool) -> None:
    net = small(inplace=False)
    maps = inside.grad_cam(
        net, PICTURES, layer=layer, target=2, average=average, prepare=prepare, batch=2
    )
    net.eval()
    at = [name for name, _ in net.named_children()].index(layer) + 1
    for number, pixels in enumerate(PICTURES):
        found = net[:at](torch.from_numpy(prepare(pixels))[None]).detach().requires_grad_()
        net[at:](found)[0, 2].backward()
        weights = found.grad.mean(dim=(2, 3), keepdim=True) if average else found.grad
        cam = torch.relu((weights * found).sum(dim=1, keepdim=True))
        cam = nn.functional.interpolate(cam, (24, 24), mode="bilinear")[0, 0]
        np.testing.assert_allclose(maps.values[number], cam.detach(), atol=1e-6)


def test_grad_cam_of_a_layer_before_one_that_works_in_place() -> None:
    left = inside.grad_cam(small(inplace=True), PICTURES, layer="second", prepare=prepare)
    right = inside.grad_cam(small(inplace=False), PICTURES, layer="second", prepare=prepare)
    np.testing.assert_allclose(left.values, right.values, atol=1e-7)
    assert left.classes == right.classes


def test_a_frozen_network_gives_the_same_maps_and_stays_as_it_was() -> None:
    net, frozen = small(), small().requires_grad_(False)
    frozen.train()
    frozen.first.eval()
    a = inside.grad_cam(net, PICTURES, prepare=prepare)
    b = inside.grad_cam(frozen, PICTURES, prepare=prepare)
    np.testing.assert_array_equal(a.values, b.values)
    assert frozen.drop.training and not frozen.first.training
    assert all(p.grad is None for p in net.parameters())
    assert not net.second._forward_hooks


def test_the_predicted_class_is_explained_unless_another_is_named() -> None:
    net = small().eval()
    with torch.no_grad():
        outputs = net(torch.from_numpy(np.stack([prepare(p) for p in PICTURES])))
    assert inside.grad_cam(net, PICTURES, prepare=prepare).classes == outputs.argmax(1).tolist()
    several = inside.grad_cam(net, PICTURES, target=[0, 1, 2, 0, 1], prepare=prepare, batch=2)
    single = [
        inside.grad_cam(net, [p], target=t, prepare=prepare).values[0]
        for p, t in zip(PICTURES, [0, 1, 2, 0, 1], strict=True)
    ]
    np.testing.assert_allclose(several.values, np.stack(single), atol=1e-6)


def test_one_output_tells_two_classes_apart() -> None:
    net = small(1)
    no, yes = (inside.occlusion(net, PICTURES[:2], target=t, prepare=prepare) for t in (0, 1))
    np.testing.assert_allclose(no.values, -yes.values, atol=1e-6)


@pytest.mark.parametrize(("patch", "stride"), [(8, 4), (7, 5), (24, 1), (3, 9)])
def test_occlusion_equals_brute_force(patch: int, stride: int) -> None:
    net = small().eval()
    maps = inside.occlusion(
        net, PICTURES[:2], patch=patch, stride=stride, target=1, prepare=prepare, batch=5
    )
    for pixels, found in zip(PICTURES[:2], maps.values, strict=True):
        whole = prepare(pixels)
        mean = whole.mean(axis=(1, 2))
        loss, times = np.zeros((24, 24)), np.zeros((24, 24))
        starts = [s for s in range(24) if s + patch <= 24 and (s % stride == 0 or s + patch == 24)]
        for y in starts:
            for x in starts:
                covered = whole.copy()
                covered[:, y : y + patch, x : x + patch] = mean[:, None, None]
                with torch.no_grad():
                    both = net(torch.from_numpy(np.stack([whole, covered]))).softmax(1)[:, 1]
                loss[y : y + patch, x : x + patch] += float(both[0] - both[1])
                times[y : y + patch, x : x + patch] += 1
        np.testing.assert_allclose(found, loss / np.maximum(times, 1), atol=1e-6)


def test_attention_weights_are_those_of_torch() -> None:
    torch.manual_seed(2)
    module = nn.MultiheadAttention(12, 3, batch_first=True).eval()
    queries = torch.randn(2, 5, 12)
    _, told = module(queries, queries, queries, average_attn_weights=False)
    made = attention_weights(queries, module)
    np.testing.assert_allclose(made.detach(), told.detach(), atol=1e-6)
    rolled = rolled_out([made, made])
    mixed = (made.mean(dim=1) + torch.eye(5)) / 2
    np.testing.assert_allclose(rolled.detach(), (mixed @ mixed).detach(), atol=1e-6)
    np.testing.assert_allclose(rolled.sum(dim=-1).detach(), 1, atol=1e-5)


def test_feature_maps_and_filters_are_those_of_the_layer() -> None:
    net = small().eval()
    maps = inside.feature_maps(net, PICTURES, layer="second", prepare=prepare, batch=2)
    with torch.no_grad():
        expected = net[:4](torch.from_numpy(np.stack([prepare(p) for p in PICTURES])))
    np.testing.assert_allclose(maps.values, expected, atol=1e-6)
    assert len(maps.table()) == 5 * 8
    found = inside.filters(net)
    np.testing.assert_array_equal(found.weights, net.first.weight.detach())
    assert found.pictures()[0].shape == (42, 42, 3)
    assert inside.filters(net, layer="second").pictures()[0].ndim == 2


def test_the_most_exciting_images_and_what_the_unit_saw() -> None:
    net = small().eval()
    pictures = RANDOM.integers(0, 256, (11, 24, 24, 3), np.uint8)
    found = inside.exciting(net, pictures, 3, layer="second", n=4, prepare=prepare, batch=3)
    with torch.no_grad():
        maps = net[:4](torch.from_numpy(np.stack([prepare(p) for p in pictures])))[:, 3]
    values = maps.flatten(1).amax(1).numpy()
    assert found.table()["image"].astype(int).tolist() == np.argsort(-values)[:4].tolist()
    np.testing.assert_allclose(found.table()["value"], np.sort(values)[::-1][:4], atol=1e-6)
    # 3 x 3 after pooling by 2 after 3 x 3: at most 8 pixels, around the highest place.
    for image, left, top, right, bottom in found.rows[
        ["image", "left", "top", "right", "bottom"]
    ].itertuples(index=False):
        y, x = np.unravel_index(int(maps[int(image)].argmax()), (12, 12))
        assert 2 * x - 3 <= left * 24 <= 2 * x + 1 <= right * 24 <= 2 * x + 5
        assert 2 * y - 3 <= top * 24 <= 2 * y + 1 <= bottom * 24 <= 2 * y + 5


def test_what_cannot_be_looked_at_is_said() -> None:
    net = small()
    with pytest.raises(InputError, match=r"no layer of that name.*second"):
        inside.grad_cam(net, PICTURES, layer="secnd", prepare=prepare)
    with pytest.raises(InputError, match="Name a layer before the maps are flattened"):
        inside.grad_cam(net, PICTURES, layer="flat", prepare=prepare)
    with pytest.raises(InputError, match="target=3: the network knows no such class"):
        inside.grad_cam(net, PICTURES, target=3, prepare=prepare)
    with pytest.raises(InputError, match="expected uint8"):
        inside.grad_cam(net, [PICTURES[0] / 255.0], prepare=prepare)
    with pytest.raises(InputError, match="block=None: expected a vision transformer"):
        inside.attention(net, PICTURES, prepare=prepare)
    with pytest.raises(InputError, match="patch=25"):
        inside.occlusion(net, PICTURES, patch=25, prepare=prepare)
    with pytest.raises(InputError, match="unit=8"):
        inside.exciting(net, PICTURES, 8, prepare=prepare)
    with pytest.raises(InputError, match="has no filters"):
        inside.filters(net, layer="head")
    with pytest.raises(InputError, match="holds no torch network"):
        inside.filters("resnet18")


def test_files_that_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    for number, pixels in enumerate(PICTURES):
        Image.fromarray(pixels).save(tmp_path / f"{number}.png")
    (tmp_path / "9.jpg").write_bytes(b"nothing")
    with pytest.warns(IconometricsWarning, match="1 of 6 images are left out"):
        maps = inside.grad_cam(small(), Corpus.from_folder(tmp_path), prepare=prepare, batch=4)
    assert list(maps.images) == [f"{n}.png" for n in range(5)]
    np.testing.assert_allclose(
        maps.values, inside.grad_cam(small(), PICTURES, prepare=prepare).values, atol=1e-7
    )


def shares() -> Maps:
    values = np.zeros((4, 4, 4), np.float32)
    values[0, 0, 0], values[1, :2, :2] = 1, 1
    values[2, 3, 3], values[2, 0, 0] = 3, -5
    blank = [np.zeros((8, 8, 3), np.uint8)] * 4
    return Maps(values, blank, list("abcd"), ["cat", "cat", "dog", "dog"], "Grad-CAM")


def test_shares_of_attention_by_hand() -> None:
    found = inside.attention_share(shares(), {"corner": (0, 0, 0.375, 0.25)}, seed=1)
    table = found.images.set_index("image")["share"]
    assert table["a"] == 1 and table["b"] == pytest.approx(1.5 / 4)
    assert table["c"] == 0 and np.isnan(table["d"])
    rows = found.table().set_index("class")
    assert rows.loc["cat", "share"] == pytest.approx((1 + 0.375) / 2)
    assert rows["n"].tolist() == [2, 1]
    assert rows["area"].tolist() == pytest.approx([1.5 / 16] * 2)
    assert "69 %" in found.summary()


def test_regions_as_boxes_of_single_images_and_as_masks() -> None:
    boxes = pd.DataFrame(
        [("a", 0, 0, 0.25, 0.25), ("c", 0, 0, 0.25, 1), ("c", 0.75, 0.75, 1, 1), ("z", 0, 0, 1, 1)],
        columns=["image", "left", "top", "right", "bottom"],
    )
    found = inside.attention_share(shares(), boxes).images.set_index("image")["share"]
    assert found[["a", "c"]].tolist() == [1, 1] and found[["b", "d"]].isna().all()
    masks = np.zeros((4, 4, 4), bool)
    masks[:, :2] = True
    by = pd.Series(["x", "x", "x", "y"], index=list("dcba"))
    rows = inside.attention_share(shares(), masks, by=by).table().set_index("class")
    assert rows["share"].tolist() == [1, 0.5] and rows.index.tolist() == ["y", "x"]
    with pytest.raises(InputError, match="'half' is"):
        inside.attention_share(shares(), {"half": (0, 0, 2, 4)})
    with pytest.raises(InputError, match="no column 'right'"):
        inside.attention_share(shares(), boxes.drop(columns="right"))


def test_every_result_can_be_drawn() -> None:
    net = small()
    drawn = [
        inside.grad_cam(net, PICTURES, prepare=prepare)._repr_html_(),
        inside.filters(net)._repr_html_(),
        inside.feature_maps(net, PICTURES, prepare=prepare)._repr_html_(),
        inside.exciting(net, PICTURES, 0, prepare=prepare)._repr_html_(),
        inside.attention_share(shares(), {"left": (0, 0, 0.5, 1)})._repr_html_(),
    ]
    assert all(one.lstrip().startswith("<svg") or "<svg" in one for one in drawn)


def test_both_weights_agree_where_maps_are_averaged_before_the_scores() -> None:
    net = networks.create("resnet18", classes=3, size=32).eval()
    both = [inside.grad_cam(net, PICTURES, target=1, average=a).values for a in (True, False)]
    np.testing.assert_allclose(*both, rtol=1e-4, atol=1e-5)


def test_empty_maps_are_told() -> None:
    net = small()
    with torch.no_grad():
        net.head.weight.zero_()
    with pytest.warns(IconometricsWarning, match="5 of 5 maps are empty.*average=False"):
        inside.grad_cam(net, PICTURES, prepare=prepare)


@pytest.mark.parametrize(
    ("name", "layers"),
    [("lenet5", 5), ("alexnet", 8), ("vgg13", 13), ("googlenet", 22), ("resnet18", 18),
     ("resnet50", 50), ("densenet121", 121), ("squeezenet1_1", 18)],
)  # fmt: skip
def test_depth_is_the_number_that_names_carry(name: str, layers: int) -> None:
    assert inside.depth(networks.create(name, classes=2)) == layers


def test_attention_of_a_transformer_has_a_place_for_each_patch() -> None:
    net = networks.create("vit_small", classes=2, size=32)
    every = inside.attention(net, PICTURES)
    last = inside.attention(net, PICTURES, block=-1)
    assert every.values.shape == last.values.shape == (5, 32, 32)
    assert last.kind == "attention, block 12" and (last.values > 0).all()
    with pytest.raises(InputError, match="has 12"):
        inside.attention(net, PICTURES, block=12)


def test_a_layer_that_is_used_several_times_gives_its_last_maps() -> None:
    net = networks.create("resnet18", classes=3, size=32).eval()
    found = inside.feature_maps(net, PICTURES, layer="layer1.0.relu", batch=2)
    whole = inside.feature_maps(net, PICTURES, layer="layer1.0", batch=2)
    np.testing.assert_array_equal(found.values, whole.values)
    assert len(found.table()) == 5 * found.values.shape[1]


def test_patches_lie_as_the_picture_does() -> None:
    """6 x 8 patches and a class token are 49 tokens: no square of 7 x 7."""
    from iconometrics.networks.inside.layers import as_maps

    tokens = torch.arange(49.0).reshape(1, 49, 1)
    maps = as_maps(tokens, "encoder", (96, 128))
    np.testing.assert_array_equal(maps[0, 0], np.arange(1, 49).reshape(6, 8))
    net = networks.create("vit_small", classes=2, size=(96, 128), width=24, heads=2, depth=1)
    assert inside.feature_maps(net, PICTURES[:1], layer="encoder.ln").values.shape[2:] == (6, 8)
    assert inside.attention(net, PICTURES[:1]).values.shape == (1, 96, 128)
    with pytest.raises(InputError, match="expected maps"):
        as_maps(tokens[:, :40], "encoder", (96, 128))


def test_classes_to_explain_follow_the_images(tmp_path: Path) -> None:
    for number, pixels in enumerate(PICTURES):
        Image.fromarray(pixels).save(tmp_path / f"{number}.png")
    (tmp_path / "1.png").write_bytes(b"nothing")
    corpus, net = Corpus.from_folder(tmp_path), small()
    told = [0, 1, 2, 0, 1]
    by_id = pd.Series(told, index=corpus.ids)[::-1]
    for target in (told, np.array(told), by_id):
        with pytest.warns(IconometricsWarning, match="1 of 5 images are left out"):
            maps = inside.grad_cam(net, corpus, target=target, prepare=prepare, batch=2)
        assert maps.table()["class"].tolist() == [0, 2, 0, 1]
    with pytest.raises(InputError, match="target= has 4 entries for 5 images"):
        inside.grad_cam(net, corpus, target=told[:4], prepare=prepare)
    with pytest.raises(InputError, match="expected each image's id once"):
        inside.grad_cam(net, corpus, target=pd.Series(told), prepare=prepare)


def test_groups_follow_the_images() -> None:
    values = np.random.default_rng(2).random((6, 4, 4)).astype(np.float32)
    blank = [np.zeros((8, 8, 3), np.uint8)] * 6
    maps = Maps(values, blank, list("abcdef"), ["cat"] * 6, "Grad-CAM")
    groups = pd.Series([1, 1, 2, 2, 3, 3], index=list("abcdef"))
    left = {"left": (0, 0, 0.5, 1)}
    rows = [
        inside.attention_share(maps, left, groups=one).table()
        for one in (groups.tolist(), groups, groups[list("fbdace")])
    ]
    pd.testing.assert_frame_equal(rows[0], rows[1])
    pd.testing.assert_frame_equal(rows[0], rows[2])
    with pytest.raises(InputError, match="no group for 1 image"):
        inside.attention_share(maps, left, groups=groups.drop("c"))
    some = pd.Series(["x", "y"], index=["a", "c"])
    assert inside.attention_share(maps, left, by=some).table()["n"].tolist() == [1, 1]


def test_a_label_among_several_has_a_probability_of_its_own() -> None:
    """The second label is sure whatever is covered; a softmax would move it with the first."""
    from types import SimpleNamespace

    net = small(2)
    with torch.no_grad():
        net.head.weight[1] = 0
        net.head.bias[1] = 3
    coder = SimpleNamespace(network=net, classes_=["flag", "crowd"], multilabel=True)
    maps = inside.occlusion(coder, PICTURES[:1], target="crowd", prepare=prepare)
    assert np.abs(maps.values).max() == 0
    assert np.abs(inside.occlusion(net, PICTURES[:1], target=1, prepare=prepare).values).max() > 0
