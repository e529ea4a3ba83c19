"""Image regression: an outcome of areas on features of their pictures, judged out of sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics import figures, stats
from iconometrics.errors import InputError, warn
from iconometrics.inference.places.area_shares import GOLD_STANDARD, AreaShares
from iconometrics.inference.places.folds import by_group, random_folds, spatial_blocks
from iconometrics.inference.places.marking import reddened, with_status
from iconometrics.inference.writing import in_red
from iconometrics.options import several
from iconometrics.stats.ridge import ridge_by_folds, standardized_ridge
from iconometrics.wording import NOT_VALIDATED, as_text, counted, joined, listed, with_ids

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ArealRegression", "areal_regression"]

_PENALTIES = tuple(10.0 ** np.arange(-2, 7))
_INNER = 5
_LEAST = 20
_PER_BLOCK = 10
_GAP = 0.05


@dataclass(frozen=True, eq=False)
class ArealRegression:
    """What pictures of areas say about an outcome, by kind of cross-validation.

    Parameters
    ----------
    outcome
        Its name.
    r2
        One row per split: split, r2 (squared correlation), low, high, explained (1 - squared
        errors over squares around the mean) with explained_low and explained_high, n, folds.
    predictions
        One row per area and split: split, area, observed, predicted, fold.
    penalties
        The penalty chosen in each fold: split, fold, penalty.
    level
        Of the intervals.
    gap
        By how much r2 of random folds exceeds that of the last split, with low and high; missing
        with one split.
    measured
        What a machine coded: names of features, and of the outcome.
    status
        Of the outcome, where it is of areas of codes: as `AreaShares` has it; else "".

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> features = pd.DataFrame(random.normal(size=(60, 3)))
    >>> areal_regression(features, features[0] * 2, seed=1).r2["r2"].round(2).tolist()
    [1.0]
    """

    outcome: str
    r2: pd.DataFrame
    predictions: pd.DataFrame
    penalties: pd.DataFrame
    level: float
    gap: tuple[float, float, float]
    measured: tuple[str, ...]
    status: str

    def table(self) -> pd.DataFrame:
        """Return one row per split.

        Returns
        -------
        pandas.DataFrame
            split, r2, low, high, explained, explained_low, explained_high, n, folds; a copy.
        """
        return self.r2.copy()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw r2 with its interval, one row per split.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        drawn = figures.intervals(
            [_SPLITS[split] for split in self.r2["split"]],
            self.r2["r2"],
            low=self.r2["low"],
            high=self.r2["high"],
            ax=ax,
            hollow=[self.status == NOT_VALIDATED] * len(self.r2),
            xlabel=f"cross-validated r2 of {with_status(self.outcome, self.status)}",
        )
        return reddened(drawn)

    def scatter(self, split: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw what was observed against what was predicted for areas left out.

        Parameters
        ----------
        split
            "random", "spatial" or "group"; by default the last in the table, the strictest.
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        InputError
            If there is no such split.
        """
        from iconometrics.inference.places.plots import scatter

        there = list(self.r2["split"])
        split = there[-1] if split is None else split
        if split not in there:
            raise InputError(f"split={split!r}: expected one of {listed(there)}.")
        rows = self.predictions[self.predictions["split"] == split]
        name = with_status(self.outcome, self.status)
        return reddened(scatter(rows["predicted"], rows["observed"], name, ax=ax))

    def summary(self) -> str:
        """Say in a few sentences what the pictures explain, and where that holds.

        Returns
        -------
        str
        """
        said = []
        for row in self.r2.to_dict("records"):
            said.append(
                f"r2 = {row['r2']:.2f} ({100 * self.level:g}% interval {row['low']:.2f} to "
                f"{row['high']:.2f}) for {_WHERE[row['split']]}"
            )
        n = counted(int(self.r2["n"].iloc[0]), "area")
        text = f"{with_status(self.outcome, self.status)}, {n}: " + "; ".join(said) + "."
        return " ".join(part for part in (text, self._compared(), self._errors()) if part)

    def _compared(self) -> str:
        """Say whether random folds do better than the strictest split."""
        gap, low, high = self.gap
        if not np.isfinite(gap):
            return ""
        ends = f"{gap:+.2f} ({low:+.2f} to {high:+.2f})"
        # A resampled gap alone is found above 0 a little too often.
        if low > 0 and gap > _GAP:
            return (
                f"Random folds are higher, by {ends}: neighbors resemble each other, so part of "
                "what they show does not carry over to places elsewhere."
            )
        return f"That random folds are higher is not shown: by {ends}."

    def _errors(self) -> str:
        """Say what errors of measured variables do to r2."""
        parts = []
        if self.outcome in self.measured:
            parts.append(
                f"{self.outcome} is coded by a machine: r2 says how well its codes are predicted. "
                "Errors that pictures do not show make it too low; if the features are of the "
                "pictures that were coded, they show errors, too, and make it too high."
            )
        names = [name for name in self.measured if name != self.outcome]
        if names:
            parts.append(
                f"{joined(names)} coded by a machine: errors weaken (attenuate) what they say, so "
                "r2 is too low for what true codes would say."
            )
        return " ".join(parts)

    def _repr_html_(self) -> str:
        return f"<p>{in_red(self.summary())}</p>{self.r2.round(3).to_html(index=False)}"


