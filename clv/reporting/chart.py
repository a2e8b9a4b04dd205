"""A figure as SVG with a description, the same bytes in every run, readable on light and dark pages."""

import io
import re
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe and Ito's palette, told apart by colour-blind readers; its yellow and black are left out, as one or the other
# page colour would hide them.
BLUE, ORANGE, GREEN, RED, SKY, PINK = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7"
GREY = "#8a8f98"
INK = "#123456"  # stands for the page's own text colour, which replaces it in the SVG

STYLE: dict[Any, Any] = {
    "svg.hashsalt": "clv",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": GREY,
    "grid.alpha": 0.25,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "lines.linewidth": 2,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}
FONTS = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

mpl.rcParams.update(STYLE)  # once for the process: artists take their colours from it when they are made


@dataclass(frozen=True)
class Chart:
    """An SVG picture with its caption and the alternative text that says what it shows."""

    name: str
    svg: str
    caption: str
    alt: str

    def to_html(self) -> str:
        """A figure element for a page, in the text colour of that page."""
        svg = self.svg.replace("<svg ", f'<svg role="img" aria-label="{escape(self.alt, quote=True)}" ', 1)
        return f"<figure>{svg.replace(INK, 'currentColor')}<figcaption>{escape(self.caption)}</figcaption></figure>"

    _repr_html_ = to_html  # how Jupyter shows it

    def standalone(self) -> str:
        """As a file of its own: dark text on a white ground."""
        body = re.sub(
            r"(<svg [^>]*>)",
            rf'\1<title>{escape(self.alt)}</title><rect width="100%" height="100%" fill="white"/>',
            self.svg,
            count=1,
        )
        return body.replace(INK, "#222222")


def figure(width: float = 7.2, height: float = 3.6) -> tuple[Figure, Axes]:
    """An empty figure with one pair of axes in the house style, in inches, not known to pyplot."""
    made = Figure(figsize=(width, height), layout="constrained")
    return made, made.subplots()


def panels(n: int, columns: int, width: float = 7.2, row_height: float = 1.9) -> tuple[Figure, list[Axes]]:
    """An empty figure with n small axes in the house style, row by row."""
    rows = -(-n // columns)
    made = Figure(figsize=(width, rows * row_height), layout="constrained")
    return made, [made.add_subplot(rows, columns, i + 1) for i in range(n)]


def render(fig: Figure, name: str, caption: str, alt: str) -> Chart:
    """The SVG of a figure. Its ids carry `name`, so that several figures can share a page."""
    buffer = io.StringIO()
    fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(href="#|url\(#)', rf"\g<1>{name}-", svg)
    for side in ("width", "height"):  # the page sets the width, the viewBox keeps the proportions
        svg = re.sub(rf'(<svg [^>]*?)\s{side}="[^"]*pt"', r"\1", svg, count=1)
    svg = re.sub(r"font-family: 'DejaVu Sans'[^;\"]*", f"font-family: {FONTS}", svg)
    return Chart(name, svg, caption, alt)
