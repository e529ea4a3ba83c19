"""Attention of a vision transformer: which patches its class token draws on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from iconometrics.errors import InputError
from iconometrics.networks.inside import layers
from iconometrics.networks.inside.inputs import Pictures, Prepare
from iconometrics.networks.inside.maps import Maps, explained

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor, nn

__all__ = ["attention", "attention_weights", "rolled_out"]


def attention(
    network: Any,
    pictures: Pictures,
    *,
    block: int | None = None,
    prepare: Prepare | None = None,
    batch: int = 16,
) -> Maps:
    """Map which parts of each picture a vision transformer attends to.

    Parameters
    ----------
    network
        A transformer of torch, or a trained `ImageClassifier` with one.
    pictures
        As for `grad_cam`.
    block
        One block of the transformer, 0 for the first, -1 for the last: the attention of its class
        token, averaged over heads. By default all blocks: what the class token draws on through
        them all (attention rollout).
    prepare, batch
        As for `grad_cam`.

    Returns
    -------
    Maps
        Shares of attention; they say where the network looks, not for which class.

    Raises
    ------
    InputError
        If the network has no attention, or no such block.
    MissingPackageError
        If torch is not installed.

    Notes
    -----
    Abnar, S. and Zuidema, W. (2020). Quantifying attention flow in transformers. Annual meeting
    of the Association for Computational Linguistics.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import networks
    >>> net = networks.create("vit_small", classes=2, size=32)
    >>> picture = np.random.default_rng(1).integers(0, 256, (40, 40, 3), np.uint8)
    >>> networks.inside.attention(net, [picture]).values.shape
    (1, 32, 32)
    """
    layers.torch_module()
    count = len(_attentions(layers.module_of(network)))
    if not count or (block is not None and not -count <= block < count):
        raise InputError(
            f"block={block}: expected a vision transformer and one of its blocks; this network has "
            f"{count}. Use grad_cam or occlusion for networks of convolutions."
        )

    def compute(net: nn.Module, inputs: Tensor, choose: Callable[[Tensor], Tensor]) -> Tensor:
        import torch

        with torch.no_grad(), _weights_kept(net) as weights:
            choose(net(inputs))
        mixed = rolled_out(weights) if block is None else weights[block].mean(dim=1)
        drawn = mixed[:, :1].transpose(1, 2)
        return layers.as_maps(drawn, "attention", inputs.shape[-2:])[:, 0]

    kind = "attention" if block is None else f"attention, block {block % count + 1}"
    return explained(network, pictures, compute, kind=kind, prepare=prepare, batch=batch)


def rolled_out(weights: list[Tensor]) -> Tensor:
    """Multiply the attention of all blocks, half of each token handed on as it is."""
    import torch

    same = torch.eye(weights[0].shape[-1], device=weights[0].device)
    mixed = same.expand(weights[0].shape[0], -1, -1)
    for block in weights:
        mixed = (block.mean(dim=1) + same) / 2 @ mixed
    return mixed


def attention_weights(queries: Tensor, module: nn.MultiheadAttention) -> Tensor:
    """Compute how much each token of a block draws on each other."""
    from torch.nn.functional import linear

    images, tokens, numbers = queries.shape
    wide = numbers // module.num_heads
    projected = linear(queries, module.in_proj_weight, module.in_proj_bias)[..., : 2 * numbers]
    queried, keys = projected.view(images, tokens, 2, module.num_heads, wide).unbind(dim=2)
    scores = queried.transpose(1, 2) @ keys.permute(0, 2, 3, 1) / wide**0.5
    shares: Tensor = scores.softmax(dim=-1)
    return shares


def _attentions(net: nn.Module) -> list[Any]:
    return [module for module in net.modules() if hasattr(module, "in_proj_weight")]


@contextmanager
def _weights_kept(net: nn.Module) -> Iterator[list[Tensor]]:
    """Compute the weights of each block beside the network, which may not return them."""
    kept: list[Tensor] = []

    def keep(module: Any, fed: tuple[Any, ...], named: dict[str, Any]) -> None:
        queries = fed[0] if fed else named["query"]
        if not getattr(module, "batch_first", True):
            queries = queries.transpose(0, 1)
        kept.append(attention_weights(queries, module))

    handles = [
        attending.register_forward_pre_hook(keep, with_kwargs=True)
        for attending in _attentions(net)
    ]
    try:
        yield kept
    finally:
        for handle in handles:
            handle.remove()
