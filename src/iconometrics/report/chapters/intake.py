"""What came in: files read, converted, failed, flagged, doubled, skipped and unmatched."""

from __future__ import annotations

import pandas as pd

from iconometrics.report.blocks import (
    Block,
    Chapter,
    Columns,
    Fold,
    Pictures,
    Section,
    Shot,
    Table,
    Text,
)
from iconometrics.report.chapters.pictures import row_height
from iconometrics.report.reportable import Reportable
from iconometrics.wording import count, counted, joined, percent

__all__ = ["collect"]

_GROUPS = 12
_IN_GROUP = 4
_FLAGGED = 14


def collect(study: Reportable) -> Chapter:
    """Tell what became of every file."""
    images = study.corpus.images
    duplicates = study.duplicates()
    parts = [
        _failed(images),
        _converted(images),
        _flagged(images),
        _duplicates(duplicates, images),
        _left_aside(study),
    ]
    finding = _finding(images, duplicates, len(study.corpus.skipped))
    return Chapter("What came in", finding, tuple(part for part in parts if part is not None))


def _finding(images: pd.DataFrame, duplicates: pd.DataFrame, skipped: int) -> str:
    by = images["status"].value_counts()
    failed, converted = int(by.get("failed", 0)), int(by.get("converted", 0))
    ok = len(images) - failed - converted
    if (images["status"] == "new").all():
        text = f"{counted(len(images), 'file')} came in. They were not checked yet."
    elif not failed and not converted:
        text = f"All {counted(len(images), 'file')} could be read as they are."
    else:
        text = (
            f"Of {counted(len(images), 'file')}, {count(ok)} could be read as they are, "
            f"{count(converted)} after a conversion, and {count(failed)} could not be read."
        )
    groups = duplicates.drop_duplicates("group")["kind"].value_counts()
    sets = [
        counted(int(n), f"set of {kind} duplicates", f"sets of {kind} duplicates")
        for kind, n in groups.items()
    ]
    if sets:
        text += f" Among them are {joined(sets)}."
    was = "was" if skipped == 1 else "were"
    return text + (f" {counted(skipped, 'other file')} {was} skipped." if skipped else "")


def _failed(images: pd.DataFrame) -> Block | None:
    failed = images[images["status"] == "failed"]
    if failed.empty:
        return None
    table = pd.DataFrame({"file": failed["file"].fillna(failed.index.to_series()),
                          "reason": failed["reason"]})  # fmt: skip
    return _section("Could not be read", table, "reason", name="failed", total=len(images))


def _converted(images: pd.DataFrame) -> Block | None:
    converted = images[images["status"] == "converted"]
    if converted.empty:
        return None
    table = pd.DataFrame({"file": converted["file"], "what was changed": converted["changes"]})
    return _section(
        "Read after a change", table, "what was changed", name="converted", total=len(images)
    )


def _section(title: str, table: pd.DataFrame, why: str, *, name: str, total: int) -> Section:
    """Show how often each reason occurs, and the files behind a line."""
    summary = table.groupby(why, dropna=False).agg(files=("file", "size"), example=("file", "min"))
    summary = summary.sort_values("files", ascending=False, kind="stable").reset_index()
    share = percent(len(table) / total, 1 if len(table) / total < 0.1 else 0)
    reasons = Table(f"{name}-reasons", summary, f"{title}: why, and how many files.",
                    headings={why: why.capitalize(), "files": "Files", "example": "For example"},
                    most=12)  # fmt: skip
    every = Table(name, table, f"{title}: every file.", most=60,
                  headings={"file": "File", why: why.capitalize()})  # fmt: skip
    fold = Fold(f"Each of the {counted(len(table), 'file')}", (every,))
    return Section(title, (reasons, fold), note=f"{counted(len(table), 'file')}, {share}")


def _flagged(images: pd.DataFrame) -> Block | None:
    flags = images["flags"].fillna("").astype(str)
    kinds = flags.str.split("; ").explode()
    counts = kinds[kinds != ""].value_counts()
    if counts.empty:
        return None
    height = row_height(images, 72)
    rows = tuple(
        Pictures(
            tuple(
                Shot(image, f"Picture {image}, flagged as {flag}", detail=(f"flagged: {flag}",))
                for image in _worst(images, kinds.index[kinds == flag], str(flag))
            ),
            height=height,
            label=f"{flag}: {counted(int(n), 'picture')}",
        )
        for flag, n in counts.items()
    )
    advice = Text("A flag is a hint to look, not a verdict: flagged pictures stay in the corpus.")
    note = counted(int((flags != "").sum()), "picture")
    table = Table("flagged", images.loc[flags != "", ["file", "flags"]], "Every flagged picture.",
                  headings={"file": "File", "flags": "Flags"}, most=60)  # fmt: skip
    return Section(
        "Worth a look", (advice, *rows, Fold("Each flagged picture", (table,))), note=note
    )


def _worst(images: pd.DataFrame, ids: pd.Index, flag: str) -> list[str]:
    by = {"blurred": "sharpness", "blank": "spread", "tiny": "width"}.get(flag)
    rows = images.loc[ids]
    return list((rows.sort_values(by, kind="stable") if by else rows).index[:_FLAGGED])


def _duplicates(duplicates: pd.DataFrame, images: pd.DataFrame) -> Block | None:
    if duplicates.empty:
        return None
    height = row_height(images, 84)
    groups = list(duplicates.groupby("group", sort=False))
    shown = tuple(
        Pictures(
            tuple(
                Shot(image, f"Picture {image}, {kind} duplicate", detail=(f"{kind} duplicate",))
                for image in group["image"].head(_IN_GROUP)
            ),
            height=height,
            label=f"{kind}, {counted(len(group), 'picture')}",
        )
        for _, group in groups[:_GROUPS]
        for kind in [group["kind"].iloc[0]]
    )
    advice = Text(
        "The same picture on both sides of a split makes a measure look better than it is. "
        "Splitting by group keeps duplicates together."
    )
    table = Table("duplicates", duplicates, "Every duplicate, by group.", most=60,
                  headings={"image": "Image", "group": "Group", "kind": "Kind"})  # fmt: skip
    fold = Fold(f"All {counted(len(groups), 'set')} of duplicates", (table,))
    return Section(
        "Duplicates",
        (advice, Columns(shown), fold),
        note=f"{counted(len(duplicates), 'picture')} in {counted(len(groups), 'set')}",
    )


def _left_aside(study: Reportable) -> Block | None:
    """Tell of files that are no images, files the table does not name, and how it was read."""
    corpus = study.corpus
    notes = " ".join(f"{note.rstrip('.')}." for note in corpus.notes)
    blocks: list[Block] = [Text(notes)] if notes else []
    if len(corpus.skipped):
        table = Table("skipped", corpus.skipped, "Skipped: not images, or not regular files.",
                      headings={"file": "File", "reason": "Reason"}, most=60)  # fmt: skip
        blocks.append(Fold(f"{counted(len(corpus.skipped), 'file')} skipped", (table,)))
    if len(corpus.unmatched):
        frame = pd.DataFrame({"file": list(corpus.unmatched)})
        table = Table("unmatched", frame, "In the folder, but not named in the table.",
                      headings={"file": "File"}, most=60)  # fmt: skip
        title = f"{counted(len(frame), 'file')} that the table does not name"
        blocks.append(Fold(title, (table,)))
    return Section("Left aside", tuple(blocks)) if blocks else None
