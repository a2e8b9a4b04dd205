"""Executing a notebook with papermill, and making a page of it."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from nbconvert import HTMLExporter
from traitlets.config import Config

from clv.errors import NO_MEMORY, InputError
from clv.reporting.kit.page import page
from clv.reporting.kit.sections import body_of

# What goes wrong in a cell is in its outputs; a kernel that is told to end while it idles says so as an error.
QUIET = ["--IPKernelApp.log_level=CRITICAL"]
LONGEST_SOCKET = 107  # bytes of its path
LONGEST_FOLDER = LONGEST_SOCKET - len("/kernel-5")  # a kernel has five
MENDABLE = ("InputError", "MemoryError", "OSError", "FileNotFoundError", "PermissionError")  # `clv.errors.run_stage`
INJECTED = "injected-parameters"


def execute(notebook: Path, parameters: Mapping[str, Any], folder: Path) -> nbformat.NotebookNode:
    """Run a notebook in the current folder with those of the parameters that it declares; give it with its outputs.

    The kernel's files lie in `folder`, which is the caller's to remove. Raises papermill's `PapermillExecutionError`,
    which shows the cell, if a cell fails, but `InputError` where that is what the cell raised, as it does for a damaged
    artifact, or where the kernel died. The result has nothing that differs from run to run: no times, no random ids, no
    warnings on stderr.
    """
    if len(os.fsencode(folder)) > LONGEST_FOLDER:
        raise InputError(
            f"{folder} is too long for the sockets of a kernel, which the system allows {LONGEST_SOCKET} bytes; use a "
            f"shorter path"
        )
    declared = papermill.inspect_notebook(str(notebook))
    executed = folder / notebook.name
    # Sockets in a folder of its own: no port for others to connect to, and several kernels side by side.
    kernel = {"transport": "ipc", "connection_file": str(folder / "kernel.json"), "ip": str(folder / "kernel")}
    try:
        papermill.execute_notebook(
            str(notebook),
            str(executed),
            parameters={name: value for name, value in parameters.items() if name in declared},
            kernel_name="python3",
            progress_bar=False,
            cwd=".",
            config=Config({"KernelManager": kernel}),
            extra_arguments=QUIET,
        )
    except papermill.PapermillExecutionError as error:
        if error.ename in MENDABLE:
            raise InputError(f"{error.evalue} (in {notebook})") from None
        error.add_note(f"in {notebook}")
        raise
    except DeadKernelError:
        raise InputError(f"the kernel of {notebook} died, as when memory is short; {NO_MEMORY}") from None
    done = nbformat.read(executed, as_version=4)
    source = nbformat.read(notebook, as_version=4)
    done.metadata = source.metadata
    tags = {cell.id: cell.metadata for cell in source.cells}
    for cell in done.cells:
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = f"{notebook.stem}-injected"
        cell.metadata = tags.get(cell.id, {"tags": [INJECTED]})
        if cell.cell_type == "code":
            cell.outputs = [_plain(output) for output in cell.outputs if output.get("name") != "stderr"]
    return done


def to_page(notebook: nbformat.NotebookNode, out: Path, source: Path) -> str:
    """The HTML page of an executed notebook, to lie at `out`: markdown and outputs, no code but a link to `source`."""
    return page(body_of(notebook, _render), out.name, source.relative_to(out.parent).as_posix())


def _plain(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Without the text that stands in for HTML where none can be shown."""
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
    """The template `basic` loads nothing; those of Jupyter's own look come with scripts from elsewhere."""
    return HTMLExporter(template_name="basic", exclude_input=True, exclude_output_prompt=True)
