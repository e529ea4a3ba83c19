"""What a network is made of: `show-network`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iconometrics.cli.options import JsonOption
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb

if TYPE_CHECKING:
    import pandas as pd

    from iconometrics.networks import Description

__all__ = ["register", "show_network"]


@verb("show-network")
def show_network(
    network: Annotated[
        str | None,
        typer.Argument(
            metavar="NETWORK", help="An architecture, or a .safetensors file; without one, a list."
        ),
    ] = None,
    *,
    size: Annotated[
        str | None,
        typer.Option(metavar="PIXELS", help="Of the input: 224, or 300x400 for height and width."),
    ] = None,
    channels: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="1 for gray, 3 for color.")
    ] = None,
    layers: Annotated[
        bool, typer.Option("--layers", help="Each layer, not only each block.")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the network, as PNG.")
    ] = None,
    json: JsonOption = False,
) -> Outcome:
    """Show a network: its blocks, parameters, multiplications and what each block sees."""
    from iconometrics import networks

    if network is None:
        return _listed(networks.architectures())
    path = Path(network).expanduser()
    saved = path.suffix == ".safetensors"
    description = networks.describe(
        networks.open_network(path) if saved else network, _sides(size), channels=channels
    )
    figure_note = _plotted(description, plot)
    return Outcome(
        description.summary().rstrip(".") + figure_note,
        f"ico train --network {network}" if not saved else "",
        _readable(description.table() if layers else description.blocks()),
        facts={
            "network": description.name,
            "input": list(description.input),
            "parameters": description.parameters,
            "multiplications": description.multiplications,
        },
    )


def _listed(table: pd.DataFrame) -> Outcome:
    """List the architectures, a line each: there are more than a table shows."""
    rows = table.to_dict("records")
    lines = [
        f"{row['name']:14} {row['year']}  {row['parameters']:>11,} parameters  {row['size']:9}  "
        + ("published weights" if row["published"] else "")
        for row in rows
    ]
    return Outcome(
        f"{len(rows)} architectures",
        "ico show-network resnet18",
        lines=tuple(line.rstrip() for line in lines),
        facts={"architectures": rows},
    )


def _plotted(description: Description, plot: Path | None) -> str:
    if plot is None:
        return ""
    from matplotlib.figure import Figure

    figure = description.plot().figure
    if isinstance(figure, Figure):
        figure.savefig(plot, dpi=300, bbox_inches="tight")
    return f". Figure: {near(plot)}"


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    """Write shapes as people do."""
    shapes = ["output", "receptive_field"]
    return table.assign(
        **{name: [" x ".join(map(str, shape)) for shape in table[name]] for name in shapes}
    )


def _sides(text: str | None) -> int | tuple[int, int] | None:
    if text is None:
        return None
    sides = text.lower().split("x")
    if len(sides) > 2 or not all(side.strip().isdecimal() for side in sides):
        raise typer.BadParameter(f"--size {text}: expected pixels, such as 224 or 300x400.")
    high, *wide = map(int, sides)
    return (high, wide[0]) if wide else high


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    example = "Example: ico show-network resnet50 --size 64"
    app.command("show-network", epilog=example)(show_network)
