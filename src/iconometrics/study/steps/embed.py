"""The step embeddings: one folder a network with its layer, extended by the rows that lack."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics import engine, networks
from iconometrics.errors import InputError
from iconometrics.networks import Network
from iconometrics.options import key
from iconometrics.study.disk import log
from iconometrics.study.disk import parts as rows
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.step import step
from iconometrics.study.steps import features as featuring

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["embed", "known", "network_of", "stored"]


def embed(layout: Layout, corpus: Corpus, network: Network, *, batch: int) -> rows.Rows:
    """Compute the embeddings that are missing."""
    sources = corpus.sources()
    folder = layout.step("embeddings") / f"{network.name}-{key(network.spec)}"
    with step(layout, "embeddings") as under_way:
        parts = rows.blocks(rows.missing(sources, folder), len(sources))
        if parts:
            # One thread: the network takes all cores itself, and pictures are read ahead of it.
            with ThreadPoolExecutor(1) as alone:
                engine.run(
                    partial(networks.embed_part, network=network, batch=batch),
                    parts,
                    executor=alone,
                    folder=folder,
                    label=f"embedding by {network.name}",
                    failed=partial(networks.failed_part, network=network),
                )
        found = _read(folder, network.name, corpus)
        under_way.done(
            network.name,
            key(network.spec),
            inputs={"images": featuring.fingerprint(sources)},
            options=network.spec,
            result={
                "folder": f"embeddings/{folder.name}",
                "images": len(found.values),
                "failed": len(found.reasons),
                "network": network.origin,
            },
        )
    return found


def known(layout: Layout) -> dict[str, dict[str, Any]]:
    """Find the newest embedding of each network."""
    return log.latest(log.entries(layout.log), "embeddings")


def stored(layout: Layout, corpus: Corpus) -> dict[str, pd.DataFrame]:
    """Read the newest embedding of each network."""
    return {
        name: _read(layout.folder / entry["result"]["folder"], name, corpus).values
        for name, entry in known(layout).items()
    }


def network_of(layout: Layout, name: str) -> Network | None:
    """Open the network that made an embedding, with its layer and preprocessing."""
    entry = known(layout).get(name)
    if entry is None:
        return None
    options, origin = entry["options"], entry["result"]["network"]
    if not origin:
        raise InputError(
            f"the embedding {name!r} was made by a network that stands in no file: save it with "
            "networks.save_weights and embed the study with that file, to compare other pictures."
        )
    prepared = networks.Preprocessing(**options["preprocessing"])
    made = networks.network(
        origin, layer=options["layer"], pool=options["pool"], preprocessing=prepared
    )
    if made.spec["sha256"] != options["sha256"]:
        raise InputError(
            f"{origin} is another file than the one that made the embedding {name!r}: its hash "
            "differs. Embed the study anew, or put the former file back."
        )
    return made


def _read(folder: Path, name: str, corpus: Corpus) -> rows.Rows:
    found = rows.read(folder, corpus.sources())
    columns = [f"{name}_{number}" for number in range(found.values.shape[1])]
    return rows.Rows(found.values.set_axis(columns, axis=1), found.reasons)
