"""Where a machine coder is unsure, more is drawn."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings, draw_by_confidence

IDS = [f"p/{number:02}.jpg" for number in range(40)]
CORPUS = SimpleNamespace(ids=pd.Index(IDS, name="image"), metadata=pd.DataFrame(index=IDS))
SURE = pd.Series(0.5 + 0.5 * np.linspace(0, 1, 40) ** 0.5, index=IDS)
MACHINE = Codings.from_series(
    pd.Series("yes", index=IDS, name="protest"), coder="svm", confidence=SURE
)


def test_unsure_images_are_drawn_more_often_and_sure_ones_can_be():
    frame = draw_by_confidence(CORPUS, 9, codings=MACHINE, evenly=0.2, seed=1).frame
    probability = frame.set_index("image")["probability"][IDS]
    assert probability.sum() == pytest.approx(9)
    assert probability.is_monotonic_decreasing
    assert probability.iloc[-1] == pytest.approx(9 * 0.2 / 40)
    even = draw_by_confidence(CORPUS, 9, codings=MACHINE, evenly=1, seed=1)
    assert even.equal


def test_an_image_without_confidence_counts_as_the_least_sure():
    codings = MACHINE.select(IDS[1:])
    frame = draw_by_confidence(CORPUS, 9, codings=codings, seed=1).frame.set_index("image")
    assert frame.loc[IDS[0], "probability"] == frame.loc[IDS[1], "probability"]
