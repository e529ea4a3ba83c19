"""The methods that find themes, one a file."""

__all__: list[str] = []
