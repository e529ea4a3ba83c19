"""Training a network to code: the network, the part held out, the scores on it."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import networks, options
from iconometrics.coders.card import content
from iconometrics.coders.network.examples import LabeledPictures, pictures_of, size_of
from iconometrics.corpus import Corpus, find_duplicates
from iconometrics.corpus.splitting import first_side
from iconometrics.errors import InputError, MissingPackageError, warn
from iconometrics.networks.inside.layers import quiet
from iconometrics.networks.tapping import digest

if TYPE_CHECKING:
    from iconometrics.networks.training import Pictures, Plan

__all__ = ["Learned", "hold_out", "make_network", "plan_of", "scores_of", "train", "training_room"]

_BELOW = 0.1


@dataclass(frozen=True, eq=False)
class Learned:
    """A network that was trained, and what it said of the images held out."""

    net: Any
    history: pd.DataFrame
    best: int
    held: NDArray[np.intp]
    scores: NDArray[np.float32]
    failed: Mapping[int, str]


def training_room() -> Any:
    """Import what trains networks."""
    try:
        from iconometrics.networks import training
    except ModuleNotFoundError as error:
        raise MissingPackageError(
            f"{error.name} is not installed: training networks needs it. Install it with "
            "pip install 'iconometrics[networks]'."
        ) from error
    return training


def plan_of(settings: Mapping[str, Any], **more: Any) -> Plan:
    """Make the plan that a coder's parameters describe, which checks them."""
    kind = training_room().Plan
    names = {field.name for field in dataclasses.fields(kind)}
    fields = {name: value for name, value in settings.items() if name in names}
    fields["augment"] = _named(fields["augment"])
    fields["below"] = 1.0 if settings["weights"] is None else _BELOW
    plan: Plan = kind(**{**fields, **more})
    if settings["validation"] == 0 and plan.early_stopping:
        plan = dataclasses.replace(plan, early_stopping=False)
    return plan


def make_network(settings: Mapping[str, Any], labeled: LabeledPictures, *, outputs: int) -> Any:
    """Make the network before training."""
    wanted = settings["architecture"]
    size = size_of(labeled.X, settings["size"])
    if isinstance(wanted, str):
        return networks.create(
            wanted,
            classes=outputs,
            channels=settings["channels"],
            size=size,
            seed=settings["seed"],
            weights=settings["weights"],
            **dict(settings["options"] or {}),
        )
    net = copy.deepcopy(wanted)
    if getattr(net, "size", None) is None:
        if size is None:
            raise InputError("size=None: expected the height and width that this network takes.")
        net.size = size
    net.channels = settings["channels"]
    _check_own(net, settings, outputs=outputs)
    return net


def train(
    labeled: LabeledPictures,
    targets: NDArray[Any],
    *,
    net: Any,
    plan: Plan,
    strata: NDArray[Any] | None,
    share: float,
    score: Any,
    checkpoint: str | Path | None,
) -> Learned:
    """Train a network, watched on a part of the images that is held out."""
    room = training_room()
    room.parts_of(net, plan.train)
    trained, held = hold_out(strata, labeled.groups, share=share, seed=plan.seed)
    _warn_of_copies(labeled.X, trained, held)
    pictures = pictures_of(labeled.X, size=net.size, channels=net.channels)
    body, source, own = net, pictures, plan
    if plan.train == "frozen":
        fed = room.features(net, pictures, batch=plan.batch, device=plan.device)
        own = dataclasses.replace(plan, train="last" if fed is None else "all")
        body, source = (net, pictures) if fed is None else (room.head_of(net), fed)
    course = room.learn(
        body,
        room.Part(source, trained, targets),
        room.Part(source, held, targets) if len(held) else None,
        plan=own,
        score=score,
        checkpoint=None if checkpoint is None else Path(checkpoint),
        key="" if checkpoint is None else _key(labeled, targets, share=share, net=net),
    )
    scored, scores = scores_of(body, source, held, plan=own)
    _warn_of_unreadable(pictures, labeled)
    return Learned(
        net, pd.DataFrame(course.history), course.best, scored, scores, dict(pictures.failed)
    )


