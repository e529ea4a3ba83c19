"""Studies: the folder on disk that holds a project, its steps, and the data set made of it."""

from iconometrics.study.study import Study

__all__ = ["Study"]


def __dir__() -> list[str]:
    return __all__
