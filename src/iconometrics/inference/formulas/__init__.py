"""Formulas: read against column names, evaluated without running code."""

__all__: list[str] = []
