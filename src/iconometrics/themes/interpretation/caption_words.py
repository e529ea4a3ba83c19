"""Which words of captions a theme uses more, and less, than all others."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.stats.holm import holm
from iconometrics.themes.interpretation.grouped import group_codes

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["PRIOR", "word_differences"]

PRIOR = 500.0
_WORD = re.compile(r"[^\W\d_][\w'’-]+")

Numbers = npt.NDArray[np.float64]


class _Side(NamedTuple):
    """The words of a theme's captions, or of all others, by account or caption (units, words)."""

    uses: csr_array
    weights: Numbers

    @property
    def counts(self) -> Numbers:
        return np.asarray(self.uses.sum(axis=0), float)

    @property
    def all_words(self) -> Numbers:
        """(units,) how many words each has."""
        return np.asarray(self.uses.sum(axis=1), float)

    @property
    def log_odds(self) -> Numbers:
        return np.asarray(np.log(self.weighted / self._rest))

    @property
    def weighted(self) -> Numbers:
        """Uses with those of the prior."""
        return np.asarray(self.counts + self.weights)

    @property
    def slope(self) -> Numbers:
        """How much a use more moves the log odds."""
        return np.asarray(1 / self.weighted + 1 / self._rest)

    @property
    def pull(self) -> Numbers:
        """How much each word is expected to move them."""
        return np.asarray(self.counts / max(self.counts.sum(), 1) * self.slope)

    @property
    def _rest(self) -> Numbers:
        return np.asarray(self.counts.sum() + self.weights.sum() - self.weighted)


def word_differences(
    labels: pd.Series,
    texts: pd.Series,
    *,
    top: int,
    prior: float = PRIOR,
    least: int = 3,
    level: float = 0.95,
    groups: pd.Series | None = None,
) -> pd.DataFrame:
    """Rank the words that set the captions of each theme apart."""
    known = texts.reindex(labels.index).dropna().astype(str)
    captions = known.map(lambda text: _WORD.findall(text.lower().replace("’", "'")))
    codes = None if groups is None or known.empty else group_codes(groups, known.index)
    units = np.arange(len(known)) if codes is None else codes
    kept = _kept(captions, units, least)
    if not kept or prior <= 0:
        raise InputError(
            f"{len(known)} captions, {len(kept)} words in at least {least} of them, prior={prior}: "
            "expected at least one word and a prior above zero. Lower least=, or give more text."
        )
    table = _all_themes(labels[known.index], _uses(captions, kept), units, prior, codes is not None)
    table.insert(1, "word", np.tile(kept, table["theme"].nunique()))
    return _together(table, level, top, grouped=codes is not None)


def _kept(captions: pd.Series, units: npt.NDArray[np.intp], least: int) -> list[str]:
    """Keep words that so many captions, or accounts, have."""
    pairs = {(word, unit) for unit, words in zip(units, captions, strict=True) for word in words}
    having = Counter(word for word, _ in pairs)
    return sorted(word for word, n in having.items() if n >= least)


def _uses(captions: pd.Series, kept: list[str]) -> csr_array:
    """(captions, words) how often each caption uses each word."""
    from scipy.sparse import csr_array

    place = {word: column for column, word in enumerate(kept)}
    pairs = [
        (row, place[word]) for row, words in enumerate(captions) for word in words if word in place
    ]
    rows, columns = np.array(pairs, np.intp).T
    return csr_array((np.ones(len(pairs)), (rows, columns)), shape=(len(captions), len(kept)))


def _all_themes(
    labels: pd.Series,
    uses: csr_array,
    units: npt.NDArray[np.intp],
    prior: float,
    grouped: bool,
) -> pd.DataFrame:
    from scipy.sparse import csr_array

    everywhere = np.asarray(uses.sum(axis=0), float)
    weights = prior * everywhere / everywhere.sum()
    shape = (int(units.max()) + 1, len(units))
    unit_of = csr_array((np.ones(len(units)), (units, np.arange(len(units)))), shape=shape)
    parts = []
    for theme in sorted((theme for theme in labels.unique() if theme != "none"), key=int):
        member = (labels == theme).to_numpy(float)[:, None]
        sides = [
            _Side(csr_array(unit_of @ uses.multiply(rows)), weights)
            for rows in (member, 1 - member)
        ]
        parts.append(_theme(*sides, grouped=grouped).assign(theme=str(theme)))
    table = pd.concat(parts, ignore_index=True)
    return table[["theme", *table.columns.drop("theme")]]


def _theme(inside: _Side, outside: _Side, *, grouped: bool) -> pd.DataFrame:
    """Compare the odds of every word inside with those outside."""
    error = np.sqrt(1 / inside.weighted + 1 / outside.weighted)
    freedom = np.full(len(error), np.inf)
    if grouped:
        by_account, freedom = _by_account(inside, outside)
        error = np.maximum(error, by_account)
    return pd.DataFrame(
        {
            "n": inside.counts.astype(int),
            "groups": np.asarray((inside.uses > 0).sum(axis=0), int),
            "inside": 1000 * inside.counts / max(inside.counts.sum(), 1),
            "outside": 1000 * outside.counts / max(outside.counts.sum(), 1),
            "log_odds": inside.log_odds - outside.log_odds,
            "error": error,
            "freedom": freedom,
        }
    )


def _by_account(inside: _Side, outside: _Side) -> tuple[Numbers, Numbers]:
    """Standard errors from how far each account moves the log odds, and how many carry a word."""
    moved = inside.uses * inside.slope - outside.uses * outside.slope
    first, second = inside.all_words, outside.all_words
    # What accounts move beyond what their number of words lets expect: a sum of sparse products.
    squares = np.asarray((moved**2).sum(axis=0))
    squares = squares - 2 * (inside.pull * (first @ moved) - outside.pull * (second @ moved))
    squares = squares + inside.pull**2 * (first @ first) + outside.pull**2 * (second @ second)
    squares = squares - 2 * inside.pull * outside.pull * (first @ second)
    accounts = moved.shape[0]
    powers = [np.asarray((moved**power).sum(axis=0)) for power in (2, 4)]
    carried = powers[0] ** 2 / powers[1]
    error = np.sqrt(np.maximum(squares, 0) * accounts / (accounts - 1))
    return error, np.maximum(carried, 1.0)


def _together(table: pd.DataFrame, level: float, top: int, *, grouped: bool) -> pd.DataFrame:
    """Let intervals and p-values of all words and themes hold together; keep the top ones."""
    from scipy.special import stdtr, stdtrit

    tail = (1 - level) / 2 / len(table)
    score = table["log_odds"] / table["error"]
    half = table["error"] * -stdtrit(table["freedom"], tail)
    table = table.assign(
        low=table["log_odds"] - half,
        high=table["log_odds"] + half,
        z=score,
        p=holm(2 * stdtr(table["freedom"], -score.abs())),
    ).drop(columns=["error", "freedom", *([] if grouped else ["groups"])])
    ranked = table.sort_values("z", ascending=False, kind="stable").groupby("theme", sort=False)
    kept = ranked.head(top)
    return kept.sort_values("theme", key=lambda t: t.astype(int), kind="stable").reset_index(
        drop=True
    )
