"""Training networks: plans, pictures read ahead, augmentation, checkpoints. Needs torch."""

from iconometrics.networks import devices
from iconometrics.networks.training.augmentation import augmented, make_augmentation
from iconometrics.networks.training.batches import Fed, Part, Pictures
from iconometrics.networks.training.loop import Course, learn
from iconometrics.networks.training.ordinal import OrderedLogit
from iconometrics.networks.training.plan import Plan
from iconometrics.networks.training.predicting import features, scores
from iconometrics.networks.training.trainable import Parts, blocks_of, head_of, parts_of

choose_device = devices.choose_device

__all__ = [
    "Course",
    "Fed",
    "OrderedLogit",
    "Part",
    "Parts",
    "Pictures",
    "Plan",
    "augmented",
    "blocks_of",
    "choose_device",
    "features",
    "head_of",
    "learn",
    "make_augmentation",
    "parts_of",
    "scores",
]


def __dir__() -> list[str]:
    return __all__
