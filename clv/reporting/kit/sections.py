"""Split an executed notebook into the sections of a page, leaving out sections that have nothing to show."""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from html import escape, unescape

import nbformat

from clv.reporting.kit.page import Body
from clv.reporting.kit.table import NOTHING

FOLDED = "folded"  # tag of a heading's cell: the section opens on a click
HEADING = re.compile(r"(#+) +(.*)")

Cells = list[nbformat.NotebookNode]


@dataclass
class Section:
    """A heading with the cells below it, up to the next heading, and the sections under it."""

    level: int
    title: str
    anchor: str
    folded: bool
    cells: Cells = field(default_factory=list)
    parts: list["Section"] = field(default_factory=list)

    def shows(self) -> bool:
        """Whether there is something to read: an output that is not a `nothing`, or only text."""
        code = list(self.code())
        return not code or any(html_of(output) is None for cell in code for output in cell.outputs)

    def code(self) -> Iterator[nbformat.NotebookNode]:
        """The code cells of the section and its subsections, in order."""
        yield from (cell for cell in self.cells if cell.cell_type == "code")
        for part in self.parts:
            yield from part.code()


def body_of(notebook: nbformat.NotebookNode, render: Callable[[Cells], str]) -> Body:
    """The sections of an executed notebook; `render` makes HTML of cells.

    A section whose code cells all have no output, or only a `nothing`, is left out; their reasons are listed
    separately. The first heading is the title of the page.
    """
    top = tree(notebook.cells)
    contents = [(part.title, part.anchor) for part in top.parts if part.shows()]
    sections = "".join(html(part, render) for part in top.parts)
    head = f"<h1>{escape(top.title)}</h1>{inside(top, render)}"
    return Body(top.title, sections, head, contents, list(dict.fromkeys(reasons(top))))


def tree(cells: Sequence[nbformat.NotebookNode]) -> Section:
    """The section of the first heading, with all others nested in it by level."""
    path: list[Section] = []
    anchors: set[str] = set()
    for cell in cells:
        found = HEADING.match(cell.source) if cell.cell_type == "markdown" else None
        if found is None:
            path[-1].cells.append(cell)
            continue
        title = found[2].strip()
        section = Section(len(found[1]), title, anchor(title, anchors), FOLDED in cell.metadata.get("tags", []))
        anchors.add(section.anchor)
        text = cell.source.partition("\n")[2].strip()
        if text:
            section.cells.append(nbformat.from_dict(dict(cell) | {"source": text}))
        while path and path[-1].level >= section.level:
            path.pop()
        if path:
            path[-1].parts.append(section)
        path.append(section)
    return path[0]


def anchor(title: str, taken: Set[str]) -> str:
    """The anchor of a section from its title, numbered if an earlier section has the same one."""
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "section"
    names = (name if n == 1 else f"{name}-{n}" for n in itertools.count(1))
    return next(free for free in names if free not in taken)


def html(section: Section, render: Callable[[Cells], str]) -> str:
    """The HTML of a section and its subsections."""
    if not section.shows():
        return ""
    content = inside(section, render) + "".join(html(part, render) for part in section.parts)
    heading = f"<h{section.level}>{escape(section.title)}</h{section.level}>"
    if section.folded:
        return f'<details id="{section.anchor}"><summary>{heading}</summary>{content}</details>\n'
    return f'<section id="{section.anchor}">{heading}{content}</section>\n'


def inside(section: Section, render: Callable[[Cells], str]) -> str:
    """The HTML of a section's own cells."""
    cells = [with_something(cell) for cell in section.cells]
    return render([cell for cell in cells if cell.cell_type == "markdown" or cell.outputs])


def with_something(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The cell without outputs that are a `nothing`."""
    if cell.cell_type != "code":
        return cell
    return nbformat.from_dict(dict(cell) | {"outputs": [one for one in cell.outputs if html_of(one) is None]})


def reasons(section: Section) -> Iterator[str]:
    """The reasons given by outputs that are a `nothing`."""
    for cell in section.code():
        for output in cell.outputs:
            said = html_of(output)
            if said:
                yield unescape(said)


def html_of(output: nbformat.NotebookNode) -> str | None:
    """The reason in an output that is a `nothing`; None for any other output."""
    shown = "".join(output.get("data", {}).get("text/html", ""))
    return shown.removeprefix(NOTHING).removesuffix("</p>") if shown.startswith(NOTHING) else None
