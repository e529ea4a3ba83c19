"""The options of `train` that say how a network is trained."""

from __future__ import annotations

from typing import Annotated, Any

import typer

__all__ = [
    "AugmentOption",
    "EpochsOption",
    "NetworkOption",
    "SizeOption",
    "TrainOption",
    "WeightsOption",
    "network_settings",
]

NetworkOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Train a network on the pictures: cnn, resnet18, ... (needs torch)."
    ),
]
WeightsOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Where it begins: imagenet, or a file; default: by chance."),
]
TrainOption = Annotated[
    str,
    typer.Option(
        metavar="PART", help="all, last (block), a number of the last blocks, or frozen (quickest)."
    ),
]
EpochsOption = Annotated[
    int, typer.Option(min=1, metavar="NUMBER", help="Times a network sees every picture, at most.")
]
SizeOption = Annotated[
    int | None,
    typer.Option(min=1, metavar="PIXELS", help="Of the pictures that a network sees."),
]
AugmentOption = Annotated[
    str,
    typer.Option(metavar="NAMES", help="Random changes: flip,rotate:15,zoom,crop,color."),
]


def network_settings(
    *, weights: str | None, train: str, epochs: int, size: int | None, augment: str
) -> dict[str, Any]:
    """Read what was typed as settings of a network."""
    given = {"weights": weights, "size": size}
    return {
        "train": int(train) if train.isdecimal() else train,
        "epochs": epochs,
        "augment": tuple(part.strip() for part in augment.split(",") if part.strip()),
        **{name: value for name, value in given.items() if value is not None},
    }
