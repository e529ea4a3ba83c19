"""How many themes: the evidence for each number of them."""

__all__: list[str] = []
