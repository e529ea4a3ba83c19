"""One value per image from several coders: the majority, the median, Dawid and Skene, a referee."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from iconometrics.coding.codings import Codings
from iconometrics.coding.schema import PROBABILITY_COLUMNS
from iconometrics.coding.side_by_side import ADJUDICATED, side_by_side, the_variable
from iconometrics.coding.variable import SEPARATOR, Variable
from iconometrics.errors import InputError, warn
from iconometrics.stats import LatentClasses, dawid_skene
from iconometrics.wording import counted, listed

if TYPE_CHECKING:
    from iconometrics.coding.codebook import Codebook

__all__ = ["adjudicate", "coder_errors", "decided_as", "undecided"]

_RULES = ("majority", "median", "dawid-skene", "coder")
_BLANK = ("left empty", "left empty by every coder")
_NO_CENTER = ("nominal", "multi-label", "text", "region", "event")


@dataclass(frozen=True, eq=False)
class _Settled:
    """Values by image, with why one is missing and how sure the others are."""

    values: pd.Series
    reasons: pd.Series
    confidence: pd.Series | None = None
    probabilities: pd.DataFrame | None = None


def adjudicate(
    codings: Codings,
    *,
    variable: str | None = None,
    rule: Literal["majority", "median", "dawid-skene", "coder"] = "majority",
    coder: str | None = None,
    codebook: Codebook | None = None,
) -> Codings:
    """Settle on one value per image where several coders gave theirs.

    Parameters
    ----------
    codings
        Codings by several coders.
    variable
        The variable; by default every one.
    rule
        "majority"; "median" for numbers and ordered categories; "dawid-skene", which weighs
        coders by how well they see each category; "coder" for what a named coder said, and the
        majority where that coder said nothing.
    coder
        Settles ties of "majority" and "median"; the named coder of "coder".
    codebook
        Gives the order of ordinal categories, and which variables are settled label by label.

    Returns
    -------
    Codings
        By the coder "adjudicated", with the same sample. A tie that nobody settles is missing, with
        a warning; the reason says who said what (see `undecided`). Dawid and Skene's posterior is
        confidence and probabilities.

    Raises
    ------
    InputError
        If the rule, the variable or the coder is not known, or the rule does not fit the values.

    Notes
    -----
    Dawid, A. P. and Skene, A. M. (1979). Maximum likelihood estimation of observer error-rates
    using the EM algorithm. Journal of the Royal Statistical Society C 28, 20-28.

    Examples
    --------
    >>> data = pd.DataFrame({"image": list("aaabb"), "variable": "protest",
    ...                      "value": ["yes", "yes", "no", "yes", "no"],
    ...                      "coder": ["anna", "ben", "cem", "anna", "ben"]})
    >>> adjudicate(Codings(data), coder="anna")["protest"].to_dict()
    {'a': 'yes', 'b': 'yes'}
    """
    _check(codings, rule, coder)
    names = codings.variables if variable is None else (the_variable(codings, variable),)
    parts = [_one(codings, name, rule=rule, coder=coder, codebook=codebook) for name in names]
    for name, part in zip(names, parts, strict=True):
        _warn_of_ties(undecided(part, name), len(part), name)
    known = [part.probabilities for part in parts if part.probabilities is not None]
    return Codings(
        pd.concat([part.data for part in parts]) if parts else codings.data,
        pd.concat(known) if known else None,
        codings.sample,
        codings.trained_on,
    )


def undecided(codings: Codings, variable: str) -> pd.Index:
    """Name the images that were looked at and got no value: ties, and those with a reason.

    Parameters
    ----------
    codings
        Such as a gold standard.
    variable
        The variable.

    Returns
    -------
    pandas.Index
        Image ids. Cells that were left empty are not among them: nobody may have come to them.

    Examples
    --------
    >>> values = pd.Series(["yes", None, None], index=list("abc"), name="protest", dtype="str")
    >>> why = pd.Series({"b": "too dark"})
    >>> codes = Codings.from_series(values, coder="anna", reason=why)
    >>> undecided(codes, "protest").tolist()
    ['b']
    """
    rows = codings.data[codings.data["variable"] == variable]
    silent = rows["value"].isna() & rows["reason"].notna() & ~rows["reason"].isin(_BLANK)
    decided = rows["image"].isin(rows["image"][rows["value"].notna()])
    images: pd.Index = pd.Index(rows["image"][silent & ~decided].unique(), name="image")
    return images


def decided_as(codings: Codings, variable: str, value: str) -> Codings:
    """Give all undecided images one value."""
    data = codings.data
    there = (data["variable"] == variable) & data["image"].isin(undecided(codings, variable))
    values = data["value"].mask(there, value)
    return replace(codings, data=data.assign(value=values, reason=data["reason"].mask(there)))


def _warn_of_ties(ties: pd.Index, images: int, name: str) -> None:
    if len(ties):
        of = f"{len(ties)} of {counted(images, 'image')} ({listed(ties)})"
        warn(
            f"{of} have no value of {name!r}: their coders disagree. Images that are hard to code "
            "are among them, so accuracy, shares and estimates get intervals from all of them one "
            "way to all of them the other. Have somebody settle them, and name the referee with "
            "coder=."
        )


def _check(codings: Codings, rule: str, coder: str | None) -> None:
    if rule not in _RULES:
        raise InputError(f"rule={rule!r}: expected one of {', '.join(_RULES)}.")
    if rule == "coder" and coder is None:
        raise InputError('rule="coder": say whose values stand with coder=.')
    if coder is not None and coder not in codings.coders:
        raise InputError(f"no coder {coder!r}; the coders are {listed(codings.coders, 8)}.")


def coder_errors(codings: Codings, *, variable: str | None = None) -> pd.DataFrame:
    """Report how often each coder says what, given what was there, without a gold standard.

    Parameters
    ----------
    codings
        Codings by three coders or more, people or machines.
    variable
        The variable; may be left out where there is only one.

    Returns
    -------
    pandas.DataFrame
        Columns coder, there, said, probability and codings (by that coder).

    Raises
    ------
    InputError
        If the variable is not known or nothing was coded.

    Notes
    -----
    Dawid and Skene (1979); see `adjudicate`. Coders are taken to err independently.

    Examples
    --------
    >>> data = pd.DataFrame({"image": list("aaabbb"), "variable": "v", "value": list("112222"),
    ...                      "coder": ["anna", "ben", "cem"] * 2})
    >>> table = coder_errors(Codings(data))
    >>> table[table["coder"] == "cem"]["probability"].round(2).tolist()
    [0.0, 1.0, 0.0, 1.0]
    """
    name = the_variable(codings, variable)
    table = side_by_side(codings, name)
    model = _latent(table, name, None)
    index = pd.MultiIndex.from_product(
        [table.columns, model.categories, model.categories], names=["coder", "there", "said"]
    )
    rows = pd.Series(model.confusion.ravel(), index, name="probability").reset_index()
    return rows.assign(codings=rows["coder"].map(table.notna().sum()))


def _one(
    codings: Codings, name: str, *, rule: str, coder: str | None, codebook: Codebook | None
) -> Codings:
    known = codebook[name] if codebook is not None and name in codebook else None
    _require_plain(codings, name, known)
    table = side_by_side(codings, name)
    own = pd.Series(None, index=table.index, dtype="str")
    if coder in table:
        own = table[coder]
    if rule == "dawid-skene":
        settled = _by_skill(table, name, known)
    else:
        settle = _median_of(known, table, name) if rule == "median" else _majority_of(known)
        settled = _by_vote(table, settle, own)
    if rule == "coder":
        values = own.fillna(settled.values)
        settled = _Settled(values, settled.reasons.mask(values.notna()))
    return _codings(codings, name, settled)


def _require_plain(codings: Codings, name: str, known: Variable | None) -> None:
    rows = codings.data[codings.data["variable"] == name]
    kind = None if known is None else known.type
    if kind in ("region", "event") or rows["region"].notna().any() or "start" in rows:
        raise InputError(
            f"{name!r} holds regions or events, which do not have one value per image: match them "
            "with iconometrics.validity.event_agreement(), or take one coder with codings.of(name)."
        )


def _by_vote(
    table: pd.DataFrame, settle: Callable[[list[str]], str | None], first: pd.Series
) -> _Settled:
    """Settle each image by what its coders said; where they do not settle it, take the referee."""
    values, reasons = [], []
    coders = np.asarray(table.columns)
    for row, referee in zip(table.to_numpy(dtype=object), first, strict=True):
        coded = ~pd.isna(row)
        value = settle(list(row[coded])) if coded.any() else None
        if value is None and coded.any() and not pd.isna(referee):
            value = referee
        values.append(value)
        reasons.append(None if value is not None else _said(coders[coded], row[coded]))
    index = table.index
    return _Settled(pd.Series(values, index, dtype="str"), pd.Series(reasons, index, dtype="str"))


def _said(coders: np.ndarray, values: np.ndarray) -> str:
    if not len(values):
        return "left empty by every coder"
    said = {str(v): [str(c) for c, w in zip(coders, values, strict=True) if w == v] for v in values}
    return "tie: " + ", ".join(f"{value} ({' and '.join(who)})" for value, who in said.items())


def _majority_of(known: Variable | None) -> Callable[[list[str]], str | None]:
    if known is None or known.type != "multi-label":
        return _majority

    def labels(values: list[str]) -> str | None:
        """Keep the labels that more than half of the coders gave; exactly half is a tie."""
        votes = Counter(label for value in values for label in _split(value))
        if any(2 * n == len(values) for n in votes.values()):
            return None
        return SEPARATOR.join(v for v in known.values if 2 * votes[v] > len(values))

    return labels


def _split(value: str) -> set[str]:
    return {label.strip() for label in value.split(SEPARATOR) if label.strip()}


def _majority(values: list[str]) -> str | None:
    """Take the most frequent value, unless two are."""
    ranked = Counter(values).most_common(2)
    return None if len(ranked) > 1 and ranked[0][1] == ranked[1][1] else ranked[0][0]


def _median_of(
    known: Variable | None, table: pd.DataFrame, name: str
) -> Callable[[list[str]], str | None]:
    if known is not None and known.type in _NO_CENTER:
        raise InputError(f'{name!r} is {known.type}: it has no median; use rule="majority".')
    if known is not None and known.type == "ordinal":
        place = {value: number for number, value in enumerate(known.values)}
        return lambda values: _middle_category(values, place)
    said = pd.Series(table.to_numpy().ravel()).dropna()
    numbers = pd.to_numeric(said, errors="coerce")
    if numbers.isna().any():
        raise InputError(
            f"{name!r} has the value {said[numbers.isna()].iloc[0]!r}, which is not a number: the "
            "median of ordered categories needs their order, from codebook=."
        )
    return lambda values: f"{np.median([float(value) for value in values]):.12g}"


def _middle_category(values: list[str], place: dict[str, int]) -> str | None:
    unknown = [value for value in values if value not in place]
    if unknown:
        raise InputError(f"the value {unknown[0]!r} is not one of {listed(place, 8)}.")
    ranked = sorted(values, key=place.__getitem__)
    low, high = ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]
    return low if low == high else None


def _by_skill(table: pd.DataFrame, name: str, known: Variable | None) -> _Settled:
    coded = table[table.notna().any(axis=1)]
    model = _latent(coded, name, known)
    categories = np.asarray(model.categories, dtype=object)
    best = model.posterior.argmax(axis=1)
    values = pd.Series(categories[best], coded.index, dtype="str").reindex(table.index)
    confidence = pd.Series(model.posterior.max(axis=1), coded.index).reindex(table.index)
    rows, columns = model.posterior.shape
    long = pd.DataFrame(
        {
            "image": np.repeat(coded.index.to_numpy(), columns),
            "variable": name,
            "category": np.tile(categories, rows),
            "probability": model.posterior.ravel(),
        }
    )
    reasons = pd.Series("left empty by every coder", table.index, dtype="str").mask(values.notna())
    return _Settled(values, reasons, confidence, long[list(PROBABILITY_COLUMNS)])


def _latent(table: pd.DataFrame, name: str, known: Variable | None) -> LatentClasses:
    used = int(table.notna().any().sum())
    if used < 3:
        warn(
            f"{name!r} has {counted(used, 'coder')}: Dawid and Skene's model needs three or more "
            "who overlap to tell a coder's errors from what was there."
        )
    categories = known.values if known is not None and known.type in ("nominal", "ordinal") else ()
    model = dawid_skene(table.to_numpy(dtype=object), categories=categories or None)
    if not model.converged:
        warn(f"{name!r}: Dawid and Skene's model had not settled after {model.iterations} steps.")
    return model


def _codings(codings: Codings, name: str, settled: _Settled) -> Codings:
    rows = codings.data[codings.data["variable"] == name]
    of_image = rows.groupby("image", sort=False)[["sha256", "sample", "codebook_version"]].last()
    data = of_image.reindex(settled.values.index).rename_axis("image").reset_index()
    data = data.assign(
        variable=name,
        value=settled.values.array,
        coder=ADJUDICATED,
        reason=settled.reasons.array,
        confidence=np.nan if settled.confidence is None else settled.confidence.array,
    )
    return Codings(data, settled.probabilities, codings.sample)
