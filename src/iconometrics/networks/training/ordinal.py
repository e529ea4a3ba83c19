"""An ordered outcome: one number per image, and cutpoints between the categories."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from iconometrics.networks.training.trainable import blocks_of

__all__ = ["OrderedLogit"]


class OrderedLogit(nn.Module):
    """A network whose one number is cut into ordered categories: an ordered logit.

    Parameters
    ----------
    net
        Gives one number per image.
    categories
        How many there are.

    Notes
    -----
    McCullagh, P. (1980). Regression models for ordinal data. Journal of the Royal Statistical
    Society B 42, 109-142.

    Examples
    --------
    >>> model = OrderedLogit(nn.Linear(2, 1), categories=3)
    >>> round(float(model(torch.zeros(1, 2)).exp().sum().detach()), 3)
    1.0
    """

    def __init__(self, net: nn.Module, categories: int) -> None:
        super().__init__()
        self.net = net
        self.cuts = _Cuts(categories)
        for name in ("architecture", "settings", "size", "channels", "preprocessing"):
            setattr(self, name, getattr(net, name, None))
        if hasattr(net, "target_layer"):
            inner = net.target_layer
            self.target_layer = f"net.{inner}" if isinstance(inner, str) else None

    @property
    def cutpoints(self) -> Tensor:
        """The cutpoints, in order."""
        return self.cuts()  # type: ignore[no-any-return]

    @property
    def blocks(self) -> list[tuple[str, list[str]]]:
        """The blocks of the network; the cutpoints belong to the last."""
        blocks = [
            (name, [f"net.{module}" for module in names]) for name, names in blocks_of(self.net)
        ]
        name, modules = blocks[-1]
        return [*blocks[:-1], (name, [*modules, "cuts"])]

    def forward(self, pictures: Tensor) -> Tensor:
        """Give the logarithm of the probability of each category.

        Parameters
        ----------
        pictures
            A batch.

        Returns
        -------
        torch.Tensor
            (n, categories).
        """
        cutpoints = self.cutpoints
        away = cutpoints - self.net(pictures).reshape(-1, 1)
        below = functional.logsigmoid(away)
        above = functional.logsigmoid(-away)
        # log(s(b) - s(a)) = log s(b) + log(1 - s(a)) + log(1 - exp(a - b)) for a below b.
        gap = torch.log(-torch.expm1(-cutpoints.diff()))
        middle = below[:, 1:] + above[:, :-1] + gap
        return torch.cat([below[:, :1], middle, above[:, -1:]], dim=1)


class _Cuts(nn.Module):
    """The first cutpoint, and the logarithms of the distances to the next: always in order."""

    def __init__(self, categories: int) -> None:
        super().__init__()
        even = torch.arange(1, categories) / categories
        cuts = torch.log(even / (1 - even))
        self.steps = nn.Parameter(torch.cat([cuts[:1], cuts.diff().log()]))

    def forward(self) -> Tensor:
        return torch.cat([self.steps[:1], self.steps[1:].exp()]).cumsum(0)
