"""Training: the same as a loop written by hand, the same again after an interruption."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import nn

from iconometrics.errors import InputError
from iconometrics.networks.training import Part, Pictures, Plan, features, head_of, learn, scores
from iconometrics.networks.training.optimizers import rate_factor


def right(found: NDArray[Any], targets: NDArray[Any]) -> float:
    return float((found.argmax(axis=1) == targets).mean())


def parts(digits: Any, n: int = 300) -> tuple[Part, Part]:
    everything = np.arange(len(digits.y))
    return (
        Part(digits.pictures, everything[:n], digits.y),
        Part(digits.pictures, everything[n:], digits.y),
    )


def by_hand(net: Any, digits: Any, plan: Plan, optimizer: Any) -> None:
    """The loop of a textbook, with the same order of pictures and the same penalties."""
    X = torch.from_numpy(digits.pixels)[:, None] / 255
    y = torch.from_numpy(digits.y)
    weights = [p for p in net.parameters() if p.ndim > 1]
    for epoch in range(plan.epochs):
        random = np.random.default_rng([plan.seed, epoch])
        torch.manual_seed(int(random.integers(2**62)))
        order = random.permutation(np.arange(300))
        net.train()
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * rate_factor(
                plan.schedule, epoch, epochs=plan.epochs, losses=[]
            )
        for start in range(0, 300, plan.batch):
            at = order[start : start + plan.batch]
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(
                net(X[at]), y[at], label_smoothing=plan.label_smoothing
            )
            penalty = sum(plan.l1 * w.abs().sum() + plan.l2 * (w**2).sum() for w in weights)
            (loss + penalty).backward()
            optimizer.step()
    net.eval()


PLANS = {
    "sgd": Plan(epochs=2),
    "adam": Plan(epochs=2, optimizer="adam", rate=0.002, l2=0.001),
    "rmsprop": Plan(epochs=2, optimizer="rmsprop", rate=0.001, schedule="cosine"),
    "lasso": Plan(epochs=2, l1=0.001, label_smoothing=0.1, batch=50),
}
MAKERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "sgd": lambda p, rate: torch.optim.SGD(p, lr=rate, momentum=0.9),
    "adam": lambda p, rate: torch.optim.Adam(p, lr=rate),
    "rmsprop": lambda p, rate: torch.optim.RMSprop(p, lr=rate, alpha=0.9),
    "lasso": lambda p, rate: torch.optim.SGD(p, lr=rate, momentum=0.9),
}


@pytest.mark.parametrize("name", sorted(PLANS))
def test_it_is_the_loop_written_by_hand(name: str, digits: Any, make_net: Any) -> None:
    plan = PLANS[name]
    ours, theirs = make_net(dropout=0.2), make_net(dropout=0.2)
    learn(ours, parts(digits)[0], None, plan=plan, score=right)
    by_hand(theirs, digits, plan, MAKERS[name](theirs.parameters(), plan.rate))
    for (key, a), b in zip(ours.state_dict().items(), theirs.state_dict().values(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4, msg=key)


def test_it_learns_and_leaves_the_global_seed_alone(digits: Any, make_net: Any) -> None:
    net = make_net()
    train, held = parts(digits)
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    course = learn(net, train, held, plan=Plan(epochs=6, augment=("rotate:10",)), score=right)
    assert torch.equal(torch.rand(1), expected)
    assert course.history[-1]["accuracy"] > 0.7
    assert list(course.history[0]) == [
        "epoch",
        "train_loss",
        "validation_loss",
        "accuracy",
        "rate",
    ]


def weights_after(net: Any) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in net.state_dict().items()}


def test_the_same_seed_makes_the_same_network(digits: Any, make_net: Any) -> None:
    def trained(seed: int) -> dict[str, torch.Tensor]:
        net = make_net(dropout=0.3)
        plan = Plan(epochs=2, seed=seed, augment=("flip", "zoom", "crop"))
        learn(net, *parts(digits), plan=plan, score=right)
        return weights_after(net)

    one, again, other = trained(1), trained(1), trained(2)
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert not torch.equal(one["0.weight"], other["0.weight"])


class StoppedError(Exception):
    pass


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
def test_an_interrupted_training_ends_the_same(
    optimizer: str, digits: Any, make_net: Any, tmp_path: Path
) -> None:
    plan = Plan(epochs=5, optimizer=optimizer, rate=0.002, schedule="plateau", augment=("rotate",))
    calls = 0

    def stop_at_third(found: NDArray[Any], targets: NDArray[Any]) -> float:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise StoppedError
        return right(found, targets)

    whole, resumed = make_net(dropout=0.3), make_net(dropout=0.3)
    expected = learn(whole, *parts(digits), plan=plan, score=right)
    with pytest.raises(StoppedError):
        learn(resumed, *parts(digits), plan=plan, score=stop_at_third, checkpoint=tmp_path)
    resumed = make_net(dropout=0.3)
    found = learn(resumed, *parts(digits), plan=plan, score=right, checkpoint=tmp_path)
    assert found == expected
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_a_checkpoint_of_another_training_is_refused(
    digits: Any, make_net: Any, tmp_path: Path
) -> None:
    learn(make_net(), *parts(digits), plan=Plan(epochs=1), score=right, checkpoint=tmp_path)
    with pytest.raises(InputError, match="belongs to another training"):
        learn(
            make_net(),
            *parts(digits),
            plan=Plan(epochs=1, rate=0.1),
            score=right,
            checkpoint=tmp_path,
        )
    file = next(tmp_path.iterdir())
    file.write_bytes(file.read_bytes()[:500])
    with pytest.raises(InputError, match="damaged"):
        learn(make_net(), *parts(digits), plan=Plan(epochs=1), score=right, checkpoint=tmp_path)


def test_a_checkpoint_knows_what_leaves_no_trace_in_the_weights(
    digits: Any, make_net: Any, tmp_path: Path
) -> None:
    plan = Plan(epochs=1)
    learn(make_net(), *parts(digits), plan=plan, score=right, checkpoint=tmp_path / "whole")
    with pytest.raises(InputError, match="belongs to another training"):
        other = make_net(dropout=0.5)
        learn(other, *parts(digits), plan=plan, score=right, checkpoint=tmp_path / "whole")

    def on_features(dropout: float) -> None:
        net = nn.Sequential(nn.Flatten(), nn.Dropout(dropout), nn.Linear(64, 10))
        fed = features(net, digits.pictures)
        train, held = (part._replace(pictures=fed) for part in parts(digits))
        learn(net[-1], train, held, plan=plan, score=right, checkpoint=tmp_path / "frozen")

    on_features(0.1)
    on_features(0.1)
    with pytest.raises(InputError, match="belongs to another training"):
        on_features(0.5)


def test_a_plateau_is_seen_without_a_part_held_out(digits: Any, make_net: Any) -> None:
    plan = Plan(epochs=5, schedule="plateau", early_stopping=False)
    history = learn(make_net(), parts(digits)[0], None, plan=plan, score=right).history
    losses = [row["train_loss"] for row in history]
    assert losses == sorted(losses, reverse=True)
    assert [row["rate"] for row in history] == [plan.rate] * 5


def test_numbers_are_not_augmented_silently(digits: Any, make_net: Any) -> None:
    numbers = digits.pixels.astype(np.float32) / 255
    pictures = Pictures.of_array(numbers, size=(8, 8), channels=1)
    train = parts(digits)[0]._replace(pictures=pictures)
    with pytest.raises(InputError, match="augment= changes pictures of type uint8"):
        learn(make_net(), train, None, plan=Plan(augment=("flip",)), score=right)


def test_early_stopping_keeps_the_best_epoch(digits: Any, make_net: Any) -> None:
    train, held = parts(digits, 40)
    net = make_net()
    plan = Plan(epochs=60, rate=0.1, patience=3)
    course = learn(net, train, held, plan=plan, score=right)
    losses = [row["validation_loss"] for row in course.history]
    assert len(losses) == course.best + 3 < 60
    assert course.best == int(np.argmin(losses)) + 1
    found = np.concatenate([s for _, s in scores(net, digits.pictures, at=held.at)])
    assert right(found, digits.y[held.at]) == course.history[course.best - 1]["accuracy"]


def test_without_early_stopping_the_last_epoch_is_kept(digits: Any, make_net: Any) -> None:
    plan = Plan(epochs=4, early_stopping=False, rate=0.3)
    assert learn(make_net(), *parts(digits, 40), plan=plan, score=right).best == 4


def test_frozen_parts_do_not_move(digits: Any, make_net: Any) -> None:
    net = make_net()
    before = weights_after(net)
    learn(net, *parts(digits), plan=Plan(epochs=2, train=1), score=right)
    moved = {
        name for name, value in net.state_dict().items() if not torch.equal(value, before[name])
    }
    assert moved == {"6.weight", "6.bias"}


def test_all_blocks_but_the_first(digits: Any, make_net: Any) -> None:
    net = make_net()
    before = weights_after(net)
    learn(net, *parts(digits), plan=Plan(epochs=1, train=2), score=right)
    after = net.state_dict()
    assert torch.equal(after["0.weight"], before["0.weight"])
    assert not torch.equal(after["1.running_mean"], before["1.running_mean"])


@pytest.mark.parametrize("below", [1.0, 0.1])
def test_frozen_features_are_what_training_the_last_block_sees(
    below: float, digits: Any, make_net: Any
) -> None:
    train, held = parts(digits)
    through, fed_one = make_net(), make_net()
    learn(through, train, held, plan=Plan(epochs=3, train="last", below=below), score=right)
    fed = features(fed_one, digits.pictures)
    assert fed is not None
    learn(
        head_of(fed_one),
        train._replace(pictures=fed),
        held._replace(pictures=fed),
        plan=Plan(epochs=3, below=below),
        score=right,
    )
    torch.testing.assert_close(
        head_of(through).weight, head_of(fed_one).weight, rtol=1e-3, atol=1e-5
    )


def test_features_only_of_a_last_layer_that_is_last(digits: Any) -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 10), nn.Tanh())
    assert features(net, digits.pictures) is None


def test_training_that_diverges_is_an_error(digits: Any, make_net: Any) -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    with pytest.raises(InputError, match=r"training diverged. Lower the rate \(1e\+38\)"):
        learn(net, *parts(digits), plan=Plan(rate=1e38), score=right)


def test_no_picture_at_all() -> None:
    from iconometrics.corpus import Source

    pictures = Pictures.of_sources([Source("a", "nowhere.png")] * 4, size=(8, 8), channels=1)
    part = Part(pictures, np.arange(4), np.zeros(4, np.int64))
    with pytest.raises(InputError, match="no picture can be read"):
        learn(nn.Sequential(nn.Flatten(), nn.Linear(64, 2)), part, None, plan=Plan(), score=right)


SCRIPT = """
import sys, numpy as np, torch
from pathlib import Path
from sklearn.datasets import load_digits
from iconometrics.coders import ImageClassifier
torch.set_num_threads(1)
digits = load_digits()
coder = ImageClassifier("cnn", channels=1, epochs=30, patience=30, options={"dropout": 0.2})
print("started", flush=True)
coder.fit((digits.images[:400] * 15).astype(np.uint8), digits.target[:400], checkpoint=sys.argv[1])
coder.save(sys.argv[2])
"""


@pytest.mark.slow
def test_killed_and_run_again(tmp_path: Path) -> None:
    def run(name: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", SCRIPT, str(tmp_path / name), str(tmp_path / f"{name}-m")]
        return subprocess.Popen(command)

    assert run("whole").wait() == 0
    first = run("killed")
    while not list((tmp_path / "killed").glob("*.safetensors")):
        assert first.poll() is None
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    assert run("killed").wait() == 0
    a = load_file(tmp_path / "whole-m" / "model.safetensors")
    b = load_file(tmp_path / "killed-m" / "model.safetensors")
    assert all(torch.equal(a[name], b[name]) for name in a)
    card = (tmp_path / "whole-m" / "card.json").read_text()
    assert card == (tmp_path / "killed-m" / "card.json").read_text()
