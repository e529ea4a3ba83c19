"""Vote tallies: who writes which digit, what is drawn, how it is added up and judged."""

from __future__ import annotations

import functools
import json
import operator

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits

from iconometrics import images
from iconometrics.lessons.tallies.counting import add_up, flag_sheets, sheet_confidence
from iconometrics.lessons.tallies.findings import Share, judge
from iconometrics.lessons.tallies.handwriting import share_out
from iconometrics.lessons.tallies.pile import INSIDE, lay_out
from iconometrics.lessons.tallies.sheets import CELLS, PARTIES, draw_sheet, fill_sheets

DIGITS = Share(1, 1, 1, 180)


@pytest.fixture(scope="module")
def hands():
    return share_out(trainers=4, clerks=6)


@pytest.fixture(scope="module")
def sheets(hands):
    rng = np.random.default_rng(3)
    return fill_sheets(hands[1], n=60, altered=0.2, poor=0.1, rng=rng)


def test_no_digit_belongs_to_two_hands(hands):
    sources = np.concatenate([hand.source for side in hands for hand in side])
    assert sorted(sources.tolist()) == list(range(1797))


def test_every_hand_writes_all_ten_digits():
    for hand in functools.reduce(operator.iadd, share_out(trainers=30, clerks=40), []):
        assert set(hand.digit) == set(range(10))


def test_a_hand_shows_what_it_says(hands):
    data = load_digits()
    for hand in hands[0]:
        assert (data.target[hand.source] == hand.digit).all()
        assert np.allclose(hand.strokes * 16, data.images[hand.source])


def test_shares_of_altered_and_poor_sheets_are_as_asked(sheets):
    assert sum(sheet.altered != "" for sheet in sheets) == 12
    assert sum(sheet.poor for sheet in sheets) == 6


def test_cells_spell_the_counts_with_digits_of_the_clerk(sheets, hands):
    target = load_digits().target
    for sheet in sheets:
        cells = pd.Series({f"s#{cell.part}": str(cell.digit) for cell in sheet.cells})
        assert add_up(cells).loc["s"].astype(int).tolist() == list(sheet.counts)
        mine = set(hands[1][sheet.clerk].source.tolist())
        assert all(cell.source in mine for cell in sheet.cells)
        assert all(target[cell.source] == cell.digit for cell in sheet.cells)


def test_only_the_altered_row_is_written_over_and_by_other_digits(sheets):
    target = load_digits().target
    for sheet in sheets:
        over = [cell for cell in sheet.cells if cell.over >= 0]
        assert {cell.part.rsplit("-", 1)[0] for cell in over} == {sheet.altered} - {""}
        assert all(target[cell.over] != cell.digit for cell in over)


def test_both_strokes_stay_visible(hands):
    strokes = (load_digits().images / 16).astype(np.float32)
    sheet = fill_sheets(hands[1], n=1, altered=1, poor=0, rng=np.random.default_rng(1))[0]
    before = sheet.__class__(
        **{**vars(sheet), "cells": tuple(c._replace(over=-1) for c in sheet.cells)}
    )
    ink = [
        images.gray(draw_sheet(one, strokes, np.random.default_rng(5))) for one in (before, sheet)
    ]
    for cell in sheet.cells:
        box = CELLS[cell.part]
        dark = [(images.crop(picture[..., None], box) < 150).mean() for picture in ink]
        if cell.over >= 0:
            assert dark[1] > dark[0]


def test_the_cut_leaves_the_rules_out():
    for part, (left, top, right, bottom) in INSIDE.items():
        outer = CELLS[part]
        assert outer[0] < left < right < outer[2]
        assert outer[1] < top < bottom < outer[3]


def test_the_same_seed_lays_out_the_same_pile(tmp_path, hands):
    piles = [
        lay_out(tmp_path / name, hands[1], name="s", n=3, altered=0.34, poor=0, seed=9)
        for name in "ab"
    ]
    assert piles[0].sheets.equals(piles[1].sheets)
    assert piles[0].cells.equals(piles[1].cells)
    for file in piles[0].sheets["file"]:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_a_missing_digit_makes_its_count_missing_and_no_other():
    cells = [f"s#{party}-{tens}" for party in PARTIES[:2] for tens in (100, 10, 1)]
    digits = pd.Series(["1", None, "3", "4", "5", "6"], index=cells, dtype="str")
    row = add_up(digits).loc["s"]
    assert np.isnan(row[PARTIES[0]])
    assert row[PARTIES[1]] == 456


def test_a_sheet_at_the_bound_is_flagged():
    confidence = pd.Series({"a#Anchor-10": 0.8, "a#Anchor-1": 1.0, "b#Anchor-1": 0.901})
    assert sheet_confidence(confidence).to_dict() == {"a": 0.9, "b": 0.901}
    assert flag_sheets(confidence).to_dict() == {"a": True, "b": False}


def _perfect(pile):
    return pd.DataFrame({"digit": pile.cells["digit"], "confidence": 1.0})


def test_a_perfect_reading_is_found_perfect(tmp_path, hands):
    pile = lay_out(tmp_path, hands[1], name="s", n=12, altered=0.25, poor=0, seed=1)
    findings = judge(_perfect(pile), pile.cells, pile.sheets, digits=DIGITS, seed=1)
    assert findings.sheets[:3] == findings.rows[:3] == (1, 1, 1)
    assert findings.flagged.value == findings.recall.value == 0
    assert (findings.totals["error"] == 0).all()


def test_one_misread_digit_costs_one_row_and_one_sheet(tmp_path, hands):
    pile = lay_out(tmp_path, hands[1], name="s", n=12, altered=0.25, poor=0, seed=1)
    read = _perfect(pile)
    cell = f"{pile.sheets.index[0]}#{PARTIES[0]}-10"
    read.loc[cell, "digit"] = str((int(read.loc[cell, "digit"]) + 1) % 10)
    findings = judge(read, pile.cells, pile.sheets, digits=DIGITS, seed=1)
    assert findings.rows.value == pytest.approx(1 - 1 / 60)
    assert findings.sheets.value == pytest.approx(11 / 12)
    assert findings.sheets.low < 11 / 12 < findings.sheets.high <= 1


def test_flag_precision_and_recall_are_shares_of_the_right_sheets(tmp_path, hands):
    pile = lay_out(tmp_path, hands[1], name="s", n=12, altered=0.25, poor=0, seed=1)
    read = _perfect(pile)
    altered = pile.sheets.index[pile.sheets["altered"] != ""]
    clean = pile.sheets.index[pile.sheets["altered"] == ""]
    doubted = [*altered[:2], *clean[:2]]
    read.loc[read.index.str.rsplit("#", n=1).str[0].isin(doubted), "confidence"] = 0.5
    findings = judge(read, pile.cells, pile.sheets, digits=DIGITS, seed=1)
    assert (findings.precision.value, findings.recall.value) == (0.5, pytest.approx(2 / 3))
    assert (findings.precision.n, findings.recall.n) == (4, 3)


@pytest.mark.slow
def test_the_demo_reads_tallies_and_reports(tmp_path):
    from iconometrics.lessons import tallies

    summary = tallies.run(tmp_path / "demo", seed=1)
    assert len(summary.lines) == 5
    assert summary.findings.digits.value > 0.9
    assert 0.05 <= summary.findings.flagged.value <= 0.25
    assert "Reading vote tallies" in summary.report.read_text()
    trained = json.loads(next((tmp_path / "demo").rglob("card.json")).read_text())
    assert trained["classes"] == [str(digit) for digit in range(10)]
