"""Networks: numbers that a trained network gives for an image, from any ONNX file."""

from iconometrics.networks.embedding import (
    embed,
    embed_part,
    embed_with_reasons,
    failed_part,
)
from iconometrics.networks.network import OnnxNetwork, network
from iconometrics.networks.pooling import POOLS, pooled
from iconometrics.networks.preprocessing import Preprocessing

__all__ = [
    "POOLS",
    "OnnxNetwork",
    "Preprocessing",
    "embed",
    "embed_part",
    "embed_with_reasons",
    "failed_part",
    "network",
    "pooled",
]
