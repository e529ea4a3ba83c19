"""How much each category counts in a row of which people's codes do not settle what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.regression.phases import check_apart
from iconometrics.options import need_columns
from iconometrics.stats import LatentClasses, dawid_skene
from iconometrics.wording import counted, listed

__all__ = ["Mixture", "by_coders", "by_error", "check_coders"]

_FEWEST, _MOST_RATES, _LEAST_SEEN = 3, 1500, 0.1


class Mixture(NamedTuple):
    """What categories count beside the code of each row.

    Parameters
    ----------
    kinds
        The categories, as the predicted column holds them.
    shares
        (rows, kinds) what is added to the code's own weight of 1; 0 in all for each row.
    slopes, moves
        (rows, kinds, rates) how much the shares change with each estimated rate of error, and
        (rows, rates) how much each row moves the rate; None where the rates are known.
    """

    kinds: tuple[Any, ...]
    shares: np.ndarray
    slopes: np.ndarray | None = None
    moves: np.ndarray | None = None


def by_error(codes: pd.Series, error: float) -> Mixture:
    """Take apart the moments of two codes that an error mixes: 1 + u of one's own, -u of the other.

    Rows without a code count 0.
    """
    kinds = tuple(sorted(codes.dropna().unique()))
    own = np.column_stack([codes == kind for kind in kinds]).astype(float)
    there = codes.notna().to_numpy()[:, None]
    return Mixture(kinds, error / (1 - 2 * error) * np.where(there, 2 * own - 1, 0.0))


def check_coders(
    table: pd.DataFrame,
    coders: Sequence[str],
    predicted: Sequence[str],
    *,
    apart: Mapping[str, bool],
) -> None:
    """Refuse codes that do not tell what was there from who erred."""
    need_columns(table, coders)
    check_apart("coders=", apart)
    if len(predicted) != 1:
        raise InputError(
            f"coders={list(coders)} with {len(predicted)} predicted columns: expected one column, "
            "which these coders coded."
        )
    if len(coders) < _FEWEST:
        raise InputError(
            f"coders={list(coders)}: {counted(len(coders), 'coder')} cannot tell errors from what "
            "was there; expected three or more who overlap. With two, have a referee settle what "
            "they disagree on, or give coder_error=."
        )


def by_coders(table: pd.DataFrame, coders: Sequence[str]) -> tuple[pd.Series, Mixture]:
    """Find the likeliest category of each row, and how much every category counts.

    The posterior of Dawid and Skene, turned by what it is on average where a category was there: of
    a row that shows a category, this one counts 1 on average and the others 0, so moments are right
    whatever else is in them.
    """
    there = table[list(coders)].notna().any(axis=1).to_numpy()
    ratings = table.loc[there, list(coders)].to_numpy(dtype=object)
    model = dawid_skene(ratings)
    kinds, posterior = model.categories, model.posterior
    best = posterior.argmax(axis=1)
    _check_seen(model, best, coders)
    likeliest = pd.Series(None, index=table.index, dtype=object)
    likeliest[there] = np.asarray(kinds, dtype=object)[best]
    total = posterior.sum(axis=0)
    seen = posterior.T @ posterior / total
    _check_told(seen, coders)
    turn = np.linalg.inv(seen)
    shares = posterior @ turn.T
    slopes, moves = _by_rates(model, ratings)
    slopes, moves = _with_seen(slopes, moves, posterior=posterior, seen=seen, shares=shares)
    wide = [np.zeros((len(table), *own.shape[1:])) for own in (shares, slopes, moves)]
    for whole, own in zip(wide, (shares - np.eye(len(kinds))[best], slopes, moves), strict=True):
        whole[there] = own
    return likeliest.infer_objects(), Mixture(kinds, *wide)


def _check_seen(model: LatentClasses, best: np.ndarray, coders: Sequence[str]) -> None:
    rates = model.confusion.size
    if rates > _MOST_RATES:
        raise InputError(
            f"{len(coders)} coders of {len(model.categories)} categories have {rates:,} rates of "
            f"error, more than {_MOST_RATES:,}, too many to carry what is not known of them: "
            "settle on one value with coding.adjudicate()."
        )
    never = [kind for place, kind in enumerate(model.categories) if place not in best]
    if never:
        raise InputError(
            f"{listed(map(repr, never))} is nowhere the likeliest category, by all that "
            f"{listed(coders)} said: join it with another."
        )


def _check_told(seen: np.ndarray, coders: Sequence[str]) -> None:
    if np.linalg.svd(seen, compute_uv=False)[-1] < _LEAST_SEEN:
        raise InputError(
            f"{listed(coders)} agree too little to tell the categories apart. Look at their "
            "agreement, make the instructions clearer, and code again."
        )


def _by_rates(model: LatentClasses, ratings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Differentiate the posterior by prevalence and rates of error; how each row moves these.

    The rates are logarithms up to a constant, of which rows of rates hold one too many.
    """
    posterior, size = model.posterior, len(model.categories)
    said = np.stack([ratings == kind for kind in model.categories], axis=2).astype(float)
    coded = said.sum(axis=2, keepdims=True)
    rows, coders = ratings.shape
    logs = np.zeros((rows, size, size + coders * size * size))
    for kind in range(size):
        logs[:, kind, :size] = np.eye(size)[kind] - model.prevalence
        off = said - coded * model.confusion[:, kind]
        places = size + np.arange(coders)[:, None] * size * size + kind * size + np.arange(size)
        logs[:, kind, places.ravel()] = off.reshape(rows, -1)
    scores = np.einsum("rk,rkp->rp", posterior, logs)
    moves = scores @ np.linalg.pinv(scores.T @ scores, rcond=1e-10, hermitian=True)
    return posterior[:, :, None] * (logs - scores[:, None, :]), moves


def _with_seen(
    slopes: np.ndarray,
    moves: np.ndarray,
    *,
    posterior: np.ndarray,
    seen: np.ndarray,
    shares: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Differentiate the shares, by the rates and by what the posterior is on average."""
    total, turn, size = posterior.sum(axis=0), np.linalg.inv(seen), len(seen)
    products = posterior[:, :, None] * posterior[:, None, :]
    own = (products - seen * posterior[:, None, :]) / total
    by_rate = np.einsum("rkp,rd->kdp", slopes, posterior) + np.einsum(
        "rk,rdp->kdp", posterior, slopes
    )
    by_rate = (by_rate - seen[:, :, None] * slopes.sum(axis=0)) / total[:, None]
    seen_moves = np.einsum("kdp,rp->rkd", by_rate, moves) + own
    by_seen = -np.einsum("jk,rd->rjkd", turn, shares)
    rows = len(posterior)
    return (
        np.concatenate(
            [np.einsum("jk,rkp->rjp", turn, slopes), by_seen.reshape(rows, size, -1)], axis=2
        ),
        np.concatenate([moves, seen_moves.reshape(rows, -1)], axis=1),
    )
