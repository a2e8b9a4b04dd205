"""Executing a notebook with papermill and taking its text, tables and pictures as HTML."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbconvert import HTMLExporter
from traitlets.config import Config

# Sockets in a temporary folder: no port for others to connect to.
LOCAL_KERNEL = Config({"KernelManager": {"transport": "ipc"}})
PARAMETER_TAGS = {"parameters", "injected-parameters"}


def execute(notebook: Path, parameters: Mapping[str, Any]) -> nbformat.NotebookNode:
    """Run a notebook in the current folder with those of the parameters that it declares; give it with its outputs.

    Raises papermill's `PapermillExecutionError`, which shows the cell, if a cell fails.
    """
    declared = papermill.inspect_notebook(str(notebook))
    with tempfile.TemporaryDirectory() as folder:
        executed = Path(folder) / notebook.name
        papermill.execute_notebook(
            str(notebook),
            str(executed),
            parameters={name: value for name, value in parameters.items() if name in declared},
            kernel_name="python3",
            progress_bar=False,
            cwd=".",
            config=LOCAL_KERNEL,
        )
        return nbformat.read(executed, as_version=4)


def to_html(notebook: nbformat.NotebookNode) -> str:
    """The body of the page: markdown and outputs, no code, nothing that differs from run to run.

    Warnings on stderr and the cells of parameters, one of which papermill gives a random id, are left out.
    """
    notebook = notebook.copy()
    notebook.cells = [cell for cell in notebook.cells if not PARAMETER_TAGS & set(cell.metadata.get("tags", []))]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    exporter = HTMLExporter(
        template_name="basic", exclude_input=True, exclude_output_prompt=True, exclude_anchor_links=True
    )
    body, _ = exporter.from_notebook_node(notebook)
    return str(body)


def title_of(notebook: nbformat.NotebookNode) -> str:
    """The first heading."""
    text = next(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return str(text).splitlines()[0].lstrip("# ").strip()
