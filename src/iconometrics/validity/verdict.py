"""What a comparison with a gold standard says of a measure, in a few words."""

from __future__ import annotations

from iconometrics.validity.accuracy.rates import Rate
from iconometrics.wording import NOT_VALIDATED, counted, interval, number

__all__ = ["verdict"]


def verdict(n: int, accuracy: Rate | None, kappa: Rate | None, *, bar: float | None = None) -> str:
    """Say how a measure did: not validated, compared with codes, or over a bar set before."""
    if not n:
        return NOT_VALIDATED
    codes = counted(n, "code")
    if accuracy is None:
        return f"compared with {codes}"
    figure = f"accuracy {number(accuracy.value)} ({interval(*accuracy[1:])})"
    if kappa is not None and not kappa.low > 0:
        return f"{NOT_VALIDATED}: not shown to be better than chance on {codes}, {figure}"
    if bar is None:
        return f"compared with {codes}: {figure}"
    if accuracy.low >= bar:
        return f"validated: {figure} on {codes}, over the bar of {number(bar)}"
    return f"{NOT_VALIDATED}: {figure} on {codes}, not shown to reach the bar of {number(bar)}"
