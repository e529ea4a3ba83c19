"""The classical models: what each is by default, and the small grid it is searched over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from iconometrics.errors import InputError

__all__ = ["CALIBRATIONS", "MODELS", "REDUCTIONS", "Model", "calibration", "full_grid", "pipeline"]

CALIBRATIONS = ("temperature", "sigmoid", "isotonic")
REDUCTIONS = ("pca", "select")

Grid = Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Sequence[Any]]]


@dataclass(frozen=True)
class Model:
    """One kind of classifier."""

    label: str
    make: Callable[[int], Any]
    grid: Grid
    inside: str = ""
    calibrate: str = "temperature"
    bare: bool = False


def pipeline(model: str, *, scale: bool, reduce: str | None, confidence: bool, seed: int) -> Any:
    """Chain scaling, selection or reduction, and the model; nothing is fitted yet."""
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    kind = _known(model)
    estimator = kind.make(seed)
    estimator = estimator.estimator if kind.bare and not confidence else estimator
    steps: list[tuple[str, Any]] = [("scale", StandardScaler())] if scale else []
    return Pipeline([*steps, *_reduction(reduce, seed), ("model", estimator)])


def full_grid(model: str, grid: str | Grid, pipeline: Any) -> list[dict[str, list[Any]]]:
    """Write a grid with the names that a pipeline has for the parameters of its model."""
    kind = _known(model)
    if isinstance(grid, str) and grid != "default":
        raise InputError(f'grid={grid!r}: expected None, "default" or parameters with values.')
    chosen = kind.grid if isinstance(grid, str) else grid
    grids = [chosen] if isinstance(chosen, Mapping) else list(chosen)
    known = pipeline.get_params()
    inside = "" if kind.bare and not hasattr(pipeline[-1], "estimator") else kind.inside
    named = [{_full_name(known, inside, k): list(v) for k, v in single.items()} for single in grids]
    unknown = [key for names in named for key in names if key not in known]
    if unknown:
        own = [k.removeprefix(f"model__{inside}") for k in known if k.startswith("model__")]
        raise InputError(
            f"grid names {unknown[0].removeprefix(f'model__{inside}')!r}, which model={model!r} "
            f"does not have: it has {', '.join(sorted(own))}."
        )
    return named


def calibration(model: str, calibrate: str | None) -> str | None:
    """Decide how confidence is calibrated."""
    if calibrate is None or calibrate in CALIBRATIONS:
        return calibrate
    if calibrate == "auto":
        return _known(model).calibrate
    raise InputError(f'calibrate={calibrate!r}: expected "auto", {_listed(CALIBRATIONS)} or None.')


def _known(model: str) -> Model:
    if model not in MODELS:
        raise InputError(f"model={model!r}: expected {_listed(sorted(MODELS))}.")
    return MODELS[model]


def _full_name(known: Mapping[str, Any], inside: str, name: str) -> str:
    return name if "__" in name and name in known else f"model__{inside}{name}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _reduction(reduce: str | None, seed: int) -> list[tuple[str, Any]]:
    if reduce is None:
        return []
    if reduce == "pca":
        from sklearn.decomposition import PCA

        # Components that hold 95 % of the variance.
        return [("reduce", PCA(0.95, svd_solver="full", random_state=seed))]
    if reduce == "select":
        from sklearn.feature_selection import SelectPercentile, VarianceThreshold

        # The F test is not defined for a constant column.
        return [("constant", VarianceThreshold()), ("reduce", SelectPercentile(percentile=25))]
    raise InputError(f"reduce={reduce!r}: expected None, {_listed(REDUCTIONS)}.")


def _svm(seed: int) -> Any:
    """One class against the rest: margins, where several classes by pairs give mere votes."""
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import SVC

    return OneVsRestClassifier(SVC(C=10))


def _polynomial(seed: int) -> Any:
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import SVC

    return OneVsRestClassifier(SVC(kernel="poly", degree=2, coef0=1))


def _forest(seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(300, random_state=seed, n_jobs=-1)


def _bagging(seed: int) -> Any:
    from sklearn.ensemble import BaggingClassifier

    return BaggingClassifier(n_estimators=50, random_state=seed)


def _neighbors(seed: int) -> Any:
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(5, weights="distance")


def _tree(seed: int) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(min_samples_leaf=5, random_state=seed)


def _ridge(seed: int) -> Any:
    from sklearn.linear_model import RidgeClassifier

    return RidgeClassifier(alpha=100)


def _lasso(seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    model = LogisticRegression(l1_ratio=1, C=0.1, solver="liblinear", random_state=seed)
    return OneVsRestClassifier(model)


def _lda(seed: int) -> Any:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    return LinearDiscriminantAnalysis()


def _logistic(seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=1000)


MODELS: dict[str, Model] = {
    "bagging": Model(
        "bagged decision trees",
        _bagging,
        {"max_features": [0.3, 1.0]},
        calibrate="sigmoid",
    ),
    "forest": Model(
        "random forest",
        _forest,
        {"min_samples_leaf": [1, 3], "max_features": ["sqrt", 0.2]},
    ),
    "lasso": Model(
        "logistic regression with a lasso penalty, one class against the rest",
        _lasso,
        {"C": [0.01, 0.03, 0.1, 0.3, 1]},
        inside="estimator__",
    ),
    "lda": Model(
        "linear discriminant analysis",
        _lda,
        [{"solver": ["svd"]}, {"solver": ["lsqr"], "shrinkage": ["auto", 0.1, 0.5]}],
    ),
    "logistic": Model(
        "multinomial logistic regression",
        _logistic,
        {"C": [0.001, 0.01, 0.1, 1, 100]},
    ),
    "neighbors": Model(
        "k nearest neighbors",
        _neighbors,
        {"n_neighbors": [1, 5, 15, 45], "weights": ["uniform", "distance"]},
        calibrate="sigmoid",
    ),
    "polynomial": Model(
        "support vector machine with a polynomial kernel",
        _polynomial,
        {"degree": [2, 3], "C": [0.1, 1, 10]},
        inside="estimator__",
        bare=True,
    ),
    "ridge": Model(
        "linear regression of the classes with a ridge penalty",
        _ridge,
        {"alpha": [1, 10, 100, 1000, 10000]},
    ),
    "svm": Model(
        "support vector machine with a radial kernel",
        _svm,
        {"C": [1, 10, 100], "gamma": ["scale", 0.0003, 0.003]},
        inside="estimator__",
        bare=True,
    ),
    "tree": Model(
        "decision tree",
        _tree,
        {"min_samples_leaf": [2, 5, 20], "ccp_alpha": [0.0, 0.003]},
        calibrate="sigmoid",
    ),
}
