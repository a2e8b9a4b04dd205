"""Execute a notebook with papermill, and make a page from it."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbconvert import HTMLExporter

from clv.errors import InputError, in_one_line
from clv.reporting.kit import one_process
from clv.reporting.kit.page import page
from clv.reporting.kit.sections import body_of

INJECTED = "injected-parameters"
INLINE = "module://matplotlib_inline.backend_inline"  # shows pyplot figures that a cell leaves open


def execute(notebook: Path, parameters: Mapping[str, Any]) -> nbformat.NotebookNode:
    """Run a notebook in the current folder with the parameters that it declares; return it with its outputs.

    Raises `InputError` if a cell does, as for a damaged artifact, or on an error of the system; any other error of a
    cell is raised with a note that names the notebook. The result contains nothing that differs between runs: no times,
    no random ids, no warnings on stderr.
    """
    os.environ.setdefault("MPLBACKEND", INLINE)  # read when matplotlib is first imported
    declared = papermill.inspect_notebook(str(notebook))
    try:
        done = papermill.execute_notebook(
            str(notebook),
            None,
            parameters={name: value for name, value in parameters.items() if name in declared},
            engine_name=one_process.NAME,
            progress_bar=False,
            request_save_on_cell_execute=False,
        )
    except (InputError, MemoryError, OSError) as error:
        raise InputError(f"{in_one_line(error)} (in {notebook})") from None
    except Exception as error:
        error.add_note(f"in {notebook}")
        raise
    source = nbformat.read(notebook, as_version=4)
    done.metadata = source.metadata
    tags = {cell.id: cell.metadata for cell in source.cells}
    for cell in done.cells:
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = f"{notebook.stem}-injected"
        cell.metadata = tags.get(cell.id, {"tags": [INJECTED]})
        if cell.cell_type == "code":
            cell.outputs = [_plain(output) for output in cell.outputs]
    return done


def to_page(notebook: nbformat.NotebookNode, out: Path, source: Path) -> str:
    """The HTML page of an executed notebook, to lie at `out`: Markdown and outputs; `source` is linked for the code."""
    return page(body_of(notebook, _render), out.name, source.relative_to(out.parent).as_posix())


def _plain(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Remove the text alternative of HTML output."""
    if "text/html" in output.get("data", {}):
        output.data.pop("text/plain", None)
    return output


def _render(cells: list[nbformat.NotebookNode]) -> str:
    if not cells:
        return ""
    body, _ = _exporter().from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    return str(body)


@cache
def _exporter() -> HTMLExporter:
    """The exporter with the template `basic`, which loads nothing; Jupyter's styled templates load external scripts."""
    return HTMLExporter(template_name="basic", exclude_input=True, exclude_output_prompt=True)
