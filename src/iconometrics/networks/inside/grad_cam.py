"""Grad-CAM: where in a picture the evidence for a class stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iconometrics.errors import warn
from iconometrics.networks.inside import layers
from iconometrics.networks.inside.inputs import Pictures, Prepare
from iconometrics.networks.inside.maps import Maps, explained

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor, nn

__all__ = ["class_activation", "grad_cam"]


def grad_cam(
    network: Any,
    pictures: Pictures,
    *,
    layer: str | None = None,
    target: Any = None,
    average: bool = True,
    prepare: Prepare | None = None,
    batch: int = 16,
) -> Maps:
    """Map where in each picture the evidence for a class stands, by gradients.

    The maps of a layer are added up, each weighted by how much the class's score would rise with
    it, and what speaks against the class is left out.

    Parameters
    ----------
    network
        A torch network, or a trained `ImageClassifier`.
    pictures
        A corpus, or uint8 arrays (height, width, 3).
    layer
        The layer whose maps are weighted; by default the last block of convolutions.
    target
        The class to explain, or one for each image: in their order, or a Series by image id; by
        default the one that is predicted.
    average
        Whether a map has one weight, its mean slope (Grad-CAM), or one at each place (HiResCAM).
        Networks that average their maps before the class scores (ResNet, DenseNet, GoogLeNet,
        SqueezeNet) need but one. Where fully connected layers follow (LeNet, AlexNet, VGG, the
        small "cnn"), a map may support a class in one corner and against it in another: there
        the mean can miss what counts, and False is the better choice.
    prepare
        What is done to a picture first; by default what the network was trained with.
    batch
        Pictures that go through the network together.

    Returns
    -------
    Maps
        0 and more; comparable within a picture, not between networks. A warning says how many are
        empty because nothing supports the class.

    Raises
    ------
    InputError
        If there is no such layer or class, or no picture can be read.
    MissingPackageError
        If torch is not installed.

    Notes
    -----
    Selvaraju, R. R. et al. (2017). Grad-CAM: visual explanations from deep networks via
    gradient-based localization. International Conference on Computer Vision. Place by place:
    Draelos, R. L. and Carin, L. (2020). Use HiResCAM instead of Grad-CAM for faithful
    explanations of convolutional neural networks. arXiv:2011.08891.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import networks
    >>> net = networks.create("cnn", classes=2, size=32)
    >>> picture = np.random.default_rng(1).integers(0, 256, (40, 40, 3), np.uint8)
    >>> networks.inside.grad_cam(net, [picture]).values.shape
    (1, 32, 32)
    """
    layers.torch_module()
    where = layers.layer_of(layers.module_of(network), layer)

    def compute(net: nn.Module, inputs: Tensor, choose: Callable[[Tensor], Tensor]) -> Tensor:
        return class_activation(net, inputs, where, choose=choose, average=average)

    kind = "Grad-CAM" if average else "HiResCAM"
    maps = explained(
        network, pictures, compute, kind=kind, target=target, prepare=prepare, batch=batch
    )
    _warn_of_empty(maps, average)
    return maps


def class_activation(
    net: nn.Module,
    inputs: Tensor,
    layer: str,
    *,
    choose: Callable[[Tensor], Tensor],
    average: bool = True,
) -> Tensor:
    """Weight the maps of a layer by the gradient of a class's score, and add them up."""
    import torch

    with torch.enable_grad(), layers.listening(net, layer, gradient=True) as heard:
        outputs = net(inputs)
        scores = layers.scores_of(outputs, choose(outputs.detach()))
    maps = heard[-1]
    (slopes,) = torch.autograd.grad(scores.sum(), maps)
    maps, slopes = (
        layers.as_maps(values.detach(), layer, inputs.shape[-2:]) for values in (maps, slopes)
    )
    weights = slopes.mean(dim=(2, 3), keepdim=True) if average else slopes
    return (weights * maps).sum(dim=1).clamp(min=0)


def _warn_of_empty(maps: Maps, average: bool) -> None:
    empty = int((maps.values.max(axis=(1, 2)) <= 0).sum())
    if empty:
        warn(
            f"{empty} of {len(maps)} maps are empty: nothing in this layer supports the class"
            + (" on the average of a map; average=False asks place by place." if average else ".")
        )