_SPLITS = {"random": "random folds", "spatial": "blocks of space", "group": "whole groups"}
_WHERE = {
    "random": "areas left out at random",
    "spatial": "blocks of space left out whole",
    "group": "groups left out whole",
}


def areal_regression(
    features: pd.DataFrame,
    outcome: pd.Series | AreaShares,
    *,
    areas: pd.Series | Mapping[str, str] | None = None,
    measured: Sequence[str] = (),
    coordinates: pd.DataFrame | None = None,
    groups: pd.Series | Mapping[str, str] | None = None,
    folds: int = 10,
    penalties: Sequence[float] = _PENALTIES,
    level: float = 0.95,
    seed: int = 1,
) -> ArealRegression:
    """Predict an outcome of areas from their pictures by ridge, and judge it on areas left out.

    The penalty is chosen inside each training part, by folds of the same kind as the outer ones,
    so nothing of the areas left out is used. Random folds show how well areas between the known
    ones are predicted; blocks of space and whole groups show it for areas elsewhere.

    Parameters
    ----------
    features
        One row per image (averaged by area when `areas` is given) or one row per area; numbers.
    outcome
        Number by area; or codes by area, as `area_shares` gives them.
    areas
        Area of each image, by image id.
    measured
        Features, or the outcome, that a machine coded: the summary says what errors do to r2.
        Codes by area count as measured, if they are not the gold standard.
    coordinates
        By area, two columns: x and y in one unit of length, or longitude and latitude in
        degrees (`longitude`, `latitude`). Adds the split by blocks of space.
    groups
        Group of each area, such as its country. Adds the split by whole groups.
    folds
        Outer folds.
    penalties
        Ridge penalties to choose from, for standardized features.
    level
        Of the intervals: bootstrap by area for random folds, else by block or group.
    seed
        Names folds and resamples.

    Returns
    -------
    ArealRegression
        One row per split.

    Raises
    ------
    InputError
        If areas do not match, there are fewer than 20, features or outcome are not numbers or
        missing, or the outcome does not vary.

    Notes
    -----
    Jean, N., Burke, M., Xie, M., Davis, W. M., Lobell, D. B. and Ermon, S. (2016). Combining
    satellite imagery and machine learning to predict poverty. Science 353, 790-794. Ploton, P. et
    al. (2020). Spatial validation reveals poor predictive performance of large-scale ecological
    mapping models. Nature Communications 11, 4540.

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> places = pd.DataFrame(random.uniform(size=(100, 2)), columns=["x", "y"])
    >>> light = pd.DataFrame({"light": places["x"] + random.normal(0, .1, 100)})
    >>> found = areal_regression(light, places["x"].rename("wealth"), coordinates=places)
    >>> found.table()["split"].tolist()
    ['random', 'spatial']
    """
    status, measured = "", several(measured)
    if isinstance(outcome, AreaShares):
        status, outcome = outcome.status, _by_area(outcome)
        measured += (str(outcome.name),) if status != GOLD_STANDARD else ()
    name = str(outcome.name or "outcome")
    strange = [column for column in measured if column != name and column not in features]
    if strange:
        raise InputError(f"measured={listed(strange)}: neither a feature nor the outcome {name!r}.")
    X, y = _aligned(features, outcome, areas)
    splits = _splits(y.index, coordinates, groups, folds, seed)
    parts = [
        _cross_validated(X, y, kind, fold, unit, penalties, level, seed)
        for kind, (fold, unit) in splits.items()
    ]
    r2, predictions, chosen = (
        pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True)
    )
    gap = _gap(predictions, splits, level, seed)
    return ArealRegression(name, r2, predictions, chosen, level, gap, measured, status)


def _by_area(shares: AreaShares) -> pd.Series:
    if "time" in shares.rows:
        raise InputError("codes by area and time: give those of one time, from its area_shares.")
    return shares.rows.set_index("area")["value"].rename(shares.name)


def _gap(
    predictions: pd.DataFrame,
    splits: Mapping[str, tuple[np.ndarray, np.ndarray]],
    level: float,
    seed: int,
) -> tuple[float, float, float]:
    """Compare r2 of random folds with that of the last split, on the same areas."""
    *_, last = splits
    if last == "random":
        return np.nan, np.nan, np.nan
    by_split = predictions.pivot(index="area", columns="split", values="predicted")
    first = predictions[predictions["split"] == "random"].set_index("area")
    columns = [first["observed"], *(by_split.loc[first.index, kind] for kind in ("random", last))]
    y, free, strict = (column.to_numpy(float) for column in columns)

    def difference(y: np.ndarray, free: np.ndarray, strict: np.ndarray) -> float:
        with np.errstate(invalid="ignore", divide="ignore"):
            products = np.corrcoef([y, free, strict])[0]
        return float(products[1] ** 2 - products[2] ** 2)

    ends = stats.bootstrap(
        difference, y, free, strict, groups=splits[last][1], level=level, seed=seed
    )
    return difference(y, free, strict), float(ends.low), float(ends.high)


