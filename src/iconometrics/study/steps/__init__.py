"""The steps of a study, one file a verb."""

__all__: list[str] = []
