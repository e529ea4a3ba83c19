"""Methods: the paragraphs for a paper, from what the study did, and the works they cite."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics import features
from iconometrics.coders.classical.models import MODELS, calibration
from iconometrics.report.blocks import Chapter, Section, Text
from iconometrics.report.chapters.themes import groups_of
from iconometrics.report.chapters.trail import counts, paragraph
from iconometrics.report.references import Reference, listed, references
from iconometrics.report.reportable import Measured, Reportable
from iconometrics.wording import count, counted, joined, percent, visible

if TYPE_CHECKING:
    from markupsafe import Markup

    from iconometrics.inference import Estimates
    from iconometrics.themes import Themes
    from iconometrics.validity import Agreement

__all__ = ["cited", "collect", "paragraphs"]

_CITATION = re.compile(r"\(@[a-z-]+(?:; @[a-z-]+)*\)")
_KEY = re.compile(r"@([a-z-]+)")
_SETS = {
    "color": "color and tone, among them colorfulness (@hasler)",
    "hog": "edges, as histograms of oriented gradients (@dalal)",
    "texture": "texture, from co-occurring gray levels (@haralick) and local entropy",
    "glcm": "texture, from co-occurring gray levels (@haralick)",
    "edges": "the density and direction of edges (@canny)",
    "lbp": "local binary patterns (@ojala)",
    "quality": "image quality, such as sharpness and exposure",
    "composition": "composition (@datta)",
    "gist": "the layout of the scene (GIST; @oliva)",
}
_WORKS = {
    "bagging": "breiman-bagging",
    "forest": "breiman-forest",
    "lasso": "tibshirani",
    "lda": "fisher",
    "logistic": "cox",
    "neighbors": "cover",
    "polynomial": "cortes",
    "ridge": "hoerl",
    "svm": "cortes",
    "tree": "breiman-tree",
}
_CALIBRATIONS = {
    "temperature": "temperature scaling (@guo)",
    "sigmoid": "sigmoid scaling (@platt)",
    "isotonic": "isotonic regression (@zadrozny)",
}
_MODELS = {
    "ols": "ordinary least squares",
    "lpm": "a linear probability model",
    "logit": "logistic regression (@cox)",
    "poisson": "Poisson regression",
    "negbin": "negative binomial regression",
}
_SOFTWARE = (
    ("numpy", "NumPy", "harris"),
    ("scikit-learn", "scikit-learn", "pedregosa"),
    ("statsmodels", "statsmodels", "seabold"),
    ("opencv-python-headless", "OpenCV", "bradski"),
)
_METHODS = {
    "k-means": "k-means (@macqueen; @lloyd)",
    "hierarchical": "hierarchical clustering (@ward)",
    "Gaussian mixture": "a mixture of normal distributions (@fraley)",
    "HDBSCAN": "density-based clustering (HDBSCAN; @campello)",
    "spherical k-means": "spherical k-means (@dhillon)",
}
_CRITERIA = {
    "within_ss": "the elbow of the sum of squares",
    "silhouette": "the mean silhouette (@rousseeuw)",
    "gap": "the gap statistic (@tibshirani-gap)",
    "stability": "the agreement of overlapping samples (@ben-hur)",
    "bic": "the Bayesian information criterion (@fraley)",
}
_COEFFICIENTS = (
    ("Krippendorff", "Krippendorff's alpha (@krippendorff)"),
    ("Cohen", "Cohen's kappa (@cohen-kappa; @fleiss-cohen)"),
    ("Fleiss", "Fleiss' kappa (@fleiss-kappa)"),
    ("Gwet", "Gwet's coefficient (@gwet)"),
)


def collect(study: Reportable, *, said: Sequence[str] = ()) -> Chapter:
    """Write the methods section."""
    texts = [*said, *paragraphs(study)]
    works = listed(key for text in texts for key in cited(text))
    entries = tuple(Text(_entry(key, work), tone="reference") for key, work in works)
    return Chapter(
        "Methods",
        "Written to be copied into a paper; every number is this study's own.",
        (
            Section("In a paper's words", tuple(Text(_linked(text)) for text in texts)),
            Section("References", entries),
        ),
    )


def cited(text: str) -> list[str]:
    """Find the works that a paragraph cites."""
    keys = [key for group in _CITATION.findall(text) for key in _KEY.findall(group)]
    return [key for key in keys if key in references()]


def _linked(text: str) -> Markup:
    """Escape a paragraph and turn its citations into links to the list."""
    from markupsafe import Markup, escape

    pieces = []
    end = 0
    for citation in _CITATION.finditer(text):
        keys = cited(citation.group())
        if keys:
            links = [_link(key) for key in keys]
            pieces += [
                escape(visible(text[end : citation.start()])),
                "(",
                Markup("; ").join(links),
                ")",
            ]
            end = citation.end()
    return Markup("").join([*pieces, escape(visible(text[end:]))])


def _link(key: str) -> Markup:
    from markupsafe import Markup

    return Markup('<a class="cite" href="#ref-{}">{}</a>').format(key, references()[key].short)


def _entry(key: str, work: Reference) -> Markup:
    from markupsafe import Markup

    text = Markup('<span id="ref-{}">{} ({}). {}. <i>{}</i>.</span>').format(
        key, work.authors, work.year, work.title, work.source
    )
    if not work.doi:
        return text
    return text + Markup(' <a href="https://doi.org/{0}">doi:{0}</a>').format(work.doi)


def paragraphs(study: Reportable) -> list[str]:
    """Write the methods section."""
    texts = [_images(study), _features(study), _themes(study), _samples(study)]
    texts.append(_agreement(study.agreements()))
    texts += [_measure(measure) for measure in study.measures()]
    tried = counts(study.specifications(), verb="reported")
    texts += [_estimates(study), tried, paragraph(study), _software(study)]
    return [text for text in texts if text]


def _images(study: Reportable) -> str:
    status = study.corpus.images["status"].value_counts()
    failed, converted = int(status.get("failed", 0)), int(status.get("converted", 0))
    read = (
        f"of which {count(failed)} could not be read and {count(converted)} were converted"
        if failed or converted
        else "all of which could be read as they are"
    )
    text = (
        f"The corpus holds {counted(len(study.corpus), 'image')}, {read}. "
        "Every image was decoded in full, turned upright as its EXIF data say, and converted to "
        "8-bit sRGB; transparency was laid on white. Exact duplicates were found by SHA-256, near "
        "duplicates by a 64-bit perceptual hash (@zauner)."
    )
    duplicates = study.duplicates()
    if len(duplicates):
        sets = counted(duplicates["group"].nunique(), "set")
        text += f" {counted(len(duplicates), 'image')} in {sets} are duplicates of one another."
    return text


def _features(study: Reportable) -> str:
    tables = study.feature_tables()
    if not tables:
        return ""
    parts = []
    for spec, table in tables.items():
        extractor = features.get(spec)
        words = _SETS.get(extractor.name, extractor.name)
        parts.append(f"{counted(table.shape[1], 'feature')} of {words}, at {_size(extractor)}")
    return f"From each image we computed {joined(parts)}."


def _size(extractor: features.Extractor) -> str:
    if extractor.size is None:
        return "the size of the image"
    return f"a longest side of at most {count(extractor.size)} pixels"


def _themes(study: Reportable) -> str:
    themes = study.latest_themes()
    if themes is None:
        return ""
    tried = themes.selection["k"]
    chosen = (
        str(themes.reason)
        if len(tried) < 2
        else f"Of {count(tried.min())} to {count(tried.max())} themes, {themes.k} were taken, "
        f"looking at {joined(_looked_at(themes))}: {themes.reason}"
    ).rstrip(".")
    restarts, seed = themes.settings.get("restarts"), themes.settings.get("seed")
    starts = f" The best of {counted(int(restarts), 'start')} was kept" if restarts else ""
    seeded = f" (seed {seed})." if starts and seed is not None else "." if starts else ""
    return (
        f"Themes were found with {_METHODS.get(themes.settings.get('method', ''), 'k-means')} on "
        f"standardized features, each set of features carrying the same weight. {chosen}.{starts}"
        f"{seeded}{_stability(themes)} Intervals of their shares are Wilson's (@wilson)"
        f"{_worth(study, themes)}."
    )


def _worth(study: Reportable, themes: Themes) -> str:
    """Say at which number of images intervals are taken where these belong to accounts."""
    groups = groups_of(study, themes)
    if groups is None:
        return ""
    by = counted(groups.nunique(), "group")
    return f", at the number of images that those of {by} ({groups.name}) are worth"


def _looked_at(themes: Themes) -> list[str]:
    return [words for name, words in _CRITERIA.items() if name in themes.selection]


def _stability(themes: Themes) -> str:
    stability = themes.stability
    if stability is None:
        return ""
    runs = stability.runs["over"].value_counts()
    reruns = joined([f"{counted(int(runs[over]), 'run')} over {over}" for over in runs.index])
    return (
        f" They were found again in {reruns}; agreement is the adjusted Rand index (@hubert), put "
        "into words after @steinley, and that of each theme the Jaccard index (@hennig)."
    )


def _samples(study: Reportable) -> str:
    parts = []
    for sample in study.samples():
        table = sample.table
        strata = table["stratum"].dropna().nunique() if "stratum" in table else 0
        kind = f"stratified by {counted(strata, 'stratum', 'strata')}" if strata > 1 else "simple"
        parts.append(f"{counted(len(table), 'image')} ({kind}, sample “{sample.name}”)")
    if not parts:
        return ""
    return (
        f"For coding by hand we drew a random sample of {joined(parts)}; the probability with "
        "which each image was drawn is stored."
    )


def _agreement(agreements: Sequence[Agreement]) -> str:
    if not agreements:
        return ""
    first = agreements[0]
    rows = pd.concat([agreement.coefficients for agreement in agreements])
    computed = rows["coefficient"].str
    names = [text for start, text in _COEFFICIENTS if computed.startswith(start).any()]
    levels = ", ".join(f"“{each.variables[0]}” ({each.main()['level']})" for each in agreements)
    weighted = rows["method"].str.endswith("by design").any()
    weights = (
        " Images drawn with unequal probabilities or in clusters count for one over their "
        "probability."
    ) * bool(weighted)
    by = "images" if first.groups is None else f"{counted(first.groups, 'group')} of images"
    return (
        f"Agreement among coders on {levels} was computed as {joined(names)}, and as the share of "
        f"pairs that agree, over images that two or more coded. Intervals at "
        f"{percent(first.confidence)} are score intervals, with errors linearized by image or "
        f"group (Cohen's kappa: large-sample), and checked with "
        f"{counted(first.draws, 'bootstrap resample')} of {by} (@efron)."
        f"{weights}"
    )


def _measure(measure: Measured) -> str:
    card: Mapping[str, Any] = measure.card
    settings: Mapping[str, Any] = card.get("settings") or {}
    kind = str(settings.get("model"))
    sets = [str(spec).partition(":")[0] for spec in settings.get("features") or ()]
    text = f"The variable “{measure.variable}” was read by {measure.name}"
    if kind in _WORKS:
        text += f", a classifier: {MODELS[kind].label} (@{_WORKS[kind]})"
        text += f" on {joined(sets)} features" if sets else ""
    if "network" in card:
        text += f", a network ({card['model']}"
        text += f", {int(card['parameters']):,} weights"
        text += f", begun from {settings['weights']}" if settings.get("weights") else ""
        text += f"), epoch {card['kept_epoch']} of {len(card['history'])}"
    if "n" in card:
        text += f", trained on {counted(int(card['n']), 'image')}"
    if settings.get("grid"):
        text += f", its settings chosen by {settings.get('folds')}-fold cross-validation"
    seed = settings.get("seed")
    text += f" (seed {seed})." if seed is not None else "."
    calibrated = _calibration(kind, settings)
    if card.get("temperature"):
        calibrated = f" Its probabilities were calibrated by {_CALIBRATIONS['temperature']}."
    return f"{text}{calibrated} {_validation(measure)}"


def _calibration(kind: str, settings: Mapping[str, Any]) -> str:
    asked = settings.get("calibrate")
    how = calibration(kind, asked) if kind in _WORKS and asked else None
    return f" Its probabilities were calibrated by {_CALIBRATIONS[how]}." if how else ""


def _validation(measure: Measured) -> str:
    if measure.accuracy is None:
        return "This measure is not validated."
    head = (
        f"It was compared with {counted(measure.accuracy.n, 'image')} coded by hand that were not "
        "used in training."
    )
    if measure.accuracy.undecided:
        head += (
            f" {counted(measure.accuracy.undecided, 'image')} more "
            f"{'was' if measure.accuracy.undecided == 1 else 'were'} left undecided by the coders; "
            "intervals run from all of these wrong to all of them right."
        )
    if measure.accuracy.weighted:
        how = (
            "Each image counts for one over the probability with which it was drawn; intervals are "
            "Wilson's at the effective number of images, from linearized variances (@sarndal)"
        )
    elif measure.accuracy.groups is not None:
        how = (
            "Intervals are Wilson's (@wilson) at the effective number of images, from variances "
            f"over {measure.accuracy.groups} groups"
        )
    else:
        how = "Intervals of shares and of F1 are Wilson's (@wilson)"
        if measure.accuracy.target == "corpus":
            how += (
                ", as narrow as what the sample leaves open of the corpus; of a corpus that was "
                "coded whole there are none"
            )
    return f"{head} {how}; confidences were compared with the share correct (@brier)."


def _estimates(study: Reportable) -> str:
    texts = []
    for estimates in study.estimates():
        model = _MODELS.get(estimates.model, estimates.model)
        assumes = "; ".join(estimates.rows["assumes"].astype(str).unique())
        naive = " Measured values were taken for the truth (naive)."
        texts.append(
            f"“{estimates.formula}” was estimated by {model}{_errors(estimates, assumes)}."
            + (naive if (estimates.rows["method"] == "naive").any() else "")
        )
    return " ".join(texts)


def _errors(estimates: Estimates, assumes: str) -> str:
    if estimates.target == "corpus":
        return ", its intervals holding the chance of which images were coded"
    if "cluster" in assumes:
        return ", with standard errors by cluster"
    if "equal spread" in assumes:
        return ", with classical standard errors"
    robust = ", with heteroskedasticity-consistent standard errors (@mackinnon)"
    return robust if estimates.model in ("ols", "lpm") else ""


def _software(study: Reportable) -> str:
    versions = study.versions()
    used = [
        f"{word} {versions[name]} (@{key})" for name, word, key in _SOFTWARE if name in versions
    ]
    own = f"iconometrics {versions.get('iconometrics', '')}".strip()
    with_python = f" under Python {versions['python']}" if "python" in versions else ""
    return (
        f"The analysis was done with {own}{with_python}, which rests on {joined(used)}."
        if used
        else f"The analysis was done with {own}{with_python}."
    )
