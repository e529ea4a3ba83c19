"""What every registered extractor must do."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage import data
from sklearn.base import clone, is_classifier
from sklearn.pipeline import make_pipeline
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from iconometrics import images
from iconometrics.errors import InputError
from iconometrics.features import Extractor, dictionary, get, registry

pictures = arrays(
    np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3)), fill=st.just(0)
) | arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)))


@pytest.fixture(params=sorted(registry))
def extractor(request: pytest.FixtureRequest) -> Extractor:
    return get(request.param)


def within(extractor: Extractor, row: NDArray[np.float32]) -> None:
    assert row.shape == (len(extractor.columns()),)
    assert row.dtype == np.float32
    assert np.isfinite(row).all()
    for column, value in zip(extractor.columns(), row.tolist(), strict=True):
        slack = 1e-5 * max(1, abs(column.high))
        assert column.low - slack <= value <= column.high + slack, column.name


def test_columns_say_what_they_are(extractor: Extractor) -> None:
    columns = extractor.columns()
    names = [column.name for column in columns]
    assert len(set(names)) == len(names)
    assert len({column.label for column in columns if column.plain}) == sum(
        column.plain for column in columns
    )
    assert any(column.plain for column in columns)
    for column in columns:
        assert column.name.startswith(f"{extractor.name}_")
        assert column.name.isidentifier()
        assert column.low < column.high
        texts = (column.label, column.formula, column.unit, column.source)
        assert all(texts)
        assert column.means_high != column.means_low
        assert not any(math.isnan(x) for x in (column.low, column.high))


def test_the_dictionary_and_the_table_agree(extractor: Extractor) -> None:
    table = extractor.transform(np.zeros((4, 5, 3), dtype=np.uint8))
    assert table.columns.tolist() == list(extractor.get_feature_names_out())
    assert table.columns.tolist() == dictionary([extractor]).index.tolist()


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pixels=pictures)
def test_any_picture_has_finite_numbers_in_range(
    extractor: Extractor, pixels: NDArray[np.uint8]
) -> None:
    within(extractor, extractor.measure(pixels))


@pytest.mark.parametrize("shape", [(1, 1), (1, 70), (70, 1), (2, 600), (1, 5000), (5000, 1)])
@pytest.mark.parametrize("level", [0, 77, 255])
def test_constant_and_extreme_pictures(
    extractor: Extractor, shape: tuple[int, int], level: int
) -> None:
    within(extractor, extractor.measure(np.full((*shape, 3), level, dtype=np.uint8)))


def test_photographs(extractor: Extractor) -> None:
    for picture in (data.astronaut(), data.camera(), data.lfw_subset()[0]):
        row = extractor.measure(picture)
        within(extractor, row)
        np.testing.assert_array_equal(row, extractor.measure(picture.copy(order="F")))


def test_the_working_size_is_what_is_measured(extractor: Extractor) -> None:
    picture = data.astronaut()
    prepared = extractor.prepare(picture)
    assert max(prepared.shape[:2]) == extractor.size or prepared is picture
    np.testing.assert_array_equal(
        extractor.measure(picture), extractor.compute(prepared).astype(np.float32)
    )
    larger = get(extractor.name, size=2 * extractor.size)
    assert larger.size == 2 * extractor.size
    assert not np.array_equal(
        larger.measure(images.resize(picture, shape=(1400, 1400)))[:4],
        extractor.measure(images.resize(picture, shape=(1400, 1400)))[:4],
    )


def test_inputs_are_left_alone(extractor: Extractor) -> None:
    picture = data.astronaut()[:50, :60].copy()
    before = picture.copy()
    extractor.measure(picture)
    np.testing.assert_array_equal(picture, before)


def test_scikit_learn_can_clone_and_chain(extractor: Extractor) -> None:
    assert clone(extractor).get_params() == extractor.get_params()
    assert clone(extractor.set_params(size=extractor.size * 2)).size == extractor.size
    check_is_fitted(extractor)
    assert not is_classifier(extractor)
    assert get_tags(extractor).requires_fit is False
    chain = make_pipeline(get(extractor.name))
    assert chain.fit_transform([data.camera()]).shape == (1, len(get(extractor.name).columns()))
    assert "size=" in repr(chain)
    with pytest.raises(InputError, match="no option"):
        extractor.set_params(nonsense=1)


def test_it_travels_to_other_processes(extractor: Extractor) -> None:
    again = pickle.loads(pickle.dumps(extractor))
    np.testing.assert_array_equal(again.measure(data.camera()), extractor.measure(data.camera()))


def test_it_draws_what_it_sees(extractor: Extractor) -> None:
    from matplotlib.figure import Figure

    ax = Figure().add_subplot()
    assert extractor.show(data.astronaut(), ax) is ax
    assert ax.has_data()
    assert extractor.show(np.zeros((1, 3, 3), dtype=np.uint8)) is not ax
