"""From a sample to a validated measure: `sample`, `train`, `measure` and `validate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from iconometrics.cli.options import (
    JsonOption,
    ReplaceOption,
    SeedOption,
    SetOption,
    StudyArgument,
    failing,
    names,
    open_study,
    then,
)
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb

__all__ = ["measure", "register", "sample", "train", "validate"]

CoderOption = Annotated[str, typer.Option(metavar="NAME", help="A model that `ico train` made.")]


@verb("sample")
def sample(
    study: StudyArgument = None,
    *,
    n: Annotated[int, typer.Option("--n", min=1, metavar="NUMBER", help="How many images.")],
    strata: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="themes, or a column of the table: so many of each."),
    ] = None,
    variable: Annotated[
        str, typer.Option(metavar="NAMES", help="What people will code, with commas between.")
    ] = "code",
    name: Annotated[str, typer.Option(help="What the sample is called.")] = "sample",
    seed: SeedOption = 1,
    json: JsonOption = False,
) -> Outcome:
    """Draw images for people to code; the probability each had is kept."""
    opened = open_study(study)
    variables = names(variable)
    drawn = opened.draw(n, strata=strata, seed=seed, name=name, variables=variables)
    sheet = opened.folder / "samples" / f"{name}.csv"
    strata_drawn = drawn.table.groupby("stratum", dropna=False)["probability"]
    table = strata_drawn.agg(images="size", probability="first").reset_index()
    codes = f"--codes codes.csv --variable {variables[0]} --out mymodel"
    return Outcome(
        f"{len(drawn):,} images drawn; the sheet to fill in: {near(sheet)}",
        f"save it as codes.csv, then {then('train', opened, codes)}",
        table=table if strata else None,
        facts={"study": opened.folder, "sheet": sheet, "images": list(drawn.images)},
    )


@verb("train")
def train(
    study: StudyArgument = None,
    *,
    variable: Annotated[str, typer.Option(metavar="NAME", help="What the model shall code.")],
    codes: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="People's codes, one row an image; kept in the study."),
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="NAME", help="What the model is called.")
    ] = None,
    model: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="svm, forest, bagging, neighbors, tree, polynomial, ridge, lasso, lda, logistic.",
        ),
    ] = "svm",
    set: SetOption = "color,hog",
    share: Annotated[
        float, typer.Option(min=0.05, max=0.95, help="Of the codes; the rest is kept to validate.")
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
    trained = opened.train(
        variable,
        model=model,
        features=names(set),
        share=share,
        out=out,
        seed=seed,
        replace=replace,
    )
    card = trained.card()
    counts = pd.Series(card["n_per_class"]).rename_axis(variable).rename("trained on")
    return Outcome(
        f"Model {card['name']}: {card['model']}, trained on {card['n']:,} images",
        then("measure", opened, f"--coder {card['name']}"),
        table=counts.reset_index(),
        facts={"study": opened.folder, "model": card["name"], "images": card["n"]},
    )


@verb("measure")
def measure(
    study: StudyArgument = None, *, coder: CoderOption, json: JsonOption = False
) -> Outcome:
    """Let a trained model code all images."""
    opened = open_study(study)
    data = opened.measure(coder).data
    failed = int(data["value"].isna().sum())
    counted = data.groupby("value", observed=True)["confidence"].agg(["size", "mean"])
    counted = counted.set_axis(["images", "mean confidence"], axis=1)
    status = next(found.status for found in opened.measures() if found.name == coder)
    variable = str(data["variable"].iloc[0])
    fresh = status == "not validated"
    return Outcome(
        f"{variable} of {len(data) - failed:,} images by {coder} ({status})"
        + failing(failed, opened),
        then("validate", opened, f"--coder {coder}") if fresh else then("report", opened),
        table=counted.rename_axis(variable).reset_index(),
        failed=failed,
        facts={"study": opened.folder, "coder": coder, "variable": variable, "status": status},
    )


@verb("validate")
def validate(
    study: StudyArgument = None,
    *,
    coder: CoderOption,
    variable: Annotated[
        str | None, typer.Option(metavar="NAME", help="Where the coder has several.")
    ] = None,
    gold: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="Codes to judge by; default: those kept from training."),
    ] = None,
    seed: SeedOption = 1,
    json: JsonOption = False,
) -> Outcome:
    """Hold a measure against the gold standard: how often is it right, and for what."""
    opened = open_study(study)
    found = opened.validate(coder, variable=variable, gold=gold, seed=seed)
    return Outcome(
        found.summary().rstrip("."),
        then("report", opened),
        table=found.table().reset_index(),
        facts={
            "study": opened.folder,
            "coder": coder,
            "n": found.n,
            "accuracy": found.accuracy._asdict(),
            "notes": found.notes,
        },
    )


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line.

    Parameters
    ----------
    app
        The command line.
    """
    example = "Example: ico sample study --n 40 --strata themes --variable protest"
    app.command("sample", epilog=example)(sample)
    example = "Example: ico train study --codes codes.csv --variable protest --out mymodel"
    app.command("train", epilog=example)(train)
    app.command("measure", epilog="Example: ico measure study --coder mymodel")(measure)
    app.command("validate", epilog="Example: ico validate study --coder mymodel")(validate)
