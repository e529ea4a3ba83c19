"""Tables as text, HTML, LaTeX and CSV; the figure."""

import io
import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings
from iconometrics.inference import estimate
from iconometrics.inference.writing import cells


@pytest.fixture
def result():
    random = np.random.default_rng(0)
    n = 80
    data = pd.DataFrame(
        {
            "likes_&_<b>": random.normal(size=n) * 1000,
            "road type": random.choice(["50%", "$x_1$"], n),
        },
        index=[f"{number}.jpg" for number in range(n)],
    )
    measure = Codings.from_series(
        pd.Series(random.choice(["yes", "no"], n), index=data.index),
        variable="protest",
        coder="svm",
    )
    return estimate("`likes_&_<b>` ~ protest + `road type`", data, measure=measure)


def test_html_is_escaped_and_the_missing_validation_red(result):
    html = result.to_html()
    assert "<b>" not in html and "&lt;b&gt;" in html
    assert '<span class="not-validated"' in html
    assert html.count("<tr>") == 4
    assert result._repr_html_() == html


def test_latex_is_escaped_and_balanced(result):
    latex = result.to_latex()
    body = "\n".join(line for line in latex.splitlines() if not line.startswith("%"))
    assert (
        r"\toprule" in body and r"\bottomrule" in body and r"\textcolor{red}{not validated}" in body
    )
    assert r"road type[50\%]" in body and not re.search(r"(?<!\\)[$#]", body)
    rows = [line for line in body.splitlines() if line.count(" & ") > 1]
    assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {6}


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX here")
def test_latex_compiles(result, tmp_path):
    page = tmp_path / "page.tex"
    page.write_text(
        r"\documentclass{article}\usepackage{booktabs,xcolor}\begin{document}"
        + result.to_latex()
        + r"\end{document}"
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", page.name]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0


def test_csv_keeps_every_digit(result):
    read = pd.read_csv(io.StringIO(result.to_csv()))
    pd.testing.assert_frame_equal(read, result.table(), check_dtype=False)


def test_text_is_even_and_tells_all(result):
    lines = result.to_text().splitlines()
    assert "R2" in lines[0]
    assert lines[1].split() == ["method", "term", "estimate", "se", "95%", "interval", "p", "n"]
    assert len({len(line) for line in lines[1:5]}) == 1
    assert any("naive assumes: protest measured without error (not validated)" in x for x in lines)
    assert repr(result) == result.to_text()


@pytest.mark.parametrize(
    ("value", "error", "p", "expected"),
    [
        (1.23456, 0.0712, 0.00001, ["1.235", "0.071", "1.095 to 1.374", "< .001"]),
        (12345.6, 220.0, 0.0712, ["12,346", "220", "11,914 to 12,777", ".071"]),
        (3e-9, 2e-9, 0.9999, ["3e-09", "2e-09", "-9.2e-10 to 6.92e-09", "1.000"]),
        (2.0, 0.0, float("nan"), ["2", "0", "2 to 2", ""]),
    ],
)
def test_numbers_show_two_digits_of_their_error(value, error, p, expected):
    row = {"method": "direct", "term": "x", "estimate": value, "se": error, "p": p, "n": 5}
    row |= {"low": value - 1.96 * error, "high": value + 1.96 * error}
    written = cells(pd.DataFrame([row]), 0.95).iloc[0]
    assert written[["estimate", "se", "95% interval", "p"]].tolist() == expected


def test_the_figure_leaves_the_intercept_out_and_marks_what_is_not_validated(result):
    labels = [text.get_text() for text in result.plot().get_yticklabels()]
    assert len(labels) == 2 and not any("intercept" in label for label in labels)
    dots = [line for line in result.plot().lines if line.get_marker() == "o"]
    assert {dot.get_markerfacecolor() for dot in dots} != {dots[0].get_markeredgecolor()}
    from matplotlib.figure import Figure

    own = Figure().subplots()
    assert result.plot(own) is own


def test_a_table_is_a_copy(result):
    table = result.table()
    table.loc[0, "estimate"] = 99
    assert result.rows.loc[0, "estimate"] != 99
