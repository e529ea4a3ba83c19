"""What a study of stability gives: how far themes are found again, and which images wander."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from iconometrics import figures
from iconometrics.wording import count, number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SOURCES", "Stability", "agreement_word", "theme_word"]

SOURCES = {
    "seeds": "another seed",
    "bootstrap": "another sample of images",
    "k": "one or two themes more or fewer",
    "representations": "another representation",
}
_AGREEMENT = ((0.9, "excellent"), (0.8, "good"), (0.65, "moderate"), (-2.0, "poor"))
_PERSISTENCE = ((0.85, "very stable"), (0.75, "stable"), (0.6, "doubtful"),
                (0.5, "hardly found again"), (-1.0, "dissolves"))  # fmt: skip
_WANDER = 0.5


@dataclass(frozen=True, eq=False)
class Stability:
    """How far themes are found again when something else might have been different.

    Parameters
    ----------
    runs
        One row per run: over (what was varied), run (which variant), k, ari (adjusted Rand index
        with the themes), within_ss.
    themes
        over, theme, jaccard (mean over the runs of the best match), low, high (tenth and
        ninetieth percentile of the runs), word.
    images
        By image id: theme, kept (mean share of the other images of its theme that it is together
        with again, over seeds and samples), runs.
    settings
        How it was studied.

    Examples
    --------
    >>> from iconometrics import themes
    >>> data = pd.DataFrame({"x": [0, .1, .2, .3, 9, 9.1, 9.2, 9.3]}, index=list("abcdefgh"))
    >>> study = themes.stability(data, 2, over=["bootstrap"], runs=5)
    >>> study.word, study.number
    ('excellent', 1.0)
    """

    runs: pd.DataFrame
    themes: pd.DataFrame
    images: pd.DataFrame
    settings: dict[str, Any]

    @property
    def source(self) -> str:
        """What the word and the number are about: samples of images where these were drawn."""
        present = list(dict.fromkeys(self.runs["over"]))
        return next((source for source in ("bootstrap", "seeds") if source in present), present[0])

    @property
    def varied(self) -> str:
        """What was varied, in words: another sample of images, or of whole accounts."""
        return self._words_of(self.source)

    @property
    def number(self) -> float:
        """Mean adjusted Rand index over the runs of `source`."""
        return float(self.runs.loc[self.runs["over"] == self.source, "ari"].mean())

    @property
    def word(self) -> str:
        """The number in a word: excellent, good, moderate or poor (Steinley 2004)."""
        return agreement_word(self.number)

    def table(self) -> pd.DataFrame:
        """Sum up the agreement with the themes by what was varied.

        Returns
        -------
        pandas.DataFrame
            over, runs, ari (mean), low, high (tenth and ninetieth percentile of the runs), lower
            (runs with a lower sum of squares; missing where sums do not compare), word.
        """
        rows = []
        best = self.settings.get("within_ss")
        for over, part in self.runs.groupby("over", sort=False):
            ari = part["ari"].to_numpy()
            low, high = np.nanquantile(ari, [0.1, 0.9])
            compares = over == "seeds" and best is not None and self._takes_squares
            below = part["within_ss"] < (best or 0.0) * (1 - 1e-4)
            lower = below.sum() if compares else np.nan
            mean = float(np.nanmean(ari))
            rows.append((over, len(part), mean, low, high, lower, agreement_word(mean)))
        return pd.DataFrame(
            rows, columns=["over", "runs", "ari", "low", "high", "lower", "word"]
        ).astype({"lower": "Int64"})

    def by_theme(self) -> pd.DataFrame:
        """Tell of each theme how far it is found again, over the runs of `source`.

        Returns
        -------
        pandas.DataFrame
            theme, jaccard, low, high (tenth and ninetieth percentile), word; columns but the
            first begin with ``again_``, so that they can stand beside others.
        """
        own = self.themes[self.themes["over"] == self.source].drop(columns="over")
        return own.set_index("theme").add_prefix("again_").reset_index()

    def persisting(self, least: float = 0.75) -> list[str]:
        """Name the themes that are found again.

        Parameters
        ----------
        least
            Mean Jaccard index from which a theme counts as found again (Hennig 2007).

        Returns
        -------
        list of str
        """
        own = self.themes[self.themes["over"] == self.source]
        return own.loc[own["jaccard"] >= least, "theme"].tolist()

    def wandering(self, n: int = 12) -> list[str]:
        """Name the images that are most often parted from the rest of their theme.

        Parameters
        ----------
        n
            At most so many.

        Returns
        -------
        list of str
            Image ids, the least faithful first; only those parted from most of their theme.
        """
        known = self.images.dropna(subset="kept")
        known = known[known["kept"] < _WANDER].assign(id=lambda t: t.index.astype(str))
        return known.sort_values(["kept", "id"], kind="stable").index[:n].tolist()

    def summary(self) -> str:
        """Say in a few sentences how sure one can be of the themes.

        Returns
        -------
        str
        """
        rows = self.table()
        row = rows[rows["over"] == self.source].iloc[0]
        kept = self.persisting()
        wander = float((self.images["kept"] < _WANDER).mean())
        of = self.themes["theme"].nunique()
        low, high = (number(float(row[end])) for end in ("low", "high"))
        return (
            f"Stability is {self.word}: with {self.varied} the partition agrees with the "
            f"themes at an adjusted Rand index of {number(self.number)} ({low} to {high} in eight "
            f"of ten runs). {count(len(kept))} of {count(of)} themes are found again (Jaccard "
            f"index of .75 or more); {percent(wander, 0 if wander >= 0.095 else 1)} of the images "
            f"wander.{self._lower()}"
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how far each theme is found again.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        own = self.themes[self.themes["over"] == self.source]
        return figures.intervals(
            [f"Theme {theme}" for theme in own["theme"]],
            own["jaccard"],
            low=own["low"],
            high=own["high"],
            ax=ax,
            xlabel=f"Jaccard index with {self.varied}",
        )

    def overview(self, ax: Axes | None = None) -> Axes:
        """Draw how far the partition as a whole is found again, by what was varied.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        rows = self.table()
        return figures.intervals(
            [self._words_of(str(over)).capitalize() for over in rows["over"]],
            rows["ari"],
            low=rows["low"],
            high=rows["high"],
            ax=ax,
            xlabel="adjusted Rand index with the themes",
        )

    def _words_of(self, source: str) -> str:
        named = self.settings.get("groups")
        if source != "bootstrap" or not named:
            return SOURCES[source]
        return f"another sample by {named} ({count(self.settings['of_groups'])})"

    @property
    def _takes_squares(self) -> bool:
        """Whether the sum of squares is what the method makes small: others have other aims."""
        return bool(self.settings.get("method", "kmeans") == "kmeans")

    def _lower(self) -> str:
        rows = self.table()
        seeds = rows[rows["over"] == "seeds"].fillna({"lower": 0})
        lower, runs = seeds["lower"].sum(), seeds["runs"].sum()
        if not lower:
            return ""
        return (
            f" {count(lower)} of {count(runs)} other starts reach a lower sum of squares than the "
            "themes: these are a local optimum at best."
        )

    def _repr_html_(self) -> str:
        return f"<p>{self.summary()}</p>{self.table().round(3).to_html(index=False)}"


def agreement_word(value: float) -> str:
    """Put an adjusted Rand index into a word."""
    return next((word for least, word in _AGREEMENT if value >= least), "unknown")


def theme_word(value: float) -> str:
    """Put a theme's Jaccard index into words."""
    return next((word for least, word in _PERSISTENCE if value >= least), "unknown")
