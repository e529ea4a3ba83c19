"""Worked examples: applications from the literature that run on a bare installation."""

__all__: list[str] = []
