"""Themes over time and groups: their shares with intervals, as small multiples and streams."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics import figures, stats
from iconometrics.corpus.weights import corpus_weights
from iconometrics.errors import InputError
from iconometrics.figures import palette
from iconometrics.figures.look import PAGE, new_figure
from iconometrics.themes.interpretation.comparisons import (
    compared_shares,
    together,
    weighted_shares,
)
from iconometrics.themes.interpretation.grouped import Codes, Flags, group_codes, grouped_share
from iconometrics.wording import as_label, count, counted, joined, p_value, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["ThemeShares", "theme_shares"]

_PANEL = 1.35
_DENSE = 12
_SAID = 3
_SEVERAL = 3

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ThemeShares:
    """The share of each theme in each period or group, with its interval.

    Parameters
    ----------
    shares
        theme, by (period or group), n, of (images there), share, low, high; each interval holds
        for itself.
    compared
        theme, by (a period or group, or all from a period on), share (of the images there), others
        (of all other images), difference, low, high, p; corrected for their number.
    by
        What the images were grouped by.
    ordered
        Whether the groups have an order, as periods do.
    settings
        level, how the intervals came to be, and the groups whose images may resemble each other.
    names
        Names of themes given by people.

    Examples
    --------
    >>> labels = pd.Series(["1", "2", "1", "1"], index=list("abcd"))
    >>> years = pd.Series([1935, 1935, 1936, 1936], index=list("abcd"), name="year")
    >>> theme_shares(labels, years).shares["share"].tolist()
    [0.5, 1.0, 0.5, 0.0]
    """

    shares: pd.DataFrame
    compared: pd.DataFrame
    by: str
    ordered: bool
    settings: dict[str, Any]
    names: dict[str, str] = field(default_factory=dict)

    def table(self) -> pd.DataFrame:
        """Give the shares, one row per theme and period or group.

        Returns
        -------
        pandas.DataFrame
            theme, the period or group, n, of, share, low, high.
        """
        return self.shares.rename(columns={"by": self.by})

    def plot(self, *, columns: int = 3) -> Figure:
        """Draw a panel per theme: its share over time, or in each group, with intervals.

        Parameters
        ----------
        columns
            Panels in a row.

        Returns
        -------
        matplotlib.figure.Figure
        """
        themes = list(self.shares["theme"].unique())
        columns = min(columns, len(themes))
        down = -(-len(themes) // columns)
        groups = self.shares["by"].nunique()
        tall = _PANEL if self.ordered else max(_PANEL, 0.5 + 0.2 * groups)
        figure = new_figure(width=PAGE * max(columns, 2) / 3, height=tall * down + 0.3)
        with figures.style():
            grid = figure.subplots(down, columns, squeeze=False, sharex=True, sharey=True)
            for place, theme in enumerate(themes):
                own = self.shares[self.shares["theme"] == theme]
                _panel(grid.flat[place], own, ordered=self.ordered)
                grid.flat[place].set_title(self._heading(theme), fontsize=8)
            for ax in list(grid.flat)[len(themes) :]:
                ax.remove()
            _dress(grid, self.ordered, len(themes))
            figure.supxlabel(self.by if self.ordered else "share of images", fontsize=7.5,
                             color=palette.SOFT)  # fmt: skip
        return figure

    def plot_stream(self, ax: Axes | None = None) -> Axes:
        """Draw how the shares flow into each other over time; intervals are in `plot`.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        InputError
            If the groups have no order.
        """
        if not self.ordered:
            raise InputError(
                f"{self.by!r} has no order: a stream needs times or numbers. Use plot()."
            )
        ax = figures.axes(ax, width=5.4, height=2.8)
        wide = self.shares.pivot(index="by", columns="theme", values="share")
        wide = wide[list(self.shares["theme"].unique())]
        with figures.style():
            _stream(ax, wide, [self._heading(theme) for theme in wide.columns])
            ax.set_xlabel(self.by)
        return ax

    def differences(self) -> pd.DataFrame:
        """Compare each theme's share in each period or group with that in all other images.

        Where periods have an order, images from the middle one on are compared with earlier ones
        as well, so that a slow change can be seen. All intervals hold together at the level
        (Bonferroni), and p-values are corrected for their number (Holm).

        Returns
        -------
        pandas.DataFrame
            theme, the period or group, share, others, difference, low, high, p; the smallest p
            first. Low, high and p are missing where all images there, or all others, are of one
            account.
        """
        return self.compared.rename(columns={"by": self.by})

    def summary(self) -> str:
        """Say which shares are shown to differ between periods or groups, if any is.

        Returns
        -------
        str
        """
        known = self.compared.dropna(subset="p")
        sure = known[known["p"] < 1 - self.settings["level"]].drop_duplicates("theme")
        if sure.empty:
            return f"No theme's share is shown to differ by {self.by}: {self._tested(known)}."
        said = "; ".join(self._said(row) for _, row in sure.head(_SAID).iterrows())
        further = len(sure) - _SAID
        more = f"; and {counted(further, 'theme')} more" if further > 0 else ""
        return f"Shares differ by {self.by} ({self._tested(known)}): {said}{more}."

    def _tested(self, known: pd.DataFrame) -> str:
        """Say what was compared, and how sure the surest comparison is."""
        named = self.settings.get("groups")
        by = f", by {named} ({count(self.settings['of_groups'])})" if named else ""
        weights = self.settings.get("weights")
        by += f", weighted by {weights}" if weights else ""
        if known.empty:
            return f"nothing can be compared{by}"
        least = p_value(float(known["p"].min()))
        return (
            f"{counted(len(known), 'comparison')} with all other images{by}, corrected for their "
            f"number, smallest p {least if least.startswith('<') else f'= {least}'}"
        )

    def _said(self, row: pd.Series) -> str:
        level = f"{100 * self.settings['level']:g}\u00a0%"
        ends = joined([percent(row[end]).replace("-", "\u2212") for end in ("low", "high")], "to")
        return (
            f"{self._heading(row['theme'])} holds {percent(row['share'])} of the images of "
            f"{row['by']} and {percent(row['others'])} of all others ({level} interval of the "
            f"difference {ends})"
        )

    def _heading(self, theme: str) -> str:
        name = self.names.get(theme)
        return f"Theme {theme}: {name}" if name else f"Theme {theme}"

    def _repr_html_(self) -> str:
        return f"<p>{self.summary()}</p>{self.table().round(3).to_html(index=False)}"


def theme_shares(
    labels: pd.Series,
    by: pd.Series,
    *,
    every: str | None = None,
    groups: pd.Series | None = None,
    weights: pd.Series | None = None,
    level: float = 0.95,
    names: dict[str, str] | None = None,
) -> ThemeShares:
    """Count themes in each period or group."""
    periods, ordered = _periods(by.reindex(labels.index), every)
    kept = periods.dropna()
    values = sorted(kept.unique())
    _check_values(values, kept, by)
    themes = sorted(set(labels) - {"none"}, key=int)
    themes += ["none"] if (labels == "none").any() else []
    member = pd.DataFrame({theme: labels[kept.index] == theme for theme in themes})
    codes = group_codes(groups, kept.index)
    stands = None
    if weights is not None:
        named = str(weights.name or "weights")
        stands = corpus_weights(weights.reindex(kept.index), named)
    settings = {
        "level": level,
        "intervals": "Wilson" if codes is None else "Wilson by group",
        "weights": None if weights is None else named,
        "groups": None if groups is None else str(groups.name or "group"),
        "of_groups": None if codes is None else int(codes.max()) + 1,
        "every": every,
        "without": int(periods.isna().sum()),
    }
    return ThemeShares(
        _shares(member, kept, values, codes=codes, stands=stands, level=level),
        _compared(member, _parts(kept, values, ordered), codes, stands, level=level),
        str(by.name or "group"),
        ordered,
        settings,
        names or {},
    )


def _shares(
    member: pd.DataFrame,
    periods: pd.Series,
    values: list[Any],
    *,
    codes: Codes | None,
    stands: Numbers | None,
    level: float,
) -> pd.DataFrame:
    """Give each theme's share in each period, each with an interval of its own."""
    n = member.groupby(periods).sum().reindex(values)
    of = periods.value_counts().reindex(values)
    share = n.div(of, axis=0)
    if stands is not None:
        share, low, high = _weighted(member, periods, values, codes, stands, level=level)
    elif codes is None:
        low, high = stats.wilson(n.to_numpy(), of.to_numpy()[:, None], level)
    else:
        low, high = _by_account(member, periods, values, codes, level=level)
    rows = [
        (theme, value, int(n.loc[value, theme]), int(of[value]), share.loc[value, theme],
         low[i, j], high[i, j])
        for j, theme in enumerate(map(str, member))
        for i, value in enumerate(values)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["theme", "by", "n", "of", "share", "low", "high"])


