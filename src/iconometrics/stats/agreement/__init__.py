"""Agreement coefficients of arrays of ratings, with their intervals."""

__all__: list[str] = []
