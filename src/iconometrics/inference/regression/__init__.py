"""Regressions: fitted, and corrected for the error of the measure."""

__all__: list[str] = []
