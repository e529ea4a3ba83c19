"""A classifier trained on one part of the codes: `train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from iconometrics.cli.options import (
    JsonOption,
    ReplaceOption,
    SeedOption,
    SetOption,
    StudyArgument,
    names,
    open_study,
    then,
)
from iconometrics.cli.outcome import Outcome
from iconometrics.cli.verb import verb

__all__ = [
    "AugmentOption",
    "EpochsOption",
    "NetworkOption",
    "SizeOption",
    "TrainOption",
    "WeightsOption",
    "network_settings",
    "register",
    "train",
]

NetworkOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Train a network on the pictures: cnn, resnet18, ... (needs torch)."
    ),
]
WeightsOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Where it starts: imagenet, or a file; default: random."),
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
    typer.Option(min=1, metavar="PIXELS", help="Height and width that a network sees."),
]
AugmentOption = Annotated[
    str,
    typer.Option(metavar="NAMES", help="Random changes: flip,rotate:15,zoom,crop,color."),
]


@verb("train")
def train(
    study: StudyArgument = None,
    *,
    variable: Annotated[str, typer.Option(metavar="NAME", help="What the model codes.")],
    codes: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="People's codes, one row per image; kept in the study."),
    ] = None,
    out: Annotated[str | None, typer.Option(metavar="NAME", help="The model's name.")] = None,
    model: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="svm, forest, bagging, neighbors, tree, polynomial, ridge, lasso, lda, logistic.",
        ),
    ] = "svm",
    set: SetOption = "color,hog",
    network: NetworkOption = None,
    weights: WeightsOption = None,
    train: TrainOption = "all",
    epochs: EpochsOption = 20,
    size: SizeOption = None,
    augment: AugmentOption = "",
    share: Annotated[
        float,
        typer.Option(min=0.05, max=0.95, help="Share of codes to train on; the rest validates."),
    ] = 0.5,
    seed: SeedOption = 1,
    replace: ReplaceOption = False,
    json: JsonOption = False,
) -> Outcome:
    """Train a classifier on one part of the codes; the other part is kept to judge it."""
    import pandas as pd

    opened = open_study(study)
    if codes is not None:
        opened.add_codings(codes)
    settings = network_settings(
        weights=weights, train=train, epochs=epochs, size=size, augment=augment
    )
    trained = opened.train(
        variable,
        model=model,
        network=network,
        features=names(set),
        share=share,
        out=out,
        seed=seed,
        replace=replace,
        **(settings if network is not None else {}),
    )
    card = trained.card()
    counts = pd.Series(card["n_per_class"]).rename_axis(variable).rename("trained on")
    return Outcome(
        f"Model {card['name']}: {card['model']}, trained on {card['n']:,} images",
        then("measure", opened, f"--coder {card['name']}"),
        table=counts.reset_index(),
        facts={"study": opened.folder, "model": card["name"], "images": card["n"]},
    )


def network_settings(
    *, weights: str | None, train: str, epochs: int, size: int | None, augment: str
) -> dict[str, Any]:
    """Read what was typed as settings of a network."""
    chosen = {"weights": weights, "size": size}
    return {
        "train": int(train) if train.isdecimal() else train,
        "epochs": epochs,
        "augment": tuple(part.strip() for part in augment.split(",") if part.strip()),
        **{name: value for name, value in chosen.items() if value is not None},
    }


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    example = "Example: ico train study --codes codes.csv --variable protest --out mymodel"
    app.command("train", epilog=example)(train)
