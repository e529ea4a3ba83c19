"""Agreement: how far coders say the same of the same images."""

__all__: list[str] = []
