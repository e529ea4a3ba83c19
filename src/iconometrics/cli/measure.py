"""From codes to a validated measure: `train`, `measure` and `validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

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
from iconometrics.cli.outcome import Outcome
from iconometrics.cli.train import (
    AugmentOption,
    EpochsOption,
    NetworkOption,
    SizeOption,
    TrainOption,
    WeightsOption,
    network_settings,
)
from iconometrics.cli.verb import verb

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["measure", "register", "share_or_choose", "subgroup_rows", "train", "validate"]

CoderOption = Annotated[str, typer.Option(metavar="NAME", help="A model that `ico train` made.")]


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
    network: NetworkOption = None,
    weights: WeightsOption = None,
    train: TrainOption = "all",
    epochs: EpochsOption = 20,
    size: SizeOption = None,
    augment: AugmentOption = "",
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
    measured = next(measured for measured in opened.measures() if measured.name == coder)
    status = measured.status
    variable = str(data["variable"].iloc[0])
    fresh = measured.accuracy is None
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
    by: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Rates of each subgroup besides.")
    ] = None,
    threshold: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE",
            help="Read --category from this probability on; choose: find it on half of the codes.",
        ),
    ] = None,
    category: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of the threshold; of two, the second.")
    ] = None,
    seed: SeedOption = 1,
    json: JsonOption = False,
) -> Outcome:
    """Hold a measure against the gold standard: how often is it right, and for what."""
    opened = open_study(study)
    found = opened.validate(
        coder,
        variable=variable,
        gold=gold,
        by=by,
        threshold=share_or_choose(threshold),
        category=category,
        seed=seed,
    )
    rates = found.table().reset_index()
    narrow = rates[[name for name in rates if not str(name).startswith(("npv", "prevalence"))]]
    return Outcome(
        found.summary().rstrip("."),
        then("report", opened),
        table=narrow if found.parts is None else subgroup_rows(found.parts),
        # What was left out has been told by a warning.
        lines=tuple(note for note in found.notes if "left out" not in note),
        facts={
            "study": opened.folder,
            "coder": coder,
            "n": found.n,
            "accuracy": found.accuracy._asdict(),
            "overall": found.overall().reset_index().to_dict("records"),
            "auroc": [] if found.auroc is None else found.auroc.reset_index().to_dict("records"),
            "rates": rates.to_dict("records"),
            "weighted": found.weighted,
            "opened": found.opened,
            "notes": found.notes,
        },
    )


def share_or_choose(text: str | None) -> float | Literal["choose"] | None:
    """Read a threshold."""
    if text is None or text == "choose":
        return "choose" if text else None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise typer.BadParameter(f"--threshold {text}: expected from 0 to 1, or choose.")
    return value


def subgroup_rows(parts: pd.DataFrame) -> pd.DataFrame:
    """Write the accuracy of each subgroup as a table of the terminal."""
    rows = parts[parts["measure"] == "accuracy"].rename(columns={"value": "accuracy"})
    flagged = rows["few"].map({True: "few images", False: ""})
    return rows.drop(columns=["measure", "category", "few"]).assign(note=flagged)


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    example = "Example: ico train study --codes codes.csv --variable protest --out mymodel"
    app.command("train", epilog=example)(train)
    app.command("measure", epilog="Example: ico measure study --coder mymodel")(measure)
    app.command("validate", epilog="Example: ico validate study --coder mymodel")(validate)
