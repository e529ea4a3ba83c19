"""Several networks on the same images: `compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from iconometrics.cli.options import (
    JsonOption,
    SeedOption,
    StudyArgument,
    names,
    open_study,
    then,
)
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.train import (
    AugmentOption,
    EpochsOption,
    SizeOption,
    TrainOption,
    WeightsOption,
    network_settings,
)
from iconometrics.cli.verb import verb

__all__ = ["compare", "register"]


@verb("compare")
def compare(
    study: StudyArgument = None,
    *,
    variable: Annotated[str, typer.Option(metavar="NAME", help="What the networks code.")],
    networks: Annotated[
        str, typer.Option(metavar="NAMES", help="Architectures, separated by commas.")
    ],
    codes: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="People's codes, one row per image; kept in the study."),
    ] = None,
    batches: Annotated[
        str, typer.Option(metavar="NUMBERS", help="Batch sizes to cross with: 16,32; default: 32.")
    ] = "",
    folds: Annotated[
        int, typer.Option(min=2, metavar="NUMBER", help="Folds of the cross-validation.")
    ] = 5,
    weights: WeightsOption = None,
    train: TrainOption = "all",
    epochs: EpochsOption = 20,
    size: SizeOption = None,
    augment: AugmentOption = "",
    seed: SeedOption = 1,
    json: JsonOption = False,
) -> Outcome:
    """Compare networks: each image is held out once, every rate has its interval."""
    opened = open_study(study)
    if codes is not None:
        opened.add_codings(codes)
    sizes = names(batches)
    if not all(number.isdecimal() and int(number) for number in sizes):
        raise typer.BadParameter(f"--batches {batches}: expected whole numbers, such as 16,32.")
    settings = network_settings(
        weights=weights, train=train, epochs=epochs, size=size, augment=augment
    )
    comparison = opened.compare(
        names(networks),
        variable,
        batches=[int(number) for number in sizes] or None,
        folds=folds,
        seed=seed,
        **settings,
    )
    table = comparison.table()
    best = table.sort_values("auroc", ascending=False).iloc[0]
    return Outcome(
        f"{comparison.summary().rstrip('.')}. Tables and figures: "
        f"{near(opened.folder / 'comparisons' / variable)}",
        then("train", opened, f"--variable {variable} --network {best['network']}"),
        table=table.drop(columns=["n", "ms"]),
        facts={
            "study": opened.folder,
            "variable": variable,
            "n": int(best["n"]),
            "classes": comparison.by_class().to_dict("records"),
            "tests": comparison.tests().to_dict("records"),
        },
    )


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    example = "Example: ico compare study --variable protest --networks cnn,mlp"
    app.command("compare", epilog=example)(compare)