def hold_out(
    strata: NDArray[Any] | None, groups: NDArray[Any], *, share: float, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Split images into those to train on and those to watch training with."""
    if not 0 <= share < 1:
        raise InputError(f"validation={share!r}: expected a share from 0 to below 1, such as 0.2.")
    if share == 0:
        return np.arange(len(groups)), np.arange(0)
    try:
        first = first_side(
            pd.Series(groups).astype("str"),
            share=1 - share,
            strata=None if strata is None else pd.Series(strata),
            seed=seed,
        )
    except InputError as error:
        raise InputError(
            f"{len(groups)} labeled images in {len(np.unique(groups))} groups: too few to hold "
            f"{share:.0%} out. Code more images, or pass validation=0 (no early stopping, no "
            "calibrated confidence)."
        ) from error
    absent = set() if strata is None else set(strata.tolist()) - set(strata[first].tolist())
    if absent:
        raise InputError(
            f"class {str(sorted(absent, key=str)[0])!r} has all its images among the "
            f"{share:.0%} that are held out: expected it in more groups. Code more groups, or use "
            "another seed."
        )
    return np.flatnonzero(first), np.flatnonzero(~first)


def _warn_of_copies(X: Any, train: NDArray[np.intp], held: NDArray[np.intp]) -> None:
    """Warn of pictures that are in both parts, as copies or nearly so."""
    if not len(held):
        return
    group = _copies_of(X)
    trained = set(group[train][group[train] >= 0].tolist())
    leaking = [int(at) for at in held if int(group[at]) in trained]
    if leaking:
        named = X.ids[leaking[:3]] if isinstance(X, Corpus) else leaking[:3]
        warn(
            f"leakage: {len(leaking)} of {len(held)} validation images (such as "
            f"{', '.join(map(str, named))}) have an exact or near copy among the images trained "
            "on: training stops too late, and the accuracy looks better than it is. Keep copies "
            "together with groups=, for instance corpus.check().groups."
        )


def scores_of(
    net: Any, pictures: Pictures, at: NDArray[np.intp] | None, *, plan: Plan
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Compute a network's scores, all at once."""
    parts = list(training_room().scores(net, pictures, at=at, batch=plan.batch, device=plan.device))
    if not parts:
        return np.arange(0), np.empty((0, 0), np.float32)
    return np.concatenate([p for p, _ in parts]), np.concatenate([s for _, s in parts])


def _copies_of(X: Any) -> NDArray[np.int64]:
    """Number the pictures that have copies; -1 for those that have none."""
    if isinstance(X, Corpus):
        duplicates = find_duplicates(X.images).set_index("image")["group"]
        return duplicates.reindex(X.ids).fillna(-1).to_numpy(np.int64)
    rows = pd.Series([np.ascontiguousarray(picture).tobytes() for picture in np.asarray(X)])
    number = pd.factorize(rows)[0]
    return np.where(rows.duplicated(keep=False), number, -1)


def _key(labeled: LabeledPictures, targets: NDArray[Any], *, share: float, net: Any) -> str:
    """Name pictures, what is learned of them, and the network before training."""
    shown = content(labeled.X).hex() if isinstance(labeled.X, Corpus) else None
    return options.key(labeled.digest(), shown, targets, share, digest(net))


def _named(augment: Any) -> tuple[str, ...]:
    return (augment,) if isinstance(augment, str) else tuple(augment)


def _check_own(net: Any, settings: Mapping[str, Any], *, outputs: int) -> None:
    """Refuse settings that a network of one's own cannot follow, before it is trained."""
    for name in ("weights", "options"):
        if settings[name]:
            raise InputError(
                f"{name}={settings[name]!r} with a network of your own: they are of architectures "
                "by name. Give the network its weights and options before, and leave these out."
            )
    import torch

    with quiet(net) as device, torch.inference_mode():
        shape = net(torch.zeros(1, net.channels, *net.size, device=device)).shape
    if tuple(shape) != (1, outputs):
        raise InputError(
            f"the network gives {tuple(shape)[1:]} scores per picture: expected {outputs}, "
            "one per class or label, and a single one where a number or an order is learned."
        )


def _warn_of_unreadable(pictures: Pictures, labeled: LabeledPictures) -> None:
    if pictures.failed:
        reasons = sorted(set(pictures.failed.values()))
        named = ", ".join(str(labeled.ids[at]) for at in list(pictures.failed)[:3])
        warn(
            f"{len(pictures.failed)} of {len(pictures)} labeled images cannot be read and were "
            f"not used: {named} ({'; '.join(reasons[:3])})."
        )
