"""What is read from the disk: an estimate reads what its formula names, and nothing twice."""

from __future__ import annotations

import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from iconometrics import pipeline
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.study import Study

Reads = list[tuple[str, Any]]


@pytest.fixture
def study(photos: Path, posts: Path, tmp_path: Path) -> Study:
    """Two sets of features, themes in one of them, a validated measure of a third variable."""
    study = Study.create(tmp_path / "study", photos, metadata=posts, group="account")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IconometricsWarning)
        study.features(["color", "edges"])
        study.themes(2, features=["edges"])
        codes = study.corpus.metadata["scene"].rename("place").reset_index()
        codes.to_csv(tmp_path / "anna.csv", index=False)
        study.add_codings(tmp_path / "anna.csv")
        study.train("place", model="lda", features=["color"])
        study.validate("place-lda")
        study.validate("place-lda", seed=2)
    return study


@pytest.fixture
def reads(study: Study, monkeypatch: pytest.MonkeyPatch) -> Reads:
    """Every table that is read from the study's folder, with its columns; schemas do not count."""
    read: Reads = []
    read_table = pq.read_table

    def note(path: Any, columns: Any) -> None:
        if Path(path).is_relative_to(study.folder):
            read.append((Path(path).relative_to(study.folder).as_posix(), columns))

    def noted(source: Any, **options: Any) -> Any:
        note(source, options.get("columns"))
        return read_table(source, **options)

    class File(pq.ParquetFile):
        def __init__(self, source: Any, **options: Any) -> None:
            super().__init__(source, **options)
            self.noted = source

        def read(self, columns: Any = None, **options: Any) -> Any:
            note(self.noted, columns)
            return super().read(columns, **options)

    monkeypatch.setattr(pq, "read_table", noted)
    monkeypatch.setattr(pq, "ParquetFile", File)
    return read


def folders(reads: Reads) -> set[str]:
    """Files of the study itself, and folders of results without their keys."""
    names = (Path(path) for path, _ in reads)
    return {"/".join(part.split("-")[0] for part in name.parts[:2]) for name in names}


BASE = {"corpus.parquet", "metadata.parquet"}


@pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")
@pytest.mark.parametrize(
    ("formula", "also"),
    [
        ("likes ~ scene", set()),
        ("likes ~ color_brightness", {"features/color"}),
        ("likes ~ theme", {"themes/themes"}),
        ("likes ~ place", {"measures/place"}),
    ],
)
def test_an_estimate_reads_what_its_formula_names(
    study: Study, reads: Reads, formula: str, also: set[str]
) -> None:
    study = Study.open(study.folder)
    study.estimate(formula, errors="classical", methods=["naive"] if "place" in formula else None)
    assert folders(reads) == BASE | also
    assert max(Counter(path for path, _ in reads).values()) == 1
    columns = dict(reads)["metadata.parquet"]
    assert columns == [name for name in ("likes", "scene") if name in formula]
    assert not any("items" in path for path, _ in reads)


def test_an_unknown_name_is_told_from_names_alone(study: Study, reads: Reads) -> None:
    with pytest.raises(InputError, match="did you mean 'color_brightness'"):
        study.estimate("likes ~ color_brightnes")
    with pytest.raises(InputError, match=r"there are .*likes.*color_"):
        study.estimate("likes ~ zzzz")
    with pytest.raises(InputError, match="no such measure; there are place-lda"):
        study.estimate("likes ~ place", measure=["other"])
    assert reads == []


def test_an_export_reads_each_table_once(study: Study, reads: Reads, tmp_path: Path) -> None:
    study = Study.open(study.folder)
    path = study.export(tmp_path / "data.parquet")
    assert len(study.columns()) == pd.read_parquet(path).shape[1]
    counts = Counter(path for path, _ in reads)
    assert {"corpus.parquet", "metadata.parquet"} <= set(counts)
    assert folders(reads) == BASE | {
        "features/color", "features/edges", "themes/themes", "measures/place",
    }  # fmt: skip
    assert set(counts.values()) == {1}


@pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")
def test_a_report_reads_each_table_once(study: Study, reads: Reads) -> None:
    study.estimate("likes ~ place", errors="classical")
    reads.clear()
    pipeline.write_report(Study.open(study.folder))
    counts = Counter(path for path, _ in reads)
    assert any(path.startswith("estimates/") for path in counts)
    assert {path: n for path, n in counts.items() if n > 1} == {}
