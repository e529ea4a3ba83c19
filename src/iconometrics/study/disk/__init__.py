"""The study folder on disk: where things lie, who may write, what ran, and results as files."""

__all__: list[str] = []
