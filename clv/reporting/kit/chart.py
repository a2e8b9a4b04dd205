"""Figures as SVG with a description: the same bytes in every run, readable on light and dark pages."""

import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe and Ito's palette, which colour-blind readers can distinguish, without yellow and black: a light or dark
# page would hide one of them.
BLUE, ORANGE, GREEN, RED, SKY, PINK = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7"
GREY = "#8a8f98"
INK = "#123456"  # placeholder for the page's text colour in the SVG
# On a page, page.css sets the lightness of these, because a colour that stands out on white does not on black.
ON_PAGE = {INK: "currentColor", BLUE: "var(--blue)", ORANGE: "var(--orange)", SKY: "var(--sky)"}

STYLE: dict[Any, Any] = {
    "svg.hashsalt": "clv",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10.5,
    "text.color": INK,
    "text.parse_math": False,  # a name may hold a $
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.unicode_minus": False,  # a hyphen as minus, as in the text and the tables
    "grid.color": GREY,
    "grid.alpha": 0.25,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.major.pad": 6,
    "lines.linewidth": 2,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}
WIDTH = 6.6  # inches of a picture; its text has the page's size where it is 44rem wide, and is legible on a phone
FONTS = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

mpl.rcParams.update(STYLE)  # once per process: artists read their colours from it when they are created


@dataclass(frozen=True)
class Frame:
    """The position of a chart's axes in its picture: left, top, right and bottom, in units of the picture."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Chart:
    """An SVG picture with its caption and its alternative text.

    A `wide` one, such as a grid of small charts, keeps a readable width and scrolls on a small screen. `frame` is the
    position of its first axes.
    """

    name: str
    svg: str
    caption: str
    alt: str
    frame: Frame
    wide: bool = False

    def to_html(self) -> str:
        """A figure element for a page, in the colours of that page."""
        svg = self.svg.replace("<svg ", f'<svg role="img" aria-label="{escape(self.alt, quote=True)}" ', 1)
        for colour, on_page in ON_PAGE.items():
            svg = re.sub(colour, on_page, svg, flags=re.IGNORECASE)
        picture = f'<div class="scroll" tabindex="0">{svg}</div>' if self.wide else svg
        mark = ' class="wide"' if self.wide else ""
        return f"<figure{mark}>{picture}<figcaption>{escape(self.caption)}</figcaption></figure>"

    _repr_html_ = to_html  # how Jupyter shows it

    def standalone(self) -> str:
        """The picture as a separate file, with dark text on a white background."""
        body = re.sub(
            r"(<svg [^>]*>)",
            rf'\1<title>{escape(self.alt)}</title><rect width="100%" height="100%" fill="white"/>',
            self.svg,
            count=1,
        )
        return body.replace(INK, "#222222")


def figure(width: float = WIDTH, height: float = 3.6) -> tuple[Figure, Axes]:
    """An empty figure with one pair of axes in the house style, sized in inches and not registered with pyplot."""
    made = Figure(figsize=(width, height), layout="constrained")
    return made, made.subplots()


def panels(n: int, columns: int, width: float = WIDTH, row_height: float = 1.9) -> tuple[Figure, list[Axes]]:
    """An empty figure with n small axes in the house style, row by row."""
    rows = -(-n // columns)
    made = Figure(figsize=(width, rows * row_height), layout="constrained")
    return made, [made.add_subplot(rows, columns, i + 1) for i in range(n)]


def date_axis(ax: Axes, days: Iterable[str], most: int) -> None:
    """Label at most `most` of the days, YYYY-MM-DD, below axes whose x values are ordinals."""
    dates = sorted(set(days))
    ticks = dates[:: len(dates) // most + 1]
    ax.set_xticks([date.fromisoformat(day).toordinal() for day in ticks], ticks)


@dataclass(frozen=True)
class Mark:
    """A point (x, y) of a line, in data units, and the text that names the line there."""

    x: float
    y: float
    text: str
    colour: str


def name_lines(ax: Axes, marks: Sequence[Mark], at: float) -> None:
    """Write the names of lines beside them, stacked in the order of the lines, each connected to its mark.

    Names begin at `at`, a fraction of the width of the axes (1 is their right edge); none is above the top of the axes.
    A line without a value gets no name. The limits of the axes are fixed from then on.
    """
    known = sorted((mark for mark in marks if math.isfinite(mark.y)), key=lambda mark: -mark.y)
    ax.set(xlim=ax.get_xlim(), ylim=ax.get_ylim())
    gap = 1.7 * mpl.rcParams["font.size"] / ax.bbox.height  # a line of text at matplotlib's 100 dots per inch
    heights: list[float] = []
    for mark in known:
        _, own = ax.transAxes.inverted().transform(ax.transData.transform((mark.x, mark.y)))
        heights.append(min(own, heights[-1] - gap if heights else 1.0))
    lift = max(0.0, -min(heights, default=0.0))
    for mark, height in zip(known, heights, strict=True):
        ax.annotate(
            mark.text,
            (mark.x, mark.y),
            (at, height + lift),
            textcoords="axes fraction",
            va="center",
            arrowprops={
                "arrowstyle": "-",
                "color": mark.colour,
                "linewidth": 1,
                "shrinkA": 3,
                "shrinkB": 0,
                "relpos": (0, 0.5),
            },
            annotation_clip=False,
        )


def render(fig: Figure, name: str, caption: str, alt: str, wide: bool = False) -> Chart:
    """The SVG of a figure. Its ids are prefixed by `name`, so that several figures can share a page."""
    buffer = io.StringIO()
    fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = _numbered(svg)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(href="#|url\(#)', rf"\g<1>{name}-", svg)
    for side in ("width", "height"):  # the page sets the width, the viewBox keeps the proportions
        svg = re.sub(rf'(<svg [^>]*?)\s{side}="[^"]*pt"', r"\1", svg, count=1)
    svg = re.sub(r"font-family: 'DejaVu Sans'[^;\"]*", f"font-family: {FONTS}", svg)
    return Chart(name, svg, caption, alt, _frame(fig), wide)


def _frame(fig: Figure) -> Frame:
    """The position of the first axes of a figure that has been drawn."""
    width, height = (72 * inches for inches in fig.get_size_inches())
    box = fig.axes[0].get_position()
    edges = (box.x0 * width, (1 - box.y1) * height, box.x1 * width, (1 - box.y0) * height)
    return Frame(*(round(float(edge), 2) for edge in edges))


def _numbered(svg: str) -> str:
    """Replace matplotlib's ids, hashes of floats whose last bit differs between kinds of CPU, by numbers in order."""
    ids = dict.fromkeys(re.findall(r'\bid="([a-z][0-9a-f]{10})"', svg))
    for n, name in enumerate(ids):
        svg = svg.replace(name, f"{name[0]}{n}")
    return svg
