"""Names, options as text, and the column dictionary."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iconometrics.errors import InputError
from iconometrics.features import (
    DEFAULT,
    HOG,
    Color,
    VisualWords,
    dictionary,
    get,
    register,
    registry,
)


def test_names_give_extractors() -> None:
    assert type(get("color")) is Color
    assert get("color", size=256).size == get("color:size=256").size == 256
    assert get("hog:cell=8", cell=32).get_params() == {"cell": 32, "size": 64}


@given(st.sampled_from([8, 16, 32]), st.sampled_from([64, 128]))
def test_the_text_form_says_all(cell: int, size: int) -> None:
    extractor = HOG(size=size, cell=cell)
    again = get(extractor.spec)
    assert (again.spec, again.get_params()) == (extractor.spec, extractor.get_params())


def test_defaults_are_not_written() -> None:
    assert get("hog").spec == "hog"
    assert HOG(cell=8).spec == "hog:cell=8"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("couleur", "expected one of .*color, .*hog"),
        ("color:width=3", "no option 'width'"),
        ("color:size", "expected option=value"),
        ("color:size=__import__('os')", "expected option=value"),
    ],
)
def test_wrong_names(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        get(name)


def test_a_name_is_registered_once() -> None:
    with pytest.raises(InputError, match="exists already"):
        register(type("Again", (Color,), {}))


def test_a_name_must_be_the_start_of_columns() -> None:
    class Wrong(Color):
        name: ClassVar[str] = "Two_words"

    with pytest.raises(InputError, match="lowercase letters"):
        register(Wrong)
    assert "Two_words" not in registry


def test_the_dictionary_has_a_row_a_column() -> None:
    table = dictionary()
    assert table.index.is_unique
    counts = table["set"].value_counts().to_dict()
    assert set(counts) == set(registry)
    assert (counts["hog"], counts["color"], counts["texture"]) == (328, 31, 27)
    assert table.loc["color_colorfulness", "source"].startswith("Hasler")
    assert len(dictionary(["hog:cell=32"])) == 4 + 36


def test_the_default_sets() -> None:
    assert DEFAULT == ("color", "texture", "edges", "hog", "lbp", "quality")
    assert set(DEFAULT) <= set(registry)


def test_size_none_measures_pictures_as_they_are() -> None:
    large = np.random.default_rng(1).integers(0, 256, (40, 1300, 3), dtype=np.uint8)
    for name in ("color", "texture", "edges", "lbp", "quality", "composition", "entropy"):
        whole = get(f"{name}:size=None")
        assert whole.prepare(large) is large
        np.testing.assert_array_equal(whole.measure(large), get(name, size=1300).measure(large))
        assert not np.array_equal(whole.measure(large), get(name).measure(large))
    with pytest.raises(InputError, match="expected a size of at least two cells"):
        get("hog:size=None").columns()


def test_workers_need_no_scikit_learn() -> None:
    code = "import sys, iconometrics.features; print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("folder", ["c:", "it's: here", 'a "b": c'])
def test_paths_with_colons_are_read_back(folder: str, tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    learned = VisualWords(words=3).fit([random.integers(0, 255, (64, 64), np.uint8)])
    (tmp_path / folder).mkdir()
    kept = learned.save(tmp_path / folder / "words.npz")
    again = get(kept.spec + ":levels=2")
    assert again.get_params() == {**kept.get_params(), "levels": 2}
