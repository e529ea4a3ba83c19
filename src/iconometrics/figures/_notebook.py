"""Figures that show themselves in a notebook although pyplot does not know them."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iconometrics.figures.output import svg

__all__ = ["NotebookAxes", "NotebookFigure"]


class NotebookFigure(Figure):
    """A figure with a notebook representation."""

    def _repr_html_(self) -> str:
        return f'<div style="max-width:{self.get_figwidth() * 11:.0f}em">{svg(self, alt="")}</div>'


class NotebookAxes(Axes):
    """An axes that stands for its figure in a notebook."""

    def _repr_html_(self) -> str | None:
        figure = self.get_figure(root=True)
        return figure._repr_html_() if isinstance(figure, NotebookFigure) else None
