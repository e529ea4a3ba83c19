"""The step embeddings: one folder per network and layer, extended by the missing rows."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics import engine, networks
from iconometrics.errors import InputError
from iconometrics.networks import Network
from iconometrics.options import key
from iconometrics.study.disk import log, parts
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.step import step
from iconometrics.study.steps import features as featuring

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["embed", "keys", "network_of", "stored"]


def embed(
    layout: Layout,
    corpus: Corpus,
    network: str | Path | Network,
    *,
    layer: str | None,
    pool: str | None,
    size: int | None,
    batch: int,
) -> pd.DataFrame:
    """Compute the embeddings that are missing."""
    opened = networks.network(network, layer=layer, pool=pool, size=size)
    rows = _extend(layout, corpus, opened, batch=batch)
    featuring.warn_of_missing({opened.name: rows})
    return rows.values


def _extend(layout: Layout, corpus: Corpus, network: Network, *, batch: int) -> parts.Rows:
    sources = corpus.sources()
    folder = layout.step("embeddings") / f"{network.name}-{key(network.spec)}"
    with step(layout, "embeddings") as under_way:
        todo = parts.blocks(parts.missing(sources, folder), len(sources))
        if todo:
            # One thread: the network takes all cores itself, and pictures are read ahead of it.
            with ThreadPoolExecutor(1) as alone:
                engine.run(
                    partial(networks.embed_part, network=network, batch=batch),
                    todo,
                    executor=alone,
                    folder=folder,
                    label=f"embedding by {network.name}",
                    failed=partial(networks.failed_part, network=network),
                )
        rows = _read(folder, network.name, corpus)
        under_way.done(
            network.name,
            key(network.spec),
            inputs={"images": featuring.fingerprint(sources)},
            options=network.spec,
            result={
                "folder": f"embeddings/{folder.name}",
                "images": len(rows.values),
                "failed": len(rows.reasons),
                "network": network.origin,
            },
        )
    return rows


def keys(layout: Layout) -> dict[str, str]:
    """Name the embeddings by network, the newest at the end, each with its key."""
    return {name: entry["key"] for name, entry in _newest(layout).items()}


def stored(
    layout: Layout, corpus: Corpus, names: Collection[str] | None = None
) -> dict[str, pd.DataFrame]:
    """Read the newest embedding of each network, or of some."""
    return {
        name: _read(layout.folder / entry["result"]["folder"], name, corpus).values
        for name, entry in _newest(layout).items()
        if names is None or name in names
    }


def network_of(layout: Layout, name: str) -> Network | None:
    """Open the network that made an embedding, with its layer and preprocessing."""
    entry = _newest(layout).get(name)
    if entry is None:
        return None
    options, origin = entry["options"], entry["result"]["network"]
    if not origin:
        raise InputError(
            f"the embedding {name!r} was made by a network that is not in a file: save it with "
            "networks.save_weights and embed the study with that file, to compare other pictures."
        )
    prepared = networks.Preprocessing(**options["preprocessing"])
    network = networks.network(
        origin, layer=options["layer"], pool=options["pool"], preprocessing=prepared
    )
    if network.spec["sha256"] != options["sha256"]:
        raise InputError(
            f"{origin} is not the file that made the embedding {name!r}: its hash "
            "differs. Embed the study again, or put the former file back."
        )
    return network


def _newest(layout: Layout) -> dict[str, dict[str, Any]]:
    return log.latest(log.entries(layout.log), "embeddings")


def _read(folder: Path, name: str, corpus: Corpus) -> parts.Rows:
    rows = parts.read(folder, corpus.sources())
    columns = [f"{name}_{number}" for number in range(rows.values.shape[1])]
    return parts.Rows(rows.values.set_axis(columns, axis=1), rows.reasons)
