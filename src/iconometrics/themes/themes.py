"""What clustering gives: themes, how sure each image's is, and how they were found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics import figures, stats
from iconometrics.coding import Codings
from iconometrics.errors import InputError
from iconometrics.themes import theme_files
from iconometrics.themes.interpretation.caption_words import PRIOR, word_differences
from iconometrics.themes.interpretation.differences import distinctive
from iconometrics.themes.interpretation.examples import examples
from iconometrics.themes.interpretation.grouped import (
    Codes,
    group_codes,
    grouped_share,
)
from iconometrics.themes.interpretation.metadata import metadata_differences
from iconometrics.themes.interpretation.sheets import contact_sheet
from iconometrics.themes.interpretation.theme_shares import ThemeShares, theme_shares
from iconometrics.themes.interpretation.trees import dendrogram
from iconometrics.themes.number.choice import criteria
from iconometrics.wording import count, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from iconometrics.corpus import Corpus
    from iconometrics.themes.stability.result import Stability

__all__ = ["Themes", "read"]


@dataclass(frozen=True, eq=False)
class Themes:
    """A partition of images that was found, not imposed.

    Parameters
    ----------
    labels
        Theme of each image, "1" to "k" from the largest to the smallest, by image id.
    centers
        (themes, columns) mean of each theme in the columns it was found in, in their own units.
    scores
        By image id: distance to the own theme's center, the next theme and the distance to its
        center, in the standardized units of the clustering.
    selection
        The numbers of themes tried: k, within_ss, silhouette, chosen.
    reason
        Why this number, in words.
    settings
        How the themes were found: method, seed, columns, blocks, components, subsamples.
    data
        The table they were found in, if at hand.
    membership
        (images, themes) probability of each theme, for soft themes.
    tree
        What joins what, for hierarchical themes: left, right, height, n (rows of
        `scipy.cluster.hierarchy.linkage`, the images in the order of their ids).
    stability
        How far they are found again, if that was studied.

    Examples
    --------
    >>> from iconometrics import themes
    >>> data = pd.DataFrame({"x": [0, .1, .2, 9, 9.1]}, index=list("abcde"))
    >>> themes.kmeans(data, 2).sizes()["n"].tolist()
    [3, 2]
    """

    labels: pd.Series
    centers: pd.DataFrame
    scores: pd.DataFrame
    selection: pd.DataFrame
    reason: str
    settings: dict[str, Any]
    data: pd.DataFrame | None = field(default=None, repr=False)
    membership: pd.DataFrame | None = field(default=None, repr=False)
    tree: pd.DataFrame | None = field(default=None, repr=False)
    stability: Stability | None = field(default=None, repr=False)

    @property
    def k(self) -> int:
        """The number of themes."""
        return len(self.centers)

    @property
    def names(self) -> dict[str, str]:
        """The names that people gave, by theme; empty where nobody did."""
        return dict(self.settings.get("names", {}))

    def heading(self, theme: str) -> str:
        """Say which theme is meant: its number, and its name where it has one.

        Parameters
        ----------
        theme
            "1" to "k", or "none".

        Returns
        -------
        str
        """
        name = self.names.get(theme)
        if theme == "none":
            return "In no theme"
        return f"Theme {theme}: {name}" if name else f"Theme {theme}"

    def named(self, names: Mapping[str, str]) -> Self:
        """Give themes names, which stay with them in files, reports and figures.

        Parameters
        ----------
        names
            A name by theme, such as ``{"1": "streets"}``; the others keep theirs.

        Returns
        -------
        Themes

        Raises
        ------
        InputError
            If there is no such theme, a name is empty, or two themes would have the same.
        """
        themes = set(self.labels.unique())
        for theme, name in names.items():
            if theme not in themes or not str(name).strip():
                raise InputError(
                    f"{theme!r}: {name!r}: expected a theme, one of "
                    f"{', '.join(sorted(themes, key=lambda t: (len(t), t)))}, and a name for it."
                )
        merged = self.names | {theme: str(name).strip() for theme, name in names.items()}
        # A theme without a name is called by its number.
        if len({merged.get(theme, theme) for theme in themes}) < len(themes):
            raise InputError(f"{merged}: two themes have the same name; give each its own.")
        return replace(self, settings={**self.settings, "names": merged})

    def sizes(self, level: float = 0.95, *, groups: pd.Series | None = None) -> pd.DataFrame:
        """Count the images of each theme.

        The interval says in which range the theme's share in the source would lie if these images,
        or the accounts in `groups`, were drawn from it at random and the themes stood fixed. It
        does not say how the themes themselves would change.

        Parameters
        ----------
        level
            Of the Wilson interval.
        groups
            Account or post by image id, if images of one account may resemble each other.

        Returns
        -------
        pandas.DataFrame
            theme, n, share, low, high; the largest first; "none" last, for images in no theme.
        """
        names = [str(number + 1) for number in range(self.k)]
        names += ["none"] if (self.labels == "none").any() else []
        n = self.labels.value_counts().reindex(names, fill_value=0).to_numpy()
        low, high = self._size_intervals(names, n, level, group_codes(groups, self.labels.index))
        share = n / len(self.labels)
        columns = {"theme": names, "n": n, "share": share, "low": low, "high": high}
        return pd.DataFrame(columns)

    def _size_intervals(
        self, names: list[str], n: npt.ArrayLike, level: float, codes: Codes | None
    ) -> stats.Interval:
        if codes is None:
            return stats.wilson(n, len(self.labels), level)
        flags = [(self.labels == name).to_numpy() for name in names]
        ends = np.array([grouped_share(member, codes, level=level) for member in flags])
        return stats.Interval(*ends.T)

    def distinctive(
        self,
        features: pd.DataFrame | None = None,
        *,
        top: int = 5,
        plain: bool = False,
        dictionary: pd.DataFrame | Mapping[str, Any] | None = None,
        groups: pd.Series | None = None,
    ) -> pd.DataFrame:
        """Tell in which columns each theme differs most from all other images.

        Descriptive: themes were made from features, so differences in these are not findings and
        have no p-values.

        Parameters
        ----------
        features
            Any table by image id; by default the one that the themes were found in.
        top
            Columns per theme.
        plain
            Whether to use only columns that the dictionary calls plain.
        dictionary
            What columns mean, as `iconometrics.features.dictionary` says (its default).
        groups
            Account or post by image id, if images of one account may resemble each other.

        Returns
        -------
        pandas.DataFrame
            theme, column, label, difference (in pooled standard deviations), words ("more
            contrast"), means (what a picture with such a value looks like), sure (whether chance
            does not make such a difference, at 95 % for all columns and themes that it is picked
            from together; of columns that the themes were made from it says nothing).

        Raises
        ------
        InputError
            If there is no table, or images of the themes are missing from it; if an image has no
            group or all have the same.
        """
        table = self.data if features is None else features
        if table is None:
            raise InputError(
                "no features at hand: these themes were read from a file. Give a table, "
                "distinctive(features)."
            )
        return distinctive(
            self.labels, table, top=top, plain=plain, dictionary=dictionary, groups=groups
        )

    def examples(
        self, kind: str = "central", *, n: int = 12, seed: int = 1
    ) -> dict[str, list[str]]:
        """Choose images to show for each theme.

        Parameters
        ----------
        kind
            "central": nearest to the theme's center; "random": drawn at random; "borderline":
            almost as near to another theme's center.
        n
            At most so many per theme.
        seed
            Of the draw.

        Returns
        -------
        dict of str to list of str
            Image ids by theme; of central and borderline ones the clearest case first.

        Raises
        ------
        InputError
            If the kind is not one of these.
        """
        return examples(self.labels, self.scores, kind, n=n, seed=seed)

    def contact_sheet(
        self,
        corpus: Corpus,
        *,
        kind: str = "central",
        n: int = 8,
        seed: int = 1,
        anonymize: bool = False,
    ) -> Figure:
        """Show examples of every theme under its heading.

        Parameters
        ----------
        corpus
            Holds the images.
        kind
            As for `examples`.
        n
            At most so many per theme.
        seed
            Of the draw.
        anonymize
            Whether to blur faces and leave out ids.

        Returns
        -------
        matplotlib.figure.Figure
        """
        shown = self.examples(kind, n=n, seed=seed)
        return contact_sheet(corpus, shown, headings=self._headings(), anonymize=anonymize)

    def metadata(
        self,
        metadata: pd.DataFrame,
        *,
        groups: pd.Series | str | None = None,
        level: float = 0.95,
    ) -> pd.DataFrame:
        """Tell how metadata differs from theme to theme, with intervals.

        Themes were not made from metadata, so differences in it can be tested: all intervals hold
        together at the level (Bonferroni), and p-values are corrected for their number (Holm).
        They hold for the themes as they were found, and for images drawn one by one, or with
        `groups` for whole accounts being drawn.

        Parameters
        ----------
        metadata
            Numbers and categories by image id, such as ``corpus.metadata``. Columns of text with
            more than 30 different values are passed over.
        groups
            Account or post by image id, or its column in the table, if images of one account may
            resemble each other.
        level
            With which all intervals together hold.

        Returns
        -------
        pandas.DataFrame
            theme, column, value (of a category), n (images inside with a known value), with groups
            their number, inside and outside (mean or share), difference, low, high, p; the smallest
            p first. Low, high and p are missing where all such images of a theme, or all others,
            are of one group.

        Raises
        ------
        InputError
            If a column is one that the themes were made from, or none can be compared; if an image
            has no group or all have the same.

        Notes
        -----
        By group the variance is the jackknife's over groups and the degrees of freedom are
        Satterthwaite's: Imbens, G. W. and Kolesar, M. (2016). Robust standard errors in small
        samples. Review of Economics and Statistics 98, 701-712. A share's interval is at least as
        wide, and its p-value at least as high, as for images drawn one by one.
        """
        made_from = () if self.data is None else map(str, self.data.columns)
        return metadata_differences(
            self.labels, metadata, groups=groups, level=level, made_from=made_from
        )

    def words(
        self,
        captions: pd.Series,
        *,
        groups: pd.Series | None = None,
        top: int = 10,
        prior: float = PRIOR,
        least: int = 3,
        level: float = 0.95,
    ) -> pd.DataFrame:
        """Tell which words of captions each theme uses more than all others.

        Words are picked out of many, so all intervals, those of words that are not shown included,
        hold together at the level (Bonferroni), and p-values are corrected for their number (Holm).

        Parameters
        ----------
        captions
            Text by image id.
        groups
            Account or post by image id, if captions of one account may resemble each other. What
            counts then is how many accounts use a word, not how often one of them does.
        top
            Words per theme.
        prior
            How many words the prior weighs: the more, the less rare words count.
        least
            Images whose captions have the word, at least; with groups, accounts that use it.
        level
            With which all intervals together hold.

        Returns
        -------
        pandas.DataFrame
            theme, word, n, with groups how many use it inside, inside and outside (uses in a
            thousand words), log_odds, low, high, z (by which words are ranked), p.

        Raises
        ------
        InputError
            If no image has a caption with such words; if an image with a caption has no group or
            all have the same.

        Notes
        -----
        Monroe, B. L., Colaresi, M. P. and Quinn, K. M. (2008). Fightin' words. Political Analysis
        16, 372-403. By group the standard error is the larger of theirs and the linearized one
        between groups, with as many degrees of freedom as groups carry the word.
        """
        return word_differences(
            self.labels, captions, groups=groups, top=top, prior=prior, least=least, level=level
        )

    def over(
        self,
        by: pd.Series,
        *,
        every: str | None = None,
        groups: pd.Series | None = None,
        weights: pd.Series | None = None,
        level: float = 0.95,
    ) -> ThemeShares:
        """Count themes in each period or group, with intervals.

        Parameters
        ----------
        by
            Times, numbers or categories by image id.
        every
            For times "year", "quarter", "month", "week" or "day"; for numbers their span.
        groups
            Account or post by image id, if images of one account may resemble each other.
        weights
            How many images of a wider whole each image stands for, by image id: shares are then
            those of the whole.
        level
            Of the intervals.

        Returns
        -------
        ThemeShares

        Raises
        ------
        InputError
            If no image has a period or group, or there are too many for their number; if an image
            has no account in `groups` or all have the same.
        """
        return theme_shares(
            self.labels,
            by,
            every=every,
            groups=groups,
            weights=weights,
            level=level,
            names=self.names,
        )

    def codings(self, variable: str = "theme") -> Codings:
        """Give the themes as codings, the coder called by how they were found.

        So they can be validated, compared and used as a variable as any other measure. Soft themes
        keep the probability of each.

        Parameters
        ----------
        variable
            What the variable is called.

        Returns
        -------
        Codings
        """
        names = self.names
        values = self.labels.map(lambda theme: names.get(theme, theme)).where(self.labels != "none")
        method, seed = self.settings.get("method", "themes"), self.settings.get("seed")
        coder = f"{method}, k = {len(set(self.labels) - {'none'})}, seed = {seed}"
        shares = self.membership
        if shares is not None:
            shares = shares.rename(columns=names)
        reason = pd.Series("in no theme", index=values.index[values.isna()])
        return Codings.from_series(
            values,
            variable=variable,
            coder=coder,
            probabilities=shares,
            reason=reason if len(reason) else None,
        )

    def table(self) -> pd.DataFrame:
        """List the themes.

        Returns
        -------
        pandas.DataFrame
            theme, n, share, low, high, spread (root mean square distance to the center), central
            (the most typical image).
        """
        inside = self.labels != "none"
        squares = (self.scores["distance"][inside] ** 2).groupby(self.labels[inside]).mean()
        first = {theme: ids[0] for theme, ids in self.examples(n=1).items()}
        sizes = self.sizes()[: self.k]
        return sizes.assign(
            spread=[float(squares[theme] ** 0.5) for theme in sizes["theme"]],
            central=[first[theme] for theme in sizes["theme"]],
        )

    def plot(self, ax: Axes | None = None, *, groups: pd.Series | None = None) -> Axes:
        """Draw the themes' shares with their intervals.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.
        groups
            As for `sizes`.

        Returns
        -------
        matplotlib.axes.Axes
        """
        sizes = self.sizes(groups=groups)
        return figures.intervals(
            [self.heading(theme) for theme in sizes["theme"]],
            sizes["share"],
            low=sizes["low"],
            high=sizes["high"],
            ax=ax,
            share=True,
            xlabel=f"share of images (n = {count(len(self.labels))})",
        )

    def elbow(self) -> Figure:
        """Draw the evidence for each number of themes tried: sums of squares, silhouettes and more.

        Returns
        -------
        matplotlib.figure.Figure
        """
        return figures.elbow(self.selection, chosen=self.k)

    def criteria(self) -> pd.DataFrame:
        """Tell which number of themes each criterion would take.

        Returns
        -------
        pandas.DataFrame
            criterion (silhouette, elbow, and where computed gap statistic, stability, BIC), k
            (missing where it has no answer), value (of the criterion at that k), says.
        """
        return criteria(self.selection)

    def dendrogram(self, ax: Axes | None = None, *, leaves: int = 30) -> Axes:
        """Draw which themes, and groups of images in them, lie inside which.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.
        leaves
            How many groups are drawn at the bottom at most, each under its most central image.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        InputError
            If the themes are not hierarchical.
        """
        if self.tree is None:
            raise InputError(
                f"these themes were found by {self.settings.get('method')}: only hierarchical ones "
                "have a tree. Find them with themes.hierarchical."
            )
        distances = self.scores["distance"]
        return dendrogram(self.tree, self.labels, distances, k=self.k, leaves=leaves, ax=ax)

    def summary(self) -> str:
        """Say in a few sentences what was found.

        Returns
        -------
        str
        """
        sizes = self.sizes()
        first, last = sizes.iloc[0], sizes.iloc[self.k - 1]
        low, high = percent(first["low"]), percent(first["high"])
        return (
            f"{count(len(self.labels))} images fall into {self.k} themes; the largest holds "
            f"{percent(first['share'])} (95\u00a0% interval {low} to {high}), the smallest "
            f"{percent(last['share'], 0 if last['share'] >= 0.095 else 1)}. {self.reason}"
        )

    def write(self, folder: Path | str) -> list[Path]:
        """Write the themes as files that any program can read.

        Parameters
        ----------
        folder
            Where: themes.parquet (one row per image), centers.parquet, selection.parquet and
            settings.json.

        Returns
        -------
        list of Path
            The files.
        """
        tables = {
            "themes": self.scores.assign(theme=self.labels),
            "centers": self.centers,
            "selection": self.selection,
            "membership": self.membership,
            "tree": self.tree,
        }
        notes = {"reason": self.reason, "settings": self.settings}
        return theme_files.write(Path(folder), tables, notes, stability=self.stability)

    def _headings(self) -> dict[str, str]:
        sizes = self.sizes()
        rows = zip(sizes["theme"], sizes["share"], sizes["n"], strict=True)
        return {
            theme: f"{self.heading(theme)} · {percent(share)} (n = {count(n)})"
            for theme, share, n in rows
        }

    def _repr_html_(self) -> str:
        return f"<p>{self.summary()}</p>{self.table().round(3).to_html(index=False)}"


def read(folder: Path | str) -> Themes:
    """Read themes that were written.

    Parameters
    ----------
    folder
        Where `Themes.write` put them.

    Returns
    -------
    Themes
        Without the table they were found in.

    Raises
    ------
    StudyError
        If a file is missing or damaged.

    Examples
    --------
    >>> import tempfile
    >>> from iconometrics import themes
    >>> data = pd.DataFrame({"x": [0, .1, .2, 9, 9.1]}, index=list("abcde"))
    >>> folder = tempfile.mkdtemp()
    >>> _ = themes.kmeans(data, 2).write(folder)
    >>> themes.read(folder).labels.tolist()
    ['1', '1', '1', '2', '2']
    """
    return Themes(**theme_files.read(Path(folder)))
