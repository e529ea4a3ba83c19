"""Make files of every kind that iconometrics keeps, and what they say, to lie beside this.

Run once, with the version whose files they are: ``python make_fixtures.py files.zip``. The pictures
are handwritten digits that come with scikit-learn. For a version that is past it is never run
again: its files are there to be read by later ones.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

os.environ.setdefault("MPLBACKEND", "agg")

import numpy as np
import pandas as pd
from PIL import Image
from sklearn.datasets import load_digits

import iconometrics as im

DIGITS = (0, 1, 7)
HOG = "hog:size=32:cell=16"
SETS = ["color:size=32", HOG]
SMALL = {"bagging": {"n_estimators": [3]}, "forest": {"n_estimators": [4], "n_jobs": [1]}}
BOOK = """name = "digits"
version = "1"

[[variables]]
name = "digit"
question = "Which digit is it?"
type = "nominal"
categories = ["one", "seven", "zero"]

[[variables]]
name = "ink"
question = "How much ink is there?"
type = "ordinal"
categories = ["little", "some", "much"]
"""


def plain(table: Any) -> Any:
    """What JSON can hold, floats in full; the times of codings are left out."""
    if isinstance(table, pd.DataFrame):
        kept = table.drop(columns=["time", "modified"], errors="ignore").astype(object)
        cells = kept.where(kept.notna(), None).to_numpy().tolist()
        return {
            "columns": [str(name) for name in kept.columns],
            "index": [str(name) for name in kept.index],
            "cells": [[plain(cell) for cell in row] for row in cells],
        }
    if isinstance(table, (pd.Series, np.ndarray)):
        return [plain(one) for one in table.tolist()]
    if isinstance(table, dict):
        return {str(name): plain(one) for name, one in table.items()}
    if isinstance(table, (list, tuple)):
        return [plain(one) for one in table]
    return table.item() if isinstance(table, np.generic) else table


def expect(folder: Path, file: str = "expected.json", /, **told: Any) -> None:
    text = json.dumps({name: plain(one) for name, one in told.items()})
    (folder / file).write_text(text + "\n", encoding="utf-8")


def pictures(folder: Path) -> pd.DataFrame:
    """Forty-eight digits, and a table that says what they are."""
    found = load_digits()
    chosen = [n for n, digit in enumerate(found.target) if digit in DIGITS][:48]
    folder.mkdir()
    rows = []
    words = dict(zip(DIGITS, ("zero", "one", "seven"), strict=True))
    for n in chosen:
        pixels = found.images[n]
        picture = Image.fromarray((255 - 15.9 * pixels).astype("uint8"))
        picture.resize((24, 24), Image.Resampling.BICUBIC).save(folder / f"{n:04}.png")
        ink = pixels.sum() / 16
        amount = "little" if ink < 17 else "some" if ink < 20 else "much"
        place = ("Bern", "Linz", "Graz")[n % 3]
        rows.append((f"{n:04}.png", words[found.target[n]], amount, ink, place, f"writer {n % 9}"))
    table = pd.DataFrame(rows, columns=["file", "digit", "ink", "amount", "place", "writer"])
    table[["file", "amount", "place", "writer"]].to_csv(folder.parent / "digits.csv", index=False)
    return table.set_index("file")


def network(path: Path) -> None:
    """A network of fixed random weights."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    random = np.random.default_rng(5)

    def weights(name: str, *shape: int) -> Any:
        return numpy_helper.from_array(random.normal(0, 0.3, shape).astype(np.float32), name)

    nodes = [
        helper.make_node(
            "Conv", ["data", "w1"], ["c"], strides=[4, 4], kernel_shape=[4, 4], name="conv"
        ),
        helper.make_node("Relu", ["c"], ["r"], name="relu"),
        helper.make_node("GlobalAveragePool", ["r"], ["p"], name="pool"),
        helper.make_node("Flatten", ["p"], ["f"], name="flat"),
        helper.make_node("MatMul", ["f", "w2"], ["scores"], name="last"),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("data", TensorProto.FLOAT, ["n", 3, 32, 32])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 4])],
        [weights("w1", 6, 3, 4, 4), weights("w2", 6, 4)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, path)


