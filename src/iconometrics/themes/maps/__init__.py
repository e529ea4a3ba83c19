"""Maps: images placed on few axes, and drawn there."""

__all__: list[str] = []
