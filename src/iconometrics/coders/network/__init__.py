"""Coders that train a network on pictures."""

__all__: list[str] = []
