"""Two phases of coding: students' codes of many images, experts' codes of a part drawn of these."""

from __future__ import annotations

from collections.abc import Collection

from iconometrics.coding import Codings, Store
from iconometrics.errors import InputError
from iconometrics.study.disk.layout import Layout
from iconometrics.study.steps import train as training
from iconometrics.study.steps.codes import by_people, second_phases, settled
from iconometrics.wording import listed

__all__ = ["experts", "first_phase", "two_phases", "unsettled"]


def first_phase(layout: Layout, name: str) -> Codings:
    """Read the codes of a first phase: of a sample, or those kept from training a model."""
    samples = Store(layout.codings).samples()
    if name in samples:
        return settled(layout, name)
    kept = training.gold_of(layout, name)
    if kept is None or kept.sample is None:
        raise InputError(
            f"{name!r} is neither a sample nor a model that was trained on a part of one; the "
            f"samples are {listed(samples, 8) or 'none'}."
        )
    return kept


def experts(layout: Layout, first: str) -> Codings | None:
    """Read the codes of the newest second phase that was drawn from a first one."""
    drawn = [second for second, former in second_phases(layout).items() if former == first]
    codes = settled(layout, drawn[-1]) if drawn else None
    return codes if codes is not None and len(codes) else None


def two_phases(layout: Layout, name: str, coders: Collection[str]) -> tuple[Codings, Codings]:
    """Read the codes of both phases, to correct the measures of some coders."""
    first, second = first_phase(layout, name), experts(layout, name)
    if second is None:
        raise InputError(
            f"first_phase={name!r}: nobody coded a second phase of it. Draw one with "
            f"study.draw(n, second_phase={name!r}), have experts code it, and add their codes."
        )
    for coder in coders:
        kept = training.gold_of(layout, coder)
        if coder != name and kept is not None and _is_of_one(kept, first):
            raise InputError(
                f"first_phase={name!r}: {coder!r} was trained on a part of that sample. Draw the "
                f"second phase from the other part, with study.draw(n, second_phase={coder!r}), "
                f"and estimate with first_phase={coder!r}."
            )
    if first.sample is not None:
        outside = second.images[~second.images.isin(first.sample.images)]
        if len(outside):
            raise InputError(
                f"first_phase={name!r}: {len(outside)} of {len(second.images)} images of the "
                f"second phase ({listed(outside)}) are not in the first, as if the model had "
                "been trained anew since. Draw a second phase of what it kept now."
            )
    return first, second


def _is_of_one(kept: Codings, first: Codings) -> bool:
    """Whether the codes kept from training are of the sample of a first phase."""
    own, drawn = kept.sample, first.sample
    return own is not None and drawn is not None and own.name == drawn.name


def unsettled(layout: Layout, gold: Codings, variables: Collection[str]) -> Codings:
    """Read what each person said of the images of a gold standard."""
    phase = gold.sample.name if gold.sample is not None else ""
    rows = by_people(layout, phase if phase in second_phases(layout) else None).data
    own = rows["variable"].isin(list(variables)) & rows["image"].isin(gold.images)
    return Codings(rows[own], sample=gold.sample)
