"""What clustering gives: themes, how sure each image's is, and how they were found."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics import figures, stats
from iconometrics.errors import InputError
from iconometrics.themes import folder as folders
from iconometrics.themes.interpretation.differences import distinctive
from iconometrics.themes.interpretation.examples import examples
from iconometrics.themes.interpretation.reading import Reading
from iconometrics.themes.interpretation.sheets import contact_sheet
from iconometrics.themes.interpretation.trees import dendrogram
from iconometrics.themes.number.choice import criteria
from iconometrics.wording import count, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from iconometrics.corpus import Corpus
    from iconometrics.themes.stability.result import Stability

__all__ = ["Themes"]


@dataclass(frozen=True, eq=False)
class Themes(Reading):
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

    def sizes(self, level: float = 0.95) -> pd.DataFrame:
        """Count the images of each theme.

        The interval says in which range the theme's share in the source would lie if these images
        were drawn from it at random and the themes stood fixed. It does not say how the themes
        themselves would change.

        Parameters
        ----------
        level
            Of the Wilson interval.

        Returns
        -------
        pandas.DataFrame
            theme, n, share, low, high; the largest first; "none" last, for images in no theme.
        """
        names = [str(number + 1) for number in range(self.k)]
        names += ["none"] if (self.labels == "none").any() else []
        n = self.labels.value_counts().reindex(names, fill_value=0).to_numpy()
        low, high = stats.wilson(n, len(self.labels), level)
        share = n / len(self.labels)
        columns = {"theme": names, "n": n, "share": share, "low": low, "high": high}
        return pd.DataFrame(columns)

    def distinctive(
        self,
        features: pd.DataFrame | None = None,
        *,
        top: int = 5,
        plain: bool = False,
        dictionary: pd.DataFrame | Mapping[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Tell in which columns each theme differs most from all other images.

        Descriptive: themes were made from features, so differences in these are no findings and
        have no p-values.

        Parameters
        ----------
        features
            Any table by image id; by default the one that the themes were found in.
        top
            Columns a theme.
        plain
            Whether to use only columns that the dictionary calls plain.
        dictionary
            What columns mean, as `iconometrics.features.dictionary` tells (its default).

        Returns
        -------
        pandas.DataFrame
            theme, column, label, difference (in pooled standard deviations), words ("more
            contrast"), means (what a picture with such a value looks like).

        Raises
        ------
        InputError
            If there is no table, or it lacks images of the themes.
        """
        table = self.data if features is None else features
        if table is None:
            raise InputError(
                "no features at hand: these themes were read from a file. Give a table, "
                "distinctive(features)."
            )
        return distinctive(self.labels, table, top=top, plain=plain, dictionary=dictionary)

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
            At most so many a theme.
        seed
            Of the draw.

        Returns
        -------
        dict of str to list of str
            Image ids by theme; of central and borderline ones the clearest case first.

        Raises
        ------
        InputError
            If the kind is none of these.
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
            At most so many a theme.
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

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the themes' shares with their intervals.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        sizes = self.sizes()
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
        """Draw what speaks for each number of themes tried: sums of squares, silhouettes and more.

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
        return dendrogram(self, leaves, ax)

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
            Where: themes.parquet (one row an image), centers.parquet, selection.parquet and
            settings.json.

        Returns
        -------
        list of Path
            The files.
        """
        return folders.write(self, Path(folder))

    def _headings(self) -> dict[str, str]:
        sizes = self.sizes()
        rows = zip(sizes["theme"], sizes["share"], sizes["n"], strict=True)
        return {
            theme: f"{self.heading(theme)} · {percent(share)} (n = {count(n)})"
            for theme, share, n in rows
        }

    def _repr_html_(self) -> str:
        return f"<p>{self.summary()}</p>{self.table().round(3).to_html(index=False)}"
