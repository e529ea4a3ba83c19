"""What a network sees: `embed`, and what comes of it: `map` and `neighbors`."""

from __future__ import annotations

import json as jsons
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from iconometrics.cli.options import (
    AnonymizeOption,
    JsonOption,
    SeedOption,
    StudyArgument,
    failing,
    open_study,
    then,
)
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb

if TYPE_CHECKING:
    from iconometrics.networks import Network

__all__ = ["embed", "map", "neighbors", "register"]

OnOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Embedding or feature set; default: the newest embedding."),
]


@verb("embed")
def embed(
    study: StudyArgument = None,
    *,
    network: Annotated[
        Path,
        typer.Option(metavar="FILE", help="An ONNX file, an architecture or a name of the hub."),
    ],
    layer: Annotated[
        str | None, typer.Option(metavar="NAME", help="Default: what the classifier is fed.")
    ] = None,
    pool: Annotated[
        str,
        typer.Option(metavar="NAME", help="mean, max, generalized, center, first or flatten."),
    ] = "mean",
    order: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of the channels: rgb, bgr or gray.")
    ] = None,
    mean: Annotated[
        str | None, typer.Option(metavar="NUMBERS", help="Taken off each channel (0 to 255).")
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
        bool, typer.Option("--layers", help="Tell which layers the network has.")
    ] = False,
    json: JsonOption = False,
) -> Outcome:
    """Compute what a trained network sees in every image."""
    stated = {"order": order, "mean": mean, "scale": scale, "crop": crop}
    made = _network(network, stated, layer=layer, pool=pool, size=size)
    if layers:
        return Outcome(f"{len(made.layers())} layers of {made.name}", table=made.layers())
    opened = open_study(study)
    table = opened.embed(made)
    lost = len(opened.corpus) - len(table)
    told = f"{table.shape[1]:,} numbers for each of {len(table):,} images by {made.name}"
    return Outcome(
        told + failing(lost, opened),
        then("themes", opened, f"--set {made.name}"),
        failed=lost,
        facts={"study": opened.folder, "embedding": made.name, "images": len(table)},
    )


@verb("map")
def map(
    study: StudyArgument = None,
    *,
    method: Annotated[str, typer.Option(metavar="NAME", help="umap, tsne or pca.")] = "umap",
    on: OnOption = None,
    seed: SeedOption = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Default: figures in the study.")
    ] = None,
    anonymize: AnonymizeOption = False,
    json: JsonOption = False,
) -> Outcome:
    """Lay the pictures out so that what is alike lies together."""
    from iconometrics import figures

    opened = open_study(study)
    placed = opened.project(method, on=on, seed=seed)
    themes = opened.latest_themes()
    groups = None if themes is None else themes.labels
    folder = out or opened.folder / "figures"
    drawn = placed.picture_map(opened.corpus, groups=groups, anonymize=anonymize)
    files = figures.save(drawn, folder, f"map-{method}")
    data = folder / f"map-{method}.json"
    data.write_text(
        jsons.dumps(placed.data({} if groups is None else {"theme": groups})), encoding="utf-8"
    )
    return Outcome(
        f"A map of {len(placed.points):,} images: {near(files[0])}",
        then("neighbors", opened, str(placed.points.index[0])),
        facts={"study": opened.folder, "files": [*files, data]},
    )


@verb("neighbors")
def neighbors(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help="The study's folder.")],
    image: Annotated[
        str, typer.Argument(metavar="IMAGE", help="An image's id, or the path of any picture.")
    ],
    *,
    n: Annotated[int, typer.Option("--n", min=1, metavar="NUMBER", help="How many.")] = 10,
    on: OnOption = None,
    box: Annotated[
        str | None,
        typer.Option(metavar="L,T,R,B", help="Only this part of the picture, in pixels."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Default: figures in the study.")
    ] = None,
    anonymize: AnonymizeOption = False,
    json: JsonOption = False,
) -> Outcome:
    """Find the images most similar to one, and show them."""
    from iconometrics import figures, themes

    opened = open_study(study)
    found = opened.neighbors(image, n=n, on=on, box=_box(box))
    sheet = themes.show_neighbors(opened.corpus, found, anonymize=anonymize)
    files = figures.save(sheet, out or opened.folder / "figures", "neighbors")
    return Outcome(
        f"{len(found)} images most similar to {image}: {near(files[0])}",
        then("map", opened),
        table=found,
        facts={"study": opened.folder, "files": files},
    )


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command("embed", epilog="Example: ico embed study --network squeezenet.onnx")(embed)
    app.command("map", epilog="Example: ico map study --method umap")(map)
    app.command("neighbors", epilog="Example: ico neighbors study flower-00.png --n 8")(neighbors)


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
    given = {name: value for name, value in stated.items() if value is not None}
    for name in ("mean", "scale"):
        if name in given:
            given[name] = _numbers(name, given[name])
    if not given:
        return known
    assert isinstance(known, networks.OnnxNetwork | networks.TorchNetwork)
    assert known.preprocessing is not None
    return replace(known, preprocessing=replace(known.preprocessing, **given))


def _numbers(name: str, text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(
            f"--{name} {text}: expected a number, or one a channel, such as 104,117,123."
        ) from None


def _box(text: str | None) -> tuple[int, int, int, int] | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 4 or not all(part.isdecimal() for part in parts):
        raise typer.BadParameter(
            f"--box {text}: expected left, top, right and bottom in pixels, such as 10,20,200,180."
        )
    left, top, right, bottom = (int(part) for part in parts)
    return left, top, right, bottom
