"""The methods that find themes, one per file."""

__all__: list[str] = []
