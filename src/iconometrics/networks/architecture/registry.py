"""The networks that there are, and how one is made by name."""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.networks.devices import import_torch
from iconometrics.networks.preprocessing import Preprocessing

if TYPE_CHECKING:
    from iconometrics.networks.architecture.base import ImageNetwork

__all__ = ["architectures", "as_published", "create"]

Size: TypeAlias = int | tuple[int, int]


@dataclass(frozen=True)
class _Entry:
    """Where an architecture stands, what it is made for, and which options it has anyway."""

    module: str
    year: int
    source: str
    parameters: int
    size: tuple[int, int] = (224, 224)
    least: int = 1
    channels: int = 3
    classes: int = 1000
    fixed: Mapping[str, Any] = field(default_factory=dict)
    usual: Mapping[str, Any] = field(default_factory=dict)


_MLP = "Rumelhart, Hinton & Williams 1986"
_KRIZHEVSKY = "Krizhevsky 2014"
_VGG = "Simonyan & Zisserman 2015"
_RESNET = "He, Zhang, Ren & Sun 2016"
_DENSENET = "Huang, Liu, van der Maaten & Weinberger 2017"
_SQUEEZENET = "Iandola et al. 2016"
_VIT = "Dosovitskiy et al. 2021"
_SMALL = {"width": 384, "heads": 6}

_ENTRIES: Mapping[str, _Entry] = MappingProxyType(
    {
        "mlp": _Entry("mlp", 1986, _MLP, 235_146, (28, 28), 1, 1, 10),
        "lenet5": _Entry("lenet5", 1998, "LeCun et al. 1998", 61_706, (32, 32), 16, 1, 10),
        "cnn": _Entry("cnn", 2022, "Torres & Cantu 2022", 427_312, (28, 28), 1, 1, 10),
        "text_cnn": _Entry("text_cnn", 2014, "Kim 2014", 6_360_902, (1, 50), 1, 1, 2),
        "alexnet": _Entry("alexnet", 2012, _KRIZHEVSKY, 61_100_840, least=63),
        "zfnet": _Entry("zfnet", 2013, "Zeiler & Fergus 2014", 62_357_608, least=53),
        "vgg13": _Entry("vgg", 2014, _VGG, 133_047_848, least=32, fixed={"depth": 13}),
        "vgg16": _Entry("vgg", 2014, _VGG, 138_357_544, least=32, fixed={"depth": 16}),
        "vgg19": _Entry("vgg", 2014, _VGG, 143_667_240, least=32, fixed={"depth": 19}),
        "googlenet": _Entry("googlenet", 2014, "Szegedy et al. 2015", 6_624_904, least=15),
        "resnet18": _Entry("resnet", 2015, _RESNET, 11_689_512, fixed={"depth": 18}),
        "resnet34": _Entry("resnet", 2015, _RESNET, 21_797_672, fixed={"depth": 34}),
        "resnet50": _Entry("resnet", 2015, _RESNET, 25_557_032, fixed={"depth": 50}),
        "resnet101": _Entry("resnet", 2015, _RESNET, 44_549_160, fixed={"depth": 101}),
        "resnet152": _Entry("resnet", 2015, _RESNET, 60_192_808, fixed={"depth": 152}),
        "inception_v4": _Entry(
            "inception_v4", 2016, "Szegedy et al. 2017", 42_679_816, (299, 299), 75
        ),
        "densenet121": _Entry(
            "densenet", 2016, _DENSENET, 7_978_856, least=29, fixed={"depth": 121}
        ),
        "densenet161": _Entry(
            "densenet", 2016, _DENSENET, 28_681_000, least=29, fixed={"depth": 161}
        ),
        "densenet169": _Entry(
            "densenet", 2016, _DENSENET, 14_149_480, least=29, fixed={"depth": 169}
        ),
        "densenet201": _Entry(
            "densenet", 2016, _DENSENET, 20_013_928, least=29, fixed={"depth": 201}
        ),
        "squeezenet1_0": _Entry(
            "squeezenet", 2016, _SQUEEZENET, 1_248_424, least=21, fixed={"version": "1_0"}
        ),
        "squeezenet1_1": _Entry(
            "squeezenet", 2016, _SQUEEZENET, 1_235_496, least=17, fixed={"version": "1_1"}
        ),
        "vit_b_16": _Entry("vit", 2021, _VIT, 86_567_656, least=16),
        "vit_small": _Entry("vit", 2021, _VIT, 22_050_664, least=16, usual=_SMALL),
        "unet": _Entry(
            "unet", 2015, "Ronneberger, Fischer & Brox 2015", 7_763_074, (256, 256), classes=2
        ),
    }
)


