"""Chest X-rays: sixteen architectures compared as in Bressem et al. (2020), and their confound.

    ICONOMETRICS_TEST_DATA=../shared/data .venv/bin/python benchmarks/chest_xray.py [PART ...]

Parts: source, within, networks, look; all by default. SIZE, EPOCHS, FOLDS, BATCHES and NETWORKS
may be set in the environment: by default 75 pixels, 5 epochs, 3 folds, batches of 32, and all.

What is done, with its results in benchmarks/results:

- networks (chest-xray.csv, chest-xray-classes.csv, chest-xray-tests.csv): all architectures of the
  paper on the COVID-19 Image Data Collection joined with a sample of ChestX-ray8 (covid, other
  pneumonia, none), folds by patient, from scratch. It continues where it stopped.
- source (chest-xray-source.csv): the two collections are confounded with the label: all covid is
  from one, nearly all of "none" from the other. Small networks and features by rule are asked
  which collection an X-ray of the class "other" is from; if they can tell, so can the networks
  above, and their figures do not measure what they know about lungs.
- within (chest-xray-source.csv): covid against other within the one collection, where the source
  carries no information.
- look: Grad-CAM of a network of the part networks, and how much of its attention falls on the
  margins of the picture, by class; written to the folder that LOOK names.
"""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

import iconometrics as im
from iconometrics import coders, features, figures
from iconometrics.networks import inside

DATA = Path(os.environ.get("ICONOMETRICS_TEST_DATA", "../shared/data"))
RESULTS = Path(__file__).parent / "results"
WORK = Path(os.environ.get("WORK", "build/chest-xray"))
ARCHITECTURES = (
    "squeezenet1_1", "squeezenet1_0", "alexnet", "resnet18", "resnet34", "resnet50", "densenet121",
    "densenet169", "resnet101", "inception_v4", "densenet201", "resnet152", "densenet161", "vgg13",
    "vgg16", "vgg19",
)  # fmt: skip
SIZE = int(os.environ.get("SIZE", "75"))
FOLDS = int(os.environ.get("FOLDS", "3"))
BATCHES = [int(one) for one in os.environ.get("BATCHES", "32").split(",")]
NETWORKS = os.environ.get("NETWORKS", ",".join(ARCHITECTURES)).split(",")
SETTINGS = {
    "size": SIZE,
    "epochs": int(os.environ.get("EPOCHS", "5")),
    "optimizer": "adam",
    "rate": 0.0003,
    "channels": 3,
}
MARGIN = 0.1


def machine() -> dict[str, str]:
    versions = {name: metadata.version(name) for name in ("iconometrics", "torch")}
    device = "cpu"
    import torch

    if torch.cuda.is_available():
        device = torch.cuda.get_device_name()
    told = {"cores": str(os.cpu_count()), "processor": platform.machine(), "device": device}
    return versions | {"size": str(SIZE), "epochs": str(SETTINGS["epochs"])} | told


def joined() -> im.Corpus:
    """Both collections as one corpus, with label, patient and source."""
    parts = []
    for source, table in (("chest_xray", "metadata.csv"), ("chest_xray_nih", "labels.csv")):
        rows = pd.read_csv(DATA / source / table, dtype={"patientid": str})
        rows = rows[["file", "label3", "patientid"]]
        # a and b are one patient
        patient = source + " " + rows["patientid"].str.rstrip("ab")
        parts.append(rows.assign(file=f"{source}/" + rows["file"], patient=patient, source=source))
    return im.Corpus.from_table(pd.concat(parts), root=DATA)


def networks_compared(corpus: im.Corpus) -> None:
    found = coders.compare(
        NETWORKS,
        corpus,
        corpus.metadata["label3"],
        groups=corpus.metadata["patient"],
        folds=FOLDS,
        batches=BATCHES,
        file=WORK / "trainings.jsonl",
        **SETTINGS,
    )
    write(found.table(), "chest-xray")
    write(found.by_class(), "chest-xray-classes")
    write(found.tests(), "chest-xray-tests")
    print(found.printed().to_string(), found.summary(), sep="\n")
    for name, drawn in (("auroc", found.plot()), ("classes", found.forest())):
        figures.save(drawn, WORK, name)
    for column in ("depth", "seconds"):
        figures.save(found.plot_against(column), WORK, f"auroc-{column}")


def confounded(corpus: im.Corpus, parts: set[str]) -> None:
    """Which collection is an X-ray of one class from; and the classes within one collection."""
    label, source = corpus.metadata["label3"], corpus.metadata["source"]
    crossed = pd.crosstab(label, source)
    print(crossed.to_string())
    rows = []
    tasks = {
        "source": (label == "other", source, "collection, of the class other"),
        "within": (
            (source == "chest_xray") & (label != "none"),
            label,
            "covid or other, one source",
        ),
    }
    for part, (chosen, values, told) in tasks.items():
        if part not in parts:
            continue
        some = corpus.select(chosen)
        networks = ("squeezenet1_1", "resnet18")
        models = {name: coders.ImageClassifier(name, **SETTINGS) for name in networks}
        rules = coders.FeatureClassifier(features=features.DEFAULT)
        found = coders.compare(
            models | {"features by rule": rules},
            some,
            values[chosen],
            groups=some.metadata["patient"],
            folds=FOLDS,
            file=WORK / "trainings.jsonl",
        )
        rows.append(found.table().assign(task=told))
        print(told, found.summary(), sep=": ")
    write(pd.concat(rows), "chest-xray-source")


def look(corpus: im.Corpus) -> None:
    """What a network goes by: Grad-CAM of X-rays that it was not trained on."""
    training, held = corpus.split(share=0.7, by=corpus.metadata["patient"], seed=1)
    label = corpus.metadata["label3"]
    network = coders.ImageClassifier("resnet18", **SETTINGS).fit(training, label[training.ids])
    folder = Path(os.environ.get("LOOK", str(WORK)))
    predicted = network.code(held)["label3"]
    right = held.select(predicted == label[held.ids])
    maps = inside.grad_cam(network, right, layer="layer3")
    figures.save(
        inside.grad_cam(network, few(right, label), layer="layer3").plot(), folder, "grad-cam"
    )
    margins = np.ones(maps.values.shape, bool)
    edge = round(MARGIN * maps.values.shape[1])
    margins[:, edge:-edge, edge:-edge] = False
    shares = inside.attention_share(
        maps, margins, by=label, groups=corpus.metadata["patient"][list(maps.images)]
    )
    print(shares.table().to_string())
    write(shares.table(), "chest-xray-margins")


def few(corpus: im.Corpus, label: pd.Series) -> im.Corpus:
    """Four images of each class."""
    own = label[corpus.ids]
    return corpus.select(own.groupby(own).head(4).index)


def write(table: pd.DataFrame, name: str) -> None:
    table = table.assign(**machine())
    table.to_csv(RESULTS / f"{name}.csv", index=False, float_format="%.4g")
    print(table.to_string())


if __name__ == "__main__":
    wanted = set(sys.argv[1:]) or {"source", "within", "networks", "look"}
    xrays = joined()
    if wanted & {"source", "within"}:
        confounded(xrays, wanted)
    if "networks" in wanted:
        networks_compared(xrays)
    if "look" in wanted:
        look(xrays)
