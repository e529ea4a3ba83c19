"""How accuracy is shown: sentence, notebook, figures, the gallery of errors."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from iconometrics.coding import Codings
from iconometrics.corpus import Corpus
from iconometrics.errors import InputError
from iconometrics.validity import accuracy


def codes(values, *, coder="svm", **options):
    series = pd.Series(values, name="protest", dtype="str")
    return Codings.from_series(series, coder=coder, **options)


def texts(figure):
    from matplotlib.text import Text

    return [text.get_text() for text in figure.findobj(Text)]


def test_the_sentence_says_value_interval_and_n(measure, gold):
    result = accuracy(measure, gold=gold)
    sentence = result.summary()
    assert f"{result.accuracy.value:.1%} of 200 images" in sentence
    assert f"{result.accuracy.low:.1%} to {result.accuracy.high:.1%}" in sentence
    assert repr(result) == sentence
    assert "for this corpus" in sentence
    assert "corpus" not in accuracy(measure, gold=gold, target="beyond").summary()
    assert result.status == "compared with 200 codes: accuracy .86 (.81 to .90)"


def test_the_notebook_shows_names_as_text():
    values = {"a": "<b>", "b": "<i>"}
    shown = accuracy(codes(values), gold=codes(values, coder="<u>"))._repr_html_()
    assert "&lt;b&gt;" in shown and "<b>" not in shown and "<i>" not in shown


def test_figures(measure, gold):
    result = accuracy(measure, gold=gold)
    labels = [text.get_text() for text in result.plot().get_yticklabels()]
    assert labels[-1] == "accuracy" and len(labels) == 7
    assert "riot" in texts(result.plot_confusion().figure)
    assert result.plot_calibration().get_ylabel() == "share correct"
    from matplotlib.figure import Figure

    own = Figure().subplots()
    assert result.plot(own) is own


def test_many_categories_show_f1_only():
    truth = pd.Series(list("0123456789") * 3, index=[str(number) for number in range(30)])
    labels = accuracy(codes(truth), gold=codes(truth, coder="a")).plot().get_yticklabels()
    assert len(labels) == 11 and "0: F1" in [text.get_text() for text in labels]


@pytest.fixture
def pictures(tmp_path):
    random = np.random.default_rng(0)
    for name in "abcd":
        Image.fromarray(random.integers(0, 255, (40, 60, 3), dtype=np.uint8)).save(
            tmp_path / f"{name}.png"
        )
    return Corpus.from_folder(tmp_path)


def test_the_gallery_shows_the_misclassified(pictures):
    truth = {"a.png": "yes", "b.png": "no", "c.png": "yes", "d.png": "yes"}
    confidence = pd.Series({"a.png": 0.9, "b.png": 0.8, "c.png": 0.7, "d.png": 0.95})
    measure = codes(truth | {"a.png": "no", "d.png": "no"}, confidence=confidence)
    result = accuracy(measure, gold=codes(truth, coder="anna"))
    shown = [text for text in texts(result.gallery(pictures)) if text]
    lines = ["gold yes", "measured no"]
    assert shown == [*lines, "confidence .95", *lines, "confidence .90"]
    assert "confidence .90" not in texts(result.gallery(pictures, n=1))
    assert result.gallery(pictures, anonymize=True) is not None


def test_the_gallery_needs_the_corpus_and_errors(pictures):
    truth = {"a.png": "yes", "b.png": "no"}
    gold = codes(truth, coder="anna")
    with pytest.raises(InputError, match="nothing is misclassified"):
        accuracy(codes(truth), gold=gold).gallery(pictures)
    turned = {"a.png": "no", "b.png": "yes"}
    with pytest.raises(InputError, match=r"not in the corpus \(a\.png\)"):
        accuracy(codes(turned), gold=gold).gallery(pictures.select(["b.png"]))