def create(
    name: str,
    *,
    classes: int = 1000,
    channels: int = 3,
    size: Size | None = None,
    seed: int = 1,
    weights: str | Path | None = None,
    **options: Any,
) -> ImageNetwork:
    """Build a network by its name.

    Parameters
    ----------
    name
        Of the architecture: see `architectures`.
    classes
        How many scores come out.
    channels
        Of the input: 1 for gray pictures, 3 for color, more for satellites.
    size
        Height and width of the input in pixels, or one number for both; by default what the
        architecture was published with.
    seed
        Of the weights to begin with: same seed, same weights.
    weights
        "imagenet" for published weights, or the path of a file: see `load_weights`.
    **options
        Of the architecture: such as ``blocks=3, filters=64`` for "cnn", ``hidden=(256, 128)`` for
        "mlp".

    Returns
    -------
    torch.nn.Module
        Besides its layers it has ``architecture``, ``settings`` (``create(**settings)`` builds it
        again), ``size``, ``channels``, ``classes``, ``head``, ``target_layer``, ``blocks`` and
        ``preprocessing``.

    Raises
    ------
    InputError
        If there is no such architecture or option, or the input is too small for it.
    MissingPackageError
        If torch is not installed.

    Examples
    --------
    >>> from iconometrics import networks
    >>> net = networks.create("cnn", classes=2, size=32, blocks=3)
    >>> net.head, [name for name, _ in net.blocks]
    ('output', ['conv1', 'conv2', 'conv3', 'fc1', 'fc2', 'head'])
    """
    entry = _entry(name)
    high, wide = _sides(name, entry, size)
    for what, count in (("classes", classes), ("channels", channels)):
        if count < 1:
            raise InputError(f"{what}={count}: expected one or more.")
    torch = import_torch("building and training networks")
    module = importlib.import_module(f"iconometrics.networks.architecture.{entry.module}")
    _check_options(name, module.build, options, entry.fixed)
    options = {key: tuple(v) if isinstance(v, list) else v for key, v in options.items()}
    with torch.random.fork_rng(devices=[]):
        # torch.manual_seed would reset the GPUs' random state as well.
        torch.default_generator.manual_seed(int(seed))
        net: ImageNetwork = module.build(
            classes=classes,
            channels=channels,
            size=(high, wide),
            **entry.fixed,
            **{**entry.usual, **options},
        )
    net.architecture, net.size, net.channels, net.classes = name, (high, wide), channels, classes
    net.settings = {"name": name, "classes": classes, "channels": channels, "size": (high, wide)}
    net.settings |= {"seed": seed, **options}
    net.preprocessing = _preprocessing(channels, (high, wide))
    if weights is not None:
        from iconometrics.networks.catalog.weights import load_weights

        return load_weights(net, weights)
    return net


def as_published(
    name: str, *, size: Size | None = None, channels: int | None = None
) -> ImageNetwork:
    """Build an architecture with the channels and classes that it was published with."""
    entry = _entry(name)
    channels = entry.channels if channels is None else channels
    return create(name, size=size, channels=channels, classes=entry.classes)


def architectures() -> pd.DataFrame:
    """List the networks that there are.

    Returns
    -------
    pandas.DataFrame
        name, year, parameters (with as many classes as published, see `classes`), size (height
        and width in pixels), least (the smallest input), channels, classes, published (whether
        weights trained on ImageNet are), source; from the oldest to the youngest.

    Examples
    --------
    >>> from iconometrics import networks
    >>> table = networks.architectures().set_index("name")
    >>> int(table.loc["resnet50", "parameters"]), bool(table.loc["zfnet", "published"])
    (25557032, False)
    """
    from iconometrics.networks.catalog.published import published

    there = published()
    rows = [
        {
            "name": name,
            "year": entry.year,
            "parameters": entry.parameters,
            "size": f"{entry.size[0]} x {entry.size[1]}",
            "least": entry.least,
            "channels": entry.channels,
            "classes": entry.classes,
            "published": name in there,
            "source": entry.source,
        }
        for name, entry in _ENTRIES.items()
    ]
    return pd.DataFrame(rows).sort_values("year", kind="stable", ignore_index=True)


def _entry(name: str) -> _Entry:
    if name not in _ENTRIES:
        close = difflib.get_close_matches(name, _ENTRIES, 3, 0.4)
        meant = f" Did you mean {' or '.join(close)}?" if close else ""
        raise InputError(
            f"architecture {name!r}: expected one of {', '.join(_ENTRIES)}.{meant} "
            "networks.architectures() lists them."
        )
    return _ENTRIES[name]


def _sides(name: str, entry: _Entry, size: Size | None) -> tuple[int, int]:
    sides = entry.size if size is None else (size, size) if isinstance(size, int) else tuple(size)
    if len(sides) != 2 or min(sides) < 1:
        raise InputError(f"size={size}: expected height and width in pixels, such as 224.")
    if min(sides) < entry.least:
        raise InputError(
            f"size={size}: {name} pools so often that nothing would be left; expected at least "
            f"{entry.least} pixels. Take a larger size, or a network with fewer layers."
        )
    return int(sides[0]), int(sides[1])


def _check_options(
    name: str, build: Any, options: Mapping[str, Any], fixed: Mapping[str, Any]
) -> None:
    usual = {"classes", "channels", "size"}
    known = [
        option for option in inspect.signature(build).parameters if option not in {*usual, *fixed}
    ]
    unknown = [option for option in options if option not in known]
    if unknown:
        has = f"expected one of {', '.join(known)}" if known else "it has none of its own"
        raise InputError(f"{name} has no option {', '.join(unknown)}: {has}.")


def _preprocessing(channels: int, size: tuple[int, int]) -> Preprocessing | None:
    if channels not in {1, 3}:
        return None
    return Preprocessing(order="gray" if channels == 1 else "rgb", size=min(size), crop="whole")
