"""Stability: whether the same themes are found again."""

__all__: list[str] = []
