"""What a network is made of: each layer's output, parameters, multiplications and sight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from torch import nn

    from iconometrics.networks.architecture.tracing import Note

__all__ = ["Description", "Layer", "describe"]

Shape = tuple[int, ...]

_LEFT_OUT = ("Dropout", "Identity")
_WITH_WEIGHTS = ("Conv1d", "Conv2d", "ConvTranspose2d", "Linear", "MultiheadAttention", "Embedding")


@dataclass(frozen=True)
class Layer:
    """One layer of a network.

    Parameters
    ----------
    name
        Its dotted name.
    kind
        What it is, such as Conv2d.
    block
        The block it belongs to.
    output
        Shape of its output, without the images.
    parameters
        Numbers that it learns.
    multiplications
        For one image.
    receptive_field
        Height and width in pixels of the input that one of its numbers can see; more than the
        picture has where it looks beyond the edge.

    Examples
    --------
    >>> from iconometrics import networks
    >>> networks.describe("lenet5").layers[0].output
    (6, 28, 28)
    """

    name: str
    kind: str
    block: str
    output: tuple[int, ...]
    parameters: int
    multiplications: int
    receptive_field: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Description:
    """A network, layer by layer.

    Parameters
    ----------
    name
        Of the architecture.
    input
        Channels, height and width of the input.
    layers
        In the order of computation; a layer that is used twice stands there twice, its parameters
        once.
    outputs
        What each block gives: shape and receptive field.

    Examples
    --------
    >>> from iconometrics import networks
    >>> networks.describe("lenet5").blocks()["parameters"].tolist()
    [156, 2416, 48120, 10164, 850]
    """

    name: str
    input: tuple[int, int, int]
    layers: tuple[Layer, ...]
    outputs: Mapping[str, tuple[Shape, tuple[int, int]]]

    @property
    def parameters(self) -> int:
        """Numbers that the network learns."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def multiplications(self) -> int:
        """Multiplications for one image, in convolutions, full connections and attention."""
        return sum(layer.multiplications for layer in self.layers)

    def table(self) -> pd.DataFrame:
        """Give one row per layer.

        Returns
        -------
        pandas.DataFrame
            block, layer, kind, output, parameters, multiplications, receptive_field.
        """
        names = ["block", "layer", "kind", "output", "parameters", "multiplications"]
        rows = [
            (x.block, x.name, x.kind, x.output, x.parameters, x.multiplications, x.receptive_field)
            for x in self.layers
        ]
        return pd.DataFrame(rows, columns=[*names, "receptive_field"])

    def blocks(self) -> pd.DataFrame:
        """Give one row per block; neighbors of one kind with the same output are taken together.

        Returns
        -------
        pandas.DataFrame
            block, layers (with weights), output, parameters, multiplications, receptive_field.
        """
        return pd.DataFrame(
            [_row(name, layers, shape, seen) for name, layers, shape, seen in _stages(self)]
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the blocks: their maps, and their shares of parameters and multiplications.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from iconometrics import figures

        return figures.architecture(self.input, self.blocks(), ax=ax)

    def summary(self) -> str:
        """Say in a sentence or two what the network is.

        Returns
        -------
        str
        """
        channels, high, wide = self.input
        weighted = sum(layer.kind in _WITH_WEIGHTS for layer in self.layers)
        last = [x for x in self.layers if len(x.output) == 3 and min(x.output[1:]) > 1]
        if any(layer.kind == "MultiheadAttention" for layer in self.layers):
            last = []
        text = (
            f"{self.name} takes {channels} x {high} x {wide} numbers through {weighted} layers "
            f"with weights: {_short(self.parameters)} parameters ({_megabytes(self.parameters)} "
            f"MB), {_short(self.multiplications)} multiplications per image."
        )
        if last:
            seen = last[-1].receptive_field
            part = f"at most {seen[0]} x {seen[1]} pixels"
            part = "the whole picture" if seen[0] >= high and seen[1] >= wide else part
            rows, columns = last[-1].output[1:]
            text += f" Each place of its last maps, {rows} x {columns}, sees {part}."
        return text

    def _repr_html_(self) -> str:
        shown: str = self.blocks().to_html(index=False)
        return f"<p>{self.summary()}</p>{shown}"


def describe(
    net: nn.Module | str, size: int | tuple[int, int] | None = None, *, channels: int | None = None
) -> Description:
    """Follow a picture through a network, without computing anything.

    Parameters
    ----------
    net
        A network, or the name of an architecture.
    size
        Height and width of the input in pixels; by default what the network is made for.
    channels
        Of the input; by default the network's.

    Returns
    -------
    Description
        One row per layer with its output's shape, parameters, multiplications and receptive field.

    Raises
    ------
    InputError
        If the input does not go through the network.
    MissingPackageError
        If torch is not installed.

    Notes
    -----
    Multiplications are those of convolutions, full connections and attention; normalization and
    activation add little. Dropout is left out: it does nothing once a network is trained.

    Examples
    --------
    >>> from iconometrics import networks
    >>> description = networks.describe(networks.create("lenet5", classes=10, channels=1))
    >>> description.parameters, description.multiplications
    (61706, 416520)
    >>> description.table().loc[0, ["layer", "output", "receptive_field"]].tolist()
    ['features.0', (6, 28, 28), (5, 5)]
    """
    if isinstance(net, str):
        from iconometrics.networks.architecture.registry import as_published

        net = as_published(net, size=size, channels=channels)
    from iconometrics.networks.architecture.tracing import followed

    shape = _input(net, size, channels)
    try:
        notes = followed(net, shape)
    except (RuntimeError, ValueError, IndexError) as error:
        why = str(error).splitlines()[0].rstrip(".")
        raise InputError(
            f"{shape[0]} x {shape[1]} x {shape[2]} numbers do not go through {_name(net)}: {why}. "
            "Give the size and channels that it is made for."
        ) from error
    blocks = getattr(net, "blocks", [])
    layers = tuple(_counted(net, notes))
    return Description(_name(net), shape, layers, _outputs(notes, blocks))


def _name(net: nn.Module) -> str:
    return str(getattr(net, "architecture", type(net).__name__))


def _input(
    net: nn.Module, size: int | tuple[int, int] | None, channels: int | None
) -> tuple[int, int, int]:
    from torch import nn

    size = getattr(net, "size", None) if size is None else size
    if channels is None:
        first = next((m.in_channels for m in net.modules() if isinstance(m, nn.Conv2d)), 3)
        known = getattr(net, "channels", None)
        channels = known if isinstance(known, int) else first
    if size is None:
        raise InputError(
            f"size=None: {_name(net)} does not state what it is made for; expected height and "
            "width in pixels, such as size=224."
        )
    high, wide = (size, size) if isinstance(size, int) else size
    return channels, high, wide


def _outputs(
    notes: list[Note], blocks: list[tuple[str, list[str]]]
) -> dict[str, tuple[Shape, tuple[int, int]]]:
    """Find what each block gives: what the last of its modules does."""
    from iconometrics.networks.architecture.tracing import is_layer

    outputs: dict[str, tuple[Shape, tuple[int, int]]] = {}
    of = {module: block for block, modules in blocks for module in modules}
    for note in notes:
        block = of.get(note.name) if blocks else note.name if is_layer(note.module) else None
        if block is not None:
            outputs[block] = (tuple(note.output.shape[1:]), note.seen)
    return outputs


def _counted(net: nn.Module, notes: list[Note]) -> Iterator[Layer]:
    from iconometrics.networks.architecture.tracing import is_layer, multiplications

    counts = {name: value.numel() for name, value in net.named_parameters()}
    blocks = {module: block for block, modules in getattr(net, "blocks", []) for module in modules}
    for note in filter(lambda note: is_layer(note.module), notes):
        kind = type(note.module).__name__
        own = [key for key in counts if key.startswith(f"{note.name}." if note.name else "")]
        parameters = sum(counts.pop(key) for key in own)
        if kind.startswith(_LEFT_OUT):
            continue
        yield Layer(
            note.name,
            kind,
            _block(note.name, blocks),
            tuple(note.output.shape[1:]),
            parameters,
            multiplications(note.module, note.given, note.output),
            note.seen,
        )
    for name, count in counts.items():
        yield Layer(name, "Parameter", _block(name, blocks), (), count, 0, (0, 0))


def _block(name: str, blocks: dict[str, str]) -> str:
    at = name
    while at and at not in blocks:
        at = at.rpartition(".")[0]
    return blocks.get(at, name.split(".")[0])


_Stage = tuple[str, list[Layer], Shape, tuple[int, int]]


def _stages(description: Description) -> list[_Stage]:
    """Group layers by block, then neighboring blocks of one kind with the same output."""
    groups: dict[str, list[Layer]] = {}
    for layer in description.layers:
        if layer.output or layer.block in groups:
            groups.setdefault(layer.block, []).append(layer)
        else:
            # Positions and the like, which belong to no layer, go with the input.
            groups.setdefault(next(iter(groups), layer.block), []).insert(0, layer)
    stages: list[_Stage] = []
    for name, group in groups.items():
        shape, seen = description.outputs.get(name, (group[-1].output, group[-1].receptive_field))
        if stages and _kin(stages[-1][0], name) and stages[-1][2] == shape:
            first = stages[-1][0].split(" to ")[0]
            joined = f"{first} to {name.removeprefix(_stem(name))}"
            stages[-1] = (joined, stages[-1][1] + group, shape, seen)
        else:
            stages.append((name, group, shape, seen))
    return stages


def _kin(before: str, name: str) -> bool:
    return _stem(before) == _stem(name) != ""


def _stem(name: str) -> str:
    """Give a name, such as conv3_1 to 2, without the number it ends with: conv3_."""
    return name.split(" to ")[0].rstrip("0123456789")


def _row(name: str, layers: list[Layer], shape: Shape, seen: tuple[int, int]) -> dict[str, Any]:
    return {
        "block": name,
        "layers": sum(layer.kind in _WITH_WEIGHTS for layer in layers),
        "output": shape,
        "parameters": sum(layer.parameters for layer in layers),
        "multiplications": sum(layer.multiplications for layer in layers),
        "receptive_field": seen,
    }


def _short(count: int) -> str:
    for size, word in ((10**9, "billion"), (10**6, "million")):
        if count >= size:
            return f"{count / size:.3g} {word}"
    return f"{count:,}"


def _megabytes(parameters: int) -> str:
    return f"{parameters * 4 / 1e6:,.3g}" if parameters < 25e6 else f"{parameters * 4 / 1e6:,.0f}"
