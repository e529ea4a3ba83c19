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
from iconometrics.wording import counted, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from iconometrics.themes.themes import Themes

__all__ = ["Intrusion", "IntrusionScores", "intrusion"]

_YES = frozenset({"1", "1.0", "x", "yes", "true", "odd"})
_NO = frozenset({"", "0", "0.0", "no", "false", "nan", "none", "<na>"})
_LEAST = 3


@dataclass(frozen=True, eq=False)
class IntrusionScores:
    """How well coders set intruders apart from members, theme by theme.

    Parameters
    ----------
    by_theme
        theme, coders, images, found (share of intruders marked) with low and high (Wilson, of
        coders' single marks, as if each were made independently of the others), false_alarms
        (share of members marked), kappa (of marks with the truth) with kappa_low and kappa_high.
    between
        Kappa between each two coders: first, second, kappa, low, high; empty with one coder.

    Examples
    --------
    >>> table = pd.DataFrame({"theme": ["1"], "kappa": [.8]})
    >>> IntrusionScores(table, pd.DataFrame()).table()["kappa"].tolist()
    [0.8]
    """

    by_theme: pd.DataFrame
    between: pd.DataFrame

    def table(self) -> pd.DataFrame:
        """Give the scores, one row per theme.

        Returns
        -------
        pandas.DataFrame
        """
        return self.by_theme

    def summary(self) -> str:
        """Say which themes people recognize.

        Returns
        -------
        str
        """
        order = self.by_theme.sort_values("kappa")
        worst, best = order.iloc[0], order.iloc[-1]
        return (
            f"Theme {best['theme']} is seen best: coders found {percent(best['found'])} of its "
            f"intruders (kappa {best['kappa']:.2f}, 95\u00a0% interval {best['kappa_low']:.2f} to "
            f"{best['kappa_high']:.2f}); theme {worst['theme']} worst: {percent(worst['found'])} "
            f"(kappa {worst['kappa']:.2f}, {worst['kappa_low']:.2f} to {worst['kappa_high']:.2f})."
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
            reference=0,
            xlabel="kappa of coders' marks with the true intruders",
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
        self, sheets: Mapping[str, pd.DataFrame | str | Path], *, seed: int = 1
    ) -> IntrusionScores:
        """Compare what coders marked with the key.

        Parameters
        ----------
        sheets
            By coder: the sheet filled in, as a table or CSV file.
        seed
            Of the bootstrap over images that gives the intervals of kappa.

        Returns
        -------
        IntrusionScores

        Raises
        ------
        InputError
            If a sheet has images or columns missing, or another mark than 1, x, yes, 0 or no.
        """
        marks = {coder: self._marks(coder, sheet) for coder, sheet in sheets.items()}
        if not marks:
            raise InputError("no sheets: expected at least one coder's, such as {'anna': table}.")
        truth = self.key["intruder"].to_numpy()
        rows = [
            _scored(str(theme), truth[where], {c: m[where] for c, m in marks.items()}, seed)
            for theme, where in sorted(
                self.key.groupby("theme").indices.items(), key=lambda item: int(str(item[0]))
            )
        ]
        return IntrusionScores(pd.DataFrame(rows), _between(marks, seed))

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
    theme: str, truth: np.ndarray, marks: Mapping[str, np.ndarray], seed: int
) -> dict[str, object]:
    both = np.stack(list(marks.values()), axis=1)
    hits = int(both[truth].sum())
    shown = int(truth.sum()) * both.shape[1]
    low, high = stats.wilson(hits, shown)
    kappa_low, kappa_high = stats.bootstrap(_kappas, truth, both, seed=seed)
    return {
        "theme": theme,
        "coders": both.shape[1],
        "images": len(truth),
        "found": hits / shown,
        "low": float(low),
        "high": float(high),
        "false_alarms": float(both[~truth].mean()),
        "kappa": _kappas(truth, both),
        "kappa_low": float(kappa_low),
        "kappa_high": float(kappa_high),
    }


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
