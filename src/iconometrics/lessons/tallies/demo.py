"""The demo: 400 tally sheets, cut into cells, read, added up, and compared with the truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from iconometrics import report
from iconometrics.coders import FeatureClassifier
from iconometrics.coding import Codings
from iconometrics.corpus import Corpus
from iconometrics.features import HOG
from iconometrics.lessons.tallies.chapters import sheet_chapter, totals_chapter
from iconometrics.lessons.tallies.findings import Findings, Share, judge
from iconometrics.lessons.tallies.handwriting import share_out
from iconometrics.lessons.tallies.pile import INSIDE, Pile, lay_out
from iconometrics.study import Study

__all__ = ["Summary", "run"]

_SHEETS = 400
_TRAINING = 150
_ALTERED = 0.125
_POOR = 0.08


@dataclass(frozen=True, eq=False)
class Summary:
    """What the demo wrote and found.

    Parameters
    ----------
    report
        The page to open.
    findings
        The figures, with their intervals.

    Examples
    --------
    >>> from iconometrics.lessons import tallies
    >>> len(tallies.run("demo").lines)  # doctest: +SKIP
    5
    """

    report: Path
    findings: Findings

    @property
    def lines(self) -> tuple[str, ...]:
        """The findings in five lines."""
        findings = self.findings
        totals = findings.totals.groupby("sheets")[["true", "read"]].sum()
        return (
            f"digits read right         {findings.digits}",
            f"sheets without a mistake  {findings.sheets}",
            f"sheets flagged to check   {findings.flagged}",
            f"written over, if flagged  {findings.precision}; flagged, if written over: "
            f"{findings.recall}",
            f"votes read                {totals['read']['all']:,.0f} of "
            f"{totals['true']['all']:,.0f}; without flagged sheets "
            f"{totals['read']['unflagged']:,.0f} of {totals['true']['unflagged']:,.0f}",
        )


def run(
    out: str | Path, *, seed: int = 1, sheets: int = _SHEETS, training: int = _TRAINING
) -> Summary:
    """Read the vote tallies and write the report.

    Parameters
    ----------
    out
        A new folder for sheets, study and report.
    seed
        Names everything drawn at random.
    sheets, training
        How many sheets are measured, and how many the coder is trained on.

    Returns
    -------
    Summary
        The report's path and the findings.

    Notes
    -----
    The handwriting is scikit-learn's copy of Alpaydin & Kaynak's optical recognition of
    handwritten digits (UCI Machine Learning Repository, 1998).

    Examples
    --------
    >>> from iconometrics.lessons import tallies
    >>> summary = tallies.run("demo")  # doctest: +SKIP
    """
    out = Path(out)
    trainers, clerks = share_out(trainers=30, clerks=40)
    practice = lay_out(
        out / "training", trainers, name="practice", n=training, altered=0, poor=_POOR, seed=seed
    )
    pile = lay_out(
        out / "sheets",
        clerks,
        name="station",
        n=sheets,
        altered=_ALTERED,
        poor=_POOR,
        seed=seed + 1,
    )
    coder = _train(practice, seed)
    study = Study.create(
        out / "study",
        pile.folder,
        metadata=pile.sheets.reset_index(),
        id="sheet",
        name="Reading vote tallies",
        seed=seed,
    )
    cells = study.cut("cells", cells=INSIDE)
    codings = cells.measure(coder)
    truth = Codings.from_series(pile.cells["digit"], variable="digit", coder="truth")
    accuracy = cells.validate(coder.name, gold=truth, groups=pile.cells["source"].astype("str"))
    digits = Share(*accuracy.accuracy, accuracy.n)
    findings = judge(_read(codings), pile.cells, pile.sheets, digits=digits, seed=seed)
    chapters = (sheet_chapter(findings, pile), totals_chapter(findings))
    return Summary(report.write(cells, out=out / "report", chapters=chapters), findings)


def _train(pile: Pile, seed: int) -> FeatureClassifier:
    """Train on cells whose digits are known, from hands that fill none of the other sheets."""
    sheets = Corpus.from_table(pile.sheets.reset_index(), root=pile.folder, id="sheet")
    cells = sheets.check().corpus.regions(cells=INSIDE)
    coder = FeatureClassifier("svm", features=[HOG(size=32, cell=8)], seed=seed)
    return coder.fit(cells, pile.cells["digit"].rename("digit"))


def _read(codings: Codings) -> pd.DataFrame:
    codes = codings.data.set_index("image")
    return pd.DataFrame({"digit": codes["value"], "confidence": codes["confidence"]})
