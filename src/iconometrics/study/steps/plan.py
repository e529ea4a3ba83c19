"""The step plan: what is going to be done, frozen with a hash before it is done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from iconometrics.coding import Store
from iconometrics.errors import InputError, StudyError, warn
from iconometrics.inference import parse
from iconometrics.inference.regression.methods import METHODS
from iconometrics.inference.regression.models import MODELS
from iconometrics.options import canonical, need_columns, several
from iconometrics.study.disk import log
from iconometrics.study.disk import tables as frames
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.result_files import write_text
from iconometrics.study.disk.step import step
from iconometrics.study.steps import measure as measuring
from iconometrics.study.steps.codes import newest_book
from iconometrics.study.steps.estimate import columns_there
from iconometrics.study.steps.plan_text import document
from iconometrics.wording import counted, joined, listed

if TYPE_CHECKING:
    import pandas as pd

    from iconometrics.coding import Codebook
    from iconometrics.corpus import Corpus

__all__ = ["Plan", "frozen", "make", "plans", "regressions"]

# The parts that people write; the others are as the study is at that time.
_WRITTEN = ("regressions", "themes", "bar", "note")
_AS_THEY_ARE = ("codebook", "frame", "samples", "former", "time", "before", "study")


@dataclass(frozen=True, eq=False, repr=False)
class Plan:
    """What was going to be done, as it was written down at one time.

    Parameters
    ----------
    number
        1 for the plan, more for its amendments.
    content
        All that its file holds.
    sha256
        Of the file's bytes, as they are now.
    place
        Its line in the study's log; None where the log does not hold this very file.

    Examples
    --------
    >>> Plan(2, {"time": "2026-03-01T12:00:00+00:00"}, "ab12", 7).title
    'Amendment 1'
    """

    number: int
    content: Mapping[str, Any]
    sha256: str
    place: int | None

    def __repr__(self) -> str:
        return f"{self.title} of {self.time}, {self.stage}, SHA-256 {self.sha256}"

    @property
    def title(self) -> str:
        """Plan, Amendment 1, Amendment 2 ..."""
        return "Plan" if self.number == 1 else f"Amendment {self.number - 1}"

    @property
    def time(self) -> str:
        """When it was made."""
        return f"{str(self.content['time'])[:16].replace('T', ' ')} UTC"

    @property
    def intact(self) -> bool:
        """Whether the file is the one that was made."""
        return self.place is not None

    @property
    def stage(self) -> str:
        """What was there already: made "before any code, measure or estimate" or after some."""
        there = self.content["before"]
        coded = counted(there["coded_images"], "image")
        words = {
            "code": there["codes"] and f"{counted(there['codes'], 'code')} of {coded}",
            "measure": _some(there["measures"], "measured variable"),
            "estimate": _some(there["estimates"], "estimate"),
        }
        missing = [noun for noun, text in words.items() if not text]
        after = [text for text in words.values() if text]
        parts = [f"before any {joined(missing, 'or')}"] if missing else []
        return " and ".join([*parts, f"after {joined(after)}"] if after else parts)

    def text(self) -> str:
        """Write the plan as Markdown, to be put into a registry.

        Returns
        -------
        str
            As it lies in the folder plans.
        """
        head = f"{self.title}, made on {self.time}, {self.stage}."
        file = f"plan-{self.number}.json"
        return document(self.content, head=head, file=file, sha256=self.sha256)


def plans(layout: Layout) -> list[Plan]:
    """Read the plan and its amendments, the first one first."""
    logged = [
        (place, entry["result"].get("sha256"))
        for place, entry in enumerate(log.entries(layout.log))
        if entry["step"] == "plan"
    ]
    places = {sha256: place for place, sha256 in reversed(logged)}
    read: list[Plan] = []
    for path in sorted(layout.plans.glob("plan-*.json"), key=lambda path: int(path.stem[5:])):
        data = path.read_bytes()
        sha256, content = hashlib.sha256(data).hexdigest(), _content(path.name, data)
        place = places.get(sha256) if content["former"] == _former(read) else None
        read.append(Plan(int(path.stem[5:]), content, sha256, place))
    return read


def regressions(
    formulas: Sequence[str],
    models: Sequence[str],
    *,
    cluster: str | None,
    fixed_effects: str | Sequence[str] | None,
    method: str | None,
    measure: str | Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """Write planned regressions down, or refuse what `estimate` would refuse."""
    if len(models) != len(formulas):
        raise InputError(
            f"{counted(len(models), 'model')} for {counted(len(formulas), 'formula')}: expected "
            "one for all of them, or one for each."
        )
    unknown = [model for model in models if model not in MODELS]
    if unknown:
        raise InputError(f"model={unknown[0]!r}: expected one of {listed(map(repr, MODELS), 5)}.")
    if method is not None and method not in METHODS:
        raise InputError(f"method={method!r}: expected one of {listed(map(repr, METHODS), 4)}.")
    others: dict[str, Any] = {
        "cluster": cluster, "fixed_effects": list(several(fixed_effects)), "method": method
    }  # fmt: skip
    # Plans that name nobody's measure stay what they were in former versions.
    if measure is not None:
        others["measure"] = sorted(several(measure))
    return [
        {"formula": parse(formula, None).text.strip(), "model": model, **others}
        for formula, model in zip(formulas, models, strict=True)
    ]


def make(
    layout: Layout,
    corpus: Corpus,
    *,
    regressions: Sequence[Mapping[str, Any]],
    themes: Mapping[str, Any] | None,
    bar: float | None,
    note: str,
    study: str,
    amend: bool,
) -> Plan:
    """Freeze a plan; the same plan again is the one that is there."""
    written = canonical(
        {"regressions": list(regressions), "themes": themes, "bar": bar, "note": note.strip()}
    )
    _check(layout, written, regressions)
    with step(layout, "plan") as under_way:
        there = plans(layout)
        if there and _is_said(written, there[-1]):
            return there[-1]
        if there and not amend:
            raise StudyError(
                f"there is a plan already, made on {there[0].time}. It stays as it is; add to it "
                "with amend=True (--amend), which is dated and says what was there by then."
            )
        number = 1 + (there[-1].number if there else 0)
        content = {
            **frozen(layout, corpus),
            **_amended(written, there[-1] if there else None),
            "study": study,
            "plan": number,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "former": _former(there),
            "before": _before(layout),
            "iconometrics": log.installed()["iconometrics"],
        }
        path = layout.plans / f"plan-{number}.json"
        write_text(_json(content), path)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        result = {"file": f"plans/{path.name}", "sha256": sha256}
        under_way.done(f"plan {number}", sha256[:12], result=result)
        plan = plans(layout)[-1]
        write_text(plan.text(), path.with_suffix(".md"))
    return plan


def frozen(layout: Layout, corpus: Corpus) -> dict[str, Any]:
    """Write down what a study is made of: its codebook, its images, its samples."""
    book = newest_book(layout)
    images = corpus.images["sha256"].fillna("").sort_index()
    lines = "".join(f"{image}\t{sha256}\n" for image, sha256 in images.items())
    drawn = log.latest(log.entries(layout.log), "sample")
    samples = [
        {
            "name": name,
            "images": len(sample.images),
            "seed": drawn.get(name, {}).get("seed"),
            "design": drawn.get(name, {}).get("options", {}),
            "sha256": _digest(sample.table),
        }
        for name, sample in Store(layout.codings).samples().items()
    ]
    return {
        "codebook": None if book is None else _book(book),
        "frame": {"images": len(images), "sha256": hashlib.sha256(lines.encode()).hexdigest()},
        "samples": samples,
    }


def _book(book: Codebook) -> dict[str, Any]:
    return {
        "name": book.name,
        "version": book.version,
        "variables": list(book.names),
        "sha256": hashlib.sha256(book.text().encode()).hexdigest(),
    }


def _check(
    layout: Layout, written: Mapping[str, Any], regressions: Iterable[Mapping[str, Any]]
) -> None:
    """Refuse a plan of nothing, and columns that nobody can mean."""
    if not any(written.values()):
        raise InputError(
            "nothing is planned: give formulas, k, bar or a note, such as "
            "formulas='likes ~ protest' (--formula)."
        )
    bar = written["bar"]
    if bar is not None and not 0 < bar < 1:
        raise InputError(f"bar={bar}: expected an accuracy between 0 and 1, such as 0.8.")
    book, table = newest_book(layout), frames.load(layout.metadata).iloc[:0]
    for planned in regressions:
        need_columns(table, filter(None, [planned["cluster"], *planned["fixed_effects"]]))
    names = {*columns_there(layout), "theme", *(() if book is None else book.names)}
    wanted = [name for planned in regressions for name in parse(planned["formula"], None).columns]
    unknown = [name for name in dict.fromkeys(wanted) if name not in names]
    if unknown:
        warn(
            f"{listed(unknown)}: no column, feature, measure or variable of the codebook is called "
            "so yet. The plan keeps the name as it is written."
        )


def _is_said(written: Mapping[str, Any], plan: Plan) -> bool:
    """Whether a plan says already what is written now."""
    there = plan.content
    new = [planned for planned in written["regressions"] if planned not in there["regressions"]]
    others = ((written[name], there[name]) for name in ("themes", "bar", "note"))
    return not new and all(not now or now == then for now, then in others)


def _amended(written: Mapping[str, Any], former: Plan | None) -> dict[str, Any]:
    """Add what is written to what was planned: nothing that was planned is taken away."""
    if former is None:
        return dict(written)
    planned = list(former.content["regressions"])
    planned += [new for new in written["regressions"] if new not in planned]
    kept = {name: written[name] or former.content[name] for name in ("themes", "bar")}
    return {"regressions": planned, "note": written["note"], **kept}


def _before(layout: Layout) -> dict[str, Any]:
    """Count what was there when a plan was made."""
    codings = Store(layout.codings).codings().data
    estimated = {e["key"] for e in log.entries(layout.log) if e["step"] == "estimate"}
    measured = [name for names in measuring.variables(layout).values() for name in names]
    return {
        "codes": len(codings),
        "coded_images": int(codings["image"].nunique()),
        "measures": len(measured),
        "estimates": len(estimated),
    }


def _content(name: str, data: bytes) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(data)
        missing = {*_WRITTEN, *_AS_THEY_ARE} - set(content)
    except (ValueError, TypeError) as error:
        raise StudyError(f"plans/{name} is damaged ({error}): put its copy back.") from error
    if missing:
        raise StudyError(f"plans/{name} has no {listed(sorted(missing))}: put its copy back.")
    return content


def _former(there: Sequence[Plan]) -> str | None:
    return there[-1].sha256 if there else None


def _digest(table: pd.DataFrame) -> str:
    text = table.sort_values("image").to_csv(index=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(canonical(content), indent=1, ensure_ascii=False) + "\n"


def _some(n: int, noun: str) -> str:
    return counted(n, noun) if n else ""
