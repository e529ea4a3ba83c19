"""Figures as PNG for slides, PDF for papers and SVG for pages, the same bytes on every run."""

from __future__ import annotations

import hashlib
import html
import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iconometrics.engine import write_whole
from iconometrics.figures import palette
from iconometrics.figures.style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["quiet_fonts", "root", "save", "svg"]

_FORMATS: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
_NOTHING = {"Date": None, "Creator": None, "Format": None, "Type": None}
_ENLARGED = 2.0
_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"


def save(figure: Figure | Axes, folder: Path | str, name: str) -> list[Path]:
    """Write a figure as PNG (300 dpi) and as PDF (vector, fonts embedded).

    Parameters
    ----------
    figure
        A figure, or an axes that stands for its figure.
    folder
        Where the files go; made if missing.
    name
        The files' name without suffix.

    Returns
    -------
    list of Path
        The PNG and the PDF. Neither holds a date, so equal figures give equal files.

    Raises
    ------
    StudyError
        If the folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from iconometrics import figures
    >>> paths = figures.save(figures.histogram([1, 2, 2, 3]), tempfile.mkdtemp(), "ages")
    >>> [path.name for path in paths]
    ['ages.png', 'ages.pdf']
    """
    drawn = root(figure)
    paths = []
    for suffix, metadata in _FORMATS.items():
        path = Path(folder) / f"{name}.{suffix}"
        write = partial(drawn.savefig, format=suffix, metadata=metadata, dpi=300)
        with style(), quiet_fonts():
            write_whole(path, write)
        paths.append(path)
    return paths


def svg(figure: Figure | Axes, *, alt: str) -> str:
    """Write a figure as SVG to be put straight into an HTML page.

    The ground is transparent, the ink is the text color around it (``currentColor``), and the
    other colors follow the page's variables where it has them: ``--soft``, ``--line``,
    ``--paper``, ``--accent``, ``--warn``, ``--ramp0``, ``--ramp1`` and ``--category-1`` to
    ``--category-7``. Text stays text in the system's font. It fills the width it is given.

    Parameters
    ----------
    figure
        A figure, or an axes that stands for its figure.
    alt
        What the figure shows, for those who do not see it.

    Returns
    -------
    str
        One ``<svg>`` element whose ids occur in no other figure.

    Examples
    --------
    >>> from iconometrics import figures
    >>> text = figures.svg(figures.histogram([1, 2, 2, 3]), alt="Ages of three people")
    >>> text[:4], 'aria-label="Ages of three people"' in text
    ('<svg', True)
    """
    raw = _drawn(root(figure))
    body = raw[raw.index("<g ") : raw.rindex("</svg>")]
    own = _own_ids(_plain(body), alt)
    return f"{_head(raw, alt)}{_page_fonts(_page_colors(own))}</svg>"


def root(figure: Figure | Axes) -> Figure:
    """Find the figure that an axes belongs to."""
    whole = figure.get_figure(root=True)
    assert whole is not None
    return whole


@contextmanager
def quiet_fonts() -> Iterator[None]:
    """Keep matplotlib from warning of letters that no font of this machine has."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        yield


def _drawn(figure: Figure) -> str:
    file = io.StringIO()
    with style(), quiet_fonts(), _roomy(figure):
        figure.savefig(file, format="svg", metadata=_NOTHING, transparent=True, dpi=144)
    return file.getvalue()


@contextmanager
def _roomy(figure: Figure) -> Iterator[None]:
    """Lay the figure out in a wide font, for the font of the reader's system is not known."""
    from matplotlib.text import Text

    texts = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    families = [text.get_fontfamily() for text in texts]
    for text in texts:
        text.set_fontfamily("DejaVu Sans")
    try:
        yield
    finally:
        for text, family in zip(texts, families, strict=True):
            text.set_fontfamily(family)


def _head(raw: str, alt: str) -> str:
    """Open the element: as wide as its place, but no wider than reads well."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', raw)
    assert box is not None
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {box[1]} {box[2]}" width="100%" '
        f'role="img" aria-label="{html.escape(alt, quote=True)}" style="display:block;height:auto;'
        f"max-width:{float(box[1]) * _ENLARGED:.0f}px;overflow:visible;"
        'fill:currentColor;stroke-linejoin:round;stroke-linecap:butt">'
    )


def _plain(body: str) -> str:
    """Drop matplotlib's comments, indentation and style sheet, which would reach the whole page."""
    body = re.sub(r"<!--.*?-->|<style.*?</style>", "", body, flags=re.DOTALL)
    return re.sub(r">\s+<", "><", body).replace("xlink:href", "href")


def _own_ids(body: str, alt: str) -> str:
    """Keep the ids that something refers to, under names of this figure's own."""
    used = set(re.findall(r'(?:url\(|href=")#([^)"]+)', body))
    digest = hashlib.sha256((alt + body).encode()).hexdigest()
    prefix = f"f{digest[:8]}-"

    def rename(match: re.Match[str]) -> str:
        return f' id="{prefix}{match[1]}"' if match[1] in used else ""

    body = re.sub(r' id="([^"]+)"', rename, body)
    return re.sub(r'(url\(|href=")#', rf"\g<1>#{prefix}", body)


def _page_colors(body: str) -> str:
    table = _variables()
    return re.sub(r"#[0-9a-f]{6}\b", lambda match: table.get(match[0], match[0]), body)


def _page_fonts(body: str) -> str:
    """Give every text the page's font, with digits of equal width."""
    short = re.sub(r"font: ?([^;\"]*?)([\d.]+px)[^;\"]*", rf"font: \1\2 {_FONT}", body)
    return re.sub(r"font-family: ?[^;\"]*", f"font-family: {_FONT}", short)


@cache
def _variables() -> dict[str, str]:
    last = len(palette.ramp()) - 1
    table = {
        color: f"color-mix(in oklab,var(--ramp1,{palette.ramp()[-1]}) {100 * step / last:.0f}%,"
        f"var(--ramp0,{palette.ramp()[0]}))"
        for step, color in enumerate(palette.ramp())
    }
    for number, color in enumerate(palette.CATEGORIES, start=1):
        table[color] = f"var(--category-{number},{color})"
    return table | {
        "#000000": "currentColor",
        palette.INK: "currentColor",
        palette.SOFT: f"var(--soft,{palette.SOFT})",
        palette.LINE: "var(--line,#8888884d)",
        palette.PAPER: f"var(--paper,{palette.PAPER})",
        palette.ACCENT: f"var(--accent,{palette.ACCENT})",
        palette.WARN: f"var(--warn,{palette.WARN})",
    }
