"""The share of each category: as measured, as coded, and corrected, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from iconometrics.coding import Codings, undecided
from iconometrics.coding.adjudication import decided_as
from iconometrics.corpus.weights import (
    check_weighted,
    corpus_weights,
    worth_note,
)
from iconometrics.errors import InputError
from iconometrics.inference.coder_error import over_errors
from iconometrics.inference.estimates import COLUMNS, Estimates
from iconometrics.inference.formulas.variables import gather
from iconometrics.inference.regression.dsl import dsl
from iconometrics.inference.regression.ppi import ppi
from iconometrics.inference.regression.sampled import (
    Sampled,
    clusters_of,
    likeliest,
    sampled,
    with_coders,
    with_first_phase,
)
from iconometrics.inference.regression.tables import HARD_FOR_ALL
from iconometrics.inference.undecided import widened
from iconometrics.options import Target, check_target
from iconometrics.stats import (
    effective_n,
    rogan_gladen,
    share_interval,
    survey_design,
    survey_ratio,
    wilson,
)
from iconometrics.stats.tails import Side
from iconometrics.validity.matching import common_variable
from iconometrics.wording import as_label, listed

__all__ = ["share"]

_ALONE = "; lambda 0.00"
_STANDS = "stands for"
_DRAWN = "images drawn for coding at random with the probabilities of the sample"


def share(
    measure: Codings,
    gold: Codings,
    *,
    first_phase: Codings | None = None,
    variable: str | None = None,
    category: str | None = None,
    coder_error: float | Sequence[float] = 0.0,
    target: Target | None = None,
    posterior: bool = False,
    weights: pd.Series | None = None,
    repeats: int = 10,
    level: float = 0.95,
    side: Side = "two",
    seed: int = 1,
) -> Estimates:
    """Estimate the share of images of each category, by five methods side by side.

    Where the gold standard's sample was drawn by cluster, errors are by cluster (but for "naive"
    and "Rogan-Gladen"). Images that people looked at and did not decide
    (`iconometrics.coding.undecided`) widen the interval of a category: from none of them to all.

    Parameters
    ----------
    measure
        Machine codings of all images.
    gold
        Codes of people for a sample of them, with the sample.
    first_phase
        Codes of a first phase, with its sample, of which `gold` codes a part drawn at random, as in
        `estimate`.
    variable
        The variable; may be left out where both have just one in common.
    category
        One category; by default every one.
    coder_error
        Share of images that people take for the category where they are not, and as many the other
        way, whatever else the images show; several make a table of each.
    target
        What the shares are of: "corpus", the images that were measured, or "beyond", further
        images like these, of which they are a random draw. By default the corpus; beyond it with
        `first_phase` or `posterior`, whose chance within a corpus is not known here, and with
        `weights`.
    posterior
        Whether `gold` holds the codes of three people or more, unsettled, as in `estimate`.
    weights
        How many images of a wider whole each measured image stands for, by image id, as in
        `estimate`: the shares are then those of the whole.
    repeats
        Divisions into folds of the DSL estimate.
    level
        Confidence level.
    side
        "two"; "lower" or "upper" for one bound alone.
    seed
        Names the divisions.

    Returns
    -------
    Estimates
        One row per category and method: "naive", "first phase only" where there is one, "gold only"
        (weighted by the design, strata and clusters), "Rogan-Gladen", "DSL" and "PPI++".

    Raises
    ------
    InputError
        If nothing is in common, an image was coded outside of the sample, no category varies, or
        options do not go together.

    Notes
    -----
    Rogan, W. J. and Gladen, B. (1978). Estimating prevalence from the results of a screening test.
    American Journal of Epidemiology 107, 71-76.

    Examples
    --------
    >>> values = pd.Series(["yes", "no"] * 50, index=[f"{n}.jpg" for n in range(100)])
    >>> measure = Codings.from_series(values, variable="smile", coder="svm")
    >>> people = values[:40].mask(np.arange(40) % 10 == 0, "no")
    >>> gold = Codings.from_series(people, variable="smile", coder="anna")
    >>> found = share(measure, gold, category="yes", repeats=2).table()
    >>> found["method"].tolist()
    ['naive', 'gold only', 'Rogan-Gladen', 'DSL', 'PPI++']
    """
    name = common_variable(measure, gold, variable)
    unsettled = posterior or first_phase is not None
    target = target or ("beyond" if unsettled or weights is not None else "corpus")
    check_target(target)
    check_weighted(None if weights is None else str(weights.name or "weights"), target)
    if unsettled and target == "corpus":
        raise InputError(
            "target='corpus' with first_phase= or posterior=True: how much chance there is within "
            "the corpus is not known here. Use target='beyond'."
        )
    kinds = None if category is None else [as_label(category)]
    ends = _Ends(level, side, repeats, seed, 0.0, first_phase, posterior, target, weights)
    return over_errors(
        lambda error: _widest(measure, gold, name, kinds=kinds, ends=ends._replace(error=error)),
        coder_error,
    )


def _widest(
    measure: Codings, gold: Codings, name: str, *, kinds: Sequence[str] | None, ends: _Ends
) -> Estimates:
    """Estimate, with intervals as wide as the undecided images make them."""
    drawn = _drawn(measure, gold, name, ends)
    kinds = kinds or _categories(drawn, name)
    shares = _shares(drawn, gold, kinds, ends=ends)
    if not len(undecided(gold, name)):
        return shares
    ways = []
    for kind in kinds:
        for value in (kind, f"not {kind}"):
            codes = decided_as(gold, name, value)
            ways.append(_shares(_drawn(measure, codes, name, ends), codes, [kind], ends=ends))
    return widened(shares, ways, gold=gold, names=[name])


def _drawn(measure: Codings, gold: Codings, name: str, ends: _Ends) -> Sampled:
    measured = measure[name].dropna()
    frame = pd.DataFrame(index=pd.Index(measured.index, name="image"))
    variables = gather(frame, measure=measure.select(measured.index))
    settled = likeliest(gold, [name]) if ends.posterior else gold
    drawn = sampled(variables, [name], gold=settled, measure=[measure])
    drawn = with_first_phase(_standing(drawn, ends.weights), ends.first_phase)
    return with_coders(drawn, gold) if ends.posterior else drawn


def _standing(drawn: Sampled, weights: pd.Series | None) -> Sampled:
    """Put beside how many images of the whole each image stands for."""
    if weights is None:
        return drawn
    name, images = str(weights.name or "weights"), drawn.table.index
    stands = corpus_weights(weights.reindex(images), name)
    table = drawn.table.assign(**{_STANDS: stands})
    return drawn._replace(table=table, notes=(*drawn.notes, worth_note(stands, name)))


def _shares(drawn: Sampled, gold: Codings, kinds: Sequence[str], *, ends: _Ends) -> Estimates:
    """Estimate with one set of codes."""
    name = drawn.predicted[0]
    clusters = clusters_of(ends.first_phase or gold, drawn.table.index)
    tables = []
    for kind in kinds:
        columns = _indicators(drawn, name, kind)
        if clusters is not None:
            columns["cluster"] = clusters
        for method, run in _METHODS.items():
            if method == "first phase only" and ends.first_phase is None:
                continue
            row, assumed = run(columns, drawn, gold, ends)
            row |= {"method": method, "term": f"{name}[{kind}]", "assumes": assumed}
            tables.append(pd.DataFrame([row])[list(COLUMNS)])
    return Estimates(
        rows=pd.concat(tables, ignore_index=True), formula=f"share of {name} ~ 1", model="share",
        level=ends.level, notes=(*drawn.notes, *([HARD_FOR_ALL] if drawn.coders else [])),
        side=ends.side, target=ends.target,
    )  # fmt: skip


class _Ends(NamedTuple):
    level: float
    side: Side
    repeats: int
    seed: int
    error: float
    first_phase: Codings | None
    posterior: bool
    target: Target
    weights: pd.Series | None

    @property
    def corpus(self) -> bool:
        """Whether shares are of the measured images alone."""
        return self.target == "corpus"


def _categories(drawn: Sampled, name: str) -> list[str]:
    values = set(drawn.table[name].dropna()) | set(drawn.table[drawn.prediction[0]].dropna())
    return sorted(map(str, values))


def _indicators(drawn: Sampled, name: str, category: str) -> pd.DataFrame:
    truth, guess = drawn.table[name], drawn.table[drawn.prediction[0]]
    known = set(truth.dropna()) | set(guess.dropna())
    if category not in known:
        raise InputError(
            f"category={category!r}: neither people nor the measure gave it; there are "
            f"{listed(sorted(map(str, known)), 8)}."
        )
    columns = {
        "share": (truth == category).astype(float).where(truth.notna()),
        "measured": (guess == category).astype(float),
    }
    probability = drawn.table.get(drawn.sample_prob) if drawn.sample_prob else None
    table = pd.DataFrame(columns, index=drawn.table.index)
    if _STANDS in drawn.table:
        table[_STANDS] = drawn.table[_STANDS]
    for own in drawn.first_phase:
        first = drawn.table[own]
        table = table.assign(first=(first == category).astype(float).where(first.notna()))
    for own in drawn.coders:
        said = drawn.table[own]
        table[own] = (said == category).astype(float).where(said.notna())
    if drawn.first_phase_prob is not None:
        table = table.assign(first_probability=drawn.table[drawn.first_phase_prob])
    return table if probability is None else table.assign(probability=probability)


def _row(value: float, se: float, low: float, high: float, n: int) -> dict[str, object]:
    return {"estimate": value, "se": se, "low": low, "high": high, "p": np.nan, "n": n}


def _naive(
    columns: pd.DataFrame, drawn: Sampled, gold: Codings, ends: _Ends
) -> tuple[dict[str, object], str]:
    share, n = float(columns["measured"].mean()), len(columns)
    if _STANDS in columns:
        return _weighted_naive(columns, ends)
    if ends.corpus:
        assumed = "measured without error; every image was, so no chance is in which were drawn"
        return _row(share, np.nan, np.nan, np.nan, n), assumed
    interval = wilson(columns["measured"].sum(), n, level=ends.level, side=ends.side)
    se = float(np.sqrt(share * (1 - share) / n))
    assumed = "measured without error; images drawn at random from a larger whole"
    return _row(share, se, float(interval.low), float(interval.high), n), assumed


def _weighted_naive(columns: pd.DataFrame, ends: _Ends) -> tuple[dict[str, object], str]:
    """Take the measure for the truth, each image standing for its part of the whole."""
    design = survey_design(columns[_STANDS], clusters=columns.get("cluster"))
    ratio = survey_ratio(columns["measured"], np.ones(len(columns)), design)
    low, high = share_interval(ratio, level=ends.level, side=ends.side)
    assumed = "measured without error; images of the whole came in with the chances of weights="
    return _row(ratio.value, ratio.se, low, high, len(columns)), assumed


def _coded(columns: pd.DataFrame, gold: Codings) -> tuple[pd.DataFrame, dict[str, object]]:
    coded = columns.dropna(subset="share")
    equal = pd.Series(len(coded) / len(columns), coded.index)
    weights = coded.get(_STANDS, 1.0) / coded.get("probability", equal)
    options: dict[str, object] = {"weights": np.asarray(weights, dtype=float)}
    if gold.sample is not None:
        rows = gold.sample.table.set_index("image").reindex(coded.index)
        for option, name in (("strata", "stratum"), ("clusters", "cluster")):
            if rows[name].notna().all():
                options[option] = rows[name].to_numpy()
    return coded, options


def _gold_only(
    columns: pd.DataFrame, drawn: Sampled, gold: Codings, ends: _Ends
) -> tuple[dict[str, object], str]:
    if drawn.coders:
        row, assumed = _by_frame(partial(ppi, tune=0.0))(columns, drawn, gold, ends)
        return {**row, "n": int(columns["share"].notna().sum())}, assumed.removesuffix(_ALONE)
    coded, options = _coded(columns, gold)
    weights = options.pop("weights")
    if "first" in columns and "clusters" in options:
        options.pop("strata", None)
    # Errors of coders are chance in images that were drawn for certain, too.
    finite = ends.corpus and not ends.error
    corpus = None if ends.corpus else _drawn_from(columns).loc[coded.index]
    design = survey_design(weights, finite=finite, corpus=corpus, **options)  # type: ignore[arg-type]
    ratio = survey_ratio(coded["share"], np.ones(len(coded)), design)
    low, high = share_interval(ratio, level=ends.level, side=ends.side)
    part = 1 - 2 * ends.error
    value, low, high = ((own - ends.error) / part for own in (ratio.value, low, high))
    row = _row(value, ratio.se / part, max(low, 0.0), min(high, 1.0), len(coded))
    return row, _DRAWN + _people(ends.error)


def _drawn_from(columns: pd.DataFrame) -> pd.Series:
    """Give one over the probability of being drawn from the corpus, or from the first phase."""
    equal = pd.Series(columns["share"].notna().mean(), columns.index)
    whole = columns.get("probability", equal)
    if "first" not in columns:
        return 1 / whole
    first = pd.Series(columns["first"].notna().mean(), columns.index)
    return columns.get("first_probability", first) / whole


def _first_phase_only(
    columns: pd.DataFrame, drawn: Sampled, gold: Codings, ends: _Ends
) -> tuple[dict[str, object], str]:
    """Take the codes of the first phase for the truth."""
    assert ends.first_phase is not None
    renamed = columns.drop(columns=["share", "probability"], errors="ignore").rename(
        columns={"first": "share", "first_probability": "probability"}
    )
    row, assumed = _gold_only(renamed, drawn, ends.first_phase, ends)
    return row, f"{assumed}; the codes of the first phase are the truth"


def _people(error: float) -> str:
    return f"; people err in {error:.3g} of images, whatever else these show" if error else ""


def _rogan_gladen(
    columns: pd.DataFrame, drawn: Sampled, gold: Codings, ends: _Ends
) -> tuple[dict[str, object], str]:
    known = columns.index.isin(drawn.trained)
    coded, options = _coded(columns[~known], gold)
    weight = np.asarray(options["weights"])
    truth, guess = coded["share"].to_numpy() == 1, coded["measured"].to_numpy() == 1
    assumed = "the measure errs equally often whatever else differs between images"
    if ends.error or drawn.coders:
        nothing = _row(np.nan, np.nan, np.nan, np.nan, len(columns))
        return nothing, f"{assumed}; its rates are not corrected for errors of coders"
    if truth.all() or not truth.any():
        nothing = _row(np.nan, np.nan, np.nan, np.nan, len(columns))
        return nothing, f"{assumed}; people coded one kind only, so it cannot be computed"
    rates, sizes = [], []
    for part, right in ((truth, guess), (~truth, ~guess)):
        rates.append(float(np.average(right[part], weights=weight[part])))
        left = (weight[part] * (weight[part] - ends.corpus)).sum()
        sizes.append(float(weight[part].sum() ** 2 / left) if left > 0 else np.inf)
    if rates[0] + rates[1] <= 1:
        nothing = _row(np.nan, np.nan, np.nan, np.nan, len(columns))
        return nothing, f"{assumed}; the measure is no better than chance, so it cannot be computed"
    stands = columns.get(_STANDS, pd.Series(1.0, columns.index))
    observed = float(np.average(columns["measured"][~known], weights=stands[~known]))
    measured = np.inf if ends.corpus else effective_n(survey_design(stands[~known]))
    corrected = rogan_gladen(
        observed, *rates, n=measured,
        n_positive=sizes[0], n_negative=sizes[1], level=ends.level, side=ends.side,
    )  # fmt: skip
    # Images that were trained on count by their codes: their error rates are not those of others.
    settled = float((stands * columns["share"])[known].sum() / stands.sum())
    part = float(stands[~known].sum() / stands.sum())
    value, low, high = (
        settled + part * end for end in (corrected.value, corrected.low, corrected.high)
    )
    return _row(value, np.nan, low, high, len(columns)), assumed


def _by_frame(
    method: Callable[..., Estimates],
) -> Callable[[pd.DataFrame, Sampled, Codings, _Ends], tuple[dict[str, object], str]]:
    def run(
        columns: pd.DataFrame, drawn: Sampled, gold: Codings, ends: _Ends
    ) -> tuple[dict[str, object], str]:
        probability, cluster = (
            name if name in columns else None for name in ("probability", "cluster")
        )
        extra: dict[str, Any] = (
            {"repeats": ends.repeats, "seed": ends.seed} if method is dsl else {}
        )
        if "first" in columns:
            known = "first_probability" if "first_probability" in columns else None
            extra |= {"first_phase": ["first"], "first_phase_prob": known}
        if drawn.coders:
            extra["coders"] = drawn.coders
        nothing = _row(np.nan, np.nan, np.nan, np.nan, len(columns))
        try:
            estimates = method(
                "share ~ 1", columns, predicted=["share"], prediction=["measured"],
                sample_prob=probability, cluster=cluster, coder_error=ends.error,
                target=ends.target, level=ends.level, side=ends.side,
                weights=_STANDS if _STANDS in columns else None, **extra,
            )  # fmt: skip
        except InputError as error:
            return nothing, f"cannot be computed: {error}".rstrip(".")
        row = estimates.rows.iloc[0]
        ends_of = (max(float(row["low"]), 0.0), min(float(row["high"]), 1.0))
        return _row(row["estimate"], row["se"], *ends_of, len(columns)), str(row["assumes"])

    return run


_METHODS = {
    "naive": _naive,
    "first phase only": _first_phase_only,
    "gold only": _gold_only,
    "Rogan-Gladen": _rogan_gladen,
    "DSL": _by_frame(dsl),
    "PPI++": _by_frame(ppi),
}
