"""The chapters of the report, one file each."""

__all__ = []


def __dir__() -> list[str]:
    return __all__
