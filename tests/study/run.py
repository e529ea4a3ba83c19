"""All steps of a study that need no people; the tests start and kill this as a process."""

from __future__ import annotations

import sys

from iconometrics.errors import StudyError
from iconometrics.study import Study


def main(folder: str, photos: str, table: str) -> None:
    study = Study.create(folder, photos, metadata=table)
    study.check()
    study.features(["color"])
    study.features(["color", "hog"])
    study.themes(range(2, 5))
    study.train("scene", model="logistic", features=["color"])
    study.measure("scene-logistic")
    study.validate("scene-logistic")
    study.estimate("likes ~ scene")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except StudyError as error:
        sys.exit(str(error))
