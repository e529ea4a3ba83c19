"""Walking a folder: which files are there, and what is passed over and why."""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Final, NamedTuple

import pandas as pd

from iconometrics import images
from iconometrics.corpus.file_names import escape, unescape
from iconometrics.errors import InputError

__all__ = ["Listing", "listing", "look_up"]

_JUNK: Final = frozenset(
    ("thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "@eadir", "$recycle.bin")
)
_STUDY: Final = "study.toml"
_HIDDEN: Final = "hidden or a system file"
_LINK: Final = "a symbolic link (links=True follows it)"


class Listing(NamedTuple):
    """What a folder holds."""

    files: pd.DataFrame
    skipped: pd.DataFrame


class _Walk:
    """The state of one walk; relative paths are as the operating system gives them."""

    def __init__(self, root: Path, *, links: bool) -> None:
        self.root, self.links = root, links
        self.files: list[tuple[str, int, int, bool]] = []
        self.skipped: list[tuple[str, str]] = []
        self.folders: deque[str] = deque([""])
        self.linked: deque[str] = deque()
        self.seen: set[tuple[int, int]] = set()

    def run(self) -> None:
        while self.folders or self.linked:
            # links last: a folder is listed under its own name, not under a link's
            self.folder(self.folders.popleft() if self.folders else self.linked.popleft())

    def folder(self, relative: str) -> None:
        try:
            if self.links and self.again(relative):
                self.skip(relative, "a link back to a folder that was read already")
                return
            with os.scandir(self.root / relative) as content:
                entries = sorted(content, key=lambda entry: entry.name)
        except OSError as error:
            self.skip(relative, f"a folder that cannot be read: {_reason(error)}")
            return
        if relative and any(entry.name == _STUDY for entry in entries):
            self.skip(relative, "an iconometrics study")
            return
        for entry in entries:
            self.entry(entry, f"{relative}/{entry.name}" if relative else entry.name)

    def again(self, relative: str) -> bool:
        status = (self.root / relative).stat()
        key = (status.st_dev, status.st_ino)
        if key in self.seen:
            return True
        self.seen.add(key)
        return False

    def entry(self, entry: os.DirEntry[str], relative: str) -> None:
        if entry.name.startswith(".") or entry.name.lower() in _JUNK:
            self.skip(relative, _HIDDEN)
        elif entry.is_symlink() and not self.links:
            self.skip(relative, _LINK)
        else:
            try:
                self.kind(entry, relative)
            except OSError as error:
                self.skip(relative, f"cannot be looked at: {_reason(error)}")

    def kind(self, entry: os.DirEntry[str], relative: str) -> None:
        status = entry.stat(follow_symlinks=self.links)
        is_image = images.is_image_name(entry.name)
        if stat.S_ISDIR(status.st_mode):
            if is_image:
                self.skip(relative, "a folder, not a file")
            (self.linked if entry.is_symlink() else self.folders).append(relative)
        elif not stat.S_ISREG(status.st_mode):
            self.skip(relative, "not a regular file (a pipe or a device)")
        else:
            self.files.append((escape(relative), status.st_size, status.st_mtime_ns, is_image))

    def skip(self, relative: str, reason: str) -> None:
        self.skipped.append((escape(relative), reason))


def listing(root: Path, *, links: bool = False) -> Listing:
    """List all files below a folder; none is opened."""
    _require_folder(root)
    walk = _Walk(root, links=links)
    walk.run()
    files = pd.DataFrame(walk.files, columns=["file", "bytes", "modified", "image"])
    skipped = pd.DataFrame(walk.skipped, columns=["file", "reason"], dtype="str")
    return Listing(_typed(files).sort_values("file", ignore_index=True), skipped)


def look_up(root: Path, files: Iterable[str], *, links: bool = False) -> pd.DataFrame:
    """Look for files by their paths, without walking the folder."""
    _require_folder(root)
    inside: dict[Path, bool] = {}
    rows = []
    for file in files:
        relative = PurePath(unescape(file))
        if relative.anchor or ".." in relative.parts:
            continue
        path = root / relative
        if path.parent not in inside:
            inside[path.parent] = links or _is_inside(path.parent, root)
        try:
            status = path.stat(follow_symlinks=links) if inside[path.parent] else None
        except (OSError, ValueError):
            continue
        if status is not None and stat.S_ISREG(status.st_mode):
            rows.append((file, status.st_size, status.st_mtime_ns, True))
    return _typed(pd.DataFrame(rows, columns=["file", "bytes", "modified", "image"]))


def _is_inside(folder: Path, root: Path) -> bool:
    """Say whether no link on the way from the root to the folder leads anywhere else."""
    return folder.resolve() == root.resolve() / folder.relative_to(root)


def _typed(files: pd.DataFrame) -> pd.DataFrame:
    return files.astype({"file": "str", "bytes": "int64", "modified": "int64", "image": "bool"})


def _require_folder(root: Path) -> None:
    if not root.is_dir():
        met = "is a file" if root.exists() else "does not exist"
        raise InputError(f"{root} {met}; expected the folder that holds the images.")
    try:
        os.scandir(root).close()
    except OSError as error:
        raise InputError(f"{root} cannot be read: {_reason(error)}. Ask for access.") from error


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
