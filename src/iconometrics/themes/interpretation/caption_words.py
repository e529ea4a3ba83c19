"""Which words of captions a theme uses more, and less, than all others."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd

from iconometrics.errors import InputError

__all__ = ["PRIOR", "word_differences"]

PRIOR = 500.0
_WORD = re.compile(r"[^\W\d_][\w'’-]+")


def word_differences(
    labels: pd.Series,
    texts: pd.Series,
    *,
    top: int,
    prior: float = PRIOR,
    least: int = 3,
    level: float = 0.95,
) -> pd.DataFrame:
    """Rank the words that set the captions of each theme apart."""
    known = texts.reindex(labels.index).dropna().astype(str)
    words = known.map(lambda text: _WORD.findall(text.lower().replace("’", "'")))
    images = Counter(word for caption in words for word in set(caption))
    kept = sorted(word for word, n in images.items() if n >= least)
    if not kept or prior <= 0:
        raise InputError(
            f"{len(known)} captions, {len(kept)} words in at least {least} of them, prior={prior}: "
            "expected at least one word and a prior above zero. Lower least=, or give more text."
        )
    counts, everywhere = _counts(labels, words, kept)
    weights = prior * everywhere / everywhere.sum()
    parts = [
        _ranked(str(t), counts[t], everywhere - counts[t], weights, top, level) for t in counts
    ]
    return pd.concat(parts, ignore_index=True)


def _counts(labels: pd.Series, words: pd.Series, kept: list[str]) -> tuple[pd.DataFrame, pd.Series]:
    """Count the uses of each word in each theme, and in all captions."""
    themes = sorted((theme for theme in labels.unique() if theme != "none"), key=int)
    counts = pd.DataFrame(0.0, index=kept, columns=themes)
    everywhere = pd.Series(0.0, index=kept)
    for theme, captions in words.groupby(labels[words.index]):
        used = Counter(word for caption in captions for word in caption)
        column = pd.Series(used, dtype=float).reindex(kept).fillna(0)
        everywhere += column
        if theme in themes:
            counts[theme] = column
    return counts, everywhere


def _ranked(
    theme: str,
    inside: pd.Series,
    outside: pd.Series,
    weights: pd.Series,
    top: int,
    level: float,
) -> pd.DataFrame:
    from scipy.stats import norm

    total, all_weights = weights.sum(), (inside.sum(), outside.sum())
    first, second = inside + weights, outside + weights
    odds = np.log((first / (all_weights[0] + total - first)).to_numpy()) - np.log(
        (second / (all_weights[1] + total - second)).to_numpy()
    )
    error = np.sqrt((1 / first + 1 / second).to_numpy())
    half = norm.isf((1 - level) / 2) * error
    table = pd.DataFrame(
        {
            "theme": theme,
            "word": inside.index,
            "n": inside.to_numpy(int),
            "inside": 1000 * inside.to_numpy() / max(all_weights[0], 1),
            "outside": 1000 * outside.to_numpy() / max(all_weights[1], 1),
            "log_odds": odds,
            "low": odds - half,
            "high": odds + half,
            "z": odds / error,
        }
    )
    return table.sort_values("z", ascending=False, kind="stable").head(top)
