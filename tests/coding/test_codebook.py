"""The codebook: its file, what it refuses, codings compared with it, versions."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iconometrics.coding import Category, Codebook, Codings, Store, Variable
from iconometrics.errors import IconometricsWarning, InputError

BOOK = Codebook(
    [
        Variable(
            "protest",
            "Is this a protest?",
            categories=(Category("1", "Yes", "Three or more.", ("a.jpg",)), Category("0", "No")),
        ),
        Variable("violence", type="ordinal", categories=("none", "some", "much")),
        Variable("people", type="count"),
        Variable("symbols", type="multi-label", categories=("flag", "sign", "fire")),
        Variable("mood", type="interval"),
        Variable("remarks", type="text"),
        Variable("face", type="region", categories=("man", "woman")),
        Variable("push", type="event"),
    ],
    version="3",
    name="protests",
    instructions='Only "what" is seen.\nNothing else \\ more.',
)


def codes(variable, values, coder="anna", **columns):
    data = {"image": [f"{n}.jpg" for n in range(len(values))], "variable": variable}
    return Codings(pd.DataFrame({**data, "value": values, "coder": coder, **columns}))


def test_a_codebook_comes_back_from_its_file(tmp_path):
    read = Codebook.read(BOOK.write(tmp_path / "codebook.toml"))
    assert read == BOOK
    assert read.instructions == BOOK.instructions
    assert read["protest"].categories[0].examples == ("a.jpg",)


TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


@given(question=TEXT, label=TEXT, instructions=TEXT)
def test_any_text_comes_back(question, label, instructions):
    categories = (Category("1", label), "0")
    book = Codebook([Variable("v", question, categories=categories)], instructions=instructions)
    assert Codebook.parse(book.text()) == book


def test_the_template_is_a_codebook_with_every_common_type():
    book = Codebook.parse(Codebook.template())
    assert {variable.type for variable in book} >= {"nominal", "ordinal", "count", "multi-label"}
    assert book["protest"].categories[0].label == "Yes"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[[variables]]\nname = "v"\ntype = "nominl"',
            "unknown type 'nominl'; expected one of nom",
        ),
        ('[[variables]]\nname = "v"\ncategories = ["yes", "Yes"]', "duplicate category 'yes'"),
        ('[[variables]]\nname = "v"\ncategories = ["yes"]', "at least two"),
        ('[[variables]]\nname = "v"\ntype = "count"\ncategories = ["a", "b"]', "no categories"),
        ('[[variables]]\nname = "v"\ntype = "text"\n' * 2, "'v' twice"),
        ('[[variables]]\nname = "v"\ntyp = "text"', "variable 'v': unknown typ; expected name"),
        ('title = "x"', "unknown title"),
        ('version = "1"', "at least one variable"),
        ('variables = ["v"]', r"\[\[variables\]\]"),
        ("name = ", "TOML"),
        ('[[variables]]\nname = ""\ntype = "text"', "without a name"),
        ('[[variables]]\nname = "v"\ntype="multi-label"\ncategories = ["a;b", "c"]', "holds ';'"),
        ('[[variables]]\nname = "v"\n[[variables.categories]]\nlabel = "x"', "without a value"),
    ],
)
def test_unusable_codebooks_say_why(text, message):
    with pytest.raises(InputError, match=message):
        Codebook.parse(text)


def test_no_codebook_and_no_text_say_so(tmp_path):
    with pytest.raises(InputError, match="no such codebook"):
        Codebook.read(tmp_path / "none.toml")
    (tmp_path / "odd.toml").write_bytes(b"name = '\xff'")
    with pytest.raises(InputError, match="UTF-8"):
        Codebook.read(tmp_path / "odd.toml")


@pytest.mark.parametrize(
    ("variable", "given", "read"),
    [
        ("protest", " yes ", "1"),
        ("protest", "NO", "0"),
        ("protest", "1", "1"),
        ("violence", "Some", "some"),
        ("people", "3.0", "3"),
        ("symbols", "fire; FLAG", "flag;fire"),
        ("mood", "-1.5", "-1.5"),
        ("remarks", "anything; at all", "anything; at all"),
    ],
)
def test_answers_are_read_as_people_write_them(variable, given, read):
    codings = codes(variable, [given])
    if given == read:
        assert BOOK.check(codings)[variable].tolist() == [read]
    else:
        with pytest.warns(IconometricsWarning, match="as the codebook has them"):
            assert BOOK.check(codings)[variable].tolist() == [read]


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("protest", "maybe", "one of 1, 0"),
        ("people", "-1", "a whole number"),
        ("people", "2.5", "a whole number"),
        ("people", "many", "a whole number"),
        ("mood", "inf", "a number"),
        ("symbols", "flag;smoke", "any of flag, sign, fire"),
        ("face", "man", "a region"),
        ("push", "shove", "a start"),
        ("other", "x", "a variable of the codebook"),
    ],
)
def test_values_outside_the_codebook_are_named_with_their_row(variable, value, expected):
    codings = codes(variable, [None, value])
    found = BOOK.problems(codings)
    assert found[["row", "image", "value"]].values.tolist() == [[2, "1.jpg", value]]
    with pytest.raises(InputError, match=f"row 2, image 1.jpg by anna: .*expected {expected}"):
        BOOK.check(codings)


def test_a_message_names_five_and_counts_the_rest():
    with pytest.raises(InputError, match=r"8 codings not in the codebook: .*and 3 more"):
        BOOK.check(codes("protest", ["x"] * 8))


def test_codings_get_the_version_once():
    codings = codes("protest", ["1", "0"], codebook_version=["2", None])
    assert BOOK.check(codings).data["codebook_version"].tolist() == ["2", "3"]


def test_changes_are_told_in_words():
    new = Codebook(
        [
            Variable(
                "protest",
                "Protest?",
                categories=(Category("1", "Yes"), Category("0", "No"), "unclear"),
            ),
            Variable("violence", type="nominal", categories=("none", "much", "some")),
            Variable("police", categories=("yes", "no")),
        ]
    )
    told = new.changes(BOOK)
    assert "variable 'police' added" in told and "variable 'people' dropped" in told
    assert "protest: category 'unclear' added" in told
    assert "protest: question 'Is this a protest?' became 'Protest?'" in told
    assert "protest: category '1': instruction, examples changed" in told
    assert "violence: type 'ordinal' became 'nominal'" in told
    assert any("another order" in change for change in told)
    assert BOOK.changes(BOOK) == ()


def test_a_codebook_changed_after_coding_began_gets_a_new_version(tmp_path):
    store = Store(tmp_path / "codings.db")
    old = Codebook([Variable("protest", categories=("yes", "no"))])
    draft = Codebook([Variable("protest", categories=("yes", "nope"))])
    assert store.add_codebook(draft).version == "1"
    assert store.add_codebook(old).version == "1"
    assert store.codebooks() == {"1": old}
    series = pd.Series({"a": "yes"}, name="protest")
    store.add_codings(old.check(Codings.from_series(series, coder="anna")))
    new = Codebook([Variable("protest", categories=("yes", "no", "unclear"))])
    with pytest.warns(IconometricsWarning, match=r"1 coding by version 1: .*'unclear' added.*2"):
        kept = store.add_codebook(new)
    assert kept.version == "2"
    with pytest.warns(IconometricsWarning):
        assert store.add_codebook(new).version == "2"
    series = pd.Series({"b": "unclear"}, name="protest")
    store.add_codings(kept.check(Codings.from_series(series, coder="anna")))
    assert store.codings().data["codebook_version"].tolist() == ["1", "2"]
    assert store.codebooks() == {"1": old, "2": kept}
