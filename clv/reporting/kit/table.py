"""Tables of numbers as HTML: right-aligned, with thousands separators and units."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import pandas as pd

Format = Literal["text", "written", "count", "money", "cents", "share", "signed_share", "ratio", "fine", "days", "mean"]


@dataclass(frozen=True)
class Column:
    """One column of a table: the column of the frame, its header, and the format of its values."""

    name: str
    header: str
    format: Format = "text"


@dataclass(frozen=True)
class Table:
    """An HTML table with a caption."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


WHOLE_FROM = 100  # amounts of money from here on are shown without cents
FORMATS: dict[str, Callable[[Any], str]] = {
    "text": str,
    "written": str,  # a number that is text already
    "count": lambda v: f"{round(v) + 0:,d}",
    "money": lambda v: f"{v:,.2f}" if 0 < abs(v) < WHOLE_FROM else f"{v:,.0f}",
    "cents": lambda v: f"{round(v, 2) + 0.0:,.2f}",
    "share": lambda v: f"{round(v, 3) + 0.0:.1%}",  # + 0.0 removes the sign of a value that rounds to 0
    "signed_share": lambda v: f"{round(v, 3) + 0.0:+.1%}",
    "ratio": lambda v: f"{v:.3f}",
    "fine": lambda v: f"{round(v, 4) + 0.0:.4f}",
    "mean": lambda v: f"{v:,.1f}",
    "days": lambda v: f"{v:,.0f}",
}


ONE_LINE = 24  # characters of a cell that stay on one line


def write(value: Any, how: Format) -> str:
    """A value as text; an en dash if there is none."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)) or value is pd.NA:
        return "–"
    return FORMATS[how](value)


def table(frame: pd.DataFrame, columns: Sequence[Column], caption: str, highlight: str | None = None) -> Table:
    """Render the given columns of a frame. The row whose first column equals `highlight` stands out."""
    return _table(frame, columns, caption, lambda row, _: "highlight" if row[0] == highlight else "")


@dataclass(frozen=True)
class Search:
    """Labels of a search: the rows in one word, the text before the field, and the message when nothing is found."""

    things: str
    label: str
    not_found: str


def searchable(frame: pd.DataFrame, columns: Sequence[Column], caption: str, first: int, search: Search) -> Table:
    """A table that a reader can search by its text columns and sort by any column (page.js).

    At first, and in print, it shows the `first` rows; without scripts it shows all of them, in a box that scrolls.
    """
    made = _table(frame, columns, caption, lambda _, i: "beyond" if i >= first else "")
    searched = ", ".join(column.header for column in columns if column.format == "text")
    return Table(
        f'<div class="searchable" data-first="{first}" data-things="{escape(search.things)}">'
        f'<p class="control" hidden><label>{escape(search.label)} '
        f'<input type="search" placeholder="{escape(searched)}"></label> <output></output> '
        f'<button type="button"></button></p>'
        f'<p class="not-found" role="status" hidden>{escape(search.not_found)}</p>{made.html}</div>'
    )


def _table(
    frame: pd.DataFrame, columns: Sequence[Column], caption: str, mark: Callable[[tuple[Any, ...], int], str]
) -> Table:
    """Render a table; `mark` gives the class of a row from its values and its position."""
    head = "".join(f'<th scope="col" class="{_side(c)}">{escape(c.header)}</th>' for c in columns)
    formats = [_of_column(frame[c.name], c.format) for c in columns]
    classes = [_side(c) + (" long" if frame[c.name].map(_is_long).any() else "") for c in columns]
    body = []
    for i, row in enumerate(frame[[c.name for c in columns]].itertuples(index=False)):
        cells = "".join(
            f'<td class="{which}">{escape(write(v, how))}</td>'
            for v, how, which in zip(row, formats, classes, strict=True)
        )
        marked = f' class="{mark(row, i)}"' if mark(row, i) else ""
        body.append(f"<tr{marked}>{cells}</tr>")
    html = (
        f'<div class="scroll" tabindex="0"><table><caption><span>{escape(caption)}</span></caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )
    return Table(html)


TWO_NUMBERS = re.compile(r"-?[\d.,]+ to -?[\d.,]+")
RANGE = ' class="range"'  # class of a fact with two numbers


def facts(pairs: Sequence[tuple[str, str]], fields: Sequence[str] = ()) -> Table:
    """A few numbers side by side: (label, value). `fields` name the values, one each, for the script of the page."""
    names = [f' data-field="{escape(field)}"' for field in fields] or [""] * len(pairs)
    items = "".join(
        f"<div{RANGE if TWO_NUMBERS.fullmatch(value) else ''}>"
        f"<dt>{escape(what)}</dt><dd{name}>{escape(value)}</dd></div>"
        for (what, value), name in zip(pairs, names, strict=True)
    )
    return Table(f'<dl class="facts">{items}</dl>')


def note(text: str) -> Table:
    """A paragraph, for text that depends on the data."""
    return Table(f"<p>{escape(text)}</p>")


NOTHING = '<p class="nothing">'


def nothing(why: str) -> Table:
    """The reason why the data do not allow a table or chart. A page leaves out sections that show nothing else."""
    return Table(f"{NOTHING}{escape(why)}</p>")


ELSEWHERE = nothing("")  # where another part gives the reason
NOT_JUDGED = nothing("There is no backtest.")  # in place of a part that evaluates a forecast


def _is_long(value: Any) -> bool:
    """Whether a value may be broken into several lines."""
    return isinstance(value, str) and len(value) > ONE_LINE


def _of_column(values: pd.Series, how: Format) -> Format:
    """One precision for all amounts of a column: cents only if every amount is small."""
    if how != "money":
        return how
    return "cents" if 0 < pd.to_numeric(values).abs().max() < WHOLE_FROM else "count"


def _side(column: Column) -> str:
    return "left" if column.format == "text" else "right"
