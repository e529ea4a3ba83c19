"""Interpretation: what sets themes apart, in words, pictures, metadata and over time."""

__all__: list[str] = []
