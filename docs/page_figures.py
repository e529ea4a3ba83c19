"""Runs, when the pages are built, the code of pages that show figures which that code draws.

A page names such a figure as ``drawn/NAME.png``, and its Python blocks write ``NAME.png``.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import tempfile
import textwrap
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

_BLOCK = re.compile(r"^( *)```python\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_NOT_RUN = "# not run"
_FIGURE = re.compile(r"\]\(drawn/([\w-]+\.png)\)")


def on_files(files: Any, config: Any) -> Any:
    """Add the figures of every page that has some."""
    for page in [file for file in files if file.src_uri.endswith(".md")]:
        text = Path(page.abs_src_path).read_text(encoding="utf-8") if page.abs_src_path else ""
        for name, content in drawn(text).items():
            place = f"{Path(page.src_uri).parent.as_posix()}/drawn/{name}"
            files.append(File.generated(config, place, content=content))
    return files


def drawn(text: str) -> dict[str, bytes]:
    """Run the blocks of a page in an empty folder, and read the figures it names."""
    names = _FIGURE.findall(text)
    if not names:
        return {}
    with tempfile.TemporaryDirectory() as folder, _inside(folder):
        namespace: dict[str, Any] = {"__name__": "page"}
        with contextlib.redirect_stdout(io.StringIO()):
            for _, block in _BLOCK.findall(text):
                code = textwrap.dedent(block)
                if not code.startswith(_NOT_RUN):
                    exec(code, namespace)
        return {name: Path(name).read_bytes() for name in names}


@contextlib.contextmanager
def _inside(folder: str) -> Any:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
