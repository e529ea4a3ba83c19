"""Looking inside a network: filters, feature maps, where in a picture the evidence stands."""

from iconometrics.networks.inside.attention import attention
from iconometrics.networks.inside.attention_share import AttentionShare, attention_share
from iconometrics.networks.inside.depth import depth
from iconometrics.networks.inside.exciting import Exciting, exciting
from iconometrics.networks.inside.feature_maps import FeatureMaps, feature_maps
from iconometrics.networks.inside.filters import Filters, filters
from iconometrics.networks.inside.grad_cam import grad_cam
from iconometrics.networks.inside.maps import Maps
from iconometrics.networks.inside.occlusion import occlusion

__all__ = [
    "AttentionShare",
    "Exciting",
    "FeatureMaps",
    "Filters",
    "Maps",
    "attention",
    "attention_share",
    "depth",
    "exciting",
    "feature_maps",
    "filters",
    "grad_cam",
    "occlusion",
]


def __dir__() -> list[str]:
    return __all__
