"""Codebook, samples, codes and budgets from the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd


def test_from_a_codebook_to_codes_of_two_people(desk: Path, ico: Callable[..., Any]) -> None:
    assert ico("new", "photos", "--metadata", "posts.csv", "--out", "study").status == 0
    done = ico("codes", "book", "study", "book.toml")
    assert done.status == 0 and done.last_line.startswith("book.toml: a codebook to change")
    (desk / "book.toml").write_text('[[variables]]\nname = "protest"\ncategories = ["yes", "no"]\n')
    assert ico("codes", "book", "study", "book.toml", "--json").json["version"] == "1"
    words = ("sample", "study", "--n", 10, "--coders", "anna,ben", "--overlap", 0.5, "--json")
    done = ico(*words)
    assert len(done.json["sheets"]) == 2 and len(done.json["images"]) == 10
    for sheet in done.json["sheets"]:
        table = pd.read_csv(sheet, dtype="str")
        table.assign(protest="yes").to_csv(sheet, index=False)
        told = ico("codes", "import", "study", sheet, "--json").json
        assert told["sample"] == "sample" and told["codings"] == len(table)
    for options in (("--wide",), ("--coder", "anna")):
        done = ico("codes", "export", "study", "--to", "codes.dta", *options)
        assert done.status == 0 and done.last_line.startswith("codes.dta: people's codes")
    assert set(pd.read_stata("codes.dta")["coder"]) == {"anna"}
    done = ico("sample", "study", "--n", 5, "--top-up", "sample")
    assert "5 images drawn" in done.last_line and "sample-2.csv" in done.last_line


def test_a_value_that_is_not_in_the_codebook_is_refused(
    desk: Path, ico: Callable[..., Any]
) -> None:
    assert ico("new", "photos", "--out", "study").status == 0
    (desk / "book.toml").write_text('[[variables]]\nname = "protest"\ncategories = ["a", "b"]\n')
    done = ico("codes", "import", "study", "codes.csv", "--codebook", "book.toml")
    assert done.status == 1 and "row 2, image china-00.png by codes" in done.err
    assert ico("codes", "export", "study").status == 1


def test_a_budget_before_and_after(desk: Path, ico: Callable[..., Any]) -> None:
    done = ico("budget", "--half-width", 0.05, "--value", 0.2, "--plot", "plan.png", "--json")
    assert done.json["n"] == 245 and (desk / "plan.png").stat().st_size > 5000
    assert ico("new", "photos", "--out", "study").status == 0
    assert ico("codes", "import", "study", "codes.csv", "--coder", "anna").status == 0
    words = ("--variable", "protest", "--category", "yes", "--half-width", 0.1, "--json")
    told = ico("budget", "study", *words).json
    assert told["what"] == "prevalence of protest = yes" and told["n"] <= 48
    assert ico("budget", "--what", "kappa").status == 1


def test_a_budget_to_detect_an_effect(desk: Path, ico: Callable[..., Any]) -> None:
    words = ["budget", "--what", "coefficient", "--effect", 0.1, "--spread", 0.8]
    measure = ["--rates", 0.9, 0.9, 0.2, "--images", 10_000, "--codes", 242]
    found = ico(*words, *measure, "--plot", "power.png", "--json").json
    assert found["needed"] == {"gold only": 505, "corrected": 242}
    assert found["reached"]["corrected"] == 0.801
    assert (desk / "power.png").stat().st_size > 1000
    style = ["--accounts", 100, "--errors-alike", 0.1, "--regressor-alike", 1]
    assert ico(*words, "--images", 10_000, *style, "--json").json["needed"] == {"gold only": 1039}
    assert ico("budget", "--effect", 0.1).status == 1
    assert ico(*words[:5]).status == 1


def test_a_budget_of_double_coding(ico: Callable[..., Any]) -> None:
    words = ["budget", "--what", "kappa", "--value", 0.7, "--half-width", 0.1, "--json"]
    assert ico(*words).json["n"] == 196
    assert ico(*words, "--prevalence", 0.05).json["n"] == 1091
    error = ["--what", "coder_error", "--value", 0.03, "--half-width", 0.01, "--json"]
    assert ico("budget", *error).json["n"] == 610
