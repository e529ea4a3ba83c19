"""Comparing classifiers and settings on the same folds."""

__all__: list[str] = []
