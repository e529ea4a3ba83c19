"""The data set of a study: its pieces side by side, exported to any common format."""

__all__: list[str] = []
