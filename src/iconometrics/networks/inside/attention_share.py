"""How much of a network's attention falls inside a region, by class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from iconometrics import figures, stats
from iconometrics.errors import InputError
from iconometrics.networks.inside.inputs import by_image
from iconometrics.networks.inside.maps import Maps
from iconometrics.options import need_columns
from iconometrics.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["AttentionShare", "attention_share", "inside_shares"]

_BOX = ["left", "top", "right", "bottom"]


@dataclass(frozen=True, eq=False)
class AttentionShare:
    """The share of attention that falls inside regions, by class.

    Parameters
    ----------
    rows
        class, region, share with low and high (95 %), area (the share of the picture that the
        region takes), n.
    images
        image, class, region, share and area of each image.
    kind
        What made the maps.

    Examples
    --------
    >>> row = {"class": "cat", "region": "face", "share": 0.5, "low": 0.4, "high": 0.6}
    >>> found = AttentionShare(pd.DataFrame([row | {"area": 0.1, "n": 9}]), None, "Grad-CAM")
    >>> found.summary()
    'cat: 50 % of the attention (40 to 60) falls on face, which is 10 % of the picture (n = 9).'
    """

    rows: pd.DataFrame
    images: pd.DataFrame
    kind: str

    def table(self) -> pd.DataFrame:
        """Give one row per class and region.

        Returns
        -------
        pandas.DataFrame
            class, region, share, low, high, area, n.
        """
        return self.rows.copy()

    def summary(self) -> str:
        """Say the shares in sentences, the largest first.

        Returns
        -------
        str
        """
        ordered = self.rows.sort_values("share", ascending=False, kind="stable")
        return " ".join(
            f"{row['class']}: {100 * row['share']:.0f} % of the attention ({100 * row['low']:.0f} "
            f"to {100 * row['high']:.0f}) falls on {row['region']}, which is "
            f"{100 * row['area']:.0f} % of the picture (n = {row['n']:,})."
            for row in ordered.to_dict("records")
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the shares with their intervals; a mark stands where even attention would be.

        Parameters
        ----------
        ax
            Axes to draw in, or None for a figure of its own.

        Returns
        -------
        matplotlib.axes.Axes
        """
        several = self.rows["region"].nunique() > 1
        names = self.rows["class"].astype(str)
        names = names + (", " + self.rows["region"].astype(str) if several else "")
        only = "" if several else f" on {self.rows['region'].iloc[0]}"
        ax = figures.intervals(
            names.tolist(),
            self.rows["share"],
            low=self.rows["low"],
            high=self.rows["high"],
            ax=ax,
            share=True,
            xlabel=f"share of {self.kind}{only} (| even attention)",
        )
        down = np.arange(len(self.rows))[::-1]
        ax.plot(self.rows["area"], down, "|", color="black", markersize=11, zorder=4)
        return ax

    def _repr_html_(self) -> str:
        return figures.svg(self.plot(), alt=self.summary())


def attention_share(
    maps: Maps,
    regions: Mapping[str, Sequence[float]] | pd.DataFrame | NDArray[np.bool_],
    *,
    by: ArrayLike | pd.Series | None = None,
    groups: ArrayLike | pd.Series | None = None,
    seed: int = 1,
) -> AttentionShare:
    """Tell how much of a network's attention falls inside a region, by class.

    Parameters
    ----------
    maps
        What `grad_cam`, `occlusion` or `attention` made; what is below 0 counts as 0.
    regions
        By name left, top, right and bottom as shares of the picture, the same in every image; or a
        DataFrame with the columns image, left, top, right, bottom and, where there are several
        kinds, region: one row per box, as for faces that were found, so that images without one
        are left out; or masks (images, height, width).
    by
        The class of each image: a Series by image id or one entry per image; by default the class
        that its map explains. An image without one is left out.
    groups
        Account or patient of each image, in the same form; whole groups are then resampled.
    seed
        Names the resamples.

    Returns
    -------
    AttentionShare
        With 95 % intervals by bootstrap over images or groups; images whose map is nowhere above
        0 are left out. Compare a share with the area: a network that looks nowhere in particular
        has as much attention inside as the region takes of the picture.

    Raises
    ------
    InputError
        If a region is not a box inside the picture, or the numbers do not fit.

    Examples
    --------
    >>> pixels = np.zeros((4, 4, 3), np.uint8)
    >>> maps = Maps(np.ones((2, 4, 4)), [pixels] * 2, ["a", "b"], ["cat", "cat"], "Grad-CAM")
    >>> attention_share(maps, {"left half": (0, 0, 0.5, 1)}).table()["share"].tolist()
    [0.5]
    """
    masks = _masks(maps, regions)
    kinds = _aligned(maps, by)
    member = _groups(maps, groups)
    rows: list[dict[str, Any]] = []
    parts: list[pd.DataFrame] = []
    for region, mask in masks.items():
        share, area = inside_shares(maps.values, mask)
        table = {"image": list(maps.images), "class": kinds, "region": region}
        parts.append(pd.DataFrame({**table, "share": share, "area": area}))
        for kind in dict.fromkeys(label for label in kinds if not pd.isna(label)):
            at = np.array([label == kind for label in kinds]) & np.isfinite(share)
            if at.any():
                among = None if member is None else member[at]
                low, high = _interval(share[at], among, seed)
                row = {"class": kind, "region": region, "share": float(share[at].mean())}
                row |= {"low": low, "high": high, "area": float(area[at].mean())}
                rows.append(row | {"n": int(at.sum())})
    if not rows:
        raise InputError("no image has both a region and a map above 0: there is nothing to share.")
    return AttentionShare(pd.DataFrame(rows), pd.concat(parts, ignore_index=True), maps.kind)


