"""The steps of a study, one file per verb."""

__all__: list[str] = []