def keep_coder(coder: Any, folder: Path, corpus: Any) -> None:
    """Save a coder, and what it says of the last eight pictures."""
    folder.mkdir(parents=True)
    coder.save(folder / "model")
    few = corpus.take(np.arange(40, 48))
    codings = coder.code(few)
    rows = codings.data[["image", "variable", "value", "coder", "confidence"]]
    if not hasattr(coder, "classes_"):
        rows = rows.assign(value=pd.to_numeric(rows["value"]))
    told: dict[str, Any] = {
        "codings": rows,
        "probabilities": codings.probabilities,
        "classes": list(getattr(coder, "classes_", [])),
        "accuracy": coder.card()["accuracy"],
        "variables": coder.variables,
        "trained_on": codings.trained_on,
    }
    expect(folder, **told)


def classical(folder: Path, corpus: Any, truth: pd.DataFrame) -> None:
    """Every model by itself, every calibration, reductions, preprocessing, other options."""
    kinds: dict[str, dict[str, Any]] = {
        name: {"model": name, "grid": [SMALL[name]] if name in SMALL else None}
        for name in sorted(im_models())
    }
    for calibrate in ("temperature", "sigmoid", "isotonic", None):
        kinds[f"logistic-{calibrate}"] = {"model": "logistic", "calibrate": calibrate}
    kinds["svm-uncalibrated"] = {"model": "svm", "calibrate": None}
    kinds["lda-pca"] = {"model": "lda", "reduce": "pca"}
    kinds["lda-select"] = {"model": "lda", "reduce": "select"}
    kinds["ridge-grid"] = {"model": "ridge", "grid": "default"}
    kinds["two-sets"] = {"model": "lda", "features": SETS}
    kinds["tree-unscaled"] = {"model": "tree", "scale": False}
    kinds["preprocessed"] = {"model": "lda", "features": [f"{HOG}:before=clahe"]}
    for name, options in kinds.items():
        given = {"features": [HOG], "folds": 3, "seed": 1, "name": name} | options
        coder = im.FeatureClassifier(**given)
        coder.fit(corpus.take(np.arange(40)), truth["digit"].iloc[:40])
        keep_coder(coder, folder / name, corpus)


def im_models() -> list[str]:
    """Names of the models, from the message that refuses another."""
    try:
        im.FeatureClassifier("?").fit(np.eye(4), [0, 0, 1, 1])
    except im.IconometricsError as error:
        return str(error).split('"')[1::2]
    raise AssertionError


def rows_only(folder: Path) -> None:
    """A classifier of an array of numbers."""
    X, y = load_digits(return_X_y=True)
    kept = np.flatnonzero(np.isin(y, DIGITS))[:48]
    coder = im.FeatureClassifier("lda", features=None, folds=2, name="rows")
    coder.fit(X[kept][:40], y[kept][:40])
    folder.mkdir(parents=True)
    coder.save(folder / "model")
    expect(
        folder,
        rows=X[kept][40:],
        predicted=coder.predict(X[kept][40:]),
        shares=coder.predict_proba(X[kept][40:]),
    )


def hybrids(folder: Path, corpus: Any, truth: pd.DataFrame) -> None:
    some = corpus.take(np.arange(40))
    for name, options in {
        "hybrid-metadata": {"rule": [HOG], "metadata": ["amount", "place"]},
        "hybrid-network": {"rule": [HOG], "network": "tiny.onnx", "metadata": ["amount"]},
    }.items():
        coder = im.coders.HybridClassifier("logistic", folds=3, name=name, **options)
        keep_coder(coder.fit(some, truth["digit"].iloc[:40]), folder / name, corpus)


