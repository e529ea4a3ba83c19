"""People's codes in and out: `codes book`, `codes import` and `codes export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from iconometrics.cli.options import JsonOption, StudyArgument, names, open_study, then
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb
from iconometrics.wording import counted

__all__ = ["bring", "export", "keep_book", "register"]

_PathsArgument = Annotated[
    list[Path],
    typer.Argument(metavar="[STUDY] FILE", help="The study (not needed inside it) and the table."),
]
_BookArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="[STUDY] FILE", help="The study (not needed inside it) and the TOML file."
    ),
]


def _study_and_file(paths: list[Path]) -> tuple[Path | None, Path]:
    if len(paths) > 2:
        raise typer.BadParameter(f"{len(paths)} paths: expected the study and one file.")
    return (paths[0] if len(paths) == 2 else None), paths[-1]


@verb("codes book")
def keep_book(paths: _BookArgument, *, json: JsonOption = False) -> Outcome:
    """Keep the study's codebook; if there is no FILE, a template is written."""
    from iconometrics.coding import Codebook

    folder, file = _study_and_file(paths)
    opened = open_study(folder)
    if not file.exists():
        file.write_text(Codebook.template(), encoding="utf-8")
        return Outcome(
            f"{near(file)}: a codebook to change",
            f"edit it, then {then('codes book', opened, near(file))}",
            facts={"study": opened.folder, "codebook": file, "version": None},
        )
    book = opened.add_codebook(file)
    return Outcome(
        f"Codebook {book.name!r}, version {book.version}: "
        f"{counted(len(book.variables), 'variable')}",
        then("sample", opened, "--n 200"),
        table=book.table().drop(columns="instruction"),
        facts={"study": opened.folder, "codebook": file, "version": book.version},
    )


@verb("codes import")
def bring(
    paths: _PathsArgument,
    *,
    coder: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who coded; default: as the table or file says."),
    ] = None,
    sample: Annotated[
        str | None, typer.Option(metavar="NAME", help="The sample that was coded.")
    ] = None,
    variable: Annotated[
        str | None, typer.Option(metavar="NAMES", help="The columns to take, separated by commas.")
    ] = None,
    codebook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Refuse values that are not in it.")
    ] = None,
    json: JsonOption = False,
) -> Outcome:
    """Take codes that people made, in a sheet or any other program, into the study."""
    folder, file = _study_and_file(paths)
    opened = open_study(folder)
    codes = opened.add_codings(
        file,
        coder=coder,
        sample=sample,
        variables=names(variable) if variable else None,
        codebook=codebook,
    )
    filled = codes.data.fillna({"value": "(missing)"})
    counts = filled.groupby(["coder", "variable", "value"], sort=False).size()
    everybody = opened.codings().coders
    return Outcome(
        f"{counted(len(codes), 'coding')} of {counted(len(codes.images), 'image')} by "
        f"{', '.join(codes.coders)}",
        then("train" if len(everybody) < 2 else "codes export", opened)
        + (f" --variable {codes.variables[0]}" if len(everybody) < 2 else " --to codes.xlsx"),
        table=counts.rename("images").reset_index(),
        facts={
            "study": opened.folder,
            "codings": len(codes),
            "coders": list(codes.coders),
            "variables": list(codes.variables),
            "sample": codes.sample.name if codes.sample else None,
        },
    )


@verb("codes export")
def export(
    study: StudyArgument = None,
    *,
    to: Annotated[
        Path, typer.Option(metavar="FILE", help="Ends in .csv, .parquet, .xlsx or .dta.")
    ] = Path("codes.csv"),
    wide: Annotated[
        bool, typer.Option("--wide", help="One row per image and coder, one column per variable.")
    ] = False,
    coder: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Whose; default: everybody's.")
    ] = None,
    json: JsonOption = False,
) -> Outcome:
    """Write people's codes to a table."""
    opened = open_study(study)
    path = opened.export_codings(to, wide=wide, coders=names(coder or ""))
    return Outcome(
        f"{near(path)}: people's codes",
        then("export", opened),
        facts={"study": opened.folder, "file": path},
    )


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    group = typer.Typer(
        help="People's codes: the codebook, codes in, codes out.",
        no_args_is_help=True,
        rich_markup_mode=None,
        epilog="Example: ico codes import study codes.csv --coder anna",
    )
    group.command("book", epilog="Example: ico codes book study codebook.toml")(keep_book)
    example = "Example: ico codes import study codes.csv --coder anna"
    group.command("import", epilog=example)(bring)
    group.command("export", epilog="Example: ico codes export study --to codes.xlsx")(export)
    app.add_typer(group, name="codes")
