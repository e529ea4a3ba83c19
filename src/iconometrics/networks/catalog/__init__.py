"""The catalog of published weights: where they are, and how they get into a network."""

__all__: list[str] = []