def _aligned(
    features: pd.DataFrame, outcome: pd.Series, areas: pd.Series | Mapping[str, str] | None
) -> tuple[pd.DataFrame, pd.Series]:
    text = [c for c in features if not pd.api.types.is_numeric_dtype(features[c].dtype)]
    if text:
        raise InputError(f"features {listed(text)} are not numbers; leave them out or code them.")
    features, outcome = with_ids(features), with_ids(outcome)
    if areas is not None:
        member = as_text(with_ids(pd.Series(areas)).reindex(features.index))
        if member.isna().any():
            warn(
                f"{int(member.isna().sum())} of {len(member)} images have no area and are left out."
            )
        features = features.groupby(member).mean()
    y = pd.to_numeric(outcome, errors="coerce").astype(float)
    y = y[np.isfinite(y)]
    # By name, so that the order of rows decides no fold.
    common = features.index.intersection(y.index).sort_values()
    X, y = features.loc[common], y.loc[common]
    whole = np.isfinite(X.to_numpy(float)).all(axis=1)
    if not whole.all():
        warn(f"{int((~whole).sum())} of {len(X)} areas have missing features and are left out.")
        X, y = X[whole], y[whole]
    if len(X) < _LEAST:
        raise InputError(
            f"{counted(len(X), 'area')} with both features and outcome: expected at least "
            f"{_LEAST}. Both are matched by the name of the area; give areas= where features are "
            "by image."
        )
    if y.std() == 0:
        raise InputError(
            f"outcome {outcome.name!r} is {y.iloc[0]:g} in every area: expected one that varies."
        )
    return X, y


def _splits(
    index: pd.Index,
    coordinates: pd.DataFrame | None,
    groups: pd.Series | Mapping[str, str] | None,
    folds: int,
    seed: int,
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Give fold and resampling unit of every area, by kind of split."""
    if not 2 <= folds <= len(index) // 2:
        raise InputError(f"folds={folds}: expected 2 to {len(index) // 2} for {len(index)} areas.")
    splits = {"random": (random_folds(len(index), folds, seed), np.arange(len(index)))}
    if coordinates is not None:
        places = _places(coordinates, index)
        blocks = spatial_blocks(places, folds, seed)
        units = min(len(np.unique(places, axis=0)), max(folds, len(index) // _PER_BLOCK))
        splits["spatial"] = (blocks, spatial_blocks(places, units, seed))
    if groups is not None:
        member = with_ids(pd.Series(groups)).reindex(index)
        if member.isna().any():
            raise InputError(f"areas without a group: {listed(index[member.isna()])}.")
        group = member.astype(str).to_numpy(dtype=object).astype(str)
        splits["group"] = (by_group(group, folds, seed), group)
    return splits


def _places(coordinates: pd.DataFrame, index: pd.Index) -> np.ndarray:
    if coordinates.shape[1] != 2:
        raise InputError(
            f"{counted(coordinates.shape[1], 'column')} of coordinates: expected x and y."
        )
    places = with_ids(coordinates).reindex(index).astype(float)
    nowhere = places.isna().any(axis=1)
    if nowhere.any():
        raise InputError(f"areas without coordinates: {listed(index[nowhere])}.")
    if {"longitude", "latitude"} == set(coordinates.columns):
        # A degree of longitude shrinks toward the poles.
        shrink = np.cos(np.radians(places["latitude"].mean()))
        return np.column_stack([places["longitude"] * shrink, places["latitude"]])
    return places.to_numpy()


def _cross_validated(
    X: pd.DataFrame,
    y: pd.Series,
    kind: str,
    fold: np.ndarray,
    unit: np.ndarray,
    penalties: Sequence[float],
    level: float,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    values, outcome = X.to_numpy(float), y.to_numpy()
    predicted, chosen = np.empty(len(y)), []
    for left_out in np.unique(fold):
        train, test = fold != left_out, fold == left_out
        inner = random_folds(int(train.sum()), _INNER, seed) if kind == "random" else fold[train]
        penalty = ridge_by_folds(values[train], outcome[train], inner, penalties=penalties)
        (predicted[test],) = standardized_ridge(
            values[train], outcome[train], values[test], penalties=[penalty]
        )
        chosen.append({"split": kind, "fold": int(left_out), "penalty": penalty})
    fit = stats.explained(outcome, predicted, groups=unit, level=level, seed=seed)
    row = {
        "split": kind,
        "r2": fit.correlated,
        "low": fit.correlated_interval.low,
        "high": fit.correlated_interval.high,
        "explained": fit.explained,
        "explained_low": fit.explained_interval.low,
        "explained_high": fit.explained_interval.high,
        "n": len(y),
        "folds": len(np.unique(fold)),
    }
    columns = {
        "split": kind,
        "area": y.index,
        "observed": outcome,
        "predicted": predicted,
        "fold": fold,
    }
    return pd.DataFrame([row]), pd.DataFrame(columns), pd.DataFrame(chosen)
