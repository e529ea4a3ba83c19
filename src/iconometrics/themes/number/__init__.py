"""How many themes: what each number of them speaks for itself."""

__all__: list[str] = []
