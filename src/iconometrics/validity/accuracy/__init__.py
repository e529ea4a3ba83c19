"""Accuracy: how far a measure says what the gold standard says."""

__all__: list[str] = []
