"""The command line put together from its verbs."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from iconometrics.cli import (
    agreement,
    budget,
    check,
    codes,
    compare,
    demo,
    doctor,
    embed,
    estimate,
    explore,
    export,
    features,
    measure,
    neighbors,
    new,
    plan,
    report,
    sample,
    show_network,
    specifications,
    themes,
    train,
    validate,
)
from iconometrics.cli import map as picture_map

__all__ = ["app", "main"]

app = typer.Typer(
    name="ico",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: ico explore photos",
)


def _version(wanted: bool) -> None:
    if wanted:
        from iconometrics import __version__

        print(f"iconometrics {__version__}")
        raise typer.Exit


@app.callback()
def _start(
    version: Annotated[
        bool, typer.Option("--version", help="Say the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Measurement from images, for the social sciences."""


# In the order in which the help lists them.
_VERBS = (
    explore,
    new,
    check,
    features,
    themes,
    embed,
    picture_map,
    neighbors,
    show_network,
    plan,
    budget,
    sample,
    codes,
    train,
    measure,
    validate,
    compare,
    agreement,
    estimate,
    specifications,
    report,
    export,
    demo,
    doctor,
)
for module in _VERBS:
    module.register(app)


def main() -> None:
    """Run the command line; `iconometrics` and `ico` call this.

    Examples
    --------
    >>> main()  # doctest: +SKIP
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    app()
