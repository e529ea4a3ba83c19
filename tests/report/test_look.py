"""The look: contrast, and the page in a browser at the width of a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
INKS = ("ink", "soft", "accent", "warn", "good")
GROUNDS = ("paper", "card")
MODES = ("light", "dark", "print")


def style() -> str:
    return (files("iconometrics.report") / "templates" / "report.css").read_text(encoding="utf-8")


def variables(mode: str) -> dict[str, str]:
    """The colors of a mode, as the style sheet sets them."""
    roots = re.findall(r":root \{(.*?)\}", style(), re.DOTALL)
    found: dict[str, str] = {}
    for block in (roots[0], *({"dark": roots[1:2], "print": roots[2:3]}.get(mode, []))):
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
    return found


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_it_should() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
def test_every_ink_can_be_read_on_every_ground(mode: str, ground: str, ink: str) -> None:
    colors = variables(mode)
    assert contrast(colors[ink], colors[ground]) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_red_can_be_read_on_its_badge(mode: str) -> None:
    colors = variables(mode)
    assert contrast(colors["warn"], colors["warnground"]) >= 4.5
    assert contrast(colors["paper"], colors["ink"]) >= 7


def test_each_mode_has_colors_of_its_own() -> None:
    assert len({variables(mode)["paper"] for mode in MODES}) == 3
    names = {name for name in variables("light") if not name.startswith("category")}
    assert names <= set(re.findall(r"--([\w-]+): #", style().split("@media (prefers-color")[1]))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip("no Chromium here")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


def visit(browser: Any, path: Path, **options: Any) -> Any:
    page = browser.new_context(**options).new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.complaints.append(request.url)
            if not request.url.startswith(("data:", "file:")) else None)  # fmt: skip
    page.goto(path.as_uri())
    return page


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_nothing_sticks_out(browser: Any, written: Path, scheme: str, width: int) -> None:
    page = visit(browser, written, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = page.evaluate(
        "[...document.querySelectorAll('main *, header *')].filter(e => !e.closest('.scroll, "
        ".drawing') && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML"
        ".slice(0, 80))"
    )
    assert wide == [] and page.complaints == []


@pytest.mark.slow
def test_the_ground_follows_the_scheme(browser: Any, written: Path) -> None:
    grounds = {
        scheme: visit(browser, written, color_scheme=scheme).evaluate(
            "getComputedStyle(document.documentElement).backgroundColor"
        )
        for scheme in ("light", "dark")
    }
    assert grounds == {"light": "rgb(251, 250, 247)", "dark": "rgb(21, 21, 19)"}


@pytest.mark.slow
def test_a_picture_opens_with_its_id(browser: Any, written: Path) -> None:
    page = visit(browser, written, viewport={"width": 1280, "height": 800})
    shot = page.locator("#chapter-1 .shot").first
    name = shot.locator(".id b").text_content()
    shot.click()
    box = page.locator("dialog")
    assert box.is_visible() and name in box.inner_text()
    page.keyboard.press("Escape")
    assert not box.is_visible()
    shot.focus()
    page.keyboard.press("Enter")
    assert box.is_visible() and page.complaints == []


@pytest.mark.slow
def test_rows_are_even_and_pictures_whole(browser: Any, written: Path) -> None:
    page = visit(browser, written, viewport={"width": 1280, "height": 800})
    lines = page.evaluate(
        "[...document.querySelectorAll('#chapter-1 .line')].map(line => [...line.querySelectorAll("
        "'img')].map(i => [i.getBoundingClientRect().height, i.getBoundingClientRect().width / "
        "i.getBoundingClientRect().height - i.naturalWidth / i.naturalHeight]))"
    )
    assert len(lines) >= 2
    for line in lines:
        heights = [height for height, _ in line]
        assert max(heights) - min(heights) < 3
        assert all(abs(bent) < 0.05 for _, bent in line)


@pytest.mark.slow
def test_the_page_reads_without_scripts(browser: Any, written: Path) -> None:
    page = visit(browser, written, java_script_enabled=False)
    assert page.locator("main h2").count() == 8
    shot = page.locator("#chapter-1 .shot").first
    shot.focus()
    assert shot.locator(".id").is_visible()
    page.locator("summary").first.click()
    assert page.locator("details[open]").count() == 1


@pytest.mark.slow
def test_it_prints(browser: Any, written: Path) -> None:
    page = visit(browser, written)
    pdf = page.pdf(format="A4")
    assert pdf[:5] == b"%PDF-" and 4 < pdf.count(b"/Type /Page\n") + pdf.count(b"/Type/Page/") < 60
