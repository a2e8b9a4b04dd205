"""Tables as pictures: a shaded cell per row and column, readable on light and dark pages."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from clv.reporting.kit.chart import BLUE, GREY, ORANGE

DARKEST = 0.7  # alpha; the page shows through, so that its text colour stays readable


def cell(ax: Axes, x: float, y: float, width: float, height: float, shade: float, text: str) -> None:
    """A rectangle with text: blue for a shade above 0, orange below, darkest at 1 and -1; empty without a shade."""
    known = np.isfinite(shade)
    alpha = DARKEST * min(abs(shade), 1.0) if known else 0.0
    ax.add_patch(Rectangle((x, y), width, height, facecolor=BLUE if shade >= 0 else ORANGE, alpha=alpha, linewidth=0))
    ax.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=GREY, linewidth=0.5))
    ax.text(x + width / 2, y + height / 2, text, ha="center", va="center", fontsize=8.5)


def heat_map(
    shades: np.ndarray, texts: Sequence[Sequence[str]], rows: Sequence[str], columns: Sequence[str], row_height: float
) -> tuple[Figure, Axes]:
    """A figure filled with cells, shades (rows, columns), the first row at the top; column names are above."""
    fig = Figure(figsize=(7.2, 0.9 + row_height * len(rows)), layout="constrained")
    ax = fig.subplots()
    for i in range(len(rows)):
        for j in range(len(columns)):
            cell(ax, j, i, 1, 1, shades[i, j], texts[i][j])
    ax.set_xlim(0, len(columns))
    ax.set_ylim(len(rows), 0)
    ax.set_xticks(np.arange(len(columns)) + 0.5, columns, fontsize=8.5)
    ax.set_yticks(np.arange(len(rows)) + 0.5, rows, fontsize=8.5)
    ax.xaxis.tick_top()
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return fig, ax
