"""Tally sheets: real digits laid into forms with rules, noise, faded ink and known alterations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from iconometrics.lessons.tallies.handwriting import Hand

__all__ = ["CELLS", "COLUMNS", "PARTIES", "SIZE", "Cell", "Sheet", "draw_sheet", "fill_sheets"]

PARTIES = ("Anchor", "Beacon", "Comet", "Delta", "Ember")
COLUMNS = 3
SIZE = (520, 420)
_CELL = 56
_LEFT, _TOP = 290, 108
_SHARES = (0.38, 0.29, 0.17, 0.11, 0.05)

Box = tuple[int, int, int, int]


def _box(row: int, column: int) -> Box:
    left, top = _LEFT + column * _CELL, _TOP + row * _CELL
    return left, top, left + _CELL, top + _CELL


CELLS: dict[str, Box] = {
    f"{party}-{10 ** (COLUMNS - 1 - column)}": _box(row, column)
    for row, party in enumerate(PARTIES)
    for column in range(COLUMNS)
}


class Cell(NamedTuple):
    """One digit on a sheet: what it says, whose stroke it is, what was written over it."""

    part: str
    digit: int
    source: int
    over: int


@dataclass(frozen=True, eq=False)
class Sheet:
    """A filled form: its true counts, who filled it, how it was altered and scanned."""

    number: int
    clerk: int
    counts: tuple[int, ...]
    altered: str
    poor: bool
    cells: tuple[Cell, ...]


def fill_sheets(
    hands: list[Hand],
    *,
    n: int,
    altered: float,
    poor: float,
    rng: np.random.Generator,
) -> list[Sheet]:
    """Fill sheets in turn with the hands' digits; alter one row of a known share of them."""
    changed = set(rng.permutation(n)[: round(altered * n)].tolist())
    faded = set(rng.permutation(n)[: round(poor * n)].tolist())
    return [
        _fill(i, i % len(hands), hands[i % len(hands)], i in changed, i in faded, rng)
        for i in range(n)
    ]


def _fill(
    number: int, clerk: int, hand: Hand, altered: bool, poor: bool, rng: np.random.Generator
) -> Sheet:
    counts = rng.multinomial(int(rng.integers(150, 900)), _SHARES)
    altered_row = int(rng.integers(len(PARTIES))) if altered else -1
    cells = []
    for (part, _), (row, digit) in zip(CELLS.items(), _digits(counts), strict=True):
        source = int(rng.choice(hand.source[hand.digit == digit]))
        over = int(rng.choice(hand.source[hand.digit != digit])) if row == altered_row else -1
        cells.append(Cell(part, digit, source, over))
    party = PARTIES[altered_row] if altered else ""
    return Sheet(number, clerk, tuple(int(count) for count in counts), party, poor, tuple(cells))


def _digits(counts: NDArray[np.int64]) -> list[tuple[int, int]]:
    texts = [f"{count:0{COLUMNS}d}" for count in counts]
    return [(row, int(digit)) for row, text in enumerate(texts) for digit in text]


def draw_sheet(
    sheet: Sheet, strokes: NDArray[np.float32], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Draw a sheet as a scanner would see it."""
    ink = np.zeros(SIZE[::-1], np.float32)
    pressure = rng.uniform(0.35, 0.55) if sheet.poor else rng.uniform(0.75, 1.0)
    for cell in sheet.cells:
        _write(ink, CELLS[cell.part], strokes[cell.source], pressure, rng)
        if cell.over >= 0:
            _write(ink, CELLS[cell.part], strokes[cell.over], min(1.0, 1.15 * pressure), rng)
    return _scan(_printed_form(sheet), ink, sheet.poor, rng)


def _write(
    ink: NDArray[np.float32],
    box: Box,
    stroke: NDArray[np.float32],
    pressure: float,
    rng: np.random.Generator,
) -> None:
    """Put one digit into its cell, a little off the middle; what stands there stays visible."""
    import cv2

    size = int(rng.integers(37, 42))
    grown = cv2.resize(stroke, (size, size), interpolation=cv2.INTER_CUBIC)
    sharp = 1 / (1 + np.exp(-(np.clip(grown, 0, 1) - 0.45) * 12))
    left = box[0] + (_CELL - size) // 2 + int(rng.integers(-2, 3))
    top = box[1] + (_CELL - size) // 2 + int(rng.integers(-2, 3))
    here = ink[top : top + size, left : left + size]
    np.maximum(here, sharp * pressure * rng.uniform(0.9, 1.0), out=here)


def _printed_form(sheet: Sheet) -> NDArray[np.float32]:
    """Rules, party names and the heading, as lightness from 0 to 1."""
    from PIL import Image, ImageDraw, ImageFont

    form = Image.new("L", SIZE, 255)
    draw = ImageDraw.Draw(form)
    draw.text((28, 22), "TALLY SHEET", fill=70, font=ImageFont.load_default(24))
    draw.text(
        (28, 58),
        f"Polling station {sheet.number + 1:04d}",
        fill=90,
        font=ImageFont.load_default(15),
    )
    right = _LEFT + COLUMNS * _CELL
    for row in range(len(PARTIES) + 1):
        y = _TOP + row * _CELL
        draw.line((28, y, right, y), fill=120, width=1)
    for column in range(COLUMNS + 1):
        x = _LEFT + column * _CELL
        draw.line((x, _TOP, x, _TOP + len(PARTIES) * _CELL), fill=120, width=1)
    for row, party in enumerate(PARTIES):
        draw.text((34, _TOP + row * _CELL + 18), party, fill=60, font=ImageFont.load_default(18))
    return np.asarray(form, np.float32) / np.float32(255)


def _scan(
    form: NDArray[np.float32], ink: NDArray[np.float32], poor: bool, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Paper, ink, a slight turn, blur and noise, as from a scanner."""
    import cv2

    paper = np.array([244, 240, 228], np.float32) * rng.uniform(0.94, 1.0)
    pen = np.array([38, 44, 92], np.float32)
    picture = form[..., None] * paper
    picture = picture * (1 - ink[..., None]) + pen * ink[..., None]
    turn = cv2.getRotationMatrix2D((SIZE[0] / 2, SIZE[1] / 2), rng.normal(0, 0.5), 1)
    picture = cv2.warpAffine(picture, turn, SIZE, borderValue=paper.tolist())
    picture = cv2.GaussianBlur(picture, (0, 0), 1.8 if poor else rng.uniform(0.6, 1.1))
    noise = rng.normal(0, 20 if poor else 8, picture.shape[:2]).astype(np.float32)
    seen: NDArray[np.uint8] = np.clip(picture + noise[..., None], 0, 255).astype(np.uint8)
    return seen
