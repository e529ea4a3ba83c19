"""Telling two kinds of windows apart by a few Haar-like features, chosen by boosting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import figures
from iconometrics.errors import InputError
from iconometrics.features.haar_windows import KINDS, haar_features, haar_values
from iconometrics.figures.look import bare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["HaarBoost", "draw_haar", "haar_boost"]

_LIGHT, _DARK = "#ffffff", "#101010"


@dataclass(frozen=True, eq=False)
class HaarBoost:
    """A weighted vote of thresholds on Haar-like features.

    Parameters
    ----------
    votes
        One row per feature, in the order chosen: kind, top, left, height, width, threshold, below
        (what a value below the threshold says), weight, error (the weighted error when chosen).
    shape
        (height, width) of the windows.
    n
        How many windows were learned from.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics.features import haar_boost
    >>> windows = np.zeros((4, 4, 4))
    >>> windows[:2, :, 2:] = 1
    >>> haar_boost(windows, [True, True, False, False], rounds=1).predict(windows).tolist()
    [True, True, False, False]
    """

    votes: pd.DataFrame
    shape: tuple[int, int]
    n: int

    def score(self, windows: NDArray[Any]) -> NDArray[np.float64]:
        """Give the share of the weighted votes that say yes.

        Parameters
        ----------
        windows
            (n, height, width) gray values.

        Returns
        -------
        numpy.ndarray
            (n,), 0 to 1.

        Raises
        ------
        InputError
            If the shape of the windows differs from those learned from.
        """
        windows = np.asarray(windows)
        if windows.ndim != 3 or windows.shape[1:] != self.shape:
            raise InputError(f"windows of shape {windows.shape}: expected (n, *{self.shape}).")
        below = haar_values(_even(windows), self.votes) < self.votes["threshold"].to_numpy()
        yes = below == self.votes["below"].to_numpy()
        weight = self.votes["weight"].to_numpy()
        share: NDArray[np.float64] = yes @ weight / weight.sum()
        return share

    def predict(self, windows: NDArray[Any]) -> NDArray[np.bool_]:
        """Say yes where at least half of the weighted votes do.

        Parameters
        ----------
        windows
            (n, height, width) gray values.

        Returns
        -------
        numpy.ndarray
            (n,) of bool.
        """
        return self.score(windows) >= 0.5

    def table(self) -> pd.DataFrame:
        """Give the votes, with each one's share of the weight.

        Returns
        -------
        pandas.DataFrame
            One row per feature, in the order chosen.
        """
        return self.votes.assign(share=self.votes["weight"] / self.votes["weight"].sum())

    def plot(self, window: NDArray[Any], ax: Axes | None = None, *, features: int = 4) -> Axes:
        """Draw the first features chosen on a window, side by side.

        Parameters
        ----------
        window
            (height, width) gray values, such as a face or the mean of faces.
        ax
            Axes to draw in, or None for a figure of its own.
        features
            How many.

        Returns
        -------
        matplotlib.axes.Axes
        """
        first = self.table().head(features)
        gap = self.shape[1] * 1.15
        ax = figures.axes(ax, width=1.6 * len(first), height=2.0)
        low, high = float(np.min(window)), float(np.max(window))
        for place, row in enumerate(first.to_dict("records")):
            left = place * gap - 0.5
            extent = (left, left + self.shape[1], self.shape[0] - 0.5, -0.5)
            ax.imshow(window, cmap="gray", vmin=low, vmax=high, extent=extent)
            draw_haar(ax, row, left=left)
            label = f"{place + 1}. {row['kind']}\n{row['share']:.0%} of the votes"
            ax.text(left, self.shape[0] + 0.5, label, va="top", size=7)
        ax.set(xlim=(-1, len(first) * gap), ylim=(self.shape[0] * 1.3, -1))
        bare(ax)
        return ax

    def _repr_html_(self) -> str:
        return str(self.table().round(3).to_html())


def haar_boost(windows: NDArray[Any], yes: Any, *, rounds: int = 20) -> HaarBoost:
    """Choose Haar-like features that tell two kinds of windows apart, such as face and no face.

    Every feature of the window is tried in every round (AdaBoost of thresholds); what the
    features chosen so far get wrong weighs more in the next round.

    Parameters
    ----------
    windows
        (n, height, width) gray values. Each is brought to mean 0 and standard deviation 1, so
        that lighting does not matter.
    yes
        (n,) of bool: of the kind looked for.
    rounds
        How many features are chosen at most; fewer where none is left that errs in less than
        half of the cases.

    Returns
    -------
    HaarBoost

    Raises
    ------
    InputError
        If there are not both kinds, numbers of windows and labels differ, or no feature tells
        the kinds apart.

    Notes
    -----
    Viola, P. & Jones, M. (2001). Rapid object detection using a boosted cascade of simple
    features. CVPR. Memory: 6 bytes per window and feature; a window of 24 x 24 pixels has 162,336
    features.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics.features import haar_boost
    >>> windows = np.zeros((4, 4, 4))
    >>> windows[:2, 2:] = 1
    >>> haar_boost(windows, [True, True, False, False], rounds=1).table()["kind"].tolist()
    ['two down']
    """
    windows, labels = np.asarray(windows), np.asarray(yes, bool)
    if windows.ndim != 3 or len(windows) != len(labels) or labels.all() or not labels.any():
        raise InputError(
            f"{windows.shape} windows with {labels.sum()} of {labels.size} labels that say yes: "
            "expected (n, height, width), as many labels, and both kinds."
        )
    shape = (windows.shape[1], windows.shape[2])
    features = haar_features(shape)
    values = np.ascontiguousarray(haar_values(_even(windows), features).T)
    chosen = _boosted(values, labels, rounds)
    if not chosen:
        raise InputError(
            f"{windows.shape} windows, rounds={rounds}: no feature tells the two kinds apart. "
            "Expected windows that differ, and at least one round."
        )
    votes = features.iloc[[int(vote["feature"]) for vote in chosen]].reset_index(drop=True)
    votes = votes.join(pd.DataFrame(chosen).drop(columns="feature"))
    return HaarBoost(votes.astype({"below": bool}), shape, len(windows))


def draw_haar(ax: Axes, row: Mapping[Any, Any], *, left: float = -0.5, top: float = -0.5) -> None:
    """Draw the rectangles of one feature, light where they are added and dark where taken off."""
    from matplotlib.patches import Rectangle

    signs = KINDS[row["kind"]]
    tall, wide = row["height"] / signs.shape[0], row["width"] / signs.shape[1]
    for (down, across), sign in np.ndenumerate(signs):
        corner = (left + row["left"] + across * wide, top + row["top"] + down * tall)
        color = _LIGHT if sign > 0 else _DARK
        ax.add_patch(
            Rectangle(corner, wide, tall, facecolor=color, edgecolor="#e69f00", lw=1, alpha=0.75)
        )


def _even(windows: NDArray[Any]) -> NDArray[np.float64]:
    """Bring each window to mean 0 and standard deviation 1; a constant one to 0."""
    values = windows.astype(np.float64)
    values -= values.mean(axis=(1, 2), keepdims=True)
    deviation = values.std(axis=(1, 2), keepdims=True)
    # Far below one gray level of 255 in one pixel of a window.
    return np.where(deviation > 1e-9, values / np.maximum(deviation, 1e-9), 0)


def _boosted(
    values: NDArray[np.float32], labels: NDArray[np.bool_], rounds: int
) -> list[dict[str, Any]]:
    from iconometrics.features.kernels.stumps import best_splits

    kind = np.uint16 if len(labels) < 2**16 else np.uint32
    order = np.argsort(values, axis=1, kind="stable").astype(kind)
    weights = np.where(labels, 0.5 / labels.sum(), 0.5 / (~labels).sum())
    chosen: list[dict[str, Any]] = []
    for _ in range(rounds):
        weights = weights / weights.sum()
        errors, thresholds = best_splits(values, order, np.where(labels, weights, -weights))
        feature = int(np.abs(errors).argmin())
        error = min(max(abs(float(errors[feature])), 1e-10), 0.5)
        if error >= 0.5 - 1e-12:
            break
        below, threshold = bool(errors[feature] >= 0), float(thresholds[feature])
        right = ((values[feature] < threshold) == below) == labels
        weight = float(np.log((1 - error) / error))
        weights = weights * np.exp(-weight * right)
        chosen.append(
            {
                "feature": feature,
                "threshold": threshold,
                "below": below,
                "weight": weight,
                "error": error,
            }
        )
        # A feature that never errs decides alone.
        if error <= 1e-10:
            break
    return chosen
