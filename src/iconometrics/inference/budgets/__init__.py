"""Budgets: how many images people must code."""

__all__: list[str] = []
