"""Devices that are refused; pictures shared out among cores: the same rows, nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from iconometrics import networks
from iconometrics.errors import InputError
from iconometrics.networks.devices import by_core, choose_device

torch = pytest.importorskip("torch")

PLAIN = networks.Preprocessing(size=32)


@pytest.fixture
def cores() -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield 3
    torch.set_num_threads(before)


def test_rows_come_in_the_order_of_pictures(cores: int) -> None:
    batch = np.arange(23, dtype=np.float32)[:, None]
    seen: list[tuple[int, int]] = []

    def run(piece: np.ndarray) -> np.ndarray:
        seen.append((len(piece), torch.get_num_threads()))
        return 2 * piece

    np.testing.assert_array_equal(by_core(run, batch), 2 * batch)
    assert sum(pictures for pictures, _ in seen) == 23
    assert {threads for _, threads in seen} == {1}
    assert torch.get_num_threads() == cores


def test_one_picture_has_all_cores(cores: int) -> None:
    seen = []
    by_core(lambda piece: seen.append(torch.get_num_threads()) or piece, np.zeros((1, 1)))
    assert seen == [cores]


def test_an_error_is_passed_on_and_changes_nothing(cores: int) -> None:
    def run(piece: np.ndarray) -> np.ndarray:
        raise RuntimeError("too large")

    with pytest.raises(RuntimeError, match="too large"):
        by_core(run, np.zeros((9, 1), np.float32))
    assert torch.get_num_threads() == cores


def test_threads_that_run_one_network_get_their_own_rows(cores: int) -> None:
    made = networks.TorchNetwork(networks.create("squeezenet1_1", size=32).eval(), PLAIN)
    random = np.random.default_rng(1)
    batches = random.normal(size=(8, 6, 3, 32, 32)).astype(np.float32)
    expected = np.stack([[made.run(one[None])[0] for one in batch] for batch in batches])
    with ThreadPoolExecutor(4) as pool:
        found = np.stack(list(pool.map(made.run, batches)))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_a_device_that_is_not_there_is_refused() -> None:
    assert choose_device("cpu") == torch.device("cpu")
    there = "cuda" if not torch.cuda.is_available() else "mps"
    with pytest.raises(InputError, match=f"device='{there}': this machine has"):
        choose_device(there)
