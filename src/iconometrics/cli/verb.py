"""What every verb does around its work: errors, warnings, `--json`, exit statuses."""

from __future__ import annotations

import functools
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer

from iconometrics.cli.outcome import Outcome, say, show
from iconometrics.errors import IconometricsError, IconometricsWarning

__all__ = ["verb"]


def verb(name: str) -> Callable[[Callable[..., Outcome]], Callable[..., None]]:
    """Turn a function that returns an outcome into a command."""

    def wrap(function: Callable[..., Outcome]) -> Callable[..., None]:
        @functools.wraps(function)
        def command(**options: Any) -> None:
            as_json = bool(options.get("json"))
            with _tidy_warnings() as warned, _tidy_errors(name, as_json):
                from iconometrics import progress

                progress.enable(sys.stderr.isatty())
                outcome = function(**options)
                show(outcome, name, as_json=as_json, warned=warned)
            raise typer.Exit(outcome.status)

        return command

    return wrap


@contextmanager
def _tidy_errors(name: str, as_json: bool) -> Iterator[None]:
    """End with one red sentence instead of a traceback, unless ICO_DEBUG is set."""
    try:
        yield
    except (Exception, KeyboardInterrupt) as error:
        if os.environ.get("ICO_DEBUG") or isinstance(error, typer.BadParameter):
            raise
        sentence = _sentence(error)
        say(sentence, style="bold red")
        if as_json:
            import json

            print(json.dumps({"verb": name, "error": sentence}))
        raise typer.Exit(1) from None


def _sentence(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "Stopped. Run the same command again to continue."
    if isinstance(error, IconometricsError):
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    return (
        f"This should not have happened: {type(error).__name__}: {error}. "
        "Please report it with what ICO_DEBUG=1 shows before the same command."
    )


@contextmanager
def _tidy_warnings() -> Iterator[set[str]]:
    """Show our warnings as one line each, once, and note them; leave out other packages'."""
    warned: set[str] = set()

    def show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
        warned.add(str(message))
        say(f"Note: {message}", style="yellow")

    with warnings.catch_warnings():
        if not os.environ.get("ICO_DEBUG"):
            warnings.simplefilter("ignore")
            warnings.simplefilter("default", IconometricsWarning)
            warnings.showwarning = show_warning
        yield warned
