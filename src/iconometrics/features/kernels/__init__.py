"""Loops over pixels that numpy has no fast words for, compiled once and kept on disk.

Nothing here is imported before it is needed: loading the compiler takes a third of a second.
"""

__all__: list[str] = []
