"""The command line: one verb per stage of a study, `iconometrics` or `ico` for short."""

from iconometrics.cli.app import app, main

__all__ = ["app", "main"]


def __dir__() -> list[str]:
    return __all__
