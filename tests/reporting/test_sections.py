"""Sections of a page: one with nothing to show is left out with its heading, and the reason is given once."""

import re

import nbformat
import pytest

from clv.reporting.kit.page import Body
from clv.reporting.kit.sections import body_of
from clv.reporting.kit.table import ELSEWHERE, Table, note, nothing

WHY = nothing("No <dates> are known.")


def text(source: str, *tags: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def code(*shown: Table) -> nbformat.NotebookNode:
    outputs = [nbformat.v4.new_output("execute_result", data={"text/html": part.html}) for part in shown]
    return nbformat.v4.new_code_cell("cell", outputs=outputs)


def made(*cells: nbformat.NotebookNode) -> Body:
    return body_of(nbformat.v4.new_notebook(cells=[text("# Title\n\nAbout it."), *cells]), render)


def render(cells: list[nbformat.NotebookNode]) -> str:
    outputs = [o["data"]["text/html"] for cell in cells if cell.cell_type == "code" for o in cell.outputs]
    return "".join([*(f"<p>{cell.source}</p>" for cell in cells if cell.cell_type == "markdown"), *outputs])


def test_a_section_with_nothing_is_left_out_with_its_heading_and_its_text() -> None:
    body = made(text("## Hours\n\nWhen they buy."), code(WHY), text("## Days"), code(note("Monday")))
    assert "Hours" not in body.html
    assert "When they buy" not in body.html
    assert body.contents == [("Days", "days")]
    assert "Monday" in body.html
    assert body.left_out == ["No <dates> are known."]


def test_a_section_with_something_keeps_it_and_drops_the_rest() -> None:
    body = made(text("## Hours"), code(WHY), code(note("Noon")), code())
    assert "Noon" in body.html
    assert "nothing" not in body.html
    assert body.left_out == ["No <dates> are known."]


@pytest.mark.parametrize("inner", [WHY, note("Noon")])
def test_a_section_is_shown_if_one_under_it_is(inner: Table) -> None:
    body = made(text("## Hours"), code(WHY), text("### Of orders"), code(inner), text("## Days"), code(note("Monday")))
    kept = inner is not WHY
    assert ("Hours" in body.html) == kept
    assert ("Of orders" in body.html) == kept
    assert ("hours" in dict(map(reversed, body.contents))) == kept


def test_text_alone_stays_and_so_does_a_note() -> None:
    body = made(
        text("## How to read it\n\nFrom left to right."), text("## Warning"), code(note("There is no backtest."))
    )
    assert [title for title, _ in body.contents] == ["How to read it", "Warning"]
    assert "From left to right." in body.html
    assert "There is no backtest." in body.html
    assert body.left_out == []


def test_what_is_said_twice_is_listed_once_and_what_says_nothing_not_at_all() -> None:
    body = made(text("## A"), code(WHY), code(ELSEWHERE), text("## B"), code(WHY), text("### C"), code(ELSEWHERE))
    assert body.left_out == ["No <dates> are known."]
    assert body.contents == []
    assert body.html.strip() == ""


def test_a_folded_section_opens_when_clicked_and_is_left_out_like_any_other() -> None:
    body = made(
        text("## A"),
        code(note("seen")),
        text("### Row by row", "folded"),
        code(note("rows")),
        text("### Hour by hour", "folded"),
        code(WHY),
    )
    assert re.search(r'<details id="row-by-row"><summary><h3>Row by row</h3></summary>.*rows.*</details>', body.html)
    assert "Hour by hour" not in body.html


def test_the_first_heading_is_the_title_and_what_stands_below_it_the_head() -> None:
    body = made(code(note("in short")), text("## A"), code(note("a")))
    assert body.title == "Title"
    assert "<h1>Title</h1>" in body.head
    assert "About it." in body.head
    assert "in short" in body.head
    assert "in short" not in body.html


def test_sections_of_the_same_title_have_anchors_of_their_own() -> None:
    cells = [cell for _ in range(2) for cell in (text("## A & B"), code(note("x")), text("### C"), code(note("y")))]
    body = made(*cells, text("## C"), code(note("z")))
    anchors = re.findall(r'id="([^"]*)"', body.html)
    assert len(set(anchors)) == len(anchors) == 5
    assert [anchor for _, anchor in body.contents] == [anchors[0], anchors[2], anchors[4]]
