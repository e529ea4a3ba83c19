"""How far coders agree: people, machines, or both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics.coding import Codings
from iconometrics.coding.side_by_side import the_variable
from iconometrics.errors import InputError, warn
from iconometrics.stats.agreement.pairs import Weights
from iconometrics.validity.agreement.drift import drift, when_coded
from iconometrics.validity.agreement.rated import Level, Rated, rated
from iconometrics.validity.agreement.result import Agreement
from iconometrics.validity.agreement.tables import by_category, by_coder, by_pair, overall
from iconometrics.wording import listed

if TYPE_CHECKING:
    from iconometrics.coding import Codebook

__all__ = ["agreement"]


def agreement(
    codings: Codings,
    *,
    variable: str | None = None,
    level: Level | None = None,
    weights: Weights = None,
    groups: pd.Series | Mapping[str, str] | None = None,
    draws: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
    codebook: Codebook | None = None,
) -> Agreement:
    """Compare what several coders said of the same images; a machine is a coder like any other.

    Parameters
    ----------
    codings
        Codings by two coders or more, who coded some of the same images. Where their sample was
        drawn with unequal probabilities or in clusters, all figures are weighted by one over the
        probability, and represent the corpus; without a sample they are of the images coded.
    variable
        The variable; by default every one that two coders coded.
    level
        "nominal", "ordinal", "interval", "ratio"; "masi" or "jaccard" for sets of labels. By
        default as the codebook says, else nominal.
    weights
        For kappa and AC2, as in `stats.cohen_kappa`; by default quadratic where ordered.
    groups
        Account or event by image id: intervals are then by group.
    draws, confidence, seed
        Number of bootstrap resamples, level of all intervals, and what names the resamples.
    codebook
        Tells each variable's type and the order of its categories.

    Returns
    -------
    Agreement
        By variable, pair of coders, coder, category, and over time.

    Raises
    ------
    InputError
        If no image was coded by two coders, or a variable or its values do not fit.

    Notes
    -----
    Krippendorff, K. (2019). Content analysis, 4th ed., chapter 12; coefficients, errors and
    intervals as in `iconometrics.stats`.

    Examples
    --------
    >>> first = pd.Series(list("11212121" * 5), index=[str(n) for n in range(40)], name="v")
    >>> second = first.mask(first.index < "15", "2")
    >>> both = [Codings.from_series(s, coder=c).data for s, c in ((first, "anna"), (second, "ben"))]
    >>> agreement(Codings(pd.concat(both))).main()["images"]
    np.int64(40)
    """
    asked = {"level": level, "weights": weights, "groups": groups, "codebook": codebook}
    ready, notes = _ready(codings, variable, **asked)
    options = {"draws": draws, "confidence": confidence, "seed": seed}
    return _together(
        [_one(rated_variable, codings, options) for rated_variable in ready],
        ready,
        options,
        notes=notes,
    )


def _together(
    parts: list[dict[str, pd.DataFrame]],
    ready: list[Rated],
    options: dict[str, Any],
    *,
    notes: list[str],
) -> Agreement:
    groups = ready[0].groups
    return Agreement(
        **{name: _stacked([part[name] for part in parts]) for name in parts[0]},
        confidence=options["confidence"],
        draws=options["draws"],
        groups=None if groups is None else len(set(groups)),
        notes=tuple(notes),
    )


def _ready(codings: Codings, variable: str | None, **options: Any) -> tuple[list[Rated], list[str]]:
    """Make the variables ready; of several, leave out those that only one coder coded."""
    if variable is not None or len(codings.variables) < 2:
        ready_variable = rated(codings, the_variable(codings, variable), **options)
        return [ready_variable], list(ready_variable.notes)
    ready, refused = [], {}
    for name in codings.variables:
        try:
            ready.append(rated(codings, name, **options))
        except InputError as error:
            refused[name] = str(error)
    if not ready:
        raise InputError("; ".join(refused.values()))
    notes = list(dict.fromkeys(note for part in ready for note in part.notes))
    for name, why in refused.items():
        warn(f"{name!r} is left out: {why}")
    if refused:
        notes.append(f"left out, as there is nothing to compare: {listed(refused, 8)}")
    return ready, notes


def _one(ready: Rated, codings: Codings, options: dict[str, Any]) -> dict[str, pd.DataFrame]:
    times = when_coded(codings, ready.variable)
    periods, trends = drift(ready, times, options)
    items = ready.coded.reset_index().melt("image", var_name="coder", value_name="value").dropna()
    return {
        "coefficients": overall(ready, options),
        "by_pair": by_pair(ready, options),
        "by_coder": by_coder(ready, options),
        "by_category": by_category(ready, options),
        "periods": periods,
        "trends": trends,
        "items": items.assign(variable=ready.variable).reset_index(drop=True),
    }


def _stacked(tables: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]
