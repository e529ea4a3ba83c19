"""How results over codes that no gold standard backs are marked."""

from __future__ import annotations

from iconometrics.wording import NOT_VALIDATED

__all__ = ["with_status"]


def with_status(label: str, status: str) -> str:
    """Write behind a label that what it names is not validated, if so."""
    return f"{label} ({NOT_VALIDATED})" if status == NOT_VALIDATED else label