def networks(folder: Path, corpus: Any, truth: pd.DataFrame) -> None:
    import torch

    torch.set_num_threads(1)
    some, digit = corpus.take(np.arange(40)), truth["digit"].iloc[:40]
    # Ones, and digits with much ink: a picture can be both.
    several = pd.DataFrame({"one": digit == "one", "much": truth["ink"].iloc[:40] == "much"})
    several = several.astype(int)
    order = pd.CategoricalDtype(["little", "some", "much"], ordered=True)
    small: dict[str, Any] = {"size": 12, "channels": 1, "epochs": 1, "rate": 0.05, "batch": 8}
    cnn = {"options": {"dropout": 0.0, "fc": (8,), "filters": 4}}
    mlp = {**small, "options": {"hidden": (8,)}}
    ink, amount = truth["ink"].iloc[:40].astype(order), truth["amount"].iloc[:40]
    made, measure = im.ImageClassifier, im.ImageRegressor
    balanced = made("mlp", name="weighted", class_weights="balanced", **mlp)
    cases = [
        ("network-mlp", made("mlp", name="mlp", **mlp), digit),
        ("network-cnn", made("cnn", name="cnn", **small, **cnn), digit),
        ("network-weighted", balanced, digit),
        ("network-multilabel", made("mlp", multilabel=True, name="several", **mlp), several),
        ("network-ordinal", made("mlp", ordinal=True, name="ordered", **mlp), ink),
        ("network-regressor", measure("mlp", name="amount", **{**mlp, "rate": 0.002}), amount),
    ]
    for name, coder, values in cases:
        keep_coder(coder.fit(some, values), folder / name, corpus)


def study(folder: Path, truth: pd.DataFrame) -> None:
    """A study that went the whole way."""
    made = im.Study.create(
        folder / "study", folder / "pictures", metadata=folder / "digits.csv", group="writer"
    )
    made.check()
    made.features(SETS)
    for method in ("hierarchical", "mixture"):
        made.themes(3, features=SETS, method=method, name=method)
    made.themes(3, features=SETS, stability=True, restarts=2)
    made.name_themes({"1": "the first"})
    made.add_codebook(folder / "tables" / "codebook.toml")
    sample = made.draw(40, strata="themes", coders=["anna", "ben"], overlap=1.0, seed=3)
    for seed, coder in enumerate(("anna", "ben")):
        path = folder / "study" / "samples" / f"sample-{coder}.csv"
        sheet = pd.read_csv(path, dtype=str)
        random = np.random.default_rng(seed)
        for variable in ("digit", "ink"):
            said = truth.loc[sheet["image"], variable].to_numpy()
            other = random.permutation(said)
            sheet[variable] = np.where(random.random(len(said)) < 0.15, other, said)
        sheet.to_csv(path, index=False)
        made.add_codings(path)
    assert len(sample.images) == 40
    made.agreement("digit", draws=50)
    made.agreement("ink", draws=50)
    made.adjudicate("digit", coder="anna")
    made.adjudicate("ink", rule="median", coder="ben")
    made.train("digit", model="lda", features=SETS, reduce="pca", out="lda")
    made.measure("lda")
    made.validate("lda", by="place")
    made.estimate("amount ~ digit", repeats=2, errors="HC1", cluster="writer")
    made.estimate("amount ~ theme", measure=[])
    made.embed(folder / "tiny.onnx", size=32)
    made.project("pca")
    expect(folder, "study.json", **told_of(made))
    for path in (folder / "study" / "study.toml", folder / "study" / "log.jsonl"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(str(folder), "/former"), encoding="utf-8")
    for path in (folder / "study").rglob(".lock"):
        path.unlink()


def told_of(made: Any) -> dict[str, Any]:
    """Every table of a study; the test makes the same."""
    newest, (measured,) = made.latest_themes(), made.measures()
    return {
        "embeddings": made.embeddings(),
        "themes": newest.labels,
        "theme table": newest.table(),
        "theme names": newest.names,
        "selection": newest.selection,
        "stability": newest.stability.table(),
        "codings": made.codings().data.sort_values(["image", "variable", "coder"]),
        "settled": made.settled().data.sort_values(["image", "variable"]),
        "sample": made.samples()[0].table,
        "assignments": made.assignments(),
        "codebook": made.codebook.text(),
        "agreement": [one.table() for one in made.agreements()],
        "agreement by pair": [one.pairs() for one in made.agreements()],
        "measure": measured.codings.data,
        "probabilities": measured.codings.probabilities,
        "status": measured.status,
        "accuracy": measured.accuracy.table(),
        "confusion": measured.accuracy.confusion,
        "calibration": measured.accuracy.calibration(),
        "misclassified": measured.accuracy.misclassified(),
        "estimates": [one.table() for one in made.estimates()],
        "steps": [[entry["step"], entry["name"]] for entry in made.log()],
        "map": made.project("pca").table(),
        "table": made.table(),
        "by group": made.table(by="group"),
    }


