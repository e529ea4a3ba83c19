"""Drawing images for people to code: `sample`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from iconometrics.cli.options import JsonOption, SeedOption, StudyArgument, names, open_study, then
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb
from iconometrics.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from iconometrics.coding import Sample
    from iconometrics.study import Study

__all__ = ["register", "sample"]

_NOption = Annotated[
    int, typer.Option("--n", min=1, metavar="NUMBER", help="How many images (or clusters).")
]
_StrataOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="themes, a column, or a variable (second phase)."),
]
_AllocationOption = Annotated[
    Literal["proportional", "equal"],
    typer.Option(metavar="HOW", help="Over strata: proportional or equal."),
]
_ClustersOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Draw whole groups: group, or a column of the table."),
]
_WithinOption = Annotated[
    int | None, typer.Option(min=1, metavar="NUMBER", help="That many images of each cluster.")
]
_ConfidenceOption = Annotated[
    str | None, typer.Option(metavar="MODEL", help="More of what this model is unsure of.")
]
_TopUpOption = Annotated[
    str | None, typer.Option(metavar="SAMPLE", help="Draw more images for this sample.")
]
_SecondPhaseOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="For experts, of this sample or model's codes.")
]
_CodersOption = Annotated[
    str, typer.Option(metavar="NAMES", help="Who codes, separated by commas; each gets a sheet.")
]
_OverlapOption = Annotated[
    float, typer.Option(min=0, max=1, help="Share of the images that two coders code.")
]
_VariableOption = Annotated[
    str | None,
    typer.Option(metavar="NAMES", help="What people will code; default: the codebook's."),
]


@verb("sample")
def sample(
    study: StudyArgument = None,
    *,
    n: _NOption,
    strata: _StrataOption = None,
    allocation: _AllocationOption = "proportional",
    clusters: _ClustersOption = None,
    within: _WithinOption = None,
    confidence: _ConfidenceOption = None,
    top_up: _TopUpOption = None,
    second_phase: _SecondPhaseOption = None,
    coders: _CodersOption = "",
    overlap: _OverlapOption = 0.2,
    variable: _VariableOption = None,
    name: Annotated[str | None, typer.Option(help="The sample's name.")] = None,
    seed: SeedOption = 1,
    json: JsonOption = False,
) -> Outcome:
    """Draw images for people to code; the probability each had is kept."""
    opened = open_study(study)
    people = names(coders)
    drawn = opened.draw(
        n,
        strata=strata,
        allocation=allocation,
        clusters=clusters,
        within=within,
        confidence=confidence,
        top_up=top_up,
        second_phase=second_phase,
        coders=people,
        overlap=overlap,
        seed=seed,
        name=name,
        variables=names(variable) if variable else None,
    )
    folder = opened.folder / "samples"
    sheets = [folder / f"{drawn.name}-{coder}.csv" for coder in people]
    return _outcome(drawn, opened, sheets or [folder / f"{drawn.name}.csv"], coded_by=people)


def _outcome(drawn: Sample, study: Study, sheets: list[Path], *, coded_by: list[str]) -> Outcome:
    rows = drawn.table[drawn.table["wave"] == drawn.table["wave"].max()]
    listed = ", ".join(near(sheet) for sheet in sheets)
    codes = f"--codes codes.csv --variable {_asked(sheets[0])} --out mymodel"
    following = f"save it as codes.csv, then {then('train', study, codes)}"
    if coded_by:
        following = f"{then('codes import', study, near(sheets[0]))}, and so on"
    return Outcome(
        f"{counted(len(rows), 'image')} drawn; the sheet{'s' * (len(sheets) > 1)} to fill in: "
        f"{listed}",
        following,
        table=_groups(drawn.table),
        facts={
            "study": study.folder,
            "sample": drawn.name,
            "sheet": sheets[0],
            "sheets": sheets,
            "images": list(rows["image"]),
        },
    )


def _groups(table: pd.DataFrame) -> pd.DataFrame | None:
    """Count the images of each stratum and wave, where there are several."""
    columns = [name for name in ("stratum", "wave") if table[name].nunique() > 1]
    if not columns:
        return None
    groups = table.groupby(columns, dropna=False)["probability"]
    return groups.agg(images="size", probability="mean").reset_index()


def _asked(sheet: Path) -> str:
    """Name the first variable of a sheet."""
    header = sheet.open(encoding="utf-8").readline().strip().split(",")
    return (header[2:] or ["code"])[0]


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    example = "Example: ico sample study --n 40 --strata themes --variable protest"
    app.command("sample", epilog=example)(sample)