def _parts(periods: pd.Series, values: list[Any], ordered: bool) -> dict[str, Flags]:
    """Say which images to compare with all others: those of each period, and the later ones."""
    # Of two periods, or of two themes, one comparison says what the other one says.
    parts = {
        _label(value): (periods == value).to_numpy()
        for value in (values[1:] if len(values) == 2 else values)
    }
    if ordered and len(values) >= _SEVERAL:
        middle = periods.sort_values().iloc[len(periods) // 2]
        middle = values[1] if middle == values[0] else middle
        parts[f"{_label(middle)} and later"] = (periods >= middle).to_numpy()
    return parts if len(values) > 1 else {}


def _label(value: Any) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else as_label(value)


def _weighted(
    member: pd.DataFrame,
    periods: pd.Series,
    values: list[Any],
    codes: Codes | None,
    stands: Numbers,
    *,
    level: float,
) -> tuple[pd.DataFrame, Numbers, Numbers]:
    """Give shares of the whole that images stand for; none counts as more images than Kish's."""
    ends = np.empty((3, len(values), member.shape[1]))
    for place, value in enumerate(values):
        inside = (periods == value).to_numpy()
        own = None if codes is None else codes[inside]
        design = stats.survey_design(stands[inside], clusters=own)
        most = stats.effective_n(design)
        for theme, flags in enumerate(member.to_numpy()[inside].T):
            # Few large weights make linearized variances too small where few images show it.
            ratio = stats.survey_ratio(flags, np.ones(len(flags)), design)
            ratio = ratio._replace(n=min(ratio.n, most))
            ends[:, place, theme] = ratio.value, *stats.share_interval(ratio, level=level)
    return pd.DataFrame(ends[0], values, member.columns), ends[1], ends[2]


def _compared(
    member: pd.DataFrame,
    parts: dict[str, Flags],
    codes: Codes | None,
    stands: Numbers | None,
    *,
    level: float,
) -> pd.DataFrame:
    names = ["theme", "by", "share", "others", "difference", "low", "high", "p"]
    themes = [str(theme) for theme in member][member.shape[1] == 2 :]
    if not parts or member.shape[1] < 2:
        return pd.DataFrame(columns=names)
    compared = compared_shares if stands is None else partial(weighted_shares, weights=stands)
    tests = [
        (theme, part, compared(member[theme].to_numpy(), member=inside, codes=codes))
        for theme in themes
        for part, inside in parts.items()
    ]
    table = together([test for *_, test in tests], level)
    table = table.rename(columns={"inside": "share", "outside": "others"})
    table = table.assign(theme=[test[0] for test in tests], by=[test[1] for test in tests])
    return table.sort_values("p", kind="stable").reset_index(drop=True)[names]


def _check_values(values: list[Any], kept: pd.Series, by: pd.Series) -> None:
    if not values or len(values) > max(2, len(kept) / 2):
        raise InputError(
            f"{by.name or 'by'}: {len(values)} different values for {len(kept)} images; expected "
            "at least one, and some images for each. Give broader periods with every=."
        )


def _periods(by: pd.Series, every: str | None) -> tuple[pd.Series, bool]:
    codes = {"year": "Y", "quarter": "Q", "month": "M", "week": "W", "day": "D"}
    if pd.api.types.is_datetime64_any_dtype(by):
        if every is not None and every not in codes:
            raise InputError(f"every={every!r}: expected one of {', '.join(codes)}.")
        times = by.dt.tz_localize(None) if by.dt.tz is not None else by
        return times.dt.to_period(codes[every or "year"]).dt.start_time, True
    if pd.api.types.is_numeric_dtype(by) and not pd.api.types.is_bool_dtype(by):
        if every is None:
            return by, True
        try:
            width = float(every)
        except ValueError:
            width = 0.0
        if not 0 < width < np.inf:
            raise InputError(f"every={every!r}: expected a span such as '5' for numbers.")
        floors = np.floor(by / width) * width
        return floors.astype("Int64") if width.is_integer() else floors, True
    if every is not None:
        raise InputError(f"every={every!r}: groups have no spans; leave it out.")
    return by.astype("str").where(by.notna()), False


def _by_account(
    member: pd.DataFrame, periods: pd.Series, values: list[Any], codes: Codes, *, level: float
) -> tuple[Numbers, Numbers]:
    """Give the intervals of images that resemble those of the same account."""
    ends = np.empty((2, len(values), member.shape[1]))
    for place, value in enumerate(values):
        inside = (periods == value).to_numpy()
        for theme, flags in enumerate(member.to_numpy()[inside].T):
            ends[:, place, theme] = grouped_share(flags, codes[inside], level=level)
    return ends[0], ends[1]


def _panel(ax: Axes, own: pd.DataFrame, *, ordered: bool) -> None:
    if ordered:
        x = own["by"].to_numpy()
        ax.fill_between(x, own["low"], own["high"], color=palette.ACCENT, alpha=0.2, linewidth=0)
        marker = "o" if len(own) <= _DENSE else None
        ax.plot(x, own["share"], color=palette.ACCENT, marker=marker, markersize=3)
        return
    rows = np.arange(len(own))[::-1]
    ax.hlines(rows, own["low"], own["high"], color=palette.ACCENT, linewidth=1.6)
    ax.plot(own["share"], rows, "o", color=palette.ACCENT, markersize=4, clip_on=False)
    named = [f"{v} (n = {count(n)})" for v, n in zip(own["by"], own["of"], strict=True)]
    ax.set_yticks(rows, named)


def _dress(grid: Any, ordered: bool, themes: int) -> None:
    from matplotlib.dates import AutoDateLocator
    from matplotlib.ticker import MaxNLocator

    for ax in list(grid.flat)[:themes]:
        ax.tick_params(length=0, labelsize=7)
        ax.spines[["top", "right", "left"]].set_visible(False)
        axis = ax.yaxis if ordered else ax.xaxis
        axis.set_major_formatter(lambda value, _: percent(value))
        axis.set_major_locator(MaxNLocator(4))
        ax.grid(axis="y" if ordered else "x", color=palette.LINE, linewidth=0.6)
        ax.set_axisbelow(True)
        (ax.set_ylim if ordered else ax.set_xlim)(0, None)
        if ordered and not isinstance(ax.xaxis.get_major_locator(), AutoDateLocator):
            ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))


def _stream(ax: Axes, wide: pd.DataFrame, headings: list[str]) -> None:
    x = wide.index.to_numpy()
    tops = wide.fillna(0).cumsum(axis=1).to_numpy()
    bottoms = tops - wide.fillna(0).to_numpy()
    for place, heading in enumerate(headings):
        color = palette.CATEGORIES[place % len(palette.CATEGORIES)]
        ax.fill_between(x, bottoms[:, place], tops[:, place], color=color, alpha=0.82,
                        edgecolor="white", linewidth=0.6)  # fmt: skip
        middle = (bottoms[-1, place] + tops[-1, place]) / 2
        if tops[-1, place] - bottoms[-1, place] > 0.03:
            ax.annotate(heading, (1, middle), xycoords=("axes fraction", "data"), xytext=(4, 0),
                        textcoords="offset points", va="center", fontsize=7.5, color=palette.INK,
                        annotation_clip=False)  # fmt: skip
    ax.set(xlim=(x[0], x[-1]), ylim=(0, 1))
    ax.yaxis.set_major_formatter(lambda value, _: percent(value))
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(length=0, labelsize=7.5)