def themes(folder: Path, table: pd.DataFrame) -> None:
    """Themes of every method, written by themselves."""
    folder.mkdir()
    options: dict[str, dict[str, Any]] = {"density": {"smallest": 4}}
    for method in ("density", "hierarchical", "kmeans", "mixture", "spherical"):
        found = im.themes.find(table, 3, method=method, seed=1, **options.get(method, {}))
        (folder / method).mkdir()
        found.write(folder / method / "themes")
        expect(folder / method, labels=found.labels, table=found.table(), reason=found.reason,
               sizes=found.sizes(), selection=found.selection)  # fmt: skip


def tables(folder: Path) -> None:
    folder.mkdir()
    (folder / "codebook.toml").write_text(BOOK, encoding="utf-8")
    book = im.coding.Codebook.read(folder / "codebook.toml")
    expect(folder, table=book.table(), text=book.text())


def standalone(folder: Path, corpus: Any, truth: pd.DataFrame) -> None:
    """A store, and codings in files."""
    folder.mkdir()
    kept = im.coding.Store(folder / "codings.db")
    kept.add_codebook(im.coding.Codebook.parse(BOOK))
    sample = im.coding.draw(corpus, 20, seed=2, strata=truth["place"], name="pilot")
    kept.add_sample(sample)
    kept.assign(im.coding.assign(sample, ["anna", "ben"], overlap=0.5, seed=1))
    for coder in ("anna", "ben"):
        said = truth["digit"][sample.images].rename("digit")
        said = said.mask(np.arange(20) % (6 if coder == "anna" else 4) == 0, "one")
        kept.add_codings(im.Codings.from_series(said, coder=coder, sample=sample))
    kept.undo("ben", image=str(sample.images[1]))
    kept.add_adjudication(im.coding.adjudicate(kept.codings(), coder="anna"), rule="majority")
    shares = pd.DataFrame({"one": 0.2, "seven": np.linspace(0, 0.5, 48)}, index=truth.index)
    shares["zero"] = 1 - shares.sum(axis=1)
    machine = im.Codings.from_series(
        shares.idxmax(axis=1), variable="digit", coder="svm", probabilities=shares
    )
    machine.write(folder / "codes.parquet")
    machine.write(folder / "codes.csv")
    kept.codings().of("anna").write(folder / "wide.csv", wide=True)
    expect(folder, **told_of_store(kept, folder))


def told_of_store(kept: Any, folder: Path) -> dict[str, Any]:
    read = {name: im.Codings.read(folder / name) for name in ("codes.parquet", "codes.csv")}
    return {
        "codings": kept.codings().data,
        "samples": {name: one.table for name, one in kept.samples().items()},
        "adjudicated": kept.adjudicated().data,
        "assignments": kept.assignments(),
        "history": kept.history().drop(columns="time", errors="ignore"),
        "codebooks": [book.text() for book in kept.codebooks().values()],
        "read": {name: one.data for name, one in read.items()},
        "probabilities": {name: one.probabilities for name, one in read.items()},
        "wide": im.Codings.read(folder / "wide.csv", coder="anna").data,
    }


def main(out: str) -> None:
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as temporary, contextlib.chdir(temporary):
        folder = Path(temporary).resolve()
        truth = pictures(folder / "pictures")
        network(folder / "tiny.onnx")
        corpus = im.Corpus.from_folder(folder / "pictures", metadata=folder / "digits.csv")
        classical(folder / "models", corpus, truth)
        rows_only(folder / "models" / "rows")
        hybrids(folder / "models", corpus, truth)
        networks(folder / "models", corpus, truth)
        tables(folder / "tables")
        standalone(folder / "store", corpus, truth)
        themes(folder / "themes", im.features.extract(corpus, SETS))
        study(folder, truth)
        shutil.make_archive(out.removesuffix(".zip"), "zip", folder)


if __name__ == "__main__":
    main(str(Path(sys.argv[1]).resolve()))
