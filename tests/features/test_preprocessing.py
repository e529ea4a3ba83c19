"""Steps before measuring: their names, their order, and that they are kept apart."""

from __future__ import annotations

import pickle
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from skimage import data
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from iconometrics import Corpus, Study, features, images
from iconometrics.errors import InputError
from iconometrics.features import STEPS, Preprocessed, get, preprocess
from iconometrics.options import key

PICTURE = data.astronaut()


@pytest.mark.parametrize("step", sorted(STEPS))
def test_each_step_comes_before_measuring(step: str) -> None:
    made = get("hog", before=step)
    expected = get("hog").measure(STEPS[step](PICTURE))
    np.testing.assert_array_equal(made.measure(PICTURE), expected)
    np.testing.assert_array_equal(made.compute(made.prepare(PICTURE)).astype("f4"), expected)


def test_steps_run_in_their_order() -> None:
    one = preprocess(PICTURE, "crop face + clahe")
    np.testing.assert_array_equal(one, images.equalize(images.crop_face(PICTURE)))
    other = preprocess(PICTURE, "clahe + crop face")
    assert one.shape != other.shape or not np.array_equal(one, other)


def test_the_text_form_says_all() -> None:
    made = get("hog:cell=8:before='crop face+clahe'")
    assert made.spec == "hog:cell=8:before='crop face + clahe'"
    again = get(made.spec)
    assert (again.spec, again.get_params()) == (made.spec, made.get_params())
    # What a study keeps of an extractor is its name and its options.
    assert get(made.name, **made.get_params()).spec == made.spec
    plain = get("hog:cell=8")
    assert (made.name, made.version, made.columns()) == ("hog", plain.version, plain.columns())
    assert key(made.name, made.get_params()) != key(plain.name, plain.get_params())
    assert get("hog", before=None).spec == "hog"


def test_numbers_do_not_depend_on_the_size_it_was_opened_at() -> None:
    large = cv2.resize(PICTURE, (1536, 1536), interpolation=cv2.INTER_CUBIC)
    made = get("color:before='clahe'")
    reduced = images.resize(large, 512)
    np.testing.assert_array_equal(made.measure(large), made.measure(reduced))


def test_scikit_learn_and_other_processes() -> None:
    made = get("color:size=64:before='gray world'")
    for other in (clone(made), pickle.loads(pickle.dumps(made))):
        assert isinstance(other, Preprocessed)
        assert other.spec == made.spec
        np.testing.assert_array_equal(other.measure(PICTURE), made.measure(PICTURE))
    chained = make_pipeline(clone(made)).fit_transform([PICTURE])
    pd.testing.assert_frame_equal(chained, made.transform([PICTURE]))
    assert made.set_params(size=32, before="clahe").spec == "color:size=32:before='clahe'"


def test_light_no_longer_matters() -> None:
    """The face stays what it is under a third of the light and another tint."""
    dim = (PICTURE * [0.33, 0.25, 0.4]).astype(np.uint8)
    plain, cleaned = get("color"), get("color:before='gray world + clahe'")
    names = [c.name for c in plain.columns()]
    for name in ("color_hue_spread", "color_brightness"):
        k = names.index(name)
        far = abs(plain.measure(PICTURE)[k] - plain.measure(dim)[k])
        near = abs(cleaned.measure(PICTURE)[k] - cleaned.measure(dim)[k])
        assert near < far


def test_a_corpus_is_cleaned_in_workers(folder: Path) -> None:
    corpus = Corpus.from_folder(folder)
    corpus = corpus.select([i for i in corpus.ids if i.endswith("png")])
    made = get("color:before='clahe'")
    table = features.extract(corpus, [made.spec])
    assert table.columns.tolist() == list(made.get_feature_names_out())
    assert not table.equals(features.extract(corpus, ["color"]))
    with pytest.raises(InputError, match="each name once"):
        features.extract(corpus, ["color", made.spec])


def test_drawing_shows_what_is_measured() -> None:
    ax = get("faces:before='crop face'").show(PICTURE)
    height, _ = ax.images[0].get_array().shape[:2]
    assert height == images.crop_face(PICTURE).shape[0]


@pytest.mark.parametrize("steps", ["sharpen", "clahe,crop face", "", "clahe +"])
def test_unknown_steps(steps: str) -> None:
    with pytest.raises(InputError, match="expected some of 'clahe'"):
        get("color", before=steps)


def test_a_study_keeps_both(folder: Path, tmp_path: Path) -> None:
    for name in ("empty.jpg", "page.jpg"):
        (folder / name).unlink()
    study = Study.create(tmp_path / "study", folder)
    plain = study.features(["color"])
    cleaned = study.features(["color:before='clahe'"])
    assert not plain.equals(cleaned)
    pd.testing.assert_frame_equal(study.features(["color"]), plain)
    assert len(list((tmp_path / "study/features").glob("color-*"))) == 2
