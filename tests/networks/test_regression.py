"""A network without a hidden layer is linear regression; with a sigmoid at its end, logistic."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import statsmodels.api as sm

from iconometrics import networks

torch = pytest.importorskip("torch")

N, COLUMNS = 300, 6


@pytest.fixture(scope="module")
def inputs() -> np.ndarray:
    return np.random.default_rng(7).normal(size=(N, COLUMNS))


def trained(inputs: np.ndarray, outputs: int, loss: Callable[..., torch.Tensor]) -> torch.nn.Module:
    """Follow the gradient of the whole sample until it is zero."""
    net = networks.create("mlp", classes=outputs, channels=1, size=(1, COLUMNS), hidden=())
    net = net.double()
    pictures = torch.from_numpy(inputs).reshape(N, 1, 1, COLUMNS)
    steps = torch.optim.LBFGS(
        net.parameters(),
        max_iter=500,
        tolerance_grad=1e-10,
        tolerance_change=0,
        line_search_fn="strong_wolfe",
    )

    def closure() -> torch.Tensor:
        steps.zero_grad()
        value = loss(net(pictures))
        value.backward()
        return value

    steps.step(closure)
    return net


def test_it_is_linear_regression(inputs: np.ndarray) -> None:
    draw = np.random.default_rng(8)
    outcome = 2 + inputs @ np.arange(COLUMNS) + draw.normal(size=N)
    target = torch.from_numpy(outcome)[:, None]
    net = trained(inputs, 1, lambda scores: torch.nn.functional.mse_loss(scores, target))
    expected = sm.OLS(outcome, sm.add_constant(inputs)).fit().params
    found = np.r_[net.output.bias.detach().numpy(), net.output.weight.detach().numpy()[0]]
    assert np.allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("outputs", [1, 2])
def test_it_is_logistic_regression(inputs: np.ndarray, outputs: int) -> None:
    """With one score through a sigmoid; and with two, whose difference is the logit."""
    draw = np.random.default_rng(9)
    chance = 1 / (1 + np.exp(-(inputs @ np.linspace(-1, 1, COLUMNS) - 0.3)))
    outcome = (draw.random(N) < chance).astype(int)
    if outputs == 1:
        target = torch.from_numpy(outcome).double()[:, None]
        score = torch.nn.functional.binary_cross_entropy_with_logits
    else:
        target = torch.from_numpy(outcome)
        score = torch.nn.functional.cross_entropy
    net = trained(inputs, outputs, lambda scores: score(scores, target))
    expected = sm.Logit(outcome, sm.add_constant(inputs)).fit(disp=0).params
    weights = np.c_[net.output.bias.detach().numpy(), net.output.weight.detach().numpy()]
    found = weights[0] if outputs == 1 else weights[1] - weights[0]
    assert np.allclose(found, expected, atol=1e-5)


def test_layers_with_nothing_between_are_one(inputs: np.ndarray) -> None:
    """(x1 + x2) + (x1 + 2 x2) = 2 x1 + 3 x2: only what is not linear makes depth worth it."""
    given = torch.from_numpy(inputs).float().reshape(N, 1, 1, COLUMNS)
    shape = {"classes": 2, "channels": 1, "size": (1, COLUMNS), "hidden": (4,)}
    deep = networks.create("mlp", activation="identity", **shape)
    first = deep.layers[0]
    weights = (deep.output.weight @ first.weight).detach()
    bias = (deep.output.weight @ first.bias + deep.output.bias).detach()
    flat = given.flatten(1) @ weights.T + bias
    assert torch.allclose(deep(given), flat, atol=1e-5)
    bent = networks.create("mlp", activation="relu", **shape)
    bent.load_state_dict(deep.state_dict())
    assert not torch.allclose(bent(given), flat, atol=1e-2)
