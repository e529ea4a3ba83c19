"""How deep a network is: the most layers with weights between the picture and the scores."""

from __future__ import annotations

from typing import Any

from iconometrics.networks.inside import layers

__all__ = ["depth"]

_WEIGHTED = ("ConvolutionBackward", "AddmmBackward", "MmBackward", "ThnnConv")


def depth(network: Any) -> int:
    """Count the layers with weights on the longest way through a network.

    That is the number in names such as ResNet-50 or VGG-16. Branches beside each other count
    once, shortcuts not at all.

    Parameters
    ----------
    network
        A torch network, or a trained `ImageClassifier`.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If it is not a network.
    MissingPackageError
        If torch is not installed.

    Notes
    -----
    He, K., Zhang, X., Ren, S. and Sun, J. (2016). Deep residual learning for image recognition.
    Computer Vision and Pattern Recognition (how layers are counted).

    Examples
    --------
    >>> from iconometrics import networks
    >>> networks.inside.depth(networks.create("resnet18"))
    18
    """
    torch = layers.torch_module()
    net = layers.module_of(network)
    size = getattr(net, "size", None) or (224, 224)
    channels = getattr(net, "channels", 3)
    with layers.quiet(net) as device, torch.enable_grad():
        picture = torch.zeros(1, channels, *size, device=device, requires_grad=True)
        output = net(picture)
    return _longest(output.grad_fn)


def _longest(last: Any) -> int:
    """Find the longest way back through what was computed, step by step without recursion."""
    depths: dict[Any, int] = {}
    waiting = [last]
    while waiting:
        step = waiting[-1]
        inputs = [node for node, _ in step.next_functions if node is not None]
        unknown = [node for node in inputs if node not in depths]
        if unknown:
            waiting += unknown
            continue
        weighted = step.name().startswith(_WEIGHTED)
        depths[step] = max((depths[node] for node in inputs), default=0) + weighted
        waiting.pop()
    return depths[last]
