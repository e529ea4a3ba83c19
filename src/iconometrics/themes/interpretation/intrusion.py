"""Can people see the themes? Coders look for images that were smuggled into each."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics import figures, stats
from iconometrics.engine import write_whole
from iconometrics.errors import InputError
from iconometrics.options import generator, need_columns
from iconometrics.themes.interpretation.recognition import (
    Marks,
    images_to_settle,
    kappa_interval,
    likeness,
)
from iconometrics.wording import count, counted, joined, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from iconometrics.themes.themes import Themes

__all__ = ["Intrusion", "IntrusionScores", "intrusion"]

_YES = frozenset({"1", "1.0", "x", "yes", "true", "odd"})
_NO = frozenset({"", "0", "0.0", "no", "false", "nan", "none", "<na>"})
_LEAST = 3
_BAR = 0.4
_SEEN, _UNSEEN, _OPEN = "seen", "not seen", "cannot tell yet"


@dataclass(frozen=True, eq=False)
class IntrusionScores:
    """How well coders set intruders apart from members, theme by theme.

    Parameters
    ----------
    by_theme
        theme, coders, images, found (share of intruders marked) with low and high (each for itself,
        by image), false_alarms (share of members marked), kappa (of marks with the truth, mean of
        coders) with kappa_low and kappa_high (which hold for all themes together), verdict ("seen",
        "not seen" or "cannot tell yet"), more (images that would settle it, if rates stayed as they
        are; infinite where it would take a hundred times as many).
    between
        Kappa between each two coders: first, second, kappa, low, high; empty with one coder.
    bar
        Kappa above which people see a theme.
    level
        Of the intervals.

    Examples
    --------
    >>> table = pd.DataFrame({"theme": ["1"], "kappa": [.8]})
    >>> IntrusionScores(table, pd.DataFrame()).table()["kappa"].tolist()
    [0.8]
    """

    by_theme: pd.DataFrame
    between: pd.DataFrame
    bar: float = _BAR
    level: float = 0.95

    def table(self) -> pd.DataFrame:
        """Give the scores, one row per theme.

        Returns
        -------
        pandas.DataFrame
        """
        return self.by_theme

    def summary(self) -> str:
        """Say which themes these coders see, which not, and what would settle the others.

        Returns
        -------
        str
        """
        themes = {
            verdict: self.by_theme.loc[self.by_theme["verdict"] == verdict]
            for verdict in (_SEEN, _UNSEEN, _OPEN)
        }
        verdicts = [
            f"{text} {_named(part['theme'])}"
            for text, part in (
                ("Coders see", themes[_SEEN]),
                ("Coders do not see", themes[_UNSEEN]),
                ("It cannot be told yet whether coders see", themes[_OPEN]),
            )
            if len(part)
        ]
        return ". ".join([*verdicts, *self._needed(themes[_OPEN]), self._how()]) + "."

    def _needed(self, part: pd.DataFrame) -> list[str]:
        """Say how many more images would settle what cannot be told yet."""
        if part.empty:
            return []
        bar = number(self.bar)
        texts = [
            f"theme {theme} {f'about {count(more)}' if np.isfinite(more) else f'too near {bar}'}"
            for theme, more in zip(part["theme"], part["more"], strict=True)
        ]
        return [f"More images that would settle it if marks stayed as they are: {joined(texts)}"]

    def _how(self) -> str:
        return (
            f"A theme is seen where the interval of kappa lies above {number(self.bar)}, not seen "
            f"where it lies below; the {100 * self.level:g}\u00a0% intervals hold for "
            f"{counted(len(self.by_theme), 'theme')} together"
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw kappa with its interval, theme by theme.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        table = self.by_theme
        return figures.intervals(
            [f"Theme {theme}" for theme in table["theme"]],
            table["kappa"],
            low=table["kappa_low"],
            high=table["kappa_high"],
            ax=ax,
            reference=self.bar,
            xlabel=f"kappa of coders' marks with the true intruders; seen above {number(self.bar)}",
        )

    def _repr_html_(self) -> str:
        return f"<p>{self.summary()}</p>{self.by_theme.round(3).to_html(index=False)}"


@dataclass(frozen=True, eq=False)
class Intrusion:
    """Images of each theme with some of other themes among them, for coders to find.

    Parameters
    ----------
    key
        set (a letter for each theme, in random order), image, theme (the set's), intruder.

    Examples
    --------
    >>> key = pd.DataFrame({"set": ["A"], "image": ["a"], "theme": ["1"], "intruder": [False]})
    >>> Intrusion(key).sheet().columns.tolist()
    ['set', 'image', 'odd']
    """

    key: pd.DataFrame = field(repr=False)

    def sheet(self) -> pd.DataFrame:
        """Give what coders see: no theme, no hint.

        Returns
        -------
        pandas.DataFrame
            set, image, odd (empty; a 1 or an x is to be put where an image does not belong).
        """
        return self.key[["set", "image"]].assign(odd="")

    def write(self, folder: Path | str) -> list[Path]:
        """Write the sheet for the coders, and the key that they must not see.

        Parameters
        ----------
        folder
            Where: intruders.csv and intruders-key.csv.

        Returns
        -------
        list of Path
        """
        paths = []
        for name, table in (("intruders", self.sheet()), ("intruders-key", self.key)):
            path = Path(folder) / f"{name}.csv"
            write_whole(path, lambda temporary, t=table: t.to_csv(temporary, index=False))  # type: ignore[misc]
            paths.append(path)
        return paths

    def score(
        self,
        sheets: Mapping[str, pd.DataFrame | str | Path],
        *,
        bar: float = _BAR,
        level: float = 0.95,
        seed: int = 1,
    ) -> IntrusionScores:
        """Compare what coders marked with the key.

        Intervals are for other images of these themes, marked by the same coders.

        Parameters
        ----------
        sheets
            By coder: the sheet filled in, as a table or CSV file.
        bar
            Kappa above which a theme counts as seen, and below which as not seen; .40 is where
            Fleiss, Levin and Paik (2003) end poor agreement.
        level
            With which the intervals of kappa hold for all themes together (Bonferroni).
        seed
            Of the bootstrap over images that gives the intervals of kappa between coders.

        Returns
        -------
        IntrusionScores

        Raises
        ------
        InputError
            If a sheet has images or columns missing, or another mark than 1, x, yes, 0 or no; if
            the bar is not between -1 and 1 or the level not between 0 and 1.

        Notes
        -----
        Fleiss, J. L., Levin, B. and Paik, M. C. (2003). Statistical methods for rates and
        proportions. 3rd ed., Wiley, section 18.1.
        """
        if not -1 < bar < 1 or not 0 < level < 1:
            raise InputError(
                f"bar={bar}, level={level}: expected a kappa between -1 and 1, such as .4, and a "
                "level between 0 and 1, such as .95."
            )
        marks = {coder: self._marks(coder, sheet) for coder, sheet in sheets.items()}
        if not marks:
            raise InputError("no sheets: expected at least one coder's, such as {'anna': table}.")
        truth = self.key["intruder"].to_numpy()
        both = np.stack(list(marks.values()), axis=1)
        where = self.key.groupby("theme").indices
        names = sorted(map(str, where), key=int)
        cells = [
            both[rows][truth[rows] == kind].astype(float)
            for rows in (where[name] for name in names)
            for kind in (True, False)
        ]
        worth = both.shape[1] / (1 + (both.shape[1] - 1) * likeness(cells))
        settings = {"worth": worth, "level": level, "bar": bar, "themes": len(names)}
        rows = [_scored(name, truth[where[name]], both[where[name]], **settings) for name in names]
        return IntrusionScores(pd.DataFrame(rows), _between(marks, seed), bar, level)

    def _marks(self, coder: str, sheet: pd.DataFrame | str | Path) -> np.ndarray:
        if isinstance(sheet, pd.DataFrame):
            table = sheet
        else:
            # An image may be called NA.
            table = pd.read_csv(sheet, dtype=str, keep_default_na=False)
        need_columns(
            table,
            ("set", "image", "odd"),
            what=f"{coder}'s sheet",
            expected="the sheet that was written",
        )
        marks = table["odd"].astype(str).str.strip().str.lower().fillna("")
        unknown = marks[~marks.isin(_YES | _NO)]
        if len(unknown):
            raise InputError(
                f"{coder}'s sheet says {unknown.iloc[0]!r} in column odd: expected 1, x or yes for "
                "an image that does not belong, else 0, no or nothing."
            )
        pairs = pd.MultiIndex.from_frame(table[["set", "image"]].astype(str))
        marked = pd.Series(marks.isin(_YES).to_numpy(), index=pairs)
        marked = marked[~marked.index.duplicated()]
        ordered = marked.reindex(pd.MultiIndex.from_frame(self.key[["set", "image"]].astype(str)))
        if ordered.isna().any():
            raise InputError(
                f"{int(ordered.isna().sum())} of {len(ordered)} images are missing from {coder}'s "
                f"sheet, the first is {ordered.index[ordered.isna()][0][1]!r}. Hand back the whole "
                "sheet."
            )
        return ordered.to_numpy(bool)


def intrusion(themes: Themes, *, n: int = 10, intruders: int = 3, seed: int = 1) -> Intrusion:
    """Draw images of each theme at random, and smuggle in some of other themes.

    If people find the intruders, the theme can be seen; if they mark members as well, it has no
    clear border.

    Parameters
    ----------
    themes
        The themes.
    n
        Members shown of each theme; smaller themes show all they have.
    intruders
        Images of other themes among them.
    seed
        Of the draw.

    Returns
    -------
    Intrusion

    Raises
    ------
    InputError
        If a number is below one, or there are too few images.

    Notes
    -----
    Chang, J. et al. (2009). Reading tea leaves: How humans interpret topic models. Advances in
    Neural Information Processing Systems 22. For images: Zhang, H. and Peng, Y. (2022). Image
    clustering: An unsupervised approach to categorize visual data in social science research.
    Sociological Methods & Research.

    Examples
    --------
    >>> from iconometrics import themes
    >>> data = pd.DataFrame({"x": [0, .1, .2, .3, 9, 9.1, 9.2]}, index=list("abcdefg"))
    >>> drawn = themes.intrusion(themes.kmeans(data, 2), n=3, intruders=1)
    >>> drawn.key.groupby("theme")["intruder"].sum().tolist()
    [1, 1]
    """
    if n < _LEAST or intruders < 1 or themes.k < 2:
        raise InputError(
            f"n={n}, intruders={intruders}, {themes.k} themes: expected at least {_LEAST} members, "
            "one intruder and two themes."
        )
    random = generator(seed)
    labels = themes.labels[themes.labels != "none"]
    names = [str(number + 1) for number in range(themes.k)]
    letters = dict(zip(random.permutation(names), _letters(len(names)), strict=True))
    parts = [
        _set(labels, name, letters[name], n=n, intruders=intruders, random=random) for name in names
    ]
    return Intrusion(pd.concat(parts).sort_values("set", kind="stable").reset_index(drop=True))


def _set(
    labels: pd.Series,
    name: str,
    letter: str,
    *,
    n: int,
    intruders: int,
    random: np.random.Generator,
) -> pd.DataFrame:
    own, other = labels.index[labels == name], labels.index[labels != name]
    if len(other) < intruders:
        raise InputError(
            f"theme {name}: {counted(len(other), 'image')} outside it; expected at least "
            f"{intruders}, one for each intruder. Take fewer intruders."
        )
    chosen = [*random.choice(own, min(n, len(own)), replace=False)]
    alien = [*random.choice(other, intruders, replace=False)]
    table = pd.DataFrame({"set": letter, "image": chosen + alien, "theme": name})
    table["intruder"] = [False] * len(chosen) + [True] * len(alien)
    return table.iloc[random.permutation(len(table))]


def _letters(k: int) -> list[str]:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return [alphabet[i % 26] * (1 + i // 26) for i in range(k)]


def _scored(
    theme: str,
    truth: np.ndarray,
    both: np.ndarray,
    *,
    worth: float,
    level: float,
    bar: float,
    themes: int,
) -> dict[str, object]:
    found, false = float(both[truth].mean()), float(both[~truth].mean())
    marks = Marks(found, false, float(truth.sum()), float((~truth).sum()), worth)
    low, high = stats.wilson(found * truth.sum() * worth, truth.sum() * worth, level)
    kappa, each = _kappas(truth, both), 1 - (1 - level) / themes
    kappa_low, kappa_high = kappa_interval(marks, each, kappa=kappa)
    verdict = _SEEN if kappa_low > bar else _UNSEEN if kappa_high < bar else _OPEN
    return {
        "theme": theme,
        "coders": both.shape[1],
        "images": len(truth),
        "found": found,
        "low": float(low),
        "high": float(high),
        "false_alarms": false,
        "kappa": kappa,
        "kappa_low": kappa_low,
        "kappa_high": kappa_high,
        "verdict": verdict,
        "more": images_to_settle(marks, each, kappa=kappa, bar=bar),
    }


def _named(themes: pd.Series) -> str:
    return f"theme {joined([str(theme) for theme in themes])}"


def _kappas(truth: np.ndarray, marks: np.ndarray) -> float:
    """Average the coders' kappas with the truth."""
    return float(np.mean([_kappa(truth, marks[:, i]) for i in range(marks.shape[1])]))


def _kappa(first: np.ndarray, second: np.ndarray) -> float:
    observed = float((first == second).mean())
    p, q = first.mean(), second.mean()
    expected = float(p * q + (1 - p) * (1 - q))
    return (observed - expected) / (1 - expected) if expected < 1 else np.nan


def _between(marks: Mapping[str, np.ndarray], seed: int) -> pd.DataFrame:
    coders = list(marks)
    rows = []
    for place, first in enumerate(coders):
        for second in coders[place + 1 :]:
            pair = marks[first], marks[second]
            low, high = stats.bootstrap(_kappa, *pair, seed=seed)
            rows.append((first, second, _kappa(*pair), float(low), float(high)))
    return pd.DataFrame(rows, columns=["first", "second", "kappa", "low", "high"])
