"""An engine of papermill that runs cells in this process with IPython, without starting a kernel per notebook.

Modules imported by one notebook stay loaded for the next; names are not shared.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO, TextIOBase
from typing import Any

import nbformat
from IPython.core.displayhook import CapturingDisplayHook
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat.v4 import new_output
from papermill.engines import papermill_engines
from traitlets.config import Config

NAME = "one-process"
NO_HISTORY = Config({"HistoryManager": {"enabled": False}})  # else a database in the user's home


class OneProcess:
    """Runs one notebook after another; warnings on stderr are discarded. An error in a cell is raised unchanged."""

    def execute_notebook(self, nb: nbformat.NotebookNode, kernel_name: str, **_: object) -> nbformat.NotebookNode:
        """The same notebook with the outputs of its cells."""
        with _new_shell() as (shell, found):
            for cell in nb.cells:
                if cell.cell_type == "code":
                    cell.execution_count = shell.execution_count
                    _run(shell, cell.source, found)
                    cell.outputs = [_output(one, cell.execution_count) for one in found]
        return nb

    def nb_kernel_name(self, nb: nbformat.NotebookNode, name: str | None = None) -> str:
        return name or str(nb.metadata.kernelspec.name)

    def nb_language(self, nb: nbformat.NotebookNode, language: str | None = None) -> str:
        return language or str(nb.metadata.kernelspec.language)


class _Printed(TextIOBase):
    """A stream that collects printed text among the outputs of a cell; consecutive prints become one output."""

    def __init__(self, found: list[dict[str, Any]]) -> None:
        self.found = found

    def write(self, text: str) -> int:
        if not (self.found and "text" in self.found[-1]):
            self.found.append({"text": ""})
        self.found[-1]["text"] += text
        return len(text)


@contextmanager
def _new_shell() -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """A shell without any names and without output of its own, and the list that collects the outputs of a cell."""
    shell = InteractiveShell.instance(config=NO_HISTORY)
    shell.display_pub = CapturingDisplayPublisher()
    found = shell.display_pub.outputs
    shell.display_trap.hook = _unless_quiet(shell, CapturingDisplayHook(shell, found))
    shell.showtraceback = shell.showsyntaxerror = lambda *_, **__: None  # the error is raised
    try:
        yield shell, found
    finally:
        shell.restore_sys_module_state()
        InteractiveShell.clear_instance()


def _unless_quiet(shell: Any, show: Callable[[object], None]) -> Callable[[object], None]:
    """Show the value of the last expression of a cell, unless a semicolon follows."""
    return lambda value: None if shell.displayhook.quiet() else show(value)


def _run(shell: Any, source: str, found: list[dict[str, Any]]) -> None:
    found.clear()
    with redirect_stdout(_Printed(found)), redirect_stderr(StringIO()):
        result = shell.run_cell(source, store_history=True)
    result.raise_error()


def _output(found: dict[str, Any], count: int) -> nbformat.NotebookNode:
    """An output cell for something printed, displayed, or returned as a value."""
    if "text" in found:
        return new_output("stream", name="stdout", text=found["text"])
    if "transient" in found:
        return new_output("display_data", data=found["data"], metadata=found["metadata"] or {})
    return new_output("execute_result", data=found["data"], metadata=found["metadata"], execution_count=count)


papermill_engines.register(NAME, OneProcess())
