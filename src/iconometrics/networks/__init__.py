"""Networks: numbers that a trained network gives for an image.

`architecture` holds the networks that can be built and what they are made of, `catalog` published
weights, `training` how a network learns, `inside` what it looks at; the files beside them open a
network, ready or trained, and embed images with it.
"""

from iconometrics.networks import inside
from iconometrics.networks.architecture.arithmetic import (
    connected_parameters,
    convolution_parameters,
    output_side,
)
from iconometrics.networks.architecture.describe import Description, Layer, describe
from iconometrics.networks.architecture.registry import architectures, create
from iconometrics.networks.catalog.weights import load_weights, save_weights
from iconometrics.networks.contract import Network
from iconometrics.networks.embedding import (
    embed,
    embed_part,
    embed_with_reasons,
    failed_part,
)
from iconometrics.networks.onnx_export import export_onnx
from iconometrics.networks.onnx_network import OnnxNetwork
from iconometrics.networks.opening import network, open_network
from iconometrics.networks.pooling import POOLS, pooled
from iconometrics.networks.preprocessing import Preprocessing
from iconometrics.networks.torch_network import TorchNetwork
from iconometrics.networks.transformers_network import FAMILIES, transformers_network

__all__ = [
    "FAMILIES",
    "POOLS",
    "Description",
    "Layer",
    "Network",
    "OnnxNetwork",
    "Preprocessing",
    "TorchNetwork",
    "architectures",
    "connected_parameters",
    "convolution_parameters",
    "create",
    "describe",
    "embed",
    "embed_part",
    "embed_with_reasons",
    "export_onnx",
    "failed_part",
    "inside",
    "load_weights",
    "network",
    "open_network",
    "output_side",
    "pooled",
    "save_weights",
    "transformers_network",
]


def __dir__() -> list[str]:
    return __all__
