"""Blocks of features: by rule, from a network, from metadata; joined by image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np
import pandas as pd

from iconometrics.corpus import Corpus
from iconometrics.errors import InputError
from iconometrics.features import extract_with_reasons
from iconometrics.networks import embed_with_reasons
from iconometrics.options import need_columns
from iconometrics.stats.categories import indicators

__all__ = ["blocks_of", "encoded", "joined", "learned"]

_FEWEST = 2
_MOST = 50


def blocks_of(
    corpus: Corpus,
    *,
    rule: Sequence[Any] | None,
    network: Any,
    metadata: Mapping[str, Mapping[str, Any]] | None,
    executor: Executor | None = None,
) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Compute the blocks of a corpus."""
    if not len(corpus):
        raise InputError("there is no image: the corpus is empty.")
    blocks: dict[str, pd.DataFrame] = {}
    reasons: dict[str, str] = {}
    if rule:
        blocks["rule"], unread = extract_with_reasons(corpus, rule, executor=executor)
        reasons |= unread
    if network is not None:
        table, unread = _embedded(corpus, network)
        blocks["network"] = table.reindex(corpus.ids)
        reasons |= unread
    if metadata:
        blocks["metadata"] = encoded(corpus.metadata, metadata)
    if not blocks:
        raise InputError("no block: expected rule=, network= or metadata=, best two of them.")
    return blocks, reasons


def joined(blocks: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Put blocks beside each other, columns named after their block."""
    return pd.concat([table.add_prefix(f"{name}_") for name, table in blocks.items()], axis=1)


def learned(metadata: pd.DataFrame, columns: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Look at metadata: which columns are numbers, which categories the others have."""
    summaries: dict[str, dict[str, Any]] = {}
    need_columns(metadata, columns, what="the metadata")
    for name in columns:
        values = metadata[name]
        if values.isna().all():
            raise InputError(f"column {name!r} of the metadata is empty: leave it out.")
        if values.dtype.kind in "iuf":
            finite = values.astype(float).replace([np.inf, -np.inf], np.nan)
            summaries[name] = {"mean": float(finite.mean())}
            continue
        counts = values.astype("str").value_counts()
        kept = sorted(counts.index[counts >= _FEWEST])
        if not 1 <= len(kept) <= _MOST:
            raise InputError(
                f"column {name!r} of the metadata has {len(kept)} categories that occur twice or "
                f"more: expected 1 to {_MOST}. Group them, or leave it out."
            )
        summaries[name] = {"categories": kept}
    return summaries


def encoded(metadata: pd.DataFrame, learned: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Turn metadata into numbers, as was learned."""
    columns: dict[str, Any] = {}
    need_columns(metadata, learned, what="the metadata", expected="the columns trained on")
    for name, known in learned.items():
        values = metadata[name]
        if "mean" in known:
            numbers = pd.to_numeric(values, errors="coerce").astype(float)
            columns[name] = numbers.where(np.isfinite(numbers), known["mean"])
            continue
        # None is the base: a category that is new or rare is not one of those learned.
        named = [f"{name}={category}" for category in known["categories"]]
        columns |= zip(named, indicators(values.astype("str"), known["categories"]).T, strict=True)
    return pd.DataFrame(columns, index=metadata.index).astype(float)


def _embedded(corpus: Corpus, network: Any) -> tuple[pd.DataFrame, dict[str, str]]:
    if not isinstance(network, pd.DataFrame):
        return embed_with_reasons(corpus, network)
    absent = corpus.ids.difference(network.index)
    if len(absent) == len(corpus):
        raise InputError(
            f"no image has a row in the table of embeddings: images have ids such as "
            f"{list(corpus.ids[:2])}, the table such as {list(network.index[:2])}."
        )
    return network, dict.fromkeys(absent, "not in the table of embeddings")
