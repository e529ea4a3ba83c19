"""How the parts of a plan stand in text, and the whole of it, to be put into a registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iconometrics.wording import counted, joined, number

__all__ = ["choices", "codebook", "document", "rule", "sample"]


def codebook(book: Mapping[str, Any] | None) -> str:
    """Name a codebook by its version."""
    return "none" if book is None else f"“{book['name']}”, version {book['version']}"


def sample(drawn: Mapping[str, Any]) -> str:
    """Say how large a sample is, and which seed drew it."""
    seed = "" if drawn["seed"] is None else f", seed {drawn['seed']}"
    return f"{counted(drawn['images'], 'image')}{seed}"


def rule(themes: Mapping[str, Any] | None) -> str:
    """Say by which rule the number of themes is chosen."""
    if themes is None:
        return "none"
    k, sets = themes["k"], themes["features"]
    tried = f"chosen from {min(k)} to {max(k)}" if isinstance(k, list) else f"{k} themes"
    on = f" on {joined(sets)}" if sets else ""
    return f"{tried} by {themes['method']}{on}, seed {themes['seed']}"


def choices(regression: Mapping[str, Any]) -> str:
    """Say how a regression is estimated."""
    effects = ", ".join(regression["fixed_effects"])
    parts = [
        regression["model"],
        f"errors by {regression['cluster']}" if regression["cluster"] else "",
        f"fixed effects of {effects}" if effects else "",
        f"the estimate by {regression['method']}" if regression["method"] else "",
        f"measures by {joined(regression['measure'])}" if regression.get("measure") else "",
    ]
    return ", ".join(part for part in parts if part)


def document(content: Mapping[str, Any], *, head: str, file: str, sha256: str) -> str:
    """Write a plan as Markdown."""
    former = content["former"]
    parts = {
        "": f"{head}\n\nSHA-256 of {file}: `{sha256}`"
        + (f"\n\nIt adds to the plan with the SHA-256 `{former}`." if former else ""),
        "Hypotheses and notes": content["note"] or "None.",
        "Images": f"{counted(content['frame']['images'], 'image')}; SHA-256 of their ids and "
        f"files: `{content['frame']['sha256']}`.",
        "Sample for coding": "\n".join(map(_sampled, content["samples"])) or "Not drawn yet.",
        "Codebook": _book(content["codebook"]),
        "Number of themes": _sentence(rule(content["themes"])),
        "Accuracy": _bar(content["bar"]),
        "Regressions": "\n".join(
            f"- `{planned['formula']}`: {choices(planned)}" for planned in content["regressions"]
        )
        or "None.",
    }
    title = f"# {content['study']}: plan\n\n"
    return title + "\n".join(
        f"## {name}\n\n{text}\n" if name else f"{text}\n" for name, text in parts.items()
    )


def _sampled(drawn: Mapping[str, Any]) -> str:
    design = "".join(f", {name} {value}" for name, value in drawn["design"].items() if value)
    return f"- “{drawn['name']}”: {sample(drawn)}{design}; SHA-256 `{drawn['sha256']}`"


def _book(book: Mapping[str, Any] | None) -> str:
    if book is None:
        return "Not written yet."
    variables = joined(book["variables"])
    return f"{codebook(book)}: {variables}; SHA-256 of its text: `{book['sha256']}`."


def _bar(bar: float | None) -> str:
    if bar is None:
        return "No bar is set."
    return f"A measure counts as validated if its accuracy is shown to be {number(bar)} or more."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
