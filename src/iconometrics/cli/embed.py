"""What a network sees in each image: `embed`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from iconometrics.cli.options import JsonOption, StudyArgument, failing, open_study, then
from iconometrics.cli.outcome import Outcome
from iconometrics.cli.verb import verb
from iconometrics.wording import counted

if TYPE_CHECKING:
    from iconometrics.networks import Network

__all__ = ["embed", "register"]


@verb("embed")
def embed(
    study: StudyArgument = None,
    *,
    network: Annotated[
        Path,
        typer.Option(metavar="FILE", help="An ONNX file, an architecture or a name on the hub."),
    ],
    layer: Annotated[
        str | None, typer.Option(metavar="NAME", help="Default: the input of the classifier.")
    ] = None,
    pool: Annotated[
        str,
        typer.Option(metavar="NAME", help="mean, max, generalized, center, first or flatten."),
    ] = "mean",
    order: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of the channels: rgb, bgr or gray.")
    ] = None,
    mean: Annotated[
        str | None, typer.Option(metavar="NUMBERS", help="Subtracted from each channel (0 to 255).")
    ] = None,
    scale: Annotated[
        str | None, typer.Option(metavar="NUMBERS", help="Each channel is divided by it.")
    ] = None,
    size: Annotated[
        int | None, typer.Option(metavar="PIXELS", help="Of the network's input.")
    ] = None,
    crop: Annotated[
        str | None, typer.Option(metavar="NAME", help="center, or whole for the whole picture.")
    ] = None,
    layers: Annotated[
        bool, typer.Option("--layers", help="List the layers of the network.")
    ] = False,
    json: JsonOption = False,
) -> Outcome:
    """Compute what a trained network sees in every image."""
    stated = {"order": order, "mean": mean, "scale": scale, "crop": crop}
    trained = _network(network, stated, layer=layer, pool=pool, size=size)
    if layers:
        return Outcome(f"{len(trained.layers())} layers of {trained.name}", table=trained.layers())
    opened = open_study(study)
    table = opened.embed(trained)
    lost = len(opened.corpus) - len(table)
    summary = (
        f"{table.shape[1]:,} numbers for each of {counted(len(table), 'image')} by {trained.name}"
    )
    return Outcome(
        summary + failing(lost, opened),
        then("themes", opened, f"--set {trained.name}"),
        failed=lost,
        facts={"study": opened.folder, "embedding": trained.name, "images": len(table)},
    )


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("embed", epilog="Example: ico embed study --network squeezenet.onnx")(embed)


def _network(path: Path, stated: dict[str, Any], **options: Any) -> Network:
    """Make the network; what is stated of its preprocessing replaces what is usual."""
    import warnings
    from dataclasses import replace

    from iconometrics import networks
    from iconometrics.errors import IconometricsWarning

    with warnings.catch_warnings():
        if all(stated[name] is not None for name in ("order", "mean", "scale")):
            warnings.simplefilter("ignore", IconometricsWarning)
        known = networks.network(path, **options)
    replaced = {name: value for name, value in stated.items() if value is not None}
    for name in ("mean", "scale"):
        if name in replaced:
            replaced[name] = _numbers(name, replaced[name])
    if not replaced:
        return known
    assert isinstance(known, networks.OnnxNetwork | networks.TorchNetwork)
    assert known.preprocessing is not None
    return replace(known, preprocessing=replace(known.preprocessing, **replaced))


def _numbers(name: str, text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(
            f"--{name} {text}: expected a number, or one per channel, such as 104,117,123."
        ) from None