def inside_shares(
    values: NDArray[np.float32], masks: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Add up maps inside masks."""
    amounts = np.clip(values, 0, None).astype(np.float64)
    with np.errstate(invalid="ignore"):
        share = (amounts * masks).sum(axis=(1, 2)) / amounts.sum(axis=(1, 2))
    return share, masks.mean(axis=(1, 2))


def _interval(
    share: NDArray[np.float64], groups: NDArray[Any] | None, seed: int
) -> tuple[float, float]:
    if len(share) < 2 or (groups is not None and len(np.unique(groups)) < 2):
        return float("nan"), float("nan")
    low, high = stats.bootstrap(np.mean, share, groups=groups, seed=seed)
    return float(low), float(high)


def _aligned(maps: Maps, by: ArrayLike | pd.Series | None) -> list[Any]:
    if by is None:
        return list(maps.classes)
    return by_image(by, maps.images, what="by")


def _groups(maps: Maps, groups: ArrayLike | pd.Series | None) -> NDArray[Any] | None:
    if groups is None:
        return None
    members = np.asarray(by_image(groups, maps.images, what="groups"))
    if pd.isna(members).any():
        unknown = counted(int(pd.isna(members).sum()), "image")
        raise InputError(f"no group for {unknown}: expected one for each.")
    return members


def _masks(maps: Maps, regions: Any) -> dict[str, NDArray[np.float64]]:
    shape = maps.values.shape
    if isinstance(regions, pd.DataFrame):
        return _listed(maps, regions)
    if isinstance(regions, Mapping):
        return {
            name: np.broadcast_to(_box(box, shape[1:], name), shape)
            for name, box in regions.items()
        }
    masks = np.asarray(regions, np.float64)
    if masks.shape != shape:
        raise InputError(
            f"masks of shape {masks.shape} for maps of shape {shape}: expected the same shape."
        )
    return {"region": masks}


def _listed(maps: Maps, table: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    need_columns(table, ("image", *_BOX), what="regions", expected=f"image, {', '.join(_BOX)}")
    masks: dict[str, NDArray[np.float64]] = {}
    place = {image: number for number, image in enumerate(maps.images)}
    names = table["region"] if "region" in table else pd.Series("region", index=table.index)
    for name, image, *box in zip(names, table["image"], *(table[c] for c in _BOX), strict=True):
        if image in place:
            mask = masks.setdefault(str(name), np.full(maps.values.shape, np.nan))
            at = place[image]
            mask[at] = np.fmax(mask[at], _box(box, maps.values.shape[1:], str(name)))
    return masks


def _box(box: Sequence[float], shape: tuple[int, ...], name: str) -> NDArray[np.float64]:
    """Say how much of each pixel lies in a box; those on its edge count in part."""
    left, top, right, bottom = (float(end) for end in box)
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise InputError(
            f"region {name!r} is {tuple(box)}: expected left, top, right and bottom as shares of "
            "the picture, such as (0, 0, .5, 1) for its left half."
        )
    down, across = (
        np.clip(np.minimum(np.arange(n) + 1, far * n) - np.maximum(np.arange(n), near * n), 0, 1)
        for n, near, far in ((shape[0], top, bottom), (shape[1], left, right))
    )
    return np.outer(down, across)
